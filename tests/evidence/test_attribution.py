"""Which difference moves which answer: alone, and one after the other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.changes.canonical import canonical, plain_document
from detente.changes.differences import differences
from detente.changes.edits import Edit, edited
from detente.changes.versions import Version
from detente.cli import detente as command_line
from detente.dispute.errors import DisputeError
from detente.evidence.attribution import ComparedVersions, compare_versions
from detente.evidence.model_answers import model_answers
from detente.files.dispute_file import build_dispute
from detente.files.yaml_text import parse

FAULTS = Path(__file__).parents[1] / "data" / "faults"
OLD, NEW = (str(FAULTS / f"two-versions-{which}.yaml") for which in ("old", "new"))

RIVER = """
dispute: River
parties:
  a:
    options: {dam: Dam, talk: Talk}
    preferences: [dam and not b.block, talk, not b.block]
  b:
    options: {block: Block}
    preferences: [not a.dam, not block]
constraints: [{never: a.dam and a.talk}]
packages: {deal: {parties: [a, b], set: {a.dam: no, a.talk: yes}}}
status_quo: {a.dam: yes}
outcomes: {quiet: not a.dam and not b.block}
roadmaps: {plan: [{stage: One, package: deal}]}
claims: [{id: ends, ask: "where status_quo: must reach quiet", says: yes}]
"""


def version(document: Any, name: str = "version") -> Version:
    return Version(name, build_dispute(document), document)


def river() -> Any:
    return parse(RIVER)[0]


def added_up(found: ComparedVersions) -> dict[str, str | None]:
    """The older version's answers, after what each difference changes in turn."""
    now: dict[str, str | None] = {
        question: one.value for question, one in model_answers(found.older.dispute).items()
    }
    for one in found.switched:
        for change in one.in_turn:
            assert now.get(change.question) == change.before
            now[change.question] = change.after
    return {question: value for question, value in now.items() if value is not None}


EDITS = [
    Edit("set", "status_quo.b.block", "yes"),
    Edit("set", "status_quo.a.dam", "no"),
    Edit("drop", "a.1"),
    Edit("drop", "b.2"),
    Edit("flip", "a.2"),
    Edit("flip", "b.1"),
    Edit("move", "a.3", "1"),
    Edit("irreversible", "a.dam", "up"),
    Edit("irreversible", "b.block", "down"),
    Edit("confidence", "b.1", "0.3"),
    Edit("set", "outcomes.quiet.when", "not a.dam"),
    Edit("set", "packages.deal.set.a.talk", "no"),
    Edit("set", "packages.deal.when", "b.block"),
    Edit("set", "claims.ends.ask", "'where status_quo: may reach quiet'"),
]


@given(st.lists(st.sampled_from(EDITS), min_size=1, max_size=4, unique=True))
@settings(deadline=None)
def test_what_differences_do_in_turn_adds_up(edits: list[Edit]) -> None:
    try:
        document = edited(river(), edits)
        newer = version(document)
    except DisputeError:
        return
    found = compare_versions(version(river()), newer)
    answers = {question: one.value for question, one in model_answers(newer.dispute).items()}
    assert added_up(found) == answers
    # Alone, the first does what it does in turn; a single one does all there is.
    if found.switched:
        assert found.switched[0].alone in (None, found.switched[0].in_turn)
    if len(found.switched) == 1:
        assert found.switched[0].alone == found.answers


@pytest.mark.parametrize("edit", EDITS, ids=lambda one: f"{one.kind} {one.target}")
def test_an_edit_is_one_difference(edit: Edit) -> None:
    (one,) = differences(river(), edited(river(), [edit]))
    assert one.kind == {"drop": "removed", "move": "moved"}.get(edit.kind, one.kind)


def test_a_difference_that_needs_another_says_so() -> None:
    document = plain_document(canonical(river()))
    document["parties"]["b"]["options"]["send"] = {"name": "Send"}
    document["parties"]["a"]["preferences"].insert(0, {"prefer": "b.send"})
    found = compare_versions(version(river()), version(document))
    statement = next(one for one in found.switched if "b.send" in one.told.words and one.needs)
    assert "b.send" in str(statement.needs)
    assert added_up(found) == {
        question: one.value for question, one in model_answers(build_dispute(document)).items()
    }


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (Edit("drop", "q.1"), "there is no party 'q'"),
        (Edit("drop", "a"), "a statement is named PARTY.N"),
        (Edit("drop", "a.9"), "a has no preference '9'; its statements are 1 to 3"),
        (Edit("move", "a.1", "7"), "there is no place '7'"),
        (Edit("confidence", "a.1", "much"), "'much' is not a number"),
        (Edit("irreversible", "a.dm", "no"), "there is no option 'a.dm'"),
        (Edit("irreversible", "a.dam", "maybe"), "'maybe' is no direction"),
        (Edit("set", "nothing.at.all", "1"), "there is nothing at 'nothing'"),
        (Edit("set", "dispute.x", "1"), "nothing can be set at 'dispute.x'"),
        (Edit("set", "status_quo", "1"), "there is no place to set 'status_quo'"),
    ],
)
def test_a_wrong_edit_is_refused(edit: Edit, message: str) -> None:
    with pytest.raises(DisputeError) as caught:
        edited(river(), [edit])
    assert message in str(caught.value)


