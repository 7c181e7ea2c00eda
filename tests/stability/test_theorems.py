"""Theorems about the solution concepts, as properties of the engine."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, note
from hypothesis import strategies as st

import detente
from oracle.definitions import OracleDispute
from strategies import disputes, document

CONCEPTS = ["Nash", "GMR", "SMR", "SEQ", "SSEQ", "L1"]

# Fang, Hipel and Kilgour (1993) for the first concepts; SSEQ follows from its definition, as its
# sanctions are those of SEQ that SMR would accept too.
IMPLICATIONS = [
    ("Nash", "SMR"),
    ("SMR", "GMR"),
    ("Nash", "SSEQ"),
    ("SSEQ", "SEQ"),
    ("SEQ", "GMR"),
    ("SSEQ", "SMR"),
]


@pytest.mark.parametrize(("stronger", "weaker"), IMPLICATIONS)
@given(dispute=disputes())
def test_implications(dispute: OracleDispute, stronger: str, weaker: str) -> None:
    note(str(document(dispute)))
    result = detente.analyse(detente.from_dict(document(dispute)), [stronger, weaker])
    for party in range(dispute.parties):
        implied = result.stable(weaker, f"p{party}")
        assert implied[result.stable(stronger, f"p{party}")].all()


@given(dispute=disputes())
def test_one_move_ahead_is_nash(dispute: OracleDispute) -> None:
    result = detente.analyse(detente.from_dict(document(dispute)), ["Nash", "L1"])
    for party in range(dispute.parties):
        np.testing.assert_array_equal(
            result.stable("Nash", f"p{party}"), result.stable("L1", f"p{party}")
        )


@given(dispute=disputes(), place=st.integers(0, 5))
def test_a_party_without_options_changes_nothing(dispute: OracleDispute, place: int) -> None:
    with_bystander = document(dispute)
    before = detente.analyse(detente.from_dict(with_bystander), CONCEPTS)
    parties = list(with_bystander["parties"].items())
    parties.insert(place, ("bystander", {"name": "Bystander", "preferences": []}))
    with_bystander["parties"] = dict(parties)
    after = detente.analyse(detente.from_dict(with_bystander), CONCEPTS)
    for concept in CONCEPTS:
        assert after.stable(concept, "bystander").all()
        for party in range(dispute.parties):
            np.testing.assert_array_equal(
                before.stable(concept, f"p{party}"), after.stable(concept, f"p{party}")
            )
