"""Graph models without guards, worked on as whole arrays: cost is linear in states.

Every party's moves run along its own axis of the cube (see :class:`detente.space.moves.OwnAxis`),
so no matrix or list of moves is built. Without guards a party's moves are transitive, as are its
improvements, so plain closures are exact: the rule that no party moves twice in a row changes
nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle

import numpy as np
from numpy.typing import NDArray

from detente.space.graph import HIGHEST, LOWEST, Values
from detente.space.improvement_scans import ImprovementScans, improvement_scans, least_improvement
from detente.space.kept_kernels import KEPT_FROM, kept_kernels
from detente.space.move_lists import MoveList
from detente.space.moves import Moves, OwnAxis

__all__ = ["COMPILED_FROM", "KERNELS", "LOADED_FROM", "Hypercube", "one_way_patterns"]


# Up to this many own combinations, comparing all pairs beats sorting.
PAIRS_UP_TO = 32

# Up to this many pairs of states, the pairs are compared once, all together, and kept.
_COMPARED_AT_ONCE = 2**19

# NumPy goes along an axis quickly where so many values lie side by side at each of its places.
_LONG = 256

# Compiled kernels are used from so many positions on: where they are loaded already, and where
# they are not, which costs about half a second.
LOADED_FROM = 2**10
COMPILED_FROM = 2**18

KERNELS = "detente.space.kernels"
"""The module of these kernels."""


class Hypercube:
    """A graph model over the whole cube of states, infeasible ones masked.

    Parameters
    ----------
    moves
        The parties' moves, without guards.
    ranks
        Shape (parties, positions); higher is better, 0 at infeasible positions.
    compiled_from
        Number of positions from which on compiled kernels are used. Where left out,
        :data:`LOADED_FROM` if they are loaded already, otherwise :data:`COMPILED_FROM`, below
        which they would not make up for the time it takes to compile them. One that is kept from
        before is used earlier.
    pairs_up_to
        Number of own combinations up to which all pairs of them may be compared; above it, they
        are scanned in order of rank.
    """

    def __init__(
        self,
        moves: Moves,
        ranks: NDArray[np.int32],
        *,
        compiled_from: int | None = None,
        pairs_up_to: int = PAIRS_UP_TO,
    ) -> None:
        if moves.guarded or moves.space.classes:
            raise ValueError("guards and coalesced states need a sparse graph")
        self.moves = moves
        self.ranks = ranks
        infeasible = ~moves.space.feasible
        self._infeasible = infeasible if infeasible.any() else None
        self._compiled_from = compiled_from
        self._pairs_up_to = pairs_up_to
        self._improvements: dict[int, NDArray[np.bool_]] = {}
        self._scans: dict[int, ImprovementScans | None] = {}
        self._orders: dict[int, NDArray[np.uint32]] = {}

    def has_moves_of(self, other: object) -> bool:
        """Whether another graph model has the same states and moves."""
        return (
            isinstance(other, Hypercube)
            and self.moves.options == other.moves.options
            and self.moves.directions == other.moves.directions
            and self.moves.space.levels == other.moves.space.levels
            and np.array_equal(self.moves.space.feasible, other.moves.space.feasible)
        )

    def best_move(self, values: Values, party: int) -> Values:
        """See :meth:`detente.space.graph.Graph.best_move`."""
        axis = self.moves.axes[party]
        lowest = LOWEST[values.dtype]
        source = self._masked(values, lowest)
        if axis.reversible:
            own = source.reshape(axis.shape)
            return _best_other(own, lowest).reshape(-1)
        # A move changes at least one option strictly. For each option: strictly along its axis,
        # after anything along the other own axes.
        best = np.full_like(values, lowest)
        for strict in range(len(axis.levels)):
            reach = source
            for option in range(len(axis.levels)):
                if option != strict:
                    reach = _best_along(reach, axis, option)
            np.maximum(best, _best_strictly_along(reach, axis, strict, lowest), out=best)
        return best

    def best_reach(self, values: Values, party: int) -> Values:
        """See :meth:`detente.space.graph.Graph.best_reach`."""
        reach = self._masked(values, LOWEST[values.dtype])
        axis = self.moves.axes[party]
        if axis.reversible:
            own = reach.reshape(axis.shape)
            best = np.broadcast_to(_greatest(own), axis.shape)
            return best.reshape(-1)
        # Options that change both ways first: what is left of them is the same throughout.
        by_option = reach.reshape(axis.outer, *reversed(axis.levels), axis.inner)
        pairs = list(zip(axis.levels, axis.directions, strict=True))
        free = [len(pairs) - option for option, (_, way) in enumerate(pairs) if way is None]
        best = by_option.max(axis=tuple(free), keepdims=True)
        left = replace(axis, levels=tuple(count if way else 1 for count, way in pairs))
        reach = best.reshape(-1)
        for option, (_, way) in enumerate(pairs):
            if way:
                reach = _best_along(reach, left, option)
        return np.broadcast_to(reach.reshape(best.shape), by_option.shape).reshape(-1)

    def two_best_moves(self, values: Values, party: int) -> tuple[Values, Values]:
        """See :meth:`detente.space.graph.Graph.two_best_moves`."""
        axis = self.moves.axes[party]
        own = values.reshape(axis.shape)
        most, second = np.zeros_like(own), np.zeros_like(own)
        if axis.length > 1 and axis.reversible:
            # All but where it stands can be reached: of three, those that are left.
            highest = _highest(own, 3)
            own_first, own_second = own >= highest[0], own >= highest[1]
            most[:] = np.where(own_first, highest[1], highest[0])
            second[:] = np.where(own_second, highest[2], highest[1])
        elif axis.length > 1:
            for start in range(axis.length):
                ends = np.flatnonzero(axis.permitted_from(start))
                if ends.size:
                    highest = _highest(own[:, ends], 2)
                    most[:, start], second[:, start] = highest[0][:, 0], highest[1][:, 0]
        return most.reshape(-1), second.reshape(-1)

    def worst_response(
        self,
        values: Values,
        movers: Sequence[int],
        *,
        improving: bool,
        joint: Sequence[MoveList] = (),
    ) -> Values:
        """See :meth:`detente.space.graph.Graph.worst_response`.

        The movers' one-party responses are iterated to a fixpoint. Values only fall, so it ends.
        """
        worst = self._worst_by_parties(values, movers, improving)
        # A party's moves are transitive, and a joint move leads nowhere when made again at once:
        # that nobody moves twice in a row changes nothing, and a plain closure is exact.
        while joint:
            fallen = worst.copy()
            for moves in joint:
                np.minimum.at(fallen, moves.sources, worst[moves.targets])
            if np.array_equal(fallen, worst):
                break
            worst = self._worst_by_parties(fallen, movers, improving)
        return worst

    def _worst_by_parties(self, values: Values, movers: Sequence[int], improving: bool) -> Values:
        worst = self._masked(values, HIGHEST[values.dtype]).copy()
        movers = [mover for mover in movers if self.moves.axes[mover].length > 1]
        # Where every state is feasible and moves need not improve, the movers' axes are
        # independent and one sweep is exact.
        one_sweep = len(movers) == 1 or (not improving and self._infeasible is None)
        # Whose response lowered values last can lower them no further before another's does.
        unchanged, last_fell = 0, 0
        for mover in movers if one_sweep else cycle(movers):
            if self._respond(worst, mover, improving):
                unchanged, last_fell = 0, 1
            else:
                unchanged += 1
            if unchanged + last_fell == len(movers):
                break
        return worst

    def moves_from(self, node: int, party: int) -> NDArray[np.int64]:
        """See :meth:`detente.space.graph.Graph.moves_from`."""
        return self.moves.targets(party, node)

    def moves_from_each(
        self, nodes: NDArray[np.integer], party: int
    ) -> tuple[NDArray[np.integer], NDArray[np.integer]]:
        """See :meth:`detente.space.graph.Graph.moves_from_each`."""
        axis = self.moves.axes[party]
        own = (nodes // axis.inner) % axis.length
        ends = (nodes - own * axis.inner)[:, np.newaxis] + np.arange(axis.length) * axis.inner
        possible = axis.permitted[own] & self.moves.space.feasible[ends]
        return np.repeat(nodes, possible.sum(axis=1)), ends[possible]

    def _masked(self, values: Values, filler: int) -> Values:
        if self._infeasible is None:
            return values
        return np.where(self._infeasible, values.dtype.type(filler), values)

    @property
    def compiled(self) -> bool:
        """Whether compiled kernels do the work."""
        least = self._compiled_from
        if least is None:
            least = LOADED_FROM if KERNELS in sys.modules else COMPILED_FROM
        return self.moves.space.size >= least

    def _has_kernel(self, name: str) -> bool:
        """Whether a compiled kernel is used, which may be at hand from an earlier process."""
        if self.compiled:
            return True
        if self._compiled_from is not None or self.moves.space.size < KEPT_FROM:
            return False
        return name in kept_kernels(KERNELS)

    def _respond(self, worst: Values, mover: int, improving: bool) -> bool:
        """Let one more party respond, in place; tell whether any value fell."""
        axis = self.moves.axes[mover]
        few = axis.length <= self._pairs_up_to
        name = ("_least_better" if few else "_least_by_order") if improving else "_least_reached"
        if worst.dtype == np.int32 and self._has_kernel(name):
            return self._respond_compiled(worst.reshape(axis.shape), mover, improving)
        if not improving:
            response = -self.best_reach(-worst, mover)
        elif few and axis.length * worst.size <= _COMPARED_AT_ONCE:
            if mover not in self._improvements:
                self._improvements[mover] = _improvements(self.ranks[mover], axis)
            response = _worst_of(worst.reshape(axis.shape), self._improvements[mover])
        else:
            response = self._scanned(worst, mover)
        response = self._masked(response.reshape(-1), HIGHEST[worst.dtype])
        if np.array_equal(response, worst):
            return False
        worst[...] = response
        return True

    def _scanned(self, worst: Values, mover: int) -> Values:
        """Least value among staying and a mover's improvements, by scans in order of rank."""
        axis = self.moves.axes[mover]
        own_ranks = self.ranks[mover].reshape(axis.shape)
        if mover not in self._scans:
            self._scans[mover] = improvement_scans(own_ranks, *one_way_patterns(axis))
        scans = self._scans[mover]
        if scans:
            return scans.least(worst)
        return least_improvement(worst, own_ranks, *one_way_patterns(axis))

    def _respond_compiled(self, worst: Values, mover: int, improving: bool) -> bool:
        from detente.space import kernels

        axis = self.moves.axes[mover]
        own_ranks = self.ranks[mover].reshape(axis.shape)
        if not improving:
            up, down = (
                np.array([direction != other for direction in axis.directions])
                for other in ("down", "up")
            )
            return bool(kernels.least_reached(worst, own_ranks, np.array(axis.levels), up, down))
        if axis.length <= self._pairs_up_to:
            return bool(kernels.least_better_by_pairs(worst, own_ranks, axis.permitted))
        if mover not in self._orders:
            best_first = np.argsort(-own_ranks, axis=1, kind="stable")
            self._orders[mover] = best_first.astype(np.uint32)
        pattern, reached = one_way_patterns(axis)
        order = self._orders[mover]
        reached_by = np.ascontiguousarray(reached.T)
        return bool(kernels.least_better_by_order(worst, own_ranks, order, pattern, reached_by))


