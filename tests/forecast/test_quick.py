"""Many draws, quickly, against each draw by itself."""

from __future__ import annotations

from math import prod

import numpy as np
from hypothesis import given, note, settings
from hypothesis import strategies as st

import detente
from detente.forecast.courses import MOST_EXPANDED, likeliest_courses
from detente.forecast.goals import Goal, Goals
from detente.forecast.movers import play_of
from detente.forecast.propagation import closed, propagate
from detente.forecast.quick import quick_play
from detente.forecast.worth import WORTHS
from detente.queries.play_steps import Ground
from detente.stability.concept_registry import foresights
from detente.stability.prepared_model import graph_model
from oracle.definitions import OracleDispute, true_in
from strategies import conditions, disputes, document, packages, with_packages


@given(
    disputes(most_states=48, plain=True),
    st.sampled_from(foresights()),
    st.sampled_from([1.0, 2.0, 20.0, 1e6]),
)
@settings(max_examples=settings().max_examples // 5)
def test_probabilities_sum_to_one_after_a_thousand_steps(
    dispute: OracleDispute, foresight: str, odds: float
) -> None:
    ground = Ground(graph_model(detente.build_dispute(document(dispute))))
    everywhere = ground.feasible[np.newaxis]
    goals = Goals((Goal("all", "", "outcome", True),), everywhere)
    quick = quick_play(ground, goals, ground.model.node(0))
    assert quick is not None
    tempo = (1.0,) * dispute.parties
    choice = quick.choice(ground.model, foresight=foresight, odds=odds, worth="rank", tempo=tempo)
    assert np.abs(quick.course(choice, 1000, carriers=False).at - 1).max() < 1e-12


@given(st.data())
@settings(max_examples=settings().max_examples)
def test_the_quick_way_gives_what_each_draw_gives(data: st.DataObject) -> None:
    dispute = data.draw(disputes(most_states=48, plain=True))
    joint = data.draw(packages(dispute)) if data.draw(st.booleans()) else []
    written = with_packages(dispute, document(dispute), joint)
    note(str(written))
    ground = Ground(graph_model(detente.build_dispute(written)))
    model = ground.model
    assert model.on_cube
    foresight = data.draw(st.sampled_from(foresights()))
    worth = data.draw(st.sampled_from(WORTHS))
    odds = data.draw(st.sampled_from([1.0, 2.0, 7.0, 1e6]))
    names = tuple(f"q{number}" for number in range(len(joint)))
    movers = dispute.parties + len(joint)
    weights = st.sampled_from([1.0, 0.25, 2.0])
    tempo = tuple(data.draw(st.lists(weights, min_size=movers, max_size=movers)))
    texts = [data.draw(conditions(dispute.levels)) for _ in range(data.draw(st.integers(1, 9)))]
    regions = np.zeros((len(texts), ground.feasible.size), dtype=np.bool_)
    for number, text in enumerate(texts):
        for state, members in enumerate(dispute.states):
            if all(true_in(text, one) for one in members):
                regions[number, model.node(state)] = True
    shut = [closed(ground, region, names) for region in regions]
    goals = Goals(tuple(Goal(f"g{n}", "", "outcome", one) for n, one in enumerate(shut)), regions)
    start = model.node(data.draw(st.integers(0, model.space.count - 1)))
    quick = quick_play(ground, goals, start, names)
    assert quick is not None
    moves = tuple(
        (party, int(node))
        for party in range(dispute.parties)
        for node in model.graph.moves_from(start, party)
    ) + tuple(
        (dispute.parties + number, int(ground.package_results(name)[start]))
        for number, name in enumerate(names)
        if ground.package_results(name)[start] >= 0
    )
    asked = {"foresight": foresight, "odds": odds, "worth": worth, "tempo": tempo}
    choice = quick.choice(model, **asked)
    found = quick.course(choice, 5)
    states = [(mover, model.index(node)) for mover, node in moves]
    chances = quick.chances(choice, states)
    play = play_of(ground, foresight=foresight, odds=odds, worth=worth, packages=names, tempo=tempo)
    wanted = propagate(play, start, regions, 5, closed=np.array(shut), carriers=True)
    likely = {(one.mover, one.node): one.probability for one in play.next_moves(start)}
    expected = [likely.get(move, 0.0) for move in moves]
    assert np.abs(chances - expected).max(initial=0) < 1e-12
    assert found.carriers is not None
    assert wanted.carriers is not None
    for one, other in (
        (found.at, wanted.at),
        (found.by, wanted.by),
        (found.carriers.movers, wanted.carriers.movers),
        (found.carriers.options, wanted.carriers.options),
    ):
        assert np.abs(one - other).max(initial=0) < 1e-12
    rough = quick.choice(model, **asked, exact=False)
    assert np.abs(quick.course(rough, 5, carriers=False).by - wanted.by).max(initial=0) < 1e-5
    values = regions.T.astype(np.float64)
    for _ in range(5):
        values = np.where(regions.T, 1.0, play.step_back(values))
    nodes = np.array([model.node(state) for state in range(model.space.count)])
    back = quick.reached_from(choice, 5, np.arange(model.space.count))
    assert np.abs(back - values[nodes]).max(initial=0) < 1e-12
    likeliest = {one.goal: one for one in likeliest_courses(play, start, regions, most_moves=5)}
    courses = quick.courses(choice, 5, MOST_EXPANDED)
    assert [goal for goal, _ in courses] == sorted(likeliest)
    for goal, made in courses:
        assert abs(prod(chance for _, _, chance in made) - likeliest[goal].probability) < 1e-12
        assert regions[goal, model.node(made[-1][1])]
