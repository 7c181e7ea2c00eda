"""Best moves block by block, against what passes over whole arrays find."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

import detente
from detente.queries.evaluation import evaluate
from detente.queries.parsing import parse_query
from detente.queries.play_steps import Ground, Steps
from detente.queries.query import StepRule
from detente.queries.reachability import rounds_to
from detente.space.graph_model import with_ranks
from detente.stability.prepared_model import graph_model
from strategies import disputes, document, packages, with_packages

CONCEPTS = ["Nash", "GMR", "SMR", "SEQ", "SSEQ"]


@given(st.data())
@settings(max_examples=max(5, settings().max_examples // 2))
def test_rounds_of_best_moves_are_the_same_block_by_block(data: st.DataObject) -> None:
    dispute = data.draw(disputes(most_states=48, plain=True))
    joint = data.draw(packages(dispute)) if data.draw(st.booleans()) else []
    written = with_packages(dispute, document(dispute), joint)
    note(str(written))
    model = graph_model(detente.build_dispute(written))
    movers = tuple(sorted(data.draw(st.sets(st.integers(0, dispute.parties - 1), min_size=1))))
    concept = data.draw(st.sampled_from(CONCEPTS))
    rule = StepRule("best moves", concept, movers, bool(joint))
    plain = Steps(Ground(model), rule)
    assert plain.quick is None
    with patch("detente.queries.play_steps._ALL_AT_ONCE_FROM", 0):
        quick = Steps(Ground(model), rule)
        assert quick.quick is not None
        assert np.array_equal(quick.moving, plain.moving)
        goal = np.array(data.draw(st.lists(st.booleans(), min_size=48, max_size=48)))
        goal = np.resize(goal, model.feasible_nodes.size) & model.feasible_nodes
        assert np.array_equal(quick.possible(goal), plain.possible(goal))
        assert np.array_equal(quick.certain(goal), plain.certain(goal))
        for surely in (False, True):
            assert np.array_equal(
                rounds_to(quick, goal, surely=surely), rounds_to(plain, goal, surely=surely)
            )


@given(st.data())
@settings(max_examples=max(5, settings().max_examples // 3))
def test_what_models_share_is_told_apart_by_names(data: st.DataObject) -> None:
    dispute = data.draw(disputes(most_states=48, plain=True))
    note(str(document(dispute)))
    model = graph_model(detente.build_dispute(document(dispute)))
    concept = data.draw(st.sampled_from(["SEQ", "SSEQ"]))
    with patch("detente.queries.play_steps._ALL_AT_ONCE_FROM", 0):
        ground = Ground(model)
        for turned in data.draw(
            st.lists(st.sets(st.integers(0, dispute.parties - 1)), min_size=2, max_size=4)
        ):
            ranks = model.position_ranks.copy()
            for party in turned:
                ranks[party] = np.where(ranks[party] > 0, ranks[party].max() + 1 - ranks[party], 0)
            other = with_ranks(model, ranks)
            names = tuple(party in turned for party in range(dispute.parties))
            named = ground.of_other_ranks(other, rank_names=names)
            for party in range(dispute.parties):
                expected = Ground(other).counted_on(concept, party)
                feasible = model.feasible_nodes
                assert np.array_equal(
                    named.counted_on(concept, party)[feasible], expected[feasible]
                )
            rule = StepRule("best moves", concept, tuple(range(dispute.parties)), False)
            steps, alone = Steps(named, rule), Steps(Ground(other), rule)
            goal = data.draw(st.integers(0, dispute.parties - 1))
            inside = model.feasible_nodes & (ranks[goal] == ranks[goal].max())
            assert np.array_equal(steps.moving, alone.moving)
            for surely in (False, True):
                assert np.array_equal(
                    rounds_to(steps, inside, surely=surely),
                    rounds_to(alone, inside, surely=surely),
                )


@pytest.mark.parametrize("question", ["may reach six_party_table with packages", "must keep war"])
def test_a_large_case_is_answered_in_the_same_way(question: str) -> None:
    dispute = detente.load("korea-2017")
    model = graph_model(dispute)
    query = parse_query(dispute, question)
    found = evaluate(query, Ground(model))
    with patch("detente.queries.play_steps._ALL_AT_ONCE_FROM", model.space.size + 1):
        assert evaluate(query, Ground(model)) == found
