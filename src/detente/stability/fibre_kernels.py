"""Compiled kernels on fibres: best moves, and where play by them comes to.

A *block* is what a mover can go to and fro in: its fibre (states that differ only in its own
options), or, where some of them change one way only, a group of it. Blocks are numbered party by
party and fibre by fibre; the groups of a fibre follow one another.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from detente.space.compiling import kernel

__all__ = ["BlockArrays", "best_moves", "rounds_back"]

# Of all parties: where each block begins in a list of states; by state, the block of each party;
# by party, its first block, how many groups a fibre has, and whether each reaches each other one.
BlockArrays: TypeAlias = tuple[
    NDArray[np.int64],
    NDArray[np.int32],
    NDArray[np.int64],
    NDArray[np.int64],
    NDArray[np.bool_],
]

# What can be counted on and the rank itself are put into one number.
_PACKED = 2**32


@kernel
def best_moves(
    mover: int,
    blocks: BlockArrays,
    states: NDArray[np.int32],
    ranks: NDArray[np.int32],
    counted: NDArray[np.int32],
    own: NDArray[np.int64],
    best: NDArray[np.int64],
    ends: NDArray[np.bool_],
    moving: NDArray[np.bool_],
) -> None:
    """The best that a mover can count on from each block, and its best moves.

    Parameters
    ----------
    mover
        The number of the party that moves.
    blocks
        See :data:`BlockArrays`.
    states
        The states of all parties' blocks, block by block.
    ranks
        The mover's rank of each state.
    counted
        What the mover can count on at each state.
    own
        By block of the mover, written into: what can be counted on times 2**32, and the rank, the
        most in the block.
    best
        By block of the mover, written into: the most in what can be reached from the block.
    ends, moving
        By state, written into: whether a best move may end there, and whether one begins there.
    """
    begins, _, first_block, groups, reached = blocks
    count = groups[mover]
    first = first_block[mover]
    for block in range(own.size):
        most = np.int64(0)
        for place in range(begins[first + block], begins[first + block + 1]):
            # A signed place would be looked at for whether it counts from the end.
            state = np.uintp(states[np.uintp(place)])
            most = max(most, np.int64(counted[state]) * _PACKED + ranks[state])
        own[block] = most
        best[block] = most
    if count > 1:
        for block in range(own.size):
            group = block % count
            most = np.int64(0)
            for other in range(count):
                if reached[mover, group, other]:
                    most = max(most, own[block - group + other])
            best[block] = most
    for block in range(own.size):
        is_best = count == 1
        if not is_best:
            group = block % count
            for other in range(count):
                same = best[block - group + other] == own[block]
                is_best = is_best or (same and reached[mover, other, group])
        worth = best[block] // _PACKED
        for place in range(begins[first + block], begins[first + block + 1]):
            state = np.uintp(states[np.uintp(place)])
            key = np.int64(counted[state]) * _PACKED + ranks[state]
            ends[state] = is_best and key == own[block]
            # Those that already have what they could count on do not move.
            moving[state] = ranks[state] < worth


@kernel
def rounds_back(
    blocks: BlockArrays,
    states: NDArray[np.int32],
    own: NDArray[np.int64],
    best: NDArray[np.int64],
    ends: NDArray[np.uint8],
    moving: NDArray[np.uint8],
    joint_starts: NDArray[np.int64],
    joint_sources: NDArray[np.int32],
    joint_packages: NDArray[np.int32],
    made: NDArray[np.bool_],
    led_to: NDArray[np.bool_],
    open_ends: NDArray[np.int32],
    pending: NDArray[np.int32],
    rounds: NDArray[np.int32],
    waiting: NDArray[np.int32],
    count: int,
) -> None:
    """In how many best moves and packages play comes from each state into a set.

    Parameters
    ----------
    blocks, states
        As for :func:`best_moves`.
    own, best
        The same by block of all parties; those of parties that do not move mean nothing.
    ends, moving
        By state: of which parties a best move may end there, and begins there, each party one bit.
    joint_starts, joint_sources, joint_packages
        For each state, in compressed rows: where packages that lead to it start, and which.
    made
        Shape (packages, states): from which states each package is made.
    led_to
        By state: whether a package that is made leads to it.
    open_ends
        By block: how many of its best ends have to be in the set before its moves count. One is
        enough for some course; for every course it takes all.
    pending
        By state: of how many movers and packages the steps have to count, in the same way.
    rounds
        0 in the set, otherwise -1; written into.
    waiting
        Room for all states; the first `count` are those of the set.
    count
        How many states the set has.
    """
    begins, block_of, first_block, groups, reached = blocks
    done = 0
    # Signed places would be looked at for whether they count from the end.
    while done < count < rounds.size:
        end = np.uintp(waiting[np.uintp(done)])
        done += 1
        now = rounds[end] + 1
        ending = np.int64(ends[end])
        for mover in range(groups.size):
            if not (ending >> mover) & 1:
                continue
            own_block = np.int64(block_of[end, mover])
            group = np.int64(0)
            if groups[mover] > 1:
                group = (own_block - first_block[mover]) % groups[mover]
            for other in range(groups[mover]):
                block = np.uintp(own_block - group + other)
                if groups[mover] > 1 and not (
                    reached[mover, other, group] and best[block] == own[np.uintp(own_block)]
                ):
                    continue
                open_ends[block] -= 1
                if open_ends[block] != 0:
                    continue
                for place in range(begins[block], begins[block + np.uintp(1)]):
                    source = np.uintp(states[np.uintp(place)])
                    if rounds[source] >= 0 or not (np.int64(moving[source]) >> mover) & 1:
                        continue
                    pending[source] -= 1
                    if pending[source] == 0:
                        rounds[source] = now
                        waiting[np.uintp(count)] = source
                        count += 1
        if not led_to[end]:
            continue
        for place in range(joint_starts[end], joint_starts[end + np.uintp(1)]):
            source = np.uintp(joint_sources[np.uintp(place)])
            if rounds[source] >= 0 or not made[joint_packages[np.uintp(place)], source]:
                continue
            pending[source] -= 1
            if pending[source] == 0:
                rounds[source] = now
                waiting[np.uintp(count)] = source
                count += 1
