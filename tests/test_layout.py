"""Imports flow one way between the packages, and `import detente` is quick."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import detente

SOURCE = Path(__file__).parents[1] / "src" / "detente"

# A package may import from the packages of the lines above its own, and from itself.
LAYERS = [
    {"dispute"},
    {"space"},
    {"files"},
    {"stability"},
    {"changes"},
    {"roadmap", "formats"},
    {"queries"},
    {"evidence"},
    {"robustness"},
    {"forecast"},
    {"mediation"},
    {"briefing"},
    {"report"},
    {"analyses"},
    {"workbench"},
    {"cli"},
]
LAYER_OF = {package: layer for layer, packages in enumerate(LAYERS) for package in packages}

# What the whole package may be asked for by its own parts; all else would be a cycle.
OWN_NAMES = {"__version__"}

# Imported by the functions that need them, so that a script or a command does not wait.
HEAVY = {
    "anywidget",
    "babel",
    "countryinfo",
    "dask",
    "distributed",
    "docx",
    "fastapi",
    "graphviz",
    "jinja2",
    "jsonschema",
    "lark",
    "matplotlib",
    "mcp",
    "networkx",
    "nicegui",
    "numba",
    "ortools",
    "oxidd",
    "pandas",
    "polars",
    "pypdf",
    "rich",
    "ruamel",
    "scipy",
    "spacy",
    "trafilatura",
    "xlsxwriter",
}

# Modules such as src/detente/cli/commands/cases.py; not what belongs to no package.
MODULES = [path.relative_to(SOURCE) for path in sorted(SOURCE.glob("*/**/*.py"))]


def imported_from(text: str, module: Path) -> Iterator[tuple[int, str]]:
    """The lines at which a module imports from detente, and what follows `detente.` there.

    Imports inside functions and those for type checkers alone count as well.
    """
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        start: list[str] = []
        if isinstance(node, ast.ImportFrom):
            above = ["detente", *module.parent.parts]
            start = above[: len(above) + 1 - node.level] if node.level else []
            start += [node.module] if node.module else []
        for alias in node.names:
            top, _, rest = ".".join([*start, alias.name]).partition(".")
            if top == "detente":
                yield node.lineno, rest


def against_the_flow(text: str, module: Path) -> list[str]:
    """The imports of a module that go the wrong way."""
    package = module.parts[0]
    wrong = []
    for line, name in imported_from(text, module):
        target = name.split(".")[0]
        if target in {package, *OWN_NAMES}:
            continue
        if LAYER_OF.get(target, len(LAYERS)) >= LAYER_OF[package]:
            wrong.append(f"{module.as_posix()}:{line}: {package} imports detente.{name}")
    return wrong


def test_every_package_has_a_layer() -> None:
    packages = {module.parts[0] for module in MODULES}
    assert packages <= set(LAYER_OF), "say in LAYERS where the new package stands"
    assert {"dispute", "stability", "cli"} <= packages


def test_imports_flow_one_way() -> None:
    wrong = [
        line
        for module in MODULES
        for line in against_the_flow((SOURCE / module).read_text(encoding="utf-8"), module)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("module", "text", "allowed"),
    [
        ("stability/analysis.py", "from detente.dispute.dispute import Dispute", True),
        ("stability/analysis.py", "import detente.dispute.dispute", True),
        ("stability/analysis.py", "from detente.stability import concepts", True),
        ("stability/analysis.py", "from . import concepts", True),
        ("stability/analysis.py", "from ..dispute.dispute import Dispute", True),
        ("report/document.py", "from detente import __version__", True),
        ("files/dispute_file.py", "import numpy.stability", True),
        ("files/dispute_file.py", "from detente.stability.analysis import analyse", False),
        ("files/dispute_file.py", "import detente.stability.analysis", False),
        ("files/dispute_file.py", "from ..stability.analysis import analyse", False),
        ("files/dispute_file.py", "from .. import stability", False),
        ("files/dispute_file.py", "def f():\n    from detente.report import tables", False),
        ("stability/analysis.py", "from detente import analyse", False),
        ("stability/analysis.py", "import detente", False),
        ("roadmap/plan.py", "from detente.formats import analysis", False),
        ("cli/commands/cases.py", "from ...files import dispute_file", True),
        ("report/tables.py", "from detente.cli.output import show", False),
    ],
)
def test_a_wrong_import_would_be_found(module: str, text: str, allowed: bool) -> None:
    assert (against_the_flow(text, Path(module)) == []) is allowed


def test_a_class_name_means_one_thing() -> None:
    defined: dict[str, list[str]] = {}
    for module in MODULES:
        for node in ast.parse((SOURCE / module).read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                defined.setdefault(node.name, []).append(module.as_posix())
    twice = {name: places for name, places in defined.items() if len(places) > 1}
    assert not twice, twice


@pytest.mark.parametrize("name", sorted(detente._EARLIER))
def test_earlier_names_lead_to_those_of_now(name: str) -> None:
    with pytest.warns(DeprecationWarning, match=f"is now detente.{detente._EARLIER[name]}"):
        assert getattr(detente, name) is getattr(detente, detente._EARLIER[name])


@pytest.mark.parametrize("module", ["detente", "detente.cli"])
def test_import_takes_no_heavy_library(module: str) -> None:
    listed = subprocess.run(
        [sys.executable, "-c", f"import sys, {module}; print(*sys.modules, sep='\\n')"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert module in listed
    assert HEAVY & {name.split(".")[0] for name in listed} == set()
