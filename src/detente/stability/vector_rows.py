"""Rows of eight numbers, which a processor works on at once; see :mod:`.vector_operations`."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

__all__ = ["BLOCK", "empty_rows"]

BLOCK = 8
"""Numbers in a row."""

# Bytes that lie together in a processor's cache: a row that begins there is read in one go.
_ALIGNED = 64

_Number = TypeVar("_Number", bound=np.generic)


def empty_rows(rows: int, kind: type[_Number]) -> NDArray[_Number]:
    """Rows of zeros, shape (rows, BLOCK), from where a processor reads them with least trouble."""
    size = np.dtype(kind).itemsize
    room = np.zeros(rows * BLOCK + _ALIGNED // size, dtype=kind)
    start = -room.ctypes.data % _ALIGNED // size
    return room[start : start + rows * BLOCK].reshape(rows, BLOCK)
