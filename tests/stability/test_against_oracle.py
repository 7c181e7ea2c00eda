"""The engine against the literal definitions, on random disputes.

The long comparison: ./dev pytest tests/stability/test_against_oracle.py --hypothesis-profile=long
"""

from __future__ import annotations

import dataclasses

import numpy as np
from hypothesis import given, note, settings

import detente
from detente.space.cube import Hypercube
from detente.space.move_lists import sparse_graph
from detente.stability.analysis import Analysis, analyse_model
from detente.stability.explain import explain
from detente.stability.prepared_model import graph_model
from detente.stability.simultaneous import simultaneous
from oracle.definitions import OracleDispute
from strategies import assignment_levels, disputes, document

CONCEPTS = ["Nash", "GMR", "SMR", "SEQ", "SSEQ", "SIM", "SEQ+SIM", "L1", "L2", "L3", "NM"]


def compare(expected: OracleDispute, found: Analysis, concepts: list[str]) -> None:
    """Check every concept, party and state."""
    for concept in concepts:
        for party in range(expected.parties):
            stable = found.stable(concept, f"p{party}")
            for state in range(len(expected.states)):
                assert stable[state] == expected.stable(concept, party, state), (
                    f"{concept}, party p{party}, state {state + 1}: "
                    f"{found.levels(state + 1)}; the engine says {bool(stable[state])}"
                )
        equilibria = [
            state + 1
            for state in range(len(expected.states))
            if all(expected.stable(concept, party, state) for party in range(expected.parties))
        ]
        assert found.equilibria(concept).tolist() == equilibria


@given(disputes())
def test_every_concept_party_and_state(expected: OracleDispute) -> None:
    # A status quo for each draw: a member of the middle state.
    middle = len(expected.states) // 2
    described = document(expected)
    described["status_quo"] = assignment_levels(expected, min(expected.states[middle]))
    note(str(described))
    found = detente.analyse(detente.build_dispute(described), CONCEPTS)
    assert found.count == len(expected.states)
    assert found.status_quo == middle + 1
    for state, members in enumerate(expected.states, start=1):
        levels = found.levels(state)
        wanted = [assignment_levels(expected, member) for member in members]
        for option, level in levels.items():
            everywhere = {one[option] for one in wanted}
            assert level == (everywhere.pop() if len(everywhere) == 1 else None)
    for party in range(expected.parties):
        ranks, values = found.ranks(f"p{party}"), expected.values[party]
        order = {value: position for position, value in enumerate(sorted(set(values)), start=1)}
        assert ranks.tolist() == [order[value] for value in values]
    compare(expected, found, CONCEPTS)


@given(disputes(most_states=256))
@settings(max_examples=settings().max_examples)
def test_larger_disputes(expected: OracleDispute) -> None:
    # SIM and NM are left out: they take the oracle too long here.
    note(str(document(expected)))
    concepts = ["Nash", "GMR", "SMR", "SEQ", "SSEQ", "L2", "L3"]
    compare(
        expected, detente.analyse(detente.build_dispute(document(expected)), concepts), concepts
    )


@given(disputes(plain=True))
def test_both_representations_and_the_kernels_agree(expected: OracleDispute) -> None:
    note(str(document(expected)))
    model = graph_model(detente.build_dispute(document(expected)))
    concepts = ["Nash", "GMR", "SMR", "SEQ", "SSEQ", "L3"]
    compiled = Hypercube(model.moves, model.position_ranks, compiled_from=0)
    scanned = Hypercube(model.moves, model.position_ranks, compiled_from=0, pairs_up_to=0)
    sorted_out = Hypercube(model.moves, model.position_ranks, pairs_up_to=0)
    listed = sparse_graph(model.moves, model.position_ranks)
    for graph in (model.graph, compiled, scanned, sorted_out, listed):
        compare(
            expected, analyse_model(dataclasses.replace(model, graph=graph), concepts), concepts
        )


@given(disputes())
def test_compiled_simultaneous_stability(expected: OracleDispute) -> None:
    note(str(document(expected)))
    model = graph_model(detente.build_dispute(document(expected)))
    for party in range(expected.parties):
        found = simultaneous(model.moves, model.position_ranks, party, compiled_from=0)
        wanted = [expected.stable("SIM", party, one) for one in range(len(expected.states))]
        assert found.tolist() == wanted


@given(disputes(most_states=24))
def test_explanations_agree_with_the_definitions(expected: OracleDispute) -> None:
    note(str(document(expected)))
    model = graph_model(detente.build_dispute(document(expected)))
    for concept in CONCEPTS:
        if concept == "SEQ+SIM":
            # Explained by its parts.
            continue
        for party in range(expected.parties):
            state = (7 * party) % len(expected.states)
            explanation = explain(model, concept, party, state)
            note(f"{concept} {party} {explanation}")
            assert explanation.stable == expected.stable(concept, party, state)
            if concept in ("GMR", "SMR", "SEQ", "SSEQ"):
                check_sanctions(expected, explanation, party, state)


def check_sanctions(
    expected: OracleDispute, explanation: detente.Explanation, party: int, state: int
) -> None:
    """Each sanction that is told is a legal sequence that hurts the party."""
    credible = explanation.concept in ("SEQ", "SSEQ")
    value = expected.values[party]
    for improvement in explanation.improvements:
        here, last = improvement.state - 1, party
        assert here in expected.improvements(party, state)
        for step in improvement.path:
            mover = int(step.party.removeprefix("p"))
            assert mover != last
            legal = expected.improvements(mover, here) if credible else expected.moves[mover][here]
            assert step.state - 1 in legal
            here, last = step.state - 1, mover
        if improvement.deterred:
            assert improvement.path
            assert value[here] <= value[state]


def test_many_statements_are_exact() -> None:
    # 200 statements need scores of 200 bits; only the last ones tell the states apart.
    statements = ["p0.o0 or not p0.o0"] * 197 + ["p0.o0", "p1.o1", "not p0.o0"]
    parties = {
        "p0": {"name": "A", "options": {"o0": "a"}, "preferences": statements},
        "p1": {"name": "B", "options": {"o1": "b"}, "preferences": []},
    }
    found = detente.analyse(detente.build_dispute({"dispute": "Many", "parties": parties}))
    np.testing.assert_array_equal(found.ranks("p0"), [1, 3, 2, 4])
    np.testing.assert_array_equal(found.ranks("p1"), [1, 1, 1, 1])
