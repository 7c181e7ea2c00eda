"""Repairs of roadmaps as documents, tables and commands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from unittest.mock import patch

import jsonschema
import pytest
from click.testing import CliRunner, Result

from detente.analyses.registry import published_schemas
from detente.cli import detente as commands
from detente.roadmap.repair import preference_changes


def run(*words: str) -> Result:
    return CliRunner(env={"COLUMNS": "80"}).invoke(commands, ["roadmap", "repair", *words])


def document_of(*words: str) -> dict[str, Any]:
    result = run(*words, "--format", "json")
    assert result.exit_code == 0, result.output
    document: dict[str, Any] = json.loads(result.output)
    jsonschema.validate(document, published_schemas()["roadmap-repair"]())
    return document


def quarrel(tmp_path: Path, preferences: list[str], *, guarded: bool = False) -> str:
    """A dispute of two that would each rather that the other stopped, with a plan in two stages."""
    parties: dict[str, Any] = {
        one: {
            "name": f"Party {one.upper()}",
            "options": {"go": {"name": f"Go on as {one.upper()}"}},
            "preferences": [text.replace("other", other) for text in preferences],
        }
        for one, other in (("a", "b"), ("b", "a"))
    }
    if guarded:
        parties["a"]["options"]["go"]["when"] = "not b.go"
    document = {
        "dispute": "A quarrel",
        "parties": parties,
        "status_quo": {"a.go": "yes", "b.go": "yes"},
        "outcomes": {"peace": "not a.go and not b.go"},
        "roadmaps": {
            "alone": [{"stage": "A stops", "move": {"a.go": "no"}}],
            "both": [
                {"stage": "A stops", "move": {"a.go": "no"}},
                {"stage": "B stops", "move": {"b.go": "no"}},
            ],
        },
    }
    path = tmp_path / "quarrel.yaml"
    path.write_text(json.dumps(document), "utf-8")
    return str(path)


def flowing(*words: str) -> str:
    """The table, which fits its page, without line breaks."""
    result = run(*words)
    assert result.exit_code == 0, result.output
    assert max(map(len, result.output.splitlines())) <= 80
    return " ".join(result.output.split())


def test_what_must_come_first_is_put_first(tmp_path: Path) -> None:
    path = quarrel(tmp_path, ["not go"], guarded=True)
    text = flowing(path, "both")
    assert "1 exchange of neighbours: 1 way" in text
    assert "The stages in the order 2, 1." in text
    assert "which was the first to fail, then as stage 2 leads from state 2 to state 1" in text
    assert "The plan ends as it did" not in text
    assert "it comes to: peace" in text
    assert "none can: stage 1 is not possible" in text
    (proposal,) = document_of(path, "both")["proposals"]
    assert [stage["from"] for stage in proposal["stages"]] == [[2], [1]]


def test_what_nobody_would_do_first_is_done_at_once(tmp_path: Path) -> None:
    path = quarrel(tmp_path, ["not other.go", "go"])
    text = flowing(path, "both", "--foresight", "myopic")
    assert "Made jointly: stages 1 and 2, at once by Party A and Party B." in text
    assert "The plan ends as it did, in state 1." in text
    assert "none can: stage 1 is not made willingly" in text


def test_what_an_end_that_does_not_hold_lacks(tmp_path: Path) -> None:
    path = quarrel(tmp_path, ["not other.go", "not go"])
    text = flowing(path, "alone", "-c", "Nash")
    assert "After stage 1, one stage more: Party B: stop “Go on as B”." in text
    assert "In stage 1 also Party B: stop “Go on as B”." in text
    assert "Party B: not to change “Go on as B” except as the plan has it." in text
    assert "Party A: should Party B break the plan, to answer so: start “Go on as A”." in text
    assert "Party B: prefer the opposite of not “Go on as B” (statement 2 of 2)." in text
    assert "then has rank 3, no more than 4, which the plan offers" in text
    found = document_of(path, "alone", "-c", "Nash")
    assert {one["kind"] for one in found["proposals"]} == {
        "stage",
        "part",
        "commitment",
        "pledge",
        "preferences",
    }
    assert all(one["size"] == 1 and one["text"] for one in found["proposals"])


def test_more_than_are_listed_is_said(tmp_path: Path) -> None:
    path = quarrel(tmp_path, ["not other.go", "not go"])
    words = [path, "alone", "-c", "Nash", "--kinds", "preferences"]
    assert "1 change: 1 way or more" not in flowing(*words)
    assert "There are more of the same size (--limit shows more)." in flowing(
        *words, "--limit", "1"
    )


def test_a_dispute_too_large_to_list_its_moves_keeps_its_preferences(tmp_path: Path) -> None:
    path = quarrel(tmp_path, ["not other.go", "not go"])
    with patch("detente.roadmap.repair.repairs.fits_when_listed", return_value=False):
        text = flowing(path, "alone", "--kinds", "preferences")
    assert "would not fit into memory" in text


PLAN = ("korea-2017", "russia_2017")
QUICK = "order,joint,left_out,stage,commitment,pledge"


def test_document_follows_its_schema() -> None:
    document = document_of(*PLAN, "--kinds", QUICK)
    assert document["first_failure"] == {"stage": 3, "check": "holding", "side_move": False}
    found = {one["kind"]: one["least"] for one in document["kinds"]}
    assert found == {
        "order": None,
        "joint": None,
        "left_out": 1,
        "stage": 1,
        "commitment": 1,
        "pledge": 1,
    }
    assert all(one["complete"] for one in document["kinds"])
    (left_out,) = [one for one in document["proposals"] if one["kind"] == "left_out"]
    assert [stage["from"] for stage in left_out["stages"]] == [[2], [3]]
    assert not left_out["same_end"]


def test_tables_fit_80_columns_and_say_what_changes_and_what_that_does() -> None:
    text = run(*PLAN, "--kinds", QUICK).output
    assert max(map(len, text.splitlines())) <= 80
    flowing = " ".join(text.split())
    assert "Stage 1 is left out." in flowing
    assert "United States: not to change “Take part in joint exercises”" in flowing
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
    assert "Stage 1 is left out." in result.output


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
