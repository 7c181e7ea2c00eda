"""Repairs of roadmaps as documents, tables and commands."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any
from unittest.mock import patch

import jsonschema
import pytest
from click.testing import CliRunner, Result

from detente.cli import detente as commands
from detente.roadmap import preference_changes


def run(*words: str) -> Result:
    return CliRunner(env={"COLUMNS": "80"}).invoke(commands, ["roadmap", "repair", *words])


def document_of(*words: str) -> dict[str, Any]:
    result = run(*words, "--format", "json")
    assert result.exit_code == 0, result.output
    document: dict[str, Any] = json.loads(result.output)
    schema = files("detente.report") / "schemas/roadmap-repair-1.json"
    jsonschema.validate(document, json.loads(schema.read_text("utf-8")))
    return document


PLAN = ("korea-2017", "russia_2017")
QUICK = "order,joint,left_out,stage,commitment,pledge"


def test_document_follows_its_schema() -> None:
    document = document_of(*PLAN, "--kinds", QUICK)
    assert document["first_failure"] == {"stage": 1, "check": "holding"}
    found = {one["kind"]: one["least"] for one in document["kinds"]}
    assert found == {
        "order": None,
        "joint": None,
        "left_out": 2,
        "stage": None,
        "commitment": 2,
        "pledge": 2,
    }
    assert all(one["complete"] for one in document["kinds"])
    (left_out,) = [one for one in document["proposals"] if one["kind"] == "left_out"]
    assert [stage["from"] for stage in left_out["stages"]] == [[3]]
    assert not left_out["same_end"]


def test_tables_fit_80_columns_and_say_what_changes_and_what_that_does() -> None:
    text = run(*PLAN, "--kinds", QUICK).output
    assert max(map(len, text.splitlines())) <= 80
    flowing = " ".join(text.split())
    assert "Stages 1 and 2 are left out." in flowing
    assert "North Korea: not to change “Test nuclear weapons and missiles”" in flowing
    assert "it no longer comes to: Dual freeze" in flowing


def test_a_plan_that_holds_needs_no_repair() -> None:
    result = run(*PLAN, "-c", "GMR")
    assert result.exit_code == 0
    assert "The plan holds" in result.output
    assert "nothing to repair" in result.output
    document = document_of(*PLAN, "-c", "GMR")
    assert document["holds"]
    assert document["proposals"] == document["kinds"] == []


def test_where_nothing_will_do_it_says_so_with_what_was_tried() -> None:
    result = run(*PLAN, "--kinds", "order,joint")
    assert result.exit_code == 0
    assert "Nothing that was looked for makes the plan hold." in result.output
    assert "5  none" in result.output


def test_promises_make_nobody_willing() -> None:
    result = run(*PLAN, "--foresight", "myopic", "--kinds", "pledge")
    assert "none can: stage 1 is not made willingly" in result.output


def test_ctrl_c_keeps_what_was_found() -> None:
    def stop(self: object) -> None:
        raise KeyboardInterrupt

    with patch.object(preference_changes.PreferenceChanges, "_next", stop):
        result = run(*PLAN, "--kinds", "left_out,preferences")
    assert result.exit_code == 130
    assert "Interrupted" in result.output
    assert "Stages 1 and 2 are left out." in result.output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["korea-2017", "russia"], "there is no roadmap 'russia'"),
        ([*PLAN, "--kinds", "ordre"], "did you mean 'order'"),
        ([*PLAN, "-c", "L3"], "Nash, GMR, SMR, SEQ, SSEQ"),
    ],
)
def test_bad_input_is_one_message_and_exit_code_2(words: list[str], message: str) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert message in " ".join(result.output.split())
    assert "Traceback" not in result.output
