"""Feasible states found from the constraints, without the cube of all states.

Time and memory follow the number of feasible states and the size of the diagram of the
constraints, not the number of all combinations of levels.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Dispute
from detente.space.symbolic.diagrams import Diagram, Diagrams, TooLarge
from detente.space.symbolic.encoding import Encoding, digits
from detente.space.symbolic.order import option_order

__all__ = ["FeasibleStates", "feasible_states"]


@dataclass(frozen=True)
class FeasibleStates:
    """The feasible states of a dispute as a diagram.

    Attributes
    ----------
    encoding
        Which variables hold which option's level; there are no others.
    diagram
        The feasible states, coalesced ones each by itself.
    """

    encoding: Encoding
    diagram: Diagram

    @property
    def count(self) -> int:
        """How many feasible states there are, coalesced ones counted each."""
        diagrams = self.encoding.diagrams
        return diagrams.count(self.diagram, diagrams.variables)

    def table(self) -> NDArray[np.int8]:
        """Levels of every option in every feasible state, in no particular order.

        Returns
        -------
        numpy.ndarray of int8
            Shape (states, options). Cost is states times options.
        """
        diagrams = self.encoding.diagrams
        places = range(diagrams.variables)
        words = -(-diagrams.variables // 64)
        # The assignments of the variables so far that lead to each node, as bits in words.
        start = np.zeros((1, words), dtype=np.uint64)
        leading = {self.diagram: [start]}
        for variable in places:
            following: dict[Diagram, list[NDArray[np.uint64]]] = {}
            for node, parts in leading.items():
                rows = np.concatenate(parts)
                lower = upper = node
                if node.node_level() == variable:
                    cofactors = node.cofactors()
                    assert cofactors is not None, "a node with a level has two cofactors"
                    upper, lower = cofactors
                if lower.satisfiable():
                    following.setdefault(lower, []).append(rows)
                if upper.satisfiable():
                    chosen = rows.copy()
                    chosen[:, variable // 64] |= np.uint64(1 << variable % 64)
                    following.setdefault(upper, []).append(chosen)
            leading = following
        rows = np.concatenate([start[:0], *(part for parts in leading.values() for part in parts)])
        table = np.zeros((len(rows), len(self.encoding.bits)), dtype=np.int8)
        for option, bits in enumerate(self.encoding.bits):
            for place, bit in enumerate(bits):
                digit = rows[:, bit // 64] >> np.uint64(bit % 64) & np.uint64(1)
                table[:, option] |= (digit << np.uint64(place)).astype(np.int8)
        return table


def feasible_states(dispute: Dispute, *, most_nodes: int) -> FeasibleStates | None:
    """The feasible states of a dispute as a diagram, or None where it would be too large.

    Parameters
    ----------
    dispute
        The dispute.
    most_nodes
        How many nodes diagrams may have.

    Returns
    -------
    FeasibleStates or None
    """
    levels = tuple(len(option.levels) for option in dispute.options)
    order = option_order(dispute)
    counts = [digits(levels[option]) for option in order]
    firsts = [0, *accumulate(counts)]
    bits: list[tuple[int, ...]] = [()] * len(levels)
    for first, count, option in zip(firsts, counts, order, strict=False):
        bits[option] = tuple(range(first, first + count))
    encoding = Encoding(Diagrams(firsts[-1], most_nodes), levels, tuple(bits))
    try:
        feasible = encoding.assignments()
        for constraint in dispute.constraints:
            feasible &= ~encoding.truth(constraint.never.expression)
    except TooLarge:
        return None
    return FeasibleStates(encoding, feasible)
