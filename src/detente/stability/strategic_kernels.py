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
def _at_least(
    high: Numbers, one: int, low: Numbers, other: int, guards: Bits, compared: Bits
) -> bool:
    """Whether a row is at least as high as another in all lanes that are compared."""
    for word in range(len(guards)):
        difference = (high[one, word] | guards[word]) - low[other, word]
        if difference & compared[word] != compared[word]:
            return False
    return True


@kernel_part
def _higher(
    high: Numbers, one: int, low: Numbers, other: int, guards: Bits, compared: Bits
) -> bool:
    """Whether a row is higher than another in all lanes that are compared."""
    for word in range(len(guards)):
        if ((low[other, word] | guards[word]) - high[one, word]) & compared[word]:
            return False
    return True


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
            needed = not _at_least(front, place, rows, state, guards, compared)
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
            if not _at_least(rows, state, front, place, guards, compared):
                for word in range(len(guards)):
                    front[end, word] = front[place, word]
                end += 1
        for word in range(len(guards)):
            front[end, word] = rows[state, word]
        last = end + 1
    return last - first


@kernel_part
def _some_higher(
    front: Front,
    there: int,
    pattern: int,
    own: Strategies,
    rows: Numbers,
    state: int,
    guards: Bits,
    compared: Bits,
) -> bool:
    """Whether a coalition has, in a slice, a strategy of a pattern that is higher than a state."""
    inside, begin = own[0], own[1]
    found, kept = front
    first = there * inside.size + begin[pattern]
    last = first + kept[there * (begin.size - 1) + pattern]
    for place in range(first, last):  # noqa: SIM110  (a generator is slow in compiled code)
        if _higher(found, place, rows, state, guards, compared):
            return True
    return False


@kernel_part
def _leads_higher(
    front: Front,
    there: int,
    pattern: int,
    own: Strategies,
    rows: Numbers,
    state: int,
    guards: Bits,
    compared: Bits,
) -> bool:
    """Whether a coalition, from a pattern of a slice, reaches what is higher than a state."""
    starts, reached = own[2], own[3]
    for step in range(starts[pattern], starts[pattern + 1]):
        if _some_higher(front, there, reached[step], own, rows, state, guards, compared):
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
    inside, begin = own[0], own[1]
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
                if left[state]:
                    left[state] = _leads_higher(
                        front, 0, pattern, own, ranks, state, guards, compared
                    )


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
            covered = _at_least(front, end, front, place, guards, compared)
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


@kernel_part
def _sanctioned(
    front: Front,
    after: int,
    own: Strategies,
    theirs: Strategies,
    their_pattern: int,
    worst: Front,
    rows: Numbers,
    state: int,
    guards: Bits,
    compared: Bits,
) -> bool:
    """Whether the others have an answer from which a coalition has no way out.

    The coalition has come to the pattern `after`, and left the state.
    """
    their_begin, starts, reached = theirs[1], theirs[2], theirs[3]
    slices, many = worst
    for step in range(starts[their_pattern], starts[their_pattern + 1]):
        first = their_begin[reached[step]]
        for number in range(first, first + many[reached[step]]):
            there = slices[number]
            if not _leads_higher(front, there, after, own, rows, state, guards, compared):
                return True
    return False


@kernel_part
def _leads_out(
    front: Front,
    here: int,
    pattern: int,
    own: Strategies,
    theirs: Strategies,
    their_pattern: int,
    worst: Front,
    rows: Numbers,
    state: int,
    guards: Bits,
    compared: Bits,
) -> bool:
    """Whether a coalition has an improvement from a state that no answer of the others spoils."""
    starts, reached = own[2], own[3]
    for step in range(starts[pattern], starts[pattern + 1]):
        after = reached[step]
        if _some_higher(front, here, after, own, rows, state, guards, compared) and not _sanctioned(
            front, after, own, theirs, their_pattern, worst, rows, state, guards, compared
        ):
            return True
    return False


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
    inside, begin = own[0], own[1]
    outside, their_begin = theirs[0], theirs[1]
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
                        if left[state]:
                            left[state] = _leads_out(
                                front,
                                here,
                                pattern,
                                own,
                                theirs,
                                their_pattern,
                                worst,
                                ranks,
                                state,
                                guards,
                                compared,
                            )


@kernel_part
def _worsens(
    rows: Numbers,
    state: int,
    ends: Numbers,
    end: int,
    guards: Bits,
    compared: Bits,
    losing: Bits,
) -> bool:
    """Whether an end is higher for all members, and more is lost there than from a state."""
    more = False
    for word in range(len(guards)):
        difference = (rows[state, word] | guards[word]) - ends[end, word]
        if difference & compared[word] & ~losing[word]:
            return False
        if difference & losing[word] != losing[word]:
            more = True
    return more


@kernel_part
def _lower(
    lowest: Numbers, rows: Numbers, state: int, lanes: Numbers, guards: Bits, compared: Bits
) -> None:
    """Lower the lanes of a row that are above those of a state."""
    if _at_least(rows, state, lowest, 0, guards, compared):
        return
    for word in range(len(guards)):
        for party in range(len(lanes)):
            bits = lanes[party, word]
            if rows[state, word] & bits < lowest[0, word] & bits:
                lowest[0, word] = (lowest[0, word] & ~bits) | (rows[state, word] & bits)


@kernel_part
def _raise(
    rows: Numbers, state: int, ends: Numbers, end: int, lanes: Numbers, losers: int, guards: Bits
) -> None:
    """Raise what parties lose from a state to what they lose at an end."""
    for word in range(len(guards)):
        row = rows[state, word]
        for party in range(losers):
            bits = lanes[party, word]
            if ends[end, word] & bits > row & bits:
                row = (row & ~bits) | (ends[end, word] & bits)
        rows[state, word] = row


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
        Room for one row, shape (1, words).
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
            lowest[0, word] = ~guards[word] & _ALL
        for place in range(inside.size):
            state = fixed + inside[place]
            if improving[state]:
                _lower(lowest, rows, state, lanes, guards, compared)
        ending = False
        for pattern in range(begin.size - 1):
            first = begin[pattern]
            count = first
            for place in range(first, first + kept[pattern]):
                state = states[place]
                if _worsens(lowest, 0, rows, state, guards, compared, losing):
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
                        if not _worsens(rows, state, found, end, guards, compared, losing):
                            continue
                        _raise(rows, state, found, end, lanes, losers, guards)
                        changed[state] = now
                        raised = True
    return raised
