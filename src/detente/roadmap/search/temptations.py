"""What parties can count on at most by leaving each node, by moves of their own.

A node holds where no party can count on more than what it is offered there (definition 5 of
docs/concepts/roadmaps.md). What is offered changes with the end of a plan; what a party can count
on does not, so that it is worked out once.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detente.space.graph import Values
from detente.space.graph_model import GraphModel
from detente.space.move_lists import MoveList, SparseGraph

__all__ = ["Temptations"]

Ranks = NDArray[np.int32]


class Temptations:
    """The best that each party can count on by leaving each node.

    Parameters
    ----------
    model
        The graph model.
    responses
        By party, for each node: the least rank that the others' reactions leave it there.

    Attributes
    ----------
    most, second
        Shape (parties, nodes): the highest rank that a party can count on after one of its
        moves, and the highest after another one; 0 where there is none.
    """

    def __init__(self, model: GraphModel, responses: Sequence[Values]) -> None:
        self.model = model
        self.responses = responses
        self.ranks = model.graph.ranks
        self.most = np.zeros(self.ranks.shape, dtype=np.int32)
        self.second = np.zeros(self.ranks.shape, dtype=np.int32)
        for party in range(len(self.ranks)):
            if isinstance(model.graph, SparseGraph):
                self._from_lists(party, model.graph.lists[party])
            else:
                self._on_cube(party)
        for highest in (self.most, self.second):
            highest[self.ranks == 0] = 0

    def counted_on(self, party: int, nodes: NDArray[np.integer] | slice) -> Ranks:
        """The rank that a party can count on after a move to nodes."""
        counted: Ranks = np.minimum(self.ranks[party, nodes], self.responses[party][nodes])
        return counted.astype(np.int32, copy=False)

    def _from_lists(self, party: int, moves: MoveList) -> None:
        values = self.counted_on(party, moves.targets)
        order = np.lexsort((-values, moves.sources))
        sources, values = moves.sources[order], values[order]
        # Of each source the first is the highest, and what follows it the next.
        first = np.flatnonzero(np.diff(sources, prepend=-1))
        self.most[party, sources[first]] = values[first]
        next_ = first[first + 1 < sources.size] + 1
        next_ = next_[sources[next_] == sources[next_ - 1]]
        self.second[party, sources[next_]] = values[next_]

    def _on_cube(self, party: int) -> None:
        axis = self.model.moves.axes[party]
        if axis.length == 1:
            return
        values = self.counted_on(party, slice(None)).reshape(axis.shape)
        most = self.most[party].reshape(axis.shape)
        second = self.second[party].reshape(axis.shape)
        if axis.reversible:
            # All but where it stands can be reached: of three, those that are left.
            highest = _highest(values, 3)
            own_first, own_second = values >= highest[0], values >= highest[1]
            most[:] = np.where(own_first, highest[1], highest[0])
            second[:] = np.where(own_second, highest[2], highest[1])
            return
        for start in range(axis.length):
            ends = np.flatnonzero(axis.permitted_from(start))
            if ends.size:
                highest = _highest(values[:, ends], 2)
                most[:, start], second[:, start] = highest[0][:, 0], highest[1][:, 0]

    def measure(
        self, offered: Ranks | None, nodes: NDArray[np.integer] | slice = slice(None)
    ) -> Ranks:
        """What parties compare with at nodes: ranks offered to each, or those of the nodes."""
        if offered is not None:
            return offered[:, np.newaxis]
        own: Ranks = self.ranks[:, nodes]
        return own

    def holds(self, offered: Ranks | None) -> NDArray[np.bool_]:
        """Whether no party can count on more by leaving each node."""
        held: NDArray[np.bool_] = np.logical_and.reduce(self.most <= self.measure(offered))
        return held

    def otherwise(self, party: int, sources: NDArray[np.int64], ends: NDArray[np.int64]) -> Ranks:
        """The most that a party can count on by leaving sources to other nodes than some.

        Parameters
        ----------
        party
            Number of the party.
        sources
            Nodes.
        ends
            For each the node that is left out, which one of the party's moves leads to; the
            source itself where none is.
        """
        most, second = self.most[party, sources], self.second[party, sources]
        left_out = (ends != sources) & (self.counted_on(party, ends) == most)
        rest: Ranks = np.where(left_out, second, most)
        return rest

    def lone(
        self, offered: Ranks | None, party: int, over: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """A party's moves, on a cube, that alone keep their sources from holding.

        Parameters
        ----------
        offered
            By party; None where parties look at each stage.
        party
            Number of the party.
        over
            Shape (parties, nodes): whether each can count on more than it is offered.

        Returns
        -------
        sources, targets
        """
        measure = self.measure(offered)[party]
        nodes = np.flatnonzero(
            over[party] & (over.sum(axis=0) == 1) & (self.second[party] <= measure)
        )
        axis = self.model.moves.axes[party]
        here = (nodes // axis.inner) % axis.length
        row, end = np.nonzero(axis.permitted[here])
        sources = nodes[row]
        targets = sources + (end - here[row]) * axis.inner
        found = self.counted_on(party, targets) > np.broadcast_to(measure, over.shape[1:])[sources]
        return sources[found], targets[found]


def _highest(values: Ranks, count: int) -> list[Ranks]:
    """The highest values along the middle axis, the first first; 0 where there are no more."""
    length = values.shape[1]
    shape = (values.shape[0], 1, values.shape[2])
    if length > count:
        values = np.partition(values, range(length - count, length), axis=1)[:, -count:]
    else:
        values = np.sort(values, axis=1)
    ordered = [values[:, [place]] for place in reversed(range(values.shape[1]))]
    return ordered + [np.zeros(shape, dtype=np.int32)] * (count - len(ordered))
