"""The steps of which play is made, on sets of states held as diagrams.

What :mod:`detente.queries.play_steps` says of arrays, said of sets. What a party can count on at a
state is told by the thresholds to which the others can hold it there: the threshold bits of
:mod:`detente.space.symbolic.game`.
"""

from __future__ import annotations

from itertools import product
from math import prod

from detente.dispute.errors import DisputeError, LimitError
from detente.queries.query import StepRule
from detente.space.symbolic.diagrams import Diagram
from detente.space.symbolic.game import SymbolicGame
from detente.stability.concept_registry import reaction_of
from detente.stability.symbolic_concepts import sanctions_from

__all__ = ["SymbolicSteps", "check_rule", "held_to"]

# A mover's starts are told apart by the levels of options that change one way only; of so many
# combinations of these its best moves are found.
_MOST_PATTERNS = 256


def check_rule(game: SymbolicGame, rule: StepRule) -> None:
    """Refuse steps that are not made on sets.

    Raises
    ------
    DisputeError
        If packages are steps, or courses are to be fair.
    """
    for asked, what in ((rule.packages, "with packages"), (rule.fairly, "fairly")):
        if asked:
            raise DisputeError(
                f"“{what}” needs the cube or a list of states; --engine symbolic does not serve it",
                path=game.dispute.path,
            )


def held_to(game: SymbolicGame, party: int, concept: str, thresholds: list[Diagram]) -> Diagram:
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

    Returns
    -------
    Diagram
        Feasible states, by the threshold.
    """
    held = game.not_better(party, thresholds)
    reaction = reaction_of(concept)
    if reaction is not None:
        held |= sanctions_from(game, party, reaction, thresholds, False, lambda: None)
    return held


class SymbolicSteps:
    """The steps that a rule allows.

    Parameters
    ----------
    game
        The dispute.
    rule
        Which steps are made; without packages, and not fairly.
    """

    def __init__(self, game: SymbolicGame, rule: StepRule) -> None:
        check_rule(game, rule)
        self.game = game
        self.rule = rule
        self._movers = [one for one in rule.movers if game.own_options[one]]
        self._undeterred: dict[int, Diagram] = {}
        self._best: dict[int, list[tuple[Diagram, Diagram]]] = {}
        self._held: dict[int, Diagram] = {}
        self.moving = self._some_step_into(game.feasible)

    def possible(self, goal: Diagram) -> Diagram:
        """From which states some step leads into a set; where there is none, staying counts."""
        return self._some_step_into(goal) | (goal & ~self.moving)

    def certain(self, goal: Diagram) -> Diagram:
        """From which states every step leads into a set; where there is none, staying counts."""
        feasible = self.game.feasible
        return feasible & ~self.possible(feasible & ~goal)

    def _some_step_into(self, goal: Diagram) -> Diagram:
        found = self.game.diagrams.any_of(self._step_into(mover, goal) for mover in self._movers)
        return self.game.feasible & self.game.whole_classes(self.game.feasible & found)

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
            self._held[mover] = held_to(self.game, mover, self.rule.concept, bits)
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
            raise DisputeError(
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
