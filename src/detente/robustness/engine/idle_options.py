"""Options that nothing in a draw speaks of.

A draw drops statements. Where it drops all that tell an option's levels apart, the option is
*idle* in it: states that differ in the option alone have the same rank for every party and lead to
states of the same ranks, so that all of them are stable or none is. One of them is analysed for
all, which halves the work for an option that is yes or no.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.robustness.draws import DrawnPreferences
from detente.space.states import StateSpace

__all__ = ["IdleOptions", "first_of_alike", "spoken_of"]

# What it takes to prepare all states, in draws of which all states are analysed.
_PREPARING = 600


@dataclass(frozen=True, eq=False)
class IdleOptions:
    """What tells which options are idle in a draw.

    Attributes
    ----------
    options
        Numbers of the options that can be idle.
    levels
        Number of levels of each.
    spoken
        For each party, whether each statement tells levels of each of these options apart, shape
        (statements, options); no statements where its preferences are an order.
    """

    options: tuple[int, ...]
    levels: tuple[int, ...]
    spoken: tuple[NDArray[np.bool_], ...] = field(repr=False)

    def in_draws(self, drawn: Sequence[DrawnPreferences]) -> NDArray[np.bool_]:
        """Whether each option is idle in each draw, shape (draws, options)."""
        idle = np.ones((len(drawn[0].place), len(self.options)), dtype=np.bool_)
        for own, spoken in zip(drawn, self.spoken, strict=True):
            for statement, options in enumerate(spoken):
                idle[np.ix_(own.reading[:, statement] != 0, options)] = False
        return idle

    def worth_preparing(
        self, sample: Sequence[DrawnPreferences], draws: int
    ) -> tuple[tuple[int, ...], ...]:
        """Sets of options that are idle together in enough draws to prepare the analysis for them.

        Parameters
        ----------
        sample
            Some of the draws.
        draws
            How many draws there are to be.

        Returns
        -------
        tuple of tuple of int
            The sets of options, those first that leave the fewest states; the last is empty.
        """
        found = Counter(frozenset(np.flatnonzero(row).tolist()) for row in self.in_draws(sample))
        kept = [frozenset[int]()]
        for idle, count in sorted(found.items(), key=lambda one: (-one[1], sorted(one[0]))):
            now = min(self._left(one) for one in kept if one <= idle)
            saved = (now - self._left(idle)) * count * draws / len(sample[0].place)
            if saved > _PREPARING * self._left(idle):
                kept.append(idle)
        kept.sort(key=lambda one: (self._left(one), sorted(one)))
        return tuple(tuple(self.options[place] for place in sorted(one)) for one in kept)

    def _left(self, places: frozenset[int]) -> float:
        """The share of all states that is left where some options are idle."""
        return 1 / prod(self.levels[place] for place in places)

    def first_fitting(
        self, sets: Sequence[tuple[int, ...]], drawn: Sequence[DrawnPreferences]
    ) -> NDArray[np.intp]:
        """For each draw the number of the first set of options that are all idle in it."""
        idle = self.in_draws(drawn)
        number = np.zeros(len(idle), dtype=np.intp)
        for place in reversed(range(len(sets))):
            columns = [self.options.index(option) for option in sets[place]]
            number[idle[:, columns].all(axis=1)] = place
        return number


def _lines(values: NDArray[np.generic], space: StateSpace, option: int) -> NDArray[np.generic]:
    """Values by position, in rows, with an axis of an option's levels: the third of four."""
    levels, inner = space.levels[option], space.strides[option]
    return values.reshape(-1, space.size // (levels * inner), levels, inner)


def _told_apart(values: NDArray[np.integer], space: StateSpace, option: int) -> NDArray[np.integer]:
    """The bits of the values of each row that depend on an option's level."""
    lines: NDArray[Any] = _lines(values, space, option)
    differ: NDArray[np.integer] = np.bitwise_or.reduce(lines ^ lines[:, :, :1], axis=(1, 2, 3))
    return differ


def _in_bytes(rows: NDArray[np.generic], feasible: NDArray[np.bool_]) -> NDArray[np.integer]:
    """Numbers where states are feasible, and 0 elsewhere; eight rows of truths in one."""
    if rows.dtype == np.bool_:
        return np.packbits(np.logical_and(rows, feasible), axis=0)
    numbers: NDArray[np.integer] = np.where(feasible, rows, 0)
    return numbers


def spoken_of(space: StateSpace, told: Sequence[tuple[NDArray[np.generic], bool]]) -> IdleOptions:
    """Find which options can be idle, and what speaks of them.

    Parameters
    ----------
    space
        The states, on the cube.
    told
        For each party what its preferences say of each position, shape (rows, positions), and
        whether each row is a statement, which a draw may drop.

    Returns
    -------
    IdleOptions
        Options on which it depends what is feasible are none of them.
    """
    values = [_in_bytes(rows, space.feasible) for rows, _ in told]
    feasible = space.feasible.view(np.uint8)
    free = [
        option
        for option in range(len(space.levels))
        if not _told_apart(feasible, space, option).any()
    ]

    def rows_apart(place: int, option: int) -> NDArray[np.bool_]:
        rows, _ = told[place]
        bits = _told_apart(values[place], space, option)
        if rows.dtype == np.bool_:
            bits = np.unpackbits(bits.astype(np.uint8), count=len(rows))
        apart: NDArray[np.bool_] = bits != 0
        return apart

    apart = {option: [rows_apart(place, option) for place in range(len(told))] for option in free}
    options = [
        option
        for option in free
        if not any(
            own.any() and not dropped for own, (_, dropped) in zip(apart[option], told, strict=True)
        )
    ]
    spoken = tuple(
        np.array([apart[option][party] for option in options], dtype=np.bool_)
        .reshape(len(options), len(rows))
        .T[: len(rows) if dropped else 0]
        for party, (rows, dropped) in enumerate(told)
    )
    return IdleOptions(tuple(options), tuple(space.levels[one] for one in options), spoken)


def first_of_alike(space: StateSpace, options: Sequence[int]) -> NDArray[np.int64]:
    """For each position the one with the lowest level of some options, and all else the same."""
    first = np.arange(space.size, dtype=np.int64).reshape(1, -1)
    for option in options:
        lines = _lines(first, space, option)
        first = np.broadcast_to(lines[:, :, :1], lines.shape).reshape(1, -1)
    return first.reshape(-1)
