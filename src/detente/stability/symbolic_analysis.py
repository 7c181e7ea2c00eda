"""The stability analysis of disputes too large for any array, on sets held as diagrams."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from logging import getLogger
from random import Random

from detente.dispute.dispute import Dispute, Party
from detente.dispute.errors import LimitError, NotServedError
from detente.dispute.names import party_number
from detente.dispute.result import Result
from detente.space.patterns import Cover
from detente.space.representation import USUAL_NODES, Engine
from detente.space.symbolic.diagrams import Diagram, TooLarge
from detente.space.symbolic.game import SymbolicGame, symbolic_game
from detente.space.symbolic.patterns import symbolic_cover
from detente.space.symbolic.states import first_states, state_number
from detente.stability.concept_registry import concepts_serving, reaction_of
from detente.stability.symbolic_concepts import stable_at, stable_states
from detente.stability.symbolic_estimates import (
    CountEstimate,
    drawn_equilibria,
    estimated,
)
from detente.stability.symbolic_traps import closed_outcomes_on_sets, held_on_sets
from detente.stability.time_limit import TimeOver, Why, end_of_share, ended_early, share_of_time

__all__ = [
    "Budget",
    "SymbolicAnalysis",
    "Unfinished",
    "analyse_symbolically",
    "check_symbolic_concepts",
    "thresholds_fit_low",
]

_log = getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Budget:
    """How much an analysis may cost.

    Attributes
    ----------
    seconds
        How long the sets of stable states may take together.
    nodes
        How many nodes their diagrams may have.
    """

    seconds: float = 120.0
    nodes: int = USUAL_NODES


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A set of stable states that was not found within the budget.

    Attributes
    ----------
    concept
        Name of the concept.
    party
        Id of the party.
    why
        What ran out: ``time`` or ``nodes``, or ``interrupted`` where the user ended the work.
    """

    concept: str
    party: str
    why: Why


@dataclass(frozen=True, slots=True)
class _Equilibria:
    """The equilibria under one concept, and how many there are.

    Attributes
    ----------
    states
        The set.
    count
        How many there are.
    held
        How many of them cannot be left.
    by_outcome
        By the outcome's id, how many belong to it; under ``""`` those that belong to none. Empty
        where the dispute names no outcome.
    """

    states: Diagram
    count: int
    held: int
    by_outcome: Mapping[str, int]


