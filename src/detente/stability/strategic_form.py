"""Disputes in strategic form: a state is one strategy of each party, freely combined.

A strategy of a party is a combination of levels of its own options. Where every constraint speaks
of one party's options alone, states are all combinations of the parties' feasible strategies, and
members of a coalition never stand in each other's way: what they reach one after the other, each
reaches along its own axis. Strategies between which nobody concerned sees a difference can then
be merged, which leaves a smaller form with the same answers.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from detente.space.cube import one_way_patterns
from detente.space.graph_model import GraphModel
from detente.space.package_moves import PackageMoves
from detente.stability.coalition_moves import CoalitionMoves

__all__ = [
    "Merging",
    "StrategicForm",
    "Strategies",
    "leads_within_reach",
    "merging",
    "strategic_form",
    "strategies_alike",
]

_Value = TypeVar("_Value", bound=np.generic)

# For each party, a number for each of its strategies.
Labels = tuple[NDArray[np.int64], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Strategies:
    """All combinations of the strategies of some parties.

    Attributes
    ----------
    offsets
        For each, what it adds to the index of a state; in order of pattern.
    begin
        Where those of each pattern begin, and where the last one ends.
    starts, reached
        In compressed rows, the patterns whose strategies are reached from those of each pattern.
    """

    offsets: NDArray[np.int64]
    begin: NDArray[np.int64]
    starts: NDArray[np.int64]
    reached: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class StrategicForm:
    """The parties' strategies, and which can follow on which.

    States are numbered like the entries of an array with one axis for each party, the last party's
    first.

    Attributes
    ----------
    patterns
        For each party, the pattern of each of its strategies. From strategies of one pattern the
        same strategies can be reached; there is more than one pattern where options change one
        way only.
    follows
        For each party, shape (patterns, patterns): whether strategies of the second pattern can be
        reached from those of the first. Each can be reached from itself.
    """

    patterns: Labels
    follows: tuple[NDArray[np.bool_], ...]

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """How many strategies each party has."""
        return tuple(pattern.size for pattern in self.patterns)

    @property
    def count(self) -> int:
        """Number of states."""
        return prod(self.sizes)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of an array of values by state, with one axis for each party, the last first."""
        return self.sizes[::-1]

    def axis(self, party: int) -> int:
        """Which axis of :attr:`shape` is a party's."""
        return len(self.sizes) - 1 - party

    def along(self, party: int) -> tuple[int, int, int]:
        """The shape (later parties' strategies, the party's own, earlier parties')."""
        return prod(self.sizes[party + 1 :]), self.sizes[party], prod(self.sizes[:party])

    def least_reached(self, values: NDArray[_Value], movers: Collection[int]) -> NDArray[_Value]:
        """Least value that movers reach together, or by staying.

        Parameters
        ----------
        values
            Values along the last axis, by state.
        movers
            Numbers of the parties that may move.

        Returns
        -------
        numpy.ndarray
            The same shape.
        """
        return self._reached(values, movers, np.minimum)

    def greatest_reached(self, values: NDArray[_Value], movers: Collection[int]) -> NDArray[_Value]:
        """Greatest value that movers reach together, or by staying; see :meth:`least_reached`."""
        return self._reached(values, movers, np.maximum)

    def _reached(
        self, values: NDArray[_Value], movers: Collection[int], extreme: np.ufunc
    ) -> NDArray[_Value]:
        rows = values.shape[:-1]
        found = values.reshape(*rows, *self.shape)
        free = [party for party in movers if len(self.follows[party]) == 1]
        axes = tuple(len(rows) + self.axis(party) for party in free)
        found = extreme.reduce(found, axis=axes, keepdims=True) if axes else found
        for party in movers:
            if party not in free:
                found = self._reached_one_way(found, party, extreme)
        whole: NDArray[_Value] = np.ascontiguousarray(
            np.broadcast_to(found, (*rows, *self.shape))
        ).reshape(values.shape)
        return whole

    def _reached_one_way(
        self, values: NDArray[_Value], party: int, extreme: np.ufunc
    ) -> NDArray[_Value]:
        axis = values.ndim - 1 - party
        pattern, follows = self.patterns[party], self.follows[party]
        by_pattern = [
            extreme.reduce(values.take(np.flatnonzero(after[pattern]), axis), axis=axis)
            for after in follows
        ]
        reached: NDArray[_Value] = np.stack(by_pattern, axis).take(pattern, axis)
        return reached

    def reached_from(self, state: int, movers: Collection[int]) -> NDArray[np.int64]:
        """The states that movers reach together from one state, itself among them, in order."""
        reached = np.zeros(1, dtype=np.int64)
        # The last party's strategies are furthest apart.
        for party in reversed(range(len(self.sizes))):
            pattern, follows = self.patterns[party], self.follows[party]
            apart = prod(self.sizes[:party])
            own = state // apart % pattern.size
            after = np.flatnonzero(follows[pattern[own]][pattern]) if party in movers else own
            reached = np.add.outer(reached, apart * np.asarray(after)).reshape(-1)
        return reached

    def reach_from(self, state: int, movers: Collection[int]) -> NDArray[np.bool_]:
        """Which states movers reach together from one state, itself among them."""
        reached = np.zeros(self.count, dtype=np.bool_)
        reached[self.reached_from(state, movers)] = True
        return reached

    def strategies(self, parties: Collection[int]) -> Strategies:
        """The strategies of some parties together, and what follows on which of their patterns."""
        offsets, pattern = np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64)
        follows = np.ones((1, 1), dtype=np.bool_)
        stride = 1
        for party, size in enumerate(self.sizes):
            if party in parties:
                own = np.arange(0, stride * size, stride, dtype=np.int64)
                offsets = np.add.outer(own, offsets).reshape(-1)
                if len(self.follows[party]) > 1:
                    pattern = np.add.outer(self.patterns[party] * len(follows), pattern).reshape(-1)
                    follows = np.kron(self.follows[party], follows)
                else:
                    pattern = np.tile(pattern, size)
            stride *= size
        order = np.argsort(pattern, kind="stable")
        counts = np.bincount(pattern, minlength=len(follows))
        return Strategies(
            offsets=offsets[order],
            begin=_begin(counts),
            starts=_begin(np.count_nonzero(follows, axis=1)),
            reached=np.nonzero(follows)[1].astype(np.int64),
        )

    def outside(self, parties: Collection[int]) -> NDArray[np.int64]:
        """What is added to a state's index for each combination of all others' strategies."""
        others = [party for party in range(len(self.sizes)) if party not in parties]
        return self.strategies(others).offsets

    def moves(self, coalition: Collection[int]) -> CoalitionMoves:
        """R_H(s) of a coalition: a group is a strategy of each outsider and a pattern."""
        own, outside = self.strategies(coalition), self.outside(coalition)
        patterns = own.begin.size - 1
        members = np.add.outer(outside, own.offsets).reshape(-1)
        first = np.arange(outside.size) * patterns
        pattern = np.repeat(np.arange(patterns), np.diff(own.begin))
        member_group = np.add.outer(first, pattern).reshape(-1)
        group = np.empty(self.count, dtype=np.int64)
        group[members] = member_group
        reached = np.add.outer(first, own.reached).reshape(-1)
        starts = np.append(
            np.add.outer(first // patterns * own.reached.size, own.starts[:-1]), reached.size
        )
        return CoalitionMoves(group, starts, reached, members, member_group)


def _begin(counts: NDArray[np.intp]) -> NDArray[np.int64]:
    """Where each of several parts begins, and where the last one ends, by how long they are."""
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def strategic_form(
    model: GraphModel, packages: Sequence[PackageMoves] = ()
) -> StrategicForm | None:
    """The strategic form of a graph model; states have the same numbers in it.

    Parameters
    ----------
    model
        The graph model.
    packages
        Joint moves that a coalition of all their members may make.

    Returns
    -------
    StrategicForm or None
        None where the model has none: where a constraint binds several parties, moves have guards,
        or states are coalesced or listed. None as well where a package leads to where its members
        cannot go one after the other.
    """
    if not model.on_cube:
        return None
    patterns, follows, feasible_strategies = [], [], []
    for axis in model.moves.axes:
        strategies = model.space.feasible.reshape(axis.shape).any(axis=(0, 2))
        pattern, reached_from = one_way_patterns(axis)
        kept, own = np.unique(pattern[strategies], return_inverse=True)
        patterns.append(own.reshape(-1).astype(np.int64))
        follows.append(reached_from[np.ix_(kept, kept)])
        feasible_strategies.append(strategies)
    form = StrategicForm(tuple(patterns), tuple(follows))
    if form.count != model.space.count:
        return None
    return form if all(leads_within_reach(form, package) for package in packages) else None


def leads_within_reach(form: StrategicForm, package: PackageMoves) -> bool:
    """Whether a package leads where its members can go as well, one after the other."""
    before = np.unravel_index(package.sources, form.shape)
    after = np.unravel_index(package.targets, form.shape)
    for party, (pattern, follows) in enumerate(zip(form.patterns, form.follows, strict=True)):
        own_before, own_after = before[form.axis(party)], after[form.axis(party)]
        if party not in package.members:
            if (own_before != own_after).any():
                return False
        elif not follows[pattern[own_before], pattern[own_after]].all():
            return False
    return True


# Merging strategies ----------------------------------------------------------------------------


def strategies_alike(form: StrategicForm, values: NDArray[np.generic]) -> Labels:
    """Which strategies of each party make no difference to some values.

    Parameters
    ----------
    form
        The strategic form.
    values
        Values by state.

    Returns
    -------
    tuple of numpy.ndarray of int64
        For each party, a number for each of its strategies. Strategies with the same number have
        the same pattern, and the values are equal whatever the others do.
    """
    alike = []
    for party, pattern in enumerate(form.patterns):
        slices = np.moveaxis(values.reshape(form.along(party)), 1, 0)
        seen: dict[tuple[int, bytes], int] = {}
        labels = [
            seen.setdefault((own, one.tobytes()), len(seen))
            for own, one in zip(pattern.tolist(), slices, strict=True)
        ]
        alike.append(np.array(labels, dtype=np.int64))
    return tuple(alike)


@dataclass(frozen=True, eq=False)
class Merging:
    """A smaller strategic form, and how values by state go to it and back.

    Attributes
    ----------
    form
        The form in which strategies are merged.
    kept
        For each party, the strategies that stand for those merged with them.
    merged
        For each party and each of its strategies, its number in the smaller form.
    """

    form: StrategicForm
    kept: Labels
    merged: Labels

    @property
    def key(self) -> bytes:
        """The same for two mergings of one form exactly if they merge the same strategies."""
        return np.concatenate(self.merged).tobytes()

    def down(self, values: NDArray[_Value]) -> NDArray[_Value]:
        """Values by state of the whole form, as values by state of the smaller one."""
        return values if self._nothing else values.take(self._standing, axis=-1)

    def up(self, values: NDArray[_Value]) -> NDArray[_Value]:
        """Values by state of the smaller form, as values by state of the whole one."""
        return values if self._nothing else values.take(self._stood_for, axis=-1)

    @cached_property
    def _nothing(self) -> bool:
        """Whether no strategies are merged."""
        sizes = zip(self.merged, self.form.sizes, strict=True)
        return all(one.size == size for one, size in sizes)

    @cached_property
    def _standing(self) -> NDArray[np.intp]:
        """For each state of the smaller form, one that it stands for."""
        return _states(tuple(one.size for one in self.merged), self.kept)

    @cached_property
    def _stood_for(self) -> NDArray[np.intp]:
        """For each state of the whole form, the one that stands for it."""
        return _states(self.form.sizes, self.merged)


def _states(sizes: Sequence[int], picked: Labels) -> NDArray[np.intp]:
    """State indices in a form of some sizes, for all combinations of some strategies."""
    states = np.zeros(1, dtype=np.intp)
    stride = 1
    for size, own in zip(sizes, picked, strict=True):
        states = np.add.outer(own * stride, states).reshape(-1)
        stride *= size
    return states


def merging(form: StrategicForm, alike: Sequence[Labels]) -> Merging:
    """Merge the strategies that several labellings of :func:`strategies_alike` all hold alike."""
    kept, merged, patterns = [], [], []
    for party, pattern in enumerate(form.patterns):
        number = pattern.copy()
        for labels in alike:
            # Numbered anew after each labelling, so that numbers stay below their count.
            number = number * (int(labels[party].max(initial=0)) + 1) + labels[party]
            number = np.unique(number, return_inverse=True)[1].reshape(-1)
        first, own = np.unique(number, return_index=True, return_inverse=True)[1:]
        # In the order in which they first occur, so that nothing changes where none are merged.
        order = np.argsort(first)
        rank = np.empty_like(order)
        rank[order] = np.arange(order.size)
        kept.append(first[order])
        merged.append(rank[own.reshape(-1)])
        patterns.append(pattern[first[order]])
    return Merging(StrategicForm(tuple(patterns), form.follows), tuple(kept), tuple(merged))
