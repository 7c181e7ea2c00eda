"""Claims: their questions, computed answers, and what brings these about."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, note
from hypothesis import strategies as st
from jsonschema import validate

import detente
from detente.cli import detente as command_line
from detente.dispute.dispute import Statements
from detente.dispute.errors import DisputeError
from detente.evidence.claims import check_questions
from detente.evidence.held_statements import HeldStatements
from detente.evidence.statements_that_matter import (
    statements_on_own_options,
    statements_that_matter,
)
from detente.queries.evaluation import evaluate
from detente.queries.parsing import parse_query
from detente.queries.play_steps import Ground
from detente.stability.prepared_model import graph_model
from oracle.definitions import Prioritised
from strategies import (
    as_text,
    conditions,
    disputes,
    document,
    packages,
    the_same_within_classes,
    with_packages,
)


def dispute_with(*claims: tuple[str, str]) -> detente.Dispute:
    document: dict[str, Any] = {
        "dispute": "Two",
        "parties": {
            "a": {"name": "A", "options": {"x": "X"}, "preferences": ["x if b.y", "not x"]},
            "b": {"name": "B", "options": {"y": "Y"}, "preferences": ["y"]},
        },
        "claims": [
            {"id": f"c{number}", "ask": ask, "says": says}
            for number, (ask, says) in enumerate(claims)
        ],
    }
    return detente.build_dispute(document)


@pytest.mark.parametrize(
    ("ask", "says", "agrees", "origin"),
    [
        # B's one statement says it.
        ("b prefers b.y to not b.y", "yes", True, ("stated", "b", 1)),
        ("where b.y and not a.x: a must choose x", "yes", True, ("stated", "a", 1)),
        # It takes both of A's statements to have A follow B in either direction.
        (
            "where b.y and not a.x: a must choose x under Nash; "
            "where not b.y and a.x: a must choose not x under Nash",
            "yes",
            True,
            ("derived", None, None),
        ),
        # It takes both parties.
        ("where not a.x and not b.y: must reach a.x and b.y", "no", False, ("derived", None, None)),
        ("where a.x and b.y: must keep a.x", "yes", True, ("default", None, None)),
        ("count true: stable for everyone under Nash", "1", True, ("derived", None, None)),
        ("where true: stable for a under NM", "yes", False, None),
    ],
)
def test_answers_and_origins(ask: str, says: str, agrees: bool, origin: Any) -> None:
    (checked,) = detente.check_claims(dispute_with((ask, says)))
    assert checked.agrees is agrees
    if origin is None:
        assert checked.origin is None
    else:
        assert checked.origin is not None
        found = checked.origin
        assert (found.kind, found.party, found.statement) == origin


def test_origins_are_left_out_where_not_asked_for() -> None:
    (checked,) = detente.check_claims(dispute_with(("count true", "4")), origins=False)
    assert checked.agrees
    assert checked.origin is None


def test_no_claims() -> None:
    assert len(detente.check_claims(dispute_with())) == 0


def test_a_faulty_question_names_its_claim() -> None:
    with pytest.raises(DisputeError, match=r"claims\.c0\.ask"):
        detente.check_claims(dispute_with(("where a.z: may reach b.y", "yes")))


def test_a_question_that_does_not_arise_neither_agrees_nor_differs() -> None:
    ask = "where a.x and not a.x: may reach b.y"
    checked = detente.check_claims(dispute_with((ask, "yes"), (ask, "no"), ("count true", "4")))
    assert [one.agrees for one in checked] == [None, None, True]
    assert [one.answer.short for one in checked] == ["does not arise", "does not arise", "4"]
    assert checked[0].origin is None


@pytest.mark.parametrize(
    ("ask", "fault"),
    [
        ('"where a.x: may rech b.y"', "rech"),
        ("'where a.x: may rech b.y'", "rech"),
        ('"where a.x:\n      may rech b.y"', "rech"),
        ("count a.z and\n      b.y", "a.z"),
        ("|\n      where a.x:\n      may rech b.y", "rech"),
        (">-\n      where a.x:\n\n\n      may rech b.y", "rech"),
        ("> # folded\n      where a.x: may\n       rech b.y", "rech"),
    ],
)
def test_a_fault_is_placed_within_the_question(ask: str, fault: str, tmp_path: Path) -> None:
    text = (
        "dispute: Two\nparties:\n  a: {options: {x: X}}\n  b: {options: {y: Y}}\n"
        f"claims:\n  - id: c\n    ask: {ask}\n    says: yes\n"
    )
    path = tmp_path / "two.yaml"
    path.write_text(text)
    dispute = detente.load(path)
    with pytest.raises(DisputeError) as caught:
        detente.check_claims(dispute)
    error = caught.value
    assert error.place is not None
    lines = text.splitlines()
    assert lines[error.place.line - 1][error.place.column - 1 :].startswith(fault)
    assert str(error).startswith(f"{path}:{error.place.line}:{error.place.column}: claims.c.ask: ")
    shown, caret = str(error).splitlines()[-2:]
    assert shown.strip() == lines[error.place.line - 1].strip()
    assert shown[caret.index("^") :].startswith(fault)
    for finding in check_questions(dispute):
        assert (finding.place, finding.message.splitlines()[-1]) == (error.place, caret)


def test_a_fault_of_a_dispute_without_a_file_shows_the_question() -> None:
    with pytest.raises(DisputeError) as caught:
        detente.check_claims(dispute_with(("where a.x: may rech b.y", "yes")))
    assert caught.value.place is None
    shown, caret = str(caught.value).splitlines()[-2:]
    assert shown[caret.index("^") :] == "rech b.y"


def test_an_interruption_leaves_the_claims_checked_so_far() -> None:
    def interrupt(claim: str, share: float) -> None:
        if claim == "c2":
            raise KeyboardInterrupt

    dispute = dispute_with(*[("count true", "4")] * 4)
    found = detente.check_claims(dispute, progress=interrupt)
    assert [one.claim.id for one in found] == ["c0", "c1"]
    assert (found.partial, found.left, found.unexamined) == (True, 2, 2)


def test_an_interruption_leaves_the_answers_whose_origins_are_not_known() -> None:
    def interrupt(claim: str, share: float) -> None:
        if share > 0.5:
            raise KeyboardInterrupt

    dispute = dispute_with(*[("where not a.x: may reach a.x", "yes")] * 4)
    found = detente.check_claims(dispute, progress=interrupt)
    assert len(found) == 4
    assert (found.partial, found.left, found.unexamined) == (True, 0, 3)
    assert [one.origin is not None for one in found] == [True, False, False, False]


def test_a_copy_of_the_process_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    dispute = dispute_with(
        ("b prefers b.y to not b.y", "yes"),
        ("where not a.x and not b.y: must reach a.x and b.y", "no"),
        ("where a.x and not a.x: may reach b.y", "yes"),
        ("where true: stable for a under NM", "yes"),
        ("where b.y and not a.x: a must choose x", "yes"),
    )
    alone = detente.check_claims(dispute)
    monkeypatch.setattr("detente.evidence.claims.can_be_shared", lambda: True)
    monkeypatch.setattr("detente.evidence.claims.SHARED_FROM", 0)
    assert list(detente.check_claims(dispute)) == list(alone)

    def interrupt(claim: str, share: float) -> None:
        if share > 0.5:
            raise KeyboardInterrupt

    found = detente.check_claims(dispute, progress=interrupt)
    assert (len(found), found.why) == (5, "interrupted")
    assert 0 < found.unexamined < 5


def test_questions_without_meaning_are_faults() -> None:
    dispute = dispute_with(("where a.x: may reach b.y", "yes"), ("where a.x: may rech b.y", "yes"))
    (finding,) = check_questions(dispute)
    assert finding.is_fault
    assert finding.judgement == "claim c1"
    assert "did you mean 'reach'?" in finding.message


def test_the_shipped_claims_have_answers() -> None:
    for case in detente.list_cases():
        dispute = detente.load(case)
        assert check_questions(dispute) == ()
        checked = detente.check_claims(dispute, origins=False)
        assert len(checked) == len(dispute.claims)


def test_korea_russia_follows_china() -> None:
    # In the article: as long as China is neutral, so is Russia; then the six-party table.
    checked = detente.check_claims(detente.load("korea-2017"), origins=False)
    by_id = {one.claim.id: one for one in checked}
    assert len(by_id) >= 15
    assert by_id["neutrality-depends-on-china"].agrees
    assert [part.verdict for part in by_id["neutrality-depends-on-china"].answer.parts] == [
        "yes",
        "yes",
    ]


def test_the_claim_of_a_package_that_cannot_be_made_does_not_arise() -> None:
    path = Path(__file__).parents[1] / "data" / "faults" / "vacuous-package.yaml"
    result = CliRunner().invoke(command_line, ["claims", str(path), "--format", "json"])
    (claim,) = json.loads(result.output)["claims"]
    assert (claim["answer"], claim["agrees"], claim["why"]) == ("does not arise", None, [])
    schema = json.loads(CliRunner().invoke(command_line, ["schema", "claims"]).output)
    validate(json.loads(result.output), schema)
    shown = " ".join(CliRunner().invoke(command_line, ["claims", str(path)]).output.split())
    assert "1 claim: 0 computed as the source says, 0 otherwise." in shown
    assert "does not arise in this model, so it counts as neither" in shown
    assert "differs" not in shown
    asked = CliRunner().invoke(
        command_line, ["ask", str(path), "where status_quo: a accepts surrender"]
    )
    assert "Does not arise: the package surrender cannot be made there" in asked.output


def test_a_derived_answer_names_statements_none_of_which_can_be_left_out() -> None:
    dispute = detente.load("korea-2017")
    keep = dataclasses.replace(
        dispute, claims=tuple(one for one in dispute.claims if one.id == "g2-unwelcome")
    )
    (checked,) = detente.check_claims(keep)
    assert checked.origin is not None
    assert checked.origin.kind == "derived"
    assert checked.origin.smallest
    assert checked.origin.statements == (("russia", 3), ("russia", 14))

    def answer(held: tuple[tuple[str, int], ...]) -> str:
        parties = []
        for party in dispute.parties:
            preferences = party.preferences
            assert isinstance(preferences, Statements)
            chosen = tuple(
                one
                for number, one in enumerate(preferences.statements, start=1)
                if (party.id, number) in held
            )
            only = dataclasses.replace(preferences, statements=chosen)
            parties.append(dataclasses.replace(party, preferences=only))
        changed = dataclasses.replace(keep, parties=tuple(parties))
        (one,) = detente.check_claims(changed, origins=False)
        return one.answer.short

    assert answer(checked.origin.statements) == checked.answer.short == "yes"
    for one in checked.origin.statements:
        assert answer((one,)) != "yes"


@given(st.data())
def test_what_is_left_out_does_not_matter(data: st.DataObject) -> None:
    dispute = data.draw(disputes(most_states=32))
    condition = conditions(dispute.levels)
    for party in range(dispute.parties):
        drawn = data.draw(st.lists(condition, max_size=3))
        stated = [the_same_within_classes(data.draw, dispute, one) for one in drawn]
        dispute.preferences[party] = Prioritised(stated)
    joint = data.draw(packages(dispute)) if data.draw(st.booleans()) else []
    written = with_packages(dispute, document(dispute), joint)
    concept = data.draw(st.sampled_from(["Nash", "GMR", "SMR", "SEQ", "SSEQ"]))
    target, other = (as_text(dispute, data.draw(condition)) for _ in range(2))
    beside = " with packages" if joint and data.draw(st.booleans()) else ""
    asked = data.draw(
        st.sampled_from(
            [
                f"p0 may choose {target} under {concept}",
                f"p1 must choose {target} under {concept}",
                f"may reach {target} under {concept}{beside}",
                f"must keep {target} under {concept}{beside}",
                f"where {other}: may reach {target} under {concept}",
                f"where {other}: must reach {target} of p0 under {concept}{beside}",
                f"where {other}: may keep {target} by improvements fairly under {concept}",
                f"where {other}: cannot reach {target} by legal moves{beside}",
                f"where {other}: p0 may choose {target} under {concept}{beside}",
                f"count {other}: p0 must choose {target} under {concept}",
                f"where {other}: p0 may choose [stable for p1 under {concept}] under Nash",
                f"where {other}: what does p0 choose under {concept}",
                f"where {other}: p0 prefers {target} to not ({target})",
                f"p0 loses more than p1 by {target}",
                *(f"where {other}: p0 accepts q{number}" for number in range(len(joint))),
                f"stable for p0 under {concept}",
                f"stable for everyone under {concept}{beside}",
            ]
        )
    )
    note(f"{written}\n{asked}")
    stated = detente.build_dispute(written)
    query = parse_query(stated, asked)
    statements = HeldStatements(Ground(graph_model(stated)))
    held = data.draw(st.sets(st.sampled_from(statements.all))) if statements.all else set()
    parties = []
    for number, party in enumerate(stated.parties):
        assert isinstance(party.preferences, Statements)
        chosen = tuple(
            one for n, one in enumerate(party.preferences.statements) if (number, n) in held
        )
        only = dataclasses.replace(party.preferences, statements=chosen)
        parties.append(dataclasses.replace(party, preferences=only))
    expected = evaluate(
        query, Ground(graph_model(dataclasses.replace(stated, parties=tuple(parties))))
    )
    mattering = statements_that_matter(query, stated, statements_on_own_options(stated))(held)
    found = statements.answer(query, mattering)
    for one, other in zip(found.parts, expected.parts, strict=True):
        assert (one.verdict, one.holds, one.of) == (other.verdict, other.holds, other.of)
        assert (one.not_arising, one.choices) == (other.not_arising, other.choices)
