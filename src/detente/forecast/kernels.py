"""Compiled kernels: one step of play by one mover, for many distributions or values at once.

The cube is seen as (outer, own, inner); see :class:`detente.space.moves.OwnAxis`. What is carried
has shape (positions, columns), so that several columns share one reading of the mover's weights. A
mover's choice at *s* has the form

    P(s, t) = push(s) pull(t) for each t that it can reach, s included, and
    P(s, s) += stay(s),

so a step of a distribution is a sum of ``p push`` over where a state can be reached from, times its
pull; and a step back of values is a sum of ``h pull`` over what can be reached, times the push.
What can be reached depends on the levels of those own options that change one way only: own
combinations with the same levels of these are one *group*, and sums pass from group to group along
one option after the other. All terms are positive, so nothing is lost by subtraction.
"""

from __future__ import annotations

from functools import partial
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from detente.space.compiling import allocating_kernel, kernel, kernel_part
from detente.space.own_groups import FIXED, RAISE
from detente.space.shared_work import in_parts

__all__ = [
    "Groups",
    "carry",
    "carry_listed",
    "inside",
    "listed_choice",
    "taken_out",
]

# The group of each own combination; a combination in each group; the number of levels of each
# option of the groups, the first of which changes fastest; how each may change.
Groups: TypeAlias = tuple[
    NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]
]

# Neighbouring fibres that are worked on together, so that whole lines of memory are read.
_TILE = 32


