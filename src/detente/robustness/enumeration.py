"""Unknown statements, held and reversed in turn: which combination each draw takes.

Combinations are gone through in an order drawn from the seed. In every eight draws in a row, from
the first on, each statement is held in four; in every cycle of as many draws as there are
combinations, each of these comes once. So also few draws are balanced, and many are exact.

A block of eight is a coset of a linear space over two elements (a linear orthogonal array [1]_)
whose generating rows, one for each statement, are drawn among those that are not zero. Two rows are
equal in one of seven cases, where in independent draws two statements would move together along a
block in one of eight; of more than two that is rarer. So the variance of a share is at most 8/7 of
that of as many independent draws, and less where a statement by itself decides.

References
----------
.. [1] A. S. Hedayat, N. J. A. Sloane, J. Stufken, *Orthogonal Arrays: Theory and Applications*
   (1999).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.dispute.shares import Share, share

__all__ = ["Design", "combinations_in_turn"]

# A block of draws in which each statement is held in half is an affine subspace of so many
# dimensions, fewer where there are fewer statements.
_BLOCK_DIMENSIONS = 3

# Of more statements than this there are too many combinations to put into an order.
_MOST_IN_ORDER = 16

# Tells these streams of random numbers from those of chunks of draws.
_STREAM = 2**31


def _cycle_length(unknown: int) -> int | None:
    """In how many draws every combination of so many statements comes once, if in any number."""
    return 2**unknown if unknown <= _MOST_IN_ORDER else None


@dataclass(frozen=True, slots=True)
class Design:
    """How draws are laid out, by which shares of them are told.

    Attributes
    ----------
    unknown
        Number of unknown statements, which are enumerated.
    alone
        Whether nothing else differs between draws, so that as many draws as there are
        combinations tell all.
    """

    unknown: int = 0
    alone: bool = False

    def share(self, held: int, draws: int, level: float = 0.95) -> Share:
        """A share of the first draws with its interval.

        Parameters
        ----------
        held
            In how many of them it holds.
        draws
            Number of draws, at least 1.
        level
            The level of confidence, between 0 and 1.

        Returns
        -------
        Share
            With Wilson's interval for as many independent draws as these are worth at least. Where
            nothing but the unknown statements differs, the interval is that of a sample without
            replacement from all combinations, and from a cycle on it is exact.
        """
        length = _cycle_length(self.unknown)
        rest = draws if length is None else draws % length
        worth = float(draws)
        if self.unknown > _BLOCK_DIMENSIONS:
            worth -= rest / 2**_BLOCK_DIMENSIONS
        if not self.alone or length is None:
            return share(held, draws, level, worth=worth)
        if draws < length:
            found = share(held, draws, level, worth=worth * (length - 1) / (length - draws))
            least, most = held / length, (held + length - draws) / length
            return Share(held, draws, max(found.low, least), min(found.high, most))
        # Each complete cycle has the same number; what is left of the last has from 0 to all.
        cycles = draws // length
        least, most = -(-max(held - rest, 0) // cycles), held // cycles
        return Share(held, draws, least / length, most / length)


def combinations_in_turn(seed: int, unknown: int, first: int, count: int) -> NDArray[np.bool_]:
    """Which unknown statements are reversed in some draws.

    Parameters
    ----------
    seed
        Seed of the whole run.
    unknown
        Number of unknown statements.
    first, count
        Number of the first draw, from 0, and how many.

    Returns
    -------
    numpy.ndarray of bool
        Shape (draws, statements).
    """
    if unknown == 0:
        return np.zeros((count, 0), dtype=np.bool_)
    length = _cycle_length(unknown) or 2**_BLOCK_DIMENSIONS
    parts = []
    for cycle in range(first // length, -(-(first + count) // length)):
        random = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(_STREAM, cycle)))
        parts.append(_cycle(random, unknown))
    start = first % length
    return np.concatenate(parts)[start : start + count]


def _cycle(random: np.random.Generator, unknown: int) -> NDArray[np.bool_]:
    """All combinations in balanced blocks, or one block where there are too many.

    Each block is a coset of the space that the columns of ``rows`` span. No row of them is zero,
    so that along a block each statement is reversed in half.
    """
    dimensions = min(_BLOCK_DIMENSIONS, unknown)
    rows = random.integers(1, 2**dimensions, unknown)
    while (pivots := _pivots(rows, dimensions)) is None:
        rows = random.integers(1, 2**dimensions, unknown)
    if _cycle_length(unknown) is None:
        shifts = random.integers(0, 2, (1, unknown)).astype(np.bool_)
    else:
        # One of each coset: what is zero where the rows are independent.
        others = [one for one in range(unknown) if one not in pivots]
        cosets = random.permutation(2 ** len(others))
        shifts = np.zeros((cosets.size, unknown), dtype=np.bool_)
        shifts[:, others] = (cosets[:, np.newaxis] >> np.arange(len(others))) & 1
    elements = np.tile(np.arange(2**dimensions), (len(shifts), 1))
    elements = random.permuted(elements, axis=1)
    inside = np.bitwise_count(elements[:, :, np.newaxis] & rows) & 1
    reversed_: NDArray[np.bool_] = inside.astype(np.bool_) ^ shifts[:, np.newaxis]
    return reversed_.reshape(-1, unknown)


def _pivots(rows: NDArray[np.int64], dimensions: int) -> list[int] | None:
    """Numbers of rows that span all dimensions, if the rows do."""
    basis: dict[int, int] = {}
    pivots = []
    for number, row in enumerate(rows.tolist()):
        rest = row
        while rest and (top := rest.bit_length()) in basis:
            rest ^= basis[top]
        if rest:
            basis[rest.bit_length()] = rest
            pivots.append(number)
    return pivots if len(pivots) == dimensions else None
