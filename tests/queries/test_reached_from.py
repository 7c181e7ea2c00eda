"""What play from one state comes to, and what all parties can count on, against the definitions."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

import detente
from detente.queries import reachability
from detente.queries.play_steps import Ground, Steps
from detente.queries.query import StepRule
from detente.queries.reachability import reached_from
from detente.stability.concept_registry import reaction_named
from detente.stability.prepared_model import graph_model
from detente.stability.responses import counted_on_by_all, response_lists
from detente.stability.sanctions import reaction_values
from oracle.definitions import true_in
from oracle.play import OraclePackage, OraclePlay
from strategies import conditions, disputes, document, packages, with_packages

CONCEPTS = ["GMR", "SMR", "SEQ", "SSEQ"]


@given(st.data())
@settings(max_examples=settings().max_examples)
def test_what_play_from_a_state_comes_to(data: st.DataObject) -> None:
    dispute = data.draw(disputes(most_states=24))
    joint = data.draw(packages(dispute)) if data.draw(st.booleans()) else []
    written = with_packages(dispute, document(dispute), joint)
    note(str(written))
    ground = Ground(graph_model(detente.build_dispute(written)))
    concept = data.draw(st.sampled_from(["Nash", *CONCEPTS]))
    movers = tuple(range(dispute.parties))
    made = tuple(
        OraclePackage(one.members, tuple(sorted(one.settings.items())), one.when) for one in joint
    )
    play = OraclePlay(dispute, "improvements", concept, movers, made)
    texts = [data.draw(conditions(dispute.levels)) for _ in range(3)]
    targets = [
        {
            state
            for state, members in enumerate(dispute.states)
            if all(true_in(text, one) for one in members)
        }
        for text in texts
    ]
    model = ground.model
    goals = np.zeros((len(texts), ground.feasible.size), dtype=np.bool_)
    for number, target in enumerate(targets):
        goals[number, [model.node(state) for state in target]] = True
    start = data.draw(st.integers(0, len(dispute.states) - 1))
    steps = Steps(ground, StepRule("improvements", concept, movers, bool(joint)))
    with patch.object(reachability, "_LISTED", data.draw(st.sampled_from([0, 2, 2000]))):
        may, must = reached_from(steps, model.node(start), goals)
    assert may.tolist() == [start in play.comes("may", "reach", one) for one in targets]
    assert must.tolist() == [start in play.comes("must", "reach", one) for one in targets]


@pytest.mark.parametrize("concept", CONCEPTS)
@given(data=st.data())
@settings(max_examples=max(5, settings().max_examples // 4))
def test_what_all_can_count_on_is_what_each_can(concept: str, data: st.DataObject) -> None:
    dispute = data.draw(disputes(most_states=48, plain=True))
    note(str(document(dispute)))
    model = graph_model(detente.build_dispute(document(dispute)))
    lists = response_lists(model)
    assert lists is not None
    found = counted_on_by_all(lists, model.ranks_of_all, reaction_named(concept))
    nodes = model.nodes(np.arange(model.space.count))
    for party in range(dispute.parties):
        ranks = model.graph.ranks[party]
        values = np.minimum(reaction_values(model.graph, party, reaction_named(concept)), ranks)
        assert np.array_equal(found[party], values[nodes])
    some = sorted(data.draw(st.sets(st.integers(0, dispute.parties - 1), min_size=1)))
    of_some = counted_on_by_all(lists, model.ranks_of_all, reaction_named(concept), asked=some)
    assert np.array_equal(of_some, found[some])
    ground = Ground(model)
    with patch("detente.queries.play_steps._ALL_AT_ONCE_FROM", 0):
        for party in range(dispute.parties):
            assert np.array_equal(ground.counted_on(concept, party)[nodes], found[party])
