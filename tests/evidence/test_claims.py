"""Claims: their questions, computed answers, and what brings these about."""

from __future__ import annotations

from typing import Any

import pytest

import detente
from detente.evidence.claims import check_questions
from detente.model.errors import DisputeError


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
    return detente.from_dict(document)


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
    assert detente.check_claims(dispute_with()) == ()


@pytest.mark.parametrize(
    "ask", ["where a.z: may reach b.y", "where a.x and not a.x: may reach b.y"]
)
def test_a_faulty_question_names_its_claim(ask: str) -> None:
    with pytest.raises(DisputeError, match=r"claims\.c0\.ask"):
        detente.check_claims(dispute_with((ask, "yes")))


def test_questions_without_meaning_are_faults() -> None:
    dispute = dispute_with(("where a.x: may reach b.y", "yes"), ("where a.x: may rech b.y", "yes"))
    (finding,) = check_questions(dispute)
    assert finding.is_fault
    assert finding.judgement == "claim c1"
    assert "did you mean 'reach'?" in finding.message


def test_the_shipped_claims_have_answers() -> None:
    for case in detente.case_names():
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
