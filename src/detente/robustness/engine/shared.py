"""What draws share, as compiled analysis reads it.

It stands by itself, as kernels are compiled anew where a module that they need has changed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["LINE", "WOVEN", "Shared"]

LINE = 16
"""Positions in a line."""

WOVEN = tuple(4 * (place % 4) + place // 4 for place in range(LINE))
"""Which position of a line each number tells of, where numbers are to be woven into rows."""


class Shared(NamedTuple):
    """What compiled analysis needs to know of the moves, for all parties one after the other.

    A *node* is a context and an own combination in it. A *group* is the states that differ only
    in the party's own options.

    Attributes
    ----------
    lengths, inners
        The length of each party's own axis, and the step of positions along it.
    contexts, nodes
        Where each party's contexts and nodes start.
    class_starts
        Where each party's classes start.
    classes, components
        Class and component of each node; class -1 where it is infeasible.
    patterns
        Shape (parties, longest axis): the pattern of each own combination, which is its levels of
        options that change one way only. None is reached from one after it.
    kinds
        How many patterns each party has.
    reached
        Shape (parties, most patterns, most patterns): whether the second pattern can be reached
        from the first.
    component_starts
        Where each party's components start: sets of states that the other parties can reach
        from each other. Those that can be reached from a component stand before it.
    member_starts, members
        The nodes in each component.
    next_starts, nexts
        The components that the others reach from each component by one move.
    line_starts, line_nodes
        Where each party's lines start, and the lines: nodes of a party that stand in a line of
        positions somewhere, shape (lines, :data:`LINE`), in the order of :data:`WOVEN`. The number
        of nodes stands for no node, as where a position is infeasible, or none is left to end a
        line.
    lines
        Which of a party's lines each line of positions is, counted from its first, shape (lines
        of positions, parties and one column more of nothing but 0).
    infeasible
        The positions that are no states.
    run_starts, runs
        Where each party's runs start, and the runs: groups in the same context whose first
        positions are so far apart as `steps` tells. Each has its first position, its number of
        groups, its context, and whether it is apart from the run before: 1 where it begins a
        line of runs, and 2 where that lies just beside the line before.
    steps
        For each party how far apart the groups of a run begin.
    neighbour_starts, neighbours
        Two contexts of a party that differ in one step of another party alone, for each two parties
        (the other one counts on first): shape (pairs of contexts, 2).
    """

    lengths: NDArray[np.int64]
    inners: NDArray[np.int64]
    contexts: NDArray[np.int64]
    nodes: NDArray[np.int64]
    class_starts: NDArray[np.int64]
    classes: NDArray[np.int32]
    components: NDArray[np.int32]
    patterns: NDArray[np.int64]
    kinds: NDArray[np.int64]
    reached: NDArray[np.bool_]
    component_starts: NDArray[np.int64]
    member_starts: NDArray[np.int64]
    members: NDArray[np.int32]
    next_starts: NDArray[np.int64]
    nexts: NDArray[np.int32]
    line_starts: NDArray[np.int64]
    line_nodes: NDArray[np.uint32]
    lines: NDArray[np.integer]
    infeasible: NDArray[np.int64]
    run_starts: NDArray[np.int64]
    runs: NDArray[np.int32]
    steps: NDArray[np.int64]
    neighbour_starts: NDArray[np.int64]
    neighbours: NDArray[np.int32]
