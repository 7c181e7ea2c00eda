"""Histories, the state of a day, fitted odds, and scores."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from math import log
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, note, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import detente
from detente.analyses.registry import published_schemas
from detente.cli import detente as command_line
from detente.dispute.errors import DisputeError
from detente.files.base_rates import base_rate
from detente.files.history_file import load_history, with_history
from detente.forecast.backtest import backtest
from detente.forecast.fit import _shares_for, fit
from detente.forecast.goals import goals_of
from detente.forecast.history import as_of, move_rate, observed_moves
from detente.forecast.movers import play_of
from detente.forecast.observed import MoveChances, after_moves, nodes_of
from detente.queries.play_steps import Ground
from detente.stability.concept_registry import foresights
from detente.stability.prepared_model import graph_model
from oracle.definitions import OracleDispute
from oracle.forecast import OracleForecast
from strategies import contested_disputes, disputes, document

HISTORY = """\
history: What might have happened
case: elmira
observations:
  - {on: 1990-01-10, set: {local.insist: yes}}
  - {on: 1990-05-01, set: {moe.modify: yes}, about: The order is modified.}
  - {on: 1991-10-07, set: {uniroyal.delay: no, uniroyal.accept: yes}}
"""


def written(folder: Path, text: str = HISTORY) -> Path:
    path = folder / "history.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def run(*arguments: str) -> Any:
    return CliRunner().invoke(command_line, list(arguments))


def test_a_day_gives_the_state_that_was_seen_then(tmp_path: Path) -> None:
    dispute = detente.load("elmira")
    history = load_history(written(tmp_path), dispute)
    seen = with_history(dispute, history)
    assert as_of(seen, date(1989, 1, 1)).status_quo == dispute.status_quo
    later = as_of(seen, date(1990, 5, 1))
    assert later.status_quo == (1, 1, 0, 0, 1)
    assert [one.on for one in later.history] == [date(1991, 10, 7)]
    moves = observed_moves(dispute, history.observations)
    assert [move.movers for move in moves] == [(2,), (0,), (1,)]
    assert moves[0].after == moves[1].before


def test_steps_are_tied_to_dates_by_what_was_seen_before(tmp_path: Path) -> None:
    dispute = detente.load("elmira")
    history = load_history(written(tmp_path), dispute)
    seen = with_history(dispute, history)
    day = date(1990, 6, 1)
    later = as_of(seen, day)
    # One move of the local government, one of the ministry; the company's came after the day.
    assert later.seen is not None
    assert (later.seen.moves, later.seen.days) == (2, (day - date(1990, 1, 10)).days)
    result = detente.forecast(later, 4, draws=0, odds=5)
    dating = result.dating
    assert dating is not None
    assert dating.moves[1] == pytest.approx(1 - result.nobody_moves, abs=1e-12)
    earliest, mean, latest = dating.days
    assert mean[4] == pytest.approx(dating.moves[4] * later.seen.days / 2)
    assert earliest[4] < mean[4] < latest[4]
    assert dating.on(31) == date(1990, 7, 2)
    assert dating.on(1e9) is None
    whole = detente.forecast(seen, 4, draws=0, odds=5).dating
    assert whole is not None
    assert (whole.rate.moves, whole.day) == (3, None)
    assert detente.forecast(dispute, 4, draws=0, odds=5).dating is None
    # On the first day of the history no time has passed yet.
    first = as_of(seen, date(1990, 1, 10))
    assert detente.forecast(first, 4, draws=0, odds=5).dating is None


def test_a_forecast_tells_when_steps_may_come(tmp_path: Path) -> None:
    words = ["forecast", "elmira", "--history", str(written(tmp_path)), "--draws", "0"]
    told = " ".join(run(*words, "--as-of", "1990-06-01").output.split())
    assert "About 0.43 moves a month were seen up to 1990-06-01 (2 in 142 days" in told
    first = told.index("At the rate of moves seen up to 1990-06-01, step 12 comes about 199")
    assert first < told.index("These numbers follow")
    found = run(*words, "--format", "json")
    document = json.loads(found.stdout)
    Draft202012Validator(published_schemas()["forecast"]()).validate(document)
    assert document["dating"]["day"] is None
    assert len(document["dating"]["about"]) == document["steps"] + 1


def test_what_changes_nothing_is_no_move_and_several_parties_move_one_by_one() -> None:
    small = detente.build_dispute(
        {
            "dispute": "Two",
            "parties": {
                "a": {"options": {"x": "X"}, "preferences": ["x"]},
                "b": {"options": {"y": "Y"}, "preferences": ["y"]},
            },
            "status_quo": {},
            "history": [
                {"on": "2001-01-01", "set": {"a.x": False}},
                {"on": "2001-01-02", "set": {"a.x": True, "b.y": True}},
            ],
        }
    )
    moves = observed_moves(small, small.history)
    assert [(move.movers, move.before, move.after) for move in moves] == [
        ((0,), (0, 0), (1, 0)),
        ((1,), (1, 0), (1, 1)),
    ]
    joint = {"deal": {"parties": ["a", "b"], "set": {"a.x": True, "b.y": True}}}
    packaged = detente.build_dispute(
        {
            "dispute": "Two",
            "parties": {
                "a": {"options": {"x": "X"}, "preferences": ["x"]},
                "b": {"options": {"y": "Y"}, "preferences": ["y"]},
            },
            "packages": joint,
            "status_quo": {},
        }
    )
    (together,) = observed_moves(packaged, small.history)
    assert together.movers == (0, 1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("1990-05-01", "1989-05-01"), "observations stand in order of date"),
        (("1990-05-01", "1990-02-30"), "is no day of the calendar"),
        (("1990-05-01", "in May"), "does not fit"),
        (("moe.modify", "moe.modfy"), "Did you mean|moe.modify"),
        (("moe.modify: yes", "moe.modify: perhaps"), "has no level"),
        (("uniroyal.delay: no, uniroyal.accept: yes", "uniroyal.delay: no"), "infeasible"),
        (("case: elmira", f'sha256: "{64 * "0"}"'), "the case has changed"),
        (("case: elmira", "cases: elmira"), "not known here"),
    ],
)
def test_a_wrong_history_is_told_with_its_place(
    tmp_path: Path, change: tuple[str, str], message: str
) -> None:
    path = written(tmp_path, HISTORY.replace(*change))
    found = run("backtest", "elmira", "--history", str(path), "--draws", "0")
    assert found.exit_code == 2, found.output
    assert re.search(message, " ".join(found.output.split())), found.output
    assert "Traceback" not in found.output


def test_horizons_can_be_given(tmp_path: Path) -> None:
    asked = ("backtest", "elmira", "--history", str(written(tmp_path)), "--draws", "0")
    found = run(*asked, "--format", "json", "--horizons", "2,1")
    assert [one["moves"] for one in json.loads(found.output)["horizons"]] == [1, 2]
    wrong = run(*asked, "--horizons", "soon")
    assert wrong.exit_code == 2
    assert "takes whole numbers, found soon" in wrong.output


def test_the_table_of_moves_has_room_for_its_words(tmp_path: Path) -> None:
    asked = ("backtest", "elmira", "--history", str(written(tmp_path)), "--draws", "0")
    said = run(*asked).output
    assert "Ministry of the " in said
    assert "Insist that the " in said
    assert max(map(len, said.splitlines())) <= 80
    # What the columns say is told before them, and the baseline's mean with it.
    assert re.search(r"If all were alike, the mean would be -\d\.\d\d\.", " ".join(said.split()))


def test_every_command_can_start_from_a_day(tmp_path: Path) -> None:
    path = written(tmp_path)
    found = run("analyse", "elmira", "--history", str(path), "--as-of", "1990-06-01")
    assert found.exit_code == 0, found.output
    assert "status quo is state 6" in " ".join(found.output.split())
    assert run("analyse", "elmira", "--as-of", "1990-06-01").exit_code == 2
    assert run("analyse", "elmira", "--as-of", "June").exit_code == 2


def test_chances_and_horizons_are_those_of_the_matrix() -> None:
    check_horizons()


@given(disputes(most_states=24) | contested_disputes(), st.sampled_from(foresights()), st.data())
@settings(max_examples=settings().max_examples)
def check_horizons(dispute: OracleDispute, foresight: str, data: st.DataObject) -> None:
    written_ = document(dispute)
    note(str(written_))
    odds = data.draw(st.sampled_from([1.0, 3.0, 20.0]))
    model = graph_model(detente.build_dispute(written_))
    play = play_of(Ground(model), foresight=foresight, odds=odds)
    expected = OracleForecast(
        dispute, foresight, [odds] * dispute.parties, "rank", [1.0] * dispute.parties
    )
    count = len(dispute.states)
    moves = expected.matrix - np.diag(np.diag(expected.matrix))
    total = moves.sum(axis=1)
    jumps = np.array(
        [moves[s] / total[s] if total[s] > 1e-9 else np.eye(count)[s] for s in range(count)]
    )
    regions = np.zeros((count, play.nodes), dtype=np.bool_)
    nodes = [model.node(state) for state in range(count)]
    regions[range(count), nodes] = True
    found = after_moves(play, regions, (1, 3))
    for place, horizon in enumerate((1, 3)):
        wanted = np.linalg.matrix_power(jumps, horizon)
        assert np.abs(found[place][nodes] - wanted).max() < 1e-6


def test_fitted_odds_are_where_the_likelihood_is_greatest(tmp_path: Path) -> None:
    dispute = detente.load("elmira")
    history = load_history(written(tmp_path), dispute)
    found = fit(dispute, history)
    assert found.low <= found.odds <= found.high

    def likelihood(odds: float) -> float:
        scored = backtest(dispute, history, odds=(odds, odds), draws=0, horizons=())
        return sum(log(one.probability) for one in scored.moves)

    assert likelihood(found.odds) == pytest.approx(found.log_likelihood, abs=1e-6)
    for other in np.exp(np.linspace(0, 5, 12)).tolist():
        value = likelihood(other)
        assert value <= found.log_likelihood + 1e-6
        # The interval is where the likelihood is within half the 95 per cent point.
        if other < found.low * 0.95 or other > found.high * 1.05:
            assert value < found.log_likelihood - 1.6


def test_fitted_tempo_is_where_the_likelihood_is_greatest() -> None:
    random = np.random.default_rng(3)
    rows = [
        MoveChances(tuple(whole), tuple(whole * (np.arange(3) == mover) * 0.5), 1.0, 4)
        for mover, whole in zip([0, 1, 2, 1, 1], random.random((5, 3)) + 0.1, strict=True)
    ]
    tempo, best = _shares_for(rows, None, 0.0)
    for _ in range(500):
        other = random.dirichlet(np.ones(3))
        assert sum(log(one.probability(other.tolist())) for one in rows) <= best + 1e-6
    assert tempo.sum() == pytest.approx(1)
    held, at = _shares_for(rows, 1, 0.3)
    assert held[1] == pytest.approx(0.3)
    for share in np.linspace(0.01, 0.69, 100).tolist():
        other = np.array([share, 0.3, 0.7 - share])
        assert sum(log(one.probability(other.tolist())) for one in rows) <= at + 1e-4


def test_odds_fitted_for_a_move_have_not_seen_it(tmp_path: Path) -> None:
    dispute = detente.load("elmira")
    history = load_history(written(tmp_path), dispute)
    scored = backtest(dispute, history, odds=None, draws=0, horizons=())
    others = tuple(one for number, one in enumerate(history.observations) if number != 2)
    alone = fit(dispute, type(history)("Others", others))
    grid = np.exp(np.linspace(0, log(1000), 25))
    near = grid[np.argmin(np.abs(np.log(grid) - log(alone.odds)))]
    used = scored.moves[2].odds
    assert used is not None
    assert used == pytest.approx(near, rel=0.35)


def test_brier_scores_by_hand(tmp_path: Path) -> None:
    dispute = detente.load("elmira")
    history = load_history(written(tmp_path), dispute)
    found = backtest(dispute, history, odds=(5, 5), draws=0, horizons=(1, 3))
    model = graph_model(dispute)
    ground = Ground(model)
    regions = goals_of(ground, None, ()).regions
    ends = [pair for one in found.moves if (pair := nodes_of(model, one.move))]
    assert [end for _, end in ends[:-1]] == [start for start, _ in ends[1:]]
    inside = regions[:, [ends[0][0], *(end for _, end in ends)]].T.astype(float)
    for goal, outcome in enumerate(dispute.outcomes):
        for time, one in enumerate(found.moves):
            holds = model.space.holds_at(outcome.formula.expression, one.move.after)
            assert inside[time + 1][goal] == holds
    play = play_of(ground, foresight="SEQ", odds=5)
    (after_one,) = after_moves(play, regions, (1,))

    def brier(chance: Callable[[int, int], float]) -> float:
        pairs = [(time, goal) for time in range(3) for goal in range(len(regions))]
        return float(np.mean([(chance(*one) - inside[one[0] + 1][one[1]]) ** 2 for one in pairs]))

    def usual(time: int, goal: int) -> float:
        return sum(inside[other + 1][goal] for other in range(3) if other != time) / 2

    first, third = found.horizons
    assert (first.moves, third.forecasts) == (1, len(regions))
    assert first.model == pytest.approx(brier(lambda time, goal: after_one[ends[time][0], goal]))
    assert first.persistence == pytest.approx(brier(lambda time, goal: inside[time][goal]))
    assert first.base_rate == pytest.approx(brier(usual))


def test_the_rate_has_the_exact_interval() -> None:
    rate = move_rate(9, 200)
    assert rate is not None
    # Garwood's limits for 9 events: 4.115 and 17.085.
    assert rate.low * 200 == pytest.approx(4.115, abs=5e-4)
    assert rate.high * 200 == pytest.approx(17.085, abs=5e-4)


def test_the_base_rate_of_war_has_its_interval() -> None:
    rate = base_rate("mid-since-1946")
    assert (rate.events, rate.cases) == (29, 1726)
    assert rate.share.low == pytest.approx(0.0117, abs=5e-5)
    assert rate.share.high == pytest.approx(0.0240, abs=5e-5)


def test_an_unknown_reference_class_is_refused() -> None:
    with pytest.raises(DisputeError, match="reference class"):
        detente.build_dispute(
            {
                "dispute": "One",
                "parties": {"a": {"options": {"x": "X"}, "preferences": []}},
                "reference_class": "mids",
            }
        )
