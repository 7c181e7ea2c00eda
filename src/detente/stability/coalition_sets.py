"""Coalition stability on sets of states held as diagrams.

The definitions are those of docs/concepts/coalitions.md. A sanction hurts some member. From where
it is brought about is found for each member by itself, for all thresholds at once: what leads into
any of several sets leads into one of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial

from detente.space.symbolic.diagrams import Diagram
from detente.space.symbolic.game import SymbolicGame
from detente.space.symbolic.joint_moves import JointMovers, closure, closure_by_last_mover

__all__ = ["Coalition", "CoalitionSets"]

Coalition = tuple[int, ...]
"""Numbers of the members, in order."""

_Truths = Mapping[int, Sequence[Diagram]]
"""For each member the truth of its statements in the state that was left."""


class CoalitionSets:
    """What each coalition can reach, improve and sanction, as sets.

    Parameters
    ----------
    game
        The dispute.
    packages
        Numbers of the packages that count as moves of coalitions that contain all their members.
    """

    def __init__(self, game: SymbolicGame, packages: Collection[int] = ()) -> None:
        self.game = game
        self.movers = JointMovers(game, packages)
        self._deterred: dict[tuple[str, Coalition, tuple[Coalition, ...]], Diagram] = {}

    def stable(
        self, concept: str, coalition: Coalition, sanctioning: tuple[Coalition, ...]
    ) -> Diagram:
        """The feasible states that are stable for a coalition.

        Parameters
        ----------
        concept
            Nash, GMR, SMR or SEQ.
        coalition
            Numbers of its members.
        sanctioning
            The coalitions that may react.

        Returns
        -------
        Diagram
            Coalesced states are in it with all their members.
        """
        game = self.game
        left = (
            self._left(concept, coalition, sanctioning)
            if game.transitive
            else self._left_by_thresholds(concept, coalition, sanctioning)
        )
        return game.feasible & ~game.whole_classes(left)

    def departures(
        self,
        concept: str,
        coalition: Coalition,
        sanctioning: tuple[Coalition, ...],
        state: Sequence[int],
    ) -> Diagram:
        """Where a coalition leaves one state to, as nothing deters it.

        Thresholds are constant, so this works where the whole set of stable states is too large.

        Parameters
        ----------
        concept, coalition, sanctioning
            As in :meth:`stable`.
        state
            Its levels, one for each option.
        """
        game = self.game
        here = game.here.state(state)
        truths = {
            member: [
                game.diagrams.constant((here & one).satisfiable())
                for one in game.statements(member)
            ]
            for member in coalition
        }
        start = game.whole_classes(here & game.feasible)
        ends = self.movers.reached(coalition, start) & self._better(truths)
        for member in coalition if concept != "Nash" else ():
            if not ends.satisfiable():
                break
            ends &= ~self._brought_about(concept, member, coalition, sanctioning, truths)
        return ends

    # Leaving -------------------------------------------------------------------------------------

    def _left(
        self, concept: str, coalition: Coalition, sanctioning: tuple[Coalition, ...]
    ) -> Diagram:
        """The states that a coalition leaves, by pairs of a state and an improvement."""
        if concept == "SMR":
            return self._left_symmetrically(coalition, sanctioning)
        free = self.movers.improving(coalition)
        for member in coalition if concept != "Nash" else ():
            if free.satisfiable():
                deterred = self._for_all_thresholds(concept, member, coalition, sanctioning)
                free &= ~self._as_pairs(deterred, coalition)
        return self._starts(free, coalition)

    def _left_symmetrically(
        self, coalition: Coalition, sanctioning: tuple[Coalition, ...]
    ) -> Diagram:
        """The same under SMR, where the coalition may answer a sanction.

        A sanction holds for sure if the coalition cannot even get the member away whom it hurts,
        whatever it does to the others. Where this leaves open no more than GMR does, that is all.
        """
        free = self.movers.improving(coalition)
        for member in coalition:
            if free.satisfiable():
                held = self._held_for_it_alone(member, coalition, sanctioning)
                free &= ~self._as_pairs(held, coalition)
        at_most = self._starts(free, coalition)
        if len(coalition) == 1 or at_most == self._left("GMR", coalition, sanctioning):
            return at_most
        for member in coalition:
            if free.satisfiable():
                free &= ~self._held_symmetrically(member, coalition, sanctioning)
        return self._starts(free, coalition)

    def _held_for_it_alone(
        self, member: int, coalition: Coalition, sanctioning: tuple[Coalition, ...]
    ) -> Diagram:
        """From where others bring about what hurts a member and its coalition does not end for it.

        For all thresholds of the member.
        """
        harmful = self.game.not_better(member, self.game.threshold_bits(member))
        better = self.game.feasible & ~harmful
        harmful &= ~self.movers.from_where(coalition, better)
        return self.movers.from_where(_together(sanctioning), harmful)

    def _as_pairs(self, states: Diagram, coalition: Coalition) -> Diagram:
        """Pairs whose second state is in a set, at the thresholds of the first."""
        by = self._second(self.movers.options(coalition)) | self._settled(coalition)
        return self.game.diagrams.replaced(states, by)

    def _starts(self, pairs: Diagram, coalition: Coalition) -> Diagram:
        return self.game.first_of_pairs(self.movers.options(coalition), pairs)

    def _held_symmetrically(
        self, member: int, coalition: Coalition, sanctioning: tuple[Coalition, ...]
    ) -> Diagram:
        """The pairs of a state and a second whose sanctions hold, wherever the coalition answers.

        What the coalition can still answer hangs on the thresholds of all its members. They are
        too many bits: the state that was left is the second copy of all options instead.
        """
        game = self.game
        every = range(len(game.here.bits))
        truths = {
            one: [game.with_second(every, statement) for statement in game.statements(one)]
            for one in coalition
        }
        others = _together(sanctioning)
        harmful = game.not_better(member, truths[member])
        harmful &= ~self._freely_from(coalition, self._better(truths))
        held = self._freely_from(others, harmful)
        # Here is the second state now, and there the first: they change places.
        own = set(self.movers.options(coalition))
        back = {
            two: game.diagrams.variable(one)
            for here, there in zip(game.here.bits, game.there.bits, strict=True)
            for one, two in zip(here, there, strict=True)
        }
        return game.diagrams.replaced(held, back | self._second(own))

    def _freely_from(self, parties: Collection[int], states: Diagram) -> Diagram:
        """From where some parties lead into a set; the second copies of options are kept."""
        game = self.game
        steps = [partial(game.freely_into, party) for party in parties]
        steps += [
            partial(game.package_into, number, improving=False)
            for number in self.movers.made_by(parties)
        ]
        return closure(states, steps)

    def _left_by_thresholds(
        self, concept: str, coalition: Coalition, sanctioning: tuple[Coalition, ...]
    ) -> Diagram:
        """The same where two moves of one party in a row are not one move."""
        truths = self._bits(coalition)
        free = self._better(truths)
        for member in coalition if concept != "Nash" else ():
            free &= ~self._for_all_thresholds(concept, member, coalition, sanctioning)
        found = self.movers.from_where(coalition, free)
        return self.game.diagrams.replaced(found, self._settled(coalition))

    def _second(self, options: Iterable[int]) -> dict[int, Diagram]:
        """The variables of some options, by those of their second copy."""
        game = self.game
        return {
            one: game.diagrams.variable(two)
            for option in options
            for one, two in zip(game.here.bits[option], game.there.bits[option], strict=True)
        }

    def _settled(self, coalition: Coalition) -> dict[int, Diagram]:
        """The members' threshold bits, by their statements."""
        game = self.game
        return {
            bit: statement
            for member in coalition
            for bit, statement in zip(game.thresholds[member], game.statements(member), strict=True)
        }

    def _bits(self, coalition: Coalition) -> dict[int, Sequence[Diagram]]:
        return {member: self.game.threshold_bits(member) for member in coalition}

    def _better(self, truths: _Truths) -> Diagram:
        """The feasible states that every member prefers to the state that was left."""
        better = self.game.feasible
        for member, truth in truths.items():
            better &= ~self.game.not_better(member, truth)
        return better

    # Sanctions -----------------------------------------------------------------------------------

    def _for_all_thresholds(
        self,
        concept: str,
        member: int,
        coalition: Coalition,
        sanctioning: tuple[Coalition, ...],
    ) -> Diagram:
        # Only an answer to a sanction depends on the other members.
        against = coalition if concept == "SMR" else (member,)
        key = (concept, (member, *against), sanctioning)
        if key not in self._deterred:
            truths = self._bits(against)
            self._deterred[key] = self._brought_about(concept, member, against, sanctioning, truths)
        return self._deterred[key]

    def _brought_about(
        self,
        concept: str,
        member: int,
        coalition: Coalition,
        sanctioning: tuple[Coalition, ...],
        truths: _Truths,
    ) -> Diagram:
        """From where the others bring about what one member does not rank above a threshold."""
        harmful = self.game.not_better(member, truths[member])
        if concept == "SMR":
            # A sanction has to hold wherever the coalition answers.
            answers = self._better({one: truths[one] for one in coalition})
            harmful &= ~self.movers.from_where(coalition, answers)
        if concept != "SEQ":
            return self.movers.from_where(_together(sanctioning), harmful)
        steps = [partial(self._improved_into, one) for one in sanctioning]
        if self.game.transitive:
            return closure(harmful, steps)
        return closure_by_last_mover(harmful, steps)

    def _improved_into(self, coalition: Coalition, states: Diagram) -> Diagram:
        """From where an improvement of a coalition leads into a set of feasible states."""
        game = self.game
        if len(coalition) == 1 and not self.movers.made_by(coalition):
            return game.leading_into(coalition[0], states, improving=True)
        if game.transitive:
            options = self.movers.options(coalition)
            over = game.diagrams.cube(bit for option in options for bit in game.there.bits[option])
            return game.diagrams.meets(
                self.movers.improving(coalition), game.with_second(options, states), over
            )
        better = states & self._better(self._bits(coalition))
        found = self.movers.from_where(coalition, better)
        return game.diagrams.replaced(found, self._settled(coalition))


def _together(coalitions: Iterable[Coalition]) -> list[int]:
    """The members of all of some coalitions."""
    return sorted({party for one in coalitions for party in one})
