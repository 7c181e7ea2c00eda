"""Imports go one way, and importing detente stays light."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "detente"

# Each package may import those before it.
ORDER = ["model", "stability", "evidence", "report", "cli"]
HEAVY = ["numba", "polars", "networkx", "matplotlib", "rich", "jsonschema", "ruamel", "lark"]


def imported_packages(file: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
        elif isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
    return {name.split(".")[1] for name in names if name.startswith("detente.")}


def test_every_package_is_in_the_order() -> None:
    packages = {path.parent.name for path in SOURCE.glob("*/__init__.py")}
    assert packages == set(ORDER)


@pytest.mark.parametrize("package", ORDER)
def test_imports_go_one_way(package: str) -> None:
    allowed = ORDER[: ORDER.index(package) + 1]
    for file in (SOURCE / package).rglob("*.py"):
        forbidden = imported_packages(file) - set(allowed)
        assert not forbidden, f"{file.relative_to(SOURCE)} imports {sorted(forbidden)}"


def test_importing_detente_loads_nothing_heavy() -> None:
    code = "import detente, sys; print(' '.join(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert set(HEAVY).isdisjoint(loaded)
