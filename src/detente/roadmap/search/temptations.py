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
from detente.space.threads import in_threads, workers_on

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

        def work_out(party: int) -> None:
            counted = self.counted_on(party, slice(None))
            self.most[party], self.second[party] = model.graph.two_best_moves(counted, party)

        for _ in in_threads(work_out, range(len(self.ranks)), workers_on(self.ranks.shape[1])):
            pass
        for highest in (self.most, self.second):
            highest[self.ranks == 0] = 0

    def counted_on(self, party: int, nodes: NDArray[np.integer] | slice) -> Ranks:
        """The rank that a party can count on after a move to nodes."""
        counted: Ranks = np.minimum(self.ranks[party, nodes], self.responses[party][nodes])
        return counted.astype(np.int32, copy=False)

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
