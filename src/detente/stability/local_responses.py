"""What a party can count on at single nodes, found by looking only at what others reach from there.

What the others bring about from one node takes a look at a few states, where it takes passes over
all of them to know it everywhere (:mod:`detente.stability.sanctions`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detente.space.graph import Graph, Values

__all__ = ["least_reached"]


def least_reached(
    graph: Graph, movers: Sequence[int], start: int, values: Values, bound: int
) -> tuple[int, int]:
    """The least value among a node and those to which movers lead from it by improvements.

    Sequences of improvements are followed whoever moved last, which is right where moves are
    transitive: of two improvements of one party in a row its one improvement does the same.

    Parameters
    ----------
    graph
        The graph model, whose moves are transitive.
    movers
        Numbers of the parties that move.
    start
        The node.
    values
        A value for each node.
    bound
        A value that need not be undercut: the search ends where one is found that is no greater.

    Returns
    -------
    least : int
        The least value; where it is no greater than `bound`, it may not be the least of all.
    looked_at : int
        How many nodes were looked at.
    """
    least, looked_at = int(values[start]), 1
    seen: NDArray[np.bool_] = np.zeros(values.size, dtype=np.bool_)
    seen[start] = True
    nodes: NDArray[np.integer] = np.array([start], dtype=np.int64)
    while nodes.size and least > bound:
        reached = []
        for mover in movers:
            sources, targets = graph.moves_from_each(nodes, mover)
            ranks = graph.ranks[mover]
            reached.append(targets[(ranks[targets] > ranks[sources]) & ~seen[targets]])
        nodes = np.unique(np.concatenate([nodes[:0], *reached]))
        seen[nodes] = True
        looked_at += nodes.size
        least = min(least, int(values[nodes].min(initial=least)))
    return least, looked_at
