"""Claims are checked alike on arrays and on sets held as diagrams."""

from __future__ import annotations

from typing import Any

import pytest

import detente
from detente.evidence.claims import CheckedClaims, check_claims
from detente.report.claims import claims_blocks, claims_document


def told(found: CheckedClaims) -> list[Any]:
    return [
        (
            one.claim.id,
            one.agrees,
            one.origin,
            [(part.verdict, part.holds, part.of, part.note) for part in one.answer.parts],
        )
        for one in found
    ]


@pytest.mark.long
def test_the_claims_of_korea_and_what_their_answers_come_from() -> None:
    dispute = detente.load("korea-2017")
    cube, sets = check_claims(dispute), check_claims(dispute, engine="symbolic", seconds=3600)
    (left,) = sets.unanswered
    assert "loses more than" in left.claim.ask
    assert told(sets) == [one for one in told(cube) if one[0] != left.claim.id]
    assert claims_document(sets)["not_answered"] == [{"id": left.claim.id, "why": left.why}]
    assert left.claim.id in str(claims_blocks(sets)[0])


@pytest.mark.parametrize("origins", [False, True])
def test_a_dispute_beyond_any_array(origins: bool) -> None:
    parties = {
        own: {
            "options": {f"o{n}": "Option" for n in range(40)},
            "preferences": [f"not {other}.o0", f"{own}.o0", f"not {other}.o1"],
        }
        for own, other in (("a", "b"), ("b", "a"))
    }
    claims = {
        "moves": {"ask": "where status_quo: a must choose a.o0 under Nash", "says": "yes"},
        "falls": {"ask": "a loses more than b by a.o0", "says": "no"},
        "likes": {"ask": "a prefers a.o0 to not a.o0", "says": "no"},
    }
    dispute = detente.build_dispute(
        {
            "dispute": "Rivals",
            "parties": parties,
            "status_quo": {},
            "claims": [{"id": name, **one} for name, one in claims.items()],
        }
    )
    found = check_claims(dispute, origins=origins)
    assert [(one.claim.id, one.agrees) for one in found] == [("moves", True), ("likes", False)]
    assert [one.claim.id for one in found.unanswered] == ["falls"]
    if origins:
        assert [one.origin and one.origin.kind for one in found] == ["stated", "stated"]
