"""Compiled comparisons for coalitions: is there a state that all members prefer?

States reached are in groups; see :class:`detente.stability.coalition_moves.CoalitionMoves`. Keys
and thresholds have one row for each member of the coalition.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from detente.space.compiling import allocating_kernel, kernel, kernel_part
from detente.space.shared_work import in_parts

__all__ = ["keep_fronts", "least_preferred_by_all", "sanctioned_symmetrically"]


@kernel_part
def _exceeds(
    keys: NDArray[np.int32], state: int, thresholds: NDArray[np.int32], start: int
) -> bool:
    for member in range(len(keys)):  # noqa: SIM110 (a loop is what is compiled)
        if keys[member, state] <= thresholds[member, start]:
            return False
    return True


def keep_fronts(
    member_starts: NDArray[np.int64], members: NDArray[np.int64], keys: NDArray[np.int32]
) -> NDArray[np.int64]:
    """In each group, move to the front, in order, the members that no earlier one makes needless.

    A member is needless when one before it has keys at least as high in every row.

    Parameters
    ----------
    member_starts
        Where each group's members start.
    members
        Changed in place.
    keys
        Shape (rows, states).

    Returns
    -------
    numpy.ndarray of int64
        How many members each group keeps.
    """
    groups = len(member_starts) - 1
    kept = np.zeros(groups, dtype=np.int64)
    work = partial(_keep_fronts, member_starts, members, keys, kept)
    in_parts(work, groups, members.size * len(keys))
    return kept


@kernel
def _keep_fronts(
    member_starts: NDArray[np.int64],
    members: NDArray[np.int64],
    keys: NDArray[np.int32],
    kept: NDArray[np.int64],
    begin: int,
    end: int,
) -> None:
    for group in range(begin, end):
        first = member_starts[group]
        count = 0
        latest = first
        for place in range(first, member_starts[group + 1]):
            state = members[place]
            # What made the one before needless often does so again.
            if count and _covers(keys, members[latest], state):
                continue
            needed = True
            for earlier in range(first, first + count):
                if _covers(keys, members[earlier], state):
                    needed = False
                    latest = earlier
                    break
            if needed:
                members[first + count] = state
                count += 1
        kept[group] = count


@kernel_part
def _covers(keys: NDArray[np.int32], one: int, other: int) -> bool:
    for row in range(len(keys)):  # noqa: SIM110 (a loop is what is compiled)
        if keys[row, one] < keys[row, other]:
            return False
    return True


def least_preferred_by_all(
    starting: NDArray[np.int64],
    group: NDArray[np.int64],
    starts: NDArray[np.int64],
    reached: NDArray[np.int64],
    member_starts: NDArray[np.int64],
    kept: NDArray[np.int64],
    members: NDArray[np.int64],
    keys: NDArray[np.int32],
    thresholds: NDArray[np.int32],
    values: NDArray[np.int32],
    ceilings: NDArray[np.int32],
) -> NDArray[np.int32]:
    """Least value among the states reached whose keys all exceed the start's thresholds.

    The members of a group that are kept are in ascending order of value. Only values below the
    start's ceiling are looked for.

    Returns
    -------
    numpy.ndarray of int32
        For each of the states at which it starts; its ceiling where there is none.
    """
    result = np.empty(len(starting), dtype=np.int32)
    work = partial(
        _least_preferred_by_all,
        starting,
        group,
        starts,
        reached,
        member_starts,
        kept,
        members,
        keys,
        thresholds,
        values,
        ceilings,
        result,
    )
    in_parts(work, len(starting), len(keys) * len(starting))
    return result


@kernel
def _least_preferred_by_all(
    starting: NDArray[np.int64],
    group: NDArray[np.int64],
    starts: NDArray[np.int64],
    reached: NDArray[np.int64],
    member_starts: NDArray[np.int64],
    kept: NDArray[np.int64],
    members: NDArray[np.int64],
    keys: NDArray[np.int32],
    thresholds: NDArray[np.int32],
    values: NDArray[np.int32],
    ceilings: NDArray[np.int32],
    result: NDArray[np.int32],
    begin: int,
    end: int,
) -> None:
    for number in range(begin, end):
        start = starting[number]
        best = ceilings[start]
        own = group[start]
        for pair in range(starts[own], starts[own + 1]):
            there = reached[pair]
            first = member_starts[there]
            for place in range(first, first + kept[there]):
                state = members[place]
                if values[state] >= best:
                    break
                if _exceeds(keys, state, thresholds, start):
                    best = values[state]
                    break
        result[number] = best


@kernel_part
def _better_reached(
    start: int,
    group: int,
    starts: NDArray[np.int64],
    reached: NDArray[np.int64],
    member_starts: NDArray[np.int64],
    kept: NDArray[np.int64],
    front: NDArray[np.int64],
    ranks: NDArray[np.int32],
) -> bool:
    for pair in range(starts[group], starts[group + 1]):
        there = reached[pair]
        first = member_starts[there]
        for place in range(first, first + kept[there]):
            if _exceeds(ranks, front[place], ranks, start):
                return True
    return False


@allocating_kernel
def sanctioned_symmetrically(
    candidates: NDArray[np.int64],
    ranks: NDArray[np.int32],
    own_group: NDArray[np.int64],
    own_starts: NDArray[np.int64],
    own_reached: NDArray[np.int64],
    own_member_starts: NDArray[np.int64],
    own_members: NDArray[np.int64],
    kept: NDArray[np.int64],
    front: NDArray[np.int64],
    their_group: NDArray[np.int64],
    their_starts: NDArray[np.int64],
    their_reached: NDArray[np.int64],
    their_member_starts: NDArray[np.int64],
    their_members: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Whether each coalition improvement from a state meets a sanction with no way out.

    A sanction has no way out when neither the state that it leads to, nor any that the
    coalition can reach from there, is better than the start for all members.

    Parameters
    ----------
    candidates
        The states to be judged.
    ranks
        Shape (members, states).
    own_group, own_starts, own_reached, own_member_starts, own_members
        What the coalition reaches.
    kept, front
        The members of each group that matter, see :func:`keep_fronts`.
    their_group, their_starts, their_reached, their_member_starts, their_members
        What the others reach.

    Returns
    -------
    numpy.ndarray of bool
        For each candidate.
    """
    result = np.ones(len(candidates), dtype=np.bool_)
    # What is known for the candidate in hand: 0 nothing, 1 yes, 2 no; by the groups' numbers.
    way_out = np.zeros(len(own_starts), dtype=np.int8)
    sanction = np.zeros(len(their_starts), dtype=np.int8)
    for number in range(len(candidates)):
        start = candidates[number]
        way_out[:] = 0
        sanction[:] = 0
        for pair in range(own_starts[own_group[start]], own_starts[own_group[start] + 1]):
            there = own_reached[pair]
            for place in range(own_member_starts[there], own_member_starts[there + 1]):
                improvement = own_members[place]
                if not _exceeds(ranks, improvement, ranks, start):
                    continue
                response = their_group[improvement]
                if sanction[response] == 0:
                    sanction[response] = 2
                    for step in range(their_starts[response], their_starts[response + 1]):
                        far = their_reached[step]
                        for entry in range(their_member_starts[far], their_member_starts[far + 1]):
                            end = their_members[entry]
                            if _exceeds(ranks, end, ranks, start):
                                continue
                            back = own_group[end]
                            if way_out[back] == 0:
                                better = _better_reached(
                                    start,
                                    back,
                                    own_starts,
                                    own_reached,
                                    own_member_starts,
                                    kept,
                                    front,
                                    ranks,
                                )
                                way_out[back] = 1 if better else 2
                            if way_out[back] == 2:
                                sanction[response] = 1
                                break
                        if sanction[response] == 1:
                            break
                if sanction[response] == 2:
                    result[number] = False
                    break
            if not result[number]:
                break
    return result
