"""SEQ and SSEQ in one draw, for all states and several focal parties at once.

Each state has a row of numbers. The values of focal parties, under SEQ and under SSEQ, stand side
by side in it, so that one pass over a mover's improvements serves them all; and passes go over
runs of groups at once.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.robustness.engine.immediate import EVERY, NASH, SEQ, SSEQ, Ranked
from detente.robustness.engine.lanes import WIDTH, above, gather_one, gather_two, respond, rise
from detente.robustness.engine.shared import Shared
from detente.space.compiling import kernel_part

__all__ = ["Rows", "new_rows", "settle_rows"]

# The last number of a row is what is known of the state; the others are pairs, for SEQ and SSEQ.
_KNOWN = WIDTH - 1
_PAIRS = _KNOWN // 2
_SEQ_BITS = sum(1 << 2 * pair for pair in range(_PAIRS))
_SSEQ_BITS = _SEQ_BITS << 1

# Levels that a number tells apart; a party with more of them has more pairs.
_LEVELS = 254

# Bytes that a processor loads at once at most, and that lie together in its cache.
_ALIGNED = 64

# Positions of which it is noted together when one of their values last fell.
_BLOCK = 32


class Rows(NamedTuple):
    """Rows of numbers, and what is needed to work on them.

    Attributes
    ----------
    values
        The row of each position.
    unstable
        The concepts under which some party moves from each position, as bits.
    parts, bars
        What each node adds to the rows of its positions: see :func:`_fill`. One row more is of
        nothing.
    joined_parts, joined_bars
        The same of the nodes that are joined.
    masks
        A row for each party, with bits where the values are its own, or no values.
    pairs
        Shape (pairs, 2): party and base of each pair of numbers.
    pieces
        Each party's runs in this draw, joined where they have the same order, without those
        that have no improvements: first position, number of groups, where the order stands, rows
        of a unit (see :func:`detente.robustness.engine.lanes.respond`), and whether SEQ is open
        for some of the states. They begin where the party's runs do.
    sizes
        How many pieces each party has.
    alike
        Where the order of each context stands, the same for those alike; -1 where there is no
        improvement.
    turns
        Shape (patterns, nodes): the turns of an order, for each pattern that an improvement may
        begin from, with -1 after the last.
    fell
        For each turn whether a value fell.
    fallen, seen
        When a value last fell in each block of positions, and when each party last responded.
    open_at
        Place to list positions in.
    """

    values: NDArray[np.uint8]
    unstable: NDArray[np.uint8]
    parts: NDArray[np.uint8]
    bars: NDArray[np.uint8]
    joined_parts: NDArray[np.uint8]
    joined_bars: NDArray[np.uint8]
    masks: NDArray[np.uint8]
    pairs: NDArray[np.int64]
    pieces: NDArray[np.int32]
    sizes: NDArray[np.int64]
    alike: NDArray[np.int32]
    turns: NDArray[np.int32]
    fell: NDArray[np.uint8]
    fallen: NDArray[np.int64]
    seen: NDArray[np.int64]
    open_at: NDArray[np.int32]


def new_rows(shared: Shared, ranked: Ranked) -> Rows:
    """Make room for the rows of a draw."""
    nodes = len(shared.classes)
    parties = len(shared.lengths)
    twos = len(shared.join_at)
    return Rows(
        values=_room(2 * twos),
        unstable=np.empty(2 * twos, dtype=np.uint8),
        parts=_room(nodes + 1),
        bars=_room(nodes + 1),
        joined_parts=_room(2 * len(shared.joins)),
        joined_bars=_room(2 * len(shared.joins)),
        masks=_room(parties),
        pairs=np.empty((parties * (1 + ranked.level.shape[1] // _LEVELS), 2), dtype=np.int64),
        pieces=np.empty((shared.run_starts[-1], 5), dtype=np.int32),
        sizes=np.zeros(parties, dtype=np.int64),
        alike=np.empty(shared.contexts[-1], dtype=np.int32),
        turns=np.empty((shared.kinds.max(), nodes), dtype=np.int32),
        fell=np.empty(shared.lengths.max(), dtype=np.uint8),
        fallen=np.zeros(2 * twos // _BLOCK + 1, dtype=np.int64),
        seen=np.zeros(parties, dtype=np.int64),
        open_at=np.empty(twos, dtype=np.int32),
    )


def _room(rows: int) -> NDArray[np.uint8]:
    """Room for rows, from where a processor loads several of them at once with least trouble."""
    room = np.zeros(rows * WIDTH + _ALIGNED, dtype=np.uint8)
    start = -room.ctypes.data % _ALIGNED
    return room[start : start + rows * WIDTH]


@kernel_part
def settle_rows(sequential: bool, shared: Any, ranked: Any, rows: Any) -> None:
    """Set the concepts under which some party moves from each position.

    Without `sequential`, SEQ and SSEQ are left out.
    """
    parties = len(shared.lengths)
    number_of_pairs = 0
    for party in range(parties):
        for base in range(0, ranked.levels[party] + 1 if sequential else 1, _LEVELS):
            rows.pairs[number_of_pairs, 0] = party
            rows.pairs[number_of_pairs, 1] = base
            number_of_pairs += 1
        if sequential:
            rows.sizes[party] = _list_pieces(party, shared, ranked, rows)
    rows.unstable[:] = 0 if sequential else SEQ | SSEQ
    for first in range(0, number_of_pairs, _PAIRS):
        last = min(first + _PAIRS, number_of_pairs)
        _fill(first, last, shared, ranked, rows)
        _begin(shared, rows)
        if sequential:
            _respond_until_quiet(shared, rows)
            for party in range(rows.pairs[first, 0], rows.pairs[last - 1, 0] + 1):
                _rise(party, shared, rows)
            _settle_open(shared, rows)
    for position in shared.infeasible:
        rows.unstable[position] = EVERY


@kernel_part
def _same_order(one: Any, other: Any, own: Any, ranked: Any) -> bool:
    order, better = ranked.order, ranked.better
    for q in range(own):
        if order[one + q] != order[other + q] or better[one + q] != better[other + q]:
            return False
    return True


@kernel_part
def _set_turns(party: Any, start: Any, shared: Any, ranked: Any, turns: Any) -> None:
    """Set the turns of an order; see :func:`detente.robustness.engine.lanes.respond`."""
    pattern, between = shared.patterns[party], shared.reached[party]
    own = shared.lengths[party]
    inner = shared.inners[party]
    for k in range(shared.kinds[party]):
        size = 0
        lowered = False
        place = 0
        for q in range(own):
            a = ranked.order[start + q]
            if a < 0:
                break
            if not between[k, pattern[a]]:
                continue
            better = ranked.better[start + a]
            turn = 4 * a * inner
            if pattern[a] == k and better > 0:
                turn += 2
                lowered = True
            if better != place:
                turn += 1
                place = better
            turns[k, start + size] = turn
            size += 1
        if not lowered:
            size = 0
        if size < own:
            turns[k, start + size] = -1


@kernel_part
def _number_of_turns(turns: Any, k: Any, start: Any, own: Any) -> int:
    size = 0
    while size < own and turns[k, start + size] >= 0:
        size += 1
    return size


@kernel_part
def _side_by_side(pieces: Any, line: Any, beside: Any, count: Any) -> int:
    """Make units of two rows of the pieces of two lines that lie side by side, if they are alike.

    Returns how many pieces there are then.
    """
    if beside == line or beside - line != count - beside:
        return int(count)
    for piece in range(beside - line):
        one, other = pieces[line + piece], pieces[beside + piece]
        if one[0] + 1 != other[0] or one[1] != other[1] or one[2] != other[2]:
            return int(count)
        one[4] |= other[4]
    pieces[line:beside, 3] = 2
    return int(beside)


@kernel_part
def _list_pieces(party: Any, shared: Any, ranked: Any, rows: Any) -> int:
    """Set a party's pieces, and the turns of their orders. Returns the number of pieces."""
    order, better = ranked.order, ranked.better
    runs, alike = shared.runs, rows.alike
    pieces = rows.pieces[shared.run_starts[party] : shared.run_starts[party + 1]]
    own = shared.lengths[party]
    kept = 0
    for context in range(shared.contexts[party], shared.contexts[party + 1]):
        start = shared.nodes[party] + (context - shared.contexts[party]) * own
        alike[context] = -1
        size = 0
        while size < own and order[start + size] >= 0:
            size += 1
        if size == 0 or better[start + order[start + size - 1]] == 0:
            continue
        alike[context] = start
        # Those kept stand where pieces will.
        for earlier in range(kept):
            if _same_order(pieces[earlier, 2], start, own, ranked):
                alike[context] = pieces[earlier, 2]
                break
        if alike[context] == start:
            pieces[kept, 2] = start
            kept += 1
            _set_turns(party, start, shared, ranked, rows.turns)
    count = 0
    current = -1
    line = beside = 0
    for run in range(shared.run_starts[party], shared.run_starts[party + 1]):
        start = alike[runs[run, 2]]
        apart = runs[run, 3]
        if start == current and not apart:
            if current >= 0:
                pieces[count - 1, 1] += runs[run, 1]
                pieces[count - 1, 4] |= ranked.undecided[runs[run, 2]]
            continue
        if apart:
            if apart == 1:
                count = _side_by_side(pieces, line, beside, count)
                line = count
            beside = count
        current = start
        if current >= 0:
            pieces[count, 0] = runs[run, 0]
            pieces[count, 1] = runs[run, 1]
            pieces[count, 2] = current
            pieces[count, 3] = 1
            pieces[count, 4] = ranked.undecided[runs[run, 2]]
            count += 1
    return _side_by_side(pieces, line, beside, count)


