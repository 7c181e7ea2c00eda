"""SEQ and SSEQ in one draw, for all states and several focal parties at once.

Each state has a row of numbers. The values of focal parties, under SEQ and under SSEQ, stand side
by side in it, so that one pass over a mover's improvements serves them all; and passes go over
runs of groups at once.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.robustness.engine.concept_bits import EVERY, NASH, SEQ, SSEQ
from detente.robustness.engine.immediate import Ranked
from detente.robustness.engine.lanes import (
    HIGHEST,
    WIDTH,
    above,
    gather_one,
    gather_two,
    respond,
    rise,
)
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
        A row for each party, with bits where the values are its own, or no values; then as many
        with bits where they are its own.
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
    bits
        A bit for each party that has pieces, and 0 for others.
    again
        Which parties are to respond again where this party's response lowered a value, as bits.
    waiting
        For each block of positions, which parties are to respond to it, as bits.
    open_blocks
        For each block of positions, whether SEQ is open for some of them: a party has an
        improvement, and no party moves under GMR.
    least, most
        For each own combination of one party, the least level that matters, and one above the
        greatest.
    above, known
        For each position, which of its values lie above the level that matters, as bits, and what
        is known of it.
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
    bits: NDArray[np.uint64]
    again: NDArray[np.uint64]
    waiting: NDArray[np.uint64]
    open_blocks: NDArray[np.bool_]
    least: NDArray[np.int32]
    most: NDArray[np.int32]
    above: NDArray[np.uint16]
    known: NDArray[np.uint8]


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
        masks=_room(2 * parties),
        pairs=np.empty((parties * (1 + ranked.level.shape[1] // _LEVELS), 2), dtype=np.int64),
        pieces=np.empty((shared.run_starts[-1], 5), dtype=np.int32),
        sizes=np.zeros(parties, dtype=np.int64),
        alike=np.empty(shared.contexts[-1], dtype=np.int32),
        turns=np.empty((shared.kinds.max(), nodes), dtype=np.int32),
        fell=np.empty(shared.lengths.max(), dtype=np.uint8),
        bits=np.empty(parties, dtype=np.uint64),
        again=np.empty(parties, dtype=np.uint64),
        waiting=np.empty(2 * twos // _BLOCK + 1, dtype=np.uint64),
        open_blocks=np.empty(2 * twos // _BLOCK + 1, dtype=np.bool_),
        least=np.empty(shared.lengths.max(), dtype=np.int32),
        most=np.empty(shared.lengths.max(), dtype=np.int32),
        above=np.empty(2 * twos, dtype=np.uint16),
        known=np.empty(2 * twos, dtype=np.uint8),
    )


def _room(rows: int) -> NDArray[np.uint8]:
    """Room for rows, from where a processor loads several of them at once with least trouble."""
    room = np.zeros(rows * WIDTH + _ALIGNED, dtype=np.uint8)
    start = -room.ctypes.data % _ALIGNED
    return room[start : start + rows * WIDTH]


@kernel_part
def settle_rows(lane: int, sequential: bool, shared: Any, ranked: Any, rows: Any) -> None:
    """Set the concepts under which some party moves from each position, in one of the draws.

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
            rows.sizes[party] = _list_pieces(party, lane, shared, ranked, rows)
    if sequential:
        _set_again(shared, rows)
    rows.unstable[:] = 0 if sequential else SEQ | SSEQ
    for first in range(0, number_of_pairs, _PAIRS):
        last = min(first + _PAIRS, number_of_pairs)
        _fill(first, last, lane, shared, ranked, rows)
        _begin(shared, rows)
        if sequential:
            _respond_until_quiet(shared, rows)
            for party in range(rows.pairs[first, 0], rows.pairs[last - 1, 0] + 1):
                _rise(party, shared, rows)
            _settle_open(shared, rows)
        else:
            _settle_known(rows)
    for position in shared.infeasible:
        rows.unstable[position] = EVERY


@kernel_part
def _same_order(one: Any, other: Any, own: Any, lane: Any, ranked: Any) -> bool:
    order, better = ranked.order, ranked.better[:, lane]
    for q in range(own):
        if order[one + q] != order[other + q] or better[one + q] != better[other + q]:
            return False
    return True


