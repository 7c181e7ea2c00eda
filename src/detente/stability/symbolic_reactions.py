"""What one party has to fear in one state, where states are sets held as diagrams.

Thresholds are constant, so diagrams are over one copy of the options: this stays cheap where
whole sets of stable states are not.
"""

from __future__ import annotations

from collections.abc import Sequence

from detente.space.symbolic.diagrams import Diagram
from detente.space.symbolic.game import SymbolicGame
from detente.space.symbolic.ranks import SymbolicRanks, Truths
from detente.space.symbolic.states import first_states
from detente.stability.concept import Reaction
from detente.stability.symbolic_concepts import deterred_ends, reached_by

__all__ = ["FocalParty"]

_State = tuple[int, ...]


class FocalParty:
    """One party, and what the others' moves may do to it.

    Parameters
    ----------
    game
        The dispute.
    party
        Number of the party.
    packages
        Whether packages of which it is no member are moves of the others too. Their numbers as
        movers follow those of the parties.
    """

    def __init__(self, game: SymbolicGame, party: int, *, packages: bool = False) -> None:
        self.game = game
        self.party = party
        self.packages = packages
        self.ranks = SymbolicRanks(game, party)

    def whole(self, state: _State) -> Diagram:
        """A state, with the others with which it is coalesced."""
        return self.game.whole_classes(self.game.here.state(state) & self.game.feasible)

    def deterred(self, reaction: Reaction, threshold: Truths, ends: Diagram) -> Diagram:
        """Of some ends of moves, those from which the others can hold it to a threshold."""
        constants = self.ranks.constants(threshold)
        return deterred_ends(self.game, self.party, reaction, constants, ends, self.packages)

    def harm(self, threshold: Truths, *, answered: bool) -> Diagram:
        """States that the party does not rank above a threshold, wherever it answers if it may."""
        harmful = self.game.not_better(self.party, self.ranks.constants(threshold))
        if answered:
            way_out = self.game.feasible & ~harmful
            harmful &= ~self.game.leading_into(self.party, way_out, improving=False)
        return harmful

    def held_to(self, reaction: Reaction, end: _State) -> Truths:
        """The least that the others can hold the party to from a state, by staying or moving."""
        whole = self.whole(end)
        return self.ranks.least(lambda truths: self.deterred(reaction, truths, whole).satisfiable())

    def moves(self, mover: int, state: _State, *, improving: bool) -> Diagram:
        """Where a mover's moves, or improvements, lead from a state."""
        if mover >= len(self.game.dispute.parties):
            return self._ends_of_package(mover, state, improving=improving)
        ends = reached_by(self.game, mover, self.whole(state))
        if not improving:
            return ends
        ranks = self.ranks if mover == self.party else SymbolicRanks(self.game, mover)
        return ends & ~self.game.not_better(mover, ranks.constants(ranks.truths(state)))

    def _ends_of_package(self, mover: int, state: _State, *, improving: bool) -> Diagram:
        number = mover - len(self.game.dispute.parties)
        package = self.game.packages[number]
        ends = self.game.set_from(package.possible & self.whole(state), package.settings)
        for member in package.members if improving else ():
            ranks = SymbolicRanks(self.game, member)
            ends &= ~self.game.not_better(member, ranks.constants(ranks.truths(state)))
        return ends

    def _leading_into(self, mover: int, states: Diagram, *, improving: bool) -> Diagram:
        """From where a party or a package leads into a set."""
        parties = len(self.game.dispute.parties)
        if mover < parties:
            return self.game.leading_into(mover, states, improving=improving)
        return self.game.package_into(mover - parties, states, improving=improving)

    def shortest(
        self, start: _State, harm: Diagram, *, improving: bool
    ) -> list[tuple[int, _State]]:
        """Fewest moves of the others from a state into a set: mover and state after each."""
        game = self.game
        part = game.parts[self.party]
        movers = [one for one in game.movers if one != self.party and game.parts[one] == part]
        movers += [
            len(game.dispute.parties) + number
            for number, package in enumerate(game.packages if self.packages else ())
            if self.party not in package.members
        ]
        layers = self._layers(start, harm, movers, improving=improving)
        path: list[tuple[int, _State]] = []
        state, last = start, -1
        while layers:
            mover, aim = self._step(state, last, movers, layers, improving=improving)
            state, last = aim, mover
            path.append((mover, state))
            if (game.here.state(state) & harm).satisfiable():
                break
        return path

    def _layers(
        self, start: _State, harm: Diagram, movers: Sequence[int], *, improving: bool
    ) -> list[tuple[list[Diagram], list[Diagram]]]:
        """By how many moves are left: what each mover aims at, and from where it moves there.

        Until some mover can begin at the start; nothing where none ever can. Nobody moves twice in
        a row, so that what a mover aims at does not hold what only another move of its own does.
        """
        here = self.game.here.state(start)
        # The party's own options stay as they are.
        harm &= self.game.with_own_options_of(self.party, here)
        aims = [harm] * len(movers)
        layers: list[tuple[list[Diagram], list[Diagram]]] = []
        while True:
            sources = [
                self._leading_into(mover, aim, improving=improving)
                for mover, aim in zip(movers, aims, strict=True)
            ]
            layers.append((aims, sources))
            if any((here & one).satisfiable() for one in sources):
                return layers
            following = [
                self.game.diagrams.any_of(
                    [harm, *(one for number, one in enumerate(sources) if number != last)]
                )
                for last in range(len(movers))
            ]
            if following == aims:
                return []
            aims = following

    def _step(
        self,
        state: _State,
        last: int,
        movers: Sequence[int],
        layers: Sequence[tuple[list[Diagram], list[Diagram]]],
        *,
        improving: bool,
    ) -> tuple[int, _State]:
        """The first of the steps after which the fewest moves are left."""
        here = self.game.here.state(state)
        for aims, sources in layers:
            for mover, aim, source in zip(movers, aims, sources, strict=True):
                if mover == last or not (here & source).satisfiable():
                    continue
                ends = aim & self.moves(mover, state, improving=improving)
                for end in first_states(self.game, ends, 1):
                    return mover, end
        raise AssertionError("every state on the way has a step")
