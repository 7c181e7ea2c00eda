"""The instructions written by hand do what their plain twins say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numba import njit

from detente.robustness.engine import lanes, plain_lanes
from detente.robustness.engine.shared import LINE

WIDTH = lanes.WIDTH


@njit(cache=True)
def respond(*operands: Any) -> None:
    lanes.respond(*operands)


@njit(cache=True)
def rise(*operands: Any) -> None:
    lanes.rise(*operands)


@njit(cache=True)
def weave(*operands: Any) -> None:
    lanes.weave(*operands)


@njit(cache=True)
def settle_line(*operands: Any) -> None:
    lanes.settle_line(*operands)


@njit(cache=True)
def compare(*operands: Any) -> None:
    lanes.compare(*operands)


@njit(cache=True)
def settle(*operands: Any) -> None:
    lanes.settle(*operands)


@njit(cache=True)
def span(*operands: Any) -> None:
    lanes.span(*operands)


@njit(cache=True)
def ones(bits: int) -> int:
    return lanes.ones(bits)


# Units of one row and of two, side by side and further apart, and of more rows.
LAYOUTS = [(1, 1), (3, 1), (2, 2), (5, 2), (40, 37), (20, 8)]


def drawn_rows(rng: np.random.Generator, rows: int) -> np.ndarray:
    # Few different numbers, so that many are the same; and the greatest, which does not count.
    return rng.choice(np.array([0, 1, 2, 3, 200, 255], dtype=np.uint8), (rows, WIDTH))


@pytest.mark.parametrize(("step", "unit"), LAYOUTS)
def test_going_through_groups(step: int, unit: int) -> None:
    rng = np.random.default_rng([step, unit])
    for _ in range(60):
        count, size = int(rng.integers(1, 36)), int(rng.integers(1, 7))
        # A group's states stand where no other group's do.
        apart = step * count + unit
        turns = np.zeros(size + 2, dtype=np.int64)
        turns[1:-1] = rng.permutation(size) * apart * 4 + rng.integers(0, 4, size)
        values = drawn_rows(rng, 2 + apart * size)
        masks = rng.choice(np.array([0, 255], dtype=np.uint8), (3, WIDTH))
        given = (2, count, step, unit, turns, 1, size, masks, 2)
        fell = np.zeros((2, size), dtype=np.uint8)
        ours, theirs = values.copy(), values.copy()
        respond(ours, *given, fell[0])
        plain_lanes.respond(theirs, *given, fell[1])
        assert np.array_equal(ours, theirs)
        assert np.array_equal(fell[0], fell[1])
        ours, theirs = values.copy(), values.copy()
        rise(ours, *given)
        plain_lanes.rise(theirs, *given)
        assert np.array_equal(ours, theirs)


def test_weaving_and_comparing() -> None:
    rng = np.random.default_rng(3)
    for _ in range(60):
        count, width = int(rng.integers(1, 5)), int(rng.integers(1, 8))
        # What is known is mostly nothing or that a party has an improvement.
        known = rng.choice(np.array([0, 0, 0, 1, 1, 9], dtype=np.uint8), (12, LINE))
        levels = rng.choice(np.array([0, 1, 2, 3, 200, 255], dtype=np.uint8), (12, LINE, 3))
        words = np.concatenate([levels, known[:, :, np.newaxis]], axis=2).view(np.uint32)
        words = np.ascontiguousarray(words[:, :, 0])
        lines = rng.integers(0, 6, (count, width)).astype(np.int32)
        bases, columns = rng.integers(0, 7, lanes.PAIRS), rng.integers(0, width, lanes.PAIRS)
        given = (words, bases, columns, lines, width)
        woven = [drawn_rows(np.random.default_rng(5), LINE * (count + 1)) for _ in range(2)]
        told = [np.repeat(np.array([0, 4], np.uint8), LINE * count) for _ in range(2)]
        undecided = [np.zeros(count + 1, dtype=np.uint8) for _ in range(2)]
        weave(woven[0], told[0], undecided[0], *given, count)
        plain_lanes.weave(woven[1], told[1], undecided[1], *given, count)
        values = drawn_rows(rng, LINE * count)
        for ours, theirs in (woven, told, undecided):
            np.testing.assert_array_equal(ours, theirs)
        settle_line(told[0], values, *given, count - 1)
        plain_lanes.settle_line(told[1], values, *given, count - 1)
        np.testing.assert_array_equal(*told)


def test_counting_bits() -> None:
    for bits in (0, 1, 2**64 - 1, 0b1011 << 40):
        assert ones(np.uint64(bits)) == plain_lanes.ones(bits)


def test_ranks_of_draws_side_by_side() -> None:
    rng = np.random.default_rng(4)
    start, context = 2, 1
    for _ in range(60):
        own = int(rng.integers(1, 6))
        nodes = start + own + 1
        # Few different ranks, so that many are the same; -1 where a combination is infeasible.
        ranks = rng.integers(0, 4, (nodes, WIDTH)).astype(np.int16)
        ranks[rng.random(nodes) < 0.2] = -1
        reach = rng.integers(0, 2, own * own).astype(np.uint8)
        components = rng.integers(0, 3, nodes).astype(np.int32)
        least = rng.integers(0, 4, (3, 2, WIDTH)).astype(np.int16)
        compared = [np.zeros((3, nodes, WIDTH), dtype=np.int16) for _ in range(2)]
        settled = [np.zeros((nodes, WIDTH), dtype=np.uint8) for _ in range(2)]
        undecided = [np.zeros((2, WIDTH), dtype=np.uint8) for _ in range(2)]
        limits = [np.zeros((2, own, WIDTH), dtype=np.int16) for _ in range(2)]
        spans = [np.full((2, WIDTH), lanes.HIGHEST, dtype=np.int16) for _ in range(2)]
        for one in spans:
            one[1] = -1
        for number, (first, second, third) in enumerate(
            [
                (compare, settle, span),
                (plain_lanes.compare, plain_lanes.settle, plain_lanes.span),
            ]
        ):
            low, high = limits[number]
            for a in range(own):
                first(ranks, start, own, a, reach, *compared[number])
            for a in range(own):
                second(
                    ranks, start, own, a, reach, compared[number][2], least, components,
                    settled[number], undecided[number], context, low, high,
                )  # fmt: skip
            for b in range(own):
                third(ranks, start, own, b, reach, low, high, spans[number], 0)
        for ours, theirs in (compared, settled, undecided, limits, spans):
            np.testing.assert_array_equal(ours, theirs)
