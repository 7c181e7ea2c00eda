"""Compiled sweeps along one party's own axis, for large cubes.

Each kernel works in place on the cube seen as (outer, own, inner); see
:class:`detente.model.moves.OwnAxis`. Infeasible states have rank 0, below every feasible rank,
and hold HIGHEST throughout. Groups of states that differ only in the party's own options are
independent, so they are shared out among threads.
"""

from __future__ import annotations

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

__all__ = ["least_better_by_order", "least_by_pairs"]

_HIGHEST = np.int32(2**31 - 1)

# States next to each other in memory that are worked on together: a few kilobytes for each own
# combination, so that a whole tile stays in the nearest cache.
_TILE = 128
_SHORT = 16


@njit(parallel=True, cache=True, nogil=True)
def least_by_pairs(
    values: NDArray[np.int32],
    ranks: NDArray[np.int32],
    permitted: NDArray[np.bool_],
    improving: bool,
) -> bool:
    """Lower each value to the least that the mover can reach, comparing all own combinations.

    Reaches R_j(s), or R+_j(s) where `improving`, of the mover *j*. Cost: states times own
    combinations, in loops without branches.

    Parameters
    ----------
    values
        Shape (outer, own, inner); changed in place.
    ranks
        The mover's ranks, the same shape.
    permitted
        Shape (own, own): whether the mover may go from the first combination to the second.
    improving
        Whether it goes to strictly higher ranks only.

    Returns
    -------
    bool
        Whether any value fell.
    """
    outer, own, inner = values.shape
    changes = 0
    if inner < _SHORT:
        for o in prange(outer):
            changed = 0
            for i in range(inner):
                for a in range(own):
                    # Every feasible rank is above 0, so a floor of 0 lets all targets through.
                    rank = ranks[o, a, i]
                    floor = rank if improving else 0
                    least = values[o, a, i]
                    for b in range(own):
                        reached = (ranks[o, b, i] > floor) & permitted[a, b]
                        least = min(least, values[o, b, i] if reached else _HIGHEST)
                    if rank > 0 and least < values[o, a, i]:
                        values[o, a, i] = least
                        changed = 1
            changes += changed
        return changes > 0
    tiles = (inner + _TILE - 1) // _TILE
    for job in prange(outer * tiles):
        o = job // tiles
        first = (job % tiles) * _TILE
        width = min(_TILE, inner - first)
        least_here = np.empty(_TILE, dtype=np.int32)
        floor_here = np.empty(_TILE, dtype=np.int32)
        changed = 0
        for a in range(own):
            old = values[o, a, first : first + width]
            rank_here = ranks[o, a, first : first + width]
            for i in range(width):
                least_here[i] = old[i]
                floor_here[i] = rank_here[i] if improving else 0
            for b in range(own):
                if permitted[a, b]:
                    value_there = values[o, b, first : first + width]
                    rank_there = ranks[o, b, first : first + width]
                    for i in range(width):
                        value = value_there[i]
                        reached = value if rank_there[i] > floor_here[i] else _HIGHEST
                        least_here[i] = min(least_here[i], reached)
            for i in range(width):
                result = least_here[i] if rank_here[i] > 0 else old[i]
                changed |= result != old[i]
                old[i] = result
        changes += changed
    return changes > 0


@njit(parallel=True, cache=True, nogil=True)
def least_better_by_order(
    values: NDArray[np.int32],
    ranks: NDArray[np.int32],
    order: NDArray[np.uint32],
    pattern: NDArray[np.int64],
    reached_by: NDArray[np.bool_],
) -> bool:
    """Lower each value to the least among the mover's UIs, in one scan by order of rank.

    Reaches R+_j(s) of the mover *j*. Cost: states times patterns, whatever the number of own
    combinations.

    Parameters
    ----------
    values
        Shape (outer, own, inner); changed in place.
    ranks
        The mover's ranks, the same shape.
    order
        The same shape: own combinations of each group, from best to worst rank.
    pattern
        For each own combination, the number of its pattern: the levels of the options that the
        mover cannot change both ways.
    reached_by
        Shape (patterns, patterns): whether the first can be reached from the second.

    Returns
    -------
    bool
        Whether any value fell.
    """
    outer, own, inner = values.shape
    patterns = len(reached_by)
    changes = 0
    for job in prange(outer * inner):
        o = job // inner
        i = job % inner
        least = np.full(patterns, _HIGHEST)
        changed = 0
        begin = 0
        while begin < own:
            rank = ranks[o, order[o, begin, i], i]
            if rank == 0:
                break
            # States of equal rank are no improvements on each other: read all, then enter all.
            end = begin
            while end < own and ranks[o, order[o, end, i], i] == rank:
                a = order[o, end, i]
                if least[pattern[a]] < values[o, a, i]:
                    values[o, a, i] = least[pattern[a]]
                    changed = 1
                end += 1
            for position in range(begin, end):
                a = order[o, position, i]
                for source in range(patterns):
                    if reached_by[pattern[a], source]:
                        least[source] = min(least[source], values[o, a, i])
            begin = end
        changes += changed
    return changes > 0
