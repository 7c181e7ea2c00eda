"""Probabilistic Condorcet elections: how likely each position is to be the one agreed on.

Definitions 10 and 11 of docs/concepts/linkage.md, after the documentation of KTAB [1]_.

References
----------
.. [1] King Abdullah Petroleum Studies and Research Center, KAPSARC Toolkit for Behavioral Analysis,
   KTAB/kmodel/doc/markov-incentives.tex, https://github.com/KAPSARC/KTAB.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detente.forecast.linkage.table import Positions

__all__ = ["elect", "elect_outcomes", "elect_positions"]

Floats = NDArray[np.float64]


def elect(utility: Floats, weight: Floats) -> Floats:
    """How likely each candidate is to be elected.

    Parameters
    ----------
    utility
        Shape (actors, candidates): what each candidate is worth to each actor, 0 to 1.
    weight
        Shape (actors,): 0 or more.

    Returns
    -------
    numpy.ndarray of float64
        Shape (candidates,), which sums to 1.

    Examples
    --------
    Two actors of equal weight that want opposite things.

    >>> import numpy as np
    >>> elect(np.eye(2), np.ones(2)).tolist()
    [0.5, 0.5]
    """
    from detente.forecast.linkage.kernels import elected

    result: Floats = elected(
        np.ascontiguousarray(utility, dtype=np.float64),
        np.ascontiguousarray(weight, dtype=np.float64),
    )
    return result


def elect_positions(table: Positions, issue: int) -> tuple[Floats, Floats]:
    """The distinct positions on an issue, in order, and how likely each is to be elected."""
    there = table.takes_part(issue)
    wanted = table.position[issue, there]
    candidates = np.unique(wanted)
    return candidates, elect(_worth(wanted, candidates), table.weight[issue, there])


def elect_outcomes(table: Positions, issue: int, places: dict[str, float]) -> dict[str, float]:
    """How likely each named outcome is to be elected, by where it lies on an issue's scale."""
    if not places:
        return {}
    there = table.takes_part(issue)
    worth = _worth(table.position[issue, there], np.array(list(places.values())))
    chances = elect(worth, table.weight[issue, there])
    return dict(zip(places, chances.tolist(), strict=True))


def _worth(wanted: Floats, candidates: Floats) -> Floats:
    """Shape (actors, candidates): 1 at what the actor wants, falling to 0 at the other end."""
    worth: Floats = 1 - np.abs(wanted[:, None] - candidates[None, :]) / 100
    return worth
