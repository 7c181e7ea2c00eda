"""Coalition stability where each constraint binds one party alone: merged strategies, and why."""

from __future__ import annotations

from random import Random

import numpy as np
from hypothesis import assume, given, note, settings
from hypothesis import strategies as st

import detente
from detente.space.package_moves import package_moves
from detente.stability.coalitions import CoalitionGraph
from detente.stability.packed_ranks import lanes
from detente.stability.prepared_model import graph_model
from detente.stability.strategic_coalitions import StrategicCoalitions
from detente.stability.strategic_form import merging, strategic_form, strategies_alike
from oracle.coalitions import OracleCoalitions, OraclePackage
from oracle.definitions import Condition, OracleDispute
from strategies import (
    conditions,
    disputes_with_packages,
    document,
    most_preferred_first,
    packages,
    with_packages,
)

CONCEPTS = ["Nash", "GMR", "SMR", "SEQ"]


def about_later_options(condition: Condition, by: int) -> Condition:
    """The same condition about options that come so much later."""
    kind, *rest = condition
    if kind in ("on", "is"):
        return (kind, rest[0] + by, *rest[1:])
    return (kind, *(about_later_options(part, by) for part in rest))


@st.composite
def disputes_in_strategic_form(draw: st.DrawFn) -> OracleDispute:
    """Two to four parties with constraints of their own; nobody cares about every option."""
    counts = draw(st.lists(st.integers(1, 2), min_size=2, max_size=4).filter(lambda c: sum(c) <= 5))
    owner = [party for party, count in enumerate(counts) for _ in range(count)]
    levels = [2] * len(owner)
    directions = [draw(st.sampled_from([None, None, "up", "down"])) for _ in owner]
    never = []
    for party, count in enumerate(counts):
        if draw(st.booleans()):
            own = draw(conditions([2] * count))
            never.append(about_later_options(own, owner.index(party)))
    dispute = OracleDispute(len(counts), owner, levels, directions, [[] for _ in owner], never, [])
    assume(len(dispute.states) > 1)
    generator = Random(draw(st.integers(0, 2**32 - 1)))
    for _ in counts:
        cared = [option for option in range(len(owner)) if generator.random() < 0.7]
        known: dict[tuple[int, ...], int] = {}
        assignments = [next(iter(state)) for state in dispute.states]
        values = [
            known.setdefault(tuple(one[option] for option in cared), generator.randrange(9))
            for one in assignments
        ]
        dispute.preferences.append(most_preferred_first(values))
    return dispute


