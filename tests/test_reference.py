"""The pages of the reference are what the code says, and the examples in docstrings are true."""

from __future__ import annotations

import doctest
import importlib.util
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest

import detente

MAKER = Path(__file__).parents[1] / "docs" / "make_reference.py"


def pages() -> dict[Path, str]:
    spec = importlib.util.spec_from_file_location("make_reference", MAKER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {path: page() for path, page in module.PAGES.items()}


def test_pages_are_up_to_date() -> None:
    made = pages()
    assert made
    for path, text in made.items():
        assert path.read_text(encoding="utf-8") == text, (
            f"{path.name} is out of date: ./dev python docs/make_reference.py"
        )


MODULES = ["detente", *(m.name for m in walk_packages(detente.__path__, "detente."))]


@pytest.mark.parametrize("name", MODULES)
def test_examples_are_true(name: str) -> None:
    if name == "detente.__main__":
        pytest.skip("runs the command line")
    result = doctest.testmod(import_module(name), optionflags=doctest.ELLIPSIS)
    assert result.failed == 0
