"""The operations of :mod:`detente.robustness.engine.lanes` in plain NumPy.

They say what the instructions written there do, and tests compare the two. They are far slower,
and nothing else calls them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

__all__ = ["above", "gather", "ones", "respond", "rise"]

WIDTH = 16
"""Numbers in a row, as in :mod:`~detente.robustness.engine.lanes`."""

Row = NDArray[np.unsignedinteger]
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
