"""Movers: how a party or a package that gets to move chooses, from every state at once.

``docs/concepts/forecast.md`` has the definitions: logit choice among staying and all own moves by
what the party can count on, joint acceptance of a package, and their limits at infinite odds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import inf, isinf, log
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from detente.dispute.errors import DisputeError, shown
from detente.dispute.names import package_named
from detente.forecast.worth import Worth, worth_by_rank
from detente.queries.play_steps import Ground
from detente.space.graph_model import GraphModel
from detente.space.move_lists import MoveList
from detente.space.own_groups import own_groups

__all__ = [
    "MOST_ODDS",
    "Dynamics",
    "Mover",
    "MoverChoice",
    "check_odds",
    "play_of",
]


MOST_ODDS = 1e30
"""The greatest finite odds; above it weights would leave the range of numbers."""

Values = NDArray[np.float64]


class Mover(Protocol):
    """A party or a package as a mover, on all nodes of a graph model."""

    def carry(
        self, before: Values, after: Values, weight: float, *, forward: bool, kept: int | None
    ) -> None:
        """Add this mover's step to `after`: of distributions, or back of values.

        Parameters
        ----------
        before, after
            Shape (nodes, columns); `after` is changed in place.
        weight
            By which the step is multiplied.
        forward
            Whether distributions are carried, and not values.
        kept
            Number of an option: only moves that leave it as it is, and staying.
        """
        ...

    def chosen_from(self, node: int) -> tuple[NDArray[np.int64], Values]:
        """Where the mover goes from one node, itself left out, and how likely each is."""
        ...

    def stays(self) -> Values:
        """For each node, how likely the mover stays if it gets to move."""
        ...


@dataclass(frozen=True, slots=True)
class MoverChoice:
    """One possible next move.

    Attributes
    ----------
    mover
        Number of the mover in :attr:`Dynamics.movers`.
    node
        The node that it leads to.
    probability
        Of this mover getting to move and choosing it.
    """

    mover: int
    node: int
    probability: float


@dataclass(frozen=True, eq=False)
class Dynamics:
    """How play goes on from every state: movers, and the probability of each to get to move.

    Attributes
    ----------
    model
        The graph model.
    movers
        The parties, in order, and then the packages.
    probabilities
        Of each mover to get to move in a step.
    """

    model: GraphModel
    movers: tuple[Mover, ...] = field(repr=False)
    probabilities: tuple[float, ...]

    @property
    def nodes(self) -> int:
        """Number of nodes of the graph."""
        return int(self.model.graph.ranks.shape[1])

    def step(self, before: Values, after: Values | None = None) -> Values:
        """Distributions after one more step, shape (nodes, columns); `after` may be reused."""
        return self._all_movers(before, after, forward=True)

    def walk(self, start: int, steps: int) -> Iterator[Values]:
        """Where play is at each step from 0 to `steps`, from one node.

        Each is of shape (nodes,), and is written over when the next but one is asked for.
        """
        now = np.zeros((self.nodes, 1))
        now[start] = 1.0
        then = np.zeros_like(now)
        for step in range(steps + 1):
            yield now[:, 0]
            if step < steps:
                now, then = self.step(now, then), now

    def step_back(self, values: Values, after: Values | None = None) -> Values:
        """What values are expected after one step, from each node; shape (nodes, columns)."""
        return self._all_movers(values, after, forward=False)

    def _all_movers(self, before: Values, after: Values | None, *, forward: bool) -> Values:
        if after is None:
            after = np.zeros_like(before)
        else:
            after[...] = 0.0
        for mover, probability in zip(self.movers, self.probabilities, strict=True):
            if probability > 0:
                mover.carry(before, after, probability, forward=forward, kept=None)
        return after

    def next_moves(self, node: int) -> list[MoverChoice]:
        """Every move that somebody may make from a node; what is left is staying."""
        found = []
        for number, (mover, weight) in enumerate(zip(self.movers, self.probabilities, strict=True)):
            targets, chances = mover.chosen_from(node)
            for target, chance in zip(targets.tolist(), chances.tolist(), strict=True):
                if chance * weight > 0:
                    found.append(MoverChoice(number, target, chance * weight))
        return found


def play_of(
    ground: Ground,
    *,
    foresight: str = "SEQ",
    odds: float | Sequence[float] = 5.0,
    worth: Worth = "rank",
    packages: Sequence[str] = (),
    tempo: Sequence[float] | None = None,
) -> Dynamics:
    """How play goes on, for one set of preferences and odds.

    Parameters
    ----------
    ground
        The graph model; what parties can count on is worked out there, once for all odds.
    foresight
        ``myopic``, or a concept: how far a mover looks.
    odds
        How much likelier a party is to take a move that betters it by a tenth of its range than
        to stay, from 1 on; infinite for best moves only. One for all parties, or one for each.
    worth
        The reading of what ranks are worth.
    packages
        Ids of the packages that are movers too.
    tempo
        How often each mover gets to move, in proportion; parties first, then the packages. All
        alike where left out.

    Returns
    -------
    Dynamics

    Raises
    ------
    DisputeError
        If the odds or the tempo make no sense.
    """
    model = ground.model
    parties = len(model.dispute.parties)
    each = [float(odds)] * parties if isinstance(odds, int | float) else [float(o) for o in odds]
    for one in each:
        check_odds(one)
    weights = [1.0] * (parties + len(packages)) if tempo is None else [float(w) for w in tempo]
    if len(weights) != parties + len(packages) or min(weights) < 0 or sum(weights) <= 0:
        raise DisputeError(
            "a tempo is a number from 0 on for each mover, and not 0 for all of them"
        )
    concept = "Nash" if foresight == "myopic" else foresight
    counted_on = [
        np.where(ground.feasible, ground.counted_on(concept, party), 0).astype(np.int32)
        for party in range(parties)
    ]
    ranks = [np.where(ground.feasible, own, 0).astype(np.int32) for own in model.graph.ranks]
    choice_weights = [
        _weights(table, own) for table, own in zip(worth_by_rank(model, worth), each, strict=True)
    ]
    own_mover = _cube_mover if model.along_axes else _listed_mover
    movers: list[Mover] = [
        own_mover(model, party, counted_on[party], ranks[party], choice_weights[party])
        for party in range(parties)
    ]
    for package in packages:
        movers.append(_package_mover(ground, package, counted_on, ranks, choice_weights))
    total = sum(weights)
    return Dynamics(model, tuple(movers), tuple(weight / total for weight in weights))


def check_odds(odds: float) -> None:
    """Refuse odds that make no sense.

    Raises
    ------
    DisputeError
        If they are below 1, no number, or too great to compute with.
    """
    if odds >= 1 and (odds <= MOST_ODDS or isinf(odds)):
        return
    raise DisputeError(
        f"odds are numbers from 1 (any move is as likely as another) to {MOST_ODDS:g}, or inf "
        f"(best moves only), and not {odds:g}",
        key="odds",
        found=shown(odds),
    )


def _weights(table: NDArray[np.float64], odds: float) -> NDArray[np.float64]:
    """The weight of a choice by rank; empty at infinite odds."""
    if odds == inf:
        return np.empty(0)
    weights = np.exp(10 * log(odds) * (table - 1))
    weights[0] = 0.0
    return weights


# On the cube ---------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _CubeMover:
    """A party's choices on the cube; see :mod:`detente.forecast.kernels`."""

    model: GraphModel
    party: int
    push: Values
    pull: Values
    stay: Values
    top: NDArray[np.int32]

    def carry(
        self, before: Values, after: Values, weight: float, *, forward: bool, kept: int | None
    ) -> None:
        from detente.forecast import kernels

        axis = self.model.moves.axes[self.party]
        leave, arrive = (self.push, self.pull) if forward else (self.pull, self.push)
        own = _own_option(self.model, self.party, kept)
        kernels.carry(
            before, after, weight, axis.shape, leave, arrive, self.stay,
            own_groups(axis, own), self.top, forward=forward,
        )  # fmt: skip

    def chosen_from(self, node: int) -> tuple[NDArray[np.int64], Values]:
        targets = self.model.graph.moves_from(node, self.party).astype(np.int64)
        chances = self.push[node] * self.pull[targets]
        if self.top.size:
            chances = np.where(self.top[targets] == self.top[node], chances, 0.0)
        return targets, chances

    def stays(self) -> Values:
        return self.push * self.pull + self.stay


