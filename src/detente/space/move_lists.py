"""Graph models as lists of moves, for guards, coalesced states and graphs given move by move.

Moves need not be transitive here, so a response is tracked as (state, last mover): no party may
move twice in a row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Dispute
from detente.dispute.errors import LimitError
from detente.space.free_memory import fits, free_memory
from detente.space.graph import HIGHEST, Values
from detente.space.moves import Moves

__all__ = ["MoveList", "SparseGraph", "check_room", "move_list", "places_in_rows", "sparse_graph"]

# The moves of so many states are listed together.
_LISTED_AT_ONCE = 2**14


@dataclass(frozen=True)
class MoveList:
    """One party's moves in compressed rows.

    The moves from node ``s`` lead to ``targets[starts[s]:starts[s + 1]]``, in order.
    """

    starts: NDArray[np.int64]
    targets: NDArray[np.int32]

    @property
    def sources(self) -> NDArray[np.int32]:
        """Where each move starts."""
        nodes = np.arange(self.starts.size - 1, dtype=np.int32)
        return np.repeat(nodes, np.diff(self.starts))

    def targets_of(self, node: int) -> NDArray[np.int32]:
        """Where the moves from one node lead, in order."""
        return self.targets[self.starts[node] : self.starts[node + 1]]

    def chosen(self, keep: NDArray[np.bool_]) -> MoveList:
        """The moves for which `keep` (one entry for each move, in order) is true."""
        before = np.concatenate([[0], np.cumsum(keep)])
        return MoveList(before[self.starts], self.targets[keep])


def places_in_rows(starts: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Places in compressed rows: so many from each start on, one row after the other."""
    before = np.cumsum(counts) - counts
    return np.repeat(starts - before, counts) + np.arange(int(counts.sum()))


def move_list(sources: NDArray[np.integer], targets: NDArray[np.integer], nodes: int) -> MoveList:
    """Compress moves given as pairs; repeated moves and moves that lead nowhere are dropped.

    Parameters
    ----------
    sources, targets
        Nodes at which each move starts and ends.
    nodes
        Number of nodes.

    Returns
    -------
    MoveList
    """
    keys = sources.astype(np.int64) * nodes + targets
    # Sorting whole numbers is several times faster than np.unique, which hashes them.
    keys = np.sort(keys[sources != targets])
    keys = keys[np.diff(keys, prepend=-1) != 0]
    starts = np.searchsorted(keys, np.arange(nodes + 1, dtype=np.int64) * nodes)
    return MoveList(starts, (keys % max(nodes, 1)).astype(np.int32))


