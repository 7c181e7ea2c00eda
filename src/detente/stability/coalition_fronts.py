"""Whether a coalition reaches a state that all its members prefer: few states have to be compared.

Of the states in a group (see :class:`detente.stability.coalition_moves.CoalitionMoves`) only those
matter that no other state of the group beats for all members at once: the group's front.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detente.stability.coalition_moves import CoalitionMoves

__all__ = ["HIGHEST", "Fronts", "fronts", "held_symmetrically", "least_preferred"]

HIGHEST = np.iinfo(np.int32).max
"""Above every rank."""

# Where each group's members begin, how many of them are kept, and the members, those kept first.
Fronts = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]


# The group of each state and, in compressed rows, the groups reached from each group.
Reaching = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]


def fronts(
    states: NDArray[np.int64],
    group: NDArray[np.int64],
    groups: int,
    keys: NDArray[np.int32],
    values: NDArray[np.int32],
) -> Fronts:
    """The states of each group that matter, by ascending value and descending keys.

    Parameters
    ----------
    states
        Indices of states.
    group
        The group of each.
    groups
        Number of groups.
    keys
        Shape (members of the coalition, states).
    values
        By state.

    Returns
    -------
    tuple of numpy.ndarray
        Where each group's states begin, how many of them matter, and the states, these first.
    """
    from detente.stability.coalition_kernels import keep_fronts

    totals = keys[:, states].sum(axis=0, dtype=np.int64)
    front = states[_in_order(group, values[states], totals)]
    starts = np.zeros(groups + 1, dtype=np.int64)
    np.cumsum(np.bincount(group, minlength=groups), out=starts[1:])
    return starts, keep_fronts(starts, front, np.ascontiguousarray(keys)), front


def _in_order(
    group: NDArray[np.int64], values: NDArray[np.int32], totals: NDArray[np.int64]
) -> NDArray[np.intp]:
    """Order by group, then by ascending value, then by descending total; none is negative."""
    most = [int(one.max(initial=0)) + 1 for one in (group, values, totals)]
    if most[0] * most[1] * most[2] < 2**63:
        # One number for each sorts several times as fast as three.
        return np.argsort((group * most[1] + values) * most[2] + (most[2] - 1 - totals))
    return np.lexsort((-totals, values, group))


def least_preferred(
    found: Fronts,
    reaching: Reaching,
    starting: NDArray[np.int64],
    keys: NDArray[np.int32],
    thresholds: NDArray[np.int32],
    values: NDArray[np.int32],
    ceilings: NDArray[np.int32],
) -> NDArray[np.int32]:
    """Least value reached from some states whose keys all exceed the thresholds at the start.

    Parameters
    ----------
    found
        What :func:`fronts` found for these keys and values.
    reaching
        The group of each state and, in compressed rows, the groups reached from each group.
    starting
        Indices of the states at which it starts.
    keys, thresholds
        Shape (members of the coalition, states).
    values
        By state.
    ceilings
        By state: only lower values are looked for.

    Returns
    -------
    numpy.ndarray of int32
        For each start; its ceiling where there is none.
    """
    from detente.stability.coalition_kernels import least_preferred_by_all

    starts, kept, front = found
    least: NDArray[np.int32] = least_preferred_by_all(
        starting,
        *reaching,
        starts,
        kept,
        front,
        np.ascontiguousarray(keys),
        np.ascontiguousarray(thresholds),
        values,
        ceilings,
    )
    return least


def held_symmetrically(
    ours: CoalitionMoves,
    theirs: CoalitionMoves,
    ranks: NDArray[np.int32],
    candidates: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Whether each coalition improvement from some states meets a sanction with no way out.

    Parameters
    ----------
    ours, theirs
        What the coalition reaches, and what those reach who sanction it.
    ranks
        Shape (members of the coalition, states).
    candidates
        Indices of the states.

    Returns
    -------
    numpy.ndarray of bool
        For each candidate.
    """
    from detente.stability.coalition_kernels import sanctioned_symmetrically

    ranks = np.ascontiguousarray(ranks)
    nothing = np.zeros(ranks.shape[1], dtype=np.int32)
    starts, kept, front = fronts(ours.members, ours.member_group, ours.groups, ranks, nothing)
    held: NDArray[np.bool_] = sanctioned_symmetrically(
        candidates,
        ranks,
        ours.group,
        ours.starts,
        ours.reached,
        starts,
        ours.members,
        kept,
        front,
        theirs.group,
        theirs.starts,
        theirs.reached,
        theirs.member_starts,
        theirs.members,
    )
    return held
