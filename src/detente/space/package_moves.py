"""Packages as joint moves between states.

:func:`package_moves` lists them for a graph model; all members of a package make it together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.space.graph_model import GraphModel
from detente.space.joint_moves import package_targets

__all__ = ["PackageMoves", "package_moves"]


@dataclass(frozen=True, slots=True, eq=False)
class PackageMoves:
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


def package_moves(model: GraphModel) -> tuple[PackageMoves, ...]:
    """The packages of a dispute as moves between states.

    Parameters
    ----------
    model
        The graph model.

    Returns
    -------
    tuple of PackageMoves
        In the order of the dispute's packages.
    """
    numbers = model.dispute.party_numbers
    indices = model.space.indices.astype(np.int64)
    found = []
    for package in model.dispute.packages:
        ends = package_targets(model.moves, package)
        starts = np.flatnonzero(ends >= 0)
        pairs = np.stack([indices[starts], indices[ends[starts]]])
        # From one member of a coalesced state to another is no move.
        pairs = pairs[:, pairs[0] != pairs[1]]
        if (np.diff(pairs[0]) <= 0).any():
            # Only members of a coalesced state can make the same move.
            pairs = np.unique(pairs, axis=1)
        members = frozenset(numbers[party] for party in package.parties)
        found.append(PackageMoves(package.id, members, pairs[0], pairs[1]))
    return tuple(found)
