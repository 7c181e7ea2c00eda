"""The same answers however states are held, and documents that name the engine."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner

from detente.analyses.parameters import parameters_of
from detente.analyses.registry import all_analyses
from detente.cli import detente as commands
from detente.space.representation import ENGINES

# One question for each analysis that lets its user choose the engine.
ASKED = {
    "ask": ["ask", "ukraine-2017", "may reach settlement"],
    "claims": ["claims", "nile-dam-2021", "--quick"],
    "coalitions": ["coalitions", "ukraine-2017"],
    "explain": ["explain", "ukraine-2017", "--party", "us"],
    "formats": ["formats", "ukraine-2017", "--all"],
    "paths": ["paths", "ukraine-2017", "--to", "settlement"],
    "roadmap check": ["roadmap", "check", "nile-dam-2021", "tunisia_2021"],
}

# What the schemas say that the engine decides: its name, and what was not found in time.
OF_THE_ENGINE = {"engine", "unfinished"}

# The steps from a state, which sets do not show, in what an answer tells.
STEPS = {"steps", "text", "repeats", "why"}


def test_every_analysis_with_a_choice_of_engine_is_asked() -> None:
    with_a_choice = {
        one.name
        for one in all_analyses()
        if "engine" in {parameter.name for parameter in parameters_of(one.parameters)}
    }
    assert set(ASKED) == with_a_choice - {"analyse"}


@pytest.mark.parametrize("analysis", ASKED)
def test_engines_give_the_same_document(analysis: str) -> None:
    found = {engine: _document([*ASKED[analysis], "--engine", engine]) for engine in ENGINES}
    assert {engine: one["engine"] for engine, one in found.items()} == {
        engine: engine for engine in ENGINES
    }
    assert _compared(found["list"], OF_THE_ENGINE) == _compared(found["cube"], OF_THE_ENGINE)
    if analysis == "claims":
        _leave_out_what_sets_do_not_answer(found["cube"], found["symbolic"].pop("not_answered"))
    left_out = OF_THE_ENGINE | (STEPS if analysis in ("ask", "claims") else set())
    assert _compared(found["symbolic"], left_out) == _compared(found["cube"], left_out)


def _leave_out_what_sets_do_not_answer(
    document: dict[str, Any], not_answered: list[dict[str, str]]
) -> None:
    assert document.pop("not_answered") == []
    names = {one["id"] for one in not_answered}
    assert len(names) == 1
    document["claims"] = [one for one in document["claims"] if one["id"] not in names]


@pytest.mark.parametrize(("engine", "words"), [("list", "a list"), ("symbolic", "symbolic sets")])
def test_words_name_an_unusual_engine(engine: str, words: str) -> None:
    for one in ("ask", "explain", "formats"):
        shown = CliRunner().invoke(commands, [*ASKED[one], "--engine", engine]).output
        assert f"Engine: {words}" in shown


def test_an_analysis_names_the_cube_too() -> None:
    shown = CliRunner().invoke(commands, ["analyse", "ukraine-2017"]).output
    assert "Engine: the cube of all combinations." in " ".join(shown.split())


def _document(asked: list[str]) -> dict[str, Any]:
    result = CliRunner().invoke(commands, [*asked, "--format", "json"])
    assert result.exit_code == 0, result.output
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def _compared(document: Any, left_out: set[str]) -> Any:
    if isinstance(document, dict):
        return {
            key: _compared(value, left_out)
            for key, value in document.items()
            if key not in left_out
        }
    if isinstance(document, list):
        return [_compared(value, left_out) for value in document]
    return document
