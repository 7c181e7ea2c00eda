"""Many draws, quickly, against each draw by itself."""

from __future__ import annotations

import numpy as np
from hypothesis import given, note, settings
from hypothesis import strategies as st

import detente
from detente.forecast.goals import Goal, Goals
from detente.forecast.movers import FORESIGHTS, play_of
from detente.forecast.propagation import closed, propagate
from detente.forecast.quick import quick_play
from detente.forecast.worth import WORTHS
from detente.queries.steps import Ground
from detente.stability.prepared_model import graph_model
from oracle.definitions import true_in
from strategies import conditions, disputes, document, packages, with_packages


@given(st.data())
@settings(max_examples=40)
def test_the_quick_way_gives_what_each_draw_gives(data: st.DataObject) -> None:
    dispute = data.draw(disputes(most_states=48, plain=True))
    joint = data.draw(packages(dispute)) if data.draw(st.booleans()) else []
    written = with_packages(dispute, document(dispute), joint)
    note(str(written))
    ground = Ground(graph_model(detente.from_dict(written)))
    model = ground.model
    assert model.on_cube
    foresight = data.draw(st.sampled_from(FORESIGHTS))
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
    found, chances = quick.course(
        model,
        foresight=foresight,
        odds=odds,
        worth=worth,
        tempo=tempo,
        steps=5,
        first_moves=moves,
    )
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