@kernel_part
def _set_turns(party: Any, start: Any, lane: Any, shared: Any, ranked: Any, turns: Any) -> None:
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
            better = ranked.better[start + a, lane]
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
def _list_pieces(party: Any, lane: Any, shared: Any, ranked: Any, rows: Any) -> int:
    """Set a party's pieces, and the turns of their orders. Returns the number of pieces."""
    order, better = ranked.order, ranked.better[:, lane]
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
            if _same_order(pieces[earlier, 2], start, own, lane, ranked):
                alike[context] = pieces[earlier, 2]
                break
        if alike[context] == start:
            pieces[kept, 2] = start
            kept += 1
            _set_turns(party, start, lane, shared, ranked, rows.turns)
    count = 0
    current = -1
    line = beside = 0
    for run in range(shared.run_starts[party], shared.run_starts[party + 1]):
        start = alike[runs[run, 2]]
        apart = runs[run, 3]
        if start == current and not apart:
            if current >= 0:
                pieces[count - 1, 1] += runs[run, 1]
                pieces[count - 1, 4] |= ranked.undecided[runs[run, 2], lane]
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
            pieces[count, 4] = ranked.undecided[runs[run, 2], lane]
            count += 1
    return _side_by_side(pieces, line, beside, count)


@kernel_part
def _fill(first: Any, last: Any, draw: Any, shared: Any, ranked: Any, rows: Any) -> None:
    """Set what each node adds to rows, for some pairs, and the masks."""
    rows.parts[:] = 0
    rows.bars[:] = 0
    rows.masks[:] = 0
    for party in range(len(shared.lengths)):
        rows.masks[party * WIDTH + _KNOWN] -= 1
    for pair in range(first, last):
        party, base = rows.pairs[pair, 0], rows.pairs[pair, 1]
        lane = 2 * (pair - first)
        for own in (party, len(shared.lengths) + party):
            rows.masks[own * WIDTH + lane] -= 1
            rows.masks[own * WIDTH + lane + 1] -= 1
        _fill_pair(party, base, lane, draw, shared, ranked, rows)


@kernel_part
def _fill_pair(
    party: Any, base: Any, lane: Any, draw: Any, shared: Any, ranked: Any, rows: Any
) -> None:
    """Set a party's two numbers, and what is known, in the row of each of its nodes.

    The numbers are levels above a base. Levels up to the least that matters for an own
    combination count as 0, and all above the greatest as one. Sets `bars` too, rows like these:
    the level above the base that an improvement must keep above to be made. It is beyond all
    levels where the party has no improvement, or the level is that of another base.
    """
    ranks, best, known = ranked.ranks[:, draw], ranked.best[:, draw], ranked.known[:, draw]
    level, spans = ranked.level[party], ranked.spans[party, :, :, draw]
    own = shared.lengths[party]
    first = shared.nodes[party]
    least, most = rows.least, rows.most
    for a in range(own):
        # Where no level matters, none lies above the least.
        least[a] = level[spans[a, 0]] if spans[a, 1] >= 0 else HIGHEST
        most[a] = level[spans[a, 1]] + 1 if spans[a, 1] >= 0 else 0
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
            value = min(value, most[a]) if value > least[a] else 0
            rows.parts[node * WIDTH + lane + number] = min(max(value - base, 0), _LEVELS)
            rows.bars[node * WIDTH + lane + number] = bar


