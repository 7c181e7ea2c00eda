"""A dispute ready for analysis: its states, moves and ranks together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Dispute
from detente.space.cube import Hypercube
from detente.space.graph import Graph
from detente.space.move_lists import SparseGraph, check_room, sparse_graph
from detente.space.moves import Moves, moves
from detente.space.ranks import ranks as preference_ranks
from detente.space.representation import Engine
from detente.space.states import StateSpace, state_space

if TYPE_CHECKING:
    from detente.space.symbolic.listing import FeasibleStates

__all__ = ["GraphModel", "build_graph_model", "model_of", "with_ranks"]


@dataclass(frozen=True, eq=False)
class GraphModel:
    """The graph model of a dispute.

    Attributes
    ----------
    dispute
        The dispute.
    moves
        Every party's unilateral moves between positions.
    position_ranks
        Shape (parties, positions).
    graph
        The representation in which solution concepts are computed.
    """

    dispute: Dispute
    moves: Moves
    position_ranks: NDArray[np.int32]
    graph: Graph

    @property
    def space(self) -> StateSpace:
        """The states."""
        return self.moves.space

    @property
    def engine(self) -> Engine:
        """In which form states are held: the whole cube, or a list of feasible states."""
        return "list" if self.space.listed else "cube"

    @property
    def on_cube(self) -> bool:
        """Whether the graph's nodes are positions (otherwise they are state indices)."""
        return isinstance(self.graph, Hypercube)

    @cached_property
    def status_quo(self) -> int | None:
        """State index of the status quo, or None where there is none."""
        if self.dispute.status_quo is None:
            return None
        return self.space.index_at(self.space.position_of(self.dispute.status_quo))

    def node(self, index: int) -> int:
        """The graph's node of a state."""
        return int(self.space.members(index)[0]) if self.on_cube else index

    def nodes(self, indices: NDArray[np.int64]) -> NDArray[np.integer]:
        """The graph's nodes of some states."""
        return self.space.positions[indices] if self.on_cube else indices

    def index(self, node: int) -> int:
        """The state of a feasible node of the graph."""
        if not self.on_cube:
            return node
        index = self.space.index_at(node)
        assert index is not None, "the node is feasible"
        return index

    def indices(self, nodes: NDArray[np.integer]) -> NDArray[np.int64]:
        """The states of feasible nodes of the graph."""
        if not self.on_cube or self.space.is_whole_cube:
            return nodes.astype(np.int64)
        indices: NDArray[np.int64] = self.space.indices[nodes].astype(np.int64)
        return indices

    def moves_from(self, index: int, party: int) -> NDArray[np.int64]:
        """The states that a party can reach from a state in one move; never the state itself."""
        return self.indices(self.graph.moves_from(self.node(index), party))

    def by_state(self, values: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Values given by node along the last axis, as values by state index."""
        if not self.on_cube or self.space.is_whole_cube:
            return values
        return values[..., self.space.positions]

    def ranks(self, party: int) -> NDArray[np.int32]:
        """Rank of each state for one party, by state index."""
        ranks: NDArray[np.int32] = self.position_ranks[party]
        return ranks if self.space.is_whole_cube else ranks[self.space.positions]

    @cached_property
    def ranks_of_all(self) -> NDArray[np.int32]:
        """Shape (parties, states): rank of each state for each party."""
        if self.space.is_whole_cube:
            return np.ascontiguousarray(self.position_ranks)
        return self.position_ranks.take(self.space.positions, axis=1)


def build_graph_model(
    dispute: Dispute,
    listed: FeasibleStates | None = None,
    *,
    progress: Callable[[str, float], None] | None = None,
) -> GraphModel:
    """Work out the states, moves and ranks of a dispute, however much memory they take.

    Disputes without guards and coalesced states are held as a hypercube, others as lists of
    moves. Where few states of a large cube are feasible, states are listed too.

    Parameters
    ----------
    dispute
        The dispute.
    listed
        Its feasible states, where they are to be listed; see
        :func:`detente.space.representation.states_to_list`.
    progress
        Called with what is being worked on and the share of the whole work done.

    Returns
    -------
    GraphModel

    Raises
    ------
    DisputeError
        As :func:`detente.space.states.state_space` and :func:`detente.space.ranks.ranks`.
    """
    if progress:
        progress("states", 0.0)
    space = state_space(dispute, listed.table() if listed else None)
    all_moves = moves(dispute, space)
    if space.listed:
        check_room(dispute, all_moves.most_listed)
    position_ranks = preference_ranks(dispute, space, progress)
    if progress and _as_list(all_moves):
        progress("list of moves", 0.0)
    return model_of(dispute, all_moves, position_ranks)


def model_of(dispute: Dispute, all_moves: Moves, position_ranks: NDArray[np.int32]) -> GraphModel:
    """A graph model from its parts, in the representation that suits its moves."""
    graph: Graph
    if _as_list(all_moves):
        graph = sparse_graph(all_moves, position_ranks)
    else:
        graph = Hypercube(all_moves, position_ranks)
    return GraphModel(dispute, all_moves, position_ranks, graph)


def _as_list(all_moves: Moves) -> bool:
    """Whether moves are listed rather than made along the axes of a cube."""
    return bool(all_moves.guarded or all_moves.space.classes or all_moves.space.listed)


def with_ranks(
    model: GraphModel, position_ranks: NDArray[np.int32], dispute: Dispute | None = None
) -> GraphModel:
    """A graph model with the same states and moves, in the same representation, and other ranks.

    Moves that were listed are not listed again.

    Parameters
    ----------
    model
        The graph model.
    position_ranks
        Shape (parties, positions).
    dispute
        The dispute with the preferences from which the ranks come; the model's own where left
        out.

    Returns
    -------
    GraphModel
    """
    graph: Graph
    if isinstance(model.graph, SparseGraph):
        by_state = np.ascontiguousarray(position_ranks[:, model.space.positions])
        graph = SparseGraph(model.graph.lists, by_state)
    else:
        graph = Hypercube(model.moves, position_ranks)
    return GraphModel(dispute or model.dispute, model.moves, position_ranks, graph)
