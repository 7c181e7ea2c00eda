"""Coalition stability in strategic form, where members never stand in each other's way.

What is worked out for some parties is worked out where strategies are merged that make no
difference to them. What an outsider's coalitions bring about begins from what fewer coalitions
bring about. Definitions are in docs/concepts/coalitions.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from detente.stability.coalition_fronts import (
    ByGroup,
    fronts,
    held_symmetrically,
    least_preferred,
    narrowed,
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

# Ranks of coalitions' members are kept side by side up to this much.
_KEPT_BYTES = 2**27


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
        # Threads that work on several coalitions share what they work out, and this most of all.
        self._merging = Lock()
        self._games: dict[bytes, _Game] = {}
        self._parts: dict[Coalition, tuple[Merging, _Game]] = {}
        self._left: dict[tuple[str, Coalition, Coalition], Truth] = {}
        self._responses: dict[int, dict[frozenset[Coalition], Ranks]] = {}

    def stable(
        self, concept: str, coalition: Coalition, sanctioning: tuple[Coalition, ...]
    ) -> Truth:
        """See :meth:`detente.stability.coalitions.CoalitionGraph.stable`."""
        others = () if concept == "Nash" else united(sanctioning)
        if concept != "SEQ":
            return ~self._leaving(concept, coalition, others)
        # Improvements of the others are moves of theirs: what no move deters, none of them does.
        gmr = self._leaving("GMR", coalition, others)
        open_ = self._leaving("Nash", coalition, ()) & ~gmr
        worth = np.stack([self.response(party, sanctioning) for party in coalition])
        merged, game = self._among(range(len(self.ranks)))
        left = game.left(coalition, merged.down(worth), merged.down(open_))
        return ~(gmr | merged.up(left))

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
                    nash = merged.down(self._leaving("Nash", coalition, ()))
                    left = game.left(coalition, game.feared(coalition, others), nash)
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
            movers = sorted(coalitions, key=lambda one: (len(one), one))
            for one in movers:
                if one not in game.improving:
                    leaving = merged.down(self._leaving("Nash", one, ()))
                    game.improving[one] = game.by_group(one, leaving)
            known[coalitions] = merged.up(game.closed(game.ranks[party], movers, begun))
        return known[coalitions]

    def _begun(
        self, party: int, coalitions: frozenset[Coalition]
    ) -> list[tuple[frozenset[Coalition], Ranks]]:
        """What is known to be brought about by some of these coalitions; the largest such sets."""
        used: list[tuple[frozenset[Coalition], Ranks]] = []
        # All are listed before any is looked at: other threads find more meanwhile.
        known = sorted(self._responses[party].items(), key=lambda entry: -len(entry[0]))
        for fewer, response in known:
            if fewer <= coalitions and not any(fewer <= one for one, _ in used):
                used.append((fewer, response))
        return used

    @cached_property
    def _alike(self) -> list[Labels]:
        return [strategies_alike(self.form, own) for own in self.ranks]

    def _among(self, parties: Iterable[int]) -> tuple[Merging, _Game]:
        """The form in which strategies are merged that make no difference to some parties."""
        concerned = tuple(sorted(set(parties)))
        with self._merging:
            return self._part(concerned)

    def _part(self, concerned: Coalition) -> tuple[Merging, _Game]:
        if concerned not in self._parts:
            merged = merging(self.form, [self._alike[party] for party in concerned])
            if merged.key not in self._games:
                self._games[merged.key] = _Game(merged.form, merged.down(self.ranks))
            self._parts[concerned] = merged, self._games[merged.key]
        return self._parts[concerned]


class _Game:
    """Coalitions in one strategic form; the ranks of parties not concerned mean nothing in it.

    Attributes
    ----------
    improving
        For coalitions of which it is known, the states from which they have an improvement, in
        order of group; see :meth:`by_group`.
    """

    def __init__(self, form: StrategicForm, ranks: Ranks) -> None:
        self.form = form
        self.ranks = np.ascontiguousarray(ranks)
        self.improving: dict[Coalition, ByGroup] = {}
        self._groups: dict[Coalition, Groups] = {}
        self._ranks: dict[Coalition, Ranks] = {}
        self._orders: dict[Coalition, NDArray[np.int64]] = {}

    def feared(self, coalition: Coalition, others: Coalition) -> Ranks:
        """The least rank of each member to which any moves of the others lead."""
        return self.form.least_reached(self.ranks[list(coalition)], others)

    def left(self, coalition: Coalition, worth: Ranks, open_: Truth | None = None) -> Truth:
        """From which states a coalition reaches one whose worth exceeds every member's rank here.

        `worth` has one row for each member; nowhere it lies above the member's rank. Only states
        that are `open_` are looked at, where they are given.
        """
        own = self._own(coalition)
        if len(coalition) == 1:
            # The member finds one for itself.
            alone: Truth = (self.form.greatest_reached(worth, coalition) > own)[0]
            return alone if open_ is None else alone & open_
        count = own.shape[1]
        starting = self.by_group(coalition, open_)
        nothing = np.zeros(count, dtype=np.int32)
        found, least = self._least_improvement(
            coalition, starting, np.arange(count), worth, nothing, nothing + 1
        )
        left = np.zeros(count, dtype=np.bool_)
        left[found] = least == 0
        return left

    def _least_improvement(
        self,
        coalition: Coalition,
        starting: ByGroup,
        ends: NDArray[np.int64],
        keys: Ranks,
        values: Ranks,
        ceilings: Ranks,
    ) -> tuple[NDArray[np.int64], Ranks]:
        """Least values of ends reached at which each member's key exceeds its rank at the start.

        Parameters
        ----------
        coalition
            The coalition.
        starting
            Indices of states; see :meth:`by_group`.
        ends
            Indices of states.
        keys
            Shape (members of the coalition, states).
        values, ceilings
            By state. At a start, only values below its ceiling are looked for.

        Returns
        -------
        starting
            Those of the starts from which there may be one.
        least
            For each of them, the least value, or its ceiling where there is none.
        """
        own = self._own(coalition)
        groups = self._groups_of(coalition)
        reaching = groups.of, groups.starts, groups.reached
        states, ends = narrowed(reaching, starting, ends, keys, own, values, ceilings)
        if not states.size:
            return states, ceilings[states]
        found = fronts(ends, groups.of[ends], groups.count, keys, values)
        return states, least_preferred(found, reaching, states, keys, own, values, ceilings)

    def by_group(self, coalition: Coalition, open_: Truth | None = None) -> ByGroup:
        """All states, or those that are open, in order of a coalition's groups.

        Returns
        -------
        tuple of numpy.ndarray of int64
            The indices of the states, and where those of each group begin.
        """
        groups = self._groups_of(coalition)
        states = self._order_of(coalition)
        if open_ is not None:
            states = states[open_[states]]
        counts = np.bincount(groups.of[states], minlength=groups.count)
        return states, np.concatenate([[0], np.cumsum(counts)])

    def _order_of(self, coalition: Coalition) -> NDArray[np.int64]:
        if coalition not in self._orders:
            self._orders[coalition] = self._groups_of(coalition).order()
        return self._orders[coalition]

    def _own(self, coalition: Coalition) -> Ranks:
        """The members' ranks."""
        own = self._ranks.get(coalition)
        if own is None:
            own = self.ranks[list(coalition)]
            if len(self._ranks) * self.ranks.nbytes > _KEPT_BYTES:
                self._ranks.clear()
            self._ranks[coalition] = own
        return own

    def _groups_of(self, coalition: Coalition) -> Groups:
        if coalition not in self._groups:
            self._groups[coalition] = self.form.groups(coalition)
        return self._groups[coalition]

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
        movers: Sequence[Coalition],
        begun: dict[frozenset[Coalition], Ranks],
    ) -> Ranks:
        """Least values to which sequences of coalition improvements lead, or staying.

        A coalition's improvements are transitive here, so that the plain closure is exact.

        Parameters
        ----------
        values
            The value of each state.
        movers
            The coalitions that may move, the smallest first; :attr:`improving` knows them.
        begun
            The answer for some sets of these coalitions.
        """
        able = [one for one in movers if self.improving[one][0].size]
        # What a coalition has brought about already: it lowers these values no further.
        settled: dict[Coalition, Ranks] = {}
        for fewer, response in begun.items():
            values = np.minimum(values, response)
            for one in fewer.intersection(able):
                # The least of two answers is settled for whoever has settled both.
                settled[one] = np.minimum(settled[one], response) if one in settled else response
        values = values.copy()
        everywhere = np.arange(values.size)
        turn = 0
        while turn < len(able):
            one = able[turn]
            fallen = np.flatnonzero(values < settled[one]) if one in settled else everywhere
            fell = self._lower(values, one, fallen)
            settled[one] = values.copy()
            # Smaller coalitions, whose improvements are found sooner, go first.
            turn = 0 if fell else turn + 1
        return values

    def _lower(
        self,
        values: Ranks,
        coalition: Coalition,
        fallen: NDArray[np.int64],
    ) -> bool:
        """Lower values, in place, to those to which one coalition's improvements lead.

        Only improvements to states whose values have `fallen` since the coalition last lowered
        them bring anything new.
        """
        if not fallen.size:
            return False
        own = self._own(coalition)
        starting, least = self._least_improvement(
            coalition, self.improving[coalition], fallen, own, values, values
        )
        fell = least < values[starting]
        values[starting] = least
        return bool(fell.any())
