"""Many draws of one dispute, quickly: what does not depend on preferences is worked out once.

This serves disputes on the cube (without guards and coalesced states) at finite odds. The result
is that of :mod:`detente.forecast.propagation` for each draw, which tests compare.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.forecast.goals import Goals
from detente.forecast.movers import own_groups
from detente.forecast.propagation import Carriers, Course
from detente.forecast.worth import Worth, worth_by_rank
from detente.queries.steps import Ground
from detente.space.graph_model import GraphModel
from detente.space.moves import OwnAxis
from detente.stability.concepts import REACTIONS

__all__ = ["QuickPlay", "quick_play"]

Values = NDArray[np.float64]

# So many states of a block, a row of numbers for each, stay in the nearest caches.
_BLOCK_STATES = 2048

# Above so many states, lists of states no longer stay in the processor's caches.
_MOST_STATES = 2**20


@dataclass(frozen=True, eq=False)
class _Package:
    """A package between states: where from, where to, and its members."""

    sources: NDArray[np.int64]
    targets: NDArray[np.int64]
    members: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class QuickPlay:
    """A dispute's moves as compiled code for many draws reads them.

    Attributes
    ----------
    lists
        See :data:`detente.forecast.drawn_kernels.Lists`.
    group_counts
        The number of groups of each party.
    option_groups
        For each option, the groups of its party where it is kept as it is: the group of each
        state in the party's list, how many there are, their options' levels and kinds.
    regions
        Shape (goals, states).
    columns
        The goals that do not hold at the start.
    start
        The state where play starts.
    inner, blocks, block_states
        How states are cut into blocks; see :func:`detente.forecast.drawn_kernels.propagated`.
    """

    lists: Any = field(repr=False)
    group_counts: NDArray[np.int64]
    option_groups: tuple[tuple[NDArray[np.int64], int, NDArray[np.int64], NDArray[np.int64]], ...]
    packages: tuple[_Package, ...]
    regions: NDArray[np.bool_] = field(repr=False)
    columns: NDArray[np.int64]
    start: int
    inner: int
    blocks: NDArray[np.int64] = field(repr=False)
    block_states: NDArray[np.int64] = field(repr=False)

    @cached_property
    def place_of(self) -> NDArray[np.int64]:
        """Shape (parties, states): where each state stands in each party's list."""
        return np.argsort(self.lists[0], axis=1)

    def course(
        self,
        model: GraphModel,
        *,
        foresight: str,
        odds: float,
        worth: Worth,
        tempo: tuple[float, ...],
        steps: int,
        first_moves: tuple[tuple[int, int], ...] = (),
    ) -> tuple[Course, Values]:
        """Where play comes for the preferences of one graph model of the dispute.

        Parameters
        ----------
        model
            The dispute's graph model with other ranks.
        foresight, odds, worth, tempo
            As in :func:`detente.forecast.movers.play_of`; odds are finite.
        steps
            How many steps.
        first_moves
            Moves from the start, as mover and node.

        Returns
        -------
        course : Course
            Without the last distribution.
        chances : numpy.ndarray of float64
            The probability of each of the first moves.
        """
        from detente.forecast import drawn_kernels

        ranks = np.ascontiguousarray(
            np.stack([model.ranks(party) for party in range(len(self.group_counts))])
        )
        counted = ranks
        if foresight != "myopic":
            reaction = REACTIONS[foresight]
            counted = drawn_kernels.counted_on(
                self.lists, self.group_counts, ranks, reaction.improving, reaction.counter_move
            )
        weights = [np.exp(10 * log(odds) * (own - 1)) for own in worth_by_rank(model, worth)]
        chances = np.array(tempo) / sum(tempo)
        parties, states = ranks.shape
        pulls, pushes, stay = np.empty(ranks.shape), np.empty(ranks.shape), np.zeros(states)
        for party in range(parties):
            drawn_kernels.choice_weights(
                tuple(own[party] for own in self.lists),
                self.group_counts[party],
                weights[party],
                counted[party],
                ranks[party],
                chances[party],
                pulls[party],
                pushes[party],
                stay,
            )
        joint = []
        for package, chance in zip(self.packages, chances[parties:], strict=True):
            accepted = np.full(package.sources.size, chance)
            for member in package.members:
                gained = weights[member][counted[member][package.targets]]
                lost = weights[member][ranks[member][package.sources]]
                accepted *= gained / (gained + lost)
            stay += chance
            np.subtract.at(stay, package.sources, accepted)
            joint.append(accepted)
        moves = (
            np.concatenate([np.empty(0, np.int64), *(one.sources for one in self.packages)]),
            np.concatenate([np.empty(0, np.int64), *(one.targets for one in self.packages)]),
            np.concatenate([np.empty(0), *joint]),
        )
        at, by, spent = drawn_kernels.propagated(
            self.lists, self.group_counts, pulls, pushes, stay, moves,
            self.start, self.columns, self.regions, steps,
            self.inner, self.blocks, self.block_states,
        )  # fmt: skip
        by[:, self.regions[:, self.start]] = 1.0
        carriers = self._carriers(model, pulls, pushes, spent, joint)
        return Course(at, by, np.empty(0), carriers), self._chances(
            model, pulls, pushes, joint, first_moves
        )

    def _chances(
        self,
        model: GraphModel,
        pulls: Values,
        pushes: Values,
        joint: list[Values],
        first_moves: tuple[tuple[int, int], ...],
    ) -> Values:
        found = np.zeros(len(first_moves))
        for number, (mover, node) in enumerate(first_moves):
            if mover >= len(pulls):
                package = self.packages[mover - len(pulls)]
                found[number] = joint[mover - len(pulls)][package.sources == self.start].sum()
                continue
            place = self.place_of[mover]
            end = place[model.index(node)]
            found[number] = pushes[mover, place[self.start]] * pulls[mover, end]
        return found

    def _carriers(
        self,
        model: GraphModel,
        pulls: Values,
        pushes: Values,
        spent: Values,
        joint: list[Values],
    ) -> Carriers:
        from detente.forecast import drawn_kernels

        dispute = model.dispute
        parties, goals = len(dispute.parties), len(self.regions)
        movers = np.zeros((parties + len(self.packages), goals))
        options = np.zeros((len(dispute.options), goals))
        for party in range(parties):
            own = tuple(one[party] for one in self.lists)
            whole = drawn_kernels.inflow(
                own, self.group_counts[party], pulls[party], pushes[party],
                spent, self.columns, self.regions,
            )  # fmt: skip
            movers[party, self.columns] = whole
            if not whole.any():
                continue
            for option in dispute.options_of(dispute.parties[party].id):
                group_of, count, levels, kinds = self.option_groups[option]
                kept = drawn_kernels.inflow(
                    (own[0], own[1], group_of, levels, kinds), count, pulls[party],
                    pushes[party], spent, self.columns, self.regions,
                )  # fmt: skip
                options[option, self.columns] = np.maximum(0.0, whole - kept)
        levels_of = model.space.levels_at(model.space.positions) if self.packages else None
        for number, (package, chance) in enumerate(zip(self.packages, joint, strict=True)):
            for column, goal in enumerate(self.columns.tolist(), start=1):
                inside = self.regions[goal][package.targets]
                flow = np.where(inside, spent[package.sources, column] * chance, 0.0)
                movers[parties + number, goal] = flow.sum()
                assert levels_of is not None
                changed = levels_of[package.sources] != levels_of[package.targets]
                options[:, goal] += flow @ changed
        return Carriers(movers, options)


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
    from detente.forecast.drawn_kernels import BLOCK
    from detente.forecast.kernels import FIXED

    model = ground.model
    space, dispute = model.space, model.dispute
    parties = len(dispute.parties)
    if not model.on_cube or parties > BLOCK or space.count > _MOST_STATES:
        return None
    positions = space.positions.astype(np.int64)
    inner, prefix = _split(model.moves.axes)
    # Blocks of the first parties: all their combinations, with one of the others'. Of the others:
    # all theirs, with a few of the first parties'.
    few = max(1, _BLOCK_STATES // max(1, space.size // prefix))
    listed = []
    begun = []
    for party, axis in enumerate(model.moves.axes):
        block = positions // prefix if party < inner else positions % prefix // few
        own = (positions // axis.inner) % axis.length
        fibre = (positions // (axis.inner * axis.length)) * axis.inner + positions % axis.inner
        order = np.lexsort((own, fibre, block))
        begins = np.flatnonzero(np.diff(fibre[order], prepend=-1))
        listed.append((party, own[order], order, np.append(begins, positions.size)))
        begun.append(block[order[begins]])
    block_count = 1 + max(int(block.max()) for block in begun)
    blocks = np.array(
        [np.searchsorted(block, np.arange(block_count + 1)) for block in begun], dtype=np.int64
    )
    states_begun = np.searchsorted(positions // prefix, np.arange(space.size // prefix + 1))
    groups = [own_groups(axis) for axis in model.moves.axes]
    longest = max(starts.size for _, _, _, starts in listed)
    most = max(1, *(levels.size for _, _, levels, _ in groups))
    members = np.array([order for _, _, order, _ in listed], dtype=np.int32)
    starts = np.full((parties, longest), positions.size, dtype=np.int64)
    group_of = np.empty(members.shape, dtype=np.int64)
    levels_of = np.ones((parties, most), dtype=np.int64)
    kinds_of = np.full((parties, most), FIXED, dtype=np.int64)
    for party, own, _, own_starts in listed:
        starts[party, : own_starts.size] = own_starts
        group_of[party] = groups[party][0][own]
        levels_of[party, : groups[party][2].size] = groups[party][2]
        kinds_of[party, : groups[party][3].size] = groups[party][3]
    option_groups = []
    for party, own, _, _ in listed:
        for place in range(len(dispute.parties[party].options)):
            kept = own_groups(model.moves.axes[party], place)
            option_groups.append((kept[0][own], kept[1].size, kept[2], kept[3]))
    index = model.index(start)
    regions = np.ascontiguousarray(goals.regions[:, positions])
    joint = []
    for package in dispute.packages:
        if package.id in packages:
            ends = ground.package_results(package.id)
            sources = np.flatnonzero((ends >= 0) & ground.feasible)
            joint.append(
                _Package(
                    model.indices(sources),
                    model.indices(ends[sources]),
                    tuple(dispute.party_numbers[name] for name in package.parties),
                )
            )
    return QuickPlay(
        (members, starts, group_of, levels_of, kinds_of),
        np.array([own[1].size for own in groups], dtype=np.int64),
        tuple(option_groups),
        tuple(joint),
        regions,
        np.flatnonzero(~regions[:, index]),
        index,
        inner,
        blocks,
        states_begun.astype(np.int64),
    )


def _split(axes: Sequence[OwnAxis]) -> tuple[int, int]:
    """How many parties stand first, and how many combinations these have: about the root of all."""
    sizes = [axes[0].inner, *(axis.inner * axis.length for axis in axes)]
    inner = min(range(len(sizes)), key=lambda one: max(sizes[one], sizes[-1] // sizes[one]))
    return inner, sizes[inner]
