"""Packages that better all their members, undeterred, found by compiled code on large models.

What is found is that of :meth:`detente.queries.play_steps.Ground.package_moves` on any model, for
concepts under which those outside a package react by improvements and its members do not answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Package
from detente.space.graph_model import GraphModel
from detente.space.left_out import values_at, with_options_at
from detente.stability.concept import Reaction
from detente.stability.fibre_blocks import RankedBlocks
from detente.stability.responses import Order, best_first, counted_on_by_all, response_lists

if TYPE_CHECKING:
    from detente.stability.response_kernels import Lists

__all__ = ["PackageSteps", "package_steps", "steps_made"]

_IMPROVEMENTS = Reaction(improving=True, counter_move=False)


@dataclass(frozen=True, eq=False)
class PackageSteps:
    """The steps by a package, and the part of the states to which it leads, whatever the ranks.

    Those outside a package do not change what it sets, so they stay in that part.

    Attributes
    ----------
    package
        Its id.
    members
        Numbers of its members.
    sources, ends
        Of each step: the state where it starts, and the one where it ends.
    part
        The states of the part.
    place
        By state: its place in the part, or -1.
    lists
        Moves in the part; see :func:`detente.stability.responses.response_lists`.
    """

    package: str
    members: NDArray[np.int64]
    sources: NDArray[np.int32]
    ends: NDArray[np.int32]
    part: NDArray[np.int64]
    place: NDArray[np.int32]
    lists: Lists


def package_steps(
    model: GraphModel, package: Package, results: NDArray[np.int64]
) -> PackageSteps | None:
    """The steps by a package.

    Parameters
    ----------
    model
        The graph model.
    package
        The package.
    results
        For each state the state to which the package leads, or -1.

    Returns
    -------
    PackageSteps or None
        None where no compiled code works on the part to which it leads.
    """
    part = with_options_at(model, package.settings)
    lists = response_lists(part)
    if lists is None:
        return None
    nodes = values_at(package.settings, np.arange(model.space.size), model.space.levels)
    states = model.indices(nodes[part.space.positions])
    place = np.full(results.size, -1, dtype=np.int32)
    place[states] = np.arange(states.size)
    sources = np.flatnonzero(results >= 0)
    numbers = model.dispute.party_numbers
    return PackageSteps(
        package.id,
        np.array([numbers[one] for one in package.parties], dtype=np.int64),
        sources.astype(np.int32),
        results[sources].astype(np.int32),
        states,
        place,
        lists,
    )


def steps_made(
    steps: PackageSteps, ranked: RankedBlocks, outside: Sequence[int] | None
) -> NDArray[np.bool_]:
    """From which states all members of a package improve by it, undeterred.

    Parameters
    ----------
    steps
        The steps by the package.
    ranked
        The model with its ranks.
    outside
        Numbers of the others, all of which have improvements and may react by them; None or empty
        where nobody reacts.

    Returns
    -------
    numpy.ndarray of bool
        By state.
    """
    from detente.stability.response_kernels import gains_of_all

    found = np.empty(steps.sources.size, dtype=np.int32)
    count = gains_of_all(steps.sources, steps.ends, ranked.ranks, steps.members, found)
    sources, places = steps.sources[found[:count]], steps.place[steps.ends[found[:count]]]
    if outside and count:
        for member, values in _held_after(steps, ranked, outside).items():
            better = values[places] > ranked.ranks[member][sources]
            sources, places = sources[better], places[better]
    made = np.zeros(steps.place.size, dtype=np.bool_)
    made[sources] = True
    return made


def _held_after(
    steps: PackageSteps, ranked: RankedBlocks, outside: Sequence[int]
) -> dict[int, NDArray[np.int32]]:
    """What each member can count on after a package, by place in the part where it leads."""
    against = tuple((one, ranked.move_names[one]) for one in outside)
    keys = {
        member: ("held in part", steps.package, member, ranked.rank_names[member], against)
        for member in steps.members.tolist()
    }
    held = {
        one: known for one, key in keys.items() if (known := ranked.kept.known(key)) is not None
    }
    missing = [member for member in keys if member not in held]
    if missing:
        ranks = ranked.ranks.take(steps.part, axis=1)

        def order_of(mover: int) -> Order:
            return ranked.kept.get(
                ("order", steps.package, mover, ranked.move_names[mover]),
                lambda: best_first(steps.lists, mover, ranks[mover]),
            )

        fresh = counted_on_by_all(steps.lists, ranks, _IMPROVEMENTS, outside, missing, order_of)
        for member, own in zip(missing, fresh, strict=True):
            held[member] = ranked.kept.get(keys[member], own.copy)
    return held
