"""Solution concepts where packages are moves too, made by all their members together.

docs/concepts/stability.md has the definitions, 13 to 16. They are this project's own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from detente.dispute.errors import DisputeError
from detente.space.graph import Graph, Values
from detente.space.graph_model import GraphModel
from detente.space.move_lists import MoveList, move_list
from detente.space.package_moves import PackageMoves, package_moves
from detente.stability.concept_registry import concepts_serving, reaction_of
from detente.stability.sanctions import reaction_values, withstands

__all__ = [
    "PackagedGraph",
    "check_packaged_concept",
    "packaged_graph",
    "packaged_stability",
]


class PackagedGraph:
    """A graph model in which others respond by packages too.

    Parameters
    ----------
    graph
        The graph model of the parties' own moves.
    packages
        The packages, between nodes of the graph.
    """

    def __init__(self, graph: Graph, packages: Sequence[PackageMoves]) -> None:
        self.base = graph
        self.ranks = graph.ranks
        self.packages = tuple(packages)
        self._lists = [
            move_list(one.sources, one.targets, graph.ranks.shape[1]) for one in packages
        ]

    def best_move(self, values: Values, party: int) -> Values:
        """See :meth:`detente.space.graph.Graph.best_move`: by the party's own moves."""
        return self.base.best_move(values, party)

    def best_reach(self, values: Values, party: int) -> Values:
        """See :meth:`detente.space.graph.Graph.best_reach`: by the party's own moves."""
        return self.base.best_reach(values, party)

    def moves_from(self, node: int, party: int) -> NDArray[np.integer]:
        """See :meth:`detente.space.graph.Graph.moves_from`: the party's own moves."""
        return self.base.moves_from(node, party)

    def moves_from_each(
        self, nodes: NDArray[np.integer], party: int
    ) -> tuple[NDArray[np.integer], NDArray[np.integer]]:
        """See :meth:`detente.space.graph.Graph.moves_from_each`: the party's own moves."""
        return self.base.moves_from_each(nodes, party)

    @property
    def compiled(self) -> bool:
        """Whether compiled kernels do the work of the parties' own moves."""
        return self.base.compiled

    def two_best_moves(self, values: Values, party: int) -> tuple[Values, Values]:
        """See :meth:`detente.space.graph.Graph.two_best_moves`: by the party's own moves."""
        return self.base.two_best_moves(values, party)

    def worst_response(
        self,
        values: Values,
        movers: Sequence[int],
        *,
        improving: bool,
        joint: Sequence[MoveList] = (),
    ) -> Values:
        """See :meth:`detente.space.graph.Graph.worst_response`.

        Packages all of whose members are among the movers are further movers.
        """
        inside = [number for number, one in enumerate(self.packages) if one.members <= set(movers)]
        chosen = [self.joint_moves(number, improving=improving) for number in inside]
        return self.base.worst_response(
            values, movers, improving=improving, joint=(*joint, *chosen)
        )

    def joint_moves(self, number: int, *, improving: bool) -> MoveList:
        """A package's moves: all, or those that every member strictly prefers to make."""
        moves = self._lists[number]
        if not improving:
            return moves
        members = sorted(self.packages[number].members)
        ranks = self.ranks[members]
        better = ranks[:, moves.targets] > ranks[:, moves.sources]
        return moves.chosen(np.logical_and.reduce(better, axis=0))


def packaged_graph(model: GraphModel) -> PackagedGraph:
    """The graph of a model with the dispute's packages as moves between its nodes."""
    packages = package_moves(model)
    between_nodes = (
        PackageMoves(
            one.package,
            one.members,
            model.nodes(one.sources).astype(np.int64),
            model.nodes(one.targets).astype(np.int64),
        )
        for one in packages
    )
    return PackagedGraph(model.graph, tuple(between_nodes))


def check_packaged_concept(name: str) -> None:
    """Refuse a concept that is not defined with packages.

    Raises
    ------
    DisputeError
        If it does not serve packages.
    """
    if name not in concepts_serving("packages"):
        raise DisputeError(
            f"{name} is not defined with packages",
            found=name,
            allowed=concepts_serving("packages"),
        )


def packaged_stability(
    model: GraphModel, name: str, tell: Callable[[str, float], None]
) -> NDArray[np.bool_]:
    """Stability with packages under one concept.

    Parameters
    ----------
    model
        The graph model.
    name
        One that serves packages.
    tell
        Called with what is being worked on and the share done.

    Returns
    -------
    numpy.ndarray of bool
        Shape (parties, states). Cost is that of the concept without packages, and a pass over
        the packages' moves for each round of responses.

    Raises
    ------
    DisputeError
        If the concept is not defined with packages.
    """
    check_packaged_concept(name)
    graph = packaged_graph(model)
    parties = range(len(model.dispute.parties))
    stable = np.empty((len(parties), graph.ranks.shape[1]), dtype=np.bool_)
    responses = np.empty(stable.shape, dtype=np.int32)
    for party in parties:
        tell(f"{name} for {model.dispute.parties[party].id}", party / len(parties))
        reaction = reaction_of(name)
        responses[party] = (
            graph.ranks[party] if reaction is None else reaction_values(graph, party, reaction)
        )
        stable[party] = withstands(graph, party, responses[party])
    for number, package in enumerate(graph.packages):
        moves = graph.joint_moves(number, improving=True)
        sources = moves.sources
        made = np.ones(sources.size, dtype=np.bool_)
        for member in package.members:
            made &= responses[member, moves.targets] > graph.ranks[member, sources]
        for member in package.members:
            stable[member, sources[made]] = False
    return model.by_state(stable)
