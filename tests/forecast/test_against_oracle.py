"""The engine's propagation against a dense transition matrix, on random disputes."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import inf

import numpy as np
from hypothesis import given, note, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import detente
from detente.forecast.courses import likeliest_courses
from detente.forecast.dates import expected_moves
from detente.forecast.flows import flows_between, stays
from detente.forecast.movers import Dynamics, play_of
from detente.forecast.orders import bounds
from detente.forecast.propagation import closed, propagate
from detente.forecast.worth import WORTHS, Worth
from detente.queries.play_steps import Ground
from detente.stability.concept_registry import foresights
from detente.stability.prepared_model import graph_model
from oracle.definitions import OracleDispute, true_in
from oracle.forecast import OracleForecast
from oracle.play import OraclePackage
from strategies import conditions, contested_disputes, disputes, document, packages, with_packages

ODDS = st.sampled_from([1.0, 1.3, 2.0, 5.0, 20.0, 1000.0, inf])
STEPS = 6


@dataclass
class Drawn:
    """A random dispute as both sides see it."""

    expected: OracleForecast
    ground: Ground
    play: Dynamics
    goals: list[set[int]]
    regions: NDArray[np.bool_]
    packages: tuple[str, ...]

    def node(self, state: int) -> int:
        return self.ground.model.node(state)


@st.composite
def drawn_play(draw: st.DrawFn, most_states: int = 32) -> Drawn:
    any_kind = disputes(most_states=most_states) | contested_disputes()
    dispute: OracleDispute = draw(any_kind)
    joint = draw(packages(dispute)) if draw(st.booleans()) else []
    written = with_packages(dispute, document(dispute), joint)
    note(str(written))
    foresight = draw(st.sampled_from(foresights()))
    odds = draw(st.lists(ODDS, min_size=dispute.parties, max_size=dispute.parties))
    worth: Worth = draw(st.sampled_from(WORTHS))
    movers = dispute.parties + len(joint)
    tempo = draw(st.lists(st.sampled_from([1.0, 1.0, 0.5, 3.0]), min_size=movers, max_size=movers))
    note(f"{foresight=} {odds=} {worth=} {tempo=}")
    names = tuple(f"q{number}" for number in range(len(joint)))
    ground = Ground(graph_model(detente.build_dispute(written)))
    play = play_of(ground, foresight=foresight, odds=odds, worth=worth, packages=names, tempo=tempo)
    played = tuple(
        OraclePackage(one.members, tuple(sorted(one.settings.items())), one.when) for one in joint
    )
    expected = OracleForecast(dispute, foresight, odds, worth, tempo, played)
    conditions_of = draw(st.lists(conditions(dispute.levels), min_size=1, max_size=3))
    goals = [
        {
            index
            for index, members in enumerate(dispute.states)
            if all(true_in(condition, one) for one in members)
        }
        for condition in conditions_of
    ]
    regions = np.zeros((len(goals), play.nodes), dtype=np.bool_)
    for number, goal in enumerate(goals):
        regions[number, [ground.model.node(state) for state in goal]] = True
    return Drawn(expected, ground, play, goals, regions, names)


def at_states(drawn: Drawn, values: NDArray[np.float64]) -> NDArray[np.float64]:
    return values[[drawn.node(state) for state in drawn.expected.states]]


@given(drawn_play())
@settings(max_examples=2 * settings().max_examples)
def test_every_step_is_that_of_the_matrix(drawn: Drawn) -> None:
    count = len(drawn.expected.states)
    start = np.zeros((drawn.play.nodes, count))
    for state in range(count):
        start[drawn.node(state), state] = 1.0
    forward = at_states(drawn, drawn.play.step(start)).T
    assert np.abs(forward - drawn.expected.matrix).max() < 1e-12
    back = at_states(drawn, drawn.play.step_back(start))
    assert np.abs(back - drawn.expected.matrix).max() < 1e-12
    for state in range(count):
        found = np.zeros((len(drawn.play.movers), count))
        for choice in drawn.play.next_moves(drawn.node(state)):
            found[choice.mover, drawn.ground.model.index(choice.node)] += choice.probability
        for mover, matrix in enumerate(drawn.expected.matrices):
            wanted = matrix[state] * drawn.expected.tempo[mover]
            wanted[state] = 0.0
            assert np.abs(found[mover] - wanted).max() < 1e-12


@given(drawn_play(), st.data())
@settings(max_examples=settings().max_examples)
def test_expected_moves_are_those_of_the_matrix(drawn: Drawn, data: st.DataObject) -> None:
    start = data.draw(st.sampled_from(drawn.expected.states))
    found = expected_moves(drawn.play, drawn.node(start), STEPS)
    assert np.abs(found - drawn.expected.moves(start, STEPS)).max() < 1e-12


@given(drawn_play(), st.data())
@settings(max_examples=settings().max_examples)
def test_forecasts_are_those_of_the_matrix(drawn: Drawn, data: st.DataObject) -> None:
    expected, play = drawn.expected, drawn.play
    start = data.draw(st.integers(0, len(expected.states) - 1))
    shut = np.array([closed(drawn.ground, own, drawn.packages) for own in drawn.regions])
    found = propagate(play, drawn.node(start), drawn.regions, STEPS, closed=shut, carriers=True)
    assert found.carriers is not None
    assert abs(found.final.sum() - 1) < 1e-12
    for number, goal in enumerate(drawn.goals):
        assert np.abs(found.at[:, number] - expected.at(start, goal, STEPS)).max() < 1e-12
        assert np.abs(found.by[:, number] - expected.by(start, goal, STEPS)).max() < 1e-12
        for mover in range(len(play.movers)):
            wanted = expected.carried(start, goal, STEPS, mover)
            assert abs(found.carriers.movers[mover, number] - wanted) < 1e-12
        carried = found.carriers.movers[:, number].sum()
        first = found.by[STEPS, number] - found.by[0, number]
        assert abs(carried - first) < 1e-12
        for option in range(len(expected.dispute.levels)):
            wanted = sum(
                expected.carried(start, goal, STEPS, mover, option)
                for mover in range(len(play.movers))
            )
            assert abs(found.carriers.options[option, number] - wanted) < 1e-12


@given(drawn_play(), st.data())
@settings(max_examples=2 * settings().max_examples)
def test_bounds_are_those_of_the_matrices(drawn: Drawn, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(drawn.expected.states) - 1))
    found = bounds(drawn.play, drawn.node(start), drawn.regions, STEPS)
    for number, goal in enumerate(drawn.goals):
        for by in (False, True):
            wanted = np.array(drawn.expected.bounds(start, goal, STEPS, by=by))
            least, most = (found.by_least, found.by_most) if by else (found.at_least, found.at_most)
            assert np.abs(least[:, number] - wanted[:, 0]).max() < 1e-12
            assert np.abs(most[:, number] - wanted[:, 1]).max() < 1e-12


@given(drawn_play(most_states=4), st.data())
@settings(max_examples=settings().max_examples)
def test_no_order_of_movers_leaves_the_bounds(drawn: Drawn, data: st.DataObject) -> None:
    expected = drawn.expected
    count, movers = len(expected.states), len(expected.matrices)
    if movers**count > 2000:
        return
    start = data.draw(st.integers(0, count - 1))
    steps = 400
    found = bounds(drawn.play, drawn.node(start), drawn.regions[:1], steps)
    goal = drawn.goals[0]
    ends = []
    for order in product(range(movers), repeat=count):
        matrix = np.array([expected.matrices[mover][state] for state, mover in enumerate(order)])
        for state in goal:
            matrix[state] = np.eye(count)[state]
        here = np.linalg.matrix_power(matrix, steps)[start]
        ends.append(sum(here[state] for state in goal))
        few = np.linalg.matrix_power(matrix, 3)[start]
        reached = sum(few[state] for state in goal)
        assert found.by_least[3, 0] - 1e-12 <= reached <= found.by_most[3, 0] + 1e-12
    assert found.by_least[steps, 0] <= min(ends) + 1e-12
    assert found.by_most[steps, 0] >= max(ends) - 1e-12
    # With many steps, an order that looks only at the state does nearly as well as any.
    if found.by_most[steps, 0] - found.by_most[steps // 2, 0] < 1e-9:
        assert found.by_most[steps, 0] <= max(ends) + 1e-6


@given(drawn_play(most_states=8), st.data())
@settings(max_examples=settings().max_examples // 2)
def test_no_course_is_likelier_than_the_likeliest(drawn: Drawn, data: st.DataObject) -> None:
    """Against the greatest product of chances over all courses, worked out move by move."""
    expected = drawn.expected
    states = list(expected.states)
    start = data.draw(st.sampled_from(states))
    chances = np.stack(
        [weight * matrix for weight, matrix in zip(expected.tempo, expected.matrices, strict=True)]
    )
    chances[:, states, states] = 0.0
    made = chances.sum(axis=(0, 2))
    best_move = chances.max(axis=0) / np.where(made > 0, made, 1.0)[:, np.newaxis]
    found = likeliest_courses(drawn.play, drawn.node(start), drawn.regions)
    likeliest = {one.goal: one.probability for one in found}
    for number, goal in enumerate(drawn.goals):
        there = np.array([state in goal for state in states])
        reached = there.astype(float)
        for _ in states:
            reached = np.where(there, 1.0, (best_move * reached).max(axis=1))
        wanted = 0.0 if start in goal else reached[start]
        assert abs(likeliest.get(number, 0.0) - wanted) < 1e-12


@given(drawn_play(), st.data())
@settings(max_examples=settings().max_examples // 2)
def test_flows_between_parts_are_those_of_the_matrices(drawn: Drawn, data: st.DataObject) -> None:
    expected, play = drawn.expected, drawn.play
    states = list(expected.states)
    start = data.draw(st.sampled_from(states))
    numbers = data.draw(st.lists(st.integers(0, 2), min_size=len(states), max_size=len(states)))
    where = stays(play, drawn.node(start), STEPS)
    assert abs(where.spent.sum() - STEPS) < 1e-9
    assert abs(where.final.sum() - 1) < 1e-12
    part = np.full(play.nodes, -1)
    for state, number in zip(states, numbers, strict=True):
        part[drawn.node(state)] = number
    found = flows_between(play, where.spent, part, 3)
    for mover, source, target in product(range(len(play.movers)), range(3), range(3)):
        inside = [{s for s in states if numbers[s] == one} for one in (source, target)]
        wanted = expected.flow(start, mover, inside[0], inside[1], STEPS)
        assert abs(found[mover, source, target] - (source != target) * wanted) < 1e-9
