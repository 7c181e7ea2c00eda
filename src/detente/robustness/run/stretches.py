"""Consecutive draws, as they are shared out, kept and asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from detente.robustness.draws import CHUNK

__all__ = ["Stretch", "cut", "missing"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive draws of one chunk.

    Attributes
    ----------
    first, last
        Number of the first draw, from 0, and the number after that of the last.
    """

    first: int
    last: int

    @property
    def chunk(self) -> int:
        """Number of the chunk."""
        return self.first // CHUNK


def missing(kept: Sequence[Stretch], draws: int) -> list[Stretch]:
    """What is not kept of the first draws, chunk by chunk."""
    found = []
    at = 0
    for one in [*sorted(kept, key=lambda one: one.first), Stretch(draws, draws)]:
        while at < one.first:
            last = min(one.first, (at // CHUNK + 1) * CHUNK)
            found.append(Stretch(at, last))
            at = last
        at = one.last
    return found


def cut(stretches: Iterable[Stretch], size: int) -> Iterator[Stretch]:
    """The same draws in stretches of at most so many."""
    for one in stretches:
        for first in range(one.first, one.last, size):
            yield Stretch(first, min(first + size, one.last))
