"""Plans whose parties are willing by where the plan ends: branch and bound over sets of ends.

For a set of ends each party is offered the best of them. That allows at least what any one end
allows, so a set in which that is no better than known plans is ruled out; otherwise it is split.
Within a set, labels are followed forwards from the start, as far as what remains to the goal
(:mod:`detente.roadmap.remaining`) lets them lead to something better than what is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.roadmap.remaining import remaining
from detente.roadmap.steps import Labels, ListedSteps, OwnSteps
from detente.stability.analysis import Progress
from detente.stability.graph_model import GraphModel

__all__ = ["Costs", "EndSearch", "FoundStep"]

Costs = tuple[int, float, int]
"""Broken stages, greatest exposure and number of stages of a plan."""

# So many sets of ends, and so many labels, are looked at before the search says that it is not
# complete.
_MOST_SETS = 10_000
_MOST_LABELS = 10**8

# Moves that are looked at together.
_MOVES_AT_ONCE = 2**19

_SOUND, _BROKEN = 0, 1
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
    listed
        The listed stages that it is one of; None for a party's own move on a cube.
    covers
        Whether it covers what would break the stage before it.
    """

    source: int
    target: int
    parties: tuple[int, ...]
    listed: ListedSteps | None
    covers: bool


class EndSearch:
    """The Pareto set of plans to a goal.

    Parameters
    ----------
    model
        The graph model.
    holds
        For each node, whether it holds.
    own, listed
        Every stage that a plan may use.
    start
        The node where plans start.
    goal
        Nodes where plans end.
    most_stages, most_broken
        Limits of plans.
    progress
        Called as the work goes on.
    """

    def __init__(
        self,
        model: GraphModel,
        holds: NDArray[np.bool_],
        own: Sequence[OwnSteps],
        listed: Sequence[ListedSteps],
        start: int,
        goal: NDArray[np.int64],
        most_stages: int,
        most_broken: int,
        progress: Progress | None = None,
    ) -> None:
        self.model = model
        self.ranks = model.graph.ranks
        self.holds = holds
        self.listed = listed
        self.start = start
        self.goal = goal
        self.most_stages = most_stages
        self.most_broken = most_broken
        self.progress = progress
        self.moves = _OwnMoves(model, [steps.party for steps in own])
        self.spans = np.maximum(1, self.ranks.max(axis=1) - 1).astype(np.float32)
        self.remaining = remaining(
            goal,
            holds,
            own,
            listed,
            self.ranks,
            self.ranks[:, goal].max(axis=1).tolist(),
            most_stages,
            most_broken,
            progress,
        )
        self.labels = _LabelStore(holds.size, most_broken + 1)
        self.looked_at = 0
        self.entered = 0

    # Sets of ends ----------------------------------------------------------------------------

    def pareto(self) -> tuple[list[tuple[Costs, list[FoundStep]]], bool]:
        """Costs and stages of the plans of the Pareto set; whether everything was looked at."""
        found: list[tuple[Costs, list[FoundStep]]] = []
        waiting = [self.goal]
        left = self.goal.size
        while waiting and self.looked_at < _MOST_SETS and self.entered < _MOST_LABELS:
            ends = waiting.pop()
            self.looked_at += 1
            if self.progress:
                self.progress("ends of plans", 1 - left / self.goal.size / 2)
            front = list(self.front(ends, [costs for costs, _ in found]))
            actual = [((self.broken(steps), *bound[1:]), steps) for bound, steps in front]
            found = _undominated([*found, *actual])
            open_ = [
                steps
                for bound, steps in front
                if not any(_no_worse(costs, bound) for costs, _ in found)
            ]

            if open_:
                waiting += self.split(ends, open_[0])
            else:
                left -= ends.size
        # What one end offers may break more stages than the best of several would.
        found = [plan for plan in found if plan[0][0] <= self.most_broken]
        return found, not waiting

    def split(self, ends: NDArray[np.int64], steps: Sequence[FoundStep]) -> list[NDArray[np.int64]]:
        """Split ends by what a party that is unwilling in the end would have to be offered."""
        for step, party in self.unwilling(steps):
            enough = self.ranks[party, ends] >= self.ranks[party, step.source]
            if enough.any() and not enough.all():
                # What is taken from the list first is looked at first: the better ends.
                return [ends[~enough], ends[enough]]
        raise AssertionError("a plan whose parties are willing has the label's costs")

    def unwilling(self, steps: Sequence[FoundStep]) -> Iterator[tuple[FoundStep, int]]:
        """Stages and parties that would rather stand still, by where the plan ends."""
        end = steps[-1].target
        for step in steps:
            for party in step.parties:
                if self.ranks[party, step.source] > self.ranks[party, end]:
                    yield step, party

    def broken(self, steps: Sequence[FoundStep]) -> int:
        """How many stages of a plan are broken, its parties being offered its own end."""
        reluctant = {id(step) for step, _ in self.unwilling(steps)}
        covered = [*(step.covers for step in steps[1:]), False]
        return sum(
            id(step) in reluctant or not (self.holds[step.target] or next_covers)
            for step, next_covers in zip(steps, covered, strict=True)
        )

    # Labels ----------------------------------------------------------------------------------

    def front(
        self, ends: NDArray[np.int64], known: Sequence[Costs]
    ) -> list[tuple[Costs, list[FoundStep]]]:
        """What labels at a set of ends cost at least, where it is better than what is known.

        Each with the stages that it stands for.
        """
        offered = self.ranks[:, ends].max(axis=1)
        ceilings = np.full((self.most_broken + 1, self.most_stages + 1), np.inf, dtype=np.float32)
        for broken, exposure, stages in known:
            _lower_ceilings(ceilings, broken, stages, np.float32(exposure))
        store = self.labels
        store.at_end[ends] = True
        found: list[tuple[Costs, int]] = []
        try:
            touched = store.begin(self.start)
            for stages in range(self.most_stages):
                touched = self.next_stage(touched, stages, offered, ceilings)
                if touched.size == 0:
                    break
                reached = touched[store.at_end[touched]]
                for broken in range(self.most_broken + 1):
                    labels, records = store.leaving(reached, broken, self.holds)
                    place = int(labels.argmin()) if labels.size else -1
                    if place >= 0 and labels[place] < ceilings[broken, stages + 1]:
                        _lower_ceilings(ceilings, broken, stages + 1, labels[place])
                        costs = (broken, float(labels[place]), stages + 1)
                        found.append((costs, int(records[place])))
            return [(costs, self.steps_to(record)) for costs, record in found]
        finally:
            store.at_end[ends] = False
            self.entered += store.count
            store.clear()

    def next_stage(
        self,
        nodes: NDArray[np.int64],
        stages: int,
        offered: NDArray[np.int32],
        ceilings: Labels,
    ) -> NDArray[np.int64]:
        """Follow the labels of some nodes by one more stage; the nodes whose labels fell."""
        store, most = self.labels, self.most_broken
        layers = []
        fewer = np.full(nodes.size, np.inf, dtype=np.float32)
        fewer_covered = fewer.copy()
        # All labels are read before any is lowered: they are those of so many stages.
        for broken in range(most + 1):
            plain, plain_records = store.leaving(nodes, broken, self.holds)
            covered, covered_records = store.covered(nodes, broken)
            below, below_covered = self.remaining.limits(nodes, stages, broken, ceilings)
            follow = (plain < below) & (plain < fewer) & (plain < store.followed[0, broken, nodes])
            follow_covered = (
                (covered < below_covered)
                & (covered < fewer_covered)
                & (covered < store.followed[1, broken, nodes])
            )
            # What fewer broken stages do as well is not followed again.
            np.minimum(fewer, plain, out=fewer)
            np.minimum(fewer_covered, covered, out=fewer_covered)
            store.follow(0, broken, nodes[follow], plain[follow])
            store.follow(1, broken, nodes[follow_covered], covered[follow_covered])
            layers.append(
                _Frontier(
                    nodes,
                    np.where(follow, plain, _INFINITE),
                    np.where(follow_covered, covered, _INFINITE),
                    plain_records,
                    covered_records,
                )
            )
        for broken, frontier in enumerate(layers):
            for found in self.moves.from_labels(frontier, offered):
                self.enter(found, broken)
            for number, steps in enumerate(self.listed):
                for found in self.listed_from(number, steps, frontier, offered):
                    self.enter(found, broken)
        return store.touched()

    def enter(self, found: _Moves, broken: int) -> None:
        """Enter labels after moves where they are lower than what is there."""
        store = self.labels
        into = [(_SOUND, broken, found.willing)]
        if broken < self.most_broken:
            into.append((_BROKEN, broken + 1, np.ones(found.base.size, dtype=np.bool_)))
        lower = [
            allowed & (found.base < store.best[kind, count, found.targets])
            for kind, count, allowed in into
        ]
        useful = np.flatnonzero(np.logical_or.reduce(lower))
        if useful.size == 0:
            return
        sources, targets = found.sources[useful], found.targets[useful]
        exposures = found.exposures
        lost = self.lost(sources, targets) if exposures is None else exposures[useful]
        values = np.maximum(found.base[useful], lost)
        for (kind, count, _), allowed in zip(into, lower, strict=True):
            keep = allowed[useful] & (values < store.best[kind, count, targets])
            store.enter(
                kind,
                count,
                sources[keep],
                targets[keep],
                values[keep],
                found.records[useful[keep]],
                found.how[useful[keep]],
                found.covers[useful[keep]],
            )

    def lost(self, sources: NDArray[np.int64], targets: NDArray[np.int64]) -> Labels:
        """The greatest share of its range that any party loses between nodes."""
        most = np.zeros(sources.size, dtype=np.float32)
        for own, span in zip(self.ranks, self.spans, strict=True):
            np.maximum(most, (own[sources] - own[targets]).astype(np.float32) / span, out=most)
        return most

    def listed_from(
        self, number: int, steps: ListedSteps, frontier: _Frontier, offered: NDArray[np.int32]
    ) -> Iterator[_Moves]:
        """Listed stages from nodes whose labels are followed."""
        rows = np.flatnonzero(np.isfinite(frontier.plain) | np.isfinite(frontier.covered))
        first, last = np.searchsorted(
            steps.sources_in_order, [frontier.nodes[rows], frontier.nodes[rows] + 1]
        )
        counts = last - first
        row = np.repeat(rows, counts)
        if row.size == 0:
            return
        before = np.repeat(np.cumsum(counts) - counts, counts)
        places = steps.by_source[np.arange(row.size) - before + np.repeat(first, counts)]
        covers = steps.covers[places]
        base = np.where(covers, frontier.covered[row], frontier.plain[row])
        kept = np.isfinite(base)
        row, places, covers, base = row[kept], places[kept], covers[kept], base[kept]
        sources = steps.sources[places]
        willing = np.ones(row.size, dtype=np.bool_)
        for party in steps.parties:
            willing &= self.ranks[party, sources] <= offered[party]
        yield _Moves(
            sources,
            steps.targets[places],
            base,
            steps.exposures[places],
            willing,
            np.where(covers, frontier.covered_records[row], frontier.plain_records[row]),
            np.full(row.size, -1 - number),
            covers,
        )

    def steps_to(self, record: int) -> list[FoundStep]:
        """The stages of the plan that a label stands for."""
        steps: list[FoundStep] = []
        while (one := self.labels.record(record)).before >= 0:
            listed = self.listed[-1 - one.how] if one.how < 0 else None
            parties = (one.how,) if listed is None else listed.parties
            steps.append(FoundStep(one.source, one.target, parties, listed, one.covers))
            record = one.before
        return steps[::-1]


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

    ``base`` is the label before each, ``records`` its record, ``how`` the number of the party
    that makes it, or less than 0 for listed stages; ``exposures`` are None where every stage is
    a party's own move.
    """

    sources: NDArray[np.int64]
    targets: NDArray[np.int64]
    base: Labels
    exposures: Labels | None
    willing: NDArray[np.bool_]
    records: NDArray[np.int64]
    how: NDArray[np.int64]
    covers: NDArray[np.bool_]


class _OwnMoves:
    """All parties' own moves on a cube, from some of its nodes."""

    def __init__(self, model: GraphModel, parties: Sequence[int]) -> None:
        axes = [model.moves.axes[party] for party in parties]
        self.ranks = model.graph.ranks
        self.feasible = model.space.feasible
        self.axes = axes
        self.parties = parties
        # One column for each party and own combination.
        self.party = np.repeat(np.array(parties, dtype=np.int64), [axis.length for axis in axes])
        self.end = np.concatenate([np.arange(axis.length) for axis in axes] or [np.arange(0)])
        self.inner = np.repeat(
            np.array([axis.inner for axis in axes], dtype=np.int64), [axis.length for axis in axes]
        )
        self.permitted = [axis.permitted for axis in axes]

    def from_labels(self, frontier: _Frontier, offered: NDArray[np.int32]) -> Iterator[_Moves]:
        """Moves from nodes whose labels are followed, so many at a time."""
        rows = np.flatnonzero(np.isfinite(frontier.plain))
        if not self.axes:
            return
        at_once = max(1, _MOVES_AT_ONCE // self.party.size)
        for first in range(0, rows.size, at_once):
            chosen = rows[first : first + at_once]
            nodes = frontier.nodes[chosen]
            here = [(nodes // axis.inner) % axis.length for axis in self.axes]
            permitted = np.concatenate(
                [table[own] for table, own in zip(self.permitted, here, strict=True)], axis=1
            )
            row, column = np.nonzero(permitted)
            at = np.stack(here, axis=1)[row, np.searchsorted(self.parties, self.party[column])]
            sources = nodes[row]
            targets = sources + (self.end[column] - at) * self.inner[column]
            possible = self.feasible[targets]
            row, column = row[possible], column[possible]
            sources, targets = sources[possible], targets[possible]
            party = self.party[column]
            labels = chosen[row]
            yield _Moves(
                sources,
                targets,
                frontier.plain[labels],
                None,
                self.ranks[party, sources] <= offered[party],
                frontier.plain_records[labels],
                party,
                np.zeros(row.size, dtype=np.bool_),
            )


@dataclass(frozen=True, slots=True)
class _Record:
    source: int
    target: int
    before: int
    how: int
    covers: bool


class _LabelStore:
    """Labels over all nodes, of which few are set at a time, and how each came about.

    Attributes
    ----------
    best
        Shape (2, broken, nodes): least exposures, the last stage in order or broken.
    followed
        Shape (2, broken, nodes): the least with which labels have been followed, by whether the
        next stage covers.
    at_end
        For each node, whether it is among the ends that are looked at.
    """

    def __init__(self, nodes: int, counts: int) -> None:
        self.best = np.full((2, counts, nodes), np.inf, dtype=np.float32)
        self.followed = np.full((2, counts, nodes), np.inf, dtype=np.float32)
        self.at_end = np.zeros(nodes, dtype=np.bool_)
        self._record_of = np.zeros((2, counts, nodes), dtype=np.int32)
        self._new: list[NDArray[np.int64]] = []
        self._set: list[NDArray[np.int64]] = []
        self._firsts: list[int] = []
        self._records: list[tuple[NDArray[Any], ...]] = []
        self.count = 0

    def begin(self, start: int) -> NDArray[np.int64]:
        """Label the start; no stage led there that could fail."""
        nodes = np.array([start])
        none = np.array([-1])
        values = np.zeros(1, dtype=np.float32)
        self.enter(_BROKEN, 0, nodes, nodes, values, none, none, np.zeros(1, dtype=np.bool_))
        return self.touched()

    def enter(
        self,
        kind: int,
        broken: int,
        sources: NDArray[np.int64],
        targets: NDArray[np.int64],
        values: Labels,
        before: NDArray[np.int64],
        how: NDArray[np.int64],
        covers: NDArray[np.bool_],
    ) -> None:
        """Lower the labels of targets to the least value of each."""
        if targets.size == 0:
            return
        # Of several values for one target the last is what stays: the least.
        order = np.argsort(-values, kind="stable")
        reached = targets[order]
        self.best[kind, broken, reached] = values[order]
        self._record_of[kind, broken, reached] = self.count + np.arange(order.size)
        self._firsts.append(self.count)
        self._records.append((sources[order], reached, before[order], how[order], covers[order]))
        self.count += order.size
        self._new.append(reached)

    def touched(self) -> NDArray[np.int64]:
        """Nodes whose labels fell since this was last asked for."""
        if not self._new:
            return np.arange(0)
        nodes = np.unique(np.concatenate(self._new))
        self._set.append(nodes)
        self._new = []
        return nodes

    def leaving(
        self, nodes: NDArray[np.int64], broken: int, holds: NDArray[np.bool_]
    ) -> tuple[Labels, NDArray[np.int64]]:
        """Labels with which plans end at nodes or go on, and their records.

        Where a node does not hold, the last stage is broken.
        """
        after = self.best[_BROKEN, broken, nodes]
        records = self._record_of[_BROKEN, broken, nodes].astype(np.int64)
        held = holds[nodes]
        fewer = max(broken - 1, 0)
        sound = np.where(held, self.best[_SOUND, broken, nodes], self.best[_SOUND, fewer, nodes])
        if broken == 0:
            sound[~held] = np.inf
        sound_records = np.where(
            held, self._record_of[_SOUND, broken, nodes], self._record_of[_SOUND, fewer, nodes]
        )
        return np.minimum(after, sound), np.where(sound < after, sound_records, records)

    def covered(self, nodes: NDArray[np.int64], broken: int) -> tuple[Labels, NDArray[np.int64]]:
        """The same where the next stage covers what would break the last one."""
        after, sound = self.best[_BROKEN, broken, nodes], self.best[_SOUND, broken, nodes]
        records = self._record_of[:, broken, nodes].astype(np.int64)
        return np.minimum(after, sound), np.where(sound < after, records[_SOUND], records[_BROKEN])

    def follow(self, covered: int, broken: int, nodes: NDArray[np.int64], labels: Labels) -> None:
        """Note that labels are followed."""
        self.followed[covered, broken, nodes] = labels

    def record(self, number: int) -> _Record:
        """How a label came about."""
        block = int(np.searchsorted(self._firsts, number, side="right")) - 1
        place = number - self._firsts[block]
        sources, targets, before, how, covers = (one[place] for one in self._records[block])
        return _Record(int(sources), int(targets), int(before), int(how), bool(covers))

    def clear(self) -> None:
        """Unset every label."""
        self.touched()
        for nodes in self._set:
            self.best[:, :, nodes] = np.inf
            self.followed[:, :, nodes] = np.inf
        self._set, self._firsts, self._records, self.count = [], [], [], 0


def _lower_ceilings(ceilings: Labels, broken: int, stages: int, exposure: np.float32) -> None:
    part = ceilings[broken:, stages:]
    np.minimum(part, exposure, out=part)


def _no_worse(plan: Costs, bound: Costs) -> bool:
    return all(ours <= theirs for ours, theirs in zip(plan, bound, strict=True))


def _undominated(
    plans: Sequence[tuple[Costs, list[FoundStep]]],
) -> list[tuple[Costs, list[FoundStep]]]:
    kept: list[tuple[Costs, list[FoundStep]]] = []
    for costs, steps in sorted(plans, key=lambda plan: plan[0]):
        if not any(_no_worse(other, costs) for other, _ in kept):
            kept.append((costs, steps))
    return kept
