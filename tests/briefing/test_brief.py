"""What a brief says, against what the forecast and literal definitions give."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import detente
from detente.briefing.brief import brief
from detente.briefing.expected import chances, expected, usual_assumptions
from detente.briefing.wished import default_goal
from detente.dispute.dispute import Dispute
from detente.forecast.analysis import tempo_in
from detente.forecast.drawn import play_under
from detente.forecast.propagation import propagate
from oracle.definitions import OracleDispute
from strategies import as_text, conditions, disputes, document


def small() -> Dispute:
    return detente.build_dispute(
        {
            "dispute": "Two parties",
            "parties": {
                "a": {"options": {"x": "X"}, "preferences": ["not b.y", "x"]},
                "b": {"options": {"y": "Y"}, "preferences": ["a.x if y", "not y"]},
            },
            "status_quo": {"a.x": False, "b.y": True},
            "outcomes": {"done": "a.x and not b.y", "halfway": "a.x"},
        }
    )


def test_the_forecast_of_a_brief_is_that_of_the_same_draws() -> None:
    for case in ("elmira", "garrison-diversion"):
        dispute = detente.load(case)
        alone = detente.forecast(dispute, draws=12, seed=3)
        found = expected(dispute, draws=12, seed=3)
        assert np.allclose(found.by, alone.by)
        assert np.allclose(found.at, alone.at)


def test_a_brief_lets_parties_move_as_often_as_a_forecast_does() -> None:
    by_file = replace(small(), parties=(replace(small().parties[0], tempo=3.0), small().parties[1]))
    for dispute in (by_file, detente.load("korea-2017")):
        assumed = usual_assumptions(dispute)
        assert assumed.tempo
        assert dict(assumed.tempo) == dict(
            zip(
                [party.id for party in dispute.parties],
                tempo_in(dispute, None, packages=False),
                strict=True,
            )
        )
    alone = detente.forecast(by_file, draws=6, seed=3)
    assert np.allclose(expected(by_file, draws=6, seed=3).by, alone.by)
    assert not np.allclose(expected(small(), draws=6, seed=3).by, alone.by)


def test_a_dropped_statement_is_as_a_file_without_it() -> None:
    found = brief(small(), draws=4)
    for one in found.assumptions:
        if one.kind != "statement":
            continue
        assert one.party is not None
        assert one.statement is not None
        text = {"a": ["not b.y", "x"], "b": ["a.x if y", "not y"]}
        del text[one.party][one.statement - 1]
        other = detente.build_dispute(
            {
                "dispute": "Two parties",
                "parties": {
                    "a": {"options": {"x": "X"}, "preferences": text["a"]},
                    "b": {"options": {"y": "Y"}, "preferences": text["b"]},
                },
                "status_quo": {"a.x": False, "b.y": True},
                "outcomes": {"done": "a.x and not b.y", "halfway": "a.x"},
            }
        )
        middle = found.forecast.plan.assumptions.middle_odds
        alone = detente.forecast(other, odds=middle, draws=0)
        assert np.allclose(one.chances, alone.by[-1])


def test_each_indicator_is_a_forecast_from_the_state_that_it_leads_to() -> None:
    for case, wish in (("elmira", None), ("garrison-diversion", "as_planned")):
        found = brief(detente.load(case), about=wish, draws=4)
        forecast = found.forecast
        prepared = forecast.prepared
        play = play_under(forecast.plan, prepared.ground, forecast.plan.assumptions.middle_odds)
        assert found.indicators
        for one in found.indicators:
            node = prepared.ground.model.node(one.state - 1)
            course = propagate(play, node, prepared.goals.regions, forecast.steps)
            assert np.allclose(one.after, course.by[-1])


def test_the_outcome_of_a_party_is_the_one_it_ranks_highest_on_average() -> None:
    forecast = expected(detente.load("garrison-diversion"), draws=2)
    model = forecast.prepared.ground.model
    for number, party in enumerate(forecast.dispute.parties):
        chosen = default_goal(forecast, party.id)
        means = {}
        for goal, one in enumerate(forecast.goals):
            region = forecast.prepared.goals.regions[goal]
            if one.closed or one.kind == "irreversible" or region[forecast.prepared.start]:
                continue
            ranks = [
                int(model.ranks(number)[state])
                for state in range(model.space.count)
                if region[model.node(state)]
            ]
            means[goal] = sum(ranks) / len(ranks)
        assert means[chosen or 0] == max(means.values())


@settings(max_examples=15, deadline=None)
@given(disputes(most_states=24), st.data())
def test_random_disputes_are_briefed(oracle: OracleDispute, data: st.DataObject) -> None:
    text = document(oracle)
    levels = detente.analyse(detente.build_dispute(text), ["Nash"]).levels(1)
    assume(None not in levels.values())
    numbers = list(oracle.levels)
    text["status_quo"] = levels
    text["outcomes"] = {
        name: as_text(oracle, data.draw(conditions(numbers))) for name in ("first", "second")
    }
    dispute = detente.build_dispute(text)
    found = brief(dispute, steps=3, draws=data.draw(st.sampled_from([0, 2])))
    begun = found.forecast.by[0] == 1
    values = chances(found.forecast)
    assert np.allclose(found.chance, values.mean(axis=0))
    assert ((values >= -1e-9) & (values <= 1 + 1e-9)).all()
    assert (found.low <= found.high + 1e-12).all()
    wished = found.wished
    if wished is None:
        return
    assert not begun[wished.goal]
    region = found.forecast.prepared.goals.regions[wished.goal]
    model = found.forecast.prepared.ground.model
    assert region[model.node(wished.witness - 1)]
    analysis = detente.analyse(found.dispute, ["SEQ"])
    inside = [
        state for state in analysis.equilibria("SEQ").tolist() if region[model.node(state - 1)]
    ]
    assert wished.equilibria == len(inside)
    start = analysis.status_quo
    assert start is not None
    for number, party in enumerate(found.dispute.parties):
        ranks = analysis.ranks(party.id)
        assert (number in wished.losers) == bool(ranks[wished.witness - 1] < ranks[start - 1])
        if number in wished.breaking:
            assert not analysis.stable("SEQ", party.id)[wished.witness - 1]
