"""Exchanges between issues: who could give what on one issue for what on another.

Definitions 4 to 9 of docs/concepts/linkage.md, after Stokman and Van Oosten [1]_.

References
----------
.. [1] F. N. Stokman and R. Van Oosten, "The exchange of voting positions: an object-oriented model
   of policy networks", in B. Bueno de Mesquita and F. N. Stokman (eds), European Community
   Decision Making, Yale University Press (1994), 105-127.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.forecast.linkage.table import Positions

__all__ = ["Exchange", "exchanges", "exchanges_in_turn", "outcomes_and_shares"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One exchange: the first actor gives on one issue, and the second on a later one.

    Attributes
    ----------
    givers
        Numbers of the two actors.
    issues
        Numbers of the issues on which they give.
    before, after
        The outcomes of the two issues.
    shifts
        The positions to which the two move, each on the issue on which it gives.
    gain
        What each gains: the same for both.
    most
        What each would gain at most, were nothing left to the other.
    others
        For each actor, what the exchange brings it, or costs; 0 for the two themselves.
    """

    givers: tuple[int, int]
    issues: tuple[int, int]
    before: tuple[float, float]
    after: tuple[float, float]
    shifts: tuple[float, float]
    gain: float
    most: tuple[float, float]
    others: tuple[float, ...]


def outcomes_and_shares(table: Positions) -> tuple[Floats, Floats]:
    """The compromise on each issue, and shape (issues, actors) the shares of the weight on it."""
    from detente.forecast.linkage.kernels import shares_and_compromises

    share = np.zeros_like(table.position)
    compromise = np.empty(len(table.issues))
    shares_and_compromises(table.position, table.salience, table.capability, share, compromise)
    return compromise, share


def exchanges(table: Positions) -> tuple[Exchange, ...]:
    """All exchanges from where the actors stand, those with the greatest gain first."""
    outcome, share = outcomes_and_shares(table)
    free = np.ones(table.position.shape, dtype=np.bool_)
    found = _possible(table, share, outcome, free)
    return tuple(sorted(found, key=lambda one: -one.gain))


def exchanges_in_turn(table: Positions) -> tuple[tuple[Exchange, ...], Floats]:
    """The exchanges made one after another, the one with the greatest gain first.

    Each actor moves once on an issue at most (definition 9).

    Returns
    -------
    tuple of Exchange
        In the order in which they are made.
    numpy.ndarray of float64
        Shape (issues,): the outcomes after them.
    """
    outcome, share = outcomes_and_shares(table)
    free = np.ones(table.position.shape, dtype=np.bool_)
    made: list[Exchange] = []
    while True:
        best = max(_possible(table, share, outcome, free), key=lambda one: one.gain, default=None)
        if best is None:
            return tuple(made), outcome
        made.append(best)
        for giver, issue, after in zip(best.givers, best.issues, best.after, strict=True):
            free[issue, giver] = False
            outcome[issue] = after


def _possible(
    table: Positions, share: Floats, outcome: Floats, free: NDArray[np.bool_]
) -> Iterator[Exchange]:
    """The exchanges of actors that have not moved yet on what they would give."""
    from detente.forecast.linkage.kernels import exchange

    issues = len(table.issues)
    # Python counts quicker with its own numbers.
    side: list[list[float]] = (table.position - outcome[:, None]).tolist()
    s: list[list[float]] = table.salience.tolist()
    shares: list[list[float]] = share.tolist()
    for p in range(issues):
        for q in range(p + 1, issues):
            for i in np.flatnonzero(free[p]).tolist():
                for j in np.flatnonzero(free[q]).tolist():
                    found = exchange(
                        (side[p][i], side[q][i], side[p][j], side[q][j]),
                        (s[p][i], s[q][i], s[p][j], s[q][j]),
                        (shares[p][i], shares[q][j]),
                    )
                    if found[2] > 0:
                        yield _told(table, share, outcome, (i, j), (p, q), found)


def _told(
    table: Positions,
    share: Floats,
    outcome: Floats,
    givers: tuple[int, int],
    issues: tuple[int, int],
    found: tuple[float, float, float, float, float],
) -> Exchange:
    (i, j), (p, q) = givers, issues
    x, s = table.position, table.salience
    before = float(outcome[p]), float(outcome[q])
    # On what it gives each moves to the other's side.
    way = float(np.sign(x[p, j] - x[p, i])), float(np.sign(x[q, i] - x[q, j]))
    after = before[0] + way[0] * float(found[0]), before[1] + way[1] * float(found[1])
    shifts = (
        float(x[p, i] + way[0] * found[0] / share[p, i]),
        float(x[q, j] + way[1] * found[1] / share[q, j]),
    )
    others = np.zeros(len(table.actors))
    for issue, old, new in zip(issues, before, after, strict=True):
        others += s[issue] * np.nan_to_num(np.abs(x[issue] - old) - np.abs(x[issue] - new))
    others[[i, j]] = 0.0
    return Exchange(
        givers,
        issues,
        before,
        after,
        shifts,
        float(found[2]),
        (float(found[3]), float(found[4])),
        tuple(others.tolist()),
    )
