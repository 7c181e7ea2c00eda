"""Moves of several parties together on sets of states held as diagrams.

A coalition reaches what legal sequences of its members' moves reach, in which nobody moves twice in
a row; so do packages whose members all belong to it. Where two moves of one party in a row are one
move, the plain closure over the movers is exact; otherwise a set is kept for each last mover.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial

from detente.space.symbolic.diagrams import Diagram
from detente.space.symbolic.game import SymbolicGame

__all__ = ["JointMovers", "closure", "closure_by_last_mover", "never"]

Step = Callable[[Diagram], Diagram]


class JointMovers:
    """What sets of parties bring about together.

    Parameters
    ----------
    game
        The dispute.
    packages
        Numbers of the packages that count as moves of those who contain all their members.
    """

    def __init__(self, game: SymbolicGame, packages: Collection[int] = ()) -> None:
        self.game = game
        self.packages = tuple(packages)
        self._improving: dict[tuple[int, ...], Diagram] = {}

    def from_where(self, parties: Collection[int], states: Diagram) -> Diagram:
        """From where some parties, moving together, lead into a set of feasible states.

        The set itself is in it. Variables of which moves know nothing are kept as they are.
        """
        game = self.game
        movers: list[Step] = [
            partial(game.leading_into, party, improving=False)
            for party in sorted(parties)
            if game.own_options[party]
        ]
        movers += [
            partial(game.package_into, number, improving=False) for number in self.made_by(parties)
        ]
        return self._closed(states, movers)

    def reached(self, parties: Collection[int], start: Diagram) -> Diagram:
        """Where some parties, moving together, lead from some states; these are in it."""
        return self._closed(start, self.steps(parties))

    def layers(self, parties: Collection[int], start: Diagram) -> list[Diagram]:
        """The states to which so many moves of some parties lead and no fewer do, by number."""
        steps = self.steps(parties)
        seen = start
        layers = [start]
        # By last mover, where the moves so far lead: nobody moves twice in a row.
        last = [start] * len(steps)
        while True:
            following = [step(here) for step, here in zip(steps, last, strict=True)]
            new = self.game.diagrams.any_of(following) & ~seen
            if self.game.transitive:
                # Two moves of one mover in a row are one move: what is new alone leads further.
                last = [new] * len(steps)
                if not new.satisfiable():
                    return layers
            else:
                updated = [
                    self.game.diagrams.any_of(
                        [here, *(one for other, one in enumerate(following) if other != number)]
                    )
                    for number, here in enumerate(last)
                ]
                if updated == last and not new.satisfiable():
                    return layers
                last = updated
            seen |= new
            layers.append(new)

    def steps(self, parties: Collection[int]) -> list[Step]:
        """The moves of some parties, and of packages that they make, forwards."""
        game = self.game
        steps: list[Step] = [
            partial(game.after_moves, party, game.legal(party))
            for party in sorted(parties)
            if game.own_options[party]
        ]
        return steps + [partial(self._after_package, number) for number in self.made_by(parties)]

    def improving(self, coalition: tuple[int, ...]) -> Diagram:
        """A coalition's improvements, as pairs: (here, there of its members' options).

        Only where two moves of one party in a row are one move.
        """
        if coalition not in self._improving:
            game = self.game
            options = self.options(coalition)
            start = game.feasible & game.diagrams.all_of(map(game.unchanged, options))
            steps: list[Step] = [partial(game.freely_into, party) for party in coalition]
            steps += [
                partial(game.package_into, number, improving=False)
                for number in self.made_by(coalition)
            ]
            pairs = game.with_second(options, game.feasible) & self._closed(start, steps)
            for member in coalition:
                before = game.statements(member)
                after = [game.with_second(options, one) for one in before]
                pairs &= game.comparisons[member].better(game.diagrams, after, before)
            self._improving[coalition] = pairs
        return self._improving[coalition]

    def at_once(self, coalition: tuple[int, ...]) -> Diagram:
        """The pairs in which every member prefers the second, whatever lies between them.

        All options of the members may change at once, each in its direction (Aumann 1959).
        """
        game = self.game
        options = self.options(coalition)
        pairs = game.feasible & game.diagrams.all_of(map(game.unchanged, options))
        for party in coalition:
            pairs = game.whatever_stands(party, pairs)
        pairs &= game.feasible & game.with_second(options, game.feasible)
        for member in coalition:
            before = game.statements(member)
            after = [game.with_second(options, one) for one in before]
            pairs &= game.comparisons[member].better(game.diagrams, after, before)
        return game.first_of_pairs(options, pairs)

    def options(self, coalition: Collection[int]) -> list[int]:
        """Numbers of the options of a coalition's members."""
        return [option for party in sorted(coalition) for option in self.game.own_options[party]]

    def made_by(self, parties: Collection[int]) -> list[int]:
        """Numbers of the packages that some parties can make by themselves."""
        members = frozenset(parties)
        return [one for one in self.packages if self.game.packages[one].members <= members]

    def _after_package(self, number: int, states: Diagram) -> Diagram:
        package = self.game.packages[number]
        return self.game.set_from(package.possible & states, package.settings)

    def _closed(self, start: Diagram, movers: Sequence[Step]) -> Diagram:
        if self.game.transitive:
            return closure(start, movers)
        return closure_by_last_mover(start, movers)


def _nothing() -> None:
    pass


def never(_reached: Diagram) -> bool:
    """The work does not end early, whatever is reached."""
    return False


def closure(
    start: Diagram,
    movers: Sequence[Step],
    pause: Callable[[], None] = _nothing,
    enough: Callable[[Diagram], bool] = never,
) -> Diagram:
    """From where movers, in any order, can lead into a set; their moves are transitive.

    Each mover looks at the whole set again, not at what was added since its last turn: the
    whole set has far fewer nodes than the difference of two. The work ends early where what is
    reached by then is `enough`.
    """
    reached = start
    changed = [True] * len(movers)
    while any(changed):
        for number, mover in enumerate(movers):
            if not changed[number]:
                continue
            pause()
            changed[number] = False
            more = reached | mover(reached)
            if more != reached:
                reached = more
                if enough(reached):
                    return reached
                changed = [waiting or other != number for other, waiting in enumerate(changed)]
    return reached


def closure_by_last_mover(
    start: Diagram,
    movers: Sequence[Step],
    pause: Callable[[], None] = _nothing,
    enough: Callable[[Diagram], bool] = never,
) -> Diagram:
    """The same where moves are not transitive: nobody moves twice in a row.

    ``after[j]`` is from where the set can be reached once `j` has moved last.
    """
    after = [start] * len(movers)
    while True:
        following = []
        for mover, states in zip(movers, after, strict=True):
            pause()
            following.append(mover(states))
        updated = []
        for last in range(len(movers)):
            states = start
            for number, found in enumerate(following):
                if number != last:
                    states |= found
            updated.append(states)
        if updated == after or enough is not never:
            result = start
            for found in following:
                result |= found
            if updated == after or enough(result):
                return result
        after = updated
