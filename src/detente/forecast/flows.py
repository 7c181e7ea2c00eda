"""Flows of play: how often it is expected to move from one set of states into another, and by whom.

The states are parted into sets that do not overlap. From the expected time that play spends at each
state, one more step of each mover gives the expected number of its moves between any two sets. No
run is sampled.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detente.forecast.movers import Dynamics

__all__ = ["Stays", "flows_between", "stays"]

Values = NDArray[np.float64]

# Columns that are carried at once.
_AT_ONCE = 2**25


@dataclass(frozen=True, eq=False)
class Stays:
    """Where play is expected to be.

    Attributes
    ----------
    spent
        Shape (nodes,): the expected number of steps from which play goes on there, from 0 to the
        last but one. Sums to the number of steps.
    final
        Shape (nodes,): the probability of being there at the last step.
    """

    spent: Values = field(repr=False)
    final: Values = field(repr=False)


def stays(play: Dynamics, start: int, steps: int) -> Stays:
    """Carry play forward from one node, and add up where it has been.

    Parameters
    ----------
    play
        How play goes on.
    start
        The node where it starts.
    steps
        How many steps.
    """
    spent = np.zeros(play.nodes)
    for step, here in enumerate(play.walk(start, steps)):
        if step < steps:
            spent += here
    return Stays(spent, here.copy())


def flows_between(play: Dynamics, spent: Values, part: NDArray[np.int64], count: int) -> Values:
    """The expected number of moves of each mover from one part of the states into another.

    Parameters
    ----------
    play
        How play goes on.
    spent
        Shape (nodes,): see :class:`Stays`.
    part
        Shape (nodes,): the number of the part to which each node belongs; -1 for none.
    count
        How many parts there are.

    Returns
    -------
    numpy.ndarray of float64
        Shape (movers, parts, parts), from the first part into the second; 0 from a part into
        itself. Summed over movers and over the parts that it leaves to, a row is the expected
        number of times that play leaves a part.
    """
    found = np.zeros((len(play.movers), count, count))
    # Nodes in the order of their parts, so that each part's are summed in one go.
    inside = np.flatnonzero(part >= 0)
    inside = inside[np.argsort(part[inside], kind="stable")]
    ends, starts = np.unique(part[inside], return_index=True)
    at_once = max(1, _AT_ONCE // max(1, play.nodes))
    for first in range(0, count, at_once):
        last = min(first + at_once, count)
        here = inside[(part[inside] >= first) & (part[inside] < last)]
        before = np.zeros((play.nodes, last - first))
        before[here, part[here] - first] = spent[here]
        after = np.empty_like(before)
        for number, (mover, weight) in enumerate(zip(play.movers, play.probabilities, strict=True)):
            after[:] = 0.0
            mover.carry(before, after, weight, forward=True, kept=None)
            if ends.size:
                moved = np.add.reduceat(after[inside], starts, axis=0)
                found[number, first:last, ends] = moved
    diagonal = np.arange(count)
    found[:, diagonal, diagonal] = 0.0
    return found
