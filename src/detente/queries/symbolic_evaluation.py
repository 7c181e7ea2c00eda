"""Answers to questions about states and play, where states are sets held as diagrams.

What :func:`detente.queries.evaluation.evaluate` answers by arrays, for questions on stability, on
what a party chooses, on play and on packages. A question about one state takes constant thresholds,
which stays cheap where whole sets do not.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

from detente.dispute.dispute import Dispute, Formula
from detente.dispute.errors import LimitError, NotServedError
from detente.dispute.names import package_named, roadmap_named
from detente.dispute.told import Told
from detente.queries.answer import Answer, Course, CourseStep, OptionChoice, PartAnswer
from detente.queries.comparisons import options_named
from detente.queries.evaluation import no_move, not_arising, nowhere, verdict_on
from detente.queries.listed_play import StepsFromState, avoidance, course_told, listed_play
from detente.queries.plan_questions import answer_of_check, urgency_answer
from detente.queries.play_on_sets import comes_surely
from detente.queries.query import (
    Accepts,
    Choices,
    Chooses,
    FormatCan,
    FormatsCompared,
    FormatSidelines,
    LessUrgent,
    LosesMore,
    Part,
    Play,
    Predicate,
    Prefers,
    Query,
    RoadmapHolds,
    Stable,
    StepRule,
    Target,
)
from detente.queries.symbolic_steps import SymbolicSteps
from detente.roadmap.check.symbolic_checks import SymbolicChecks
from detente.roadmap.check.verdicts import RoadmapCheck
from detente.roadmap.plan import plan_from
from detente.space.named_states import NamedState
from detente.space.symbolic.diagrams import Diagram, TooLarge
from detente.space.symbolic.game import SymbolicGame, symbolic_game
from detente.space.symbolic.named import nearest_state, symbolic_state
from detente.space.symbolic.ranks import SymbolicRanks
from detente.space.symbolic.states import first_member, first_states, state_number
from detente.stability.states_told import StatesTold, told_of
from detente.stability.symbolic_analysis import Budget, check_symbolic_concepts
from detente.stability.symbolic_concepts import stable_at, stable_states
from detente.stability.time_limit import ended_early, in_shares

__all__ = ["SymbolicAsking", "ask_symbolically", "those_of_one_state_first"]

# So many states are listed where a question asks for them.
_MOST_SHOWN = 10_000

# From so many binary digits of a state on, play from a single state is followed state by state, up
# to so many of them, before sets are tried.
_MANY_DIGITS = 25
_MOST_LISTED = 2_000

# What is asked of arrays only, with the reason.
_WHY_NOT = {
    LosesMore: "how far a party falls is told by how many states it ranks below, for every state",
    FormatCan: "formats are analysed there",
    FormatSidelines: "formats are analysed there",
    FormatsCompared: "formats are analysed there",
}

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
        How many seconds and nodes it may take.

    Returns
    -------
    told : StatesTold
        The states that occur in the answer.
    answer : Answer
        Its examples are states. The steps from there are told where play from a single state was
        asked about and followed state by state. What was not answered in time is named.

    Raises
    ------
    NotServedError
        If the question needs the cube or a list of states.
    LimitError
        If no part was answered within the nodes and the time.
    """
    budget = budget or Budget()
    begun: list[SymbolicAsking] = []
    answered: dict[int, PartAnswer] = {}
    too_large: list[LimitError] = []
    until = time.monotonic() + budget.seconds

    def work(pause: Callable[[], None]) -> None:
        asking = SymbolicAsking(dispute, budget.nodes, pause=pause)
        begun.append(asking)

        def answer(number: int) -> None:
            try:
                (answered[number],) = asking.answer(Query(query.text, (query.parts[number],))).parts
            except LimitError as error:
                too_large.append(error)

        order = those_of_one_state_first([(one,) for one in query.parts])
        in_shares(asking.game.diagrams, until, [partial(answer, number) for number in order])

    why = ended_early(budget.seconds, work)
    parts = tuple(answered[number] for number in sorted(answered))
    if too_large and why is None:
        why = "nodes"
        if not parts:
            raise too_large[0]
    if why is not None and not parts:
        if why == "interrupted":
            raise KeyboardInterrupt
        followed = begun[0].followed if begun else 0
        hint = (
            f"play comes to {followed:,} states or more. More time (--seconds) may do, or a "
            "question about the next few moves, such as ‘within 2 moves’"
            if followed > 1
            else "a question about a single state takes less, such as ‘where status_quo: ...’; "
            "more time (--seconds) may do too"
        )
        raise LimitError(
            f"the question was not answered in {budget.seconds:g} seconds; {hint}",
            path=dispute.path,
        )
    left = tuple(part.text for n, part in enumerate(query.parts) if n not in answered)
    return begun[0].told, Answer(query.text, parts, unanswered=left, why=why)


