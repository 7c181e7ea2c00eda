"""The steps of which play is made, on sets of states held as diagrams.

What :mod:`detente.queries.play_steps` says of arrays, said of sets. What a party can count on at a
state is told by the thresholds to which the others can hold it there: the threshold bits of
:mod:`detente.space.symbolic.game`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import cached_property, partial
from itertools import product
from math import prod

from detente.dispute.errors import LimitError, NotServedError
from detente.queries.play_on_sets import PlayOnSets
from detente.queries.query import StepRule
from detente.space.symbolic.diagrams import Diagram
from detente.space.symbolic.game import SymbolicGame
from detente.stability.concept_registry import reaction_of
from detente.stability.symbolic_concepts import sanctions_from

__all__ = ["SymbolicSteps", "check_rule"]

# A mover's starts are told apart by the levels of options that change one way only; of so many
# combinations of these its best moves are found.
_MOST_PATTERNS = 256


def check_rule(game: SymbolicGame, rule: StepRule) -> None:
    """Refuse steps that are not made on sets.

    Raises
    ------
    NotServedError
        If packages are steps and states are coalesced.
    """
    if rule.packages and game.dispute.packages and game.classes:
        raise NotServedError(
            "what a package brings about from coalesced states needs the cube or a list of states",
            path=game.dispute.path,
        )


def _where_held(
    game: SymbolicGame,
    party: int,
    concept: str,
    thresholds: list[Diagram],
    still: Collection[int] = (),
) -> Diagram:
    """Where a party can be held to a threshold: what it can count on is not above it.

    Parameters
    ----------
    game
        The dispute.
    party
        Number of the party.
    concept
        What it expects of the others.
    thresholds
        Truth of each of its statements in the state that is compared.
    still
        Numbers of other parties that do not react.

    Returns
    -------
    Diagram
        Feasible states, by the threshold.
    """
    held = game.not_better(party, thresholds)
    reaction = reaction_of(concept)
    if reaction is None:
        return held
    return held | sanctions_from(game, party, reaction, thresholds, still=still)


class SymbolicSteps(PlayOnSets[Diagram]):
    """The steps that a rule allows.

    Parameters
    ----------
    game
        The dispute.
    rule
        Which steps are made.
    """

    def __init__(self, game: SymbolicGame, rule: StepRule) -> None:
        check_rule(game, rule)
        self.game = game
        self.rule = rule
        self._movers = [one for one in rule.movers if game.own_options[one]]
        self._undeterred: dict[int, Diagram] = {}
        self._best: dict[int, list[tuple[Diagram, Diagram]]] = {}
        self._held: dict[int, Diagram] = {}
        self._packages: dict[int, Diagram] = {}

    @property
    def feasible(self) -> Diagram:
        """All states."""
        return self.game.feasible

    @cached_property
    def moving(self) -> Diagram:
        """Those from which there is a step; at the others play stays."""
        return self.some_step_into(self.game.feasible)

    @property
    def makers(self) -> Sequence[Callable[[Diagram], Diagram]]:
        """For each mover and package: given a set, from where it has a step into it."""
        return [
            *(partial(self._made_into, mover) for mover in self._movers),
            *(partial(self._package_into, number) for number in self.packages),
        ]

    def tidy(self) -> None:
        """Forget diagrams that are not used any more."""
        self.game.diagrams.tidy()

    @cached_property
    def packages(self) -> tuple[int, ...]:
        """Numbers of the packages that are steps: their members are all among the movers.

        Where one party's choice is asked for, all packages of which it is a member.
        """
        movers = set(self.rule.movers)
        return tuple(
            number
            for number, package in enumerate(self.game.packages if self.rule.packages else ())
            if movers >= package.members or (self.rule.choice and movers <= package.members)
        )

    def some_step_into(self, goal: Diagram) -> Diagram:
        """From which states some step leads into a set."""
        found = self.game.diagrams.any_of(into(goal) for into in self.makers)
        return self.game.feasible & found

    def _package_into(self, number: int, goal: Diagram) -> Diagram:
        settings = self.game.packages[number].settings
        return self._package_steps(number) & self.game.set_to(settings, goal)

    def _package_steps(self, number: int) -> Diagram:
        """From where a package is a step: each member gains, and those outside deter none."""
        game = self.game
        package = game.packages[number]
        if self.rule.moves == "legal moves":
            return package.possible
        if number not in self._packages:
            made = package.possible
            for member in package.members:
                bits = list(game.threshold_bits(member))
                held = _where_held(game, member, self.rule.concept, bits, package.members)
                reached = game.set_to(package.settings, held)
                by = dict(zip(game.thresholds[member], game.statements(member), strict=True))
                made &= game.package_betters(number, member) & ~game.diagrams.replaced(reached, by)
            self._packages[number] = made
        return self._packages[number]

    def _made_into(self, mover: int, goal: Diagram) -> Diagram:
        """From which states a mover has a step into a set."""
        found = self.game.feasible & self._step_into(mover, goal)
        return self.game.whole_classes(found)

    def _step_into(self, mover: int, goal: Diagram) -> Diagram:
        game = self.game
        if self.rule.moves == "best moves":
            own = game.diagrams.cube(game.own_bits(mover, game.here))
            return game.diagrams.any_of(
                starts & game.diagrams.meets(ends, goal, own)
                for starts, ends in self._best_moves(mover)
            )
        steps = (
            game.legal(mover) if self.rule.moves == "legal moves" else self._undeterred_moves(mover)
        )
        return game.diagrams.meets(steps, game.after_move(mover, goal), self._ends_of(mover))

    def _ends_of(self, mover: int) -> Diagram:
        return self.game.diagrams.cube(self.game.own_bits(mover, self.game.there))

    def _held_to(self, mover: int) -> Diagram:
        """Where a mover can be held to a threshold, for all thresholds."""
        if mover not in self._held:
            bits = list(self.game.threshold_bits(mover))
            self._held[mover] = _where_held(self.game, mover, self.rule.concept, bits)
        return self._held[mover]

    def _undeterred_moves(self, mover: int) -> Diagram:
        """A mover's improvements that nothing deters: (here, there of its own options)."""
        if mover not in self._undeterred:
            game = self.game
            here, there = game.own_bits(mover, game.here), game.own_bits(mover, game.there)
            by = dict(zip(here, map(game.diagrams.variable, there), strict=True))
            by |= dict(zip(game.thresholds[mover], game.statements(mover), strict=True))
            held = game.diagrams.replaced(self._held_to(mover), by)
            self._undeterred[mover] = game.improving(mover) & ~held
        return self._undeterred[mover]

    def _best_moves(self, mover: int) -> list[tuple[Diagram, Diagram]]:
        """Starts of a mover's best moves, and where these end: from each start all of these ends.

        Starts that differ in no option of the mover that changes one way only have their ends in
        common, as the mover reaches the same states from all of them.
        """
        game = self.game
        if not game.transitive:
            raise NotServedError(
                "best moves that depend on guards or coalesced states need the cube or a list of "
                "states; or ask for ‘by improvements’, or what a party chooses in one state",
                path=game.dispute.path,
            )
        if mover not in self._best:
            moves = self._undeterred_moves(mover)
            moving = game.feasible & moves.exists(self._ends_of(mover))
            above = self._surpassed(mover)
            self._best[mover] = [
                (moving & starts, self._best_ends(mover, reached, above))
                for starts, reached in self._starts_and_reach(mover)
            ]
        return self._best[mover]

    def _starts_and_reach(self, mover: int) -> list[tuple[Diagram, Diagram]]:
        """By the levels of its options that change one way only: from where it reaches what."""
        game = self.game
        one_way = [
            number
            for number in game.own_options[mover]
            if game.dispute.options[number].irreversible
        ]
        counts = [game.here.levels[number] for number in one_way]
        if prod(counts) > _MOST_PATTERNS:
            raise LimitError(
                f"{game.dispute.parties[mover].id} has too many options that change one way only "
                "for its best moves to be found on sets; ask for ‘by improvements’, or what it "
                "chooses in one state",
                path=game.dispute.path,
            )
        found = []
        for levels in product(*map(range, counts)):
            starts = reached = game.diagrams.true
            for number, level in zip(one_way, levels, strict=True):
                up = game.dispute.options[number].irreversible == "up"
                left = range(level, game.here.levels[number]) if up else range(level + 1)
                starts &= game.here.at_level(number, level)
                reached &= game.here.at_levels(number, frozenset(left))
            found.append((starts, reached))
        return found

    def _best_ends(self, mover: int, reached: Diagram, above: Diagram) -> Diagram:
        """The states among those reached that no other of them on the mover's line surpasses."""
        game = self.game
        among = game.feasible & reached
        others = game.after_move(mover, among)
        return among & ~game.diagrams.meets(others, above, self._ends_of(mover))

    def _surpassed(self, mover: int) -> Diagram:
        """Where another state on the mover's line is above: by what it counts on, then by rank.

        What it counts on at one state exceeds that at another where it can be held to some
        threshold at the other and not at the one.
        """
        game = self.game
        here = self._held_to(mover)
        there = game.after_move(mover, here)
        bits = game.diagrams.cube(game.thresholds[mover])
        surpassed = (here & ~there).exists(bits)
        surpassing = (there & ~here).exists(bits)
        before = game.statements(mover)
        after = [game.after_move(mover, one) for one in before]
        preferred = game.comparisons[mover].better(game.diagrams, after, before)
        return surpassed | (~surpassing & preferred)
