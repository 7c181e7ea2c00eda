"""Packages that nobody has declared: joint moves of a few parties, as a search may propose them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import inf

import numpy as np
from numpy.typing import NDArray

from detente.dispute.errors import DisputeError
from detente.roadmap.search.stage_moves import Labels
from detente.roadmap.search.statements_lost import LostStatements, WorstLosses
from detente.roadmap.search.temptations import Temptations
from detente.space.graph_model import GraphModel

__all__ = ["ProposedPackages", "ProposedSteps", "proposed_pairs"]

# Pairs of states that are looked at together, and in all, before the search says that it is not
# complete: some ten seconds.
_PAIRS_AT_ONCE = 2**19
_MOST_PAIRS = 2**25


@dataclass(frozen=True, slots=True, eq=False)
class ProposedSteps:
    """Packages of one group of parties.

    See :class:`detente.roadmap.search.stage_moves.ListedSteps`.
    """

    sources: NDArray[np.int64]
    targets: NDArray[np.int64]
    exposures: Labels
    covers: NDArray[np.bool_]


def proposed_pairs(model: GraphModel, most_parties: int) -> float:
    """How many pairs of states one look at all joint moves of a few parties goes through.

    Infinite where packages cannot be proposed, see :class:`ProposedPackages`.
    """
    if not model.along_axes:
        return inf
    lengths = [axis.length for axis in model.moves.axes if axis.length > 1]
    widths = (
        int(np.prod(group, dtype=object))
        for size in range(2, min(most_parties, len(lengths)) + 1)
        for group in combinations(lengths, size)
    )
    return int(model.space.count) * sum(widths)


class ProposedPackages:
    """All joint moves of two or more parties, at most so many, each changing some own option.

    Parameters
    ----------
    model
        The graph model, on a cube.
    lost
        How many statements are lost between nodes.
    temptations
        What parties can count on by leaving each node.
    most_parties
        How many parties may move together.

    Raises
    ------
    DisputeError
        If the dispute has guards or coalesced states.
    """

    def __init__(
        self,
        model: GraphModel,
        lost: LostStatements,
        temptations: Temptations,
        most_parties: int,
    ) -> None:
        if not model.along_axes:
            raise DisputeError(
                "packages cannot be proposed where the dispute has guards or coalesced states; "
                "declare them in the file",
                path=model.dispute.path,
            )
        self.model = model
        self.lost = lost
        self.temptations = temptations
        axes = model.moves.axes
        movers = [party for party, axis in enumerate(axes) if axis.length > 1]
        # Those that can do least come first, so that few groups are left when pairs run out.
        self.groups = sorted(
            (
                group
                for size in range(2, min(most_parties, len(movers)) + 1)
                for group in combinations(movers, size)
            ),
            key=lambda group: np.prod([axes[party].length for party in group], dtype=object),
        )
        self.permitted = [
            np.stack([axis.permitted_from(own) for own in range(axis.length)]) for axis in axes
        ]
        self.pairs = 0

    @property
    def complete(self) -> bool:
        """Whether everything that was asked for could be looked at."""
        return self.pairs <= _MOST_PAIRS

    def from_labels(
        self,
        leaving: Labels,
        covered: Labels,
        offered: NDArray[np.int32] | None,
        into: Labels,
    ) -> Iterator[tuple[int, ProposedSteps]]:
        """Packages that are made without a broken stage and may lower labels.

        Parameters
        ----------
        leaving, covered
            Labels of nodes to go on from, where the package does not cover what would break the
            stage before it and where it does; infinite elsewhere.
        offered
            By party; None where parties look at each stage.
        into
            The labels, which may be lowered meanwhile.

        Yields
        ------
        int, ProposedSteps
            The group's number, and packages of it.
        """
        nodes = np.flatnonzero(np.isfinite(covered))
        for number, group in enumerate(self.groups):
            for sources, targets in self._pairs(group, nodes, into):
                yield number, self._steps(group, sources, targets, covered, offered, into)

    def _changed(self, group: Sequence[int], nodes: NDArray[np.int64]) -> NDArray[np.int64]:
        """Nodes that differ from each node at most in the options of a group, in rows."""
        steps = np.zeros((nodes.size, 1), dtype=np.int64)
        for party in group:
            axis = self.model.moves.axes[party]
            here = (nodes // axis.inner) % axis.length
            own = (np.arange(axis.length) - here[:, np.newaxis]) * axis.inner
            steps = (steps[:, :, np.newaxis] + own[:, np.newaxis]).reshape(nodes.size, -1)
        return nodes[:, np.newaxis] + steps

    def _possible(
        self, group: Sequence[int], sources: NDArray[np.int64], targets: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        result = self.model.space.feasible[targets] & self.model.space.feasible[sources]
        for party in group:
            axis = self.model.moves.axes[party]
            before = (sources // axis.inner) % axis.length
            result &= self.permitted[party][before, (targets // axis.inner) % axis.length]
        return result

    def _pairs(
        self, group: Sequence[int], nodes: NDArray[np.int64], into: Labels
    ) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        width = int(np.prod([self.model.moves.axes[party].length for party in group]))
        at_once = max(1, _PAIRS_AT_ONCE // width)
        for first in range(0, nodes.size, at_once):
            self.pairs += width * min(at_once, nodes.size - first)
            if not self.complete:
                return
            block = nodes[first : first + at_once]
            targets = self._changed(group, block)
            sources = np.broadcast_to(block[:, np.newaxis], targets.shape)
            # What is reached without exposure already cannot be reached better.
            useful = into[targets] > 0
            sources, targets = sources[useful], targets[useful]
            possible = self._possible(group, sources, targets)
            yield sources[possible], targets[possible]

    def _steps(
        self,
        group: Sequence[int],
        sources: NDArray[np.int64],
        targets: NDArray[np.int64],
        covered: Labels,
        offered: NDArray[np.int32] | None,
        into: Labels,
    ) -> ProposedSteps:
        ranks = self.model.graph.ranks
        keep = covered[sources] < into[targets]
        for party in group:
            own = ranks[party]
            bound = own[targets] if offered is None else offered[party]
            keep &= own[sources] <= bound
        sources, targets = sources[keep], targets[keep]
        worst = WorstLosses(self.lost, sources)
        for party in range(len(ranks)):
            worst.look_at(party, targets)
        otherwise = self.temptations.most[:, sources]
        for kept in product([False, True], repeat=len(group)):
            keeping = [party for party, keeps in zip(group, kept, strict=True) if keeps]
            if not 0 < len(keeping) < len(group):
                continue
            there = self._part(keeping, sources, targets)
            there = np.where(self.model.space.feasible[there], there, sources)
            exposed = [p for p in range(len(ranks)) if p in keeping or p not in group]
            for party in exposed:
                worst.look_at(party, there)
            if len(keeping) == 1:
                party = keeping[0]
                otherwise[party] = self.temptations.otherwise(party, sources, there)
        covers: NDArray[np.bool_] = np.logical_and.reduce(
            otherwise <= self.temptations.measure(offered, sources)
        )
        return ProposedSteps(sources, targets, worst.greatest(), covers)

    def _part(
        self, keeping: Sequence[int], sources: NDArray[np.int64], targets: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Where some parties' parts alone lead."""
        there = sources.copy()
        for party in keeping:
            axis = self.model.moves.axes[party]
            before = (sources // axis.inner) % axis.length
            there += ((targets // axis.inner) % axis.length - before) * axis.inner
        return there
