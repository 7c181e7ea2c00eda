"""The operations of :mod:`detente.robustness.engine.lanes` in plain NumPy.

They say what the instructions written there do, and tests compare the two. They are far slower,
and nothing else calls them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from detente.robustness.engine.shared import LINE, WOVEN

__all__ = ["compare", "ones", "respond", "rise", "settle", "settle_line", "span", "weave"]

WIDTH, PAIRS = 16, 7
"""Numbers in a row, and pairs, as in :mod:`~detente.robustness.engine.lanes`."""

NASH, GMR, SMR, SEQ, SSEQ = 1, 2, 4, 8, 16
HIGHEST = 2**15 - 1

Row = NDArray[np.unsignedinteger]
Words = NDArray[np.uint32]
Ranks = NDArray[np.int16]
Places = NDArray[np.signedinteger]


def _rows(values: Row) -> Row:
    return values.reshape(-1, WIDTH)


def _turns(turns: Places, at: int, size: int, start: int) -> Iterator[tuple[int, int, bool, bool]]:
    """Number and row of each turn, whether the row is changed, and begins a class of ranks."""
    for number, turn in enumerate(turns[at : at + size].tolist()):
        yield number, start + (turn >> 2), bool(turn & 2), bool(turn & 1)


def respond(
    values: Row,
    first: int,
    count: int,
    step: int,
    unit: int,
    turns: Places,
    at: int,
    size: int,
    masks: Row,
    mask: int,
    fell: NDArray[np.integer],
) -> None:
    """Lower rows to the least of what is preferred to each in its group, and to itself.

    The operands are those of :func:`detente.robustness.engine.lanes.respond`.
    """
    rows, ignored = _rows(values), _rows(masks)[mask]
    for group in range(count):
        bound = np.full((unit, WIDTH), 255, dtype=values.dtype)
        known = bound
        for number, row, changed, begins in _turns(turns, at, size, first + group * step):
            if begins:
                bound = known
            old = rows[row : row + unit].copy()
            known = np.minimum(known, old | ignored)
            if changed:
                new = np.minimum(old, bound)
                rows[row : row + unit] = new
                fell[number] |= bool((new != old).any())


def rise(
    values: Row,
    first: int,
    count: int,
    step: int,
    unit: int,
    turns: Places,
    at: int,
    size: int,
    masks: Row,
    mask: int,
) -> None:
    """Set rows to the highest of what is preferred to each in its group, where the mask has bits.

    The operands are those of :func:`detente.robustness.engine.lanes.rise`.
    """
    rows, wanted = _rows(values), _rows(masks)[mask]
    for group in range(count):
        bound = np.zeros((unit, WIDTH), dtype=values.dtype)
        known = bound
        for _, row, changed, begins in _turns(turns, at, size, first + group * step):
            if begins:
                bound = known
            old = rows[row : row + unit].copy()
            known = np.maximum(known, old)
            if changed:
                rows[row : row + unit] = (old & ~wanted) | (bound & wanted)


def _words_of_line(
    words: Words, bases: Places, columns: Places, lines: Places, width: int, line: int
) -> Words:
    """The words of a line's nodes, shape (pairs, line)."""
    kinds = lines.reshape(-1, width)[line, columns]
    told: Words = words.reshape(-1, LINE)[bases + kinds][:, np.argsort(WOVEN)]
    return told


def weave(
    values: Row,
    unstable: Row,
    undecided: Row,
    words: Words,
    bases: Places,
    columns: Places,
    lines: Places,
    width: int,
    count: int,
) -> None:
    """Set the rows of some lines to the values that the words of their nodes have.

    The operands are those of :func:`detente.robustness.engine.lanes.weave`.
    """
    for line in range(count):
        told = _words_of_line(words, bases, columns, lines, width, line)
        joined = np.bitwise_or.reduce(told >> 24, axis=0)
        rows = _rows(values)[line * LINE : (line + 1) * LINE]
        rows[:] = 0
        for pair, word in enumerate(told):
            rows[:, 2 * pair] = word & 255
            rows[:, 2 * pair + 1] = word >> 8 & 255
        rows[:, -1] = joined
        unstable.reshape(-1, LINE)[line] |= joined.astype(unstable.dtype)
        is_open = joined & (NASH | SEQ) == NASH
        moves = told >> 24 & NASH == NASH
        undecided[line] = sum(1 << pair for pair in np.flatnonzero((moves & is_open).any(axis=1)))


