"""Draws that have ended and wait to be kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic
from typing import Generic, Protocol, TypeVar

from detente.robustness.draws import CHUNK

__all__ = ["Unkept"]

# What has been waiting for so many seconds is kept with the next draws that end.
_WAIT = 5.0


class _Rows(Protocol):
    """Some consecutive draws: those from number `first` on, from 0, and before number `last`."""

    @property
    def first(self) -> int: ...

    @property
    def last(self) -> int: ...


_R = TypeVar("_R", bound=_Rows)


class Unkept(Generic[_R]):
    """Draws that have ended and wait to be kept, so that there are not too many small files.

    Parameters
    ----------
    write
        Keeps draws that follow one on another.
    joined
        Makes one of them.
    """

    def __init__(self, write: Callable[[_R], None], joined: Callable[[Sequence[_R]], _R]) -> None:
        self._write = write
        self._joined = joined
        self._waiting: list[_R] = []
        self._since = 0.0

    def add(self, rows: _R) -> None:
        """Take up draws, and keep what waits where a chunk ends or some seconds have passed."""
        if self._waiting and self._waiting[-1].last != rows.first:
            self.keep()
        if not self._waiting:
            self._since = monotonic()
        self._waiting.append(rows)
        if rows.last % CHUNK == 0 or monotonic() - self._since > _WAIT:
            self.keep()

    def keep(self) -> None:
        """Keep what waits."""
        if self._waiting:
            self._write(self._joined(self._waiting))
            self._waiting = []
