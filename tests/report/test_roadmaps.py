"""Roadmaps as documents, tables, pictures and commands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from detente.analyses.registry import published_schemas
from detente.cli import detente as commands


def run(*words: str) -> str:
    result = CliRunner(env={"COLUMNS": "80"}).invoke(commands, ["roadmap", *words])
    assert result.exit_code == 0, result.output
    return result.output


def document_of(name: str, *words: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(run(*words, "--format", "json"))
    schema = published_schemas()[name]()
    jsonschema.validate(document, schema)
    return document


def test_check_document_follows_its_schema() -> None:
    document = document_of("roadmap", "check", "korea-2017", "russia_2017")
    assert document["first_failure"] == {"stage": 3, "check": "holding", "side_move": False}
    assert document["other_foresight"] == {
        "foresight": "myopic",
        "holds": False,
        "first_failure": {"stage": 1, "check": "willing", "side_move": False},
    }
    assert [stage["possible"] for stage in document["stages"]] == [True] * 3


def test_check_tables_fit_80_columns_and_name_the_first_failure() -> None:
    text = run("check", "korea-2017", "russia_2017")
    assert max(map(len, text.splitlines())) <= 80
    assert "The plan breaks at stage 3" in text
    assert "the plan breaks at stage 1, “Mutual restraint”" in " ".join(text.split())
    assert "The plan holds" in run("check", "korea-2017", "russia_2017", "-c", "GMR")


@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_check_picture_tells_the_verdict_in_words(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"plan.{suffix}"
    run("check", "korea-2017", "russia_2017", "--picture", str(path))
    assert path.stat().st_size > 5000
    if suffix == "svg":
        assert "The plan breaks at stage 3" in path.read_text("utf-8")


def test_unknown_roadmap_is_one_message_and_exit_code_2() -> None:
    result = CliRunner().invoke(commands, ["roadmap", "check", "korea-2017", "russia"])
    assert result.exit_code == 2
    assert "there is no roadmap 'russia'" in result.output
    assert "Traceback" not in result.output


def test_an_interrupted_search_shows_what_it_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("detente.roadmap.search.branch_and_bound.EndSearch.front", interrupted)
    words = ["roadmap", "find", "korea-2017", "--to", "settlement"]
    result = CliRunner(env={"COLUMNS": "80"}).invoke(commands, words)
    assert result.exit_code == 130
    assert "The search stopped before it had looked at everything." in result.output
    assert "No plan was found by then." in result.output


def test_search_document_follows_its_schema() -> None:
    document = document_of("roadmap-search", "find", "korea-2017", "--to", "settlement")
    assert document["complete"]
    assert document["plans"][0]["holds"]
    assert document["cut"] is None


@pytest.mark.long
def test_where_no_plan_holds_the_cut_is_told() -> None:
    words = ["find", "korea-2017", "--to", "dprk.disarm and not us.guarantee"]
    document = document_of("roadmap-search", *words)
    assert not any(plan["holds"] for plan in document["plans"])
    assert document["cut"]["states"] >= 1
    text = run(*words)
    assert "No plan holds with declared packages only." in text
    assert max(map(len, text.splitlines())) <= 80


SIMULATE = ["simulate", "korea-2017", "russia_2017", "--runs", "300"]


def test_simulation_document_follows_its_schema_and_says_what_is_assumed() -> None:
    document = document_of("roadmap-simulation", *SIMULATE, "--renege", "0.25")
    assert document["assumptions"]["renege"] == 0.25
    assert [stage["may_leave"] for stage in document["stages"]] == [[], [], ["us"]]
    assert document["stages"][0]["reached"] == 300
    broken = sum(stage["broken"]["runs"] for stage in document["stages"])
    assert broken + document["completed"]["runs"] == 300
    assert "Assumed, not estimated" in document["text"]


def test_simulation_tables_fit_80_columns() -> None:
    text = run(*SIMULATE)
    assert max(map(len, text.splitlines())) <= 80
    assert "Assumed, not estimated" in text
    assert "United States by leaving" in text


@pytest.mark.parametrize("slip", ["0", "1"])
def test_simulation_picture_says_in_words_what_it_shows(tmp_path: Path, slip: str) -> None:
    path = tmp_path / "runs.svg"
    run(*SIMULATE, "--renege", "0", "--slip", slip, "--picture", str(path))
    words = path.read_text("utf-8")
    assert "Assumed, not estimated" in words
    assert f"The plan reaches its end in {'100.0' if slip == '0' else '0.0'}% of the runs" in words


def test_a_probability_above_one_is_refused() -> None:
    result = CliRunner().invoke(commands, ["roadmap", *SIMULATE, "--answer", "2"])
    assert result.exit_code == 2
    assert "not in the range" in result.output


def test_a_side_move_is_told_from_a_break() -> None:
    import detente
    from detente.report.roadmaps import verdict_document, verdict_lines

    def checked(second: str) -> detente.RoadmapCheck:
        described = {
            "dispute": "d",
            "parties": {
                "a": {"options": {"x": "X", "z": "Z"}, "preferences": ["x"]},
                "b": {"options": {"y": "Y"}, "preferences": ["y"]},
                "c": {"options": {"w": "W"}, "preferences": [second]},
            },
            "status_quo": {},
            "roadmaps": {
                "r": [
                    {"stage": "First", "move": {"a.x": True}},
                    {"stage": "Second", "move": {"c.w": True}},
                ]
            },
        }
        return detente.check_roadmap(detente.build_dispute(described), "r", concept="Nash")

    side = checked("w")
    assert side.verdict is not None
    assert (side.verdict.number, side.verdict.side_move, side.breaks_at) == (1, True, None)
    headline = verdict_lines(side)[0]
    assert headline.startswith(
        "The plan can still go on after a side move at stage 1, “First”, which nothing deters; "
        "it is not broken (under Nash"
    )
    assert verdict_document(side)["first_failure"] == {
        "stage": 1,
        "check": "holding",
        "side_move": True,
    }
    both = checked("not w")
    assert both.breaks_at is not None
    assert both.breaks_at.number == 2
    assert ", but breaks at stage 2, “Second”: it is not made willingly" in verdict_lines(both)[0]
