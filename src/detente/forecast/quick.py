"""Many draws of one dispute, quickly: what does not depend on preferences is worked out once.

This serves disputes on the cube (without guards and coalesced states) at finite odds. The result
is that of :mod:`detente.forecast.propagation` for each draw, which tests compare.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from math import log
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from detente.dispute.names import package_named
from detente.forecast.goals import Goals
from detente.forecast.propagation import Carriers, Propagation
from detente.forecast.worth import Worth, worth_by_rank
from detente.queries.play_steps import Ground
from detente.space.graph_model import GraphModel
from detente.space.moves import OwnAxis
from detente.space.own_groups import FIXED, own_groups
from detente.stability.concept_registry import reaction_named
from detente.stability.responses import counted_on_by_all, fibres, numbered

if TYPE_CHECKING:
    from detente.forecast.drawn_kernels import Slots

__all__ = ["QuickChoice", "QuickPlay", "quick_play"]

Values = NDArray[np.float64]


# Above so many states, rows of numbers for each state take more memory than they are worth.
_MOST_STATES = 2**20

# Up to these odds all weights are numbers of 4 bytes.
_MOST_ODDS = 1e3

# Patterns are numbered in two bytes.
_MOST_PATTERNS = 2**16


@dataclass(frozen=True, eq=False)
class _Package:
    """A package between states: where from, where to, its members, and the options it changes."""

    sources: NDArray[np.int64]
    targets: NDArray[np.int64]
    members: tuple[int, ...]
    changed: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class _Block:
    """Columns that are carried together.

    Attributes
    ----------
    goals
        The goal of each column; None for the column from which nothing is taken out.
    kept
        See :func:`detente.forecast.drawn_kernels.propagated`.
    """

    goals: tuple[int | None, ...]
    kept: Values


@dataclass(frozen=True, eq=False)
class QuickChoice:
    """How movers choose at each state.

    Attributes
    ----------
    pull, push
        Shape (states, parties); see :mod:`detente.forecast.kernels`. The push includes the
        probability of the party to get to move.
    stay
        Shape (states,): the probability of staying beyond what pull and push give.
    accepted
        For each package, where it can be made, the probability that it is.
    """

    pull: NDArray[np.floating] = field(repr=False)
    push: NDArray[np.floating] = field(repr=False)
    stay: NDArray[np.floating] = field(repr=False)
    accepted: tuple[Values, ...] = field(repr=False)

    @property
    def kind(self) -> type[np.floating]:
        """The kind of numbers that are carried."""
        return self.pull.dtype.type


@dataclass(frozen=True, eq=False)
class QuickPlay:
    """A dispute's moves as compiled code for many draws reads them.

    Attributes
    ----------
    lists
        See :data:`detente.stability.response_kernels.Lists`.
    group_counts
        The number of groups of each party.
    slots
        Of the parties; see :data:`detente.forecast.drawn_kernels.Slots`.
    positions
        Of the states.
    option_axes
        For each option, its party's axis, and its place there.
    owners
        The party of each option.
    regions
        Shape (goals, states).
    pattern_of
        For each state, the number of its pattern: states of the same goals have the same.
    patterns
        Shape (goals, patterns): which patterns belong to each goal.
    blocks
        The columns that are carried.
    start
        The state where play starts.
    nearest_first, within
        See :func:`detente.forecast.drawn_kernels.propagated`.
    """

    lists: Any = field(repr=False)
    group_counts: NDArray[np.int64]
    slots: Slots = field(repr=False)
    positions: NDArray[np.int64] = field(repr=False)
    option_axes: tuple[tuple[OwnAxis, int], ...] = field(repr=False)
    owners: tuple[int, ...]
    packages: tuple[_Package, ...]
    regions: NDArray[np.bool_] = field(repr=False)
    pattern_of: NDArray[np.uint16] = field(repr=False)
    patterns: NDArray[np.bool_]
    blocks: tuple[_Block, ...]
    start: int
    nearest_first: NDArray[np.uint32] = field(repr=False)
    within: NDArray[np.int64]

    @cached_property
    def option_slots(self) -> tuple[Slots | None, ...]:
        """For each option, the slots of its party where it is kept as it is.

        None where it is the only one of its party, so that every move changes it.
        """
        return tuple(
            None if len(axis.levels) == 1 else _slots(self.positions, [(axis, place)])
            for axis, place in self.option_axes
        )

    def choice(
        self,
        model: GraphModel,
        *,
        foresight: str,
        odds: float,
        worth: Worth,
        tempo: tuple[float, ...],
        exact: bool = True,
    ) -> QuickChoice:
        """How movers choose under the preferences of one graph model of the dispute.

        Parameters
        ----------
        model
            The dispute's graph model with other ranks.
        foresight, odds, worth, tempo
            As in :func:`detente.forecast.movers.play_of`; odds are finite.
        exact
            Whether numbers of 8 bytes are carried, and not of 4, which takes half the time: after
            a hundred steps these are still good for five digits.
        """
        from detente.forecast import drawn_kernels

        parties = range(len(self.group_counts))
        ranks = model.ranks_of_all
        counted = _counted_on(self, model, foresight)
        weights = _weights(worth_by_rank(model, worth), odds)
        chances = np.array(tempo) / sum(tempo)
        stay = np.zeros(ranks.shape[1])
        kind = np.float64 if exact or odds > _MOST_ODDS else np.float32
        pull, push = np.empty(ranks.shape[::-1], kind), np.empty(ranks.shape[::-1], kind)
        drawn_kernels.choices(
            self.slots, weights, counted, ranks, chances[: len(parties)], stay, pull, push,
            np.zeros((int(self.slots[1][-1]), 1)),
        )  # fmt: skip
        joint = []
        for package, chance in zip(self.packages, chances[len(parties) :], strict=True):
            accepted = np.full(package.sources.size, chance)
            for member in package.members:
                gained = weights[member][counted[member][package.targets]]
                lost = weights[member][ranks[member][package.sources]]
                accepted *= gained / (gained + lost)
            stay += chance
            np.subtract.at(stay, package.sources, accepted)
            joint.append(accepted)
        return QuickChoice(pull, push, stay.astype(kind), tuple(joint))

    def course(self, choice: QuickChoice, steps: int, *, carriers: bool = True) -> Propagation:
        """Where play comes.

        Parameters
        ----------
        choice
            How movers choose.
        steps
            How many steps.
        carriers
            Whether to tell who carries play into each goal.

        Returns
        -------
        Propagation
            Without the last distribution.
        """
        from detente.stability.vector_rows import empty_rows

        goals, states = self.regions.shape
        at, by = np.zeros((steps + 1, goals)), np.zeros((steps + 1, goals))
        at[0] = self.regions[:, self.start]
        by[:, self.regions[:, self.start]] = 1.0
        movers = len(self.group_counts) + len(self.packages)
        carried = Carriers(np.zeros((movers, goals)), np.zeros((len(self.option_axes), goals)))
        for block in self.blocks:
            spent = empty_rows(states if carriers else 0, choice.kind)
            came = self._carried(block, choice, steps, spent)
            for column, goal in enumerate(block.goals):
                if goal is None:
                    at[1:] = came[:, :, column] @ self.patterns.T
                else:
                    by[1:, goal] = np.cumsum(came[:, self.patterns[goal], column].sum(axis=1))
            if carriers:
                self._add_carriers(block, choice, spent, carried)
        if choice.kind is not np.float64:
            at, by = np.minimum(at, 1.0), np.minimum(by, 1.0)
        return Propagation(at, by, np.empty(0), carried if carriers else None)

    def chances(self, choice: QuickChoice, moves: Sequence[tuple[int, int]]) -> Values:
        """The probability of each of some moves from the start, given as mover and state."""
        parties = len(self.group_counts)
        found = np.zeros(len(moves))
        for number, (mover, state) in enumerate(moves):
            if mover < parties:
                found[number] = choice.push[self.start, mover] * choice.pull[state, mover]
            else:
                at_start = self.packages[mover - parties].sources == self.start
                found[number] = choice.accepted[mover - parties][at_start].sum()
        return found

    def reached_from(self, choice: QuickChoice, steps: int, states: NDArray[np.int64]) -> Values:
        """How likely play from some states comes to each goal within some steps.

        Parameters
        ----------
        choice
            How movers choose; exact.
        steps
            How many steps.
        states
            Indices of states.

        Returns
        -------
        numpy.ndarray of float64
            Shape (states, goals); 1 where the goal holds.
        """
        from detente.forecast import drawn_kernels
        from detente.stability.vector_rows import BLOCK, empty_rows

        found = np.empty((states.size, len(self.regions)))
        for block in _blocks(self.patterns, range(len(self.regions)), BLOCK):
            now = empty_rows(len(choice.stay), np.float64)
            drawn_kernels.carried_back(
                self.slots, choice.pull, choice.push, choice.stay, self._joint(choice),
                self.pattern_of, block.kept, 1 - block.kept, steps, now,
                empty_rows(int(self.slots[1][-1]), np.float64),
            )  # fmt: skip
            for column, goal in enumerate(block.goals):
                if goal is not None:
                    found[:, goal] = now[states, column]
        return found

    def courses(
        self, choice: QuickChoice, most_moves: int, most_expanded: int
    ) -> list[tuple[int, list[tuple[int, int, float]]]]:
        """The likeliest course into each goal; see :mod:`detente.forecast.courses`.

        Returns
        -------
        list
            Of those found: the goal, and the moves as mover, state and chance.
        """
        from detente.forecast import drawn_kernels

        sources, targets, chances = self._joint(choice)
        sizes = [one.sources.size for one in self.packages]
        movers = len(self.group_counts) + np.repeat(np.arange(len(sizes)), sizes)
        order = np.argsort(sources, kind="stable")
        packages = (movers[order], sources[order], targets[order], chances[order])
        ends, before, mover_of, chance_of = drawn_kernels.likeliest(
            self.lists, self.slots, choice.pull, choice.push, packages, self.start,
            self.regions, most_moves, most_expanded,
        )  # fmt: skip
        found = []
        for goal, end in enumerate(ends.tolist()):
            moves = []
            state = end
            while state >= 0 and state != self.start:
                moves.append((int(mover_of[state]), state, float(chance_of[state])))
                state = int(before[state])
            if end >= 0:
                found.append((goal, moves[::-1]))
        return found

    def _joint(self, choice: QuickChoice) -> tuple[NDArray[np.int64], NDArray[np.int64], Values]:
        """The moves of all packages: from which states, to which, and how likely each is made."""
        return (
            np.concatenate([np.empty(0, np.int64), *(one.sources for one in self.packages)]),
            np.concatenate([np.empty(0, np.int64), *(one.targets for one in self.packages)]),
            np.concatenate([np.empty(0), *choice.accepted]),
        )

    def _carried(
        self, block: _Block, choice: QuickChoice, steps: int, spent: NDArray[np.floating]
    ) -> Values:
        """Shape (steps, patterns, columns): how much is, or comes, to each pattern's states."""
        from detente.forecast import drawn_kernels
        from detente.stability.vector_rows import BLOCK, empty_rows

        kind = choice.kind
        now = empty_rows(len(choice.stay), kind)
        now[self.start, : len(block.goals)] = 1.0
        came = empty_rows(steps * len(block.kept), kind)
        drawn_kernels.propagated(
            self.slots, choice.pull, choice.push, choice.stay, self._joint(choice),
            self.nearest_first, self.within, self.pattern_of, block.kept.astype(kind), now,
            empty_rows(int(self.slots[1][-1]), kind), spent, came,
        )  # fmt: skip
        return came.reshape(steps, -1, BLOCK).astype(np.float64)

    def _add_carriers(
        self, block: _Block, choice: QuickChoice, spent: NDArray[np.floating], carried: Carriers
    ) -> None:
        """Tell who brings play into the goals of a block of columns."""
        from detente.forecast import drawn_kernels
        from detente.stability.vector_rows import BLOCK, empty_rows

        ends = (block.kept == 0).any(axis=1)
        parties = len(self.group_counts)
        columns = [column for column, goal in enumerate(block.goals) if goal is not None]
        goals = [goal for goal in block.goals if goal is not None]

        def arrivals(slots: Slots, first: int) -> Values:
            movers = slots[0].shape[1]
            found = empty_rows(len(block.kept) * movers, choice.kind)
            drawn_kernels.arrivals(
                slots, first, choice.pull, choice.push, spent, self.pattern_of, ends,
                empty_rows(int(slots[1][-1]), choice.kind), found,
            )  # fmt: skip
            by_pattern = found.reshape(len(block.kept), movers, BLOCK).astype(np.float64)
            inside = by_pattern * (1 - block.kept[:, np.newaxis])
            return np.asarray(inside.sum(axis=0)[:, columns])

        whole = arrivals(self.slots, 0)
        carried.movers[:parties, goals] = whole
        for option, (party, slots) in enumerate(zip(self.owners, self.option_slots, strict=True)):
            kept = 0.0 if slots is None or not whole[party].any() else arrivals(slots, party)[0]
            carried.options[option, goals] = np.maximum(0.0, whole[party] - kept)
        for number, (package, chance) in enumerate(
            zip(self.packages, choice.accepted, strict=True)
        ):
            for column, goal in zip(columns, goals, strict=True):
                inside = self.regions[goal][package.targets]
                flow = np.where(inside, spent[package.sources, column] * chance, 0.0)
                carried.movers[parties + number, goal] = flow.sum()
                carried.options[:, goal] += flow @ package.changed