def carry(
    before: NDArray[np.float64],
    after: NDArray[np.float64],
    weight: float,
    shape: tuple[int, int, int],
    leave: NDArray[np.float64],
    arrive: NDArray[np.float64],
    stay: NDArray[np.float64],
    groups: Groups,
    top: NDArray[np.int32],
    *,
    forward: bool,
) -> None:
    """Add a mover's step, times its weight, to what is there after the step.

    Parameters
    ----------
    before, after
        Shape (positions, columns); `after` is changed in place.
    weight
        The probability that this mover moves.
    shape
        The cube as (outer, own, inner).
    leave, arrive, stay
        A weight for each position: push, pull and stay for a step of a distribution; pull, push
        and stay for a step back of values.
    groups
        The groups of own combinations.
    top
        Where given (not empty), a number for each position, constant within each group of each
        fibre: sums pass only between groups where it is the same.
    forward
        Whether it is a step of a distribution.
    """
    tiles = shape[0] * -(-shape[2] // _TILE)
    work = partial(
        _carry_tiles, before, after, weight, shape, leave, arrive, stay, groups, top, forward
    )
    in_parts(work, tiles, before.size)


@allocating_kernel
def _carry_tiles(
    before: NDArray[np.float64],
    after: NDArray[np.float64],
    weight: float,
    shape: tuple[int, int, int],
    leave: NDArray[np.float64],
    arrive: NDArray[np.float64],
    stay: NDArray[np.float64],
    groups: Groups,
    top: NDArray[np.int32],
    forward: bool,
    first: int,
    last: int,
) -> None:
    _, own, inner = shape
    group_of, sample, _, _ = groups
    columns = before.shape[1]
    tiles = (inner + _TILE - 1) // _TILE
    room = np.empty((sample.size, min(inner, _TILE) * columns))
    for tile in range(first, last):
        part = tile % tiles
        start = (tile // tiles) * own * inner + part * _TILE
        width = min(_TILE, inner - part * _TILE)
        sums = room[:, : width * columns]
        sums[...] = 0.0
        for a in range(own):
            at = start + a * inner
            group = group_of[a]
            if columns == 1:
                for i in range(width):
                    sums[group, i] += before[at + i, 0] * leave[at + i]
                continue
            for i in range(width):
                share = leave[at + i]
                for k in range(columns):
                    sums[group, i * columns + k] += before[at + i, k] * share
        if sample.size > 1:
            _pass_on(sums, groups, start, inner, width, top, forward)
        for a in range(own):
            at = start + a * inner
            group = group_of[a]
            if columns == 1:
                for i in range(width):
                    after[at + i, 0] += weight * (
                        arrive[at + i] * sums[group, i] + stay[at + i] * before[at + i, 0]
                    )
                continue
            for i in range(width):
                share = weight * arrive[at + i]
                kept = weight * stay[at + i]
                for k in range(columns):
                    after[at + i, k] += (
                        share * sums[group, i * columns + k] + kept * before[at + i, k]
                    )


@kernel_part
def _pass_on(
    sums: NDArray[np.float64],
    groups: Groups,
    start: int,
    inner: int,
    width: int,
    top: NDArray[np.int32],
    forward: bool,
) -> None:
    """Add up, for each group, the sums of those that reach it, or of those that it reaches."""
    _, sample, levels, kinds = groups
    count = sample.size
    columns = sums.shape[1] // width
    stride = 1
    for option in range(levels.size):
        if kinds[option] != FIXED:
            rising = (kinds[option] == RAISE) == forward
            for place in range(count):
                group = place if rising else count - 1 - place
                level = (group // stride) % levels[option]
                if level == (0 if rising else levels[option] - 1):
                    continue
                other = group - stride if rising else group + stride
                for i in range(width):
                    if top.size > 0:
                        here = top[start + sample[group] * inner + i]
                        if here != top[start + sample[other] * inner + i]:
                            continue
                    for k in range(i * columns, (i + 1) * columns):
                        sums[group, k] += sums[other, k]
        stride *= levels[option]


@allocating_kernel
def listed_choice(
    starts: NDArray[np.int64],
    targets: NDArray[np.int32],
    counted_on: NDArray[np.int32],
    ranks: NDArray[np.int32],
    weight_of_rank: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The probability of each listed move, and of staying at each node.

    Parameters
    ----------
    starts, targets
        One party's moves; see :class:`detente.space.move_lists.MoveList`.
    counted_on
        For each node, the rank that the party can count on there.
    ranks
        For each node, its rank.
    weight_of_rank
        The weight of a choice by rank, from 0; empty where the party takes one of its best
        strictly better choices.

    Returns
    -------
    moves, stays : numpy.ndarray of float64
    """
    moves = np.zeros(targets.size)
    stays = np.zeros(ranks.size)
    for node in range(ranks.size):
        first, last = starts[node], starts[node + 1]
        if weight_of_rank.size > 0:
            total = weight_of_rank[ranks[node]]
            for move in range(first, last):
                moves[move] = weight_of_rank[counted_on[targets[move]]]
                total += moves[move]
            for move in range(first, last):
                moves[move] /= total
            stays[node] = weight_of_rank[ranks[node]] / total
            continue
        best = ranks[node]
        among = 0
        for move in range(first, last):
            value = counted_on[targets[move]]
            if value > best:
                best, among = value, 0
            if value == best and best > ranks[node]:
                among += 1
        if among == 0:
            stays[node] = 1.0
            continue
        for move in range(first, last):
            if counted_on[targets[move]] == best:
                moves[move] = 1.0 / among
    return moves, stays


@kernel
def carry_listed(
    before: NDArray[np.float64],
    after: NDArray[np.float64],
    weight: float,
    starts: NDArray[np.int64],
    targets: NDArray[np.int32],
    moves: NDArray[np.float64],
    stays: NDArray[np.float64],
    forward: bool,
) -> None:
    """Add a mover's step, times its weight; see :func:`carry`. Its moves are listed."""
    columns = before.shape[1]
    for node in range(stays.size):
        for k in range(columns):
            after[node, k] += weight * stays[node] * before[node, k]
        for move in range(starts[node], starts[node + 1]):
            share = weight * moves[move]
            target = targets[move]
            for k in range(columns):
                if forward:
                    after[target, k] += share * before[node, k]
                else:
                    after[node, k] += share * before[target, k]


@allocating_kernel
def inside(distribution: NDArray[np.float64], regions: NDArray[np.bool_]) -> NDArray[np.float64]:
    """How much of a distribution lies in each region, shape (regions, nodes)."""
    found = np.zeros(len(regions))
    for region in range(len(regions)):
        total = 0.0
        for node in range(distribution.size):
            if regions[region, node]:
                total += distribution[node]
        found[region] = total
    return found


@kernel
def taken_out(distribution: NDArray[np.float64], region: NDArray[np.bool_]) -> float:
    """Take what lies in a region out of a distribution, in place, and tell how much it was."""
    total = 0.0
    for node in range(distribution.size):
        if region[node]:
            total += distribution[node]
            distribution[node] = 0.0
    return total
