"""Unilateral moves: where each party can go from each state.

A party's options are neighbours in the order of options, so the states that differ only in one
party's options lie along one axis of the cube, seen as (later parties, this party, earlier
parties). No list of moves is needed to work on a whole cube; :class:`OwnAxis` gives that view.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from math import prod
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Dispute
from detente.space.states import StateSpace

__all__ = ["Moves", "OwnAxis", "moves"]


@dataclass(frozen=True)
class OwnAxis:
    """One party's options as one axis of the cube.

    Attributes
    ----------
    levels
        Number of levels of each own option.
    directions
        For each own option, the only direction in which it may change, or None.
    inner, outer
        How many combinations the earlier and the later parties' options have.
    """

    levels: tuple[int, ...]
    directions: tuple[Literal["up", "down"] | None, ...]
    inner: int
    outer: int

    @property
    def length(self) -> int:
        """Number of combinations of own levels."""
        return prod(self.levels)

    @property
    def shape(self) -> tuple[int, int, int]:
        """The cube as (outer, own, inner)."""
        return self.outer, self.length, self.inner

    @property
    def reversible(self) -> bool:
        """Whether every own option may change in both directions."""
        return not any(self.directions)

    @cached_property
    def combinations(self) -> NDArray[np.int8]:
        """Own levels of each combination, shape (length, own options)."""
        table = np.empty((self.length, len(self.levels)), dtype=np.int8)
        for option, count in enumerate(self.levels):
            stride = prod(self.levels[:option])
            table[:, option] = (np.arange(self.length) // stride) % count
        return table

    def permitted_from(self, combination: int) -> NDArray[np.bool_]:
        """Which combinations irreversibility lets the party reach from one of its own.

        The combination itself is not among them.
        """
        reached = np.ones(self.length, dtype=np.bool_)
        for option, direction in enumerate(self.directions):
            levels = self.combinations[:, option]
            if direction == "up":
                reached &= levels >= levels[combination]
            elif direction == "down":
                reached &= levels <= levels[combination]
        reached[combination] = False
        return reached

    @cached_property
    def permitted(self) -> NDArray[np.bool_]:
        """:meth:`permitted_from` every combination, shape (length, length)."""
        return np.stack([self.permitted_from(own) for own in range(self.length)])


@dataclass(frozen=True)
class Moves:
    """The unilateral moves of every party of a dispute, between positions.

    Attributes
    ----------
    space
        The states.
    axes
        One :class:`OwnAxis` for each party.
    guards
        For each party and each of its options: pairs of a target level (None for any) and the
        truth of the guard at each position.
    """

    space: StateSpace
    axes: tuple[OwnAxis, ...]
    guards: tuple[tuple[tuple[tuple[int | None, NDArray[np.bool_]], ...], ...], ...] = field(
        repr=False
    )

    @property
    def guarded(self) -> bool:
        """Whether any move carries a guard."""
        return any(guard for party in self.guards for guard in party)

    def combination_at(self, party: int, position: int) -> int:
        """Which of its own combinations a party stands at."""
        axis = self.axes[party]
        return (position // axis.inner) % axis.length

    def targets(self, party: int, position: int) -> NDArray[np.int64]:
        """Positions that a party can reach from one position in one move, in order.

        Parameters
        ----------
        party
            Number of the party.
        position
            A feasible position.

        Returns
        -------
        numpy.ndarray of int64
            Feasible positions, never `position` itself.
        """
        axis = self.axes[party]
        here = self.combination_at(party, position)
        there = axis.permitted_from(here)
        for option, guards in enumerate(self.guards[party]):
            levels = axis.combinations[:, option]
            for to, truth in guards:
                if not truth[position]:
                    changed = levels != levels[here]
                    there &= ~(changed if to is None else changed & (levels == to))
        chosen = position + (np.flatnonzero(there) - here) * axis.inner
        return chosen[self.space.feasible[chosen]]

    def joint_steps(self, party: int) -> Iterator[tuple[int, int, NDArray[np.bool_]]]:
        """All of a party's moves, grouped by where they start and end on its own axis.

        Yields
        ------
        start, end : int
            Own combinations.
        possible : numpy.ndarray of bool, shape (outer, inner)
            Where the party can make this move, by the others' combinations.
        """
        axis = self.axes[party]
        feasible = self.space.feasible.reshape(axis.shape)
        guards = [
            [(to, truth.reshape(axis.shape)) for to, truth in guards]
            for guards in self.guards[party]
        ]
        for start, end in product(range(axis.length), repeat=2):
            if start == end or not axis.permitted_from(start)[end]:
                continue
            possible = feasible[:, start] & feasible[:, end]
            before, after = axis.combinations[start], axis.combinations[end]
            for option in np.flatnonzero(before != after):
                for to, truth in guards[option]:
                    if to is None or to == after[option]:
                        possible &= truth[:, start]
            yield start, end, possible


def moves(dispute: Dispute, space: StateSpace) -> Moves:
    """Describe the unilateral moves of every party.

    Parameters
    ----------
    dispute
        The dispute.
    space
        Its states.

    Returns
    -------
    Moves
    """
    axes = []
    guards = []
    inner = 1
    for party in dispute.parties:
        levels = tuple(len(option.levels) for option in party.options)
        length = prod(levels)
        axes.append(
            OwnAxis(
                levels=levels,
                directions=tuple(option.irreversible for option in party.options),
                inner=inner,
                outer=space.size // (inner * length),
            )
        )
        guards.append(
            tuple(
                tuple((guard.to, space.truth(guard.when)) for guard in option.guards)
                for option in party.options
            )
        )
        inner *= length
    return Moves(space, tuple(axes), tuple(guards))
