"""Packages as joint moves between states.

:func:`joint_moves` lists them for a graph model; a :class:`JointMove` is made by all members of
its package together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.model.dispute import Package
from detente.stability.graph_model import GraphModel

__all__ = ["JointMove", "joint_moves"]


@dataclass(frozen=True, slots=True, eq=False)
class JointMove:
    """One package as moves between states.

    Attributes
    ----------
    package
        Id of the package.
    members
        Numbers of the parties that make it together.
    sources, targets
        State indices between which it leads. A state has one target at most, except a coalesced
        state, which has one for each way in which its members differ.
    """

    package: str
    members: frozenset[int]
    sources: NDArray[np.int64]
    targets: NDArray[np.int64]


def joint_moves(model: GraphModel) -> tuple[JointMove, ...]:
    """The packages of a dispute as joint moves.

    A package can be made from a feasible state where its own condition holds, where every option
    that it changes may change to the level that it sets (guards and one-way options count), and
    where the result is another feasible state.

    Parameters
    ----------
    model
        The graph model.

    Returns
    -------
    tuple of JointMove
        In the order of the dispute's packages.
    """
    return tuple(_joint_move(model, package) for package in model.dispute.packages)


def _joint_move(model: GraphModel, package: Package) -> JointMove:
    space = model.space
    positions = np.arange(space.size, dtype=np.int64)
    ends = positions.copy()
    possible = space.feasible.copy()
    if package.when is not None:
        possible &= space.truth(package.when)
    for option, level in package.settings.items():
        stride, count = space.strides[option], space.levels[option]
        old = (positions // stride) % count
        ends += (level - old) * stride
        changed = old != level
        match model.dispute.options[option].irreversible:
            case "up":
                possible &= old <= level
            case "down":
                possible &= old >= level
        for guard in model.dispute.options[option].guards:
            if guard.to is None or guard.to == level:
                possible &= ~changed | space.truth(guard.when)
    possible &= space.feasible[ends]
    sources = space.indices[positions[possible]].astype(np.int64)
    targets = space.indices[ends[possible]].astype(np.int64)
    pairs = np.unique(np.stack([sources, targets])[:, sources != targets], axis=1)
    numbers = model.dispute.party_numbers
    return JointMove(
        package=package.id,
        members=frozenset(numbers[party] for party in package.parties),
        sources=pairs[0],
        targets=pairs[1],
    )
