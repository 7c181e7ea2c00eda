"""Compiled kernels: what each party can count on at each state, for all parties at once.

Moves are the same in every draw. Each mover's states are listed fibre by fibre (states that differ
only in its own options), so a pass touches feasible states only, and the values of all parties at
one state lie side by side in memory.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from detente.space.compiling import allocating_kernel, allocating_kernel_part, kernel, kernel_part
from detente.space.own_groups import RAISE
from detente.stability.vector_operations import copy_row, fill, keep_least, lower

__all__ = ["Fibres", "Lists", "best_first", "counted_on", "gains_of_all"]

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

# Rows of ranks, one number for each party.
Ranks: TypeAlias = NDArray[np.int16] | NDArray[np.int32]


@allocating_kernel_part
def _of(lists: Lists, mover: int) -> Fibres:
    members, starts, group_of, levels, kinds = lists
    return members[mover], starts[mover], group_of[mover], levels[mover], kinds[mover]


@kernel_part
def _pass_least(
    least: Ranks, levels: NDArray[np.int64], kinds: NDArray[np.int64], groups: int
) -> None:
    """Lower, for each group, the least values to those of the groups that it reaches."""
    stride = 1
    for option in range(levels.size):
        rising = kinds[option] != RAISE
        for place in range(groups):
            group = place if rising else groups - 1 - place
            level = (group // stride) % levels[option]
            if level != (0 if rising else levels[option] - 1):
                keep_least(least, group, least, group - stride if rising else group + stride)
        stride *= levels[option]


@allocating_kernel_part
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


@kernel
def best_first(
    members: NDArray[np.int32],
    starts: NDArray[np.int64],
    group_of: NDArray[np.int64],
    ranks: NDArray[np.int32],
    keys: NDArray[np.int64],
    order: NDArray[np.int32],
    groups: NDArray[np.int32],
) -> None:
    """List the states of each fibre of one mover, those of highest rank first.

    Parameters
    ----------
    members, starts, group_of
        Of the mover, as in :data:`Lists`.
    ranks
        The mover's rank of each state.
    keys
        Room for the longest fibre.
    order
        Written into: twice the number of each state, and one more where its rank is not that of the
        one before in its fibre.
    groups
        Written into: the group of each.
    """
    for fibre in range(starts.size - 1):
        first = np.uintp(starts[fibre])
        count = np.uintp(starts[fibre + 1]) - first
        for place in range(count):
            # A rank and the place that it stands for: sorting reads nothing else.
            key = (np.int64(ranks[np.uintp(members[first + place])]) << 32) | np.int64(place)
            at = np.int64(place)
            while at > 0 and keys[at - 1] < key:
                keys[at] = keys[at - 1]
                at -= 1
            keys[at] = key
        before = np.int64(-1)
        for place in range(count):
            rank = keys[place] >> 32
            taken = first + np.uintp(keys[place] & 0xFFFFFFFF)
            order[first + place] = 2 * members[taken] + (1 if rank != before else 0)
            groups[first + place] = group_of[taken]
            before = rank


@kernel_part
def _is_fresh(
    order: NDArray[np.int32],
    first: np.uintp,
    last: np.uintp,
    changed_in: NDArray[np.int32],
    since: int,
) -> bool:
    """Whether a value of a fibre fell after a pass; before the first one all count as fallen."""
    fresh = since < 0
    place = first
    while place < last and not fresh:
        fresh = changed_in[np.uintp(order[place] >> 1)] > since
        place += np.uintp(1)
    return fresh


@kernel_part
def _respond_by_improving(
    starts: NDArray[np.int64],
    order: NDArray[np.int32],
    worst: Ranks,
    least: Ranks,
    highest: int,
    mover: int,
    changed_in: NDArray[np.int32],
    since: int,
    now: int,
) -> bool:
    """Lower the values of the others to the least among the improvements of a mover of one group.

    Only fibres in which a value fell after pass number `since` are looked at. `least` is room for
    two rows: of states of higher rank, and of those of a rank as high.
    """
    changed = False
    for fibre in range(starts.size - 1):
        first, last = np.uintp(starts[fibre]), np.uintp(starts[fibre + 1])
        if not _is_fresh(order, first, last, changed_in, since):
            continue
        fill(least, 0, highest)
        fill(least, 1, highest)
        for place in range(first, last):
            entry = order[np.uintp(place)]
            state = np.uintp(entry >> 1)
            if entry & 1:
                copy_row(least, 0, least, 1)
            if lower(worst, state, least, 0, mover):
                changed_in[state] = now
                changed = True
            keep_least(least, 1, worst, state)
    return changed


@kernel_part
def _respond_among_groups(
    starts: NDArray[np.int64],
    order: NDArray[np.int32],
    group_at: NDArray[np.int32],
    reached: NDArray[np.bool_],
    worst: Ranks,
    least: Ranks,
    highest: int,
    mover: int,
    changed_in: NDArray[np.int32],
    since: int,
    now: int,
) -> bool:
    """The same of a mover of several groups: `least` is room for both rows of what each reaches."""
    changed = False
    groups = len(reached)
    for fibre in range(starts.size - 1):
        first, last = np.uintp(starts[fibre]), np.uintp(starts[fibre + 1])
        if not _is_fresh(order, first, last, changed_in, since):
            continue
        for row in range(2 * groups):
            fill(least, row, highest)
        for place in range(first, last):
            entry = order[np.uintp(place)]
            state = np.uintp(entry >> 1)
            if entry & 1:
                for group in range(groups):
                    copy_row(least, group, least, groups + group)
            group = group_at[np.uintp(place)]
            if lower(worst, state, least, group, mover):
                changed_in[state] = now
                changed = True
            for other in range(groups):
                if reached[other, group]:
                    keep_least(least, groups + other, worst, state)
    return changed


@kernel_part
def _respond(
    fibres: Fibres, groups: int, worst: Ranks, least: Ranks, highest: int, mover: int
) -> bool:
    """Lower the values of the others to the least that the mover can reach."""
    members, starts, group_of, levels, kinds = fibres
    changed = False
    for fibre in range(starts.size - 1):
        first, last = starts[fibre], starts[fibre + 1]
        if last - first < 2:
            continue
        for group in range(groups):
            fill(least, group, highest)
        for place in range(first, last):
            keep_least(least, group_of[place], worst, members[place])
        _pass_least(least, levels, kinds, groups)
        for place in range(first, last):
            if lower(worst, members[place], least, group_of[place], mover):
                changed = True
    return changed


@kernel_part
def _own_best(
    fibres: Fibres,
    groups: int,
    ranks: NDArray[np.int32],
    worst: Ranks,
    least: Ranks,
    mover: int,
) -> None:
    """Write the greatest rank that the mover reaches from each state, or by staying."""
    members, starts, group_of, levels, kinds = fibres
    # Negated, the greatest is the least.
    for fibre in range(starts.size - 1):
        least[...] = 0
        for place in range(starts[fibre], starts[fibre + 1]):
            group = group_of[place]
            least[group, 0] = min(least[group, 0], -ranks[members[place]])
        _pass_least(least, levels, kinds, groups)
        for place in range(starts[fibre], starts[fibre + 1]):
            worst[members[place], mover] = -least[group_of[place], 0]


@allocating_kernel
def counted_on(
    lists: Lists,
    group_counts: NDArray[np.int64],
    ranks: NDArray[np.int32],
    orders: NDArray[np.int32],
    groups: NDArray[np.int32],
    asked: NDArray[np.int64],
    movers: NDArray[np.int64],
    improving: bool,
    counter_move: bool,
    worst: Ranks,
    highest: int,
    found: NDArray[np.int32],
) -> None:
    """What some parties can count on at each state, for all of up to eight parties at once.

    Parameters
    ----------
    lists
        Of each party.
    group_counts
        The number of groups of each party.
    ranks
        Shape (parties, states).
    orders, groups
        Of each mover as :func:`best_first` writes them; without columns where reactions need not be
        improvements.
    asked
        Numbers of the parties for which it is asked: values of the others do not fall.
    movers
        Numbers of the parties that react, each to all others.
    improving, counter_move
        As in :class:`detente.stability.concepts.Reaction`.
    worst
        Shape (states, BLOCK): room to work in, of the smallest kind that holds all ranks.
    highest
        The highest number of that kind, above all ranks.
    found
        Shape (parties for which it is asked, states): what is found is written into it.
    """
    parties, states = ranks.shape
    # By hand: of `max` Numba makes code that only Numba can load.
    most_groups = 0
    for count in group_counts:
        most_groups = max(most_groups, count)
    least = np.empty((2 * most_groups, worst.shape[1]), worst.dtype)
    for state in range(states):
        fill(worst, state, highest)
    for party in asked:
        if counter_move:
            own = _of(lists, party)
            _own_best(own, group_counts[party], ranks[party], worst, least, party)
        else:
            for state in range(states):
                worst[state, party] = ranks[party, state]
    changed_in = np.zeros(states, dtype=np.int32)
    passed_in = np.full(parties, -1, dtype=np.int32)
    now = 0
    unchanged = 0
    turn = 0
    while unchanged < movers.size:
        mover = movers[turn]
        own = _of(lists, mover)
        if improving:
            now += 1
            if group_counts[mover] == 1:
                fell = _respond_by_improving(
                    own[1], orders[mover], worst, least, highest, mover, changed_in,
                    passed_in[mover], now,
                )  # fmt: skip
            else:
                reached = _reached(group_counts[mover], own[3], own[4])
                fell = _respond_among_groups(
                    own[1], orders[mover], groups[mover], reached, worst, least, highest, mover,
                    changed_in, passed_in[mover], now,
                )  # fmt: skip
            passed_in[mover] = now
        else:
            fell = _respond(own, group_counts[mover], worst, least, highest, mover)
        # One's own improvements are transitive: a second pass right after changes nothing.
        unchanged = 1 if fell else unchanged + 1
        turn = (turn + 1) % movers.size
    for place in range(asked.size):
        party = asked[place]
        for state in range(states):
            found[place, state] = min(worst[state, party], ranks[party, state])


@kernel
def gains_of_all(
    sources: NDArray[np.int32],
    ends: NDArray[np.int32],
    ranks: NDArray[np.int32],
    members: NDArray[np.int64],
    found: NDArray[np.int32],
) -> int:
    """Which of some steps better all of some parties.

    Parameters
    ----------
    sources, ends
        The state where each step starts, and the one where it ends.
    ranks
        Shape (parties, states).
    members
        Numbers of the parties.
    found
        Room for all steps; their places are written into it.

    Returns
    -------
    int
        How many there are.
    """
    count = 0
    for step in range(sources.size):
        source, end = np.uintp(sources[step]), np.uintp(ends[step])
        better = True
        for member in members:
            if ranks[member, end] <= ranks[member, source]:
                better = False
                break
        if better:
            found[count] = step
            count += 1
    return count