@lru_cache(maxsize=4)
def _counted_on(play: QuickPlay, model: GraphModel, foresight: str) -> NDArray[np.int32]:
    """What each party can count on, shape (parties, states); kept for other odds."""
    if foresight == "myopic":
        return model.ranks_of_all
    return counted_on_by_all(play.lists, model.ranks_of_all, reaction_named(foresight))


def quick_play(
    ground: Ground, goals: Goals, start: int, packages: tuple[str, ...] = ()
) -> QuickPlay | None:
    """Work out what many draws of a dispute have in common.

    Parameters
    ----------
    ground
        The graph model.
    goals
        What is followed.
    start
        The node where play starts.
    packages
        Ids of the packages that are movers.

    Returns
    -------
    QuickPlay or None
        None where the dispute has guards, coalesced states, more parties than are worked on at
        once or more states than it would help with.
    """
    from detente.stability.vector_rows import BLOCK

    model = ground.model
    space, dispute = model.space, model.dispute
    parties = range(len(dispute.parties))
    lists = ground.response_lists
    if lists is None or space.count > _MOST_STATES:
        return None
    positions = space.positions.astype(np.int64)
    regions = np.ascontiguousarray(goals.regions[:, positions])
    patterns, pattern_of = _patterns(regions)
    if patterns.shape[1] >= _MOST_PATTERNS:
        return None
    axes = model.moves.axes
    slots = _slots(positions, [(axes[party], None) for party in parties])
    index = model.index(start)
    joint = tuple(
        _package(ground, package.id) for package in dispute.packages if package.id in packages
    )
    return QuickPlay(
        lists,
        slots[2],
        slots,
        positions,
        tuple((axis, place) for axis in axes for place in range(len(axis.levels))),
        tuple(dispute.party_numbers[option.party] for option in dispute.options),
        joint,
        regions,
        pattern_of.astype(np.uint16),
        patterns,
        _blocks(patterns, [None, *np.flatnonzero(~regions[:, index]).tolist()], BLOCK),
        index,
        *_nearest_first(slots, joint, index),
    )