@dataclass(frozen=True, eq=False, repr=False)
class SymbolicAnalysis(Result):
    """Which states are stable for whom, as sets.

    Attributes
    ----------
    dispute
        The dispute.
    concepts
        Names of the concepts asked for.
    packages
        Whether packages count as moves of all their members together.
    unfinished
        What was not found within the budget.
    estimates
        By concept, where that was asked for and the set of equilibria was not found.
    """

    dispute: Dispute
    concepts: tuple[str, ...]
    games: Mapping[str, SymbolicGame] = field(repr=False)
    packages: bool = False
    unfinished: tuple[Unfinished, ...] = ()
    estimates: Mapping[str, CountEstimate] = field(default_factory=dict)
    _stable: Mapping[tuple[str, int], Diagram] = field(default_factory=dict, repr=False)
    _status_quo: Mapping[tuple[str, int], bool] = field(default_factory=dict, repr=False)
    _counted: dict[str, _Equilibria] = field(default_factory=dict, repr=False)

    @property
    def interrupted(self) -> bool:
        """Whether the user ended the work; :attr:`unfinished` then says what was not found."""
        return any(one.why == "interrupted" for one in self.unfinished)

    @property
    def engine(self) -> Engine:
        """How states are stored."""
        return "symbolic"

    @property
    def game(self) -> SymbolicGame:
        """The dispute as diagrams."""
        return next(iter(self.games.values()))

    @cached_property
    def count(self) -> int:
        """Number of feasible states."""
        return self.game.count(self.game.feasible)

    @cached_property
    def status_quo(self) -> int | None:
        """Number of the status quo, or None where the dispute names none."""
        start = self.dispute.status_quo
        return None if start is None else state_number(self.game, start)

    @property
    def parts(self) -> int:
        """Into how many parts that do not touch the dispute falls."""
        return max(self.game.parts, default=0) + 1

    def finished(self, concept: str) -> bool:
        """Whether the stable states of every party were found."""
        return all((concept, party) in self._stable for party in range(len(self.dispute.parties)))

    def stable_count(self, concept: str, party: str) -> int | None:
        """How many states are stable for a party; None where they were not found."""
        found = self._stable.get((concept, party_number(self.dispute, party)))
        return None if found is None else self.games[concept].count(found)

    def _count_equilibria(self, concept: str) -> _Equilibria:
        """The equilibria under a concept that is finished, counted once."""
        if not self.finished(concept):
            raise LimitError(f"the equilibria under {concept} were not found within the budget")
        if concept not in self._counted:
            game = self.games[concept]
            game.diagrams.tidy(at_once=True)
            everyone = range(len(self.dispute.parties))
            found = game.diagrams.all_of(self._stable[concept, party] for party in everyone)
            held = game.count(found & self.cannot_be_left(game))
            by_outcome = self._by_outcome(game, found) if self.dispute.outcomes else {}
            self._counted[concept] = _Equilibria(found, game.count(found), held, by_outcome)
        return self._counted[concept]

    def _by_outcome(self, game: SymbolicGame, states: Diagram) -> dict[str, int]:
        counts, left = {}, states
        for outcome in self.dispute.outcomes:
            inside = game.holds(game.here.truth(outcome.formula.expression))
            counts[outcome.id] = game.count(states & inside)
            left &= ~inside
        return {**counts, "": game.count(left)}

    def _equilibria(self, concept: str) -> Diagram:
        return self._count_equilibria(concept).states

    @cached_property
    def equilibrium_counts(self) -> dict[str, int]:
        """How many states are equilibria, under each concept whose equilibria were found."""
        return {
            concept: self._count_equilibria(concept).count
            for concept in self.concepts
            if self.finished(concept)
        }

    @cached_property
    def closed_outcomes(self) -> tuple[str, ...]:
        """Ids of the named outcomes that no move leads out of; those that hold everywhere left out.

        As :attr:`detente.stability.analysis.Analysis.closed_outcomes`.
        """
        return closed_outcomes_on_sets(self.game, packages=self.packages)

    def cannot_be_left(self, game: SymbolicGame) -> Diagram:
        """The states without a move, and those in an outcome that no move leads out of."""
        return held_on_sets(game, self.closed_outcomes, packages=self.packages)

    @cached_property
    def held_count(self) -> int:
        """How many states cannot be left."""
        return self.game.count(self.cannot_be_left(self.game))

    @cached_property
    def held_equilibrium_counts(self) -> dict[str, int]:
        """How many of the equilibria found cannot be left, by concept."""
        return {one: self._count_equilibria(one).held for one in self.equilibrium_counts}

    def counts_by_outcome(self) -> dict[str, dict[str, int]]:
        """By the outcome's id, then by concept, how many equilibria belong to it.

        Under ``""`` stand those that belong to none. A state may belong to several outcomes.
        """
        counts: dict[str, dict[str, int]] = {outcome.id: {} for outcome in self.dispute.outcomes}
        counts |= {"": {}} if counts else {}
        for concept in self.equilibrium_counts:
            for outcome, number in self._count_equilibria(concept).by_outcome.items():
                counts[outcome][concept] = number
        return counts

    def first_equilibria(self, concept: str, limit: int) -> list[tuple[int, tuple[int, ...]]]:
        """The equilibria of lowest number: each its number, and the level of every option."""
        game = self.games[concept]
        return [
            (state_number(game, state), state)
            for state in first_states(game, self._equilibria(concept), limit)
        ]

    def patterns(self, concept: str, *, limit: int = 12) -> Cover:
        """Describe the equilibria under a concept by partial assignments."""
        return symbolic_cover(self.games[concept], self._equilibria(concept), limit=limit)

    def stable_at(self, concept: str, party: str, state: Sequence[int]) -> bool:
        """Whether a state, given by the level of every option, is stable for a party.

        Where the set of stable states was not found, the state is looked at by itself.
        """
        number = party_number(self.dispute, party)
        game = self.games[concept]
        known = self._stable.get((concept, number))
        if known is not None:
            return (known & game.here.state(state)).satisfiable()
        return stable_at(game, concept, number, state, packages=self.packages)

    def stable_parties(self, concept: str, state: Sequence[int]) -> tuple[str, ...]:
        """Ids of the parties for which a state is stable, under a concept that is finished."""
        here = self.games[concept].here.state(state)
        return tuple(
            party.id
            for number, party in enumerate(self.dispute.parties)
            if (self._stable[concept, number] & here).satisfiable()
        )

    def status_quo_stable(self, concept: str, party: str) -> bool | None:
        """Whether the status quo is stable for a party; None where that was not found."""
        start = self.dispute.status_quo
        number = party_number(self.dispute, party)
        if start is None:
            return None
        known = self._stable.get((concept, number))
        if known is not None:
            return (known & self.games[concept].here.state(start)).satisfiable()
        return self._status_quo.get((concept, number))

    def __repr__(self) -> str:
        found = ", ".join(f"{name} {count:,}" for name, count in self.equilibrium_counts.items())
        return (
            f"<SymbolicAnalysis of {self.dispute.title!r}: {len(self.dispute.parties)} parties, "
            f"{len(self.dispute.options)} options, {self.count:,} states; equilibria: {found}>"
        )


