"""A party's improvements from all states at once: the least value to which they lead.

States that differ only in the party's own options are put in order of its rank once. Then the
least value among the improvements from each of them is a running minimum along this order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.space.graph import HIGHEST, Values

__all__ = ["ImprovementScans", "improvement_scans", "least_improvement"]

# The order of a party's states is kept where it takes up to this much.
_KEPT_BYTES = 2**27


@dataclass(frozen=True, slots=True, eq=False)
class ImprovementScans:
    """The order in which a party's improvements are gone through.

    Attributes
    ----------
    orders
        For each pattern of own combinations, shape (combinations reached from it, groups): places
        of states, the best first in each group.
    better
        For each state, the place of the last one strictly better than it, among all entries of
        `orders` one after the other; that after the last where there is none.
    """

    orders: tuple[NDArray[np.intp], ...]
    better: NDArray[np.intp]

    def least(self, values: Values) -> Values:
        """Least value among staying and the party's improvements, by state."""
        running = np.empty(sum(order.size for order in self.orders) + 1, dtype=values.dtype)
        running[-1] = HIGHEST[values.dtype]
        begin = 0
        for order in self.orders:
            here = running[begin : begin + order.size].reshape(order.shape)
            np.minimum.accumulate(values.take(order), axis=0, out=here)
            begin += order.size
        found: Values = np.minimum(values, running.take(self.better))
        return found


def improvement_scans(
    ranks: NDArray[np.int32], pattern: NDArray[np.int64], follows: NDArray[np.bool_]
) -> ImprovementScans | None:
    """Put a party's states in order of rank.

    Parameters
    ----------
    ranks
        Shape (outer, own, inner): the party's ranks, its own combinations along the middle axis.
    pattern
        For each own combination, the number of its pattern; see
        :func:`detente.space.cube.one_way_patterns`.
    follows
        Shape (patterns, patterns): whether the second can be reached from the first.

    Returns
    -------
    ImprovementScans or None
        None where it would take too much memory.
    """
    outer, _, inner = ranks.shape
    targets = int((follows @ np.bincount(pattern, minlength=len(follows))).sum())
    entries = targets * outer * inner
    if 2 * np.dtype(np.intp).itemsize * entries > _KEPT_BYTES:
        return None
    better = np.empty(ranks.size, dtype=np.intp)
    orders, begin = [], 0
    for states, starting, before in _scans(ranks, pattern, follows):
        better[states[starting]] = np.where(before >= 0, begin + before, entries)[starting]
        orders.append(states)
        begin += states.size
    return ImprovementScans(tuple(orders), better)


def least_improvement(
    values: Values,
    ranks: NDArray[np.int32],
    pattern: NDArray[np.int64],
    follows: NDArray[np.bool_],
) -> Values:
    """Least value among staying and a party's improvements, without keeping how states stand.

    Parameters
    ----------
    values
        By state.
    ranks, pattern, follows
        As in :func:`improvement_scans`.

    Returns
    -------
    numpy.ndarray
        By state.
    """
    found = values.copy()
    for states, starting, before in _scans(ranks, pattern, follows):
        running = np.minimum.accumulate(values.take(states), axis=0).reshape(-1)
        improving = starting & (before >= 0)
        ends = states[improving]
        found[ends] = np.minimum(values[ends], running[before[improving]])
    return found


_Scan = tuple[NDArray[np.intp], NDArray[np.bool_], NDArray[np.intp]]


def _scans(
    ranks: NDArray[np.int32], pattern: NDArray[np.int64], follows: NDArray[np.bool_]
) -> Iterator[_Scan]:
    """For each pattern: states in order, which of them have it, and what is better than each.

    All have shape (combinations reached, groups). What is better is told by the place of the last
    state that is, negative where none is.
    """
    outer, own, inner = ranks.shape
    by_own = np.ascontiguousarray(np.moveaxis(ranks, 1, 0)).reshape(own, outer * inner)
    group = np.arange(outer * inner)
    first = (group // inner) * own * inner + group % inner
    for number, reached in enumerate(follows):
        ends = np.flatnonzero(reached[pattern])
        order = np.argsort(-by_own[ends], axis=0, kind="stable")
        in_order = np.take_along_axis(by_own[ends], order, axis=0)
        new_rank = np.ones(in_order.shape, dtype=np.bool_)
        new_rank[1:] = in_order[1:] != in_order[:-1]
        # Entries before the first one of equal rank are the strictly better ones.
        row = np.where(new_rank, np.arange(ends.size).reshape(-1, 1), 0)
        before = np.maximum.accumulate(row, axis=0) - 1
        place = np.where(before >= 0, before * group.size + group, -1)
        yield first + ends[order] * inner, (pattern == number)[ends[order]], place
