"""Unilateral moves: where each party can go from each state.

A party's options are neighbours in the order of options, so the states that differ only in one
party's options lie along one axis of the cube, seen as (later parties, this party, earlier
parties). No list of moves is needed to work on a whole cube; :class:`OwnAxis` gives that view.
Where states are listed, those that differ only in one party's options form a *line*. A file may
list the moves themselves: then they are all there are, whatever options change.
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
from detente.dispute.errors import DisputeError
from detente.space.states import StateSpace, order_keys

__all__ = ["Moves", "OwnAxis", "moves"]

Direction = Literal["up", "down"]
Lines = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]

# Pairs of listed positions that are looked at together.
_PAIRS_AT_ONCE = 2**20


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
    directions: tuple[Direction | None, ...]
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
    options
        For each party the numbers of its options.
    directions
        For each party and each of its options, the only direction in which it may change, or
        None.
    guards
        For each party and each of its options: pairs of a target level (None for any) and the
        truth of the guard at each position.
    lists
        For each party the positions at which its moves start and end, where the file lists them;
        options, directions and guards then say nothing of moves.
    """

    space: StateSpace
    options: tuple[tuple[int, ...], ...]
    directions: tuple[tuple[Direction | None, ...], ...]
    guards: tuple[tuple[tuple[tuple[int | None, NDArray[np.bool_]], ...], ...], ...] = field(
        repr=False
    )
    lists: tuple[tuple[NDArray[np.int64], NDArray[np.int64]], ...] | None = field(
        default=None, repr=False
    )

    @cached_property
    def axes(self) -> tuple[OwnAxis, ...]:
        """One :class:`OwnAxis` for each party.

        Raises
        ------
        DisputeError
            If states are listed: then there is no cube whose axes these would be.
        """
        if self.lists is not None:
            raise DisputeError(
                "this analysis asks which options a party may set, and the file lists moves "
                "between states instead"
            )
        if self.space.listed:
            raise DisputeError(
                "this analysis goes along the axes of the cube of all states, and here only the "
                "feasible states are listed; the engine cube makes the cube where it fits"
            )
        axes = []
        inner = 1
        for own, directions in zip(self.options, self.directions, strict=True):
            levels = tuple(self.space.levels[option] for option in own)
            length = prod(levels)
            outer = self.space.size // (inner * length)
            axes.append(OwnAxis(levels, directions, inner, outer))
            inner *= length
        return tuple(axes)

    @property
    def guarded(self) -> bool:
        """Whether any move carries a guard."""
        return any(guard for party in self.guards for guard in party)

    @property
    def most_listed(self) -> int:
        """How many moves a list of states has at most: as if no move were forbidden."""
        if self.lists is not None:
            return sum(sources.size for sources, _ in self.lists)
        sizes = [np.diff(self._lines(party)[1]) for party in range(len(self.options))]
        return sum(int((one * (one - 1)).sum()) for one in sizes)

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
        if self.lists is not None:
            sources, ends = self.lists[party]
            return np.unique(ends[sources == position])
        if self.space.listed:
            order, starts, line_of = self._lines(party)
            line = line_of[position]
            ends = order[starts[line] : starts[line + 1]]
            return ends[self._permitted(party, np.full(ends.size, position), ends)]
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

    def pairs(self, party: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """All of a party's moves, as the positions at which they start and end."""
        if self.lists is not None:
            return self.lists[party]
        sources = [np.empty(0, dtype=np.int64)]
        targets = [np.empty(0, dtype=np.int64)]
        if self.space.listed:
            for start, end in self._pairs_on_lines(party):
                permitted = self._permitted(party, start, end)
                sources.append(start[permitted])
                targets.append(end[permitted])
        else:
            own_positions = np.arange(self.space.size).reshape(self.axes[party].shape)
            for before, after, possible in self.joint_steps(party):
                sources.append(own_positions[:, before][possible])
                targets.append(own_positions[:, after][possible])
        return np.concatenate(sources), np.concatenate(targets)

    def _lines(self, party: int) -> Lines:
        """The list's positions line by line, where each line starts, and each position's line."""
        if party not in self._lines_of:
            table = self.space.table
            assert table is not None
            others = table.copy()
            others[:, list(self.options[party])] = 0
            keys = order_keys(others, self.space.levels)
            _, line_of, counts = np.unique(keys, return_inverse=True, return_counts=True)
            order = np.argsort(line_of, kind="stable")
            self._lines_of[party] = order, np.append(0, np.cumsum(counts)), line_of
        return self._lines_of[party]

    @cached_property
    def _lines_of(self) -> dict[int, Lines]:
        return {}

    def _pairs_on_lines(self, party: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """All pairs of positions on the same line, so many at a time."""
        order, starts, _ = self._lines(party)
        sizes = np.diff(starts)
        # A position stands in as many pairs as its line has positions.
        per_position = np.repeat(sizes, sizes)
        first_of = np.repeat(starts[:-1], sizes)
        done = np.append(0, np.cumsum(per_position))
        begin = 0
        while begin < order.size:
            end = max(begin + 1, int(np.searchsorted(done, done[begin] + _PAIRS_AT_ONCE)) - 1)
            counts = per_position[begin:end]
            place = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
            yield (
                np.repeat(order[begin:end], counts),
                order[np.repeat(first_of[begin:end], counts) + place],
            )
            begin = end

    def _permitted(
        self, party: int, starts: NDArray[np.int64], ends: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Which pairs of positions on one line of a list are moves of the party."""
        space = self.space
        permitted: NDArray[np.bool_] = starts != ends
        permitted &= space.feasible[starts] & space.feasible[ends]
        rules = zip(self.options[party], self.directions[party], self.guards[party], strict=True)
        for option, direction, guards in rules:
            if direction is None and not guards:
                continue
            before, after = space.level(option, starts), space.level(option, ends)
            if direction is not None:
                permitted &= after >= before if direction == "up" else after <= before
            for to, truth in guards:
                changes = before != after if to is None else (before != after) & (after == to)
                permitted &= truth[starts] | ~changes
        return permitted

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
    return Moves(
        space,
        options=tuple(dispute.options_of(party.id) for party in dispute.parties),
        directions=tuple(
            tuple(option.irreversible for option in party.options) for party in dispute.parties
        ),
        guards=tuple(
            tuple(
                tuple((guard.to, space.truth(guard.when)) for guard in option.guards)
                for option in party.options
            )
            for party in dispute.parties
        ),
        lists=_lists(dispute, space) if dispute.lists_moves else None,
    )


def _lists(
    dispute: Dispute, space: StateSpace
) -> tuple[tuple[NDArray[np.int64], NDArray[np.int64]], ...]:
    """The moves that the file lists by the numbers of states, between positions.

    Those of a coalesced state are moves of its first member.
    """
    lists = []
    for party in dispute.parties:
        pairs = np.array(party.moves or (), dtype=np.int64).reshape(-1, 2)
        wrong = np.argwhere(pairs > space.count)
        if wrong.size:
            number, side = wrong[0].tolist()
            raise DisputeError(
                f"there is no state {pairs[number, side]}; the dispute has states 1 to "
                f"{space.count}",
                path=dispute.path,
                place=party.moves_place,
                key=f"parties.{party.id}.moves[{number}]",
            )
        positions = space.positions[pairs - 1].astype(np.int64)
        lists.append((positions[:, 0], positions[:, 1]))
    return tuple(lists)
