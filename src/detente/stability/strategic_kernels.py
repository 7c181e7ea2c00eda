"""Compiled kernels: which states coalitions leave, where members stand in nobody's way.

Ranks are packed, see :mod:`detente.stability.packed_ranks`. A coalition's moves are in slices, see
:class:`detente.stability.strategic_form.Slices`. Of what can be reached by strategies of one
pattern in one slice only the front matters: rows of which no other one is at least as high for all
members.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from detente.space.compiling import kernel, kernel_part

__all__ = ["left_by_moves", "left_symmetrically", "lose_by_improvements"]

Numbers: TypeAlias = NDArray[np.int64]

# Of one coalition: what is added to a state's index for each combination of its own strategies, in
# order of pattern; where those of each pattern begin; in compressed rows, the patterns reached.
Strategies: TypeAlias = tuple[Numbers, Numbers, Numbers, Numbers]

# Some bits of each word of a row. As a tuple's length is known when code is compiled, there is no
# loop over words where one is enough, as it is for most disputes.
Bits: TypeAlias = tuple[int, ...]

# Rows, and by slice and pattern how many of them are kept, those of each where its strategies
# begin.
Front: TypeAlias = tuple[Numbers, Numbers]


# All bits but that of the sign.
_ALL = np.int64(2**63 - 1)


@kernel_part
def _kept(
    front: Numbers,
    first: int,
    rows: Numbers,
    states: Numbers,
    count: int,
    guards: Bits,
    compared: Bits,
) -> int:
    """Write the front of the rows of some states from a place on, and tell how many it has."""
    last = first
    for number in range(count):
        state = states[number]
        needed = True
        for place in range(first, last):
            needed = False
            for word in range(len(guards)):
                difference = (front[place, word] | guards[word]) - rows[state, word]
                if difference & compared[word] != compared[word]:
                    needed = True
                    break
            if not needed:
                # What is at least as high as this one may be so again: it comes first.
                for word in range(len(guards)):
                    before = front[first, word]
                    front[first, word] = front[place, word]
                    front[place, word] = before
                break
        if not needed:
            continue
        end = first
        for place in range(first, last):
            higher = False
            for word in range(len(guards)):
                difference = (rows[state, word] | guards[word]) - front[place, word]
                if difference & compared[word] != compared[word]:
                    higher = True
                    break
            if higher:
                for word in range(len(guards)):
                    front[end, word] = front[place, word]
                end += 1
        for word in range(len(guards)):
            front[end, word] = rows[state, word]
        last = end + 1
    return last - first


@kernel_part
def _higher(
    front: Numbers,
    first: int,
    last: int,
    rows: Numbers,
    state: int,
    guards: Bits,
    compared: Bits,
) -> bool:
    """Whether a front has a row that is higher than a state's in all lanes that are compared."""
    for place in range(first, last):
        found = True
        for word in range(len(guards)):
            if ((rows[state, word] | guards[word]) - front[place, word]) & compared[word]:
                found = False
                break
        if found:
            return True
    return False


@kernel
def left_by_moves(
    outside: Numbers,
    own: Strategies,
    worth: Numbers,
    ranks: Numbers,
    guards: Bits,
    compared: Bits,
    states: Numbers,
    front: Front,
    left: NDArray[np.bool_],
) -> None:
    """From which states a coalition reaches one whose worth exceeds every member's rank here.

    Parameters
    ----------
    outside
        What is added to a state's index for each combination of the outsiders' strategies.
    own
        The coalition's strategies.
    worth, ranks
        Packed, by state.
    guards, compared
        The guard bits of all lanes, and those of the members' lanes.
    states, front
        Room for each of the coalition's strategies, and for a number of each of its patterns.
    left
        By state, whether it is asked of this one; changed in place to the answer.
    """
    inside, begin, starts, reached = own
    found, kept = front
    for fixed in outside:
        asked = False
        for place in range(inside.size):
            states[place] = fixed + inside[place]
            asked = asked or left[states[place]]
        if not asked:
            continue
        for pattern in range(begin.size - 1):
            first = begin[pattern]
            count = begin[pattern + 1] - first
            kept[pattern] = _kept(found, first, worth, states[first:], count, guards, compared)
        for pattern in range(begin.size - 1):
            for place in range(begin[pattern], begin[pattern + 1]):
                state = states[place]
                if not left[state]:
                    continue
                higher = False
                for step in range(starts[pattern], starts[pattern + 1]):
                    first = begin[reached[step]]
                    for end in range(first, first + kept[reached[step]]):
                        higher = True
                        for word in range(len(guards)):
                            difference = (ranks[state, word] | guards[word]) - found[end, word]
                            if difference & compared[word]:
                                higher = False
                                break
                        if higher:
                            break
                    if higher:
                        break
                left[state] = higher