def _best_other(values: Values, lowest: int) -> Values:
    """Greatest value among the own combinations other than each state's own."""
    greatest = _greatest(values)
    at_greatest = values == greatest
    second = _greatest(np.where(at_greatest, values.dtype.type(lowest), values))
    alone = np.count_nonzero(at_greatest, axis=1, keepdims=True) == 1
    best: Values = np.where(at_greatest & alone, second, greatest)
    return best


def _along(values: Values, axis: OwnAxis, option: int) -> Values:
    """View with one own option as the middle axis of three."""
    inner = axis.inner * int(np.prod(axis.levels[:option], dtype=np.int64))
    return values.reshape(-1, axis.levels[option], inner)


def _best_along(values: Values, axis: OwnAxis, option: int) -> Values:
    """Greatest value along one own option, in the direction in which it may change."""
    view = _along(values, axis, option)
    match axis.directions[option]:
        case "up":
            best = _running(view[:, ::-1])[:, ::-1]
        case "down":
            best = _running(view)
        case None:
            best = np.broadcast_to(_greatest(view), view.shape)
    return best.reshape(-1)


def _greatest(values: Values) -> Values:
    """Greatest value along the middle axis, which is kept with length one."""
    if values.shape[1] > PAIRS_UP_TO or values.shape[2] > _LONG:
        greatest: Values = values.max(axis=1, keepdims=True)
        return greatest
    # Of a short axis inside, NumPy's own way takes up to ten times as long.
    greatest = values[:, :1].copy()
    for level in range(1, values.shape[1]):
        np.maximum(greatest, values[:, level : level + 1], out=greatest)
    return greatest


