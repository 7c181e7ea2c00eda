"""Bounds over all orders in which parties may get to move.

The mover of each step is chosen by somebody who knows all that happened so far and wants the
outcome, or does not want it: value iteration on a Markov decision process (Puterman 1994), whose
actions are the movers. The mover's choice itself stays as likely as in the forecast.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.forecast.movers import Dynamics

__all__ = ["Bounds", "bounds"]

Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Bounds:
    """Least and greatest probability over all orders of movers, each shape (steps + 1, outcomes).

    Attributes
    ----------
    at_least, at_most
        Of being in the outcome at that step.
    by_least, by_most
        Of having been in it at that step or before.
    """

    at_least: Values
    at_most: Values
    by_least: Values
    by_most: Values


def bounds(
    play: Dynamics,
    start: int,
    regions: NDArray[np.bool_],
    steps: int,
    *,
    progress: Callable[[float], None] | None = None,
) -> Bounds:
    """How far the probability of each outcome hangs on who is quick.

    For each number of steps the order is chosen for that number, so the bounds at two steps may
    belong to two orders. Movers that never get to move (tempo 0) do not here either.

    Parameters
    ----------
    play
        How play goes on.
    start
        The node where it starts.
    regions
        Shape (outcomes, nodes): which nodes belong to each outcome.
    steps
        How many steps.
    progress
        Called with the share of the work that is done.

    Returns
    -------
    Bounds
    """
    found = np.zeros((4, steps + 1, len(regions)))
    movers = [
        mover
        for mover, probability in zip(play.movers, play.probabilities, strict=True)
        if probability > 0
    ]
    for outcome, region in enumerate(regions):
        # Columns: at, least and most; by, least and most.
        values = np.repeat(region.astype(np.float64)[:, np.newaxis], 4, axis=1)
        found[:, 0, outcome] = values[start]
        for step in range(1, steps + 1):
            best = None
            for mover in movers:
                expected = np.zeros_like(values)
                mover.carry(values, expected, 1.0, forward=False, kept=None)
                if best is None:
                    best = expected
                    continue
                for column in (0, 2):
                    np.minimum(best[:, column], expected[:, column], out=best[:, column])
                    np.maximum(
                        best[:, column + 1], expected[:, column + 1], out=best[:, column + 1]
                    )
            assert best is not None
            best[region, 2:] = 1.0
            values = best
            found[:, step, outcome] = values[start]
            if progress:
                progress((outcome * steps + step) / (len(regions) * steps))
    return Bounds(found[0], found[1], found[2], found[3])