@kernel_part
def _leads_no_higher(
    front: Numbers,
    first: int,
    last: int,
    from_: int,
    to: int,
    guards: Bits,
    compared: Bits,
) -> bool:
    """Whether each row of one front has one in another front that is nowhere lower."""
    for place in range(first, last):
        covered = False
        for end in range(from_, to):
            covered = True
            for word in range(len(guards)):
                difference = (front[end, word] | guards[word]) - front[place, word]
                if difference & compared[word] != compared[word]:
                    covered = False
                    break
            if covered:
                break
        if not covered:
            return False
    return True


@kernel_part
def _lead_no_higher(
    front: Numbers,
    kept: Numbers,
    one: int,
    other: int,
    begin: Numbers,
    size: int,
    guards: Bits,
    compared: Bits,
) -> bool:
    """Whether, in one slice, a coalition reaches nothing higher than what it reaches in another."""
    patterns = begin.size - 1
    for pattern in range(patterns):
        first, second = one * size + begin[pattern], other * size + begin[pattern]
        last = first + kept[one * patterns + pattern]
        end = second + kept[other * patterns + pattern]
        if not _leads_no_higher(front, first, last, second, end, guards, compared):
            return False
    return True


@kernel_part
def _worst(
    slices: Numbers,
    first: int,
    last: int,
    front: Numbers,
    kept: Numbers,
    begin: Numbers,
    size: int,
    guards: Bits,
    compared: Bits,
) -> int:
    """Write down which slices are worst for a coalition, and tell how many there are.

    Where there is a way out of all of these, there is one of the others as well.
    """
    count = 0
    for there in range(first, last):
        needed = True
        for place in range(first, first + count):
            one = slices[place]
            if _lead_no_higher(front, kept, one, there, begin, size, guards, compared):
                needed = False
                break
        if not needed:
            continue
        end = first
        for place in range(first, first + count):
            one = slices[place]
            if not _lead_no_higher(front, kept, there, one, begin, size, guards, compared):
                slices[end] = one
                end += 1
        slices[end] = there
        count = end - first + 1
    return count


@kernel
def left_symmetrically(
    bystanders: Numbers,
    own: Strategies,
    theirs: Strategies,
    ranks: Numbers,
    guards: Bits,
    compared: Bits,
    states: Numbers,
    front: Front,
    worst: Front,
    left: NDArray[np.bool_],
) -> None:
    """From which states a coalition has an improvement with a way out of every sanction.

    A state is a strategy of the coalition, *h*, and one of the others, *o*. After an improvement
    from *(h, o)* to *(h', o)* the others answer with *(h', o')*, and the coalition with
    *(h'', o')*. If no such state is better for all members than *(h, o)*, the sanction holds:
    *(h', o')* is one of them, so the sanction hurts. That depends on *o'* and on which *h''* follow
    on *h'*, which the pattern of *h'* tells; not on *h'* itself. And where each row of the front
    for one *o'* has a row that is nowhere lower in the front for another one, a way out of the
    first leads out of the second as well: only the worst *o'* have to be looked at.

    Parameters
    ----------
    bystanders
        What is added to a state's index for strategies of those who do not sanction either.
    own, theirs
        Strategies of the coalition, and those of the others together.
    ranks
        Packed, by state.
    guards, compared
        The guard bits of all lanes, and those of the members' lanes.
    states
        Room for each of the coalition's strategies.
    front
        Room for a row for each strategy of both, and for the number of each of their patterns.
    worst
        Room for a number for each of the others' strategies, and for each of their patterns.
    left
        By state, whether it is asked of this one; changed in place to the answer.
    """
    inside, begin, starts, reached = own
    outside, their_begin, their_starts, their_reached = theirs
    found, kept = front
    slices, many = worst
    size, patterns = inside.size, begin.size - 1
    for fixed in bystanders:
        for there in range(outside.size):
            for place in range(size):
                states[place] = fixed + outside[there] + inside[place]
            for pattern in range(patterns):
                first = begin[pattern]
                count = begin[pattern + 1] - first
                kept[there * patterns + pattern] = _kept(
                    found, there * size + first, ranks, states[first:], count, guards, compared
                )
        for pattern in range(many.size):
            first, last = their_begin[pattern], their_begin[pattern + 1]
            many[pattern] = _worst(slices, first, last, found, kept, begin, size, guards, compared)
        for their_pattern in range(many.size):
            for here in range(their_begin[their_pattern], their_begin[their_pattern + 1]):
                for pattern in range(patterns):
                    for place in range(begin[pattern], begin[pattern + 1]):
                        state = fixed + outside[here] + inside[place]
                        if not left[state]:
                            continue
                        left[state] = False
                        for step in range(starts[pattern], starts[pattern + 1]):
                            after = reached[step]
                            first = here * size + begin[after]
                            last = first + kept[here * patterns + after]
                            if not _higher(found, first, last, ranks, state, guards, compared):
                                continue
                            held = False
                            for answer in range(
                                their_starts[their_pattern], their_starts[their_pattern + 1]
                            ):
                                begun = their_begin[their_reached[answer]]
                                for number in range(begun, begun + many[their_reached[answer]]):
                                    there = slices[number]
                                    out = False
                                    for way in range(starts[after], starts[after + 1]):
                                        first = there * size + begin[reached[way]]
                                        last = first + kept[there * patterns + reached[way]]
                                        if _higher(
                                            found, first, last, ranks, state, guards, compared
                                        ):
                                            out = True
                                            break
                                    if not out:
                                        held = True
                                        break
                                if held:
                                    break
                            if not held:
                                left[state] = True
                                break


