"""What must hold of play over time whatever the dispute."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

import detente
from detente.dispute.errors import DisputeError
from detente.forecast.movers import play_of
from detente.queries.play_steps import Ground
from detente.stability.concept_registry import foresights
from detente.stability.prepared_model import graph_model
from oracle.definitions import OracleDispute
from strategies import contested_disputes, disputes, document


@given(disputes() | contested_disputes(), st.sampled_from(foresights()))
@settings(max_examples=settings().max_examples)
def test_at_infinite_odds_play_rests_exactly_at_equilibria(
    dispute: OracleDispute, foresight: str
) -> None:
    written = document(dispute)
    note(str(written))
    model = graph_model(detente.build_dispute(written))
    play = play_of(Ground(model), foresight=foresight, odds=inf)
    concept = "Nash" if foresight == "myopic" else foresight
    analysis = detente.analyse(model.dispute, concepts=[concept])
    at_rest = [
        state + 1 for state in range(model.space.count) if not play.next_moves(model.node(state))
    ]
    assert at_rest == (np.asarray(analysis.equilibria(concept))).tolist()


@given(disputes() | contested_disputes())
@settings(max_examples=settings().max_examples)
def test_at_odds_of_one_every_move_is_as_likely_as_staying(dispute: OracleDispute) -> None:
    model = graph_model(detente.build_dispute(document(dispute)))
    play = play_of(Ground(model), foresight="myopic", odds=1)
    for state in range(model.space.count):
        for choice in play.next_moves(model.node(state)):
            moves = len(model.moves_from(state, choice.mover))
            wanted = 1 / (moves + 1) / dispute.parties
            assert choice.probability == pytest.approx(wanted, rel=1e-12)


@given(disputes() | contested_disputes(), st.sampled_from([1.0, 2.0, 20.0, 1e6, inf]))
@settings(max_examples=settings().max_examples // 3)
def test_probabilities_sum_to_one_after_a_thousand_steps(
    dispute: OracleDispute, odds: float
) -> None:
    model = graph_model(detente.build_dispute(document(dispute)))
    play = play_of(Ground(model), foresight="SEQ", odds=odds)
    # From each state by itself.
    states = [model.node(state) for state in range(model.space.count)]
    here = np.zeros((play.nodes, len(states)))
    here[states, range(len(states))] = 1.0
    there = np.zeros_like(here)
    for _ in range(1000):
        here, there = play.step(here, there), here
    assert here.min() >= 0
    assert np.abs(here.sum(axis=0) - 1).max() < 1e-12


@pytest.mark.parametrize("odds", [0, 0.5, -1, float("nan"), 1e31])
def test_odds_that_make_no_sense_are_refused(odds: float) -> None:
    ground = Ground(graph_model(detente.load("elmira")))
    with pytest.raises(DisputeError, match="odds are numbers from 1"):
        play_of(ground, odds=odds)