def settle_line(
    unstable: Row,
    values: Row,
    words: Words,
    bases: Places,
    columns: Places,
    lines: Places,
    width: int,
    line: int,
) -> None:
    """Add to what is known of a line where a value lies above what an improvement must keep above.

    The operands are those of :func:`detente.robustness.engine.lanes.settle_line`.
    """
    levels = _words_of_line(words, bases, columns, lines, width, line) >> 16 & 255
    rows = _rows(values)[line * LINE : (line + 1) * LINE, : 2 * PAIRS]
    higher = rows > np.repeat(levels, 2, axis=0).T
    seq, sseq = higher[:, ::2].any(axis=1), higher[:, 1::2].any(axis=1)
    told = np.where(seq, SEQ | SSEQ, 0) | np.where(sseq, SSEQ, 0)
    unstable.reshape(-1, LINE)[line] |= told.astype(unstable.dtype)


def ones(bits: int) -> int:
    """The number of bits that are set."""
    return bits.bit_count()


def compare(
    ranks: Ranks,
    start: int,
    own: int,
    a: int,
    reach: Row,
    better: Ranks,
    before: Ranks,
    best: Ranks,
) -> None:
    """Compare one of a context's combinations with all of them.

    The operands are those of :func:`detente.robustness.engine.lanes.compare`.
    """
    context, mine = ranks[start : start + own], ranks[start + a]
    better[start + a] = (context > mine).sum(axis=0)
    before[start + a] = better[start + a] + (context[:a] == mine).sum(axis=0)
    reached = reach[: own * own].reshape(own, own)[a].astype(np.bool_)
    best[start + a] = np.maximum(mine, context[reached].max(axis=0, initial=-1))


def settle(
    ranks: Ranks,
    start: int,
    own: int,
    a: int,
    reach: Row,
    best: Ranks,
    least: Ranks,
    components: Places,
    known: Row,
    undecided: Row,
    context: int,
    low: Ranks,
    high: Ranks,
) -> None:
    """Settle Nash, GMR and SMR for one of a context's combinations.

    The operands are those of :func:`detente.robustness.engine.lanes.settle`.
    """
    mine, others = ranks[start + a], ranks[start : start + own]
    reached = reach[: own * own].reshape(own, own)[a].astype(np.bool_)
    improvement = reached[:, np.newaxis] & (others > mine)
    # For each combination, the least rank that others leave, for GMR and for SMR.
    left = least.reshape(-1, 2, WIDTH)[components[start : start + own]]
    gmr, smr = (
        np.where(improvement, left[:, which], -1).max(axis=0, initial=-1) > mine
        for which in range(2)
    )
    moves = best[start + a] > mine
    is_open = moves & ~gmr
    known[start + a] = NASH * moves | (GMR | SEQ) * gmr | (SMR | SSEQ) * smr
    undecided[context] |= is_open
    low[a] = np.where(is_open, mine, HIGHEST)
    high[a] = np.where(is_open, mine, -1)


def span(
    ranks: Ranks,
    start: int,
    own: int,
    b: int,
    reach: Row,
    low: Ranks,
    high: Ranks,
    spans: Ranks,
    row: int,
) -> None:
    """Widen the span of one of a context's combinations.

    The operands are those of :func:`detente.robustness.engine.lanes.span`.
    """
    others = ranks[start : start + own]
    reaching = reach[: own * own].reshape(own, own)[:, b].astype(np.bool_)
    worse = reaching[:, np.newaxis] & (others < ranks[start + b])
    spans[row] = np.minimum(spans[row], np.where(worse, low[:own], HIGHEST).min(axis=0))
    spans[row + 1] = np.maximum(spans[row + 1], np.where(worse, high[:own], -1).max(axis=0))
