"""What all parties can count on at once, where their moves are those of a cube of options.

Moves do not depend on preferences, so what there is to know of them is worked out once for many
models that differ in ranks only. The result is that of
:func:`detente.stability.sanctions.reaction_values` for each party, which tests compare.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from detente.space.graph_model import GraphModel
from detente.space.moves import OwnAxis
from detente.space.own_groups import FIXED, own_groups
from detente.stability.concept import Reaction

if TYPE_CHECKING:
    from detente.stability.response_kernels import Lists

__all__ = ["Order", "best_first", "counted_on_by_all", "fibres", "numbered", "response_lists"]

Order: TypeAlias = tuple[NDArray[np.int32], NDArray[np.int32]]
"""Of one mover, the states of each fibre by rank; see :func:`best_first`."""

# The values of all parties at a state are one row of numbers.
_MOST_PARTIES = 8

# Twice the number of a state is one of 32 bits.
_MOST_STATES = 2**30


def response_lists(model: GraphModel) -> Lists | None:
    """Each party's states, fibre by fibre, as compiled code reads them.

    Parameters
    ----------
    model
        The graph model.

    Returns
    -------
    Lists or None
        See :data:`detente.stability.response_kernels.Lists`. None where the dispute has guards,
        coalesced states, or more parties or states than are worked on at once.
    """
    if not model.along_axes or len(model.dispute.parties) > _MOST_PARTIES:
        return None
    if model.space.count > _MOST_STATES:
        return None
    axes = model.moves.axes
    positions = model.space.positions.astype(np.int64)
    groups = [own_groups(axis) for axis in axes]
    members = np.empty((len(axes), positions.size), dtype=np.int32)
    group_of = np.empty(members.shape, dtype=np.int64)
    begins = []
    for party, axis in enumerate(axes):
        fibre, own = fibres(positions, axis)
        # No two states are alike in both.
        order = np.argsort(fibre * axis.length + own)
        members[party] = order
        group_of[party] = groups[party][0][own[order]]
        begins.append(np.flatnonzero(np.diff(fibre[order], prepend=-1)))
    starts = np.full((len(axes), 1 + max(one.size for one in begins)), positions.size, np.int64)
    most = max(1, *(levels.size for _, _, levels, _ in groups))
    levels_of = np.ones((len(axes), most), dtype=np.int64)
    kinds_of = np.full((len(axes), most), FIXED, dtype=np.int64)
    for party, (_, _, levels, kinds) in enumerate(groups):
        starts[party, : begins[party].size] = begins[party]
        levels_of[party, : levels.size] = levels
        kinds_of[party, : kinds.size] = kinds
    return members, starts, group_of, levels_of, kinds_of


def fibres(
    positions: NDArray[np.int64], axis: OwnAxis
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each position of a cube, its fibre among those of an axis, and its own combination."""
    # NumPy takes much longer for remainders.
    outer = positions // (axis.inner * axis.length)
    rest = positions - outer * (axis.inner * axis.length)
    own = rest // axis.inner
    return outer * axis.inner + rest - own * axis.inner, own


def numbered(values: NDArray[np.int64]) -> tuple[NDArray[np.int64], int]:
    """The place of each value among those that occur, and how many occur."""
    occurs = np.zeros(int(values.max(initial=-1)) + 1, dtype=np.bool_)
    occurs[values] = True
    return (np.cumsum(occurs) - 1)[values], int(np.count_nonzero(occurs))


def counted_on_by_all(
    lists: Lists,
    ranks: NDArray[np.int32],
    reaction: Reaction,
    movers: Sequence[int] | None = None,
    asked: Sequence[int] | None = None,
    order_of: Callable[[int], Order] | None = None,
) -> NDArray[np.int32]:
    """What each party can count on at each state if the others react in the worst way for it.

    Parameters
    ----------
    lists
        As :func:`response_lists` gives them.
    ranks
        Shape (parties, states).
    reaction
        What the others may do and whether the party may answer.
    movers
        Numbers of the parties that may react; by default all. One that prefers no state to
        another has no improvement, and need not be among them where reactions are improvements.
    asked
        Numbers of the parties for which it is worked out; by default all.
    order_of
        From a mover's number to what :func:`best_first` gives for it, where that is kept.

    Returns
    -------
    numpy.ndarray of int32
        The least rank among those of the state itself and of responses. Shape (parties, states),
        where it is asked for some parties (those, states) in the order in which they are named.
    """
    from detente.stability.response_kernels import counted_on
    from detente.stability.vector_rows import empty_rows

    counts = lists[3].prod(axis=1)
    everybody = range(len(ranks))
    wanted = np.array(everybody if asked is None else asked, dtype=np.int64)
    # Nobody reacts to its own move.
    able = [one for one in (everybody if movers is None else movers) if (wanted != one).any()]
    reacting = np.array(able, dtype=np.int64)
    orders, groups = _orders(lists, ranks, able if reaction.improving else [], order_of)
    kind: Any = np.int16 if ranks.max() < np.iinfo(np.int16).max else np.int32
    found = np.empty((wanted.size, ranks.shape[1]), dtype=np.int32)
    counted_on(
        lists, counts, ranks, orders, groups, wanted, reacting, reaction.improving,
        reaction.counter_move, empty_rows(ranks.shape[1], kind), np.iinfo(kind).max, found,
    )  # fmt: skip
    return found


def best_first(lists: Lists, mover: int, ranks: NDArray[np.int32]) -> Order:
    """List the states of each fibre of a mover, those of highest rank first.

    Parameters
    ----------
    lists
        As :func:`response_lists` gives them.
    mover
        The number of the mover.
    ranks
        Its rank of each state. Nothing hangs on more than which moves are improvements.

    Returns
    -------
    order, groups
        See :func:`detente.stability.response_kernels.best_first`.
    """
    from detente.stability import response_kernels

    members, starts, group_of, _, _ = lists
    order = np.empty(ranks.size, dtype=np.int32), np.empty(ranks.size, dtype=np.int32)
    keys = np.empty(np.diff(starts[mover]).max(), dtype=np.int64)
    response_kernels.best_first(members[mover], starts[mover], group_of[mover], ranks, keys, *order)
    return order


def _orders(
    lists: Lists,
    ranks: NDArray[np.int32],
    movers: Sequence[int],
    order_of: Callable[[int], Order] | None,
) -> Order:
    """The orders of some movers, each in the row of its number."""
    shape = (len(ranks), ranks.shape[1] if movers else 0)
    orders, groups = np.empty(shape, dtype=np.int32), np.empty(shape, dtype=np.int32)
    several = lists[3].prod(axis=1) > 1
    for mover in movers:
        own = order_of(mover) if order_of else best_first(lists, mover, ranks[mover])
        orders[mover] = own[0]
        # Of a mover of one group it is not asked for.
        if several[mover]:
            groups[mover] = own[1]
    return orders, groups
