"""Answers to questions about states and play, where states are sets held as diagrams.

What :func:`detente.queries.evaluation.evaluate` answers by arrays, for questions on stability, on
what a party chooses, on play and on packages. A question about one state takes constant thresholds,
which stays cheap where whole sets do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from detente.dispute.dispute import Dispute, Formula
from detente.dispute.errors import DisputeError, LimitError
from detente.dispute.names import package_named
from detente.dispute.told import Told
from detente.queries.answer import Answer, Course, PartAnswer
from detente.queries.evaluation import no_move, not_arising, nowhere, verdict_on
from detente.queries.query import (
    Accepts,
    Chooses,
    Part,
    Play,
    Predicate,
    Query,
    Stable,
    StepRule,
    Target,
)
from detente.queries.symbolic_steps import SymbolicSteps, check_rule, held_to
from detente.space.named_states import NamedState
from detente.space.symbolic.diagrams import Diagram, TooLarge
from detente.space.symbolic.game import SymbolicGame, symbolic_game
from detente.space.symbolic.named import nearest_state, symbolic_state
from detente.space.symbolic.ranks import SymbolicRanks
from detente.space.symbolic.states import first_states, state_number
from detente.stability.states_told import StatesTold, told_of
from detente.stability.symbolic_analysis import Budget, check_symbolic_concepts
from detente.stability.symbolic_concepts import reached_by, stable_at, stable_states

__all__ = ["ask_symbolically"]

# So many states are listed where a question asks for them.
_MOST_SHOWN = 10_000

# Among so many moves from one state the best are looked for one by one.
_MOST_COMPARED = 2**10

_State = tuple[int, ...]


def ask_symbolically(
    dispute: Dispute, query: Query, *, budget: Budget | None = None
) -> tuple[StatesTold, Answer]:
    """Answer a question.

    Parameters
    ----------
    dispute
        The dispute.
    query
        The question.
    budget
        How many nodes diagrams may have.

    Returns
    -------
    told : StatesTold
        The states that occur in the answer.
    answer : Answer
        Its examples are states, without the steps from there.

    Raises
    ------
    DisputeError
        If the question needs the cube or a list of states.
    LimitError
        If diagrams would have more nodes.
    """
    nodes = (budget or Budget()).nodes
    try:
        asking = _Asking(symbolic_game(dispute, nodes))
        parts = tuple(asking.part(part) for part in query.parts)
    except TooLarge:
        raise LimitError(
            f"this question takes more than {nodes:,} nodes; one about a single state takes fewer",
            path=dispute.path,
        ) from None
    return asking.told, Answer(query.text, parts)


@dataclass(frozen=True)
class _Judged:
    """Where a predicate is true and where it arises; what is missing where it does not."""

    truth: Diagram
    arises: Diagram
    absent: str = ""


class _Asking:
    """Questions on one dispute."""

    def __init__(self, game: SymbolicGame) -> None:
        self.game = game
        self.told = told_of(game)
        self._steps: dict[StepRule, SymbolicSteps] = {}

    def part(self, part: Part) -> PartAnswer:
        """The answer to one part."""
        body = part.body
        if body is not None and not isinstance(body, Stable | Chooses | Play | Accepts):
            raise DisputeError(
                f"“{part.text}” is asked of the cube or a list of states; on symbolic sets ask "
                "what is stable, what a party chooses or accepts, and what play may, must or "
                "cannot reach or keep",
                path=self.game.dispute.path,
            )
        region = self.game.feasible if part.region is None else self._states(part.region.states)
        asked = self.game.count(region)
        judged = None if body is None else self._judged(body, region, asked)
        if part.form != "judged":
            found = region if judged is None else region & judged.truth
            return self._found(part, found, asked)
        assert judged is not None, "a judged part has a body"
        arises = region & judged.arises
        of = self.game.count(arises)
        if not of:
            return not_arising(part, "state", judged.absent if asked else nowhere(part), asked)
        holds = self.game.count(arises & judged.truth)
        return PartAnswer(
            part.text,
            verdict_on(part, holds, of),
            holds,
            of,
            "state",
            self._example(arises & judged.truth),
            self._example(arises & ~judged.truth),
            not_arising=asked - of,
        )

    def _found(self, part: Part, found: Diagram, asked: int) -> PartAnswer:
        count = self.game.count(found)
        states: tuple[int, ...] = ()
        if part.form == "listed":
            if count > _MOST_SHOWN:
                raise LimitError(
                    f"{count:,} states are too many to be listed; count them",
                    path=self.game.dispute.path,
                )
            every = first_states(self.game, found, count)
            states = tuple(state_number(self.game, one) for one in every)
        return PartAnswer(part.text, None, count, asked, "state", states=states)

    def _example(self, among: Diagram) -> Course | None:
        """The state among some that is nearest to the status quo."""
        if not among.satisfiable():
            return None
        start = self.game.dispute.status_quo
        state = (
            next(first_states(self.game, among, 1))
            if start is None
            else nearest_state(self.game, among, start)
        )
        return Course(self.told.tell(self.game, state))

    # Sets ----------------------------------------------------------------------------------------

    def _states(self, states: Formula | NamedState) -> Diagram:
        game = self.game
        if isinstance(states, Formula):
            return game.holds(game.here.truth(states.expression))
        return game.whole_classes(game.here.state(symbolic_state(game, states.text)))

    def _target(self, target: Target) -> Diagram:
        if isinstance(target, Formula | NamedState):
            return self._states(target)
        return self._judged(target, self.game.feasible, 0).truth

    def _steps_by(self, rule: StepRule) -> SymbolicSteps:
        if rule not in self._steps:
            self._steps[rule] = SymbolicSteps(self.game, rule)
        return self._steps[rule]

    # Predicates ----------------------------------------------------------------------------------

    def _judged(self, body: Predicate, region: Diagram, asked: int) -> _Judged:
        """Where a predicate is true; of one state alone, whether it is true there."""
        one = next(first_states(self.game, region, 1)) if asked == 1 else None
        match body:
            case Stable():
                return self._stable(body, region, one)
            case Chooses():
                return self._chooses(body, region, one)
            case Play():
                return self._play(body)
            case Accepts():
                return self._accepts(body)

    def _stable(self, asked: Stable, region: Diagram, one: _State | None) -> _Judged:
        game = self.game
        check_symbolic_concepts([asked.concept])
        truth = region if one is not None else game.feasible
        for party in asked.parties:
            if one is None:
                truth &= stable_states(game, asked.concept, party, packages=asked.packages)
            elif not stable_at(game, asked.concept, party, one, packages=asked.packages):
                truth = game.diagrams.false
        able = self._legally_moving(asked.parties)
        members = {game.dispute.parties[party].id for party in asked.parties}
        for package, declared in zip(game.packages, game.dispute.packages, strict=True):
            if asked.packages and members & set(declared.parties):
                able |= package.possible
        return _Judged(truth, game.whole_classes(able), no_move(asked.parties, game.dispute))

    def _legally_moving(self, parties: Sequence[int]) -> Diagram:
        """From where one of some parties has a legal move."""
        return self._steps_by(StepRule("legal moves", "Nash", tuple(parties), False)).moving

    def _conduct(
        self, target: Target, goal: Diagram, rule: StepRule, *, by_some: bool
    ) -> tuple[Diagram, str]:
        """Where a question about steps to a target arises, and what is missing elsewhere."""
        if isinstance(target, Formula) and not goal.satisfiable():
            return goal, f"no state meets “{target.text}”"
        if by_some:
            moving = self._steps_by(replace(rule, moves="legal moves")).moving
            return moving, no_move(rule.movers, self.game.dispute)
        return self.game.feasible, ""

    def _chooses(self, asked: Chooses, region: Diagram, one: _State | None) -> _Judged:
        goal = self._target(asked.target)
        conduct = self._conduct(asked.target, goal, asked.steps, by_some=True)
        chosen = None if one is None else self._chosen_at(asked, one, goal)
        if chosen is not None:
            may, must = chosen
            holds = {"may": may, "must": must, "cannot": not may}[asked.modal]
            return _Judged(region if holds else self.game.diagrams.false, *conduct)
        steps = self._steps_by(asked.steps)
        may_be = steps.possible(goal)
        if asked.modal == "must":
            return _Judged(steps.certain(goal), *conduct)
        return _Judged(may_be if asked.modal == "may" else self.game.feasible & ~may_be, *conduct)

    def _chosen_at(self, asked: Chooses, state: _State, goal: Diagram) -> tuple[bool, bool] | None:
        """Whether some step of a party from one state, and whether each, leads into a set.

        None where its best moves are to be found among too many states.
        """
        check_rule(self.game, asked.steps)
        ends = self._steps_at(asked, state)
        if ends is None:
            return None
        if not ends.satisfiable():
            ends = self.game.here.state(state)
        return (ends & goal).satisfiable(), not (ends & ~goal).satisfiable()

    def _steps_at(self, asked: Chooses, state: _State) -> Diagram | None:
        """Where the steps of a party from one state lead; nowhere where it stays."""
        game, party = self.game, asked.party
        if not game.own_options[party]:
            return game.diagrams.false
        reached = reached_by(game, party, game.whole_classes(game.here.state(state)))
        ranks = SymbolicRanks(game, party)
        if asked.steps.moves != "legal moves":
            here = ranks.constants(ranks.truths(state))
            reached &= ~held_to(game, party, asked.steps.concept, here)
        if asked.steps.moves != "best moves":
            return reached
        if game.count(reached) > _MOST_COMPARED:
            return None
        ends = list(first_states(game, reached, _MOST_COMPARED))
        worths = [
            (ranks.worth(self._counted_on(asked, end, ranks)), ranks.worth(ranks.truths(end)))
            for end in ends
        ]
        best = [end for end, worth in zip(ends, worths, strict=True) if worth == max(worths)]
        return game.diagrams.any_of(game.whole_classes(game.here.state(end)) for end in best)

    def _counted_on(self, asked: Chooses, state: _State, ranks: SymbolicRanks) -> tuple[bool, ...]:
        here = self.game.here.state(state)
        concept = asked.steps.concept

        def held(truths: tuple[bool, ...]) -> bool:
            where = held_to(self.game, asked.party, concept, ranks.constants(truths))
            return (here & where).satisfiable()

        return ranks.least(held)

    def _play(self, asked: Play) -> _Judged:
        steps = self._steps_by(asked.steps)
        goal = self._target(asked.target)
        everybody = len(asked.steps.movers) == len(self.game.dispute.parties)
        conduct = self._conduct(asked.target, goal, asked.steps, by_some=not everybody)
        feasible = self.game.feasible
        if asked.goal == "keep":
            # To keep to a set is not to come outside it.
            goal = feasible & ~goal
        surely = (asked.goal == "reach") == (asked.modal == "must")
        if asked.modal == "cannot":
            surely = asked.goal == "keep"
        comes, rounds = goal, 0
        while asked.most is None or rounds < asked.most:
            rounds += 1
            before = comes
            comes |= steps.certain(comes) if surely else steps.possible(comes)
            self.game.diagrams.tidy()
            if comes == before:
                break
        # AG G is "not EF not G", EG G is "not AF not G".
        denied = (asked.goal == "keep") != (asked.modal == "cannot")
        return _Judged(feasible & (~comes if denied else comes), *conduct)

    def _accepts(self, asked: Accepts) -> _Judged:
        game = self.game
        if game.classes:
            raise DisputeError(
                "what a package brings about from coalesced states needs a list of states",
                path=game.dispute.path,
            )
        number = game.dispute.packages.index(package_named(game.dispute, asked.package))
        package = game.packages[number]
        before = game.statements(asked.party)
        after = [game.set_to(package.settings, one) for one in before]
        worse = game.comparisons[asked.party].better(game.diagrams, before, after)
        possible = game.whole_classes(package.possible)
        absent = Told(
            "the package {package} cannot be made there, or changes nothing", package=asked.package
        )
        truth = game.whole_classes(package.possible & ~worse)
        return _Judged(truth, possible, absent)
