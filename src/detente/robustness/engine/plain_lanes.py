"""The operations of :mod:`detente.robustness.engine.lanes` in plain NumPy.

They say what the instructions written there do, and tests compare the two. They are far slower,
and nothing else calls them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

__all__ = ["above", "compare", "gather", "ones", "respond", "rise", "settle", "span"]

WIDTH = 16
"""Numbers in a row, as in :mod:`~detente.robustness.engine.lanes`."""

NASH, GMR, SMR, SEQ, SSEQ = 1, 2, 4, 8, 16
HIGHEST = 2**15 - 1

Row = NDArray[np.unsignedinteger]
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


def _joined(parts: Row, places: Places, first: int, count: int, unit: int) -> Row:
    """All the bits of units of rows at `count` places."""
    units = parts.reshape(-1, unit, WIDTH)
    told = units[places.reshape(-1)[first : first + count]]
    joined: Row = np.bitwise_or.reduce(told, axis=0)
    return joined


def gather(
    to: Row, row: int, parts: Row, places: Places, first: int, count: int, *, unit: int
) -> None:
    """Set one row or two to all the bits of some of `parts`.

    The operands are those of :func:`detente.robustness.engine.lanes.gather_one`, and of
    ``gather_two`` where `unit` is 2.
    """
    _rows(to)[row : row + unit] = _joined(parts, places, first, count, unit)


def above(values: Row, row: int, parts: Row, places: Places, first: int, count: int) -> int:
    """Which numbers of two rows are above those that :func:`gather` would set them to, as bits."""
    higher = _rows(values)[row : row + 2] > _joined(parts, places, first, count, 2)
    return sum(1 << place for place in np.flatnonzero(higher).tolist())


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