def those_of_one_state_first(questions: Sequence[Sequence[Part]]) -> list[int]:
    """The numbers of some questions: those about single states, which take little, come first."""

    def is_of_many(number: int) -> bool:
        regions = [part.region for part in questions[number]]
        return not all(one is not None and isinstance(one.states, NamedState) for one in regions)

    return sorted(range(len(questions)), key=is_of_many)


@dataclass(frozen=True)
class _Judged:
    """Where a predicate is true and where it arises; what is missing where it does not.

    Of one state a course of play may show it.
    """

    truth: Diagram
    arises: Diagram
    absent: str = ""
    course: Course | None = None


class SymbolicAsking:
    """Questions on one dispute.

    Parameters
    ----------
    dispute
        The dispute.
    nodes
        How many nodes diagrams may have.
    order
        As in :func:`detente.space.symbolic.game.symbolic_game`.
    pause
        Called before operations that may take long; what it raises ends the work.

    Attributes
    ----------
    told
        The states that occur in the answers.
    followed
        To how many states play from a single one was followed last.
    """

    def __init__(
        self,
        dispute: Dispute,
        nodes: int,
        order: tuple[int, ...] | None = None,
        *,
        pause: Callable[[], None] = lambda: None,
    ) -> None:
        self._nodes = nodes
        with self._within_nodes(dispute):
            self.game = symbolic_game(dispute, nodes, order=order)
            self.game.diagrams.pause = pause
            self.told = told_of(self.game)
        self._steps: dict[StepRule, SymbolicSteps] = {}
        self.followed = 0

    @contextmanager
    def _within_nodes(self, dispute: Dispute) -> Iterator[None]:
        try:
            yield
        except TooLarge:
            raise LimitError(
                f"this question takes more than {self._nodes:,} nodes; more may do, and one "
                "about a single state takes fewer",
                path=dispute.path,
            ) from None

    def answer(self, query: Query) -> Answer:
        """The answer to a question; see :func:`ask_symbolically`."""
        with self._within_nodes(self.game.dispute):
            return Answer(query.text, tuple(self.part(part) for part in query.parts))

    def part(self, part: Part) -> PartAnswer:
        """The answer to one part."""
        body = part.body
        match body:
            case Prefers():
                return self._compared(part, body)
            case Choices():
                return self._choices(part, body)
            case LessUrgent():
                return urgency_answer(part, body, self.game.dispute)
            case RoadmapHolds():
                return self._roadmap(part, body)
            case LosesMore() | FormatCan() | FormatSidelines() | FormatsCompared():
                why = _WHY_NOT[type(body)]
                raise NotServedError(
                    f"“{part.text}” is asked of the cube or a list of states: {why}",
                    path=self.game.dispute.path,
                )
        region = self._region(part)
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
            self._example(arises & judged.truth, judged.course),
            self._example(arises & ~judged.truth, judged.course),
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

    def _example(self, among: Diagram, course: Course | None = None) -> Course | None:
        """The state among some that is nearest to the status quo, or a course from the only one."""
        if not among.satisfiable():
            return None
        if course is not None:
            return course
        start = self.game.dispute.status_quo
        state = (
            next(first_states(self.game, among, 1))
            if start is None
            else nearest_state(self.game, among, start)
        )
        return Course(self.told.tell(self.game, state))

    # What is not about each state by itself ------------------------------------------------------

    def _roadmap(self, part: Part, asked: RoadmapHolds) -> PartAnswer:
        dispute = self.game.dispute
        plan = plan_from(dispute, roadmap_named(dispute, asked.roadmap))
        checks = SymbolicChecks(self.game, plan, asked.concept, "roadmap")
        self.told.levels.update(checks.model.levels)
        return answer_of_check(part, RoadmapCheck(checks, tuple(checks.stages())))

    def _choices(self, part: Part, asked: Choices) -> PartAnswer:
        """What becomes of each option of a party where it chooses."""
        game, region = self.game, self._region(part)
        states = game.count(region)
        if not (region & self._legally_moving((asked.party,), asked.steps)).satisfiable():
            why = no_move((asked.party,), game.dispute) if states else nowhere(part)
            return not_arising(part, "state", why, states)
        steps = self._steps_by(asked.steps)
        rows = []
        for number in game.own_options[asked.party]:
            option = game.dispute.options[number]
            for level, name in enumerate(option.levels):
                at_level = game.holds(game.here.at_level(number, level))
                elsewhere = region & ~at_level
                rows.append(
                    OptionChoice(
                        option.key,
                        name,
                        game.count(elsewhere),
                        game.count(elsewhere & steps.certain(at_level)),
                        game.count(elsewhere & steps.possible(at_level)),
                    )
                )
        moving, staying = region & steps.moving, region & ~steps.moving
        stays = game.count(staying)
        rows.append(OptionChoice(None, None, states, stays, stays))
        return PartAnswer(
            part.text,
            None,
            states - stays,
            states,
            "state",
            self._example(moving),
            self._example(staying),
            tuple(rows),
        )

    def _compared(self, part: Part, asked: Prefers) -> PartAnswer:
        """In how many pairs, alike in the options not named, the first state is preferred.

        The options that are named have a second copy, for the second state.
        """
        game, region = self.game, self._region(part)
        if part.region is not None and not region.satisfiable():
            return not_arising(part, "pair", nowhere(part))
        truths = game.here.truth(asked.better.expression), game.here.truth(asked.worse.expression)
        named = {
            *options_named(asked.better.expression),
            *options_named(asked.worse.expression),
        }
        pairs = region & truths[0] & ~truths[1]
        pairs &= game.with_second(named, region & truths[1] & ~truths[0])
        count = game.count_pairs(named, pairs)
        if count == 0:
            return not_arising(part, "pair", Told("no two states differ in this alone"))
        statements = game.statements(asked.party)
        preferred = game.comparisons[asked.party].better(
            game.diagrams, statements, [game.with_second(named, one) for one in statements]
        )
        above = game.count_pairs(named, pairs & preferred)
        return PartAnswer(
            part.text,
            verdict_on(part, above, count),
            above,
            count,
            "pair",
            self._pair(asked.party, named, pairs & preferred, surpassed=True),
            self._pair(asked.party, named, pairs & ~preferred, surpassed=False),
        )

    def _pair(
        self, party: int, named: Collection[int], pairs: Diagram, *, surpassed: bool
    ) -> Course | None:
        """A pair that shows an answer: the first state nearest to the status quo, and another."""
        game = self.game
        if not pairs.satisfiable():
            return None
        firsts = game.first_of_pairs(named, pairs)
        start = game.dispute.status_quo
        first = first_member(game, firsts) if start is None else nearest_state(game, firsts, start)
        seconds = game.second_of_pairs(named, pairs & game.here.state(first))
        seconds &= game.feasible & _alike(game, first, named)
        ranks = SymbolicRanks(game, party)
        chosen = ranks.worst(seconds) if surpassed else ranks.best(seconds)
        end = self.told.tell(game, first)
        # A preference is told from the worse to the better.
        second = self.told.tell(game, first_member(game, chosen))
        return Course(second, (CourseStep((), None, end),))

    # Sets ----------------------------------------------------------------------------------------

    def _region(self, part: Part) -> Diagram:
        return self.game.feasible if part.region is None else self._states(part.region.states)

    def _states(self, states: Formula | NamedState) -> Diagram:
        game = self.game
        if isinstance(states, Formula):
            return game.holds(game.here.truth(states.expression))
        return game.whole_state(symbolic_state(game, states.text))

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
                return self._play(body, one)
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

    def _legally_moving(self, parties: Sequence[int], rule: StepRule | None = None) -> Diagram:
        """From where one of some parties has a legal move, or whatever a rule takes for one."""
        rule = rule or StepRule("legal moves", "Nash", tuple(parties), False)
        return self._steps_by(replace(rule, moves="legal moves")).moving

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
        if one is not None:
            may, must = self._chosen_at(asked, one, goal)
            holds = {"may": may, "must": must, "cannot": not may}[asked.modal]
            return _Judged(region if holds else self.game.diagrams.false, *conduct)
        steps = self._steps_by(asked.steps)
        may_be = steps.possible(goal)
        if asked.modal == "must":
            return _Judged(steps.certain(goal), *conduct)
        return _Judged(may_be if asked.modal == "may" else self.game.feasible & ~may_be, *conduct)

    def _chosen_at(self, asked: Chooses, state: _State, goal: Diagram) -> tuple[bool, bool]:
        """Whether some step of a party from one state, and whether each, leads into a set."""
        made = StepsFromState(self.game, asked.steps).from_state(state)
        ends = self.game.diagrams.any_of(end for _, end in made)
        if not ends.satisfiable():
            ends = self.game.whole_state(state)
        return (ends & goal).satisfiable(), not (ends & ~goal).satisfiable()

    def _play(self, asked: Play, one: _State | None) -> _Judged:
        everybody = len(asked.steps.movers) == len(self.game.dispute.parties)
        found = None
        if one is not None and self.game.state_bits >= _MANY_DIGITS:
            found = self._play_from(asked, one)
        goal = self._goal(asked.target, listed=found is not None)
        conduct = self._conduct(asked.target, goal, asked.steps, by_some=not everybody)
        if found is not None:
            true, course = found
            region = self.game.feasible if true else self.game.diagrams.false
            return _Judged(region, *conduct, course=course)
        return _Judged(self._steps_by(asked.steps).true_where(asked, goal), *conduct)

    def _goal(self, target: Target, *, listed: bool) -> Diagram:
        """The states of a target; all where it is a predicate that was asked of single states."""
        if listed and not isinstance(target, Formula | NamedState):
            return self.game.feasible
        return self._target(target)

    def _play_from(self, asked: Play, start: _State) -> tuple[bool, Course] | None:
        """Whether the answer is yes where play starts in one state, and a course that shows it.

        None where play comes to too many states.
        """
        keeps, surely = asked.goal == "keep", comes_surely(asked)
        steps = StepsFromState(self.game, asked.steps)
        self.followed = 1

        def in_goal(states: Diagram) -> Diagram:
            inside = self._inside(asked.target, states)
            return states & ~inside if keeps else inside

        def followed(number: int) -> None:
            self.followed = number

        if surely and not asked.steps.fairly and asked.most is None:
            avoided = avoidance(steps, start, in_goal, limit=_MOST_LISTED, followed=followed)
            if avoided is None:
                return None
            course = course_told(
                self.game, self.told, start, avoided.steps, repeats=avoided.repeats
            )
            return avoided.possible == (keeps != (asked.modal == "cannot")), course
        listed = listed_play(
            steps,
            start,
            in_goal,
            surely=asked.steps.fairly or surely,
            most=asked.most,
            limit=_MOST_LISTED,
            followed=followed,
        )
        return None if listed is None else (listed.is_true(asked), listed.course(asked, self.told))

    def _inside(self, target: Target, states: Diagram) -> Diagram:
        """Those of some states that are in a target, which may be a predicate asked of each."""
        if isinstance(target, Formula | NamedState):
            return states & self._target(target)
        found = self.game.diagrams.false
        for state in first_states(self.game, states, sys.maxsize):
            here = self.game.whole_state(state)
            found |= here & self._judged(target, here, 1).truth
        return found

    def _accepts(self, asked: Accepts) -> _Judged:
        game = self.game
        if game.classes:
            raise NotServedError(
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


def _alike(game: SymbolicGame, state: Sequence[int], named: Collection[int]) -> Diagram:
    """Where the options that are not named are at their levels in a state."""
    return game.diagrams.all_of(
        game.here.at_level(option, level)
        for option, level in enumerate(state)
        if option not in named
    )
