"""Many states as a short list of patterns: partial assignments that together cover them."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from detente.space.states import StateSpace, order_keys

__all__ = ["Cover", "Pattern", "cover"]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A partial assignment, all of whose feasible states belong to the set described.

    Attributes
    ----------
    settings
        Level of each option that is fixed, by option number; the rest are free.
    states
        Number of states that fit the pattern.
    new
        How many of these fit no earlier pattern.
    """

    settings: dict[int, int]
    states: int
    new: int


@dataclass(frozen=True, slots=True)
class Cover:
    """Patterns that describe a set of states.

    Attributes
    ----------
    patterns
        The patterns, in the order in which they were found.
    states
        Size of the set.
    left_out
        How many of its states fit none of the patterns.
    """

    patterns: tuple[Pattern, ...]
    states: int
    left_out: int


def cover(space: StateSpace, chosen: NDArray[np.bool_], *, limit: int = 12) -> Cover:
    """Describe a set of states by patterns.

    Each pattern grows from a state that no earlier one covers: options are freed one after the
    other as long as every feasible state that then fits is in the set. Infeasible states fit
    either way, so constraints need not be repeated. Options on which membership depends least
    are tried first. Every pattern is as wide as it can be; that there are as few as possible is
    not promised.

    Parameters
    ----------
    space
        The states.
    chosen
        Whether each state is in the set, by state index.
    limit
        Make at most this many patterns.

    Returns
    -------
    Cover
        Cost is linear in positions for each option and pattern.
    """
    if space.table is not None:
        return _cover_list(space, space.table, chosen, limit)
    shape = tuple(reversed(space.levels)) or (1,)
    member = _by_position(space, chosen).reshape(shape)
    feasible = space.feasible.reshape(shape)
    fits = member | ~feasible
    order = _most_indifferent_first(fits)
    uncovered = member.copy()
    total = int(np.count_nonzero(chosen))
    left = int(np.count_nonzero(uncovered))
    patterns: list[Pattern] = []
    covered = 0
    while left and len(patterns) < limit:
        seed = np.unravel_index(int(np.argmax(uncovered)), shape)
        where: list[int | slice] = [int(level) for level in seed]
        for axis in order:
            wider = where.copy()
            wider[axis] = slice(None)
            if fits[tuple(wider)].all():
                where = wider
        region = tuple(where)
        fresh = _states_in(space, uncovered, region)
        settings = {
            len(space.levels) - 1 - axis: level
            for axis, level in enumerate(where)
            if isinstance(level, int) and space.levels
        }
        patterns.append(
            Pattern(
                dict(sorted(settings.items())),
                states=_states_in(space, feasible, region),
                new=fresh,
            )
        )
        _remove(space, uncovered, region)
        covered += fresh
        left = int(np.count_nonzero(uncovered))
    return Cover(tuple(patterns), total, total - covered)


def _by_position(space: StateSpace, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    if space.is_whole_cube:
        return chosen
    member = np.zeros(space.size, dtype=np.bool_)
    member[space.feasible] = chosen[space.indices[space.feasible]]
    return member


def _states_in(
    space: StateSpace, marked: NDArray[np.bool_], region: tuple[int | slice, ...]
) -> int:
    """Number of states with a marked position in a region."""
    if not space.classes:
        return int(np.count_nonzero(marked[region]))
    inside = np.zeros_like(marked)
    inside[region] = marked[region]
    return int(np.unique(space.indices[inside.reshape(-1)]).size)


def _remove(
    space: StateSpace, uncovered: NDArray[np.bool_], region: tuple[int | slice, ...]
) -> None:
    """Unmark the states of a region; a coalesced state goes with all its members."""
    uncovered[region] = False
    by_position = uncovered.reshape(-1)
    for members in space.classes:
        if not by_position[members].all():
            by_position[members] = False


def _most_indifferent_first(fits: NDArray[np.bool_]) -> list[int]:
    """Axes by how many states have all their neighbours along the axis in the set with them."""
    together = [
        np.count_nonzero(fits.all(axis=axis)) * fits.shape[axis] for axis in range(fits.ndim)
    ]
    return sorted(range(fits.ndim), key=lambda axis: -int(together[axis]))


def _cover_list(
    space: StateSpace, table: NDArray[np.int8], chosen: NDArray[np.bool_], limit: int
) -> Cover:
    """The same as :func:`cover` where states are listed."""
    member = _by_position(space, chosen)
    outside = table[~member & space.feasible]
    order = _most_indifferent_first_listed(space, outside)
    uncovered = member.copy()
    total = left = int(np.count_nonzero(chosen))
    patterns: list[Pattern] = []
    while left and len(patterns) < limit:
        seed = table[int(np.argmax(uncovered))]
        fixed = np.ones(len(space.levels), dtype=np.bool_)
        # How many of the fixed options tell each state outside apart from the seed.
        apart = np.count_nonzero(outside != seed, axis=1)
        for option in order:
            fewer = apart - (outside[:, option] != seed[option])
            if fewer.all():
                apart = fewer
                fixed[option] = False
        inside = (table[:, fixed] == seed[fixed]).all(axis=1) & space.feasible
        new = _distinct_states(space, inside & uncovered)
        settings = {int(option): int(seed[option]) for option in np.flatnonzero(fixed)}
        patterns.append(Pattern(settings, _distinct_states(space, inside), new))
        uncovered &= ~inside
        for members in space.classes:
            uncovered[members] &= uncovered[members].all()
        left -= new
    return Cover(tuple(patterns), total, left)


def _distinct_states(space: StateSpace, positions: NDArray[np.bool_]) -> int:
    return int(np.unique(space.indices[positions]).size)


def _most_indifferent_first_listed(space: StateSpace, outside: NDArray[np.int8]) -> list[int]:
    """Options as :func:`_most_indifferent_first` has them, from the states outside the set."""
    together = []
    for option, count in enumerate(space.levels):
        others = outside.copy()
        others[:, option] = 0
        broken = np.unique(order_keys(others, space.levels)).size
        together.append((prod(space.levels) // count - broken) * count)
    # In the order of the cube's axes, of which the last option has the first.
    return sorted(range(len(together)), key=lambda option: (-together[option], -option))