def _running(values: Values) -> Values:
    """Greatest value up to each place of the middle axis, which is short."""
    greatest = values.copy()
    for level in range(1, values.shape[1]):
        np.maximum(greatest[:, level], greatest[:, level - 1], out=greatest[:, level])
    return greatest


def _best_strictly_along(values: Values, axis: OwnAxis, option: int, lowest: int) -> Values:
    """Greatest value along one own option at another level than the state's own."""
    view = _along(values, axis, option)
    above = np.full_like(view, lowest)
    below = np.full_like(view, lowest)
    if axis.directions[option] != "down":
        above[:, :-1] = _running(view[:, :0:-1])[:, ::-1]
    if axis.directions[option] != "up":
        below[:, 1:] = _running(view[:, :-1])
    return np.maximum(above, below).reshape(-1)


def _improvements(ranks: NDArray[np.int32], axis: OwnAxis) -> NDArray[np.bool_]:
    """Whether each own move is a unilateral improvement, shape (outer, start, end, inner)."""
    own = ranks.reshape(axis.shape)
    better: NDArray[np.bool_] = own[:, np.newaxis] > own[:, :, np.newaxis]
    if not axis.reversible:
        better &= axis.permitted[np.newaxis, :, :, np.newaxis]
    return better


def _worst_of(values: Values, improvements: NDArray[np.bool_]) -> Values:
    """Least value among staying and the improvements that are marked."""
    highest = values.dtype.type(HIGHEST[values.dtype])
    reached: Values = np.where(improvements, values[:, np.newaxis], highest)
    worst: Values = np.minimum(values, reached.min(axis=2))
    return worst


