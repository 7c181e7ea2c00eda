"""Draws of preferences: what they mean, and that they are the same everywhere."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations, permutations
from pathlib import Path

import numpy as np
import pytest

import detente
from detente import DisputeError, Uncertainty
from detente.dispute.shares import share
from detente.robustness.draws import CHUNK, STATED, draw_chunk, drawn_dispute, input_values, inputs
from detente.robustness.drivers import drivers
from detente.robustness.enumeration import Design, combinations_in_turn


def described(**us: object) -> detente.Dispute:
    parties = {
        "us": {
            "name": "A",
            "options": {"a": "a", "b": "b"},
            "preferences": [
                {"prefer": "a", "confidence": 0.3},
                {"prefer": "b"},
                {"prefer": "them.c", "confidence": 1.0},
            ],
            **us,
        },
        "them": {"name": "B", "options": {"c": "c"}, "preferences": ["not us.a"]},
    }
    return detente.build_dispute({"dispute": "Two", "parties": parties})


def shares(values: np.ndarray) -> dict[str, float]:
    named = [one.id for one in inputs(described())]
    return dict(zip(named, values.mean(axis=0).tolist(), strict=True))


def test_statements_are_held_with_their_confidence() -> None:
    drawn = draw_chunk(described(), Uncertainty(confidence=0.6, swap=0.0), 1, 0)
    found = shares(input_values(described(), drawn))
    assert found["us.1"] == pytest.approx(0.3, abs=0.05)
    assert found["us.2"] == pytest.approx(0.6, abs=0.05)
    assert found["us.3"] == 1
    assert found["us.2^"] == 1
    assert set(np.unique(drawn[0].reading)) == {0, 1}


def ordered(count: int) -> detente.Dispute:
    """One party with so many statements, all of them sure."""
    options = {f"o{number}": f"O{number}" for number in range(count)}
    party = {"name": "A", "options": options, "preferences": [{"prefer": one} for one in options]}
    return detente.build_dispute({"dispute": "One", "parties": {"us": party}})


@pytest.mark.parametrize("swap", [0.2, 0.5, 0.7])
def test_orders_follow_the_model_of_mallows(swap: float) -> None:
    dispute, count = ordered(4), 4
    drawn = [draw_chunk(dispute, Uncertainty(confidence=1, swap=swap), 1, k) for k in range(20)]
    orders = np.concatenate([own.entry_at for (own,) in drawn])
    found, counts = np.unique(orders, axis=0, return_counts=True)
    shares = dict(zip(map(tuple, found.tolist()), counts / len(orders), strict=True))
    # The definition: a factor for each pair of entries that stands the other way round.
    factor = swap / (1 - swap)
    weights = {
        order: factor ** sum(a > b for a, b in combinations(order, 2))
        for order in permutations(range(count))
    }
    total = sum(weights.values())
    for order, weight in weights.items():
        assert shares.get(order, 0.0) == pytest.approx(weight / total, abs=0.01)
    # Each two neighbours change places with the probability that is asked for.
    places = np.concatenate([own.place for (own,) in drawn])
    for first in range(count - 1):
        changed = (places[:, first] > places[:, first + 1]).mean()
        assert changed == pytest.approx(swap, abs=0.015)


@pytest.mark.parametrize(("swap", "order"), [(0.0, range(60)), (1.0, reversed(range(60)))])
def test_orders_at_the_ends(swap: float, order: Iterable[int]) -> None:
    (drawn,) = draw_chunk(ordered(60), Uncertainty(confidence=1, swap=swap), 1, 0)
    assert (drawn.entry_at == np.array(list(order))).all()


def test_inputs_are_independent() -> None:
    dispute = ordered(4)
    values = np.concatenate(
        [
            input_values(dispute, draw_chunk(dispute, Uncertainty(swap=0.3), 1, chunk))
            for chunk in range(20)
        ]
    )
    moved = np.corrcoef(values.T)
    assert len(inputs(dispute)) == 7
    assert np.abs(moved - np.eye(7)).max() < 0.03


def test_an_order_that_can_change_nothing_is_no_driver() -> None:
    # Only whether the second statement stands before the first matters.
    parties = {
        "us": {
            "name": "A",
            "options": {"x": "X"},
            "preferences": ["x", "not x", "them.y", "not them.y"],
        },
        "them": {"name": "B", "options": {"y": "Y"}},
    }
    dispute = detente.build_dispute(
        {"dispute": "Two", "parties": parties, "outcomes": {"done": "us.x"}}
    )
    result = detente.analyse_robustness(
        dispute, 2000, concepts=["Nash"], uncertainty=Uncertainty(confidence=1, swap=0.4)
    )
    place = result.finding("outcome", "done", "Nash")
    assert 0 < result.held[place] < result.draws
    shown = {one.input.id for one in drivers(result, place) if one.beyond_chance}
    assert shown == {"us.2^"}


@pytest.mark.parametrize("unknown", [1, 2, 3, 4, 7, 17])
def test_unknown_statements_are_balanced_in_any_part_of_the_draws(unknown: int) -> None:
    draws = combinations_in_turn(5, unknown, 0, 2 ** min(unknown, 10))
    block = min(8, 2**unknown)
    for first in range(0, len(draws), block):
        assert (draws[first : first + block].sum(axis=0) * 2 == block).all()
    if unknown <= 10:
        assert len(np.unique(draws, axis=0)) == 2**unknown
    # Any part is that of the whole, and another seed takes another order.
    assert (combinations_in_turn(5, unknown, 1, 5)[: len(draws) - 1] == draws[1:6]).all()
    if unknown > 3:
        assert (combinations_in_turn(6, unknown, 0, len(draws)) != draws).any()


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_balanced_draws_lose_no_more_than_is_said(size: int) -> None:
    """The variance of the share of draws in which an even number of statements is reversed."""
    for count in (8, 24):
        shares = [
            (combinations_in_turn(seed, 7, 0, count)[:, :size].sum(axis=1) % 2 == 0).mean()
            for seed in range(600)
        ]
        most = 0.25 / count * 8 / 7
        # Four standard errors of a variance of so many seeds.
        assert np.var(shares) <= most * (1 + 4 * (2 / 600) ** 0.5 * 3)


def test_intervals_follow_the_design() -> None:
    free = Design(7)
    assert free.share(128, 256) == share(128, 256)
    assert free.share(25, 50).low < share(25, 50).low
    alone = Design(3, alone=True)
    # All eight combinations have been seen: three of them hold.
    assert (alone.share(3, 8).low, alone.share(3, 8).high) == (3 / 8, 3 / 8)
    assert (alone.share(31, 82).low, alone.share(31, 82).high) == (3 / 8, 3 / 8)
    # Of five that were seen two hold: of the eight two to five do.
    found = alone.share(2, 5)
    assert 2 / 8 <= found.low < 2 / 5 < found.high <= 5 / 8
    assert Design().share(3, 8) == share(3, 8)


def test_seven_unknown_statements_of_which_the_seventh_decides() -> None:
    dispute = detente.load(Path(__file__).parents[1] / "data" / "faults" / "unknown-seven.yaml")
    around = Uncertainty(swap=0.0)
    for draws in (8, 48, 64, 128, 400):
        result = detente.analyse_robustness(dispute, draws, uncertainty=around, check_draws=draws)
        assert result.checked is not None
        (claim,) = result.checked.claims
        assert claim.agreeing * 2 == draws
        found = result.design.share(claim.agreeing, draws)
        assert found.low <= 0.5 <= found.high
        assert (found.low == found.high) == (draws == 128)


def test_reversed_and_unknown() -> None:
    around = Uncertainty(otherwise="reversed", swap=0.0, unknown=(("us", 1), ("them", 1)))
    drawn = draw_chunk(described(), around, 1, 3)
    assert set(np.unique(drawn[0].reading)) == {-1, 1}
    pairs = np.stack([drawn[0].reading[:, 0], drawn[1].reading[:, 0]], axis=1)
    _, counts = np.unique(pairs, axis=0, return_counts=True)
    assert counts.tolist() == [CHUNK // 4] * 4
    first = next(draw for draw in range(CHUNK) if drawn[0].reading[draw, 0] < 0)
    written = drawn_dispute(described(), drawn, first)
    assert written.parties[0].preferences.statements[0].formula.text == "not (a)"  # type: ignore[union-attr]


def test_nothing_uncertain_is_as_stated() -> None:
    drawn = draw_chunk(detente.load("elmira"), STATED, 1, 0)
    assert input_values(detente.load("elmira"), drawn)[:, 0].all() or not len(
        inputs(detente.load("elmira"))
    )
    certain = described(preferences=["a", "b"])
    drawn = draw_chunk(certain, STATED, 1, 0)
    assert input_values(certain, drawn).all()
    assert drawn_dispute(certain, drawn, 7) == certain


def test_weights_change_by_at_most_their_share() -> None:
    weighted = described(preferences=[{"prefer": "a", "weight": 2}, {"prefer": "b", "weight": -1}])
    drawn = draw_chunk(weighted, Uncertainty(confidence=1, weights=0.2), 1, 0)
    assert drawn[0].factor.min() == 800
    assert drawn[0].factor.max() == 1200
    written = drawn_dispute(weighted, drawn, 0).parties[0].preferences.statements  # type: ignore[union-attr]
    assert written[0].weight == 2 * int(drawn[0].factor[0, 0]) / 1000


def test_chunks_are_their_own_streams() -> None:
    seeds = np.random.SeedSequence(9).spawn(3)
    drawn = draw_chunk(described(), Uncertainty(), 9, 2)
    random = np.random.default_rng(seeds[2])
    held = random.random((CHUNK, 3)) < [0.3, 0.8, 1.0]
    np.testing.assert_array_equal(drawn[0].reading == 1, held)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"confidence": 1.2}, "from 0 to 1"),
        ({"swap": float("nan")}, "from 0 to 1"),
        ({"otherwise": "lost"}, "dropped or reversed"),
    ],
)
def test_bad_uncertainty(fields: dict[str, object], message: str) -> None:
    with pytest.raises(DisputeError, match=message):
        Uncertainty(**fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("unknown", [("us", 4), ("us", 0), ("ours", 1)])
def test_unknown_statement_that_is_not_there(unknown: tuple[str, int]) -> None:
    with pytest.raises(DisputeError):
        draw_chunk(described(), Uncertainty(unknown=(unknown,)), 1, 0)


def test_the_steps_of_an_order_are_named_by_their_states() -> None:
    dispute = described(preferences={"order": [1, [2, 3, 5], ["them.c and us.b", 4]]})
    texts = [one.text for one in inputs(dispute) if one.party == "us"]
    assert texts == [
        "states 2, 3 and 5: no higher than stated",
        "state 4, them.c and us.b: no higher than stated",
    ]