@settings(max_examples=settings().max_examples // 3)
@given(disputes_in_strategic_form(), st.data())
def test_every_coalition(dispute: OracleDispute, data: st.DataObject) -> None:
    joint = data.draw(packages(dispute))
    described = with_packages(dispute, document(dispute), joint)
    note(str(described))
    loaded = detente.build_dispute(described)
    model = graph_model(loaded)
    assert strategic_form(model, package_moves(model)) is not None
    found = detente.analyse_coalitions(loaded, concepts=CONCEPTS, packages=True)
    oracle = OracleCoalitions(dispute, joint)
    everyone = range(dispute.parties)
    for coalition in oracle.all_coalitions(everyone):
        others = [party for party in everyone if party not in coalition]
        sanctioning = oracle.all_coalitions(others)
        for concept in CONCEPTS:
            stable = found.stable(concept, [f"p{party}" for party in coalition])
            expected = [
                oracle.stable(concept, coalition, state, sanctioning)
                for state in range(len(dispute.states))
            ]
            assert stable.tolist() == expected, (concept, coalition)


@settings(max_examples=settings().max_examples // 2)
@given(disputes_in_strategic_form(), st.data())
def test_whoever_may_sanction(dispute: OracleDispute, data: st.DataObject) -> None:
    """Some of the others' coalitions, and parties that stand by; ranks in one word and in two."""
    model = graph_model(detente.build_dispute(document(dispute)))
    graph, oracle = CoalitionGraph(model), OracleCoalitions(dispute)
    assert graph.form is not None
    everyone = range(dispute.parties)
    each = [int(own.max()) for own in graph.ranks]
    bits = sum(max(one.bit_length(), 1) + 1 for one in each)
    assert (lanes(each, bits).words, lanes(each, bits - 1).words) == (1, 2)
    in_two = StrategicCoalitions(graph.form, graph.ranks, word_bits=bits - 1)
    for _ in range(3):
        coalition = data.draw(st.sampled_from(oracle.all_coalitions(everyone)))
        others = oracle.all_coalitions(one for one in everyone if one not in coalition)
        sanctioning = tuple(one for one in others if data.draw(st.booleans()))
        for concept in CONCEPTS:
            stable = graph.stable(concept, coalition, sanctioning)
            expected = [
                oracle.stable(concept, coalition, state, list(sanctioning))
                for state in range(len(dispute.states))
            ]
            assert stable.tolist() == expected, (concept, coalition, sanctioning)
            found = in_two.stable(concept, coalition, sanctioning)
            assert found.tolist() == expected, (concept, coalition, sanctioning)


@given(st.lists(st.lists(st.integers(0, 2**20), min_size=2, max_size=2), min_size=1, max_size=8))
def test_ranks_side_by_side(ranks: list[list[int]]) -> None:
    """All of them are compared at once by what is left of guard bits."""
    side_by_side = lanes([max(own) for own in ranks])
    parties = range(len(ranks))
    rows = side_by_side.packed(parties, np.array(ranks, dtype=np.int32))
    for party, own in enumerate(ranks):
        assert side_by_side.ranks(party, rows).tolist() == own
    guards = np.array(side_by_side.guards(parties))
    left = ((rows[1] | guards) - rows[0]) & guards
    for party, (one, other) in enumerate(ranks):
        own_guard = np.array(side_by_side.guards([party]))
        assert ((left & own_guard) == 0).all() == (one > other)


@given(disputes_with_packages())
def test_what_has_a_strategic_form(drawn: tuple[OracleDispute, list[OraclePackage]]) -> None:
    dispute, joint = drawn
    described = with_packages(dispute, document(dispute), joint)
    note(str(described))
    model = graph_model(detente.build_dispute(described))
    form = strategic_form(model, package_moves(model))
    if form is None:
        return
    oracle = OracleCoalitions(dispute, joint)
    everyone = tuple(range(dispute.parties))
    for coalition in [everyone, everyone[:-1]]:
        moves = form.moves(coalition)
        for state in range(len(dispute.states)):
            reached = {state, *oracle.reached(coalition, state)}
            assert set(moves.reached_from(state).tolist()) == reached
            assert form.reached_from(state, coalition).tolist() == sorted(reached)
            assert set(np.flatnonzero(form.reach_from(state, coalition)).tolist()) == reached


@given(disputes_in_strategic_form())
def test_merged_strategies_make_no_difference(dispute: OracleDispute) -> None:
    note(str(document(dispute)))
    model = graph_model(detente.build_dispute(document(dispute)))
    form = strategic_form(model)
    assert form is not None
    for concerned in [(0,), (0, 1), tuple(range(dispute.parties))]:
        merged = merging(form, [strategies_alike(form, model.ranks(one)) for one in concerned])
        assert merged.form.count <= form.count
        for party in concerned:
            values = model.ranks(party)
            np.testing.assert_array_equal(merged.up(merged.down(values)), values)
            for reached in ("least_reached", "greatest_reached"):
                whole = getattr(form, reached)(values, concerned)
                smaller = getattr(merged.form, reached)(merged.down(values), concerned)
                np.testing.assert_array_equal(merged.up(smaller), whole)


def test_a_constraint_between_parties_leaves_no_strategic_form() -> None:
    described = {
        "dispute": "Two",
        "parties": {
            one: {"name": one.upper(), "options": {"x": {"name": "X"}}, "preferences": []}
            for one in ("a", "b")
        },
    }
    free = strategic_form(graph_model(detente.build_dispute(described)))
    assert free is not None
    assert free.sizes == (2, 2)
    bound = {**described, "constraints": [{"never": "a.x and b.x"}]}
    assert strategic_form(graph_model(detente.build_dispute(bound))) is None
    own = {**described, "constraints": [{"never": "a.x"}]}
    form = strategic_form(graph_model(detente.build_dispute(own)))
    assert form is not None
    assert form.sizes == (1, 2)
