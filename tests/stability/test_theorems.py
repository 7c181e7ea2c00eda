"""Theorems about the solution concepts, as properties of the engine."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, note
from hypothesis import strategies as st

import detente
from oracle.definitions import OracleDispute
from strategies import disputes, document, most_preferred_first, reordered

CONCEPTS = ["Nash", "GMR", "SMR", "SEQ", "SSEQ", "SIM", "L1", "L2", "L3", "NM"]

# All follow from the definitions, with guards, coalesced states and ties too: without a UI there
# is nothing to sanction; UIs are moves, so what others reach by UIs they reach by moves (SEQ within
# GMR, SSEQ within SMR); and a symmetric sanction is a sanction (SMR within GMR, SSEQ within SEQ).
IMPLICATIONS = [
    ("Nash", "SMR"),
    ("SMR", "GMR"),
    ("Nash", "SSEQ"),
    ("SSEQ", "SEQ"),
    ("SEQ", "GMR"),
    ("SSEQ", "SMR"),
    ("Nash", "SIM"),
]


@pytest.mark.parametrize(("stronger", "weaker"), IMPLICATIONS)
@given(dispute=disputes())
def test_implications(dispute: OracleDispute, stronger: str, weaker: str) -> None:
    note(str(document(dispute)))
    result = detente.analyse(detente.build_dispute(document(dispute)), [stronger, weaker])
    for party in range(dispute.parties):
        implied = result.stable(weaker, f"p{party}")
        assert implied[result.stable(stronger, f"p{party}")].all()


@given(dispute=disputes())
def test_one_move_ahead_is_nash(dispute: OracleDispute) -> None:
    result = detente.analyse(detente.build_dispute(document(dispute)), ["Nash", "L1"])
    for party in range(dispute.parties):
        np.testing.assert_array_equal(
            result.stable("Nash", f"p{party}"), result.stable("L1", f"p{party}")
        )


@given(dispute=disputes(), place=st.integers(0, 5), data=st.data())
def test_a_party_without_options_changes_nothing(
    dispute: OracleDispute, place: int, data: st.DataObject
) -> None:
    # Its preferences do not matter either, under any concept: it has no move to make.
    with_bystander = document(dispute)
    before = detente.analyse(detente.build_dispute(with_bystander), CONCEPTS)
    parties = list(with_bystander["parties"].items())
    best = data.draw(st.permutations(range(1, before.count + 1)))
    parties.insert(place, ("bystander", {"name": "Bystander", "preferences": {"order": best}}))
    with_bystander["parties"] = dict(parties)
    after = detente.analyse(detente.build_dispute(with_bystander), CONCEPTS)
    for concept in CONCEPTS:
        assert after.stable(concept, "bystander").all()
        for party in range(dispute.parties):
            np.testing.assert_array_equal(
                before.stable(concept, f"p{party}"), after.stable(concept, f"p{party}")
            )


@given(dispute=disputes(), data=st.data())
def test_the_order_of_parties_and_options_does_not_matter(
    dispute: OracleDispute, data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(dispute.parties)))
    options = data.draw(st.permutations(range(len(dispute.owner))))
    other, number_there = reordered(dispute, order, options)
    note(str(document(dispute)))
    note(str(document(other)))
    here = detente.analyse(detente.build_dispute(document(dispute)), CONCEPTS)
    there = detente.analyse(detente.build_dispute(document(other)), CONCEPTS)
    places = [number_there[state] - 1 for state in range(1, here.count + 1)]
    assert sorted(places) == list(range(there.count))
    for party in range(dispute.parties):
        renamed = f"p{order.index(party)}"
        for concept in CONCEPTS:
            np.testing.assert_array_equal(
                here.stable(concept, f"p{party}"), there.stable(concept, renamed)[places]
            )


@given(dispute=disputes())
def test_only_the_order_of_states_matters(dispute: OracleDispute) -> None:
    # Statements or weights, or the order of states that they give: it comes to the same.
    note(str(document(dispute)))
    explicit = dataclasses.replace(
        dispute, preferences=[most_preferred_first(values) for values in dispute.values]
    )
    stated = detente.analyse(detente.build_dispute(document(dispute)), CONCEPTS)
    listed = detente.analyse(detente.build_dispute(document(explicit)), CONCEPTS)
    for party in range(dispute.parties):
        for concept in CONCEPTS:
            np.testing.assert_array_equal(
                stated.stable(concept, f"p{party}"), listed.stable(concept, f"p{party}")
            )
