"""Coalition stability in strategic form, where members never stand in each other's way.

What is worked out for some parties is worked out where strategies are merged that make no
difference to them. What an outsider's coalitions bring about begins from what fewer coalitions
bring about. Definitions are in docs/concepts/coalitions.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from detente.stability.coalition_moves import Coalition, united
from detente.stability.packed_ranks import WORD_BITS, Lanes, Words, lanes
from detente.stability.strategic_form import (
    Labels,
    Merging,
    StrategicForm,
    merging,
    strategies_alike,
)

__all__ = ["StrategicCoalitions"]

Truth = NDArray[np.bool_]
Ranks = NDArray[np.int32]
Numbers = NDArray[np.int64]

# What coalitions bring about begins from so many answers for fewer of them.
_MOST_BEGUN = 12

# Some bits of each word of a row.
Bits = tuple[int, ...]

# Of some parties, the arrays of Strategies, as kernels take them.
Own = tuple[Numbers, Numbers, Numbers, Numbers]


class StrategicCoalitions:
    """Which states coalitions leave, by state of a strategic form.

    Parameters
    ----------
    form
        The strategic form.
    ranks
        Shape (parties, states).
    word_bits
        How many bits of ranks are compared at once.
    """

    def __init__(self, form: StrategicForm, ranks: Ranks, word_bits: int = WORD_BITS) -> None:
        self.form = form
        self.ranks = np.ascontiguousarray(ranks, dtype=np.int32)
        self._lanes = lanes([int(own.max(initial=0)) for own in self.ranks], word_bits)
        # Threads that work on several coalitions share what they work out, and this most of all.
        self._merging = Lock()
        self._games: dict[bytes, _Game] = {}
        self._parts: dict[Coalition, tuple[Merging, _Game]] = {}
        self._left: dict[tuple[str, Coalition, Coalition], Truth] = {}
        self._brought: dict[frozenset[Coalition], Words] = {}

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
        if not open_.any():
            return ~gmr
        merged, game = self._among(range(len(self.ranks)))
        worth = game.turned(coalition, self._brought_about(frozenset(sanctioning)))
        return ~(gmr | merged.up(game.left(coalition, merged.down(open_), worth)))

    def _leaving(self, concept: str, coalition: Coalition, others: Coalition) -> Truth:
        """From which states a coalition has an improvement that the others cannot deter."""
        key = (concept, coalition, others)
        if key not in self._left:
            # What the others do matters only through the members' own ranks.
            merged, game = self._among(coalition)
            match concept:
                case "Nash":
                    left = game.left(coalition, np.ones(merged.form.count, dtype=np.bool_))
                case "GMR":
                    nash = merged.down(self._leaving("Nash", coalition, ()))
                    left = game.left(coalition, nash, game.feared(coalition, others))
                case _:
                    # What no sanction deters at all, this one does not deter either.
                    gmr = merged.down(self._leaving("GMR", coalition, others))
                    nash = merged.down(self._leaving("Nash", coalition, ()))
                    left = gmr | game.left_symmetrically(coalition, others, nash & ~gmr)
            self._left[key] = merged.up(left)
        return self._left[key]

    def response(self, party: int, sanctioning: Iterable[Coalition]) -> Ranks:
        """Least rank of a party that coalitions of others bring about by improvements, or now."""
        merged, game = self._among(range(len(self.ranks)))
        rows = game.turned((party,), self._brought_about(frozenset(sanctioning)))
        return merged.up(self._lanes.ranks(party, rows))

    def _brought_about(self, coalitions: frozenset[Coalition]) -> Words:
        """What coalitions bring about by improvements; see :meth:`_Game.brought_about`."""
        if coalitions not in self._brought:
            merged, game = self._among(range(len(self.ranks)))
            improving = {
                one: merged.down(self._leaving("Nash", one, ()))
                for one in sorted(coalitions, key=lambda one: (len(one), one))
            }
            begun = self._begun(coalitions)
            self._brought[coalitions] = game.brought_about(improving, begun)
        return self._brought[coalitions]

    def _begun(self, coalitions: frozenset[Coalition]) -> dict[frozenset[Coalition], Words]:
        """What is known to be brought about by some of these coalitions; the largest such sets."""
        used: dict[frozenset[Coalition], Words] = {}
        # All are listed before any is looked at: other threads find more meanwhile.
        known = sorted(self._brought.items(), key=lambda entry: -len(entry[0]))
        for fewer, response in known:
            if fewer <= coalitions and not any(fewer <= one for one in used):
                used[fewer] = response
            if len(used) == _MOST_BEGUN:
                break
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
                self._games[merged.key] = _Game(merged.form, merged.down(self.ranks), self._lanes)
            self._parts[concerned] = merged, self._games[merged.key]
        return self._parts[concerned]


class _Game:
    """Coalitions in one strategic form; the ranks of parties not concerned mean nothing in it."""

    def __init__(self, form: StrategicForm, ranks: Ranks, in_words: Lanes) -> None:
        self.form = form
        self.ranks = ranks
        self.lanes = in_words
        self.words = in_words.packed(range(len(ranks)), ranks)
        self._strategies: dict[Coalition, Own] = {}

    def feared(self, coalition: Coalition, others: Coalition) -> Words:
        """The least rank of each member to which any moves of the others lead, packed."""
        least = self.form.least_reached(self.ranks[list(coalition)], others)
        return self.lanes.packed(coalition, least)

    def turned(self, parties: Sequence[int], rows: Words) -> Words:
        """Rows in which the lanes of some parties are turned round: the higher, the lower."""
        turned: Words = rows ^ self.lanes.whole(parties).sum(axis=0)
        return turned

    def left(self, coalition: Coalition, open_: Truth, worth: Words | None = None) -> Truth:
        """From which states a coalition reaches one whose worth exceeds every member's rank here.

        Parameters
        ----------
        coalition
            The coalition.
        open_
            By state, whether it is looked at.
        worth
            Packed, nowhere above the members' ranks; the ranks where it is left out.
        """
        from detente.stability.strategic_kernels import left_by_moves

        found = open_.copy()
        own = self._own(coalition)
        left_by_moves(
            self._outside(coalition),
            own,
            self.words if worth is None else worth,
            self.words,
            *self._compared(coalition),
            np.empty_like(own[0]),
            self._front(own),
            found,
        )
        return found

    def left_symmetrically(self, coalition: Coalition, others: Coalition, open_: Truth) -> Truth:
        """From which states a coalition has an improvement that no sanction takes from it for good.

        Only states that are `open_` are looked at.
        """
        from detente.stability.strategic_kernels import left_symmetrically

        found = open_.copy()
        own, theirs = self._own(coalition), self._own(others)
        strategies, patterns = theirs[0].size, theirs[1].size - 1
        left_symmetrically(
            self._outside((*coalition, *others)),
            own,
            theirs,
            self.words,
            *self._compared(coalition),
            np.empty_like(own[0]),
            self._front(own, strategies),
            (np.empty(strategies, dtype=np.int64), np.empty(patterns, dtype=np.int64)),
            found,
        )
        return found

    def brought_about(
        self,
        improving: Mapping[Coalition, Truth],
        begun: Mapping[frozenset[Coalition], Words],
    ) -> Words:
        """What coalitions bring about by sequences of improvements, for all parties in none.

        A coalition's improvements are transitive here, so that the plain closure is exact. It
        contains that of fewer coalitions, from which it may begin. Let *f* be what fewer of them
        bring about, and *r* what is known by now, nowhere less. A coalition that took part in *f*
        brings about *f(t)* already wherever it improves to *t*: where *r(t) = f(t)*, its
        improvements to *t* add nothing.

        Parameters
        ----------
        improving
            The coalitions, the smallest first; for each, by state, whether it has an improvement.
        begun
            The answer for some sets of these coalitions.

        Returns
        -------
        numpy.ndarray of int64
            Packed: in the lane of each party that is in none of the coalitions, turned round, the
            least rank to which they lead from a state or that staying gives. In the lanes of the
            others, their ranks.
        """
        from detente.stability.strategic_kernels import lose_by_improvements

        moving = united(improving)
        losing = [party for party in range(len(self.ranks)) if party not in moving]
        rows, news = self._added_up(losing, tuple(begun.values()))
        able = [one for one, somewhere in improving.items() if somewhere.any()]
        changed = np.full(len(rows), -1, dtype=np.int32)
        done = dict.fromkeys(able, -1)
        met = np.flatnonzero(np.bincount(news)).tolist()
        turn, now = 0, 0
        raised_yet = False
        while turn < len(able):
            one = able[turn]
            old = sum(1 << number for number, fewer in enumerate(begun) if one in fewer)
            if not raised_yet and not any(bits & old == old for bits in met):
                turn += 1
                continue
            own = self._own(one)
            now += 1
            raised = lose_by_improvements(
                self._outside(one),
                own,
                rows,
                *self._compared((*one, *losing)),
                self.lanes.guards(losing),
                self.lanes.whole((*losing, *one)),
                len(losing),
                np.empty((1, self.lanes.words), dtype=np.int64),
                improving[one],
                news,
                old,
                changed,
                done[one],
                now,
                np.empty_like(own[0]),
                self._front(own),
            )
            done[one] = now
            # Smaller coalitions, whose improvements are found sooner, go first.
            turn = 0 if raised else turn + 1
            raised_yet = raised_yet or raised
        return rows

    def _added_up(self, losing: Sequence[int], begun: Sequence[Words]) -> tuple[Words, Numbers]:
        """Rows with the most that each losing party loses by any of some responses, or now.

        By state, a bit is told for each response to which this adds. Whoever took part in a
        response to which nothing is added brings about nothing new from there.
        """
        news = np.zeros(len(self.words), dtype=np.int64)
        if not begun:
            return self.turned(losing, self.words), news
        whole = self.lanes.whole(losing)
        lost = whole.sum(axis=0)
        rows = self.words & ~lost
        for lane in whole:
            most = begun[0] & lane
            for response in begun[1:]:
                np.maximum(most, response & lane, out=most)
            rows |= most
        for number, response in enumerate(begun):
            more = (rows ^ response) & lost
            for word in more.T:
                np.bitwise_or(news, 1 << number, out=news, where=word != 0)
        return rows, news

    def _own(self, coalition: Coalition) -> Own:
        if coalition not in self._strategies:
            own = self.form.strategies(coalition)
            self._strategies[coalition] = own.offsets, own.begin, own.starts, own.reached
        return self._strategies[coalition]

    def _outside(self, coalition: Coalition) -> Numbers:
        """What is added to a state's index for each combination of the outsiders' strategies."""
        return self._own(
            tuple(party for party in range(len(self.ranks)) if party not in coalition)
        )[0]

    def _compared(self, parties: Sequence[int]) -> tuple[Bits, Bits]:
        """The guard bits of all parties and of some."""
        return self.lanes.guards(range(len(self.ranks))), self.lanes.guards(parties)

    def _front(self, own: Own, slices: int = 1) -> tuple[Numbers, Numbers]:
        offsets, begin = own[:2]
        rows = np.empty((slices * offsets.size, self.lanes.words), dtype=np.int64)
        return rows, np.empty(slices * (begin.size - 1), dtype=np.int64)
