"""Compiled kernels on fibres whose states are sorted by their mover's ranks.

A *block* is what a mover can go to and fro in: its fibre (states that differ only in its own
options), or, where some of them change one way only, a group of it. Blocks are numbered party by
party and fibre by fibre; the groups of a fibre follow one another.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from detente.space.compiling import kernel

__all__ = ["BlockArrays", "best_ends", "rounds_back", "sort_blocks"]

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
def sort_blocks(
    states: NDArray[np.int32],
    begins: NDArray[np.int64],
    ranks: NDArray[np.int32],
    order: NDArray[np.int32],
    sorted_ranks: NDArray[np.int32],
) -> None:
    """List a mover's states block by block, those of lowest rank first.

    Parameters
    ----------
    states
        The states block by block.
    begins
        Where its blocks begin among them, and where the last one ends.
    ranks
        The mover's rank of each state.
    order, sorted_ranks
        Written into: the states, and their ranks.
    """
    for block in range(begins.size - 1):
        begin = begins[block] - begins[0]
        for place in range(begin, begins[block + 1] - begins[0]):
            state = states[place]
            rank = ranks[state]
            free = place
            while free > begin and sorted_ranks[free - 1] > rank:
                order[free] = order[free - 1]
                sorted_ranks[free] = sorted_ranks[free - 1]
                free -= 1
            order[free] = state
            sorted_ranks[free] = rank


@kernel
def best_ends(
    mover: int,
    blocks: BlockArrays,
    order: NDArray[np.int32],
    sorted_ranks: NDArray[np.int32],
    counted: NDArray[np.int32],
    own: NDArray[np.int64],
    best: NDArray[np.int64],
    ends: NDArray[np.bool_],
) -> None:
    """The best that a mover can count on from each block, and where its best moves may end.

    Parameters
    ----------
    mover
        The number of the party that moves.
    blocks
        See :data:`BlockArrays`.
    order, sorted_ranks
        The states of all parties' blocks, in each those of lowest rank first, and their ranks.
    counted
        What the mover can count on at each state.
    own
        By block, those of the mover written into: what can be counted on times 2**32, and the
        rank, the most in the block.
    best
        By block, those of the mover written into: the most in what can be reached from the block.
    ends
        Shape (states, parties), the mover's column written into.
    """
    begins, _, first_block, groups, reached = blocks
    count = groups[mover]
    for block in range(first_block[mover], first_block[mover + 1]):
        most = np.int64(0)
        for place in range(begins[block], begins[block + 1]):
            key = np.int64(counted[order[place]]) * _PACKED + sorted_ranks[place]
            most = max(most, key)
        own[block] = most
    for block in range(first_block[mover], first_block[mover + 1]):
        group = (block - first_block[mover]) % count
        most = np.int64(0)
        for other in range(count):
            if reached[mover, group, other]:
                most = max(most, own[block - group + other])
        best[block] = most
    for block in range(first_block[mover], first_block[mover + 1]):
        group = (block - first_block[mover]) % count
        is_best = False
        for other in range(count):
            same = best[block - group + other] == own[block]
            is_best = is_best or (same and reached[mover, other, group])
        for place in range(begins[block], begins[block + 1]):
            key = np.int64(counted[order[place]]) * _PACKED + sorted_ranks[place]
            ends[order[place], mover] = is_best and key == own[block]


@kernel
def rounds_back(
    movers: NDArray[np.int64],
    blocks: BlockArrays,
    order: NDArray[np.int32],
    sorted_ranks: NDArray[np.int32],
    best: NDArray[np.int64],
    own: NDArray[np.int64],
    ends: NDArray[np.bool_],
    joint_starts: NDArray[np.int64],
    joint_sources: NDArray[np.int64],
    made: NDArray[np.bool_],
    open_ends: NDArray[np.int32],
    pending: NDArray[np.int32],
    rounds: NDArray[np.int32],
    waiting: NDArray[np.int32],
    count: int,
) -> None:
    """In how many best moves and packages play comes from each state into a set.

    Parameters
    ----------
    movers
        Numbers of the parties that move.
    blocks, order, sorted_ranks, best, own, ends
        As for :func:`best_ends`.
    joint_starts, joint_sources, made
        For each state, in compressed rows: where packages that lead to it start, and whether each
        is made.
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
    while done < count:
        end = waiting[done]
        done += 1
        now = rounds[end] + 1
        for mover in movers:
            if not ends[end, mover]:
                continue
            own_block = np.int64(block_of[end, mover])
            group = (own_block - first_block[mover]) % groups[mover]
            for other in range(groups[mover]):
                block = own_block - group + other
                if not reached[mover, other, group] or best[block] != own[own_block]:
                    continue
                open_ends[block] -= 1
                if open_ends[block] != 0:
                    continue
                worth = best[block] // _PACKED
                for place in range(begins[block], begins[block + 1]):
                    # Those that already have what they could count on do not move.
                    if sorted_ranks[place] >= worth:
                        break
                    source = order[place]
                    pending[source] -= 1
                    if pending[source] == 0 and rounds[source] < 0:
                        rounds[source] = now
                        waiting[count] = source
                        count += 1
        for place in range(joint_starts[end], joint_starts[end + 1]):
            if not made[place]:
                continue
            source = joint_sources[place]
            pending[source] -= 1
            if pending[source] == 0 and rounds[source] < 0:
                rounds[source] = now
                waiting[count] = source
                count += 1
