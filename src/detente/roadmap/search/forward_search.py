"""Labels followed forwards from the start, as far as they can lead to something better.

See :mod:`detente.roadmap.search.plan_labels`. Only nodes whose labels fell are looked at again, so
that the cost of a search is that of the labels that can still matter, not of all states.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.roadmap.plan import PlanStage
from detente.roadmap.search.least_exposure import Remaining
from detente.roadmap.search.plan_labels import BROKEN, SOUND, LabelStore
from detente.roadmap.search.proposed_packages import ProposedPackages
from detente.roadmap.search.stage_moves import Labels, OfferedRanks
from detente.roadmap.search.statements_lost import LostStatements
from detente.space.graph_model import GraphModel
from detente.stability.analysis import Progress

__all__ = ["Aim", "Costs", "Following", "FoundStep"]

Costs = tuple[int, float, int]
"""Broken stages, statements lost at most and number of stages of a plan."""

# Moves that are looked at together.
_MOVES_AT_ONCE = 2**19

_INFINITE = np.float32(np.inf)


@dataclass(frozen=True, slots=True)
class FoundStep:
    """One stage of a plan that was found.

    Attributes
    ----------
    source, target
        Nodes.
    parties
        Numbers of the parties that make it.
    package
        The declared package that it is, if it is one.
    """

    source: int
    target: int
    parties: tuple[int, ...]
    package: PlanStage | None


@dataclass(frozen=True, slots=True, eq=False)
class Aim:
    """What labels are followed for.

    Attributes
    ----------
    ends
        Nodes where plans end.
    offer
        What the parties are offered, and what stages do then.
    ceilings
        Shape (broken, stages): exposures that plans have to stay below, by how many stages are
        broken and how many there are; lowered as plans are found. None where all that is asked
        is where plans without a broken stage lead, whatever they expose.
    remaining
        What remains of plans at least, if it is known.
    """

    ends: NDArray[np.int64]
    offer: OfferedRanks
    ceilings: Labels | None = None
    remaining: Remaining | None = None

    def limits(self, nodes: NDArray[np.int64], stages: int, most_broken: int) -> list[Labels]:
        """Below which exposure labels can lead to a plan; see :meth:`Remaining.limits`."""
        if self.ceilings is not None and self.remaining is not None:
            return self.remaining.limits(nodes, stages, self.ceilings)
        return [
            np.full(nodes.size, self.highest(broken, stages + 1), dtype=np.float32)
            for broken in range(most_broken + 1)
        ]

    def highest(self, broken: int, stages: int) -> np.float32:
        """The highest ceiling of plans with so many stages or more, broken or not."""
        return _INFINITE if self.ceilings is None else self.ceilings[broken:, stages:].max()


class Following:
    """Labels of plans from a start, over every stage that plans may use.

    Parameters
    ----------
    model
        The graph model.
    lost
        How many statements are lost between nodes.
    ends_hold
        For each node, whether it holds as the end of a plan.
    proposals
        Packages that may be proposed, if any.
    start
        The node where plans start.
    most_broken
        How many stages of a plan may be broken.
    """

    def __init__(
        self,
        model: GraphModel,
        lost: LostStatements,
        ends_hold: NDArray[np.bool_],
        proposals: ProposedPackages | None,
        start: int,
        most_broken: int,
    ) -> None:
        self.model = model
        self.lost = lost
        self.ranks = model.graph.ranks
        self.ends_hold = ends_hold
        self.proposals = proposals
        self.start = start
        self.most_broken = most_broken
        self.entered = 0
        self._store = LabelStore(ends_hold.size, most_broken)
        self._moves = _OwnMoves(model)

    def without_proposals(self) -> Following:
        """The same search, by declared packages only."""
        if self.proposals is None:
            return self
        return Following(self.model, self.lost, self.ends_hold, None, self.start, self.most_broken)

    def ceilings(self, most_stages: int, known: Sequence[Costs] = ()) -> Labels:
        """Exposures that plans have to stay below to be better than the known ones."""
        shape = (self.most_broken + 1, most_stages + 1)
        ceilings = np.full(shape, np.inf, dtype=np.float32)
        for costs in known:
            _lower(ceilings, costs)
        return ceilings

    def front(
        self, aim: Aim, progress: Progress | None = None
    ) -> list[tuple[Costs, list[FoundStep]]]:
        """Costs of labels below the ceilings that no other beats, each with a plan's stages."""
        assert aim.ceilings is not None
        store = self._store
        at_end = np.zeros(self.ends_hold.size, dtype=np.bool_)
        at_end[aim.ends] = True
        found: list[tuple[Costs, int]] = []
        try:
            touched = store.begin(self.start)
            most = aim.ceilings.shape[1] - 1
            for stages in range(1, most + 1):
                if progress:
                    progress(f"stage {stages} of at most {most}", (stages - 1) / most)
                touched = self._next_stage(touched, stages - 1, aim)
                if touched.size == 0:
                    break
                reached = touched[at_end[touched]]
                for broken in range(self.most_broken + 1 if reached.size else 0):
                    labels, records = store.leaving(reached, broken, self.ends_hold)
                    place = int(labels.argmin())
                    if labels[place] < aim.ceilings[broken, stages]:
                        costs = (broken, float(labels[place]), stages)
                        _lower(aim.ceilings, costs)
                        found.append((costs, int(records[place])))
            return [(costs, self._steps_to(record, aim)) for costs, record in found]
        finally:
            self.entered += store.count
            store.clear()

    def reached(
        self, ends: NDArray[np.int64], offer: OfferedRanks
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Where plans without a broken stage lead, however many stages they have.

        Returns
        -------
        inside, going_on
            For each node, whether a plan leads there by stages that are not broken, the last
            perhaps by not holding; and whether one goes on from there whatever comes next.
        """
        store = self._store
        try:
            touched = store.begin(self.start)
            while touched.size:
                touched = self._next_stage(touched, 0, Aim(ends, offer))
            nodes = np.arange(self.ends_hold.size)
            inside = store.covered(nodes, 0)[0]
            going_on = store.leaving(nodes, 0, offer.holds)[0]
            return np.isfinite(inside), np.isfinite(going_on)
        finally:
            store.clear()

    # One more stage --------------------------------------------------------------------------

    def _next_stage(self, nodes: NDArray[np.int64], stages: int, aim: Aim) -> NDArray[np.int64]:
        """Follow the labels of some nodes by one more stage; the nodes whose labels fell."""
        most = 0 if aim.ceilings is None else self.most_broken
        # All labels are read before any is lowered: they are those of so many stages.
        frontiers = self._frontiers(nodes, stages, most, aim)
        for broken, frontier in enumerate(frontiers):
            into = [
                (kind, count, aim.highest(count, stages + 1))
                for kind, count in ((SOUND, broken), (BROKEN, broken + 1))
                if count <= most
            ]
            for moves in self._moves_from(frontier, aim):
                self._enter(moves, into, exposed=aim.ceilings is not None)
            if broken == 0 and self.proposals is not None:
                for moves in self._proposed_from(self.proposals, frontier, aim):
                    self._enter(moves, into[:1], exposed=aim.ceilings is not None)
        return self._store.touched()

    def _frontiers(
        self, nodes: NDArray[np.int64], stages: int, most: int, aim: Aim
    ) -> list[_Frontier]:
        """The labels of nodes that are to be followed, by number of broken stages."""
        store = self._store
        result = []
        fewer = [np.full(nodes.size, np.inf, dtype=np.float32) for _ in range(2)]
        limits = aim.limits(nodes, stages, most)
        for broken in range(most + 1):
            chosen = []
            both = (
                store.leaving(nodes, broken, aim.offer.holds),
                store.covered(nodes, broken),
            )
            for kind, (labels, _) in enumerate(both):
                # What fewer broken stages do as well need not be followed.
                follow = (labels < limits[broken]) & (labels < fewer[kind])
                follow &= labels < store.followed[kind, broken, nodes]
                np.minimum(fewer[kind], labels, out=fewer[kind])
                store.followed[kind, broken, nodes[follow]] = labels[follow]
                chosen.append(np.where(follow, labels, _INFINITE))
            result.append(_Frontier(nodes, chosen[0], chosen[1], both[0][1], both[1][1]))
        return result

    def _moves_from(self, frontier: _Frontier, aim: Aim) -> Iterator[_Moves]:
        yield from self._moves.from_labels(frontier, aim.offer.ranks)
        for number in range(len(aim.offer.listed)):
            yield from self._listed_from(number, frontier, aim.offer)

    def _listed_from(
        self, number: int, frontier: _Frontier, offer: OfferedRanks
    ) -> Iterator[_Moves]:
        """Listed stages from nodes whose labels are followed."""
        steps = offer.listed[number]
        rows = np.flatnonzero(np.isfinite(frontier.plain) | np.isfinite(frontier.covered))
        places, counts = steps.places_from(frontier.nodes[rows])
        row = np.repeat(rows, counts)
        covers = offer.covers[number][places]
        base = np.where(covers, frontier.covered[row], frontier.plain[row])
        kept = np.isfinite(base)
        if not kept.any():
            return
        row, places, covers, base = row[kept], places[kept], covers[kept], base[kept]
        records = np.where(covers, frontier.covered_records[row], frontier.plain_records[row])
        yield _Moves(
            sources=steps.sources[places],
            targets=steps.targets[places],
            base=base,
            exposures=steps.exposures[places],
            willing=steps.willing(self.ranks, offer.ranks, places),
            records=records,
            how=np.full(row.size, -1 - number),
        )

    def _proposed_from(
        self, proposals: ProposedPackages, frontier: _Frontier, aim: Aim
    ) -> Iterator[_Moves]:
        """Packages that may be proposed, from nodes whose labels are followed."""
        leaving = np.full(self.ends_hold.size, np.inf, dtype=np.float32)
        covered = leaving.copy()
        leaving[frontier.nodes] = frontier.plain
        covered[frontier.nodes] = np.minimum(frontier.plain, frontier.covered)
        into = self._store.best[SOUND, 0]
        for number, found in proposals.from_labels(leaving, covered, aim.offer.ranks, into):
            row = np.searchsorted(frontier.nodes, found.sources)
            yield _Moves(
                sources=found.sources,
                targets=found.targets,
                base=np.where(found.covers, covered[found.sources], leaving[found.sources]),
                exposures=found.exposures,
                willing=np.ones(found.sources.size, dtype=np.bool_),
                records=np.where(
                    found.covers & (frontier.covered[row] < frontier.plain[row]),
                    frontier.covered_records[row],
                    frontier.plain_records[row],
                ),
                how=np.full(found.sources.size, len(self.ranks) + number),
            )

    def _enter(
        self, moves: _Moves, into: Sequence[tuple[int, int, np.float32]], *, exposed: bool
    ) -> None:
        """Enter labels after moves where they are lower than what is there, and than a limit.

        Willing moves may lead to sound labels, any to broken ones.
        """
        store = self._store
        lower = [
            (moves.willing if kind == SOUND else True)
            & (moves.base < np.minimum(store.best[kind, broken, moves.targets], limit))
            for kind, broken, limit in into
        ]
        useful = np.flatnonzero(np.logical_or.reduce(lower))
        sources, targets, values = moves.sources[useful], moves.targets[useful], moves.base[useful]
        if exposed and moves.exposures is None:
            values = np.maximum(values, self.lost.greatest(sources, targets))
        elif exposed and moves.exposures is not None:
            values = np.maximum(values, moves.exposures[useful])
        for (kind, broken, limit), allowed in zip(into, lower, strict=True):
            keep = allowed[useful] & (values < np.minimum(store.best[kind, broken, targets], limit))
            chosen = useful[keep]
            store.enter(
                kind,
                broken,
                sources[keep],
                targets[keep],
                values[keep],
                moves.records[chosen],
                moves.how[chosen],
            )

    def _steps_to(self, number: int, aim: Aim) -> list[FoundStep]:
        """The stages of the plan that a label stands for."""
        steps: list[FoundStep] = []
        while (record := self._store.record(number)).before >= 0:
            parties, package = self._maker(record.how, aim.offer)
            steps.append(FoundStep(record.source, record.target, parties, package))
            number = record.before
        return steps[::-1]

    def _maker(self, how: int, offer: OfferedRanks) -> tuple[tuple[int, ...], PlanStage | None]:
        """Who makes a stage, and as which package.

        By number: a party's own, or -1 less that of listed stages, or after the parties' numbers
        that of a group that makes proposals.
        """
        if how < 0:
            steps = offer.listed[-1 - how]
            return steps.parties, steps.stage
        if how < len(self.ranks) or self.proposals is None:
            return (how,), None
        return self.proposals.groups[how - len(self.ranks)], None


def _lower(ceilings: Labels, costs: Costs) -> None:
    broken, exposure, stages = costs
    part = ceilings[broken:, stages:]
    np.minimum(part, np.float32(exposure), out=part)


@dataclass(frozen=True, slots=True, eq=False)
class _Frontier:
    """Labels of some nodes that are followed, infinite where they are not, and their records.

    ``covered`` where the next stage covers what would break the one before it.
    """

    nodes: NDArray[np.int64]
    plain: Labels
    covered: Labels
    plain_records: NDArray[np.int64]
    covered_records: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class _Moves:
    """Stages from followed labels.

    ``base`` is the label before each and ``records`` its record; ``exposures`` are None where
    every stage is a party's own move. See :meth:`Following._maker` for ``how``.
    """

    sources: NDArray[np.int64]
    targets: NDArray[np.int64]
    base: Labels
    exposures: Labels | None
    willing: NDArray[np.bool_]
    records: NDArray[np.int64]
    how: NDArray[np.int64]


class _OwnMoves:
    """Moves along axes of a cube, from some of its nodes; none where moves are listed."""

    def __init__(self, model: GraphModel) -> None:
        self.ranks = model.graph.ranks
        self.feasible = model.space.feasible
        self.axes = [model.moves.axes[party] for party in model.along_axes]
        # One column for each party and own combination.
        lengths = [axis.length for axis in self.axes]
        self.party = np.repeat(np.arange(len(lengths)), lengths)
        self.inner = np.repeat([axis.inner for axis in self.axes], lengths)
        self.end = np.array([own for length in lengths for own in range(length)], dtype=np.int64)

    def from_labels(
        self, frontier: _Frontier, offered: NDArray[np.int32] | None
    ) -> Iterator[_Moves]:
        """Moves from nodes whose labels are followed, so many at a time."""
        if not self.axes:
            return
        rows = np.flatnonzero(np.isfinite(frontier.plain))
        at_once = max(1, _MOVES_AT_ONCE // self.party.size)
        for first in range(0, rows.size, at_once):
            chosen = rows[first : first + at_once]
            nodes = frontier.nodes[chosen]
            here = np.stack([(nodes // axis.inner) % axis.length for axis in self.axes])
            permitted = np.concatenate(
                [axis.permitted[own] for axis, own in zip(self.axes, here, strict=True)], axis=1
            )
            row, column = np.nonzero(permitted)
            party = self.party[column]
            targets = nodes[row] + (self.end[column] - here[party, row]) * self.inner[column]
            possible = self.feasible[targets]
            row, party, targets = row[possible], party[possible], targets[possible]
            sources, labels = nodes[row], chosen[row]
            bound = self.ranks[party, targets] if offered is None else offered[party]
            yield _Moves(
                sources=sources,
                targets=targets,
                base=frontier.plain[labels],
                exposures=None,
                willing=self.ranks[party, sources] <= bound,
                records=frontier.plain_records[labels],
                how=party,
            )