def test_numbers_of_statements_stay_while_others_are_dropped() -> None:
    document = edited(river(), [Edit("drop", "a.1"), Edit("drop", "a.3")])
    assert [one["prefer"] for one in document["parties"]["a"]["preferences"]] == ["talk"]
    with pytest.raises(DisputeError, match="has been dropped already"):
        edited(river(), [Edit("drop", "a.1"), Edit("flip", "a.1")])


# Commands ----------------------------------------------------------------------------------------


def run(*words: str) -> Any:
    return CliRunner().invoke(command_line, list(words))


def test_diff() -> None:
    result = run("diff", OLD, NEW)
    assert result.exit_code == 0
    text = " ".join(result.output.split())
    assert "3 differences in the model" in text
    assert "1. option “Build the dam” of North can change in both directions; before, it" in text
    assert "2. preference 1 “dam” of North: confidence 0.95 → 0.05 (line 3)" in text
    assert "3. status quo: “Build the dam” of North is at yes, and was at no" in text
    assert "status quo stable under Nash, GMR, SMR, SEQ, SSEQ for: South → everyone" in text
    assert "1. none 2. none 3. 5 answers" in text
    document = json.loads(run("diff", OLD, NEW, "--format", "json").output)
    assert [len(one["switched"]["alone"]) for one in document["differences"]] == [0, 0, 5]
    jsonschema.validate(document, json.loads(run("schema", "diff").output))
    assert "say the same" in run("diff", OLD, OLD).output
    only = run("diff", OLD, NEW, "--model-only").output
    assert "No answer of the model differs" not in only
    assert run("diff", OLD, "nowhere.yaml").exit_code == 2


def test_an_entry_with_keys_that_is_gone_is_told_in_a_document(tmp_path: Path) -> None:
    variant = str(tmp_path / "variant.yaml")
    asked = run("what-if", OLD, "--drop", "a.1", "--save", variant, "--format", "json")
    (gone,) = json.loads(asked.output)["differences"]
    assert (gone["kind"], gone["old"]) == ("removed", {"prefer": "dam", "confidence": 0.95})
    document = json.loads(run("diff", OLD, variant, "--format", "json").output)
    (gone,) = document["differences"]
    assert [one["question"] for one in gone["switched"]["alone"]] == [
        one["question"] for one in document["answers"]
    ]
    jsonschema.validate(document, json.loads(run("schema", "diff").output))


def test_two_processes_answer_as_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = run("what-if", OLD, "--drop", "a.1").output
    monkeypatch.setattr("detente.evidence.attribution.can_be_shared", lambda: True)
    monkeypatch.setattr("detente.evidence.attribution.SHARED_FROM", 0)
    assert run("what-if", OLD, "--drop", "a.1").output == alone


def test_what_if(tmp_path: Path) -> None:
    result = run("what-if", OLD, "--set", "status_quo.a.dam=yes")
    assert result.exit_code == 0
    assert "status quo: “Build the dam” of North is at yes, and was at no" in " ".join(
        result.output.split()
    )
    assert "for: South → everyone" in result.output
    none = run("what-if", OLD, "--confidence", "North.1=0.3")
    assert "no answer of the model would change" in none.output
    same = run("what-if", OLD, "--irreversible", "north.dam=up")
    assert "nothing would change" in same.output
    saved = tmp_path / "variant.yaml"
    assert run("what-if", OLD, "--drop", "b.2", "--save", str(saved)).exit_code == 0
    assert "preference 2 “not block” of South is gone" in run("diff", OLD, str(saved)).output
    assert run("what-if", OLD).exit_code == 2
    assert run("what-if", OLD, "--drop", "b.7").exit_code == 2
    assert run("what-if", OLD, "--set", "status_quo.a.dam=often").exit_code == 2


def test_forecasts_are_compared_where_that_is_asked(tmp_path: Path) -> None:
    import detente

    older, newer = tmp_path / "old.yaml", tmp_path / "new.yaml"
    older.write_text(RIVER, "utf-8")
    newer.write_text(RIVER.replace("not a.dam, not block", "block, not a.dam"), "utf-8")
    plain = run("diff", str(older), str(newer), "--quick").output
    assert "forecast: " not in plain
    found = json.loads(
        run("diff", str(older), str(newer), "--quick", "--forecast", "--format", "json").output
    )
    told = {one["question"]: (one["before"], one["after"]) for one in found["answers"]}
    for path, place in ((older, 0), (newer, 1)):
        stated = detente.forecast(detente.load(path), draws=0)
        assert told["forecast: quiet holds at step 12"][place] == f"{stated.at[-1, 0]:.1%}"
    none = tmp_path / "none.yaml"
    without = RIVER.replace("status_quo: {a.dam: yes}\n", "").partition("claims:")[0]
    none.write_text(without, "utf-8")
    text = " ".join(run("diff", str(older), str(none), "--quick", "--forecast").output.split())
    assert "the forecast: not asked → cannot be made: " in text
    assert run("diff", str(older), str(newer), "--forecast", "--model-only").exit_code == 2
