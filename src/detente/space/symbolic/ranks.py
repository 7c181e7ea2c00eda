"""Ranks of single states for one party, without the ranks of all."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

from detente.space.symbolic.diagrams import Diagram
from detente.space.symbolic.game import SymbolicGame
from detente.space.symbolic.states import first_member

__all__ = ["SymbolicRanks", "Truths", "lexicographically_best"]

Truths = tuple[bool, ...]
"""Which of a party's statements are true in a state, in their order."""


def lexicographically_best(states: Diagram, wanted: Iterable[Diagram]) -> Diagram:
    """Of some states those that are in each wanted set, as far as the sets before it allow."""
    for one in wanted:
        better = states & one
        states = better if better.satisfiable() else states
    return states


class SymbolicRanks:
    """Dense ranks of one party over the feasible states.

    Parameters
    ----------
    game
        The dispute.
    party
        Number of the party.
    """

    def __init__(self, game: SymbolicGame, party: int) -> None:
        self.game = game
        self.party = party
        self._comparison = game.comparisons[party]
        self._statements = game.statements(party)
        self._known: dict[Truths, int] = {}

    def truths(self, state: Sequence[int]) -> Truths:
        """Which statements are true in a state, given by the level of every option."""
        here = self.game.here.state(state)
        return tuple((here & one).satisfiable() for one in self._statements)

    def worth(self, truths: Truths) -> tuple[int, ...]:
        """What orders states as the party does: higher is better."""
        if self._comparison.weights is None:
            return tuple(map(int, truths))
        pairs = zip(self._comparison.weights, truths, strict=True)
        return (sum(weight for weight, true in pairs if true),)

    def constants(self, truths: Truths) -> list[Diagram]:
        """The truth values as diagrams."""
        return [self.game.diagrams.constant(one) for one in truths]

    @property
    def by_weight(self) -> bool:
        """Whether statements have weights rather than an order."""
        return self._comparison.weights is not None

    def next_below(self, truths: Truths) -> Truths:
        """Truth values between which and those given there are none; some are below these.

        Of weights they occur; of statements in an order they may not.
        """
        if self.by_weight:
            place = bisect_left(self._sums, self.worth(truths)[0])
            return self._truths_of_sums[self._sums[place - 1]]
        last = max(place for place, true in enumerate(truths) if true)
        return (*truths[:last], False, *(True,) * (len(truths) - last - 1))

    def rank(self, truths: Truths) -> int:
        """The rank of the states in which just these statements are true."""
        if truths not in self._known:
            self._known[truths] = self._rank(truths)
        return self._known[truths]

    def _rank(self, truths: Truths) -> int:
        if self._comparison.weights is not None:
            return bisect_left(self._sums, self.worth(truths)[0]) + 1
        worse = self._comparison.better(
            self.game.diagrams, self.constants(truths), self.game.threshold_bits(self.party)
        )
        return self._counted(self._occurring & worse) + 1

    @cached_property
    def highest(self) -> int:
        """The highest rank: how many ranks there are."""
        if self._comparison.weights is not None:
            return len(self._sums)
        return self._counted(self._occurring)

    def best(self, states: Diagram) -> Diagram:
        """The states in a set, which is not empty, that the party ranks highest."""
        if self._comparison.weights is None:
            return lexicographically_best(states, self._statements)
        while True:
            truths = self.truths(first_member(self.game, states))
            better = states & ~self.game.not_better(self.party, self.constants(truths))
            if not better.satisfiable():
                return states & ~self._worse_than(truths)
            states = better

    def worst(self, states: Diagram) -> Diagram:
        """The states in a set, which is not empty, that the party ranks lowest."""
        while True:
            truths = self.truths(first_member(self.game, states))
            worse = states & self._worse_than(truths)
            if not worse.satisfiable():
                return states & self.game.not_better(self.party, self.constants(truths))
            states = worse

    def _worse_than(self, truths: Truths) -> Diagram:
        """The feasible states that the party ranks below those of some truth values."""
        worse = self._comparison.better(
            self.game.diagrams, self.constants(truths), self._statements
        )
        return self.game.feasible & worse

    def least(self, can_be_held_to: Callable[[Truths], bool]) -> Truths:
        """The least truth values to which a party can be held.

        Parameters
        ----------
        can_be_held_to
            Whether somebody can bring about a state that the party does not rank above some truth
            values; true of those of the party's best states.

        Returns
        -------
        Truths
            Of weights, such as add up to the least sum.
        """
        if self._comparison.weights is not None:
            low, high = 0, len(self._sums) - 1
            while low < high:
                middle = (low + high) // 2
                if can_be_held_to(self._truths_of_sums[self._sums[middle]]):
                    high = middle
                else:
                    low = middle + 1
            return self._truths_of_sums[self._sums[low]]
        found: Truths = ()
        while len(found) < len(self._statements):
            left = len(self._statements) - len(found) - 1
            found += (not can_be_held_to((*found, False, *(True,) * left)),)
        return found

    @cached_property
    def _occurring(self) -> Diagram:
        """Which truth values occur in feasible states, over the threshold bits."""
        found = self.game.feasible
        bits = self.game.threshold_bits(self.party)
        for bit, statement in zip(bits, self._statements, strict=True):
            found &= bit.equiv(statement)
        options = (bit for own in self.game.here.bits for bit in own)
        return found.exists(self.game.diagrams.cube(options))

    def _counted(self, truths: Diagram) -> int:
        return self.game.diagrams.count(truths, len(self._statements))

    @cached_property
    def _sums(self) -> list[int]:
        """Sums of weights that occur, in order."""
        return sorted(self._truths_of_sums)

    @cached_property
    def _truths_of_sums(self) -> dict[int, Truths]:
        """For each sum of weights that occurs, truth values that give it."""
        weights = self._comparison.weights
        assert weights is not None, "asked for weights alone"
        # Bit by bit: for each sum so far one choice, and the truth values that may still follow.
        reached: dict[tuple[int, Diagram], Truths] = {(0, self._occurring): ()}
        for weight, bit in zip(weights, self.game.threshold_bits(self.party), strict=True):
            following: dict[tuple[int, Diagram], Truths] = {}
            over = bit
            for (total, left), chosen in reached.items():
                for true, literal in ((False, ~bit), (True, bit)):
                    rest = (left & literal).exists(over)
                    if rest.satisfiable():
                        following.setdefault((total + weight * true, rest), (*chosen, true))
            reached = following
        return {total: chosen for (total, _), chosen in reached.items()}
