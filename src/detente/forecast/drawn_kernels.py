"""Compiled kernels for many draws: all parties' moves in one pass over the states.

Moves are the same in every draw. States that differ only in a party's own options, and agree in
those that change one way only, are one *slot* of that party: whoever leaves one of them by a move
of that party comes to a slot that it reaches. So a step is two passes over the states, in which
each state gives to, and takes from, one slot of each party; the sums of slots pass on to those
that they reach in between. :mod:`detente.forecast.kernels` says what pull, push and stay are.

Infeasible states are left out, and the columns of one state, a block of them, are one vector.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from detente.space.compiling import allocating_kernel, kernel, kernel_part, kernel_without_checks
from detente.space.own_groups import FIXED, LOWER, RAISE
from detente.stability.response_kernels import Lists
from detente.stability.vector_operations import add_scaled, give, take
from detente.stability.vector_rows import BLOCK

__all__ = ["Slots", "arrivals", "carried_back", "choices", "likeliest", "propagated"]

# Of some movers: the slot of each state, shape (states, movers), slots of all movers counted
# together; where each mover's slots begin, and where the last one's end; how many slots (groups)
# each of its fibres has; the number of levels of each option of these groups, shape (movers,
# options), filled up with options of one level; how each may change.
Slots: TypeAlias = tuple[
    NDArray[np.uint32],
    NDArray[np.int64],
    NDArray[np.int64],
    NDArray[np.int64],
    NDArray[np.int64],
]

# What is carried: of 8 bytes, or of 4 where many draws are averaged.
Numbers: TypeAlias = NDArray[np.floating]


@kernel_part
def _pass_on(sums: Numbers, slots: Slots, forward: bool) -> None:
    """Add up, for each slot, the sums of those that reach it, or of those that it reaches."""
    _, starts, groups, levels, kinds = slots
    for mover in range(groups.size):
        count = groups[mover]
        if count == 1:
            continue
        stride = 1
        for option in range(levels.shape[1]):
            size = levels[mover, option]
            if kinds[mover, option] != FIXED and size > 1:
                rising = (kinds[mover, option] == RAISE) == forward
                for fibre in range(starts[mover], starts[mover + 1], count):
                    for place in range(count):
                        group = place if rising else count - 1 - place
                        level = (group // stride) % size
                        if level == (0 if rising else size - 1):
                            continue
                        other = group - stride if rising else group + stride
                        for k in range(sums.shape[1]):
                            sums[fibre + group, k] += sums[fibre + other, k]
            stride *= size


@kernel_without_checks
def choices(
    slots: Slots,
    weights: NDArray[np.float64],
    counted: NDArray[np.int32],
    ranks: NDArray[np.int32],
    chances: NDArray[np.float64],
    stay: NDArray[np.float64],
    pull: Numbers,
    push: Numbers,
    sums: NDArray[np.float64],
) -> None:
    """Write each party's pull and push at each state; what they add to staying is added in place.

    Parameters
    ----------
    slots
        Of each party.
    weights
        Shape (parties, ranks + 1): the weight of a choice by rank.
    counted
        Shape (parties, states): the rank that each can count on at each state.
    ranks
        Shape (parties, states).
    chances
        The probability of each party to get to move. The push includes it.
    stay
        For each state, the probability of staying beyond what pull and push give.
    pull, push
        Shape (states, parties).
    sums
        Shape (slots, 1), zeros: room to work in.
    """
    of = slots[0]
    states, parties = of.shape
    for state in range(states):
        for party in range(parties):
            weight = weights[party, np.uintp(counted[party, state])]
            pull[state, party] = weight
            sums[of[state, party], 0] += weight
    _pass_on(sums, slots, False)
    for state in range(states):
        still = stay[state]
        for party in range(parties):
            own = weights[party, np.uintp(counted[party, state])]
            extra = weights[party, np.uintp(ranks[party, state])] - own
            share = chances[party] / (sums[of[state, party], 0] + extra)
            push[state, party] = share
            still += extra * share
        stay[state] = still


@allocating_kernel
def propagated(
    slots: Slots,
    pull: Numbers,
    push: Numbers,
    stay: Numbers,
    packages: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]],
    nearest_first: NDArray[np.uint32],
    within: NDArray[np.int64],
    pattern_of: NDArray[np.uint16],
    kept: Numbers,
    now: Numbers,
    sums: Numbers,
    spent: Numbers,
    came: Numbers,
) -> None:
    """Carry a block of columns forward; see :func:`detente.forecast.propagation.propagate`.

    Parameters
    ----------
    slots, pull, push, stay
        See :func:`choices`.
    packages
        Of all packages: from which state, to which, and with what probability.
    nearest_first, within
        The states, those first that play can come to in fewest steps; how many these are after
        each number of steps, up to that after which there are no more.
    pattern_of
        For each state, a number that is the same for states of the same goals.
    kept
        Shape (patterns, BLOCK): 0 where the states of a pattern are in the column's goal, or else
        1.
    now
        Shape (states, BLOCK): what is where before the first step; changed in place.
    sums
        Shape (slots, BLOCK): room to work in.
    spent
        Shape (states, BLOCK), or empty: how long play is expected to be in each state before it
        comes to the column's goal is added there.
    came
        Shape (steps * patterns, BLOCK), zeros: how much is in the states of each pattern after each
        step is written there, with what came to the goal then and without what came before.
    """
    of = slots[0]
    states, movers = of.shape
    sources, targets, chances = packages
    joint = np.empty((sources.size, BLOCK))
    for step in range(len(came) // len(kept)):
        # Where nothing can be yet, nothing is read. Once play may be anywhere, states are read in
        # the order in which they stand in memory.
        here = within[min(step, within.size - 1)]
        there = within[min(step + 1, within.size - 1)]
        sums[...] = 0.0
        if spent.size > 0:
            for state in range(states):
                add_scaled(spent, state, now, state, 1.0)
        if here == states:
            for state in range(states):
                give(now, state, of, movers, push, state * movers, sums)
        else:
            for place in range(here):
                state = int(nearest_first[place])
                give(now, state, of, movers, push, state * movers, sums)
        _pass_on(sums, slots, True)
        for place in range(sources.size):
            for k in range(BLOCK):
                joint[place, k] = chances[place] * now[sources[place], k]
        first = step * len(kept)
        if there == states:
            for state in range(states):
                kind = pattern_of[state]
                take(
                    now, state, stay[state], of, movers, pull, sums, came, first + kind, kept, kind
                )
        else:
            for place in range(there):
                state = int(nearest_first[place])
                kind = pattern_of[state]
                take(
                    now, state, stay[state], of, movers, pull, sums, came, first + kind, kept, kind
                )
        for place in range(sources.size):
            kind = pattern_of[targets[place]]
            for k in range(BLOCK):
                came[first + kind, k] += joint[place, k]
                now[targets[place], k] += joint[place, k] * kept[kind, k]


@kernel
def arrivals(
    slots: Slots,
    first: int,
    pull: Numbers,
    push: Numbers,
    spent: Numbers,
    pattern_of: NDArray[np.uint16],
    ends: NDArray[np.bool_],
    sums: Numbers,
    found: Numbers,
) -> None:
    """How much play each mover brings into the states of each pattern, from anywhere.

    Parameters
    ----------
    slots
        Of these movers; their pull and push begin with column `first`.
    first, pull, push
        See :func:`choices`.
    spent, pattern_of, sums
        See :func:`propagated`.
    ends
        For each pattern, whether it is asked for.
    found
        Shape (patterns * movers, BLOCK), zeros: what is found is written there.
    """
    of, starts, _, _, _ = slots
    states, movers = of.shape
    for slot in range(starts[movers]):
        for k in range(BLOCK):
            sums[slot, k] = 0.0
    for state in range(states):
        give(spent, state, of, movers, push, state * push.shape[1] + first, sums)
    _pass_on(sums, slots, True)
    for state in range(states):
        kind = pattern_of[state]
        if not ends[kind]:
            continue
        for mover in range(movers):
            add_scaled(
                found, kind * movers + mover, sums, of[state, mover], pull[state, first + mover]
            )


@allocating_kernel
def carried_back(
    slots: Slots,
    pull: Numbers,
    push: Numbers,
    stay: Numbers,
    packages: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]],
    pattern_of: NDArray[np.uint16],
    kept: NDArray[np.float64],
    gone: NDArray[np.float64],
    steps: int,
    now: NDArray[np.float64],
    sums: NDArray[np.float64],
) -> None:
    """Write how likely play comes to the goal of each column within some steps, from each state.

    Parameters
    ----------
    slots, pull, push, stay
        See :func:`choices`.
    packages, pattern_of, kept, sums
        See :func:`propagated`.
    gone
        Shape (patterns, BLOCK): 1 where the states of a pattern are in the column's goal, or else
        0.
    steps
        How many steps.
    now
        Shape (states, BLOCK), zeros: what is found is written there.
    """
    of = slots[0]
    states, movers = of.shape
    sources, targets, chances = packages
    nowhere = np.zeros((len(kept), BLOCK))
    joint = np.empty((sources.size, BLOCK))
    for state in range(states):
        add_scaled(now, state, gone, pattern_of[state], 1.0)
    for _ in range(steps):
        sums[...] = 0.0
        for state in range(states):
            give(now, state, of, movers, pull, state * movers, sums)
        _pass_on(sums, slots, False)
        for place in range(sources.size):
            for k in range(BLOCK):
                joint[place, k] = chances[place] * now[targets[place], k]
        for state in range(states):
            kind = pattern_of[state]
            take(now, state, stay[state], of, movers, push, sums, nowhere, kind, kept, kind)
            add_scaled(now, state, gone, kind, 1.0)
        for place in range(sources.size):
            for k in range(BLOCK):
                now[sources[place], k] += joint[place, k] * kept[pattern_of[sources[place]], k]


@allocating_kernel
def likeliest(
    lists: Lists,
    slots: Slots,
    pull: Numbers,
    push: Numbers,
    packages: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]],
    start: int,
    regions: NDArray[np.bool_],
    most_moves: int,
    most_expanded: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Search the likeliest course into each goal; see :mod:`detente.forecast.courses`.

    Parameters
    ----------
    lists
        Of each party; see :mod:`detente.stability.response_kernels`.
    slots, pull, push
        See :func:`choices`.
    packages
        Of all packages: the mover, from which state, to which, and with what probability; in the
        order of the states from which they lead.
    start
        The state where play starts.
    regions
        Shape (goals, states).
    most_moves
        Courses of more moves are left out.
    most_expanded
        States from which the search goes on before it gives up on what it has not found.

    Returns
    -------
    ends
        For each goal, the state in it that the course comes to; -1 where there is none.
    before, mover, chance
        For each state, the state from which the likeliest course comes there, by whose move, and
        how likely that move is among all moves from there.
    """
    of, _, groups, levels, kinds = slots
    members, starts = lists[0], lists[1]
    states, parties = of.shape
    movers, sources, targets, chances = packages
    before, mover_of = np.full(states, -1), np.full(states, -1)
    chance_of = np.zeros(states)
    least = np.full(states, np.inf)
    done = np.zeros(states, dtype=np.bool_)
    ends = np.full(len(regions), -1)
    missing = 0
    for goal in range(len(regions)):
        missing += regions[goal].any() and not regions[goal, start]
    least[start] = 0.0
    waiting = [(np.float64(0.0), np.int64(0), np.int64(start))]
    expanded = 0
    while len(waiting) > 0 and missing > 0 and expanded < most_expanded:
        cost, moves, state = heappop(waiting)
        if done[state]:
            continue
        done[state] = True
        expanded += 1
        for goal in range(len(regions)):
            if ends[goal] < 0 and regions[goal, state] and not regions[goal, start]:
                ends[goal] = state
                missing -= 1
        if moves == most_moves:
            continue
        found = [(np.int64(-1), state, np.float64(0.0)) for _ in range(0)]
        total = 0.0
        for party in range(parties):
            own = np.int64(of[state, party]) - slots[1][party]
            fibre = own // groups[party]
            for place in range(starts[party, fibre], starts[party, fibre + 1]):
                end = np.int64(members[party, place])
                there = np.int64(of[end, party]) - slots[1][party]
                if end != state and _leads_to(
                    own, there, groups[party], levels[party], kinds[party]
                ):
                    chance = np.float64(push[state, party] * pull[end, party])
                    if chance > 0:
                        total += chance
                        found.append((np.int64(party), end, chance))
        for place in range(np.searchsorted(sources, state), sources.size):
            if sources[place] != state:
                break
            if chances[place] > 0:
                total += chances[place]
                found.append((movers[place], targets[place], chances[place]))
        for mover, end, chance in found:
            further = cost - np.log(chance / total)
            if not done[end] and further < least[end]:
                least[end] = further
                before[end], mover_of[end], chance_of[end] = state, mover, chance / total
                heappush(waiting, (further, moves + 1, end))
    return ends, before, mover_of, chance_of


@kernel_part
def _leads_to(
    one: int, other: int, groups: int, levels: NDArray[np.int64], kinds: NDArray[np.int64]
) -> bool:
    """Whether a slot of a fibre is reached from another one of it."""
    here, there = one % groups, other % groups
    for option in range(levels.size):
        size = levels[option]
        if kinds[option] == RAISE and there % size < here % size:
            return False
        if kinds[option] == LOWER and there % size > here % size:
            return False
        here //= size
        there //= size
    return True
