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
from detente.robustness.engine.immediate import LANES, Ranked
from detente.robustness.engine.lanes import (
    HIGHEST,
    PAIRS,
    WIDTH,
    respond,
    rise,
    settle_line,
    weave,
)
from detente.robustness.engine.shared import LINE, Shared
from detente.space.compiling import kernel_part

__all__ = ["Rows", "new_rows", "settle_rows"]

# The last number of a row is what is known of the state; the first are pairs, for SEQ and SSEQ.
_KNOWN = WIDTH - 1

# Levels that a number tells apart; a party with more of them has more pairs.
_LEVELS = 254

# Bytes that a processor loads at once at most, and that lie together in its cache.
_ALIGNED = 64

# Positions of which it is noted together when one of their values last fell: two lines.
_BLOCK = 2 * LINE

# Positions of lines that are worked on together.
_LONGEST = 256


class Rows(NamedTuple):
    """Rows of numbers, and what is needed to work on them.

    Attributes
    ----------
    values
        The row of each position.
    unstable
        Shape (draws, positions): the concepts under which some party moves from each position, as
        bits.
    node_words
        What each node adds to the rows of its positions: see :func:`_set_words`. One more is 0.
    words
        The words of each party's lines, for one pair after the other; one more line is of nothing
        but 0. See :func:`detente.robustness.engine.lanes.weave`.
    bases, columns
        Where the words of each pair start, and which party's they are.
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
    undecided
        For each line of positions, for which pairs SEQ is open in it, as bits; see
        :func:`detente.robustness.engine.lanes.weave`.
    least, most
        For each own combination of one party, the least level that matters, and one above the
        greatest.
    longest_first
        The parties, those with the longest axes first.
    """

    values: NDArray[np.uint8]
    unstable: NDArray[np.uint8]
    node_words: NDArray[np.uint32]
    words: NDArray[np.uint32]
    bases: NDArray[np.int64]
    columns: NDArray[np.int64]
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
    undecided: NDArray[np.uint8]
    least: NDArray[np.int32]
    most: NDArray[np.int32]
    longest_first: NDArray[np.int64]