def _nearest_first(
    slots: Slots, packages: Sequence[_Package], start: int
) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """The states by the steps that play needs at least to come there; see `propagated`.

    Options that change one way only are taken as if they changed both ways.
    """
    of, begins, groups, _, _ = slots
    fibre_of = (of - begins[:-1]) // groups + begins[:-1]
    steps = np.full(len(of), -1)
    reached = np.zeros(len(of), dtype=np.bool_)
    reached[start] = True
    within: list[int] = []
    while not within or np.count_nonzero(reached) > within[-1]:
        steps[reached & (steps < 0)] = len(within)
        within.append(int(np.count_nonzero(reached)))
        touched = np.zeros(int(begins[-1]), dtype=np.bool_)
        touched[fibre_of[reached]] = True
        joint = [package.targets[reached[package.sources]] for package in packages]
        reached = touched[fibre_of].any(axis=1)
        for targets in joint:
            reached[targets] = True
    # What is never reached comes last.
    steps[steps < 0] = len(within)
    return np.argsort(steps, kind="stable").astype(np.uint32), np.array(within, dtype=np.int64)


def _weights(tables: Sequence[Values], odds: float) -> Values:
    """The weight of a choice by party and rank; see :func:`detente.forecast.movers.play_of`."""
    weights = np.zeros((len(tables), max(table.size for table in tables)))
    for own, table in zip(weights, tables, strict=True):
        own[: table.size] = np.exp(10 * log(odds) * (table - 1))
    return weights


