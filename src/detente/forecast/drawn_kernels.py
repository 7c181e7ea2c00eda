"""Compiled kernels for many draws: states without the infeasible ones, several columns at once.

Moves are the same in every draw. Each mover's states are listed fibre by fibre (states that differ
only in its own options), so a pass touches feasible states only, and the columns of one state lie
side by side in memory. :mod:`detente.forecast.kernels` says how a step is made; here the pull, the
push and the groups of a mover stand in the order of its list.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numba import njit
from numpy.typing import NDArray

from detente.forecast.kernels import FIXED, RAISE

__all__ = ["BLOCK", "Fibres", "Lists", "choice_weights", "counted_on", "inflow", "propagated"]

# Columns are worked on in blocks of so many, which are vector instructions.
BLOCK = 8

# Of one mover: its states, fibre by fibre; where each fibre begins; the group of each state; the
# number of levels of each option of the groups, and how each may change.
Fibres: TypeAlias = tuple[
    NDArray[np.int32],
    NDArray[np.int64],
    NDArray[np.int64],
    NDArray[np.int64],
    NDArray[np.int64],
]

# The same of all movers, each array with a row for each. Rows are filled up with empty fibres, and
# with options of one level.
Lists: TypeAlias = tuple[
    NDArray[np.int32],
    NDArray[np.int64],
    NDArray[np.int64],
    NDArray[np.int64],
    NDArray[np.int64],
]

_HIGHEST = np.int32(2**31 - 1)


@njit(cache=True, nogil=True)
def _of(lists: Lists, mover: int) -> Fibres:
    members, starts, group_of, levels, kinds = lists
    return members[mover], starts[mover], group_of[mover], levels[mover], kinds[mover]


@njit(cache=True, nogil=True)
def _pass_sums(
    sums: NDArray[np.float64],
    levels: NDArray[np.int64],
    kinds: NDArray[np.int64],
    forward: bool,
) -> None:
    """Add up, for each group, the sums of those that reach it, or of those that it reaches."""
    stride = 1
    for option in range(levels.size):
        if kinds[option] != FIXED:
            rising = (kinds[option] == RAISE) == forward
            for place in range(len(sums)):
                group = place if rising else len(sums) - 1 - place
                level = (group // stride) % levels[option]
                if level != (0 if rising else levels[option] - 1):
                    other = group - stride if rising else group + stride
                    for k in range(sums.shape[1]):
                        sums[group, k] += sums[other, k]
        stride *= levels[option]


@njit(cache=True, nogil=True)
def _pass_least(
    least: NDArray[np.int32], levels: NDArray[np.int64], kinds: NDArray[np.int64]
) -> None:
    """Lower, for each group, the least values to those of the groups that it reaches."""
    stride = 1
    for option in range(levels.size):
        rising = kinds[option] != RAISE
        for place in range(len(least)):
            group = place if rising else len(least) - 1 - place
            level = (group // stride) % levels[option]
            if level != (0 if rising else levels[option] - 1):
                other = group - stride if rising else group + stride
                for k in range(BLOCK):
                    least[group, k] = min(least[group, k], least[other, k])
        stride *= levels[option]


@njit(cache=True, nogil=True)
def _reached(groups: int, levels: NDArray[np.int64], kinds: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether each group reaches each other one; shape (groups, groups)."""
    found = np.ones((groups, groups), dtype=np.bool_)
    stride = 1
    for option in range(levels.size):
        for start in range(groups):
            for end in range(groups):
                here, there = (start // stride) % levels[option], (end // stride) % levels[option]
                if (there < here) if kinds[option] == RAISE else (there > here):
                    found[start, end] = False
        stride *= levels[option]
    return found


@njit(cache=True, nogil=True)
def _best_first(
    fibres: Fibres, ranks: NDArray[np.int32], order: NDArray[np.int32], move: NDArray[np.int64]
) -> None:
    """The states of each fibre with their groups, those of highest rank first, in place."""
    members, starts, group_of, _, _ = fibres
    for fibre in range(starts.size - 1):
        first, last = starts[fibre], starts[fibre + 1]
        for place in range(first, last):
            state, group = members[place], group_of[place]
            rank = ranks[state]
            at = place
            while at > first and ranks[order[at - 1]] < rank:
                order[at] = order[at - 1]
                move[at] = move[at - 1]
                at -= 1
            order[at] = state
            move[at] = group


@njit(cache=True, nogil=True)
def _respond_by_improving(
    fibres: Fibres,
    ranks: NDArray[np.int32],
    order: NDArray[np.int32],
    group_at: NDArray[np.int64],
    reached: NDArray[np.bool_],
    worst: NDArray[np.int32],
    mover: int,
    changed_in: NDArray[np.int32],
    since: int,
    now: int,
) -> bool:
    """Lower the values of the others to the least among the mover's improvements.

    Only fibres in which a value fell after pass number `since` are looked at.
    """
    _, starts, _, _, _ = fibres
    changed = False
    groups = len(reached)
    least = np.empty((groups, BLOCK), dtype=np.int32)
    bound = np.empty(BLOCK, dtype=np.int32)
    for fibre in range(starts.size - 1):
        first, last = starts[fibre], starts[fibre + 1]
        if last - first < 2:
            continue
        fresh = False
        for place in range(first, last):
            fresh = fresh or changed_in[order[place]] > since
        if not fresh:
            continue
        least[...] = _HIGHEST
        begin = first
        while begin < last:
            rank = ranks[order[begin]]
            end = begin + 1
            while end < last and ranks[order[end]] == rank:
                end += 1
            if begin > first:
                for place in range(begin, end):
                    state, group = order[place], group_at[place]
                    bound[:] = least[group]
                    for other in range(groups):
                        if other != group and reached[group, other]:
                            for k in range(BLOCK):
                                bound[k] = min(bound[k], least[other, k])
                    bound[mover] = _HIGHEST
                    fell = False
                    for k in range(BLOCK):
                        if bound[k] < worst[state, k]:
                            worst[state, k] = bound[k]
                            fell = True
                    if fell:
                        changed_in[state] = now
                        changed = True
            for place in range(begin, end):
                state, group = order[place], group_at[place]
                for k in range(BLOCK):
                    least[group, k] = min(least[group, k], worst[state, k])
            begin = end
    return changed


@njit(cache=True, nogil=True)
def _respond(fibres: Fibres, groups: int, worst: NDArray[np.int32], mover: int) -> bool:
    """Lower the values of the others to the least that the mover can reach."""
    members, starts, group_of, levels, kinds = fibres
    changed = False
    least = np.empty((groups, BLOCK), dtype=np.int32)
    for fibre in range(starts.size - 1):
        first, last = starts[fibre], starts[fibre + 1]
        if last - first < 2:
            continue
        least[...] = _HIGHEST
        for place in range(first, last):
            state, group = members[place], group_of[place]
            for k in range(BLOCK):
                least[group, k] = min(least[group, k], worst[state, k])
        _pass_least(least, levels, kinds)
        for place in range(first, last):
            state, group = members[place], group_of[place]
            for k in range(BLOCK):
                if k != mover and least[group, k] < worst[state, k]:
                    worst[state, k] = least[group, k]
                    changed = True
    return changed


@njit(cache=True, nogil=True)
def _own_best(
    fibres: Fibres, groups: int, ranks: NDArray[np.int32], worst: NDArray[np.int32], mover: int
) -> None:
    """Write the greatest rank that the mover reaches from each state, or by staying."""
    members, starts, group_of, levels, kinds = fibres
    # Negated, the greatest is the least.
    least = np.empty((groups, BLOCK), dtype=np.int32)
    for fibre in range(starts.size - 1):
        least[...] = _HIGHEST
        for place in range(starts[fibre], starts[fibre + 1]):
            group = group_of[place]
            least[group, 0] = min(least[group, 0], -ranks[members[place]])
        _pass_least(least, levels, kinds)
        for place in range(starts[fibre], starts[fibre + 1]):
            worst[members[place], mover] = -least[group_of[place], 0]


@njit(cache=True, nogil=True)
def counted_on(
    lists: Lists,
    group_counts: NDArray[np.int64],
    ranks: NDArray[np.int32],
    improving: bool,
    counter_move: bool,
) -> NDArray[np.int32]:
    """What each party can count on at each state, for all of up to :data:`BLOCK` parties at once.

    Parameters
    ----------
    lists
        Of each party.
    group_counts
        The number of groups of each party.
    ranks
        Shape (parties, states).
    improving, counter_move
        As in :class:`detente.stability.concepts.Reaction`.

    Returns
    -------
    numpy.ndarray of int32
        Shape (parties, states).
    """
    parties, states = ranks.shape
    worst = np.full((states, BLOCK), _HIGHEST, dtype=np.int32)
    for party in range(parties):
        if counter_move:
            _own_best(_of(lists, party), group_counts[party], ranks[party], worst, party)
        else:
            worst[:, party] = ranks[party]
    orders = np.empty((parties, states), dtype=np.int32)
    moves = np.empty((parties, states), dtype=np.int64)
    if improving:
        for party in range(parties):
            _best_first(_of(lists, party), ranks[party], orders[party], moves[party])
    changed_in = np.zeros(states, dtype=np.int32)
    passed_in = np.full(parties, -1, dtype=np.int32)
    now = 0
    unchanged = 0
    mover = 0
    while unchanged < parties:
        own = _of(lists, mover)
        if improving:
            reached = _reached(group_counts[mover], own[3], own[4])
            now += 1
            fell = _respond_by_improving(
                own, ranks[mover], orders[mover], moves[mover], reached, worst, mover,
                changed_in, passed_in[mover], now,
            )  # fmt: skip
            passed_in[mover] = now
        else:
            fell = _respond(own, group_counts[mover], worst, mover)
        # One's own improvements are transitive: a second pass right after changes nothing.
        unchanged = 1 if fell else unchanged + 1
        mover = (mover + 1) % parties
    found = np.empty_like(ranks)
    for party in range(parties):
        for state in range(states):
            found[party, state] = min(worst[state, party], ranks[party, state])
    return found


@njit(cache=True, nogil=True)
def choice_weights(
    fibres: Fibres,
    groups: int,
    weight_of_rank: NDArray[np.float64],
    counted: NDArray[np.int32],
    ranks: NDArray[np.int32],
    probability: float,
    pull: NDArray[np.float64],
    push: NDArray[np.float64],
    stay: NDArray[np.float64],
) -> None:
    """A party's pull and push, in the order of its list, and what it adds to staying, in place.

    The push includes the probability of its getting to move.
    """
    members, starts, group_of, levels, kinds = fibres
    sums = np.empty((groups, 1))
    for fibre in range(starts.size - 1):
        first, last = starts[fibre], starts[fibre + 1]
        sums[...] = 0.0
        for place in range(first, last):
            pull[place] = weight_of_rank[counted[members[place]]]
            sums[group_of[place], 0] += pull[place]
        _pass_sums(sums, levels, kinds, False)
        for place in range(first, last):
            state = members[place]
            extra = weight_of_rank[ranks[state]] - pull[place]
            push[place] = probability / (sums[group_of[place], 0] + extra)
            stay[state] += extra * push[place]


@njit(cache=True, nogil=True)
def _step_in_registers(
    fibres: Fibres,
    begin: int,
    end: int,
    pull: NDArray[np.float64],
    push: NDArray[np.float64],
    before: NDArray[np.float64],
    after: NDArray[np.float64],
) -> None:
    """:func:`_step` with one group and one block of columns, whose sums need no memory."""
    members, starts, _, _, _ = fibres
    for fibre in range(begin, end):
        s0 = s1 = s2 = s3 = s4 = s5 = s6 = s7 = 0.0
        for place in range(starts[fibre], starts[fibre + 1]):
            share = push[place]
            row = before[np.uintp(members[place])]
            s0 += row[0] * share
            s1 += row[1] * share
            s2 += row[2] * share
            s3 += row[3] * share
            s4 += row[4] * share
            s5 += row[5] * share
            s6 += row[6] * share
            s7 += row[7] * share
        for place in range(starts[fibre], starts[fibre + 1]):
            share = pull[place]
            row = after[np.uintp(members[place])]
            row[0] += s0 * share
            row[1] += s1 * share
            row[2] += s2 * share
            row[3] += s3 * share
            row[4] += s4 * share
            row[5] += s5 * share
            row[6] += s6 * share
            row[7] += s7 * share


@njit(cache=True, nogil=True)
def _step(
    fibres: Fibres,
    begin: int,
    end: int,
    sums: NDArray[np.float64],
    pull: NDArray[np.float64],
    push: NDArray[np.float64],
    before: NDArray[np.float64],
    after: NDArray[np.float64],
) -> None:
    members, starts, group_of, levels, kinds = fibres
    if len(sums) == 1 and before.shape[1] == BLOCK:
        _step_in_registers(fibres, begin, end, pull, push, before, after)
        return
    for fibre in range(begin, end):
        first, last = starts[fibre], starts[fibre + 1]
        sums[...] = 0.0
        for place in range(first, last):
            state, group = members[place], group_of[place]
            share = push[place]
            for block in range(0, before.shape[1], BLOCK):
                for k in range(BLOCK):
                    sums[group, block + k] += before[state, block + k] * share
        if len(sums) > 1:
            _pass_sums(sums, levels, kinds, True)
        for place in range(first, last):
            state, group = members[place], group_of[place]
            share = pull[place]
            for block in range(0, before.shape[1], BLOCK):
                for k in range(BLOCK):
                    after[state, block + k] += sums[group, block + k] * share


@njit(cache=True, nogil=True)
def propagated(
    lists: Lists,
    group_counts: NDArray[np.int64],
    pulls: NDArray[np.float64],
    pushes: NDArray[np.float64],
    stay: NDArray[np.float64],
    packages: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]],
    start: int,
    columns: NDArray[np.int64],
    regions: NDArray[np.bool_],
    steps: int,
    inner: int,
    blocks: NDArray[np.int64],
    block_states: NDArray[np.int64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Carry play forward; see :func:`detente.forecast.propagation.propagate`.

    Parameters
    ----------
    lists, group_counts
        Of each party.
    pulls, pushes
        Shape (parties, states), each in the order of the party's list.
    stay
        For each state, the probability of staying beyond what pull and push give.
    packages
        Of all packages: from which state, to which, and with what probability.
    start
        The state where play starts.
    columns
        The goals that have a column of their own, from column 1 on.
    regions
        Shape (goals, states).
    steps
        How many steps.
    inner
        The first so many parties move within blocks of neighbouring states; the others within
        blocks of states that these parties cannot leave. A block stays in the nearest caches.
    blocks
        Shape (parties, blocks + 1): the fibre with which each block begins in a party's list.
    block_states
        The state with which each block of the first parties begins.

    Returns
    -------
    at, by : numpy.ndarray of float64
        Shape (steps + 1, goals); `by` of the goals with a column only.
    spent : numpy.ndarray of float64
        Shape (states, columns): how long play is expected to be in each state before it comes to
        the column's goal.
    """
    goals, states = regions.shape
    width = -(-(columns.size + 1) // BLOCK) * BLOCK
    before = np.zeros((states, width))
    after = np.zeros((states, width))
    spent = np.zeros((states, width))
    at = np.zeros((steps + 1, goals))
    by = np.zeros((steps + 1, goals))
    before[start, : columns.size + 1] = 1.0
    for goal in range(goals):
        at[0, goal] = regions[goal, start]
    sources, targets, chances = packages
    most = 1
    for party in range(group_counts.size):
        most = max(most, group_counts[party])
    room = np.empty((most, width))
    for step in range(1, steps + 1):
        for block in range(block_states.size - 1):
            for state in range(block_states[block], block_states[block + 1]):
                for k in range(width):
                    spent[state, k] += before[state, k]
                    after[state, k] = stay[state] * before[state, k]
            for party in range(inner):
                _step(
                    _of(lists, party), blocks[party, block], blocks[party, block + 1],
                    room[: group_counts[party]], pulls[party], pushes[party], before, after,
                )  # fmt: skip
        for block in range(blocks.shape[1] - 1):
            for party in range(inner, group_counts.size):
                _step(
                    _of(lists, party), blocks[party, block], blocks[party, block + 1],
                    room[: group_counts[party]], pulls[party], pushes[party], before, after,
                )  # fmt: skip
        for place in range(sources.size):
            for k in range(width):
                after[targets[place], k] += chances[place] * before[sources[place], k]
        before, after = after, before
        for goal in range(goals):
            for state in range(states):
                if regions[goal, state]:
                    at[step, goal] += before[state, 0]
        for column in range(columns.size):
            goal = columns[column]
            came = 0.0
            for state in range(states):
                if regions[goal, state]:
                    came += before[state, column + 1]
                    before[state, column + 1] = 0.0
            by[step, goal] = by[step - 1, goal] + came
    return at, by, spent


@njit(cache=True, nogil=True)
def inflow(
    fibres: Fibres,
    groups: int,
    pull: NDArray[np.float64],
    push: NDArray[np.float64],
    spent: NDArray[np.float64],
    columns: NDArray[np.int64],
    regions: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """How much play a party brings into each goal with a column for the first time."""
    members, starts, group_of, levels, kinds = fibres
    found = np.zeros(columns.size)
    sums = np.empty((groups, spent.shape[1]))
    for fibre in range(starts.size - 1):
        first, last = starts[fibre], starts[fibre + 1]
        if last - first < 2:
            continue
        sums[...] = 0.0
        for place in range(first, last):
            state, group = members[place], group_of[place]
            for k in range(spent.shape[1]):
                sums[group, k] += spent[state, k] * push[place]
        if groups > 1:
            _pass_sums(sums, levels, kinds, True)
        for place in range(first, last):
            state, group = members[place], group_of[place]
            for column in range(columns.size):
                if regions[columns[column], state]:
                    found[column] += sums[group, column + 1] * pull[place]
    return found