@kernel_part
def _fill(first: Any, last: Any, shared: Any, ranked: Any, rows: Any) -> None:
    """Set what each node adds to rows, for some pairs, and the masks."""
    rows.parts[:] = 0
    rows.bars[:] = 0
    rows.masks[:] = 0
    for party in range(len(shared.lengths)):
        rows.masks[party * WIDTH + _KNOWN] -= 1
    for pair in range(first, last):
        party, base = rows.pairs[pair, 0], rows.pairs[pair, 1]
        lane = 2 * (pair - first)
        rows.masks[party * WIDTH + lane] -= 1
        rows.masks[party * WIDTH + lane + 1] -= 1
        _fill_pair(party, base, lane, shared, ranked, rows)


@kernel_part
def _fill_pair(party: Any, base: Any, lane: Any, shared: Any, ranked: Any, rows: Any) -> None:
    """Set a party's two numbers, and what is known, in the row of each of its nodes.

    The numbers are levels above a base. Levels up to the least that matters for an own
    combination count as 0, and all above the greatest as one. Sets `bars` too, rows like these:
    the level above the base that an improvement must keep above to be made. It is beyond all
    levels where the party has no improvement, or the level is that of another base.
    """
    ranks, best, known = ranked.ranks, ranked.best, ranked.known
    level, spans = ranked.level[party], ranked.spans[party]
    own = shared.lengths[party]
    first = shared.nodes[party]
    for node in range(first, shared.nodes[party + 1]):
        rows.parts[node * WIDTH + _KNOWN] = known[node]
        if ranks[node] < 0:
            continue
        bar = level[ranks[node]] - base
        if not known[node] & NASH or not 0 <= bar < _LEVELS:
            bar = _LEVELS + 1
        a = (node - first) % own
        for number in range(2):
            value = level[best[node]] if number else level[ranks[node]]
            if spans[a, 1] < 0 or value <= level[spans[a, 0]]:
                value = 0
            else:
                value = min(value, level[spans[a, 1]] + 1)
            rows.parts[node * WIDTH + lane + number] = min(max(value - base, 0), _LEVELS)
            rows.bars[node * WIDTH + lane + number] = bar