def new_rows(shared: Shared, ranked: Ranked) -> Rows:
    """Make room for the rows of a draw."""
    nodes = len(shared.classes)
    parties = len(shared.lengths)
    positions = LINE * len(shared.lines)
    most_lines = int(np.diff(shared.line_starts).max())
    return Rows(
        values=_room(positions),
        unstable=np.empty((LANES, positions), dtype=np.uint8),
        node_words=np.zeros(nodes + 1, dtype=np.uint32),
        words=_room((PAIRS * most_lines + 1) * LINE // 4).view(np.uint32),
        bases=np.empty(PAIRS, dtype=np.int64),
        columns=np.empty(PAIRS, dtype=np.int64),
        masks=_room(2 * parties),
        pairs=np.empty((parties * (1 + ranked.level.shape[1] // _LEVELS), 2), dtype=np.int64),
        pieces=np.empty((shared.run_starts[-1], 5), dtype=np.int32),
        sizes=np.zeros(parties, dtype=np.int64),
        alike=np.empty(shared.contexts[-1], dtype=np.int32),
        turns=np.empty((shared.kinds.max(), nodes), dtype=np.int32),
        fell=np.empty(shared.lengths.max(), dtype=np.uint8),
        bits=np.empty(parties, dtype=np.uint64),
        again=np.empty(parties, dtype=np.uint64),
        waiting=np.empty(positions // _BLOCK + 1, dtype=np.uint64),
        undecided=np.empty(len(shared.lines), dtype=np.uint8),
        least=np.empty(shared.lengths.max(), dtype=np.int32),
        most=np.empty(shared.lengths.max(), dtype=np.int32),
        longest_first=np.argsort(-shared.lengths, kind="stable"),
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
    unstable = rows.unstable[lane]
    unstable[:] = 0 if sequential else SEQ | SSEQ
    for first in range(0, number_of_pairs, PAIRS):
        last = min(first + PAIRS, number_of_pairs)
        _fill(first, last, lane, shared, ranked, rows)
        _begin(unstable, shared, rows)
        if sequential:
            _respond_until_quiet(shared, rows)
            for party in range(rows.pairs[first, 0], rows.pairs[last - 1, 0] + 1):
                pairs = 0
                for pair in range(first, last):
                    pairs |= int(rows.pairs[pair, 0] == party) << (pair - first)
                _rise(party, pairs, shared, rows)
            _settle_open(unstable, shared, rows)
    for position in shared.infeasible:
        unstable[position] = EVERY


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
def _join_lines(pieces: Any, count: Any, inner: Any, step: Any) -> int:
    """Join the last piece to the one before it, if both are whole lines in the same order.

    Returns how many pieces there are then.
    """
    if count < 2:
        return int(count)
    one, other = pieces[count - 2], pieces[count - 1]
    if one[2] != other[2] or one[3] != inner or other[3] != inner:
        return int(count)
    lines = one[1] + other[1]
    if lines * step > _LONGEST or one[0] + one[1] * step != other[0]:
        return int(count)
    one[1] = lines
    one[4] |= other[4]
    return int(count) - 1


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
    inner = shared.inners[party]
    # Groups that begin side by side are one unit.
    along = shared.steps[party] == 1
    grows = 3 if along else 1
    for run in range(shared.run_starts[party], shared.run_starts[party + 1]):
        start = alike[runs[run, 2]]
        apart = runs[run, 3]
        if start == current and not apart:
            if current >= 0:
                pieces[count - 1, grows] += runs[run, 1]
                pieces[count - 1, 4] |= ranked.undecided[runs[run, 2], lane]
            continue
        if apart:
            if along:
                count = _join_lines(pieces, count, inner, own * inner)
            elif apart == 1:
                count = _side_by_side(pieces, line, beside, count)
                line = count
            beside = count
        current = start
        if current >= 0:
            pieces[count, 0] = runs[run, 0]
            pieces[count, 1] = pieces[count, 3] = 1
            pieces[count, grows] = runs[run, 1]
            pieces[count, 2] = current
            pieces[count, 4] = ranked.undecided[runs[run, 2], lane]
            count += 1
    if along:
        return _join_lines(pieces, count, inner, own * inner)
    return _side_by_side(pieces, line, beside, count)


@kernel_part
def _fill(first: Any, last: Any, draw: Any, shared: Any, ranked: Any, rows: Any) -> None:
    """Set the words of lines, for some pairs, and the masks."""
    parties = len(shared.lengths)
    rows.masks[:] = 0
    for party in range(parties):
        rows.masks[party * WIDTH + _KNOWN] -= 1
    end = 0
    for pair in range(first, last):
        party, base = rows.pairs[pair, 0], rows.pairs[pair, 1]
        lane = 2 * (pair - first)
        for own in (party, parties + party):
            rows.masks[own * WIDTH + lane] -= 1
            rows.masks[own * WIDTH + lane + 1] -= 1
        _set_words(party, base, draw, shared, ranked, rows)
        rows.bases[pair - first] = end
        rows.columns[pair - first] = party
        end = _set_lines(party, end, shared, rows)
    for pair in range(last - first, PAIRS):
        rows.bases[pair] = end
        rows.columns[pair] = parties
    rows.words[end * LINE : (end + 1) * LINE] = 0


@kernel_part
def _set_lines(party: Any, first: Any, shared: Any, rows: Any) -> int:
    """Set the words of a party's lines from the first line of words on. Returns where they end."""
    line_nodes, words = shared.line_nodes, rows.words
    start = shared.line_starts[party]
    count = shared.line_starts[party + 1] - start
    for line in range(count):
        for place in range(LINE):
            word = rows.node_words[line_nodes[start + line, place]]
            words[(first + line) * LINE + place] = word
    return int(first + count)


@kernel_part
def _set_words(party: Any, base: Any, draw: Any, shared: Any, ranked: Any, rows: Any) -> None:
    """Set a party's two numbers, its bar, and what is known, in the word of each of its nodes.

    The numbers are levels above a base. Levels up to the least that matters for an own
    combination count as 0, and all above the greatest as one. The bar is the level above the base
    that an improvement must keep above to be made. It is beyond all levels where the party has no
    improvement, or the level is that of another base.
    """
    ranks, best, known = ranked.ranks[:, draw], ranked.best[:, draw], ranked.known[:, draw]
    level, spans = ranked.level[party], ranked.spans[party, :, :, draw]
    own = shared.lengths[party]
    least, most = rows.least, rows.most
    for a in range(own):
        # Where no level matters, none lies above the least.
        least[a] = level[spans[a, 0]] if spans[a, 1] >= 0 else HIGHEST
        most[a] = level[spans[a, 1]] + 1 if spans[a, 1] >= 0 else 0
    for start in range(shared.nodes[party], shared.nodes[party + 1], own):
        for a in range(own):
            node = start + a
            if ranks[node] < 0:
                # No line has it.
                continue
            bar = level[ranks[node]] - base
            if not known[node] & NASH or not 0 <= bar < _LEVELS:
                bar = _LEVELS + 1
            word = np.int64(known[node]) << 24 | bar << 16
            for number in range(2):
                value = level[best[node]] if number else level[ranks[node]]
                value = min(value, most[a]) if value > least[a] else 0
                word |= min(max(value - base, 0), _LEVELS) << 8 * number
            rows.node_words[node] = word


@kernel_part
def _begin(unstable: Any, shared: Any, rows: Any) -> None:
    """Set the values that states have before anyone responds, what is known, and what is open."""
    weave(
        rows.values, unstable, rows.undecided, rows.words, rows.bases, rows.columns,
        shared.lines, shared.lines.shape[1], len(shared.lines),
    )  # fmt: skip


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
    """Let all parties respond by improvements, one after the other, until no value falls.

    Values are the same in the end whatever the order. Those with the most own combinations come
    first: they tend to lower the most values, and others then respond to these at once.
    """
    every = np.uint64(0)
    for party in range(len(shared.lengths)):
        every |= rows.bits[party]
    rows.waiting[:] = every
    pending = every
    while pending:
        for party in rows.longest_first:
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
    own, inner = shared.lengths[party], shared.inners[party]
    step = own * inner
    any_fell = False
    for piece in range(rows.sizes[party]):
        first = np.int64(pieces[piece, 0])
        count = np.int64(pieces[piece, 1])
        start = np.int64(pieces[piece, 2])
        unit = np.int64(pieces[piece, 3])
        length = (count - 1) * step + unit
        if not _any_waits(bit, first, length, inner, own, waiting):
            continue
        any_here = False
        for k in range(shared.kinds[party]):
            size = _number_of_turns(turns, k, start, own)
            fell[:size] = 0
            respond(
                rows.values, first, count, step, unit, turns, k * turns.shape[1] + start, size,
                rows.masks, party, fell,
            )  # fmt: skip
            for turn in range(size):
                if fell[turn]:
                    any_here = True
                    if count == 1:
                        at = first + turns[k, start + turn] // 4
                        _let_wait(again, at, length, waiting)
        if any_here:
            any_fell = True
            if count > 1:
                # The parts of several units lie in nearly the same blocks.
                _let_wait(again, first, length + (own - 1) * inner, waiting)
    return any_fell


@kernel_part
def _let_wait(parties: Any, first: Any, length: Any, waiting: Any) -> None:
    """Let the blocks of some positions wait for parties."""
    for block in range(first // _BLOCK, (first + length - 1) // _BLOCK + 1):
        waiting[block] |= parties


@kernel_part
def _any_waits(bit: Any, first: Any, length: Any, inner: Any, own: Any, waiting: Any) -> bool:
    """Whether a block of a piece waits, whose `own` parts begin `inner` positions apart."""
    parts = own
    if length + _BLOCK > inner:
        # No block lies between the parts.
        parts, length = 1, length + (own - 1) * inner
    for part in range(parts):
        begin = first + part * inner
        for block in range(begin // _BLOCK, (begin + length - 1) // _BLOCK + 1):
            if waiting[block] & bit:
                return True
    return False


@kernel_part
def _any_open(pairs: Any, first: Any, length: Any, inner: Any, own: Any, undecided: Any) -> bool:
    """Whether SEQ is open for some pairs near a piece, whose `own` parts begin `inner` apart."""
    for a in range(own):
        begin = first + a * inner
        for line in range(begin // LINE, (begin + length - 1) // LINE + 1):
            if undecided[line] & pairs:
                return True
    return False


@kernel_part
def _rise(party: Any, pairs: Any, shared: Any, rows: Any) -> None:
    """Set a party's values to the highest that its improvements lead to, in place.

    Groups for whose states SEQ is settled are left as they are.
    """
    turns = rows.turns
    pieces = rows.pieces[shared.run_starts[party] :]
    own, inner = shared.lengths[party], shared.inners[party]
    step = own * inner
    for piece in range(rows.sizes[party]):
        first = np.int64(pieces[piece, 0])
        count = np.int64(pieces[piece, 1])
        start = np.int64(pieces[piece, 2])
        unit = np.int64(pieces[piece, 3])
        length = (count - 1) * step + unit
        if not pieces[piece, 4] or not _any_open(pairs, first, length, inner, own, rows.undecided):
            continue
        for k in range(shared.kinds[party]):
            size = _number_of_turns(turns, k, start, own)
            rise(
                rows.values, first, count, step, unit, turns,
                k * turns.shape[1] + start, size, rows.masks, len(shared.lengths) + party,
            )  # fmt: skip


@kernel_part
def _settle_open(unstable: Any, shared: Any, rows: Any) -> None:
    """Settle SEQ and SSEQ, once values have risen.

    Where SEQ is settled, a value that lies above tells nothing that is not known.
    """
    for line in range(len(shared.lines)):
        if rows.undecided[line]:
            settle_line(
                unstable, rows.values, rows.words, rows.bases, rows.columns, shared.lines,
                shared.lines.shape[1], line,
            )  # fmt: skip
