"""The page of benchmarks shows what the benchmarks recorded, and nothing else."""

from __future__ import annotations

import importlib.util
import json
import re
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]


@cache
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "make_benchmarks", ROOT / "docs" / "make_benchmarks.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_made_from_the_results() -> None:
    assert maker().PAGE.read_text("utf-8") == maker().page(), "./dev python docs/make_benchmarks.py"


@pytest.mark.parametrize("found", list(maker().results()), ids=lambda one: str(one["benchmark"]))
def test_each_result_says_where_and_when_and_its_picture_shows_it(found: dict[str, object]) -> None:
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", str(found["date"]))
    assert {"processor", "cores", "memory_gib", "load"} <= set(dict(found["machine"]))  # type: ignore[call-overload]
    script = str(found["command"]).split()[2]
    assert "asked_to_record" in (ROOT / script).read_text("utf-8")
    drawn = (ROOT / "docs" / "images" / maker().image(found)).read_bytes()
    # The picture carries its numbers in words.
    told = maker().picture(found).description
    assert told.encode("latin-1", "replace")[:200] in drawn


def test_results_are_whole() -> None:
    for path in (ROOT / "benchmarks" / "results").glob("*.json"):
        content = json.loads(path.read_text("utf-8"))
        assert path.stem == content["benchmark"]
        assert content["series"]
        assert all(points for points in content["series"].values())
