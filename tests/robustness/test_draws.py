"""Draws of preferences: what they mean, and that they are the same everywhere."""

from __future__ import annotations

import numpy as np
import pytest

import detente
from detente import DisputeError, Uncertainty
from detente.robustness.draws import CHUNK, STATED, draw_chunk, drawn_dispute, input_values, inputs


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
    return detente.from_dict({"dispute": "Two", "parties": parties})


def shares(values: np.ndarray) -> dict[str, float]:
    named = [one.id for one in inputs(described())]
    return dict(zip(named, values.mean(axis=0).tolist(), strict=True))


def test_statements_are_held_with_their_confidence() -> None:
    drawn = draw_chunk(described(), Uncertainty(confidence=0.6, swap=0.0), 1, 0)
    found = shares(input_values(described(), drawn))
    assert found["us.1"] == pytest.approx(0.3, abs=0.05)
    assert found["us.2"] == pytest.approx(0.6, abs=0.05)
    assert found["us.3"] == 1
    assert found["us.1>2"] == 1
    assert set(np.unique(drawn[0].reading)) == {0, 1}


def test_neighbours_change_places() -> None:
    drawn = draw_chunk(described(), Uncertainty(confidence=1, swap=0.25), 1, 0)
    # The first pair changes in a quarter of the draws; what fell may go on falling.
    orders, counts = np.unique(drawn[0].entry_at, axis=0, return_counts=True)
    found = dict(zip(map(tuple, orders.tolist()), counts / CHUNK, strict=True))
    expected = {(0, 1, 2): 9, (1, 0, 2): 3, (0, 2, 1): 3, (1, 2, 0): 1}
    assert found == pytest.approx({key: n / 16 for key, n in expected.items()}, abs=0.05)


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
        "state 1 before states 2, 3 and 5",
        "states 2, 3 and 5 before state 4, them.c and us.b",
    ]