def check_symbolic_concepts(names: Sequence[str]) -> None:
    """Refuse concepts that are not defined on sets of states held as diagrams.

    Raises
    ------
    NotServedError
        If one of them is none of Nash, GMR, SMR, SEQ and SSEQ.
    """
    served = concepts_serving("symbolic")
    for name in names:
        if name not in served:
            raise NotServedError(
                f"{name} needs the cube or a list of states; the engine symbolic does not serve it",
                found=name,
                allowed=served,
            )


def analyse_symbolically(
    dispute: Dispute,
    names: Sequence[str] | None = None,
    *,
    packages: bool = False,
    budget: Budget | None = None,
    draws: int = 0,
    seed: int = 0,
    progress: Callable[[str, float], None] | None = None,
) -> SymbolicAnalysis:
    """Find out which states are stable, for whom, without any array of states.

    Parameters
    ----------
    dispute
        The dispute.
    names
        Names of solution concepts that serve symbolic sets; by default all that do.
    packages
        Whether packages count as moves of all their members together.
    budget
        What it may cost. What is not finished by then is named in the result.
    draws
        From how many random states the number of equilibria is estimated where their set is not
        found; none where 0.
    seed
        Where the draws start.
    progress
        Called as the work goes on.

    Returns
    -------
    SymbolicAnalysis

    Raises
    ------
    DisputeError
        If a concept is not served, or as :func:`detente.space.symbolic.game.symbolic_game`.
    """
    names = concepts_serving("symbolic") if names is None else tuple(names)
    check_symbolic_concepts(names)
    budget = budget or Budget()
    _log.info("engine: symbolic; %g seconds, %d nodes", budget.seconds, budget.nodes)
    work = _Work(dispute, names, packages, budget, draws, seed, progress)
    why = ended_early(budget.seconds + _FOR_ONE_STATE, work.run)
    if not work.games:
        if why == "interrupted":
            raise KeyboardInterrupt
        raise LimitError(
            f"the dispute could not be put into {budget.nodes:,} nodes in {budget.seconds:g} "
            "seconds; more of either may do",
            path=dispute.path,
        )
    for game in work.games.values():
        # What is told takes nodes too.
        game.diagrams.tidy(at_once=True)
    return work.result(why)


# Seconds beyond the budget in which the status quo is looked at if that was not possible before.
_FOR_ONE_STATE = 0.5

# From so many binary digits of a state on, one state is looked at before all of them: the sets may
# take all the time there is.
_MANY_DIGITS = 32

# The share of the time that one state may have before the sets are looked for.
_FIRST_SHARE = 0.25

# The share of the time that is kept for states drawn at random, where these are asked for.
_RESERVED = 0.4

# Nodes within which the thresholds of all parties have to fit for their bits to stand low.
_LOW_NODES = 2**18