class SparseGraph:
    """A graph model whose moves are listed.

    Parameters
    ----------
    lists
        One list of moves for each party.
    ranks
        Shape (parties, nodes); higher is better.
    improvements
        For each party the moves by which it betters itself. By default: those to a higher rank.
    """

    def __init__(
        self,
        lists: Sequence[MoveList],
        ranks: NDArray[np.int32],
        improvements: Sequence[MoveList] = (),
    ) -> None:
        self.lists = tuple(lists)
        self.ranks = ranks
        self._improvements: dict[int, MoveList] = dict(enumerate(improvements))

    def has_moves_of(self, other: object) -> bool:
        """Whether another graph model has the same states and moves."""
        return (
            isinstance(other, SparseGraph)
            and not (self._improvements or other._improvements)
            and len(self.lists) == len(other.lists)
            and all(
                np.array_equal(own.starts, its.starts) and np.array_equal(own.targets, its.targets)
                for own, its in zip(self.lists, other.lists, strict=True)
            )
        )

    def best_move(self, values: Values, party: int) -> Values:
        """See :meth:`detente.space.graph.Graph.best_move`."""
        best: Values = np.negative(_least_target(np.negative(values), self.lists[party]))
        return best

    def best_reach(self, values: Values, party: int) -> Values:
        """See :meth:`detente.space.graph.Graph.best_reach`."""
        best: Values = np.maximum(values, self.best_move(values, party))
        return best

    @property
    def compiled(self) -> bool:
        """No kernels work on lists."""
        return False

    def two_best_moves(self, values: Values, party: int) -> tuple[Values, Values]:
        """See :meth:`detente.space.graph.Graph.two_best_moves`."""
        moves = self.lists[party]
        most, second = np.zeros_like(values), np.zeros_like(values)
        reached = values[moves.targets]
        order = np.lexsort((-reached, moves.sources))
        sources, reached = moves.sources[order], reached[order]
        # Of each source the first is the highest, and what follows it the next.
        first = np.flatnonzero(np.diff(sources, prepend=-1))
        most[sources[first]] = reached[first]
        next_ = first[first + 1 < sources.size] + 1
        next_ = next_[sources[next_] == sources[next_ - 1]]
        second[sources[next_]] = reached[next_]
        return most, second

    def worst_response(
        self,
        values: Values,
        movers: Sequence[int],
        *,
        improving: bool,
        joint: Sequence[MoveList] = (),
    ) -> Values:
        """See :meth:`detente.space.graph.Graph.worst_response`.

        With ``after[j]`` the least value still reachable once `j` has moved last, each round
        lets one more party move; values only fall, so the rounds end. Each round costs one pass
        over all moves.
        """
        lists = [self.improvements(m) if improving else self.lists[m] for m in movers]
        lists += joint
        after = [values] * len(lists)
        while True:
            next_move = [
                _least_target(reached, moves) for reached, moves in zip(after, lists, strict=True)
            ]
            updated = []
            for last in range(len(lists)):
                least = values
                for mover, response in enumerate(next_move):
                    if mover != last:
                        least = np.minimum(least, response)
                updated.append(least)
            if all(np.array_equal(a, b) for a, b in zip(after, updated, strict=True)):
                worst: Values = np.minimum.reduce([values, *next_move])
                return worst
            after = updated

    def moves_from(self, node: int, party: int) -> NDArray[np.int32]:
        """See :meth:`detente.space.graph.Graph.moves_from`."""
        return self.lists[party].targets_of(node)

    def moves_from_each(
        self, nodes: NDArray[np.integer], party: int
    ) -> tuple[NDArray[np.integer], NDArray[np.integer]]:
        """See :meth:`detente.space.graph.Graph.moves_from_each`."""
        moves = self.lists[party]
        starts = moves.starts[nodes]
        counts = moves.starts[nodes + 1] - starts
        return np.repeat(nodes, counts), moves.targets[places_in_rows(starts, counts)]

    def improvements(self, party: int) -> MoveList:
        """The moves that are unilateral improvements for their mover."""
        if party not in self._improvements:
            moves = self.lists[party]
            ranks = self.ranks[party]
            better = ranks[moves.targets] > ranks[moves.sources]
            self._improvements[party] = moves.chosen(better)
        return self._improvements[party]


def _least_target(values: Values, moves: MoveList) -> Values:
    """Least value among the targets of each node's moves; HIGHEST where it has none."""
    least = np.full_like(values, HIGHEST[values.dtype])
    movable = np.flatnonzero(np.diff(moves.starts))
    if movable.size:
        least[movable] = np.minimum.reduceat(values[moves.targets], moves.starts[movable])
    return least


def check_room(dispute: Dispute, moves: int) -> None:
    """Refuse to list moves that would not fit into the memory at hand.

    Raises
    ------
    LimitError
        With the estimate.
    """
    needed = 24 * moves
    if not fits(needed):
        raise LimitError(
            f"a list of {moves:,} moves needs about {needed / 2**30:,.1f} GiB of memory, and "
            f"{free_memory() / 2**30:,.1f} GiB is free; fewer options of one party shorten it"
        )


def _along_axis(moves: Moves, party: int) -> MoveList:
    """A party's moves where they depend on its own options only, so that none need be sorted."""
    space, axis = moves.space, moves.axes[party]
    counts, targets = [], []
    for first in range(0, space.count, _LISTED_AT_ONCE):
        starts = space.positions[first : first + _LISTED_AT_ONCE].astype(np.int64)
        own = (starts // axis.inner) % axis.length
        ends = (starts - own * axis.inner)[:, np.newaxis] + np.arange(axis.length) * axis.inner
        possible = axis.permitted[own] & space.feasible[ends]
        counts.append(possible.sum(axis=1))
        targets.append(space.indices[ends[possible]].astype(np.int32))
    return MoveList(np.append(0, np.cumsum(np.concatenate(counts))), np.concatenate(targets))


def sparse_graph(moves: Moves, ranks: NDArray[np.int32]) -> SparseGraph:
    """List the moves of a dispute between its states.

    Parameters
    ----------
    moves
        The parties' moves between positions.
    ranks
        Shape (parties, positions); higher is better.

    Returns
    -------
    SparseGraph
        Its nodes are state indices.
    """
    space = moves.space
    along_axes = not (moves.lists or moves.guarded or space.classes or space.listed)
    lists = []
    for party in range(len(moves.options)):
        if along_axes:
            lists.append(_along_axis(moves, party))
            continue
        sources, targets = moves.pairs(party)
        lists.append(move_list(space.indices[sources], space.indices[targets], space.count))
    return SparseGraph(lists, np.ascontiguousarray(ranks[:, space.positions]))