def one_way_patterns(axis: OwnAxis) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Own combinations grouped by the levels of the options that change one way only.

    Returns
    -------
    pattern
        For each own combination, the number of its pattern.
    reached_from
        Shape (patterns, patterns): whether the second can be reached from the first; each can
        be reached from itself.
    """
    one_way = [option for option, direction in enumerate(axis.directions) if direction]
    levels, pattern = np.unique(axis.combinations[:, one_way], axis=0, return_inverse=True)
    reached_from = np.ones((len(levels), len(levels)), dtype=np.bool_)
    for column, option in enumerate(one_way):
        before, after = levels[:, np.newaxis, column], levels[np.newaxis, :, column]
        reached_from &= after >= before if axis.directions[option] == "up" else after <= before
    return pattern.reshape(-1).astype(np.int64), reached_from


def _highest(values: Values, count: int) -> list[Values]:
    """The highest values along the middle axis, the first first; 0 where there are no more."""
    length = values.shape[1]
    shape = (values.shape[0], 1, values.shape[2])
    if length > count:
        values = np.partition(values, range(length - count, length), axis=1)[:, -count:]
    else:
        values = np.sort(values, axis=1)
    ordered: list[Values] = [values[:, [place]] for place in reversed(range(values.shape[1]))]
    return ordered + [np.zeros(shape, dtype=values.dtype)] * (count - len(ordered))
