"""A dispute ready for analysis: its states, moves and ranks together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Dispute, Formula
from detente.space.cube import Hypercube
from detente.space.graph import Graph
from detente.space.joint_moves import JointMove, state_move
from detente.space.move_lists import MoveList, SparseGraph, check_room, sparse_graph
from detente.space.moves import Moves, moves
from detente.space.ranks import ranks as preference_ranks
from detente.space.representation import Engine
from detente.space.states import StateSpace, state_space

if TYPE_CHECKING:
    from detente.space.symbolic.listing import FeasibleStates

__all__ = ["GraphModel", "build_graph_model", "have_same_moves", "model_of", "with_ranks"]

_Value = TypeVar("_Value", bound=np.generic)


# Of up to so many states, ranks by state are kept beside those by position.
_KEPT_UP_TO = 2**20


@dataclass(frozen=True, eq=False)
class GraphModel:
    """The graph model of a dispute.

    An analysis works on the nodes of :attr:`graph`, and goes from nodes to states and back by the
    methods here. Whether nodes are positions of a cube or states on a list is nothing that it has
    to know.

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

    @property
    def along_axes(self) -> range:
        """Numbers of the parties whose moves run along an axis of the cube: all, or none.

        The moves of the others are listed.
        """
        return range(len(self.dispute.parties) if self.on_cube else 0)

    @property
    def transitive(self) -> bool:
        """Whether two moves of a party, one after the other, are known to be one of its moves."""
        return self.on_cube

    @property
    def feasible_nodes(self) -> NDArray[np.bool_]:
        """Which nodes of the graph are states. Not to be written into."""
        return self.space.feasible if self.on_cube else np.ones(self.space.count, dtype=np.bool_)

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

    def by_state(self, values: NDArray[_Value]) -> NDArray[_Value]:
        """Values given by node along the last axis, as values by state index."""
        if not self.on_cube or self.space.is_whole_cube:
            return values
        return values[..., self.space.positions_to_read]

    def by_node(self, values: NDArray[_Value], elsewhere: int = 0) -> NDArray[_Value]:
        """Values given by state index, as values by node, with another where no state is."""
        if not self.on_cube or self.space.is_whole_cube:
            return values
        nodes = np.full(self.space.size, elsewhere, dtype=values.dtype)
        nodes[self.space.positions_to_read] = values
        return nodes

    def holds(self, formula: Formula) -> NDArray[np.bool_]:
        """At which nodes a formula holds; what is told of nodes that are no states means nothing.

        It holds in a coalesced state where it holds in all members.
        """
        return self.space.truth(formula) if self.on_cube else self.space.holds(formula)

    def levels_of(self, option: int) -> NDArray[np.integer]:
        """Level of an option at each node; -1 where a coalesced state leaves it open."""
        if self.on_cube:
            return self.space.level(option, np.arange(self.space.size))
        return self.space.assignments(np.arange(self.space.count))[:, option]

    def positions(self, nodes: NDArray[np.integer]) -> NDArray[np.integer]:
        """Position of some nodes; of a coalesced state, that of its first member."""
        return nodes if self.on_cube else self.space.positions[nodes]

    def members(self, node: int) -> list[int]:
        """Positions that a node stands for: several where it is a coalesced state."""
        return [node] if self.on_cube else self.space.members(node).tolist()

    def nodes_at(self, positions: NDArray[np.int64]) -> NDArray[np.int64]:
        """The nodes in which some feasible positions lie."""
        return positions if self.on_cube else self.space.indices[positions].astype(np.int64)

    def at_positions(self, values: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Truth by node, as truth by position; false where no state is."""
        return (values[self.space.indices] if not self.on_cube else values) & self.space.feasible

    def shares_reach(self, party: int) -> bool:
        """Whether a party reaches the same states from each of those that it reaches."""
        return self.on_cube and self.moves.axes[party].reversible

    def joint_targets(self, targets: NDArray[np.int64]) -> JointMove:
        """A joint move between positions (see :mod:`detente.space.joint_moves`), between nodes."""
        if self.on_cube:
            return JointMove(np.arange(targets.size, dtype=np.int64), targets)
        return state_move(self.space, targets)

    @property
    def move_lists(self) -> tuple[MoveList, ...]:
        """Every party's moves between states, listed anew where the graph holds no list."""
        if isinstance(self.graph, SparseGraph):
            return self.graph.lists
        return sparse_graph(self.moves, self.position_ranks).lists

    @property
    def moves_at_most(self) -> int:
        """How many unilateral moves there are, or on a cube could be without constraints."""
        if isinstance(self.graph, SparseGraph):
            return sum(one.targets.size for one in self.graph.lists)
        return int(self.space.count) * sum(axis.length - 1 for axis in self.moves.axes)

    def ranks(self, party: int) -> NDArray[np.int32]:
        """Rank of each state for one party, by state index. Not to be written into."""
        ranks: NDArray[np.int32]
        if self.space.is_whole_cube:
            ranks = self.position_ranks[party]
        elif self.space.count <= _KEPT_UP_TO:
            ranks = self.ranks_of_all[party]
        else:
            ranks = self.position_ranks[party][self.space.positions]
        return ranks

    @cached_property
    def ranks_of_all(self) -> NDArray[np.int32]:
        """Shape (parties, states): rank of each state for each party. Not to be written into."""
        if self.space.is_whole_cube:
            return np.ascontiguousarray(self.position_ranks)
        return self.position_ranks.take(self.space.positions_to_read, axis=1)


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


def have_same_moves(one: Graph, other: Graph) -> bool:
    """Whether two graphs are known to have the same states, and the same moves of each party."""
    return isinstance(one, Hypercube | SparseGraph) and one.has_moves_of(other)


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
