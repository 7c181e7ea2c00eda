"""Joint moves as arrays: where several options lead when they change together.

A package is a joint move of several parties; a stage of a roadmap is a package or one party's
move. Both come down to settings, a level for each of some options, and are worked on for all
states at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Formula, Package
from detente.space.moves import Moves
from detente.space.states import StateSpace

__all__ = ["JointMove", "joint_targets", "package_targets", "permitted_changes", "state_move"]


@dataclass(frozen=True, slots=True)
class JointMove:
    """A joint move between states.

    Attributes
    ----------
    starts
        For each state index, the position from which the move starts; -1 where it is not
        possible. A coalesced state starts from its first member from which the move leads to
        another state.
    targets
        For each state index, the state index that the move leads to; -1 where not possible.
    """

    starts: NDArray[np.int64]
    targets: NDArray[np.int64]


def joint_targets(
    moves: Moves,
    settings: Mapping[int, int],
    when: Formula | None = None,
    *,
    positions: NDArray[np.integer] | None = None,
) -> NDArray[np.int64]:
    """Where setting some options at once leads.

    The joint move is possible where start and end are feasible, at least one option changes,
    every option that changes may change in that direction and has its guards true at the start,
    and `when` is true at the start.

    Parameters
    ----------
    moves
        The parties' moves, for the directions and guards of their options.
    settings
        Level by option number.
    when
        A condition on the position in which the move starts.
    positions
        Where the move starts; by default every position.

    Returns
    -------
    numpy.ndarray of int64
        For each start, the position that the move leads to; -1 where it is not possible.
    """
    space = moves.space
    everywhere = positions is None
    starts = np.arange(space.size, dtype=np.int64) if positions is None else positions
    at: slice | NDArray[np.integer] = slice(None) if everywhere else starts
    targets, possible = permitted_changes(moves, settings, starts, at)
    possible &= space.feasible[at]
    possible &= space.feasible_at(targets)
    possible &= targets != starts
    if when is not None:
        possible &= space.truth(when)[at]
    targets[~possible] = -1
    return targets


def permitted_changes(
    moves: Moves,
    settings: Mapping[int, int],
    starts: NDArray[np.integer],
    at: slice | NDArray[np.integer] | None = None,
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Where setting some options leads, and whether each change is permitted.

    Parameters
    ----------
    moves
        The parties' moves, for the directions and guards of their options.
    settings
        Level by option number.
    starts
        Positions.
    at
        The same as an index into arrays over positions, where it is known to be simpler.

    Returns
    -------
    ends
        A position for each start, feasible or not; -1 where the result is not listed.
    permitted
        Whether every option that changes may change in that direction and has its guards true.
    """
    space = moves.space
    if at is None:
        at = starts
    permitted = np.ones(starts.size, dtype=np.bool_)
    rules = {
        option: (direction, guards)
        for numbers, directions, own in zip(
            moves.options, moves.directions, moves.guards, strict=True
        )
        for option, direction, guards in zip(numbers, directions, own, strict=True)
    }
    for option, level in settings.items():
        direction, guards = rules[option]
        if direction is None and not guards:
            continue
        before = space.level(option, starts)
        if direction == "up":
            permitted &= before <= level
        elif direction == "down":
            permitted &= before >= level
        for to, truth in guards:
            if to is None or to == level:
                permitted &= truth[at] | (before == level)
    return space.changed(starts, settings), permitted


def package_targets(moves: Moves, package: Package) -> NDArray[np.int64]:
    """Where a package leads, from every position; see :func:`joint_targets`."""
    return joint_targets(moves, package.settings, package.when)


def state_move(space: StateSpace, targets: NDArray[np.int64]) -> JointMove:
    """A joint move between positions, as a move between states.

    Parameters
    ----------
    space
        The states.
    targets
        As :func:`joint_targets` gives them.

    Returns
    -------
    JointMove
    """
    starts = space.positions.astype(np.int64)
    ends = np.full(space.count, -1, dtype=np.int64)
    possible = targets[starts] >= 0
    ends[possible] = space.indices[targets[starts[possible]]]
    for number, members in enumerate(space.classes):
        index = space.count - len(space.classes) + number
        able = members[targets[members] >= 0]
        able = able[space.indices[targets[able]] != index]
        ends[index] = space.indices[targets[able[0]]] if able.size else -1
        starts[index] = able[0] if able.size else -1
    starts[ends < 0] = -1
    return JointMove(starts, ends)
