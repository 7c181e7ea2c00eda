"""What the solution concepts ask of a graph model, whatever its representation.

Two representations answer: :class:`~detente.space.cube.Hypercube`, on whole arrays
without any list of moves, and :class:`~detente.space.move_lists.SparseGraph`, on lists of moves.
Nodes are positions in the first and state indices in the second.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from detente.space.move_lists import MoveList

__all__ = ["HIGHEST", "LOWEST", "Graph", "Values"]

Values = NDArray[np.signedinteger]

# Ranks are at most the number of states, so these lie outside every set of ranks, also after
# two ranks are packed into one integer of 64 bits. Eight bits are for what holds or does not.
HIGHEST = {np.dtype(f"int{bits}"): 2 ** (bits - 1) - 1 for bits in (8, 32, 64)}
LOWEST = {dtype: -highest for dtype, highest in HIGHEST.items()}


class Graph(Protocol):
    """A graph model: nodes, each party's moves between them, each party's ranks.

    Attributes
    ----------
    ranks
        Shape (parties, nodes); higher is better. Infeasible nodes may be present: no move leads
        to them and what is computed for them means nothing.
    compiled
        Whether compiled kernels do the work on whole axes of the cube.
    """

    ranks: NDArray[np.int32]

    @property
    def compiled(self) -> bool:
        """See above."""
        ...

    def best_move(self, values: Values, party: int) -> Values:
        """Greatest value that `party` can reach in exactly one move; LOWEST where it has none.

        Parameters
        ----------
        values
            A value for each node.
        party
            Number of the mover.

        Returns
        -------
        numpy.ndarray
            The same shape and dtype as `values`.
        """
        ...

    def best_reach(self, values: Values, party: int) -> Values:
        """Greatest value that `party` can reach in one move or by staying."""
        ...

    def two_best_moves(self, values: Values, party: int) -> tuple[Values, Values]:
        """Greatest and next greatest value, not below 0, that `party` can reach in one move.

        They are those of two different moves; 0 where there is none.
        """
        ...

    def worst_response(
        self,
        values: Values,
        movers: Sequence[int],
        *,
        improving: bool,
        joint: Sequence[MoveList] = (),
    ) -> Values:
        """Least value that `movers` can reach together, or by staying.

        They reach what legal sequences of their moves reach, in which no party moves twice in a
        row: R_H(s), or, where `improving`, R+_H(s), in which every move is a unilateral
        improvement for its mover.

        Parameters
        ----------
        values
            A value for each node.
        movers
            Numbers of the parties that move.
        improving
            Whether they make unilateral improvements only.
        joint
            Moves, between nodes, of further movers, such as packages. All of them count, whether
            or not the others make improvements only.

        Returns
        -------
        numpy.ndarray
            The same shape and dtype as `values`.
        """
        ...

    def moves_from(self, node: int, party: int) -> NDArray[np.integer]:
        """Nodes that `party` can reach from `node` in one move, in order; never `node` itself."""
        ...

    def moves_from_each(
        self, nodes: NDArray[np.integer], party: int
    ) -> tuple[NDArray[np.integer], NDArray[np.integer]]:
        """Where the moves of `party` from some nodes start and end, node by node."""
        ...
