"""Every stage that a search may use, as arrays over all states.

Nodes are those of the graph: positions on a cube, otherwise state indices. An exposure is the
greatest number of its statements that any one party stands to lose (definition 6a), as float32.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain, combinations, product
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from detente.roadmap.plan import PlanStage, made_from
from detente.roadmap.search.statements_lost import LostStatements, WorstLosses
from detente.roadmap.search.temptations import Temptations
from detente.space.graph_model import GraphModel
from detente.space.joint_moves import joint_targets, permitted_changes
from detente.space.move_lists import places_in_rows
from detente.space.threads import in_threads, workers_on

__all__ = [
    "Labels",
    "ListedSteps",
    "OfferedRanks",
    "OwnSteps",
    "Stages",
    "own_settings",
    "package_steps",
]

Labels = NDArray[np.float32]

# Exposures along parties' axes are kept for the next sweep where they take up to this much.
_KEPT_BYTES = 2**29

# So many moves of a party are compared together.
_COMPARED_AT_ONCE = 2**21

_Value = TypeVar("_Value", bound=np.generic)

_EVERY = slice(None)


@dataclass(frozen=True, eq=False)
class ListedSteps:
    """Stages listed one by one, in order of their targets.

    Attributes
    ----------
    parties
        Numbers of the parties that make them.
    sources, targets
        Nodes.
    exposures
        Each stage's exposure.
    otherwise
        Shape (parties, stages): the most that each party can count on by leaving the source
        otherwise than by its part of the stage. Where that is no more than what each is offered,
        the stage *covers* what would break the one before it, which then holds (definition 5).
    stage
        The declared package that they are, if they are one.
    """

    parties: tuple[int, ...]
    sources: NDArray[np.int64]
    targets: NDArray[np.int64]
    exposures: Labels
    otherwise: NDArray[np.int32]
    stage: PlanStage | None = None

    @cached_property
    def _by_source(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Places of the stages in order of their sources, and the sources in this order."""
        order = np.argsort(self.sources, kind="stable")
        return order, self.sources[order]

    def places_from(self, nodes: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Places of the stages from nodes, one node after the other, and how many each has."""
        order, sources = self._by_source
        first, last = np.searchsorted(sources, [nodes, nodes + 1])
        counts = last - first
        return order[places_in_rows(first, counts)], counts

    def willing(
        self,
        ranks: NDArray[np.int32],
        offered: NDArray[np.int32] | None,
        places: slice | NDArray[np.int64] = _EVERY,
    ) -> NDArray[np.bool_]:
        """Whether all parties are willing, by the stage itself or by a rank offered to each."""
        sources, targets = self.sources[places], self.targets[places]
        result = np.ones(sources.size, dtype=np.bool_)
        for party in self.parties:
            own = ranks[party]
            bound = own[targets] if offered is None else offered[party]
            result &= own[sources] <= bound
        return result


def _listed(
    parties: tuple[int, ...],
    sources: NDArray[np.int64],
    targets: NDArray[np.int64],
    exposures: Labels,
    otherwise: NDArray[np.int32],
    stage: PlanStage | None = None,
) -> ListedSteps:
    """Put stages in order of their targets."""
    order = np.argsort(targets, kind="stable")
    return ListedSteps(
        parties, sources[order], targets[order], exposures[order], otherwise[:, order], stage
    )


def package_steps(
    model: GraphModel, lost: LostStatements, temptations: Temptations, stage: PlanStage
) -> ListedSteps:
    """A package, from every node where it is possible."""
    starts, ends = _between_nodes(model, stage)
    sources = np.flatnonzero(ends >= 0)
    targets, positions = ends[sources], starts[sources]
    worst = WorstLosses(lost, sources)
    parties = range(len(model.graph.ranks))
    for party in parties:
        worst.look_at(party, targets)
    otherwise = temptations.most[:, sources]
    parts = _Parts(model, stage, positions, sources)
    for size in range(1, len(stage.parties)):
        for keeping in combinations(stage.parties, size):
            there = parts.nodes(keeping)
            feasible = there >= 0
            reached = np.where(feasible, there, sources)
            # Those who keep to the stage, and everybody who has no part in it, stand to lose.
            for party in parties:
                if party in keeping or party not in stage.parties:
                    worst.look_at(party, reached)
            if size == 1:
                (party,) = keeping
                otherwise[party] = temptations.otherwise(party, sources, reached)
    if len(stage.parties) == 1:
        (party,) = stage.parties
        otherwise[party] = temptations.otherwise(party, sources, targets)
    return _listed(stage.parties, sources, targets, worst.greatest(), otherwise, stage)


def _between_nodes(
    model: GraphModel, stage: PlanStage
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each node, the position from which a stage starts and the node it leads to, or -1."""
    targets = joint_targets(model.moves, stage.settings, stage.when)
    between_nodes = model.joint_targets(targets)
    return between_nodes.starts, between_nodes.targets


class _Parts:
    """Where some of a stage's parties lead by doing their part, from positions."""

    def __init__(
        self,
        model: GraphModel,
        stage: PlanStage,
        positions: NDArray[np.int64],
        sources: NDArray[np.int64],
    ) -> None:
        self.model = model
        self.positions = positions
        self.sources = sources
        self.parts = {party: stage.part(model.dispute, [party]) for party in stage.parties}
        self.permitted = {
            party: permitted_changes(model.moves, part, positions)[1]
            for party, part in self.parts.items()
        }

    def nodes(self, keeping: Sequence[int]) -> NDArray[np.int64]:
        """Nodes that result where only some parties do their part; -1 if that cannot be."""
        settings = {
            option: level for party in keeping for option, level in self.parts[party].items()
        }
        there = self.model.space.changed(self.positions, settings)
        possible = self.model.space.feasible_at(there)
        for party in keeping:
            possible &= self.permitted[party]
        unchanged = there == self.positions
        nodes = self.model.nodes_at(there)
        return np.where(unchanged, self.sources, np.where(possible, nodes, -1))


class OwnSteps:
    """One party's unilateral moves on a cube, without a list of them."""

    def __init__(self, model: GraphModel, lost: LostStatements, party: int) -> None:
        self.model = model
        self.lost = lost
        self.party = party
        self.axis = model.moves.axes[party]
        # All parties' exposures together are to stay within what may be kept.
        every = sum(axis.length**2 * axis.outer * axis.inner for axis in model.moves.axes)
        self._keep = 4 * every <= _KEPT_BYTES

    def exposures(self, fibres: NDArray[np.int64], ends: NDArray[np.int64]) -> Labels:
        """Exposures of moves to some ends, from all over their fibre; infinite where there is none.

        States that differ only in the party's own options are a fibre.

        Parameters
        ----------
        fibres, ends
            For each end, its fibre and the combination of own options there.

        Returns
        -------
        numpy.ndarray of float32
            Shape (ends, own).
        """
        if not self._keep:
            return self._exposures(fibres, ends)
        known, kept = self._kept
        fresh = ~known[fibres, ends]
        known[fibres[fresh], ends[fresh]] = True
        kept[fibres[fresh], ends[fresh]] = self._exposures(fibres[fresh], ends[fresh])
        return kept[fibres, ends]

    @cached_property
    def _kept(self) -> tuple[NDArray[np.bool_], Labels]:
        """By fibre and end: whether exposures are known, and what they are."""
        fibres, own = self.axis.outer * self.axis.inner, self.axis.length
        return np.zeros((fibres, own), dtype=np.bool_), np.empty((fibres, own, own), np.float32)

    def _exposures(self, fibres: NDArray[np.int64], ends: NDArray[np.int64]) -> Labels:
        most = np.zeros((fibres.size, self.axis.length), dtype=np.float32)
        each = np.arange(fibres.size)
        for party, codes in enumerate(self.lost.table.codes):
            code = self._by_fibre(codes, fibres)
            lost = self.lost.between(party, code, code[each, ends, np.newaxis])
            np.maximum(most, lost, out=most)
        feasible = self._by_fibre(self.model.space.feasible, fibres)[each, ends]
        most[~(self.axis.permitted.T[ends] & feasible[:, np.newaxis])] = np.inf
        return most

    def _by_fibre(self, values: NDArray[_Value], fibres: NDArray[np.int64]) -> NDArray[_Value]:
        """Values given by position, in some fibres: shape (fibres, own)."""
        outer, inner = np.divmod(fibres, self.axis.inner)
        return values.reshape(self.axis.shape)[outer, :, inner]

    def lower_remaining(
        self, sound: Labels, broken: Labels, offered: NDArray[np.int32], into: Labels
    ) -> None:
        """Lower what remains of plans from each node by one more move of the party.

        ``sound`` is what remains after a move that it makes willingly, ``broken`` after any.
        """
        axis, ranks = self.axis, self.model.graph.ranks
        if axis.length == 1:
            return
        if self.model.graph.compiled:
            from detente.roadmap.search.kernels import lower_by_moves

            table = self.lost.table
            lower_by_moves(
                into,
                sound,
                broken,
                ranks,
                table.codes,
                table.first,
                table.words,
                self.party,
                int(offered[self.party]),
                axis.permitted,
                axis.inner,
            )
            return
        falls = np.isfinite(sound) | np.isfinite(broken)
        live = np.flatnonzero(falls.reshape(axis.shape).any(axis=1))
        at_once = max(1, _COMPARED_AT_ONCE // axis.length**2)
        for first in range(0, live.size, at_once):
            self._lower_in(live[first : first + at_once], sound, broken, offered, into)

    def _lower_in(
        self,
        fibres: NDArray[np.int64],
        sound: Labels,
        broken: Labels,
        offered: NDArray[np.int32],
        into: Labels,
    ) -> None:
        """The same in some fibres, without compiled code."""
        after_any = self._by_fibre(broken, fibres)
        after = np.minimum(self._by_fibre(sound, fibres), after_any)
        own, here = (
            self._by_fibre(one, fibres) for one in (self.model.graph.ranks[self.party], into)
        )
        now = np.where(own > 0, here, -np.inf)
        # By a move no less remains than from its end.
        lower = after < now.max(axis=1, keepdims=True)
        some = np.flatnonzero(lower.any(axis=1))
        if not some.size:
            return
        rows, ends = np.nonzero(lower[some])
        exposures = self.exposures(fibres[some][rows], ends)
        # In each of the fibres something is left: they follow one another.
        begins = np.flatnonzero(np.diff(rows, prepend=-1))

        def least(values: Labels) -> Labels:
            each = np.maximum(exposures, values[some][rows, ends, np.newaxis])
            found: Labels = np.minimum.reduceat(each, begins, axis=0)
            return found

        unwilling = np.full_like(here[some], np.inf)
        if np.isfinite(after_any[some]).any():
            unwilling = least(after_any)
        lowered = np.where(own[some] <= offered[self.party], least(after), unwilling)
        outer, inner = np.divmod(fibres[some], self.axis.inner)
        cube = into.reshape(self.axis.shape)
        cube[outer, :, inner] = np.where(lowered < now[some], lowered, here[some])


def _listed_moves(
    model: GraphModel, lost: LostStatements, temptations: Temptations
) -> Iterator[ListedSteps]:
    """Every party's unilateral moves where they are listed."""
    if model.along_axes:
        return
    first_class = model.space.count - len(model.space.classes)
    for party, moves in enumerate(model.move_lists):
        sources, targets = moves.sources.astype(np.int64), moves.targets.astype(np.int64)
        single = sources < first_class
        more = list(_from_classes(model, party))
        sources = np.append(sources[single], [one for one, _ in more]).astype(np.int64)
        targets = np.append(targets[single], [one for _, one in more]).astype(np.int64)
        otherwise = temptations.most[:, sources]
        otherwise[party] = temptations.otherwise(party, sources, targets)
        exposures = lost.greatest(sources, targets)
        yield _listed((party,), sources, targets, exposures, otherwise)


def _from_classes(model: GraphModel, party: int) -> Iterator[tuple[int, int]]:
    """Where a party leads from coalesced states by setting all of its own options."""
    for settings in own_settings(model, party):
        stage = PlanStage("", (party,), settings)
        for index in range(model.space.count - len(model.space.classes), model.space.count):
            made = made_from(model, index, stage)
            if made is not None:
                yield index, made[1]


def own_settings(model: GraphModel, party: int) -> Iterator[dict[int, int]]:
    """Every combination of levels of a party's own options."""
    options = model.dispute.options_of(model.dispute.parties[party].id)
    for levels in product(*(range(model.space.levels[option]) for option in options)):
        yield dict(zip(options, levels, strict=True))


def _lone_steps(
    model: GraphModel,
    lost: LostStatements,
    temptations: Temptations,
    offered: NDArray[np.int32] | None,
) -> Iterator[ListedSteps]:
    """Unilateral moves on a cube by which the stage before them holds."""
    over = temptations.most > temptations.measure(offered)
    for party in model.along_axes:
        sources, targets = temptations.lone(offered, party, over)
        if sources.size:
            otherwise = temptations.most[:, sources]
            otherwise[party] = temptations.second[party, sources]
            exposures = lost.greatest(sources, targets)
            yield _listed((party,), sources, targets, exposures, otherwise)


@dataclass(frozen=True, eq=False)
class OfferedRanks:
    """What stages do to plans where parties are offered certain ranks.

    Attributes
    ----------
    ranks
        The rank offered to each party in the end; None where parties look at each stage.
    holds
        For each node, whether it holds where a plan goes on from there.
    listed
        The stages that are listed.
    covers
        For each of these, whether it covers what would break the stage before it.
    """

    ranks: NDArray[np.int32] | None
    holds: NDArray[np.bool_]
    listed: tuple[ListedSteps, ...]
    covers: tuple[NDArray[np.bool_], ...]


class Stages:
    """Every stage that plans may use, but for the cube's own moves, which are not listed.

    Parameters
    ----------
    model
        The graph model.
    lost
        How many statements are lost between nodes.
    temptations
        What parties can count on by leaving each node.
    packages
        The declared packages.
    """

    def __init__(
        self,
        model: GraphModel,
        lost: LostStatements,
        temptations: Temptations,
        packages: Sequence[PlanStage],
    ) -> None:
        self.model = model
        self.lost = lost
        self.temptations = temptations
        self.ends_hold = temptations.holds(None)
        moves = _listed_moves(model, lost, temptations)
        joint = in_threads(
            partial(package_steps, model, lost, temptations),
            packages,
            workers_on(model.graph.ranks.shape[1]),
        )
        self._fixed = tuple(chain(moves, joint))

    def offered(self, ranks: NDArray[np.int32] | None) -> OfferedRanks:
        """The stages where parties are offered certain ranks, or look at each stage."""
        temptations = self.temptations
        listed = (*_lone_steps(self.model, self.lost, temptations, ranks), *self._fixed)
        covers = tuple(
            np.asarray(
                (steps.otherwise <= temptations.measure(ranks, steps.sources)).all(axis=0),
                dtype=np.bool_,
            )
            for steps in listed
        )
        return OfferedRanks(ranks, temptations.holds(ranks), listed, covers)
