"""Coalition stability in strategic form, where members never stand in each other's way.

What is worked out for some parties is worked out where strategies are merged that make no
difference to them. What an outsider's coalitions bring about begins from what fewer coalitions
bring about. Definitions are in docs/concepts/coalitions.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.space.improvement_scans import ImprovementScans, improvement_scans, least_improvement
from detente.stability.coalition_fronts import (
    HIGHEST,
    fronts,
    held_symmetrically,
    in_order_of_group,
    least_preferred,
)
from detente.stability.coalition_moves import Coalition, united
from detente.stability.strategic_form import (
    Groups,
    Labels,
    Merging,
    StrategicForm,
    merging,
    strategies_alike,
)

__all__ = ["StrategicCoalitions"]

Truth = NDArray[np.bool_]
Ranks = NDArray[np.int32]


class StrategicCoalitions:
    """Which states coalitions leave, by state of a strategic form.

    Parameters
    ----------
    form
        The strategic form.
    ranks
        Shape (parties, states).
    """

    def __init__(self, form: StrategicForm, ranks: Ranks) -> None:
        self.form = form
        self.ranks = np.ascontiguousarray(ranks, dtype=np.int32)
        self._games: dict[bytes, _Game] = {}
        self._parts: dict[Coalition, tuple[Merging, _Game]] = {}
        self._left: dict[tuple[str, Coalition, Coalition], Truth] = {}
        self._responses: dict[int, dict[frozenset[Coalition], Ranks]] = {}

    def stable(
        self, concept: str, coalition: Coalition, sanctioning: tuple[Coalition, ...]
    ) -> Truth:
        """See :meth:`detente.stability.coalitions.CoalitionGraph.stable`."""
        if concept == "SEQ":
            worth = np.stack([self.response(party, sanctioning) for party in coalition])
            merged, game = self._among(range(len(self.ranks)))
            return ~merged.up(game.left(coalition, merged.down(worth)))
        others = () if concept == "Nash" else united(sanctioning)
        return ~self._leaving(concept, coalition, others)

    def _leaving(self, concept: str, coalition: Coalition, others: Coalition) -> Truth:
        """From which states a coalition has an improvement that the others cannot deter."""
        key = (concept, coalition, others)
        if key not in self._left:
            # What the others do matters only through the members' own ranks.
            merged, game = self._among(coalition)
            match concept:
                case "Nash":
                    left = game.left(coalition, game.ranks[list(coalition)])
                case "GMR":
                    left = game.left(coalition, game.feared(coalition, others))
                case _:
                    gmr = merged.down(self._leaving("GMR", coalition, others))
                    nash = merged.down(self._leaving("Nash", coalition, ()))
                    left = game.left_symmetrically(coalition, others, gmr, nash)
            self._left[key] = merged.up(left)
        return self._left[key]

    def response(self, party: int, sanctioning: Iterable[Coalition]) -> Ranks:
        """Least rank of a party that coalitions bring about by improvements, or staying gives."""
        known = self._responses.setdefault(party, {})
        coalitions = frozenset(sanctioning)
        if coalitions not in known:
            merged, game = self._among((party, *united(coalitions)))
            begun = {
                fewer: merged.down(response) for fewer, response in self._begun(party, coalitions)
            }
            improving = {
                one: merged.down(self._leaving("Nash", one, ()))
                for one in sorted(coalitions, key=lambda one: (len(one), one))
            }
            known[coalitions] = merged.up(game.closed(game.ranks[party], improving, begun))
        return known[coalitions]

    def _begun(
        self, party: int, coalitions: frozenset[Coalition]
    ) -> list[tuple[frozenset[Coalition], Ranks]]:
        """What is known to be brought about by some of these coalitions; the largest such sets."""
        used: list[tuple[frozenset[Coalition], Ranks]] = []
        for fewer, response in sorted(
            self._responses[party].items(), key=lambda entry: -len(entry[0])
        ):
            if fewer <= coalitions and not any(fewer <= one for one, _ in used):
                used.append((fewer, response))
        return used

    @cached_property
    def _alike(self) -> list[Labels]:
        return [strategies_alike(self.form, own) for own in self.ranks]

    def _among(self, parties: Iterable[int]) -> tuple[Merging, _Game]:
        """The form in which strategies are merged that make no difference to some parties."""
        concerned = tuple(sorted(set(parties)))
        if concerned not in self._parts:
            merged = merging(self.form, [self._alike[party] for party in concerned])
            if merged.key not in self._games:
                self._games[merged.key] = _Game(merged.form, merged.down(self.ranks))
            self._parts[concerned] = merged, self._games[merged.key]
        return self._parts[concerned]


@dataclass(frozen=True, slots=True, eq=False)
class _Alike:
    """States that a coalition's members see alike: they rank them the same and reach the same.

    Attributes
    ----------
    groups
        Of states from which the coalition reaches the same.
    order, begin
        All states, those seen alike next to each other, and where each set of these begins.
    states
        One state of each set, in order of group.
    of
        For each state, the number of its set.
    """

    groups: Groups
    order: NDArray[np.int64]
    begin: NDArray[np.int64]
    states: NDArray[np.int64]
    of: NDArray[np.int64]

    @property
    def reaching(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """The group of each state and, in compressed rows, the groups reached from each."""
        return self.groups.of, self.groups.starts, self.groups.reached


class _Game:
    """Coalitions in one strategic form; the ranks of parties not concerned mean nothing in it."""

    def __init__(self, form: StrategicForm, ranks: Ranks) -> None:
        self.form = form
        self.ranks = np.ascontiguousarray(ranks)
        self._seen_alike: dict[Coalition, _Alike] = {}
        self._scans: dict[int, ImprovementScans | None] = {}

    def feared(self, coalition: Coalition, others: Coalition) -> Ranks:
        """The least rank of each member to which any moves of the others lead."""
        return self.form.least_reached(self.ranks[list(coalition)], others)

    def left(self, coalition: Coalition, worth: Ranks) -> Truth:
        """From which states a coalition reaches one whose worth exceeds every member's rank here.

        `worth` has one row for each member; nowhere it lies above the member's rank.
        """
        own = self.ranks[list(coalition)]
        # Each member would have to find one for itself; of a single member that is all.
        left: Truth = np.all(self.form.greatest_reached(worth, coalition) > own, axis=0)
        if len(coalition) == 1 or not left.any():
            return left
        # Of states that the members see alike, one start and one end stand for all.
        alike = self._alike(coalition)
        lowest = self._of_anyone(coalition, np.where(left, own, HIGHEST), np.minimum)
        ends = np.flatnonzero(np.all(worth > lowest, axis=0))
        group = alike.groups.of[ends]
        order, first = in_order_of_group(group, worth[:, ends])
        states, group = ends[order[first]], group[order[first]]
        nothing = np.zeros(left.size, dtype=np.int32)
        found = fronts(states, group, alike.groups.count, worth, nothing)
        starting = alike.states[left[alike.states]]
        least = least_preferred(found, alike.reaching, starting, worth, own, nothing, nothing + 1)
        left[starting] = least == 0
        return left[alike.states][alike.of]

    def left_symmetrically(
        self, coalition: Coalition, others: Coalition, gmr: Truth, nash: Truth
    ) -> Truth:
        """From which states a coalition has an improvement that no sanction takes from it for good.

        Parameters
        ----------
        coalition, others
            The coalition, and those who sanction.
        gmr, nash
            From which states it has an improvement that nothing deters, and from which it has any.
        """
        own = self.ranks[list(coalition)]
        # At most, each member gets away from a sanction as if the coalition did so for it alone.
        away = self.form.greatest_reached(own, coalition)
        worth = np.minimum(own, self.form.least_reached(away, others))
        at_most = self.left(coalition, worth)
        if len(coalition) == 1:
            return at_most
        left = gmr.copy()
        open_ = np.flatnonzero(at_most & nash & ~gmr)
        if open_.size:
            ours, theirs = self.form.moves(coalition), self.form.moves(others)
            left[open_] = ~held_symmetrically(ours, theirs, own, open_)
        return left

    def closed(
        self,
        values: Ranks,
        improving: dict[Coalition, Truth],
        begun: dict[frozenset[Coalition], Ranks],
    ) -> Ranks:
        """Least values to which sequences of coalition improvements lead, or staying.

        A coalition's improvements are transitive here, so that the plain closure is exact.

        Parameters
        ----------
        values
            The value of each state.
        improving
            For each coalition that may move, from which states it has an improvement.
        begun
            The answer for some sets of these coalitions.
        """
        able = [one for one, somewhere in improving.items() if somewhere.any()]
        single = [one[0] for one in able if len(one) == 1]
        several = [one for one in able if len(one) > 1]
        # What a coalition has brought about already: it lowers these values no further.
        settled: dict[Coalition, Ranks] = {}
        for fewer, response in begun.items():
            values = np.minimum(values, response)
            for one in fewer.intersection(several):
                # The least of two answers is settled for whoever has settled both.
                settled[one] = np.minimum(settled[one], response) if one in settled else response
        values = values.copy()
        self._lower_by_parties(values, single)
        unchanged, turn = 0, 0
        while unchanged < len(several):
            one = several[turn % len(several)]
            turn += 1
            fallen = values < settled[one] if one in settled else np.ones(values.size, np.bool_)
            fell = self._lower_together(values, one, improving[one], fallen)
            settled[one] = values.copy()
            if fell:
                self._lower_by_parties(values, single)
                unchanged = 0
            else:
                unchanged += 1
        return values

    def _lower_by_parties(self, values: Ranks, parties: Sequence[int]) -> None:
        """Lower values, in place, to those to which the parties' own improvements lead."""
        unchanged, turn = 0, 0
        while unchanged < len(parties):
            lowered = self._lower_by(values, parties[turn % len(parties)])
            fell = not np.array_equal(lowered, values)
            values[...] = lowered
            # A party's improvements are transitive: a second pass right after changes nothing.
            unchanged = 1 if fell else unchanged + 1
            turn += 1

    def _lower_by(self, values: Ranks, party: int) -> Ranks:
        """Least values among staying and a party's own improvements."""
        along = self.form.along(party)
        pattern, follows = self.form.patterns[party], self.form.follows[party]
        own = self.ranks[party].reshape(along)
        if party not in self._scans:
            self._scans[party] = improvement_scans(own, pattern, follows)
        scans = self._scans[party]
        if scans:
            return scans.least(values)
        return least_improvement(values, own, pattern, follows)

    def _lower_together(
        self, values: Ranks, coalition: Coalition, improving: Truth, fallen: Truth
    ) -> bool:
        """Lower values, in place, to those to which one coalition's improvements lead.

        `fallen` tells which values have fallen since the coalition last lowered them; only
        improvements to those states bring anything new.
        """
        if not fallen.any():
            return False
        alike = self._alike(coalition)
        # The least value to go to and the greatest to start from, among states seen alike.
        least, most = np.where(fallen, values, HIGHEST), np.full_like(values, -1)
        lower = self._of_anyone(coalition, least, np.minimum)
        if not (improving & (lower < values)).any():
            return False
        least[alike.states] = np.minimum.reduceat(least[alike.order], alike.begin)
        most[alike.states] = np.maximum.reduceat(values[alike.order], alike.begin)
        may_fall = improving & (lower < most)
        starting = alike.states[may_fall[alike.states]]
        if not starting.size:
            return False
        most[~may_fall] = -1
        highest = self._of_anyone(coalition, most, np.maximum)
        states = alike.states[(least < highest)[alike.states]]
        own = np.ascontiguousarray(self.ranks[list(coalition)])
        found = fronts(states, alike.groups.of[states], alike.groups.count, own, least)
        most[starting] = least_preferred(found, alike.reaching, starting, own, own, least, most)
        most[most < 0] = HIGHEST
        lowered = np.minimum(values, most[alike.states][alike.of])
        if np.array_equal(lowered, values):
            return False
        values[...] = lowered
        return True

    def _alike(self, coalition: Coalition) -> _Alike:
        if coalition not in self._seen_alike:
            groups = self.form.groups(coalition)
            order, first = in_order_of_group(groups.of, self.ranks[list(coalition)])
            of = np.empty(order.size, dtype=np.int64)
            of[order] = np.cumsum(first) - 1
            alike = _Alike(groups, order, np.flatnonzero(first), order[first], of)
            self._seen_alike[coalition] = alike
        return self._seen_alike[coalition]

    def _of_anyone(self, coalition: Coalition, values: Ranks, extreme: np.ufunc) -> Ranks:
        """The extreme of values among all that differ in the coalition's strategies alone."""
        rows = values.shape[:-1]
        table = values.reshape(*rows, *self.form.shape)
        axes = tuple(len(rows) + self.form.axis(party) for party in coalition)
        found = np.broadcast_to(extreme.reduce(table, axis=axes, keepdims=True), table.shape)
        return found.reshape(values.shape)
