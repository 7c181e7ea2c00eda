"""States that cannot be left, and stability that one sanction brings about everywhere."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, note, settings
from hypothesis import strategies as st

import detente
from detente.dispute.dispute import OrderedStates
from detente.dispute.errors import DisputeError, LimitError
from detente.report.coalitions import coalitions_document
from detente.report.hypergame import hypergame_document
from detente.report.robustness import robustness_document
from detente.report.uncertain import strength_document, uncertain_document
from detente.space import left_out
from detente.stability.concept_registry import reaction_named
from detente.stability.everywhere import held_everywhere
from detente.stability.prepared_model import graph_model
from detente.stability.sanctions import sanctioned
from oracle.definitions import OracleDispute, true_in
from strategies import as_text, conditions, disputes, document


@given(disputes(), st.data())
def test_what_cannot_be_left_is_as_defined(expected: OracleDispute, data: st.DataObject) -> None:
    drawn = data.draw(st.lists(conditions(expected.levels), max_size=3))
    described = document(expected) | {
        "outcomes": {f"o{n}": as_text(expected, one) for n, one in enumerate(drawn)}
    }
    note(str(described))
    analysis = detente.analyse(detente.build_dispute(described), ["Nash"])
    states = range(len(expected.states))
    moves = [set().union(*(own[state] for own in expected.moves)) for state in states]
    held = {state for state in states if not moves[state]}
    closed = []
    for number, condition in enumerate(drawn):
        inside = {
            state
            for state in states
            if all(true_in(condition, member) for member in expected.states[state])
        }
        if inside and len(inside) < len(states) and all(moves[one] <= inside for one in inside):
            closed.append(f"o{number}")
            held |= inside
    assert analysis.closed_outcomes == tuple(closed)
    assert {state for state in states if analysis.cannot_be_left[state]} == held


@given(disputes(most_states=12), st.data())
@settings(max_examples=settings().max_examples // 5)
def test_every_document_tells_what_cannot_be_left(
    expected: OracleDispute, data: st.DataObject
) -> None:
    condition = data.draw(conditions(expected.levels))
    dispute = detente.build_dispute(
        document(expected) | {"outcomes": {"out": as_text(expected, condition)}}
    )
    held = {
        state + 1
        for state, left in enumerate(detente.analyse(dispute, ["Nash"]).cannot_be_left.tolist())
        if left
    }
    concepts = ["Nash", "SEQ"]
    documents = [
        coalitions_document(detente.analyse_coalitions(dispute, concepts=concepts)),
        hypergame_document(detente.analyse_hypergame(dispute, concepts)),
    ]
    for one in documents:
        for concept in concepts:
            found = set(one["equilibria"][concept])
            assert one["equilibrium_counts"][concept] == len(found)
            trapped = one["cannot_be_left"]["equilibrium_counts"][concept]
            assert trapped == len(found & held)
        assert one["cannot_be_left"]["states"] == len(held)
    for one in (
        uncertain_document(detente.analyse_uncertain(dispute)),
        strength_document(detente.analyse_strength(dispute)),
    ):
        for concept, kinds in one["equilibria"].items():
            for kind, numbers in kinds.items():
                assert one["equilibrium_counts"][concept][kind] == len(numbers)
                trapped = one["cannot_be_left"]["equilibrium_counts"][concept][kind]
                assert trapped == len(held & set(numbers))


def test_robustness_tells_what_cannot_be_left_too() -> None:
    told = robustness_document(
        detente.analyse_robustness(detente.load("korea-2017-two-party"), draws=3)
    )
    strikes = {2, 5, 8, 11}
    assert told["cannot_be_left"]["outcomes"] == ["nuclear_war"]
    assert told["cannot_be_left"]["states"] == len(strikes)
    for concept, found in told["equilibria"].items():
        numbers = {state for state, _ in found}
        assert told["equilibrium_counts"][concept] == len(numbers)
        trapped = told["cannot_be_left"]["equilibrium_counts"][concept]
        assert trapped == len(numbers & strikes)


def test_war_in_the_korean_case_cannot_be_left() -> None:
    korea = detente.load("korea-2017")
    analysis = detente.analyse(korea, ["Nash", "GMR", "SEQ"])
    assert analysis.closed_outcomes == ("war",)
    war = analysis.in_outcome("war")
    assert (analysis.cannot_be_left == war).all()
    nash = analysis.is_equilibrium("Nash")
    assert (int((nash & war).sum()), int(nash.sum())) == (36, 54)
    gmr = analysis.is_equilibrium("GMR")
    assert (int((gmr & war).sum()), int(gmr.sum())) == (1632, 22368)
    found = held_everywhere(analysis)
    assert [one.party for one in found] == ["dprk", "china", "rok", "japan"]
    for one in found:
        assert one.stable == one.states == int((~war).sum())
        assert (one.option, one.level) == ("us.strike", "yes")
        assert one.without is not None
        assert one.states_without is not None
        assert one.without < one.states_without
        assert one.credible is not None
        assert one.credible < one.states


def test_a_threat_is_named_by_what_it_would_do() -> None:
    # The second could ruin the first once and for all, at its own cost; nothing else deters.
    document_ = {
        "dispute": "Threat",
        "parties": {
            "a": {"options": {"take": "Take"}, "preferences": ["not b.ruin", "take"]},
            "b": {
                "options": {"ruin": {"name": "Ruin", "irreversible": "up"}, "talk": "Talk"},
                "preferences": ["not ruin", "talk"],
            },
        },
        "status_quo": {},
        "outcomes": {"ruined": "b.ruin"},
    }
    dispute = detente.build_dispute(document_)
    assert held_everywhere(detente.analyse(dispute, ["GMR"])) == ()
    analysis = detente.analyse(dispute, ["Nash", "GMR", "SEQ"])
    (found,) = held_everywhere(analysis)
    assert (found.concept, found.party, found.stable, found.states) == ("GMR", "a", 4, 4)
    assert (found.option, found.level) == ("b.ruin", "yes")
    # Without ruin, the states in which a takes remain: two of four.
    assert (found.without, found.states_without) == (2, 4)
    assert found.credible == 2


def test_a_graph_of_objects_is_not_built_without_a_word() -> None:
    korea = detente.analyse(detente.load("korea-2017"), ["Nash"])
    with pytest.raises(LimitError, match=r"up to [\d,]+ moves between 61,440 states"):
        korea.to_networkx()
    small = detente.analyse(detente.load("elmira"), ["Nash"])
    assert small.to_networkx(most_moves=None).number_of_edges() > 0
    with pytest.raises(LimitError):
        small.to_networkx(most_moves=3)


@given(disputes(plain=True), st.data())
def test_the_cube_without_a_level_is_the_dispute_in_which_it_never_stands(
    expected: OracleDispute, data: st.DataObject
) -> None:
    dispute = detente.build_dispute(document(expected))
    model = graph_model(dispute, engine="cube")
    assume(not any(isinstance(party.preferences, OrderedStates) for party in dispute.parties))
    option = data.draw(st.sampled_from(dispute.options))
    level = data.draw(st.sampled_from(option.levels))
    try:
        slow = graph_model(left_out._never(dispute, option.key, level), engine="cube")
    except DisputeError:
        # No state is left.
        assume(False)
        return
    fast = left_out.without_level(model, option.key, level)
    assert fast.space.count == slow.space.count
    for number in range(len(dispute.parties)):
        for name in ("GMR", "SMR"):
            own = (
                one.by_state(sanctioned(one.graph, number, reaction_named(name)))
                for one in (fast, slow)
            )
            assert np.array_equal(*own)
