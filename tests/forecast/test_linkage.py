"""Compromises, exchanges and elections: by hand, by published figures, and by a literal oracle."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import detente
from detente.dispute.dispute import Estimate
from detente.dispute.errors import DisputeError
from detente.forecast.linkage import kernels
from detente.forecast.linkage.bargain import Bargain, bargain_over
from detente.forecast.linkage.draws import draw_bargains
from detente.forecast.linkage.election import elect, elect_positions
from detente.forecast.linkage.exchanges import exchanges, exchanges_in_turn, outcomes_and_shares
from detente.forecast.linkage.kernels import weighted_median
from detente.forecast.linkage.table import Positions, positions_of
from detente.forecast.linkage.tempo import tempo_from_salience
from oracle import linkage as oracle


def table_of(rows: oracle.Table, issues: int, actors: int) -> Positions:
    shape = (issues, actors)
    values = [np.full(shape, np.nan), np.zeros(shape), np.zeros(shape)]
    for (issue, actor), numbers in rows.items():
        for array, number in zip(values, numbers, strict=True):
            array[issue, actor] = float(number)
    return Positions(
        "T",
        tuple(f"a{n}" for n in range(actors)),
        tuple(f"A{n}" for n in range(actors)),
        tuple(f"i{n}" for n in range(issues)),
        tuple(f"I{n}" for n in range(issues)),
        values[0],
        values[1],
        values[2],
        (("none", "all"),) * issues,
    )


def exact(rows: dict[tuple[int, int], tuple[float, float, float]]) -> oracle.Table:
    return {at: tuple(Fraction(str(n)) for n in one) for at, one in rows.items()}  # type: ignore[misc]


# Published figures ---------------------------------------------------------------------------

# Two actors and two issues: positions, saliences and, as capability, the column "power" of the
# input, with the figures that are expected of it, in
# https://github.com/foarsitter/decide-exchange-model/blob/51dee66/decide/tests/test_rex.py
TWO_BY_TWO = exact(
    {
        (0, 0): (0, 10, 1),
        (1, 0): (0, 90, 1),
        (0, 1): (100, 60, 1),
        (1, 1): (100, 50, 1),
    }
)


def test_the_public_figures_of_an_exchange() -> None:
    table = table_of(TWO_BY_TWO, 2, 2)
    outcome, _ = outcomes_and_shares(table)
    assert outcome == pytest.approx([85 + 5 / 7, 35 + 5 / 7])
    (only,) = exchanges(table)
    assert (only.givers, only.issues) == ((0, 1), (0, 1))
    assert only.most[0] == pytest.approx(1400)
    assert only.most[1] == pytest.approx(777.7778, abs=5e-5)
    # The first actor goes the whole way on the first issue.
    assert only.after[0] == pytest.approx(100)
    assert only.shifts == pytest.approx((100, 80))
    assert only.gain == pytest.approx(500)


def test_the_public_figures_of_an_election() -> None:
    """KTAB's example: utilities as printed, capabilities as weights, the five first-turn chances.

    https://github.com/KAPSARC/KTAB, examples/smp/doc/20170530_ref-smpExample.txt (the matrix
    "Risk-aware actor-pos utility matrix (objective)" of the first turn, and the first column of
    "History of actors' winning probabilities"), and examples/smp/doc/smpExample.xml (capabilities);
    read in the copy lsyaseen/KTAB at 3b5b063.
    """
    utility = np.array(
        [
            [1.0000, 0.8931, 0.9321, 0.9359, 0.9595],
            [0.6278, 1.0000, 0.5964, 0.4748, 0.5340],
            [0.5882, 0.5332, 1.0000, 0.3584, 0.7251],
            [0.7628, 0.5627, 0.3583, 1.0000, 0.5710],
            [0.7526, 0.4183, 0.7992, 0.4867, 1.0000],
        ]
    )
    weight = np.array([117.7, 93.2, 61.4, 135.4, 63.8])
    assert elect(utility, weight).round(4).tolist() == [0.3154, 0.1668, 0.1082, 0.2216, 0.1880]


# By hand -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("positions", "weights", "median"),
    [
        ([10, 20, 90], [1, 1, 1], 20),
        ([10, 20, 90], [1, 1, 5], 90),
        ([10, 20], [1, 1], 15),
        ([20, 10, 10], [2, 1, 1], 15),
        ([10, 50, 20], [1, 0, 1], 15),
        ([30], [1], 30),
    ],
)
def test_weighted_medians(positions: list[float], weights: list[float], median: float) -> None:
    share = np.array(weights, dtype=float) / sum(weights)
    assert weighted_median(np.array(positions, dtype=float), share) == median


def test_whoever_does_not_take_part_has_no_say() -> None:
    rows = exact({(0, 0): (0, 1, 1), (0, 1): (100, 1, 1), (1, 1): (60, 1, 1), (1, 2): (20, 1, 3)})
    table = table_of(rows, 2, 3)
    found = bargain_over(table)
    assert [one.compromise for one in found.issues] == [50, 30]
    assert found.issues[0].candidates.tolist() == [0, 100]
    assert found.exchanges == ()


def test_a_candidate_whom_all_prefer_is_elected() -> None:
    utility = np.array([[0.2, 0.9, 0.5], [0.1, 0.8, 0.3]])
    assert elect(utility, np.array([1.0, 4.0])).tolist() == pytest.approx([0, 1, 0])


@pytest.mark.parametrize("steps", [0, 300])
def test_a_slow_election_comes_to_its_limit(steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # Among some thousands of random elections, the one that took most steps to settle.
    monkeypatch.setattr(kernels, "_STEPS", steps)
    utility = np.array([[2, 3, 0, 0], [0, 1, 0, 0], [1, 0, 1, 2], [3, 2, 3, 1]]) / 3
    weight = np.array([0, 0.04, 0.005, 0.981])
    exact = [[Fraction(one).limit_denominator(3) for one in row] for row in utility.tolist()]
    wanted = oracle.elected(exact, [Fraction(str(one)) for one in weight.tolist()])
    # Not compiled, it looks at the number of steps as it now is.
    assert kernels.elected.py_func(utility, weight).tolist() == pytest.approx(wanted, abs=1e-9)


def test_exchanges_in_turn_move_nobody_twice_and_leave_none() -> None:
    rows = exact(
        {
            (0, 0): (0, 0.1, 5),
            (0, 1): (100, 0.6, 5),
            (0, 2): (80, 0.4, 5),
            (1, 0): (0, 0.9, 5),
            (1, 1): (100, 0.5, 5),
            (1, 2): (90, 0.3, 5),
        }
    )
    table = table_of(rows, 2, 3)
    made, after = exchanges_in_turn(table)
    assert len(made) >= 1
    moved = [at for one in made for at in zip(one.givers, one.issues, strict=True)]
    assert len(moved) == len(set(moved))
    assert after[0] == made[-1].after[0] or after[1] == made[-1].after[1]
    assert made[0].gain == max(one.gain for one in exchanges(table))


# Against the oracle ----------------------------------------------------------------------------


@st.composite
def tables(draw: Any) -> tuple[oracle.Table, int, int]:
    issues, actors = draw(st.integers(1, 3)), draw(st.integers(1, 4))
    rows: oracle.Table = {}
    for issue in range(issues):
        for actor in range(actors):
            if draw(st.integers(0, 5)):
                rows[issue, actor] = (
                    Fraction(draw(st.integers(0, 10)) * 10),
                    Fraction(draw(st.integers(0, 5)), 5),
                    Fraction(draw(st.integers(0, 4))),
                )
        if not any(oracle.weight(rows, issue, actor) for actor in oracle.actors_on(rows, issue)):
            rows[issue, 0] = (Fraction(draw(st.integers(0, 10)) * 10), Fraction(1), Fraction(1))
    return rows, issues, actors


@settings(deadline=None)
@given(tables())
def test_compromise_and_median_are_the_oracles(drawn: tuple[oracle.Table, int, int]) -> None:
    rows, issues, actors = drawn
    table = table_of(rows, issues, actors)
    outcome, share = outcomes_and_shares(table)
    for issue in range(issues):
        assert outcome[issue] == pytest.approx(float(oracle.compromise(rows, issue)))
        found = weighted_median(table.position[issue], share[issue])
        assert found == pytest.approx(float(oracle.median(rows, issue)))


@settings(deadline=None)
@given(tables())
def test_exchanges_are_the_oracles(drawn: tuple[oracle.Table, int, int]) -> None:
    rows, issues, actors = drawn
    # A side that is exactly on the outcome may come out on either side of it in floating point.
    for issue in range(issues):
        at = oracle.compromise(rows, issue)
        if any(rows[issue, actor][0] == at for actor in oracle.actors_on(rows, issue)):
            return
    table = table_of(rows, issues, actors)
    wanted = {
        ((i, j), (p, q)): made
        for i in range(actors)
        for j in range(actors)
        for p in range(issues)
        for q in range(issues)
        if p < q and i != j and (made := oracle.exchange(rows, i, j, p, q)) is not None
    }
    found = exchanges(table)
    # Equal products of saliences are told apart by rounding alone.
    assert {(one.givers, one.issues) for one in found if one.gain > 1e-9} == set(wanted)
    for one in found:
        if one.gain <= 1e-9:
            continue
        made = wanted[one.givers, one.issues]
        assert one.gain == pytest.approx(float(made["gain"]))
        assert one.most == pytest.approx((float(made["most_i"]), float(made["most_j"])))
        for before, after, move in zip(one.before, one.after, ("move_p", "move_q"), strict=True):
            assert abs(after - before) == pytest.approx(float(made[move]))
        (i, j), (p, q) = one.givers, one.issues
        others = oracle.outside(rows, i, j, p, q)
        assert [one.others[k] for k in sorted(others)] == pytest.approx(
            [float(others[k]) for k in sorted(others)], abs=1e-9
        )


@settings(deadline=None, max_examples=2 * settings().max_examples)
@given(
    st.integers(1, 4).flatmap(
        lambda count: st.lists(
            st.tuples(
                st.lists(st.integers(0, 6), min_size=count, max_size=count), st.integers(0, 3)
            ),
            min_size=1,
            max_size=3,
        )
    )
)
def test_elections_are_the_oracles(drawn: list[tuple[list[int], int]]) -> None:
    utility = [[Fraction(one, 6) for one in row] for row, _ in drawn]
    weights = [Fraction(weight) for _, weight in drawn]
    found = elect(
        np.array([[float(one) for one in row] for row in utility]),
        np.array([float(weight) for weight in weights]),
    )
    assert found.sum() == pytest.approx(1)
    assert found.tolist() == pytest.approx(oracle.elected(utility, weights), abs=1e-6)


@settings(deadline=None)
@given(tables())
def test_many_tables_at_once_are_each_table_alone(drawn: tuple[oracle.Table, int, int]) -> None:
    rows, issues, actors = drawn
    table = table_of(rows, issues, actors)
    many = draw_bargains(table, {}, 3)
    alone = bargain_over(table)
    for one in alone.issues:
        assert many.compromise[:, one.issue].tolist() == [one.compromise] * 3
        assert many.median[:, one.issue].tolist() == [one.median] * 3
        candidates, chances = elect_positions(table, one.issue)
        for actor in table.takes_part(one.issue).tolist():
            at = int(np.searchsorted(candidates, table.position[one.issue, actor]))
            assert many.chance[:, one.issue, actor] == pytest.approx([chances[at]] * 3)
    for one in alone.exchanges:
        (i, j), (p, q) = one.givers, one.issues
        assert many.made[p, q, i, j] == 3
        assert many.gained[p, q, i, j] == pytest.approx(3 * one.gain)
    assert many.made.sum() == 3 * len(alone.exchanges)
    assert many.outside[0] == pytest.approx(alone.costs_outside(), abs=1e-9)


# Draws -------------------------------------------------------------------------------------------


def test_draws_lie_where_they_may_and_the_first_are_the_same() -> None:
    table = table_of(TWO_BY_TWO, 2, 2)
    known = {
        (0, 0, "position"): Estimate(0, 0, 20, 0.5),
        (0, 1, "position"): Estimate(100, 60, 100, None),
    }
    found = draw_bargains(table, known, 400, confidence=1.0, seed=3)  # type: ignore[arg-type]
    own = found.drawn[:, 0]
    assert own.min() == 0
    assert 0 < own.max() <= 20
    assert 0.4 < (own == 0).mean() < 0.6
    assert (found.drawn[:, 1] == 100).all()
    fewer = draw_bargains(table, known, 10, confidence=1.0, seed=3)  # type: ignore[arg-type]
    assert (fewer.drawn == found.drawn[:10]).all()
    # Only what is drawn can move the compromise, and it moves it up.
    (driver,) = found.drivers(found.compromise[:, 0])
    assert (driver.issue, driver.actor, driver.quantity) == (0, 0, "position")
    assert driver.share == pytest.approx(1)
    assert driver.upwards
    assert found.drivers(found.compromise[:, 1]) == ()


@pytest.mark.parametrize(("draws", "confidence"), [(0, 0.5), (3, 1.5), (-1, 0.5)])
def test_impossible_draws_are_refused(draws: int, confidence: float) -> None:
    with pytest.raises(DisputeError):
        draw_bargains(table_of(TWO_BY_TWO, 2, 2), {}, draws, confidence=confidence)


# Korea -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def korea() -> Bargain:
    return detente.bargain(detente.load("korea-2017"), draws=200)


def test_on_korea_russia_gives_there_for_what_it_cares_about_more(korea: Bargain) -> None:
    table = korea.table
    russia, us = table.actors.index("russia"), table.actors.index("us")
    pressure = table.issues.index("pressure")
    given_for = {
        table.issues[one.issues[1]]
        for one in korea.of(russia)
        if one.givers == (russia, us) and one.issues[0] == pressure
    }
    assert given_for == {"ukraine", "syria", "nato"}
    # And it gives on nothing else for Korea.
    assert not [
        one
        for one in korea.of(russia)
        if one.issues[one.givers.index(russia)] != pressure and pressure in one.issues
    ]


def test_salience_sets_tempo() -> None:
    dispute = detente.load("korea-2017")
    tempo = tempo_from_salience(dispute)
    assert tempo is not None
    assert sum(tempo) == pytest.approx(len(tempo))
    by_party = dict(zip([party.id for party in dispute.parties], tempo, strict=True))
    assert min(by_party, key=lambda one: by_party[one]) == "russia"
    assert tempo_from_salience(detente.load("elmira")) is None


def test_a_dispute_without_issues_is_refused() -> None:
    with pytest.raises(DisputeError, match="has no issues"):
        positions_of(detente.load("elmira"))
