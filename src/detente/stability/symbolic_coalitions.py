"""Which states coalitions would leave together, where states are sets held as diagrams."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from logging import getLogger
from typing import Literal

from detente.dispute.dispute import Dispute
from detente.dispute.errors import LimitError
from detente.dispute.result import Result
from detente.space.symbolic.diagrams import Diagram, TooLarge
from detente.space.symbolic.game import SymbolicGame, symbolic_game
from detente.space.symbolic.named import least_changed, symbolic_state
from detente.space.symbolic.states import first_states
from detente.stability.coalition_sets import Coalition, CoalitionSets
from detente.stability.coalitions import (
    chosen_coalitions,
    coalition_concepts,
    coalitions_against,
)
from detente.stability.concept_registry import concepts_serving
from detente.stability.states_told import StatesTold, told_of
from detente.stability.symbolic_analysis import Budget
from detente.stability.symbolic_traps import closed_outcomes_on_sets, held_on_sets
from detente.stability.time_limit import TimeOver, Why, end_of_share, ended_early, share_of_time

__all__ = [
    "CoalitionsUnfinished",
    "SymbolicCoalitionAnalysis",
    "analyse_coalitions_symbolically",
]

_log = getLogger(__name__)

_Ids = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CoalitionsUnfinished:
    """A set of stable states that was not found within the budget.

    Attributes
    ----------
    concept
        Name of the concept.
    coalition
        Ids of the members.
    why
        What ran out: ``time`` or ``nodes``, or ``interrupted`` where the user ended the work.
    """

    concept: str
    coalition: _Ids
    why: Why


@dataclass(frozen=True, eq=False, repr=False)
class SymbolicCoalitionAnalysis(Result):
    """Which states are stable for which coalitions, as sets.

    Attributes
    ----------
    game
        The dispute as diagrams.
    told
        The states that occur in what is said.
    concepts
        Names of the concepts, in the order asked for.
    coalitions
        The coalitions, as ids of their members.
    acting_as_one
        Coalitions that always move as one; empty where any may form.
    packages
        Ids of the packages that counted as joint moves.
    unfinished
        What was not found within the budget.
    state
        Number of the state in question, or None.
    departures
        By concept and coalition: the number of the state to which the coalition leaves the state in
        question by the fewest changes that nothing deters; None where it stays. What was not found
        is left out.
    """

    game: SymbolicGame = field(repr=False)
    told: StatesTold = field(repr=False)
    concepts: tuple[str, ...]
    coalitions: tuple[_Ids, ...]
    acting_as_one: tuple[_Ids, ...]
    packages: tuple[str, ...]
    unfinished: tuple[CoalitionsUnfinished, ...]
    state: int | None
    departures: Mapping[tuple[str, _Ids], int | None]
    _stable: Mapping[tuple[str, _Ids], Diagram] = field(repr=False)
    _strong: Diagram | None = field(default=None, repr=False)

    @property
    def dispute(self) -> Dispute:
        """The dispute that was analysed."""
        return self.game.dispute

    @property
    def interrupted(self) -> bool:
        """Whether the user ended the work; :attr:`unfinished` then says what was not found."""
        return any(one.why == "interrupted" for one in self.unfinished)

    @property
    def engine(self) -> Literal["symbolic"]:
        """How states are stored."""
        return "symbolic"

    @property
    def every_coalition(self) -> bool:
        """Whether every coalition was analysed, any of which may form."""
        return not self.acting_as_one and len(self.coalitions) == 2 ** len(self.dispute.parties) - 1

    @cached_property
    def count(self) -> int:
        """Number of feasible states."""
        return self.game.count(self.game.feasible)

    def stable_count(self, concept: str, coalition: _Ids) -> int | None:
        """How many states are stable for a coalition; None where they were not found."""
        found = self._stable.get((concept, coalition))
        return None if found is None else self.game.count(found)

    def finished(self, concept: str) -> bool:
        """Whether the stable states of every coalition were found."""
        return all((concept, one) in self._stable for one in self.coalitions)

    def leaving(self, concept: str) -> tuple[_Ids, ...]:
        """The coalitions for which the state in question is known not to be stable."""
        return tuple(
            one for one in self.coalitions if self.departures.get((concept, one)) is not None
        )

    def stays(self, concept: str, coalition: _Ids) -> bool | None:
        """Whether a coalition stays in the state in question; None where that was not found."""
        if (concept, coalition) not in self.departures:
            return None
        return self.departures[concept, coalition] is None

    def _equilibria(self, concept: str) -> Diagram:
        return self.game.diagrams.all_of(self._stable[concept, one] for one in self.coalitions)

    @cached_property
    def equilibrium_counts(self) -> dict[str, int]:
        """How many states are stable for every coalition, under each concept that is finished."""
        return {
            concept: self.game.count(self._equilibria(concept))
            for concept in self.concepts
            if self.finished(concept)
        }

    @cached_property
    def closed_outcomes(self) -> tuple[str, ...]:
        """Ids of the named outcomes that no move leads out of."""
        return closed_outcomes_on_sets(self.game, packages=bool(self.packages))

    @cached_property
    def _held(self) -> Diagram:
        return held_on_sets(self.game, self.closed_outcomes, packages=bool(self.packages))

    @cached_property
    def held_count(self) -> int:
        """How many states cannot be left."""
        return self.game.count(self._held)

    @cached_property
    def held_equilibrium_counts(self) -> dict[str, int]:
        """How many of the equilibria found cannot be left, by concept."""
        return {
            concept: self.game.count(self._equilibria(concept) & self._held)
            for concept in self.equilibrium_counts
        }

    @property
    def strong_count(self) -> int | None:
        """How many states are strong equilibria; None where that was not worked out."""
        return None if self._strong is None else self.game.count(self._strong)

    def first_equilibria(self, concept: str, limit: int) -> list[int]:
        """The numbers of the equilibria of lowest number; what is told of them is written down."""
        states = first_states(self.game, self._equilibria(concept), limit)
        return [self.told.tell(self.game, state) for state in states]

    def first_strong(self, limit: int) -> list[int] | None:
        """The numbers of the strong equilibria of lowest number; None where not worked out."""
        if self._strong is None:
            return None
        return [
            self.told.tell(self.game, state)
            for state in first_states(self.game, self._strong, limit)
        ]

    def __repr__(self) -> str:
        found = ", ".join(f"{name} {count:,}" for name, count in self.equilibrium_counts.items())
        return (
            f"<SymbolicCoalitionAnalysis of {self.dispute.title!r}: {len(self.coalitions)} "
            f"coalitions, {self.count:,} states; stable for all of them: {found}>"
        )


def analyse_coalitions_symbolically(
    dispute: Dispute,
    coalitions: Sequence[Sequence[str]] | None = None,
    concepts: Sequence[str] | None = None,
    *,
    acting_as_one: Sequence[Sequence[str]] = (),
    packages: bool = False,
    state: str | None = None,
    budget: Budget | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> SymbolicCoalitionAnalysis:
    """Find out which states coalitions would leave together, without any array of states.

    Parameters
    ----------
    dispute, coalitions, concepts, acting_as_one, packages
        As in :func:`detente.stability.coalitions.analyse_coalitions`.
    state
        The state of which is told who leaves it, by its name; the status quo, if there is one,
        where left out.
    budget
        What it may cost. What is not finished by then is named in the result.
    progress
        Called as the work goes on.

    Returns
    -------
    SymbolicCoalitionAnalysis

    Raises
    ------
    DisputeError
        If a party, concept or state is unknown, or preferences are such as diagrams cannot express.
    LimitError
        If there would be too many coalitions, or the dispute does not fit into the nodes given.
    """
    names = coalition_concepts(concepts_serving("coalitions") if concepts is None else concepts)
    chosen, fixed = chosen_coalitions(dispute, coalitions, names, acting_as_one)
    budget = budget or Budget()
    _log.info("engine: symbolic; %g seconds, %d nodes", budget.seconds, budget.nodes)
    work = _Work(dispute, names, chosen, fixed, packages, state, budget, progress)
    try:
        why = ended_early(budget.seconds, work.run)
    except TooLarge:
        why = None
    if not work.begun:
        if why == "interrupted":
            raise KeyboardInterrupt
        raise LimitError(
            f"the dispute could not be put into {budget.nodes:,} nodes in {budget.seconds:g} "
            "seconds; more of either may do",
            path=dispute.path,
        )
    return work.result(why)


# The least share of the time that is left for one coalition under one concept.
_LEAST_SHARE = 0.25


class _Work:
    """An analysis under way."""

    def __init__(
        self,
        dispute: Dispute,
        names: tuple[str, ...],
        coalitions: tuple[Coalition, ...],
        fixed: tuple[Coalition, ...],
        packages: bool,
        state: str | None,
        budget: Budget,
        progress: Callable[[str, float], None] | None,
    ) -> None:
        self.dispute = dispute
        self.names = names
        self.coalitions = coalitions
        self.fixed = fixed
        self.packages = packages
        self.asked = state
        self.budget = budget
        self.progress = progress
        self.deadline = time.monotonic() + budget.seconds
        self.begun: list[tuple[CoalitionSets, StatesTold, int | None]] = []
        self.stable: dict[tuple[str, Coalition], Diagram] = {}
        self.why: dict[tuple[str, Coalition], Why] = {}
        self.left_to: dict[tuple[str, Coalition], int | None] = {}
        self.strong: Diagram | None = None

    def run(self, pause: Callable[[], None]) -> None:
        """Do the work as far as the budget goes."""
        game = symbolic_game(self.dispute, self.budget.nodes)
        told = told_of(game)
        state = self.dispute.status_quo
        if self.asked is not None:
            state = symbolic_state(game, self.asked)
        number = None if state is None else told.tell(game, state)
        sets = CoalitionSets(game, range(len(game.packages)) if self.packages else ())
        self.begun.append((sets, told, number))
        game.diagrams.pause = pause
        tasks = [(name, one) for name in self.names for one in reversed(self.coalitions)]
        # One state takes little, and is told even if no set is found.
        for name, one in tasks if state is not None else ():
            until = time.monotonic() + _LEAST_SHARE * (self.deadline - time.monotonic())
            self._within(until, name, one, partial(self._leave, sets, told, state, name, one))
        for done, (name, one) in enumerate(tasks):
            self._report(f"{name} for {', '.join(self._ids(one))}", done / len(tasks))
            until = end_of_share(self.deadline, len(tasks) - done)
            self._within(until, name, one, partial(self._find, sets, name, one))
        for name, one in tasks:
            if self.why.get((name, one)) == "time" and (name, one) not in self.stable:
                self._report(f"{name} for {', '.join(self._ids(one))} again", 1.0)
                self._within(self.deadline, name, one, partial(self._find, sets, name, one))
        self._find_strong(sets)
        self._report("", 1.0)

    def _within(
        self,
        until: float,
        name: str,
        coalition: Coalition,
        task: Callable[[], None],
    ) -> None:
        """Do one task within its share of time and the nodes given; note what ran out."""
        game = self.begun[0][0].game

        try:
            with share_of_time(game.diagrams, until):
                task()
        except TooLarge:
            self.why[name, coalition] = "nodes"
            game.diagrams.tidy(at_once=True)
        except TimeOver:
            self.why[name, coalition] = "time"

    def _find(self, sets: CoalitionSets, name: str, coalition: Coalition) -> None:
        against = coalitions_against(self.dispute, coalition, self.fixed)
        self.stable[name, coalition] = sets.stable(name, coalition, against)

    def _leave(
        self,
        sets: CoalitionSets,
        told: StatesTold,
        state: Sequence[int] | None,
        name: str,
        coalition: Coalition,
    ) -> None:
        assert state is not None, "asked of a state alone"
        against = coalitions_against(self.dispute, coalition, self.fixed)
        ends = sets.departures(name, coalition, against, state)
        end = least_changed(sets.game, ends, state) if ends.satisfiable() else None
        self.left_to[name, coalition] = None if end is None else told.tell(sets.game, end)

    def _find_strong(self, sets: CoalitionSets) -> None:
        """The strong equilibria, if all coalitions were analysed and joint moves are defined."""
        everyone = 2 ** len(self.dispute.parties) - 1
        asked = not self.fixed and len(self.coalitions) == everyone and "Nash" in self.names
        if not asked or not sets.game.transitive:
            return
        if any(("Nash", one) not in self.stable for one in self.coalitions):
            return
        held = sets.game.diagrams.all_of(self.stable["Nash", one] for one in self.coalitions)

        def find() -> None:
            strong = held
            for one in self.coalitions:
                if len(one) > 1 and strong.satisfiable():
                    strong &= ~sets.movers.at_once(one)
            self.strong = strong

        self._within(self.deadline, "strong", (), find)

    def _ids(self, coalition: Coalition) -> _Ids:
        return tuple(self.dispute.parties[party].id for party in coalition)

    def _report(self, what: str, done: float) -> None:
        if self.progress:
            self.progress(what, done)

    def result(self, ended: Why | None) -> SymbolicCoalitionAnalysis:
        """What is known by now, and what ended the work early."""
        (sets, told, number) = self.begun[0]
        stable, why = dict(self.stable), dict(self.why)
        return SymbolicCoalitionAnalysis(
            game=sets.game,
            told=told,
            concepts=self.names,
            coalitions=tuple(map(self._ids, self.coalitions)),
            acting_as_one=tuple(self._ids(one) for one in self.fixed if len(one) > 1),
            packages=tuple(one.id for one in self.dispute.packages) if self.packages else (),
            unfinished=tuple(
                CoalitionsUnfinished(name, self._ids(one), ended or why.get((name, one), "time"))
                for name in self.names
                for one in self.coalitions
                if (name, one) not in stable
            ),
            state=number,
            departures={
                (name, self._ids(one)): end for (name, one), end in dict(self.left_to).items()
            },
            _stable={(name, self._ids(one)): found for (name, one), found in stable.items()},
            _strong=self.strong,
        )