@kernel_part
def _begin(shared: Any, rows: Any) -> None:
    """Set the values that states have before anyone responds, what is known, and what is open."""
    values, joins, join_at = rows.values, shared.joins, shared.join_at
    places = join_at.shape[1]
    for row in range(2 * len(joins)):
        gather_one(rows.joined_parts, row, rows.parts, joins, 2 * row, 2)
        gather_one(rows.joined_bars, row, rows.bars, joins, 2 * row, 2)
    rows.open_blocks[:] = False
    for two in range(len(join_at)):
        gather_two(values, 2 * two, rows.joined_parts, join_at, two * places, places)
        known, other = values[2 * two * WIDTH + _KNOWN], values[(2 * two + 1) * WIDTH + _KNOWN]
        rows.known[2 * two] = known
        rows.known[2 * two + 1] = other
        if _is_open(known) or _is_open(other):
            rows.open_blocks[2 * two // _BLOCK] = True


@kernel_part
def _set_again(shared: Any, rows: Any) -> None:
    """Set which parties are to respond again to another's responses.

    Where neither party's order hangs on the other's options, their responses can change places.
    Once one of them has responded to all there is, values that the other lowers give it no reason
    to respond once more.
    """
    bits, again = rows.bits, rows.again
    parties = len(shared.lengths)
    bit = np.uint64(1)
    for party in range(parties):
        again[party] = 0
        bits[party] = 0
        if rows.sizes[party]:
            bits[party] = bit
            bit <<= np.uint64(1)
    for party in range(parties):
        for other in range(parties):
            if _hangs_on(party, other, shared, rows.alike):
                again[party] |= bits[other]
                again[other] |= bits[party]


@kernel_part
def _hangs_on(party: Any, other: Any, shared: Any, alike: Any) -> bool:
    """Whether the order of a party's own combinations depends on another party's options."""
    pair = party * len(shared.lengths) + other
    for two in range(shared.neighbour_starts[pair], shared.neighbour_starts[pair + 1]):
        if alike[shared.neighbours[two, 0]] != alike[shared.neighbours[two, 1]]:
            return True
    return False


@kernel_part
def _respond_until_quiet(shared: Any, rows: Any) -> None:
    """Let all parties respond by improvements, one after the other, until no value falls."""
    every = np.uint64(0)
    for party in range(len(shared.lengths)):
        every |= rows.bits[party]
    rows.waiting[:] = every
    pending = every
    while pending:
        for party in range(len(shared.lengths)):
            bit = rows.bits[party]
            if pending & bit:
                pending &= ~bit
                # Of one that is still to respond it is not known that it need not do so here.
                again = rows.again[party] | pending
                if _respond(party, again, shared, rows):
                    pending |= again
                for block in range(len(rows.waiting)):
                    rows.waiting[block] &= ~bit


@kernel_part
def _respond(party: Any, again: Any, shared: Any, rows: Any) -> bool:
    """Let one party respond to all blocks that wait for it, in place.

    Blocks in which a value falls wait for those parties `again`. Returns whether any value fell.
    """
    turns, fell, waiting = rows.turns, rows.fell, rows.waiting
    bit = rows.bits[party]
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
                if waiting[block] & bit:
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
                        waiting[block] |= again
    return any_fell


@kernel_part
def _is_open(known: Any) -> bool:
    """Whether SEQ is open for a state, by what is known of it; if it is not, SSEQ is not either."""
    return bool(known & (NASH | SEQ) == NASH)


@kernel_part
def _any_open(first: Any, length: Any, inner: Any, own: Any, rows: Any) -> bool:
    """Whether SEQ is open near a piece, whose `own` parts begin `inner` positions apart."""
    for a in range(own):
        begin = first + a * inner
        for block in range(begin // _BLOCK, (begin + length - 1) // _BLOCK + 1):
            if rows.open_blocks[block]:
                return True
    return False


@kernel_part
def _rise(party: Any, shared: Any, rows: Any) -> None:
    """Set a party's values to the highest that its improvements lead to, in place.

    Groups for whose states SEQ is settled are left as they are.
    """
    turns = rows.turns
    pieces = rows.pieces[shared.run_starts[party] :]
    step, inner, own = shared.steps[party], shared.inners[party], shared.lengths[party]
    for piece in range(rows.sizes[party]):
        first = np.int64(pieces[piece, 0])
        count = np.int64(pieces[piece, 1])
        start = np.int64(pieces[piece, 2])
        unit = np.int64(pieces[piece, 3])
        length = (count - 1) * step + unit
        if not pieces[piece, 4] or not _any_open(first, length, inner, own, rows):
            continue
        for k in range(shared.kinds[party]):
            size = _number_of_turns(turns, k, start, own)
            rise(
                rows.values, first, count, step, unit, turns,
                k * turns.shape[1] + start, size, rows.masks, len(shared.lengths) + party,
            )  # fmt: skip


@kernel_part
def _settle_open(shared: Any, rows: Any) -> None:
    """Settle SEQ and SSEQ, once values have risen, and all that is known.

    Where SEQ is settled, a value that lies above tells nothing that is not known.
    """
    unstable = rows.unstable
    rows.above[:] = 0
    for block in range(len(rows.open_blocks)):
        if rows.open_blocks[block]:
            _set_above(block, shared, rows)
    # By itself, so that it is done for many positions at once.
    for position in range(len(unstable)):
        one = rows.above[position]
        seq = (one & _SEQ_BITS != 0) * (SEQ | SSEQ)
        sseq = (one & _SSEQ_BITS != 0) * SSEQ
        unstable[position] |= rows.known[position] | seq | sseq


@kernel_part
def _set_above(block: Any, shared: Any, rows: Any) -> None:
    """Set which values of a block lie above the levels that matter."""
    join_at = shared.join_at
    places = join_at.shape[1]
    for two in range(block * _BLOCK // 2, min((block + 1) * _BLOCK // 2, len(join_at))):
        bits = above(rows.values, 2 * two, rows.joined_bars, join_at, two * places, places)
        rows.above[2 * two] = bits
        rows.above[2 * two + 1] = bits >> WIDTH


@kernel_part
def _settle_known(rows: Any) -> None:
    """Settle all but SEQ and SSEQ."""
    for position in range(len(rows.unstable)):
        rows.unstable[position] |= rows.values[position * WIDTH + _KNOWN]
