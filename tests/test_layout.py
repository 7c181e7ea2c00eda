"""Imports flow one way between the packages, and `import detente` is quick."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
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


@cache
def parsed(text: str) -> ast.Module:
    """A module's parts. Several tests look at the same modules, and leave them as they are."""
    return ast.parse(text)


def statements(tree: ast.AST, *, of_types: bool = True) -> Iterator[ast.AST]:
    """All statements, those within others too; without those for type checkers alone, if asked."""
    for part in ("body", "orelse", "finalbody", "handlers", "cases"):
        for one in getattr(tree, part, ()):
            inside = one
            if (
                isinstance(one, ast.If)
                and ast.unparse(one.test) == "TYPE_CHECKING"
                and not of_types
            ):
                inside = ast.Module(one.orelse, [])
            yield one
            yield from statements(inside, of_types=of_types)


def imported_from(text: str, module: Path, *, of_types: bool = True) -> Iterator[tuple[int, str]]:
    """The lines at which a module imports from detente, and what follows `detente.` there.

    Imports inside functions count as well, and those for type checkers alone if they are asked for.
    """
    for node in statements(parsed(text), of_types=of_types):
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


def test_no_module_needs_itself() -> None:
    names = {".".join(["detente", *module.with_suffix("").parts]): module for module in MODULES}
    needs: dict[str, set[str]] = {}
    for name, module in names.items():
        text = (SOURCE / module).read_text(encoding="utf-8")
        needs[name] = set()
        for _, target in imported_from(text, module, of_types=False):
            whole = f"detente.{target}"
            needs[name] |= {one for one in (whole, whole.rpartition(".")[0]) if one in names}
    # Raises an error where there is a cycle, and names it.
    assert list(TopologicalSorter(needs).static_order())


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


# Modules that may ask in which form states are held, as they work along the axes of a cube. All
# others use the methods of `space.graph_model.GraphModel` and `space.graph.Graph`.
ASKING = {
    "forecast/movers.py": "steps along an axis need no list of moves",
    "roadmap/search/proposed_packages.py": "joint moves are pairs along several axes",
    "roadmap/search/stage_moves.py": "coalesced states have moves of their own",
    "robustness/engine/batch.py": "many draws at once are worked on along axes",
    "stability/coalitions.py": "joint moves are made along several axes at once",
    "stability/responses.py": "compiled code reads states axis by axis",
    "stability/strategic_form.py": "strategies are places along an axis",
    "stability/simultaneous.py": "moves made at the same time add up along axes",
}


QUESTIONS = ("on_cube", "listed", "along_axes", "Hypercube", "SparseGraph")


def questions_about_representation(text: str) -> int:
    """How often a module asks whether states lie in a cube or on a list."""
    if not any(word in text for word in QUESTIONS):
        return 0
    tree = parsed(text)
    gone_through = {
        id(node.iter) for node in ast.walk(tree) if isinstance(node, ast.For | ast.comprehension)
    }
    count = 0
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            of_space = ast.unparse(node.value).split(".")[-1] == "space"
            count += node.attr == "on_cube" or (node.attr == "listed" and of_space)
            count += node.attr == "along_axes" and id(node) not in gone_through
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "isinstance":
            kinds = {part.id for part in ast.walk(node.args[1]) if isinstance(part, ast.Name)}
            count += bool(kinds & {"Hypercube", "SparseGraph"})
    return count


def test_few_modules_ask_in_which_form_states_are_held() -> None:
    asking = {
        module.as_posix()
        for module in MODULES
        if module.parts[0] != "space"
        and questions_about_representation((SOURCE / module).read_text(encoding="utf-8"))
    }
    assert asking == set(ASKING)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("if model.on_cube: pass", 1),
        ("x = 1 if model.space.listed else 2", 1),
        ("isinstance(model.graph, SparseGraph | Other)", 1),
        ("for party in model.along_axes: pass", 0),
        ("[party for party in model.along_axes]", 0),
        ("if model.along_axes: pass", 1),
        ("parameter.listed", 0),
        ("isinstance(formula, Formula)", 0),
    ],
)
def test_a_question_about_the_representation_is_found(text: str, count: int) -> None:
    assert questions_about_representation(text) == count


def test_a_class_name_means_one_thing() -> None:
    defined: dict[str, list[str]] = {}
    for module in MODULES:
        for node in parsed((SOURCE / module).read_text(encoding="utf-8")).body:
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