def _cube_mover(
    model: GraphModel,
    party: int,
    counted_on: NDArray[np.int32],
    ranks: NDArray[np.int32],
    weights: NDArray[np.float64],
) -> _CubeMover:
    from detente.forecast import kernels

    axis = model.moves.axes[party]
    feasible = model.space.feasible
    groups = own_groups(axis)
    top = np.empty(0, dtype=np.int32)
    if weights.size:
        pull = weights[counted_on]
        stay = weights[ranks] - pull
    else:
        best = model.graph.best_reach(counted_on, party).astype(np.int32)
        pull = ((counted_on == best) & feasible).astype(np.float64)
        stay = np.zeros(pull.size)
        if groups[1].size > 1:
            top = best
    ones = feasible.astype(np.float64)
    total = np.zeros((pull.size, 1))
    kernels.carry(
        ones[:, np.newaxis], total, 1.0, axis.shape, pull, ones, np.zeros(pull.size),
        groups, top, forward=False,
    )  # fmt: skip
    total = total[:, 0]
    if weights.size:
        total += stay
        push = np.divide(ones, total, out=np.zeros(pull.size), where=feasible)
        stay *= push
    else:
        moving = feasible & (best > ranks)
        push = np.divide(ones, total, out=np.zeros(pull.size), where=moving)
        stay = (feasible & ~moving).astype(np.float64)
    return _CubeMover(model, party, push, pull, stay, top)


