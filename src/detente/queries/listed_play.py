"""Play from one state, followed state by state, where states are sets held as diagrams.

What all parties may do everywhere is too much where there are many options. What they do in one
state is little work, and best moves lead to few states.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

from detente.queries.answer import Course, CourseStep
from detente.queries.play_on_sets import PlayOnSets, comes_surely
from detente.queries.query import Play, StepRule
from detente.queries.symbolic_steps import check_rule
from detente.space.symbolic.diagrams import Diagram
from detente.space.symbolic.game import SymbolicGame
from detente.space.symbolic.ranks import SymbolicRanks, Truths
from detente.space.symbolic.states import first_states
from detente.stability.concept_registry import reaction_of
from detente.stability.states_told import StatesTold
from detente.stability.symbolic_concepts import deterred_ends, reached_by, undeterred_end

__all__ = [
    "Avoidance",
    "ListedPlay",
    "StepsFromState",
    "avoidance",
    "course_told",
    "listed_play",
]

_State = tuple[int, ...]

Maker = tuple[tuple[int, ...], int | None]
"""Who makes a step: numbers of the parties, and the number of the package, if it is one."""


class StepsFromState:
    """The steps that a rule allows from single states.

    Parameters
    ----------
    game
        The dispute.
    rule
        Which steps are made.

    Raises
    ------
    NotServedError
        If packages are steps and states are coalesced.
    """

    def __init__(self, game: SymbolicGame, rule: StepRule) -> None:
        check_rule(game, rule)
        self.game = game
        self.rule = rule
        self._reaction = reaction_of(rule.concept)
        self._ranks: dict[int, SymbolicRanks] = {}
        movers = set(rule.movers)
        self._packages = [
            number
            for number, package in enumerate(game.packages if rule.packages else ())
            if movers >= package.members or (rule.choice and movers <= package.members)
        ]

    def from_state(self, state: _State) -> Iterator[tuple[Maker, Diagram]]:
        """By maker, where the steps from one state lead; makers without a step are left out."""
        for mover in self.rule.movers:
            if self.game.own_options[mover]:
                ends = self._of_party(mover, state)
                if ends.satisfiable():
                    yield ((mover,), None), ends
        for number in self._packages:
            ends = self._of_package(number, state)
            if ends.satisfiable():
                yield (tuple(sorted(self.game.packages[number].members)), number), ends

    def _ranks_of(self, party: int) -> SymbolicRanks:
        if party not in self._ranks:
            self._ranks[party] = SymbolicRanks(self.game, party)
        return self._ranks[party]

    def _above(self, party: int, ends: Diagram, truths: Truths) -> Diagram:
        """Of some ends those that a party prefers to a threshold."""
        return ends & ~self.game.not_better(party, self._ranks_of(party).constants(truths))

    def _free(self, party: int, ends: Diagram, truths: Truths) -> _State | None:
        """One of some ends at which a party can count on more than a threshold."""
        ends = self._above(party, ends, truths)
        if not ends.satisfiable():
            return None
        if self._reaction is None:
            return next(first_states(self.game, ends, 1))
        constants = self._ranks_of(party).constants(truths)
        return undeterred_end(self.game, party, self._reaction, constants, ends)

    def _all_free(self, party: int, ends: Diagram, truths: Truths) -> Diagram:
        """All of them."""
        ends = self._above(party, ends, truths)
        if self._reaction is None or not ends.satisfiable():
            return ends
        constants = self._ranks_of(party).constants(truths)
        return ends & ~deterred_ends(self.game, party, self._reaction, constants, ends)

    def _of_party(self, party: int, state: _State) -> Diagram:
        """Where the steps of a party by itself lead."""
        game = self.game
        reached = reached_by(game, party, game.whole_state(state))
        if self.rule.moves == "legal moves":
            return reached
        ranks = self._ranks_of(party)
        here = ranks.truths(state)
        if self.rule.moves == "improvements":
            return self._all_free(party, reached, here)
        free = self._free(party, reached, here)
        if free is None:
            return game.diagrams.false
        if self._reaction is None:
            return ranks.best(self._above(party, reached, here))
        counted = self._counted_on(party, free)
        while (more := self._free(party, reached, counted)) is not None:
            counted = self._counted_on(party, more)
        # At which more can be counted on than anything below this is counted on this.
        below = ranks.next_below(counted)
        return self._highest(party, reached, below)

    def _counted_on(self, party: int, end: _State) -> Truths:
        """The least to which the others can hold a party at an end of its move."""
        whole = self.game.whole_state(end)
        return self._ranks_of(party).least(
            lambda truths: not self._all_free(party, whole, truths).satisfiable()
        )

    def _highest(self, party: int, ends: Diagram, truths: Truths) -> Diagram:
        """Of some ends at which a party can count on more than a threshold those it ranks highest.

        There are such ends. Statement by statement, the most important first: whether some are
        left in which it is true is little work.
        """
        game, ranks = self.game, self._ranks_of(party)
        if not ranks.by_weight:
            for statement in game.statements(party):
                inside = ends & statement
                if self._free(party, inside, truths) is not None:
                    ends = inside
                else:
                    ends &= ~statement
            return self._all_free(party, ends, truths)
        while True:
            best = ranks.best(ends)
            free = self._all_free(party, best, truths)
            if free.satisfiable():
                return free
            ends &= ~best

    def _of_package(self, number: int, state: _State) -> Diagram:
        """Where a package leads, if it is a step: each member gains, and nobody outside deters."""
        game = self.game
        package = game.packages[number]
        ends = game.set_from(package.possible & game.whole_state(state), package.settings)
        if self.rule.moves == "legal moves":
            return ends
        for member in sorted(package.members):
            if not ends.satisfiable():
                break
            here = self._ranks_of(member).truths(state)
            ends = self._above(member, ends, here)
            if self._reaction is not None and ends.satisfiable():
                constants = self._ranks_of(member).constants(here)
                ends &= ~deterred_ends(
                    game, member, self._reaction, constants, ends, still=package.members
                )
        return ends


@dataclass(frozen=True)
class ListedPlay(PlayOnSets[int]):
    """Play from one state. A set of states is a whole number: bit *n* is the *n*-th state listed.

    Attributes
    ----------
    game
        The dispute.
    states
        The states that play comes to, the one from which it starts first.
    ends
        For each state that was followed, by maker where its steps lead.
    goal
        The states in the goal; they are not followed any further.
    """

    game: SymbolicGame
    states: list[_State]
    ends: list[dict[Maker, int]]
    goal: int

    @property
    def feasible(self) -> int:
        """All states listed."""
        return (1 << len(self.states)) - 1

    @cached_property
    def moving(self) -> int:
        """Those from which there is a step."""
        return self.some_step_into(self.feasible)

    @cached_property
    def makers(self) -> Sequence[Callable[[int], int]]:
        """Those who make steps."""
        names = dict.fromkeys(maker for ends in self.ends for maker in ends)
        return [partial(self._made_into, maker) for maker in names]

    def some_step_into(self, goal: int) -> int:
        """From which states some step leads into a set."""
        return _bits(any(own & goal for own in ends.values()) for ends in self.ends)

    def _made_into(self, maker: Maker, goal: int) -> int:
        return _bits(bool(ends.get(maker, 0) & goal) for ends in self.ends)

    def is_true(self, asked: Play) -> bool:
        """Whether the answer is yes where play starts."""
        # The goal is what comes: for what is kept, all outside it.
        target = self.feasible & ~self.goal if asked.goal == "keep" else self.goal
        return bool(self.true_where(asked, target) & 1)

    def course(self, asked: Play, told: StatesTold) -> Course:
        """A course of play into the goal, if there is one that shows the answer.

        Parameters
        ----------
        asked
            The question.
        told
            The states that occur in the answer.
        """
        number = told.tell(self.game, self.states[0])
        if asked.steps.fairly:
            return Course(number)
        rounds = self.rounds(self.goal, surely=comes_surely(asked), most=asked.most)
        if not rounds[-1] & 1:
            return Course(number)
        way = [(maker, self.states[end]) for maker, end in self._way_down(rounds)]
        return course_told(self.game, told, self.states[0], way)

    def _way_down(self, rounds: Sequence[int]) -> Iterator[tuple[Maker, int]]:
        """The steps of a course into the goal, each nearer by the rounds."""
        here = 0
        while not rounds[0] >> here & 1:
            nearest = next(number for number, states in enumerate(rounds) if states >> here & 1)
            maker, here = next(self._steps_into(here, rounds[nearest - 1]))
            yield maker, here

    def _steps_into(self, here: int, goal: int) -> Iterator[tuple[Maker, int]]:
        for maker, ends in self.ends[here].items():
            inside = ends & goal
            if inside:
                yield maker, (inside & -inside).bit_length() - 1


def course_told(
    game: SymbolicGame,
    told: StatesTold,
    start: _State,
    steps: Sequence[tuple[Maker, _State]],
    *,
    repeats: bool = False,
) -> Course:
    """A course of play in an answer: who makes each step, and where it leads."""
    dispute = game.dispute
    return Course(
        told.tell(game, start),
        tuple(
            CourseStep(
                tuple(dispute.parties[mover].id for mover in movers),
                None if package is None else dispute.packages[package].id,
                told.tell(game, end),
            )
            for (movers, package), end in steps
        ),
        repeats,
    )


@dataclass(frozen=True, slots=True)
class Avoidance:
    """How play from one state keeps out of a goal for ever, if it can.

    Attributes
    ----------
    possible
        Whether it can.
    steps
        If so, who makes each step of a course and where it leads.
    repeats
        Whether the course comes back to where it was, rather than to where play stays.
    """

    possible: bool
    steps: tuple[tuple[Maker, _State], ...] = ()
    repeats: bool = False


def avoidance(
    steps: StepsFromState,
    start: _State,
    in_goal: Callable[[Diagram], Diagram],
    *,
    limit: int,
    followed: Callable[[int], None] = lambda number: None,
) -> Avoidance | None:
    """Whether some course of play never comes into a goal.

    One course is followed after the other, each until it comes into the goal, to where play stays,
    or back: one of the latter settles it.

    Parameters
    ----------
    steps, start, in_goal, followed
        As in :func:`listed_play`.
    limit
        Follow play to at most this many states.

    Returns
    -------
    Avoidance or None
        None where there are more states.
    """
    game = steps.game
    if in_goal(game.here.state(start)).satisfiable():
        return Avoidance(possible=False)
    course: list[tuple[Maker, _State]] = []
    seen, on_course = {start}, {start}

    def onward(state: _State) -> Iterator[tuple[Maker, _State | None]]:
        """The steps that stay outside; None for those that lead into the goal."""
        for maker, ends in steps.from_state(state):
            inside = in_goal(ends)
            if inside.satisfiable():
                yield maker, None
            for end in first_states(game, ends & ~inside, sys.maxsize):
                yield maker, end

    waiting = [(start, onward(start))]
    stays = True
    while waiting:
        here, left = waiting[-1]
        step = next(left, None)
        if step is None:
            if stays:
                return Avoidance(True, tuple(course))
            waiting.pop()
            on_course.discard(here)
            course = course[:-1]
            continue
        stays = False
        maker, end = step
        if end is None:
            continue
        if end in on_course:
            return Avoidance(True, (*course, (maker, end)), repeats=True)
        if end in seen:
            continue
        if len(seen) == limit:
            return None
        seen.add(end)
        followed(len(seen))
        on_course.add(end)
        course.append((maker, end))
        waiting.append((end, onward(end)))
        stays = True
    return Avoidance(possible=False)


def listed_play(
    steps: StepsFromState,
    start: _State,
    in_goal: Callable[[Diagram], Diagram],
    *,
    surely: bool,
    most: int | None,
    limit: int,
    followed: Callable[[int], None] = lambda number: None,
) -> ListedPlay | None:
    """Follow play from one state until it is known whether it comes into a goal.

    Parameters
    ----------
    steps
        The steps.
    start
        Where it starts.
    in_goal
        Gives those of some states that are in the goal.
    surely
        Whether every course is to come there. Then a state outside in which play stays settles it;
        otherwise a state of the goal does.
    most
        Only so many steps of a course count.
    limit
        List at most this many states.
    followed
        Called with the number of states that were followed.

    Returns
    -------
    ListedPlay or None
        None where there are more states.
    """
    game = steps.game
    states, number_of, depth = [start], {start: 0}, [0]
    ends: list[dict[Maker, int]] = []
    goal = int(in_goal(game.here.state(start)).satisfiable())
    settled = bool(goal)
    for here, state in enumerate(states):
        ends.append({})
        if settled or goal >> here & 1 or (most is not None and depth[here] >= most):
            continue
        for maker, led_to in steps.from_state(state):
            inside = in_goal(led_to)
            outside = led_to & ~inside
            if game.count(outside) > limit:
                return None
            # One state of the goal stands for all others: they are not followed.
            for part, most_of_it in ((inside, 1), (outside, limit)):
                for end in first_states(game, part, most_of_it):
                    if end not in number_of:
                        if len(states) == limit:
                            return None
                        number_of[end] = len(states)
                        states.append(end)
                        depth.append(depth[here] + 1)
                    ends[here][maker] = ends[here].get(maker, 0) | 1 << number_of[end]
                    if part is inside:
                        goal |= 1 << number_of[end]
                        settled = settled or not surely
        followed(here + 1)
        if surely and not ends[here]:
            # Play stays here. Where it was not followed to does not matter any more.
            unknown = _bits(not one for one in ends[:here])
            unknown |= (1 << len(states)) - (2 << here)
            return ListedPlay(game, states, ends + [{}] * (len(states) - here - 1), goal | unknown)
    return ListedPlay(game, states, ends, goal)


def _bits(truths: Iterator[bool]) -> int:
    """A set, by which states are in it."""
    return sum(1 << number for number, true in enumerate(truths) if true)