def _slots(positions: NDArray[np.int64], movers: Sequence[tuple[OwnAxis, int | None]]) -> Slots:
    """The slots of movers, each a party's axis and an option that is kept as it is."""
    groups = [own_groups(axis, kept) for axis, kept in movers]
    of = np.empty((positions.size, len(movers)), dtype=np.uint32)
    starts = [0]
    for mover, ((axis, _), own_group) in enumerate(zip(movers, groups, strict=True)):
        fibre, own = fibres(positions, axis)
        place, occurring = numbered(fibre)
        count = own_group[1].size
        of[:, mover] = starts[-1] + place * count + own_group[0][own]
        starts.append(starts[-1] + occurring * count)
    most = max(1, *(own_group[2].size for own_group in groups))
    levels = np.ones((len(movers), most), dtype=np.int64)
    kinds_of = np.full((len(movers), most), FIXED, dtype=np.int64)
    for mover, (_, _, own_levels, own_kinds) in enumerate(groups):
        levels[mover, : own_levels.size] = own_levels
        kinds_of[mover, : own_kinds.size] = own_kinds
    counts = np.array([own_group[1].size for own_group in groups], dtype=np.int64)
    return of, np.array(starts, dtype=np.int64), counts, levels, kinds_of


def _patterns(regions: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """The different columns of an array of truths, and which of them each column is."""
    if len(regions) > 62:
        patterns, place = np.unique(regions, axis=1, return_inverse=True)
        return patterns, place.reshape(-1)
    codes = np.zeros(regions.shape[1], dtype=np.int64)
    for goal, region in enumerate(regions):
        codes |= region.astype(np.int64) << goal
    kinds, place = np.unique(codes, return_inverse=True)
    return (kinds >> np.arange(len(regions))[:, np.newaxis]) & 1 > 0, place.reshape(-1)


def _package(ground: Ground, name: str) -> _Package:
    model = ground.model
    dispute = model.dispute
    ends = ground.package_results(name)
    sources = np.flatnonzero((ends >= 0) & ground.feasible)
    members = package_named(dispute, name).parties
    levels = model.space.levels_at(model.space.positions)
    before, after = model.indices(sources), model.indices(ends[sources])
    return _Package(
        before,
        after,
        tuple(dispute.party_numbers[party] for party in members),
        levels[before] != levels[after],
    )


def _blocks(
    patterns: NDArray[np.bool_], columns: Sequence[int | None], size: int
) -> tuple[_Block, ...]:
    found = []
    for first in range(0, len(columns), size):
        own = tuple(columns[first : first + size])
        kept = np.ones((patterns.shape[1], size))
        for column, goal in enumerate(own):
            if goal is not None:
                kept[:, column] = ~patterns[goal]
        found.append(_Block(own, kept))
    return tuple(found)