def _own_option(model: GraphModel, party: int, option: int | None) -> int | None:
    """An option's place among a party's own; None where it is another's."""
    if option is None:
        return None
    numbers = model.dispute.options_of(model.dispute.parties[party].id)
    return numbers.index(option) if option in numbers else None


# On lists of moves ---------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _ListedMover:
    """A party's choices where its moves are listed."""

    model: GraphModel
    rows: MoveList
    moves: Values
    staying: Values

    def carry(
        self, before: Values, after: Values, weight: float, *, forward: bool, kept: int | None
    ) -> None:
        from detente.forecast import kernels

        rows, moves = self.rows, self.moves
        if kept is not None:
            moves = np.where(_changes(self.model, rows.sources, rows.targets, kept), 0.0, moves)
        kernels.carry_listed(
            before, after, weight, rows.starts, rows.targets, moves, self.staying, forward
        )

    def chosen_from(self, node: int) -> tuple[NDArray[np.int64], Values]:
        rows = self.rows
        own = slice(rows.starts[node], rows.starts[node + 1])
        return rows.targets[own].astype(np.int64), self.moves[own]

    def stays(self) -> Values:
        return self.staying


def _changes(
    model: GraphModel,
    sources: NDArray[np.integer],
    targets: NDArray[np.integer],
    option: int,
) -> NDArray[np.bool_]:
    """Which moves between states change an option; never where a coalesced state leaves it open."""
    space = model.space
    levels = space.assignments(np.arange(space.count))[:, option]
    before, after = levels[sources], levels[targets]
    changed: NDArray[np.bool_] = (before != after) & (before >= 0) & (after >= 0)
    return changed


def _listed_mover(
    model: GraphModel,
    party: int,
    counted_on: NDArray[np.int32],
    ranks: NDArray[np.int32],
    weights: NDArray[np.float64],
) -> _ListedMover:
    from detente.forecast.kernels import listed_choice

    rows = model.move_lists[party]
    moves, stays = listed_choice(rows.starts, rows.targets, counted_on, ranks, weights)
    return _ListedMover(model, rows, moves, stays)


# Packages ------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _PackageMover:
    """A package: where it can be made, where it leads, and how likely all members accept."""

    model: GraphModel
    sources: NDArray[np.int64]
    targets: NDArray[np.int64]
    accepted: Values
    stay: Values

    def carry(
        self, before: Values, after: Values, weight: float, *, forward: bool, kept: int | None
    ) -> None:
        accepted = self.accepted
        if kept is not None:
            indices = self.model.indices
            changed = _changes(self.model, indices(self.sources), indices(self.targets), kept)
            accepted = np.where(changed, 0.0, accepted)
        moved = (weight * accepted)[:, np.newaxis]
        after += (weight * self.stay)[:, np.newaxis] * before
        if not forward:
            after[self.sources] += moved * before[self.targets]
            return
        masses = moved * before[self.sources]
        for column in range(before.shape[1]):
            after[:, column] += np.bincount(
                self.targets, weights=masses[:, column], minlength=len(after)
            )

    def chosen_from(self, node: int) -> tuple[NDArray[np.int64], Values]:
        place = np.searchsorted(self.sources, node)
        own = slice(place, place + int(self.sources[place : place + 1].tolist() == [node]))
        return self.targets[own], self.accepted[own]

    def stays(self) -> Values:
        return self.stay


def _package_mover(
    ground: Ground,
    package: str,
    counted_on: Sequence[NDArray[np.int32]],
    ranks: Sequence[NDArray[np.int32]],
    weights: Sequence[NDArray[np.float64]],
) -> _PackageMover:
    model = ground.model
    ends = ground.package_results(package)
    sources = np.flatnonzero((ends >= 0) & ground.feasible)
    targets = ends[sources]
    accepted = np.ones(sources.size)
    numbers = model.dispute.party_numbers
    for name in package_named(model.dispute, package).parties:
        member = numbers[name]
        before, after = ranks[member][sources], counted_on[member][targets]
        if weights[member].size:
            gained = weights[member][after]
            accepted *= gained / (gained + weights[member][before])
        else:
            accepted *= after > before
    stay = np.ones(ends.size)
    stay[sources] -= accepted
    return _PackageMover(model, sources, targets, accepted, stay)