@kernel
def lose_by_improvements(
    outside: Numbers,
    own: Strategies,
    rows: Numbers,
    guards: Bits,
    compared: Bits,
    losing: Bits,
    lanes: Numbers,
    losers: int,
    lowest: Numbers,
    improving: NDArray[np.bool_],
    news: Numbers,
    old: int,
    changed: NDArray[np.int32],
    since: int,
    now: int,
    states: Numbers,
    front: Front,
) -> bool:
    """Raise what parties lose to the most that one improvement of a coalition leads to.

    Parameters
    ----------
    outside, own
        As in :func:`left_by_moves`.
    rows
        By state, the packed ranks of the members and, in the lanes of the other parties, what
        these lose; changed in place.
    guards, compared, losing
        The guard bits of all lanes, of the members' and losing parties' lanes, and of the latter.
    lanes, losers
        Shape (parties, words): the bits of each lane that is compared; and how many are of losing
        parties, which come first.
    lowest
        Room for one row.
    improving
        By state, whether the coalition has an improvement from it.
    news, old
        By state, bits for what was known before to which it adds; and the bits of what this
        coalition took part in.
    changed, since, now
        By state, when what is lost there was raised last; when this was done last; and when it is
        done now.
    states, front
        As in :func:`left_by_moves`.

    Returns
    -------
    bool
        Whether anything was raised.
    """
    inside, begin, starts, reached = own
    found, kept = front
    raised = False
    for fixed in outside:
        ending = False
        for pattern in range(begin.size - 1):
            count = begin[pattern]
            for place in range(begin[pattern], begin[pattern + 1]):
                state = fixed + inside[place]
                if changed[state] > since or (since < 0 and news[state] & old == old):
                    states[count] = state
                    count += 1
            kept[pattern] = count - begin[pattern]
            ending = ending or kept[pattern] > 0
        if not ending:
            continue
        # In each lane the lowest of all starts: an end that is not higher matters to none.
        for word in range(len(guards)):
            lowest[word] = ~guards[word] & _ALL
        for place in range(inside.size):
            state = fixed + inside[place]
            if not improving[state]:
                continue
            for word in range(len(guards)):
                row = rows[state, word]
                if ((row | guards[word]) - lowest[word]) & compared[word] != compared[word]:
                    for party in range(len(lanes)):
                        bits = lanes[party, word]
                        if row & bits < lowest[word] & bits:
                            lowest[word] = (lowest[word] & ~bits) | (row & bits)
        ending = False
        for pattern in range(begin.size - 1):
            first = begin[pattern]
            count = first
            for place in range(first, first + kept[pattern]):
                state = states[place]
                more, higher = False, True
                for word in range(len(guards)):
                    difference = (lowest[word] | guards[word]) - rows[state, word]
                    if difference & losing[word] != losing[word]:
                        more = True
                    if difference & compared[word] & ~losing[word]:
                        higher = False
                if more and higher:
                    states[count] = state
                    count += 1
            count -= first
            kept[pattern] = _kept(found, first, rows, states[first:], count, guards, compared)
            ending = ending or count > 0
        if not ending:
            continue
        for pattern in range(begin.size - 1):
            for place in range(begin[pattern], begin[pattern + 1]):
                state = fixed + inside[place]
                if not improving[state]:
                    continue
                for step in range(starts[pattern], starts[pattern + 1]):
                    first = begin[reached[step]]
                    for end in range(first, first + kept[reached[step]]):
                        more, higher = False, True
                        for word in range(len(guards)):
                            own_row = rows[state, word]
                            difference = (own_row | guards[word]) - found[end, word]
                            if difference & losing[word] != losing[word]:
                                more = True
                            if difference & compared[word] & ~losing[word]:
                                higher = False
                        if not (more and higher):
                            continue
                        for word in range(len(guards)):
                            row = rows[state, word]
                            for party in range(losers):
                                bits = lanes[party, word]
                                if found[end, word] & bits > row & bits:
                                    row = (row & ~bits) | (found[end, word] & bits)
                            rows[state, word] = row
                        changed[state] = now
                        raised = True
    return raised
