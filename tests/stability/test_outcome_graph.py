"""The graph reduced to named outcomes, against its definition word for word."""

from __future__ import annotations

from hypothesis import given, note
from hypothesis import strategies as st

import detente
from detente.stability.outcome_graph import ELSEWHERE, outcome_moves
from oracle.definitions import OracleDispute, true_in
from strategies import as_text, conditions, disputes, document


@given(dispute=disputes(), data=st.data())
def test_against_the_definition(dispute: OracleDispute, data: st.DataObject) -> None:
    formulas = data.draw(st.lists(conditions(dispute.levels), max_size=3))
    described = document(dispute)
    described["outcomes"] = {
        f"o{number}": as_text(dispute, formula) for number, formula in enumerate(formulas)
    }
    note(str(described))
    states = range(len(dispute.states))
    regions = {
        f"o{number}": {s for s in states if all(true_in(formula, one) for one in dispute.states[s])}
        for number, formula in enumerate(formulas)
    }
    elsewhere = set(states).difference(*regions.values())
    if elsewhere:
        regions[ELSEWHERE] = elsewhere
    expected = []
    for party in range(dispute.parties):
        for start, inside in regions.items():
            for end, target in regions.items():
                outside = inside - target
                improving = {s for s in outside if target & set(dispute.improvements(party, s))}
                if start != end and improving:
                    expected.append((f"p{party}", start, end, len(outside), len(improving)))
    analysis = detente.analyse(detente.build_dispute(described), ["Nash"])
    found = [
        (move.party, move.start, move.end, move.states, move.improving)
        for move in outcome_moves(analysis)
    ]
    assert found == expected


def test_a_share_is_of_the_states_outside() -> None:
    analysis = detente.analyse(detente.load("elmira"), ["Nash"])
    moves = {(move.party, move.start, move.end): move.share for move in outcome_moves(analysis)}
    # Uniroyal gains by giving up its delay only once the order is modified.
    assert moves["uniroyal", "deadlock", "modified_order"] == 0.5
    assert all(0 < share <= 1 for share in moves.values())