@kernel_part
def _begin(shared: Any, rows: Any) -> None:
    """Set the values that states have before anyone responds, and what is known of them."""
    values, joins, join_at = rows.values, shared.joins, shared.join_at
    places = join_at.shape[1]
    for row in range(2 * len(joins)):
        gather_one(rows.joined_parts, row, rows.parts, joins, 2 * row, 2)
        gather_one(rows.joined_bars, row, rows.bars, joins, 2 * row, 2)
    for two in range(len(join_at)):
        gather_two(values, 2 * two, rows.joined_parts, join_at, two * places, places)
    for position in range(len(rows.unstable)):
        rows.unstable[position] |= values[position * WIDTH + _KNOWN]


@kernel_part
def _respond_until_quiet(shared: Any, rows: Any) -> None:
    """Let all parties respond by improvements, one after the other, until no value falls."""
    parties = len(shared.lengths)
    seen = rows.seen
    seen[:] = 0
    rows.fallen[:] = 1
    now = 1
    quiet = 0
    mover = 0
    while quiet < parties:
        now += 1
        quiet = 0 if _respond(mover, shared, rows, seen[mover], now) else quiet + 1
        seen[mover] = now
        mover = (mover + 1) % parties


@kernel_part
def _respond(party: Any, shared: Any, rows: Any, seen: Any, now: Any) -> bool:
    """Let one party respond wherever a value fell since, in place.

    Returns whether any value fell.
    """
    turns, fell, fallen = rows.turns, rows.fell, rows.fallen
    pieces = rows.pieces[shared.run_starts[party] :]
    step, inner = shared.steps[party], shared.inners[party]
    own = shared.lengths[party]
    any_fell = False
    for piece in range(rows.sizes[party]):
        first = np.int64(pieces[piece, 0])
        count = np.int64(pieces[piece, 1])
        start = np.int64(pieces[piece, 2])
        unit = np.int64(pieces[piece, 3])
        length = (count - 1) * step + unit
        wanted = False
        before = -1
        for a in range(own):
            low = (first + a * inner) // _BLOCK
            high = (first + a * inner + length - 1) // _BLOCK
            for block in range(max(low, before + 1), high + 1):
                if fallen[block] > seen:
                    wanted = True
                    break
            if wanted:
                break
            before = high
        if not wanted:
            continue
        for k in range(shared.kinds[party]):
            size = _number_of_turns(turns, k, start, own)
            fell[:size] = 0
            respond(
                rows.values, first, count, step, unit, turns, k * turns.shape[1] + start, size,
                rows.masks, party, fell,
            )  # fmt: skip
            for turn in range(size):
                if fell[turn]:
                    any_fell = True
                    at = first + turns[k, start + turn] // 4
                    for block in range(at // _BLOCK, (at + length - 1) // _BLOCK + 1):
                        fallen[block] = now
    return any_fell


@kernel_part
def _rise(party: Any, shared: Any, rows: Any) -> None:
    """Set a party's values to the highest that its improvements lead to, in place.

    Groups for whose states SEQ is settled are left as they are.
    """
    turns = rows.turns
    pieces = rows.pieces[shared.run_starts[party] :]
    for piece in range(rows.sizes[party]):
        if not pieces[piece, 4]:
            continue
        first = np.int64(pieces[piece, 0])
        count = np.int64(pieces[piece, 1])
        start = np.int64(pieces[piece, 2])
        unit = np.int64(pieces[piece, 3])
        for k in range(shared.kinds[party]):
            size = _number_of_turns(turns, k, start, shared.lengths[party])
            rise(
                rows.values, first, count, shared.steps[party], unit, turns,
                k * turns.shape[1] + start, size, rows.masks, party,
            )  # fmt: skip


@kernel_part
def _settle_open(shared: Any, rows: Any) -> None:
    """Settle SEQ and SSEQ where they are open, once values have risen."""
    unstable, open_at, join_at = rows.unstable, rows.open_at, shared.join_at
    places = join_at.shape[1]
    left = 0
    for two in range(len(join_at)):
        open_at[left] = two
        one, other = unstable[2 * two], unstable[2 * two + 1]
        left += (one & (NASH | SEQ) == NASH) | (other & (NASH | SEQ) == NASH)
    for number in range(left):
        two = int(open_at[number])
        bits = above(rows.values, 2 * two, rows.joined_bars, join_at, two * places, places)
        # No branch: which way it goes cannot be told in advance, which costs more.
        # A state for which SEQ is settled stays as it is.
        unstable[2 * two] |= (bits & _SEQ_BITS != 0) * (SEQ | SSEQ)
        unstable[2 * two] |= (bits & _SSEQ_BITS != 0) * SSEQ
        bits >>= WIDTH
        unstable[2 * two + 1] |= (bits & _SEQ_BITS != 0) * (SEQ | SSEQ)
        unstable[2 * two + 1] |= (bits & _SSEQ_BITS != 0) * SSEQ
