"""Simultaneous stability SIM: an improvement is deterred by others who move at the same time.

References
----------
.. [1] N. M. Fraser and K. W. Hipel, *Conflict Analysis: Models and Resolutions* (1984).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detente.model.moves import Moves

__all__ = ["simultaneous", "simultaneous_results"]


def simultaneous(moves: Moves, ranks: NDArray[np.int32], party: int) -> NDArray[np.bool_]:
    """Simultaneous stability for one party.

    State *s* is stable for *i* when, for each UI of *i* from *s*, some other parties have UIs
    from *s* which, made at the same time, lead to a feasible state that is not better for *i*
    than *s*.

    Parameters
    ----------
    moves
        The parties' moves.
    ranks
        Shape (parties, positions).
    party
        Number of the focal party.

    Returns
    -------
    numpy.ndarray of bool
        For each state index. Cost grows with the number of combinations of improvements at each
        state, at worst with the square of the number of states.

    References
    ----------
    [1]_
    """
    space = moves.space
    return np.array(
        [
            all(
                (results <= ranks[party, space.members(index)[0]]).any()
                for results in simultaneous_results(moves, ranks, party, index).values()
            )
            for index in range(space.count)
        ],
        dtype=np.bool_,
    )


def simultaneous_results(
    moves: Moves, ranks: NDArray[np.int32], party: int, index: int
) -> dict[int, NDArray[np.int32]]:
    """For each UI of a party from a state, its ranks where others improve at the same time.

    Parameters
    ----------
    moves
        The parties' moves.
    ranks
        Shape (parties, positions).
    party
        Number of the focal party.
    index
        Index of the state.

    Returns
    -------
    dict of int to numpy.ndarray
        State index of each UI, and the focal party's ranks of the feasible results.
    """
    space = moves.space
    found: dict[int, list[NDArray[np.int32]]] = {}
    for position in space.members(index).tolist():
        own = _improvements(moves, ranks, party, position)
        if own.size == 0:
            continue
        # Each party changes its own options only, so simultaneous changes add up.
        others = np.zeros(1, dtype=np.int64)
        for other in range(len(ranks)):
            if other != party:
                steps = _improvements(moves, ranks, other, position) - position
                others = np.add.outer(others, np.append(0, steps)).reshape(-1)
        for improvement in own.tolist():
            results = improvement + others[1:]
            results = results[space.feasible[results]]
            found.setdefault(int(space.indices[improvement]), []).append(ranks[party, results])
    return {improvement: np.concatenate(parts) for improvement, parts in found.items()}


def _improvements(
    moves: Moves, ranks: NDArray[np.int32], party: int, position: int
) -> NDArray[np.int64]:
    targets = moves.targets(party, position)
    better: NDArray[np.int64] = targets[ranks[party, targets] > ranks[party, position]]
    return better
