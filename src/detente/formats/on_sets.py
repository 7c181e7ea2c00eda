"""What formats can reach and hold, where states are sets held as diagrams."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from logging import getLogger

from detente.dispute.dispute import Dispute
from detente.dispute.errors import LimitError
from detente.formats.analysis import (
    ChosenFormat,
    FormatAnalysis,
    FormatDraft,
    FormatPlay,
    FormatResult,
    Reaching,
    chosen_formats,
    needed_for,
    results_of_drafts,
    who_reaches,
)
from detente.space.symbolic.diagrams import Diagram, TooLarge
from detente.space.symbolic.game import SymbolicGame, symbolic_game
from detente.space.symbolic.named import least_changed
from detente.space.symbolic.ranks import SymbolicRanks, lexicographically_best
from detente.space.symbolic.states import first_member, first_states
from detente.stability.coalition_sets import Coalition, CoalitionSets
from detente.stability.coalitions import coalition_concepts
from detente.stability.states_told import StatesTold, told_of
from detente.stability.symbolic_analysis import Budget, thresholds_fit_low
from detente.stability.symbolic_concepts import stable_at, stable_states
from detente.stability.time_limit import TimeOver, Why, ended_early, share_of_time

__all__ = ["analyse_formats_symbolically"]

_log = getLogger(__name__)

_State = tuple[int, ...]


def analyse_formats_symbolically(
    dispute: Dispute,
    formats: Sequence[str] | None = None,
    *,
    concept: str = "SEQ",
    every_subset: bool = False,
    budget: Budget | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> FormatAnalysis:
    """Find out what formats can reach and hold, without any array of states.

    Parameters
    ----------
    dispute, formats, concept, every_subset
        As in :func:`detente.formats.analysis.analyse_formats`.
    budget
        What it may cost. Formats that are not finished by then are named in the result.
    progress
        Called as the work goes on.

    Returns
    -------
    FormatAnalysis

    Raises
    ------
    DisputeError
        As :func:`detente.formats.analysis.analyse_formats`, or if preferences are such as diagrams
        cannot express.
    LimitError
        As there, or if the dispute does not fit into the nodes given.
    """
    (name,) = coalition_concepts([concept])
    chosen = chosen_formats(dispute, formats, every_subset=every_subset)
    budget = budget or Budget()
    _log.info("engine: symbolic; %g seconds, %d nodes", budget.seconds, budget.nodes)
    work = _Work(dispute, name, chosen, budget, progress)
    try:
        ended = ended_early(budget.seconds, work.run)
    except TooLarge:
        ended = "nodes"
    if work.play is None:
        if ended == "interrupted":
            raise KeyboardInterrupt
        raise LimitError(
            f"the dispute could not be put into {budget.nodes:,} nodes in {budget.seconds:g} "
            "seconds; more of either may do",
            path=dispute.path,
        )
    return work.found(ended, every_subset=every_subset)


# The share of the time that is for who reaches what, and the share by the end of which it is to be
# known what formats hold; the rest is for what comes of that.
_FOR_REACHING, _UNTIL_HOLDING = 0.4, 0.8


class _Work:
    """The analysis under way."""

    def __init__(
        self,
        dispute: Dispute,
        concept: str,
        chosen: Sequence[ChosenFormat],
        budget: Budget,
        progress: Callable[[str, float], None] | None,
    ) -> None:
        self.dispute = dispute
        self.concept = concept
        self.chosen = chosen
        self.budget = budget
        self.begun = time.monotonic()
        self.progress = progress
        self.play: _SetPlay | None = None
        self.reaching: dict[str, Reaching] = {}
        self.results: list[FormatResult] = []
        self.why: dict[tuple[str, str], Why] = {}

    def run(self, pause: Callable[[], None]) -> None:
        """Do the work as far as the budget goes."""
        low = self.concept == "SEQ" and thresholds_fit_low(self.dispute)
        game = symbolic_game(self.dispute, self.budget.nodes, low=low)
        play = _SetPlay(game, self.concept)
        play.number(play.start)
        self.play = play
        game.diagrams.pause = pause
        members = [one.members for one in self.chosen]
        # Who reaches what is less work than who holds it, and is told even if nothing else is.
        for outcome in self.dispute.outcomes:
            with self._within(play, _FOR_REACHING, ("outcome", outcome.id)):
                self.reaching[outcome.id] = who_reaches(play, outcome.id, members)
        drafts: list[FormatDraft] = []
        for number, one in enumerate(self.chosen):
            if self.progress:
                self.progress(one.name, number / len(self.chosen))
            with self._within(play, _UNTIL_HOLDING, ("format", one.id)):
                drafts.append(play.draft(one))
        for result in results_of_drafts(play, drafts):
            self.results.append(result)
        if self.progress:
            self.progress("", 1.0)
        play.find_alone()

    @contextmanager
    def _within(self, play: _SetPlay, share: float, what: tuple[str, str]) -> Iterator[None]:
        """Let a piece of work have some of the time; note what ran out where it did not do."""
        diagrams = play.game.diagrams
        try:
            with share_of_time(diagrams, self.begun + share * self.budget.seconds):
                yield
        except TimeOver:
            self.why[what] = "time"
        except TooLarge:
            self.why[what] = "nodes"
            diagrams.tidy(at_once=True)

    def found(self, ended: Why | None, *, every_subset: bool) -> FormatAnalysis:
        """What is known by now, and what ended the work early."""
        assert self.play is not None, "asked once there is something to tell"
        results = tuple(self.results)
        finished = {one.id for one in results}
        reaching, late = dict(self.reaching), ended or "time"
        return FormatAnalysis(
            self.play.told,
            self.concept,
            self.play.number(self.play.start),
            every_subset,
            results,
            {one: needed_for(self.dispute, who, results) for one, who in reaching.items()},
            self.play.count_alone,
            tuple(
                (one.id, self.why.get(("format", one.id), late))
                for one in self.chosen
                if one.id not in finished
            ),
            tuple(
                (one.id, self.why.get(("outcome", one.id), late))
                for one in self.dispute.outcomes
                if one.id not in reaching
            ),
        )


class _SetPlay(FormatPlay):
    """The play of formats on sets; a state is the levels of all options."""

    def __init__(self, game: SymbolicGame, concept: str) -> None:
        assert game.dispute.status_quo is not None, "looked at where formats are chosen"
        self.game = game
        self.dispute = game.dispute
        self.concept = concept
        self.start: _State = game.dispute.status_quo
        self.inside = {
            outcome.id: game.holds(game.here.truth(outcome.formula.expression))
            for outcome in game.dispute.outcomes
        }
        self._ranks = [SymbolicRanks(game, party) for party in range(len(game.dispute.parties))]
        self._sets: dict[tuple[int, ...], CoalitionSets] = {}
        self._all_packages = CoalitionSets(game, range(len(game.packages))).movers
        self._beginning = game.whole_classes(game.here.state(self.start) & game.feasible)
        self._reached: dict[Coalition, Diagram] = {}
        self._layers: dict[Coalition, list[Diagram]] = {}
        self._count_alone: int | None = None

    @cached_property
    def told(self) -> StatesTold:
        """The states of which results speak."""
        return told_of(self.game)

    def draft(self, chosen: ChosenFormat) -> FormatDraft:
        """What a format reaches and holds."""
        game, members = self.game, chosen.members
        parties = len(self.dispute.parties)
        packages = tuple(self._all_packages.made_by(members))
        # Those of a format are moves of the format alone.
        sets = self._sets.setdefault(packages, CoalitionSets(game, packages))
        draft = FormatDraft(
            chosen=chosen,
            packages=tuple(self.dispute.packages[one].id for one in packages),
            reached=self.reached(members),
            stays=game.feasible,
            holds=game.feasible,
            gains=self._all_better(members, self.start),
            play_of_its_own=sets,
        )
        outsiders = draft.outsiders(parties)
        stays = sets.stable(self.concept, members, tuple((one,) for one in outsiders))
        holds = stays
        for party in outsiders:
            against = draft.blocks_against(party, parties)
            holds &= sets.stable(self.concept, (party,), against)
        return replace(draft, stays=stays, holds=holds)

    def _all_better(self, members: Coalition, state: _State) -> Diagram:
        """The feasible states that all members prefer to one."""
        better = self.game.feasible
        for member in members:
            ranks = self._ranks[member]
            better &= ~self.game.not_better(member, ranks.constants(ranks.truths(state)))
        return better

    def _all_worse(self, members: Coalition, state: _State) -> Diagram:
        """The feasible states to which all members prefer one."""
        game, worse = self.game, self.game.feasible
        for member in members:
            ranks = self._ranks[member]
            truths = ranks.constants(ranks.truths(state))
            better = game.comparisons[member].better
            worse &= better(game.diagrams, truths, list(game.statements(member)))
        return worse

    def count(self, states: Diagram) -> int:
        """How many states a set has."""
        return self.game.count(states)

    def has(self, states: Diagram, state: _State) -> bool:
        """Whether a state is in a set."""
        return (states & self.game.here.state(state)).satisfiable()

    def number(self, state: _State) -> int:
        """Number of a state, of which what is told is written down."""
        return self.told.tell(self.game, state)

    def rank(self, party: int, state: _State) -> int:
        """A party's rank of a state."""
        ranks = self._ranks[party]
        return ranks.rank(ranks.truths(state))

    def reached(self, members: Coalition) -> Diagram:
        """The states that some parties reach together, the status quo among them."""
        if members not in self._reached:
            self._reached[members] = self._all_packages.reached(members, self._beginning)
        return self._reached[members]

    def moves_to(self, draft: FormatDraft, state: _State) -> int:
        """Fewest moves in which a format reaches a state."""
        layers = self._layers_of(draft.chosen.members)
        return next(moves for moves, states in enumerate(layers) if self.has(states, state))

    def _layers_of(self, members: Coalition) -> list[Diagram]:
        if members not in self._layers:
            self._layers[members] = self._all_packages.layers(members, self._beginning)
        return self._layers[members]

    def spoils(
        self, draft: FormatDraft, party: int, state: _State, inside: Diagram | None
    ) -> tuple[_State, bool] | None:
        """Where an outsider's best improvement that nothing deters leads; whether out of a set."""
        sets: CoalitionSets = draft.play_of_its_own
        against = draft.blocks_against(party, len(self.dispute.parties))
        free = sets.departures(self.concept, (party,), against, state)
        leaving = free if inside is None else free & ~inside
        leaves = leaving.satisfiable()
        if not free.satisfiable():
            return None
        best = self._ranks[party].best(leaving if leaves else free)
        return next(first_states(self.game, best, 1)), leaves

    def judged(self, draft: FormatDraft, among: Diagram) -> _State | None:
        """The state, among some that a format reaches, by which it is judged."""
        if not among.satisfiable():
            return None
        states = lexicographically_best(among, (draft.gains, draft.holds, draft.stays))
        members, left = draft.chosen.members, states
        while True:
            state = least_changed(self.game, left, self.start)
            above = states & self._all_better(members, state)
            if not above.satisfiable():
                return state
            # What all members prefer to it rules out more than it alone.
            while above.satisfiable():
                state = first_member(self.game, above)
                above = states & self._all_better(members, state)
            left &= ~self._all_worse(members, state)

    def alone_at(self, party: int, state: _State) -> bool:
        """Whether a state is stable for a party where every party stands alone."""
        return stable_at(self.game, self.concept, party, state)

    def find_alone(self) -> None:
        """Count the states that are stable for each party by itself."""
        found = self.game.diagrams.true
        for party in range(len(self.dispute.parties)):
            found &= stable_states(self.game, self.concept, party)
            self.game.diagrams.tidy()
        self._count_alone = self.game.count(found)

    @property
    def count_alone(self) -> int | None:
        """How many states are stable for each party by itself; None where that was not found."""
        return self._count_alone