class _Work:
    """An analysis under way, in a thread of its own."""

    def __init__(
        self,
        dispute: Dispute,
        names: tuple[str, ...],
        packages: bool,
        budget: Budget,
        draws: int,
        seed: int,
        progress: Callable[[str, float], None] | None,
    ) -> None:
        self.dispute = dispute
        self.names = names
        self.packages = packages
        self.budget = budget
        self.draws = draws
        self.random = Random(seed)
        self.progress = progress
        self.deadline = time.monotonic() + budget.seconds
        self.games: dict[str, SymbolicGame] = {}
        self.stable: dict[tuple[str, int], Diagram] = {}
        self.why: dict[tuple[str, int], Why] = {}
        self.at_start: dict[tuple[str, int], bool] = {}
        self.drawn: dict[str, list[bool | None]] = {}
        self.counted: dict[str, _Equilibria] = {}

    def run(self, halt: Callable[[], None]) -> None:
        """Do the work as far as the budget goes; `halt` is called in between, and may end it."""
        self._report("diagrams", 0.0)
        with suppress(TooLarge):
            self.games = self._games()
            for game in self.games.values():
                game.diagrams.pause = halt
            self._work()

    def _games(self) -> dict[str, SymbolicGame]:
        """The dispute as diagrams, for each concept in the form in which its sets are smaller."""
        quick = [name for name in self.names if not _improving(name)]
        slow = [name for name in self.names if _improving(name)]
        games: dict[str, SymbolicGame] = {}
        if quick or not slow:
            game = symbolic_game(self.dispute, self.budget.nodes)
            games |= dict.fromkeys(quick or self.names, game)
        if slow:
            low = thresholds_fit_low(self.dispute)
            game = symbolic_game(self.dispute, self.budget.nodes, low=low)
            games |= dict.fromkeys(slow, game)
        return {name: games[name] for name in self.names}

    def _work(self) -> None:
        tasks = [
            (name, number, party)
            for name in self.names
            for number, party in enumerate(self.dispute.parties)
        ]
        if any(game.state_bits >= _MANY_DIGITS for game in self.games.values()):
            until = self.deadline - (1 - _FIRST_SHARE) * self.budget.seconds
            for name, number, _ in tasks:
                if _improving(name):
                    self._at_status_quo(name, number, until)
        reserve = _RESERVED * self.budget.seconds if self.draws else 0.0
        for done, (name, number, party) in enumerate(tasks):
            self._report(f"{name} for {party.id}", done / len(tasks))
            self._one(name, number, end_of_share(self.deadline - reserve, len(tasks) - done))
        # What had too little time gets what is left of it, one after the other.
        for name, number, party in tasks:
            if time.monotonic() > self.deadline - reserve:
                break
            if self.why.get((name, number)) == "time":
                self._report(f"{name} for {party.id} again", 1.0)
                self._one(name, number, self.deadline - reserve)
        for name, number, _ in tasks:
            if (name, number) in self.why:
                self._at_status_quo(name, number, self.deadline + _FOR_ONE_STATE)
        for name in self.names:
            self._count(name)
        for name in self.names if self.draws else ():
            if any((name, number) in self.why for number in range(len(self.dispute.parties))):
                self._draw(name)

    def _one(self, name: str, party: int, until: float) -> None:
        game = self.games[name]
        try:
            with share_of_time(game.diagrams, until) as pause:
                self.stable[name, party] = stable_states(
                    game, name, party, packages=self.packages, pause=pause
                )
            self.why.pop((name, party), None)
        except TooLarge:
            self.why[name, party] = "nodes"
            game.diagrams.tidy()
        except TimeOver:
            self.why[name, party] = "time"

    def _count(self, name: str) -> None:
        """Count the equilibria under a concept; what does not fit into the nodes is given up."""
        found = self.result(None)
        if not found.finished(name):
            return
        try:
            found._count_equilibria(name)
        except TooLarge:
            last = len(self.dispute.parties) - 1
            self.why[name, last] = "nodes"
            del self.stable[name, last]
            self.games[name].diagrams.tidy(at_once=True)

    def _at_status_quo(self, name: str, party: int, until: float) -> None:
        if self.dispute.status_quo is None or (name, party) in self.at_start:
            return
        game = self.games[name]
        start = self.dispute.status_quo
        with suppress(TooLarge, TimeOver), share_of_time(game.diagrams, until) as pause:
            self.at_start[name, party] = stable_at(
                game, name, party, start, packages=self.packages, pause=pause
            )

    def _draw(self, name: str) -> None:
        """Find out of states drawn at random whether they are equilibria, as far as time goes."""
        game = self.games[name]
        verdicts = drawn_equilibria(
            game,
            name,
            self.random,
            packages=self.packages,
            known={party: one for (concept, party), one in self.stable.items() if concept == name},
            until=self.deadline,
            pause=game.diagrams.pause,
        )
        drawn = self.drawn.setdefault(name, [])
        for verdict in islice(verdicts, self.draws):
            drawn.append(verdict)
            self._report(f"{name} in random states", len(drawn) / self.draws)

    def result(self, ended: Why | None) -> SymbolicAnalysis:
        """What is known by now, and what ended the work early."""
        stable, why = dict(self.stable), dict(self.why)
        return SymbolicAnalysis(
            self.dispute,
            self.names,
            dict(self.games),
            self.packages,
            tuple(
                Unfinished(name, party.id, why.get((name, number), ended or "time"))
                for name, number, party in self._every()
                if (name, number) not in stable
            ),
            self._estimates(),
            stable,
            dict(self.at_start),
            self.counted,
        )

    def _estimates(self) -> dict[str, CountEstimate]:
        found = {}
        for name, verdicts in self.drawn.items():
            states = self.games[name].count(self.games[name].feasible)
            one = estimated(tuple(verdicts), states)
            if one is not None:
                found[name] = one
        return found

    def _every(self) -> Iterator[tuple[str, int, Party]]:
        for name in self.names:
            for number, party in enumerate(self.dispute.parties):
                yield name, number, party

    def _report(self, what: str, done: float) -> None:
        if self.progress:
            self.progress(what, done)


def _improving(name: str) -> bool:
    reaction = reaction_of(name)
    return reaction is not None and reaction.improving


def thresholds_fit_low(dispute: Dispute) -> bool:
    """Whether threshold bits may stand below all options.

    Then the sets that grow under credible sanctions stay smaller, as long as what is not better
    than a threshold is small itself.
    """
    try:
        game = symbolic_game(dispute, _LOW_NODES, low=True)
        for party in range(len(dispute.parties)):
            game.not_better(party, game.threshold_bits(party))
    except TooLarge:
        return False
    return True
