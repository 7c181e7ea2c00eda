"""What each format can reach and hold, and what becomes of those outside it.

A format is a set of parties that move together; the others react, each for itself. Definitions
are in docs/concepts/formats.md.

:func:`analyse_formats` is the whole analysis::

    found = analyse_formats(dispute, concept="SEQ")
    g2 = found.format("g2")             # FormatResult
    g2.outcome("settlement").holds      # FormatOutcome: reached, held, state, outsiders
    g2.outsiders                        # Standing of each outsider at the format's result
    found.vetoes["settlement"]          # Needed: who is needed, which formats suffice
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Dispute
from detente.dispute.errors import DisputeError, LimitError
from detente.dispute.names import format_named, unknown_name
from detente.dispute.result import Result, whole
from detente.space.cube import one_way_patterns
from detente.space.graph_model import GraphModel
from detente.space.package_moves import PackageMoves, package_moves
from detente.space.representation import Engine
from detente.space.shared_work import processors
from detente.space.threads import in_threads
from detente.stability.analysis import Analysis, Progress, analyse_model
from detente.stability.coalitions import (
    Coalition,
    CoalitionGraph,
    all_coalitions,
    coalition_concepts,
    coalition_numbers,
)
from detente.stability.explained_state import StatesExplained
from detente.stability.paths import MoverMoves, distances_from, movers_of
from detente.stability.prepared_model import graph_model

__all__ = [
    "ChosenFormat",
    "FormatAnalysis",
    "FormatDraft",
    "FormatOutcome",
    "FormatPlay",
    "FormatResult",
    "Needed",
    "OutsiderStanding",
    "Reaching",
    "Role",
    "Spoiling",
    "analyse_formats",
    "analyse_formats_of",
    "chosen_formats",
    "needed_for",
    "results_of_drafts",
    "results_of_play",
    "who_reaches",
]

Role = Literal["beneficiary", "indifferent", "sidelined"]

# Every subset of more parties than this is too many.
_MOST_PARTIES = 8


@dataclass(frozen=True, slots=True)
class Spoiling:
    """An outsider's best improvement that nothing deters.

    Attributes
    ----------
    state
        Number of the state to which it moves.
    rank
        Its rank there.
    leaves
        Whether it leaves the outcome in question. Where the outsider has improvements of both
        kinds that nothing deters, this is the best that leaves.
    """

    state: int
    rank: int
    leaves: bool


@dataclass(frozen=True, slots=True)
class OutsiderStanding:
    """How an outsider stands where a format leads.

    Attributes
    ----------
    party
        Id of the outsider.
    rank
        Its rank there.
    status_quo_rank
        Its rank in the status quo.
    role
        Beneficiary, indifferent or sidelined.
    better_in
        Where it stands below the best result of the formats that include it: the name of that
        format. None otherwise.
    spoiling
        Its best improvement that nothing deters, or None.
    """

    party: str
    rank: int
    status_quo_rank: int
    role: Role
    better_in: str | None
    spoiling: Spoiling | None


@dataclass(frozen=True, slots=True)
class FormatOutcome:
    """What a format can do about a named outcome.

    Attributes
    ----------
    outcome
        Id of the outcome.
    reached
        How many of its states the format can reach from the status quo (the status quo counts).
    held
        How many of these hold: no member gains by leaving them together, and no outsider alone.
    gained
        How many states reached every member prefers to the status quo.
    state
        Number of the state by which the format is judged; None where it reaches none.
    moves
        Fewest moves from the status quo to that state.
    holds, gains, members_stay
        Whether that state holds; whether every member prefers it to the status quo; whether
        the members, together, would stay there.
    defectors
        Ids of the members that would leave it, each by itself, were the format not binding.
    outsiders
        How each outsider stands there.
    """

    outcome: str
    reached: int
    held: int
    gained: int
    state: int | None
    moves: int | None
    holds: bool
    gains: bool
    members_stay: bool
    defectors: tuple[str, ...]
    outsiders: tuple[OutsiderStanding, ...]

    @property
    def spoilers(self) -> tuple[str, ...]:
        """Ids of the outsiders that would lead out of the outcome."""
        return tuple(one.party for one in self.outsiders if one.spoiling and one.spoiling.leaves)

    @property
    def kept(self) -> bool:
        """Whether the members would stay, and no outsider leads out of the outcome."""
        return self.state is not None and self.members_stay and not self.spoilers


@dataclass(frozen=True, slots=True)
class FormatResult:
    """What one format can reach and hold.

    Attributes
    ----------
    id
        Id of the format; its members' ids joined by ``+`` where the dispute does not name it.
    name
        Its name.
    parties
        Ids of its members.
    packages
        Ids of the packages that it can carry out by itself.
    reached, held
        How many states it reaches from the status quo, and how many of these hold.
    state
        Number of its result: a state that holds and that every member prefers to the status
        quo. None where there is none.
    in_outcomes
        Ids of the outcomes to which the result belongs.
    defectors
        Ids of the members that would leave the result, each by itself.
    outsiders
        How each outsider stands at the result (at the status quo where there is none).
    outcomes
        One entry for each named outcome.
    """

    id: str
    name: str
    parties: tuple[str, ...]
    packages: tuple[str, ...]
    reached: int
    held: int
    state: int | None
    in_outcomes: tuple[str, ...]
    defectors: tuple[str, ...]
    outsiders: tuple[OutsiderStanding, ...]
    outcomes: tuple[FormatOutcome, ...]

    def outcome(self, outcome: str) -> FormatOutcome:
        """What it can do about an outcome, by id.

        Raises
        ------
        DisputeError
            If there is no such outcome.
        """
        by_id = {one.outcome: one for one in self.outcomes}
        if outcome not in by_id:
            raise unknown_name("outcome", outcome, by_id)
        return by_id[outcome]

    def sidelined(self) -> tuple[str, ...]:
        """Ids of the outsiders that its result sidelines."""
        if self.state is None:
            return ()
        return tuple(one.party for one in self.outsiders if one.role == "sidelined")


@dataclass(frozen=True, slots=True)
class Needed:
    """Who is needed for an outcome, and which sets of parties are enough.

    Attributes
    ----------
    outcome
        Id of the outcome.
    at_status_quo
        Whether the status quo belongs to it, so that no move is needed.
    to_reach
        Parties without whom nobody reaches it from the status quo, the others all together.
    to_hold
        Parties that belong to every format analysed that reaches it and holds it; empty where
        no format does.
    enough_to_reach
        The smallest sets of parties that reach it: none of their own subsets does. (Of more
        than 8 parties, only the formats analysed are tried.)
    enough_to_hold
        The formats analysed that reach and hold it, without those that contain another.
    """

    outcome: str
    at_status_quo: bool
    to_reach: tuple[str, ...]
    to_hold: tuple[str, ...]
    enough_to_reach: tuple[tuple[str, ...], ...]
    enough_to_hold: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, eq=False, repr=False)
class FormatAnalysis(Result):
    """What formats can reach and hold, under one concept.

    Attributes
    ----------
    model
        The graph model that was analysed; where there is no array of states, those of which is
        spoken.
    concept
        The solution concept under which states hold.
    status_quo
        Number of the status quo.
    every_subset
        Whether every set of parties was analysed, so that what is needed to hold is exact.
    formats
        One result for each format.
    vetoes
        By outcome, who is needed and which formats are enough.
    equilibrium_count
        How many states are stable under the concept for each party by itself; None where that was
        not found in the time and nodes given.
    unfinished
        Ids of the formats of which it was not found what they hold. Each comes with what ran
        out: ``time`` or ``nodes``, or ``interrupted`` where the user ended the work.
    vetoes_unfinished
        The same of the outcomes of which it was not found who is needed.
    """

    model: StatesExplained
    concept: str
    status_quo: int
    every_subset: bool
    formats: tuple[FormatResult, ...]
    vetoes: dict[str, Needed] = field(repr=False)
    equilibrium_count: int | None
    unfinished: tuple[tuple[str, str], ...] = ()
    vetoes_unfinished: tuple[tuple[str, str], ...] = ()

    @property
    def engine(self) -> Engine:
        """How states are stored."""
        return self.model.engine

    @property
    def interrupted(self) -> bool:
        """Whether the user ended the work; :attr:`unfinished` then says what was not found."""
        left = (*self.unfinished, *self.vetoes_unfinished)
        return any(why == "interrupted" for _, why in left)

    @property
    def dispute(self) -> Dispute:
        """The dispute that was analysed."""
        return self.model.dispute

    def format(self, form: str) -> FormatResult:
        """The result of a format, by id.

        Raises
        ------
        DisputeError
            If no such format was analysed.
        """
        by_id = {one.id: one for one in self.formats}
        if form not in by_id:
            raise unknown_name("format among those analysed", form, by_id)
        return by_id[form]

    def __repr__(self) -> str:
        held = ", ".join(f"{one.id} {one.held:,} of {one.reached:,}" for one in self.formats)
        return f"<FormatAnalysis of {self.dispute.title!r} under {self.concept}: {held}>"


def analyse_formats(
    dispute: Dispute,
    formats: Sequence[str] | None = None,
    *,
    concept: str = "SEQ",
    every_subset: bool = False,
    engine: Engine | None = None,
    progress: Progress | None = None,
) -> FormatAnalysis:
    """Find out what formats can reach and hold, who is left out, and who can spoil it.

    Parameters
    ----------
    dispute
        The dispute; it needs a status quo.
    formats
        Ids of the formats; by default all named formats.
    concept
        Nash, GMR, SMR or SEQ.
    every_subset
        Whether every set of parties is analysed, named or not.
    engine
        How states are stored: ``cube`` or ``list``. By default detente chooses.
    progress
        Called as the work goes on.

    Returns
    -------
    FormatAnalysis

    Raises
    ------
    DisputeError
        If there is no status quo, no format, no such format or concept.
    LimitError
        If every subset of more than 8 parties is asked for.
    """
    (name,) = coalition_concepts([concept])
    if progress:
        progress("states and preferences", 0.0)
    return analyse_formats_of(
        graph_model(dispute, engine=engine),
        formats,
        name,
        every_subset=every_subset,
        progress=progress,
    )


def analyse_formats_of(
    model: GraphModel,
    formats: Sequence[str] | None,
    concept: str,
    *,
    every_subset: bool = False,
    known: Analysis | None = None,
    progress: Progress | None = None,
) -> FormatAnalysis:
    """The same as :func:`analyse_formats`, for a graph model that is at hand.

    Of an analysis of the same model, if one is `known`, is taken which states are stable for each
    party by itself.
    """
    chosen = chosen_formats(model.dispute, formats, every_subset=every_subset)
    assert model.status_quo is not None, "looked at where formats are chosen"
    play = _Play(model, concept, model.status_quo, known)
    return results_of_play(play, chosen, every_subset=every_subset, progress=progress)


# Which formats ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ChosenFormat:
    """A format that is analysed, its members as numbers."""

    id: str
    name: str
    members: Coalition


def chosen_formats(
    dispute: Dispute, formats: Sequence[str] | None, *, every_subset: bool
) -> list[ChosenFormat]:
    """The formats that are analysed.

    Raises
    ------
    DisputeError
        If there is no status quo, no format, or no such format.
    LimitError
        If every subset of more than 8 parties is asked for.
    """
    if dispute.status_quo is None:
        raise DisputeError(
            "formats are judged from the status quo, and this dispute names none",
            path=dispute.path,
            key="status_quo",
        )
    named = dispute.formats if formats is None else [format_named(dispute, f) for f in formats]
    chosen = [ChosenFormat(f.id, f.name, coalition_numbers(dispute, f.parties)) for f in named]
    if every_subset:
        if len(dispute.parties) > _MOST_PARTIES:
            raise LimitError(
                f"{len(dispute.parties)} parties have {2 ** len(dispute.parties) - 1:,} subsets; "
                f"all are analysed for up to {_MOST_PARTIES} parties",
                path=dispute.path,
            )
        taken = {one.members for one in chosen}
        for members in all_coalitions(range(len(dispute.parties))):
            if members not in taken:
                parties = [dispute.parties[member] for member in members]
                chosen.append(
                    ChosenFormat(
                        "+".join(party.id for party in parties),
                        ", ".join(party.name for party in parties),
                        members,
                    )
                )
    if not chosen:
        raise DisputeError(
            "this dispute names no format; every subset of its parties can be analysed instead",
            path=dispute.path,
            key="formats",
        )
    return chosen


# What a format does ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class FormatDraft:
    """A format before outsiders are compared across formats.

    Sets of states, and single states, are what the play makes them: arrays and indices, or
    diagrams and levels. Sets know ``&`` and ``~``.

    Attributes
    ----------
    chosen
        The format.
    packages
        Ids of the packages that it can carry out by itself.
    reached
        The states that it reaches from the status quo.
    stays, holds, gains
        Where its members would stay, what holds, and what they all prefer to the status quo.
    play_of_its_own
        What the play keeps of this format.
    result
        The state that is its result, or None.
    """

    chosen: ChosenFormat
    packages: tuple[str, ...]
    reached: Any
    stays: Any
    holds: Any
    gains: Any
    play_of_its_own: Any
    result: Any = None

    def outsiders(self, parties: int) -> list[int]:
        """Numbers of the parties outside it."""
        return [party for party in range(parties) if party not in self.chosen.members]

    def blocks_against(self, party: int, parties: int) -> tuple[Coalition, ...]:
        """Those who may react to an outsider: the format as one, and each other outsider."""
        others = ((other,) for other in self.outsiders(parties) if other != party)
        return (self.chosen.members, *others)


class FormatPlay(ABC):
    """What every format of a dispute shares, whatever holds the states.

    Attributes
    ----------
    dispute, concept
        The dispute, and the concept under which states hold.
    start
        The status quo.
    inside
        By id of each outcome, the states that belong to it.
    """

    dispute: Dispute
    concept: str
    start: Any
    inside: Mapping[str, Any]

    @property
    @abstractmethod
    def told(self) -> StatesExplained:
        """By what results are told in words."""

    @abstractmethod
    def draft(self, chosen: ChosenFormat) -> FormatDraft:
        """What a format reaches and holds."""

    def drafts(self, chosen: Sequence[ChosenFormat]) -> Iterator[FormatDraft]:
        """The same of several, in order."""
        return map(self.draft, chosen)

    @abstractmethod
    def count(self, states: Any) -> int:
        """How many states a set has."""

    @abstractmethod
    def has(self, states: Any, state: Any) -> bool:
        """Whether a state is in a set."""

    @abstractmethod
    def number(self, state: Any) -> int:
        """Number of a state, of which something will be told."""

    @abstractmethod
    def rank(self, party: int, state: Any) -> int:
        """A party's rank of a state."""

    @abstractmethod
    def moves_to(self, draft: FormatDraft, state: Any) -> int:
        """Fewest moves in which a format reaches a state."""

    @abstractmethod
    def reached(self, members: Coalition) -> Any:
        """The states that some parties reach together, the status quo among them."""

    @abstractmethod
    def spoils(
        self, draft: FormatDraft, party: int, state: Any, inside: Any | None
    ) -> tuple[Any, bool] | None:
        """Where an outsider's best improvement that nothing deters leads; whether out of a set.

        If any leads out of it, the best of these.
        """

    @abstractmethod
    def judged(self, draft: FormatDraft, among: Any) -> Any | None:
        """The state, among some that a format reaches, by which it is judged.

        States that every member prefers to the status quo come first, within these the states that
        hold, and then those at which the members would stay; of what is left, states to which the
        members do not all prefer another; of these, the one in which fewest options differ from the
        status quo, by the lowest number.
        """

    @abstractmethod
    def alone_at(self, party: int, state: Any) -> bool:
        """Whether a state is stable for a party where every party stands alone."""

    @property
    @abstractmethod
    def count_alone(self) -> int | None:
        """How many states are stable for each party by itself; None where that was not found."""

    def defectors(self, members: Coalition, state: Any | None) -> tuple[str, ...]:
        """Members for whom a state is not stable where every party stands alone."""
        if state is None:
            return ()
        parties = self.dispute.parties
        return tuple(parties[one].id for one in members if not self.alone_at(one, state))


class _Play(FormatPlay):
    """The play of formats where arrays hold all states."""

    def __init__(
        self,
        model: GraphModel,
        concept: str,
        start: int,
        known: Analysis | None = None,
    ) -> None:
        self.model = model
        self.dispute = model.dispute
        self.concept = concept
        self.start = start
        self.known = known
        self.ranks = np.array([model.ranks(p) for p in range(len(model.dispute.parties))])
        self.packages = package_moves(model)
        self.coalitions = CoalitionGraph(model)
        self.form = self.coalitions.with_packages(self.packages).form
        self.inside = {
            outcome.id: model.space.holds(outcome.formula) for outcome in model.dispute.outcomes
        }
        levels = model.space.assignments(np.arange(model.space.count))
        self._distances: dict[Coalition, NDArray[np.int32]] = {}
        self._reached: dict[Coalition, NDArray[np.bool_]] = {}
        self.changed = np.count_nonzero(levels != levels[start], axis=1)

    @cached_property
    def movers(self) -> tuple[MoverMoves, ...]:
        """All movers with lists of their moves, where they do not move along axes."""
        return movers_of(self.model, packages=self.packages)

    def distances(self, members: Coalition) -> NDArray[np.int32]:
        """Fewest moves in which a format reaches each state; -1 where it does not."""
        if members not in self._distances:
            along_axes = self.model.transitive
            find = self._fewest_along_axes if along_axes else self._fewest_listed
            self._distances[members] = find(members)
        return self._distances[members]

    def reached(self, members: Coalition) -> NDArray[np.bool_]:
        """Which states a format reaches, the status quo among them."""
        if members not in self._reached:
            if self.form:
                self._reached[members] = self.form.reach_from(self.start, members)
            else:
                self._reached[members] = self.distances(members) >= 0
        return self._reached[members]

    def _fewest_along_axes(self, members: Coalition) -> NDArray[np.int32]:
        """Fewest moves to each state, where two moves of a party in a row are one move."""
        distances = np.full(self.model.space.count, -1, dtype=np.int32)
        last = np.zeros(distances.size, dtype=np.bool_)
        last[self.start] = True
        moves = 0
        while last.any():
            distances[last] = moves
            moves += 1
            last = self._led_to(members, last) & (distances < 0)
        return distances

    def _led_to(self, members: Coalition, here: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """To which states one move of a format leads from some states, these among them."""
        model = self.model
        nodes = model.by_node(here)
        led_to = np.zeros_like(nodes)
        for party in members:
            axis = model.moves.axes[party]
            own = nodes.reshape(axis.shape)
            pattern, reached_from = one_way_patterns(axis)
            left = np.stack(
                [own[:, pattern == one].any(axis=1) for one in range(len(reached_from))]
            )
            reached = np.stack([left[before].any(axis=0) for before in reached_from.T], axis=1)
            led_to |= reached.take(pattern, axis=1).reshape(-1)
        found = model.by_state(led_to)
        for package in self.packages_of(members):
            found[package.targets[here[package.sources]]] = True
        return found

    def _fewest_listed(self, members: Coalition) -> NDArray[np.int32]:
        """Fewest moves to each state of legal sequences, by lists of moves."""
        start = np.zeros(self.model.space.count, dtype=np.bool_)
        start[self.start] = True
        far = np.iinfo(np.int32).max
        movers = [mover for mover in self.movers if mover.members <= set(members)]
        by_mover = distances_from(movers, start, improving=False)
        distances = np.where(by_mover < 0, far, by_mover).min(axis=0, initial=far)
        distances[self.start] = 0
        distances[distances == far] = -1
        result: NDArray[np.int32] = distances.astype(np.int32)
        return result

    @property
    def told(self) -> GraphModel:
        """By what results are told in words."""
        return self.model

    def draft(self, chosen: ChosenFormat) -> FormatDraft:
        """What a format reaches and holds."""
        members = chosen.members
        outsiders = [party for party in range(len(self.ranks)) if party not in members]
        blocks = (members, *((party,) for party in outsiders))
        packages = self.packages_of(members)
        graph = self.coalitions.with_packages(packages)
        stays = graph.stable(self.concept, members, blocks[1:])
        holds = stays.copy()
        for block in blocks[1:]:
            holds &= graph.stable(self.concept, block, tuple(b for b in blocks if b != block))
        own = self.ranks[list(members)]
        return FormatDraft(
            chosen=chosen,
            packages=tuple(one.package for one in packages),
            reached=self.distances(members) >= 0,
            stays=stays,
            holds=holds,
            gains=(own > own[:, [self.start]]).all(axis=0),
            play_of_its_own=graph,
        )

    def drafts(self, chosen: Sequence[ChosenFormat]) -> Iterator[FormatDraft]:
        """The same of several, in order; in threads where most of the work is compiled."""
        if not self.form:
            return super().drafts(chosen)
        return in_threads(self.draft, chosen, processors())

    def count(self, states: NDArray[np.bool_]) -> int:
        """How many states a set has."""
        return int(np.count_nonzero(states))

    def has(self, states: NDArray[np.bool_], state: int) -> bool:
        """Whether a state is in a set."""
        return bool(states[state])

    def number(self, state: int) -> int:
        """Number of a state."""
        return state + 1

    def rank(self, party: int, state: int) -> int:
        """A party's rank of a state."""
        return int(self.ranks[party, state])

    def moves_to(self, draft: FormatDraft, state: int) -> int:
        """Fewest moves in which a format reaches a state."""
        return int(self.distances(draft.chosen.members)[state])

    def spoils(
        self, draft: FormatDraft, party: int, state: int, inside: NDArray[np.bool_] | None
    ) -> tuple[int, bool] | None:
        """Where an outsider's best improvement that nothing deters leads; whether out of a set."""
        others = draft.blocks_against(party, len(self.ranks))
        graph: CoalitionGraph = draft.play_of_its_own
        free = graph.unsanctioned(self.concept, party, state, others)
        leaving = free if inside is None else free[~inside[free]]
        best_first = leaving if leaving.size else free
        return (int(best_first[0]), leaving.size > 0) if free.size else None

    def judged(self, draft: FormatDraft, among: NDArray[np.bool_]) -> int | None:
        """The state, among some that a format reaches, by which it is judged."""
        states = np.flatnonzero(among)
        if not states.size:
            return None
        merit = 4 * draft.gains[states] + 2 * draft.holds[states] + draft.stays[states]
        states = states[merit == merit.max()]
        own = self.ranks[list(draft.chosen.members)]
        order = np.lexsort((states, self.changed[states]))
        for state in states[order].tolist():
            if not (own[:, states] > own[:, [state]]).all(axis=0).any():
                return int(state)
        raise AssertionError("some state is not preferred to by all")

    def alone_at(self, party: int, state: int) -> bool:
        """Whether a state is stable for a party where every party stands alone."""
        return bool(self.alone[party, state])

    @property
    def count_alone(self) -> int:
        """How many states are stable for each party by itself."""
        return int(np.count_nonzero(self.alone.all(axis=0)))

    @cached_property
    def alone(self) -> NDArray[np.bool_]:
        """Shape (parties, states): whether a state is stable for each party by itself."""
        parties = self.model.dispute.parties
        analysis = self.known
        if analysis is None or analysis.packages or self.concept not in analysis.concepts:
            if self.form:
                # The same: each party against all others, of whom none act together.
                alone = [(party,) for party in range(len(parties))]
                others = [tuple(one for one in alone if one != party) for party in alone]
                stable = self.coalitions.stable
                return np.array(
                    [stable(self.concept, *one) for one in zip(alone, others, strict=True)]
                )
            analysis = whole(analyse_model(self.model, [self.concept]))
        return np.array([analysis.stable(self.concept, party.id) for party in parties])

    def packages_of(self, members: Coalition) -> list[PackageMoves]:
        """Packages that a format can carry out by itself."""
        return [one for one in self.packages if one.members <= set(members)]


def results_of_play(
    play: FormatPlay,
    chosen: Sequence[ChosenFormat],
    *,
    every_subset: bool,
    progress: Progress | None = None,
) -> FormatAnalysis:
    """What formats can reach and hold, who is left out, and who can spoil it.

    Parameters
    ----------
    play
        The play.
    chosen
        The formats.
    every_subset
        Whether these are all sets of parties.
    progress
        Called as the work goes on.
    """
    drafts: list[FormatDraft] = []
    found_of_each = play.drafts(chosen)
    for number, one in enumerate(chosen):
        if progress:
            progress(one.name, number / len(chosen))
        drafts.append(next(found_of_each))
    results = tuple(results_of_drafts(play, drafts))
    members = [one.members for one in chosen]
    found = FormatAnalysis(
        play.told,
        play.concept,
        play.number(play.start),
        every_subset,
        results,
        {
            one.id: needed_for(play.dispute, who_reaches(play, one.id, members), results)
            for one in play.dispute.outcomes
        },
        play.count_alone,
    )
    if progress:
        progress("", 1.0)
    return found


def results_of_drafts(play: FormatPlay, drafts: Sequence[FormatDraft]) -> Iterator[FormatResult]:
    """What comes of each format, of all of which it is known what they reach and hold."""
    drafts = [
        replace(one, result=play.judged(one, one.reached & one.holds & one.gains)) for one in drafts
    ]
    yardsticks = _yardsticks(play, drafts)
    for draft in drafts:
        yield _result(play, draft, yardsticks)


def _yardsticks(play: FormatPlay, drafts: Sequence[FormatDraft]) -> dict[int, tuple[int, str]]:
    """For each party, its best rank at the results of formats that include it, and which."""
    best: dict[int, tuple[int, str]] = {}
    for draft in drafts:
        if draft.result is None:
            continue
        for party in draft.chosen.members:
            rank = play.rank(party, draft.result)
            if party not in best or rank > best[party][0]:
                best[party] = (rank, draft.chosen.name)
    return best


def _standings(
    play: FormatPlay,
    draft: FormatDraft,
    state: Any,
    yardsticks: dict[int, tuple[int, str]],
    inside: Any | None = None,
) -> tuple[OutsiderStanding, ...]:
    """How outsiders stand at a state; `inside` tells which states belong to the outcome."""
    found = []
    for party in draft.outsiders(len(play.dispute.parties)):
        rank, before = play.rank(party, state), play.rank(party, play.start)
        best, where = yardsticks.get(party, (rank, ""))
        role: Role
        if rank < before or rank < best:
            role = "sidelined"
        else:
            role = "beneficiary" if rank > before else "indifferent"
        spoils = play.spoils(draft, party, state, inside)
        found.append(
            OutsiderStanding(
                party=play.dispute.parties[party].id,
                rank=rank,
                status_quo_rank=before,
                role=role,
                better_in=where if rank < best else None,
                spoiling=None
                if spoils is None
                else Spoiling(
                    play.number(spoils[0]), play.rank(party, spoils[0]), leaves=spoils[1]
                ),
            )
        )
    return tuple(found)


def _result(
    play: FormatPlay, draft: FormatDraft, yardsticks: dict[int, tuple[int, str]]
) -> FormatResult:
    members, result = draft.chosen.members, draft.result
    return FormatResult(
        id=draft.chosen.id,
        name=draft.chosen.name,
        parties=tuple(play.dispute.parties[member].id for member in members),
        packages=draft.packages,
        reached=play.count(draft.reached),
        held=play.count(draft.reached & draft.holds),
        state=None if result is None else play.number(result),
        in_outcomes=tuple(
            outcome
            for outcome, inside in play.inside.items()
            if result is not None and play.has(inside, result)
        ),
        defectors=play.defectors(members, result),
        outsiders=_standings(play, draft, play.start if result is None else result, yardsticks),
        outcomes=tuple(
            _outcome_result(play, draft, outcome, yardsticks) for outcome in play.inside
        ),
    )


def _outcome_result(
    play: FormatPlay, draft: FormatDraft, outcome: str, yardsticks: dict[int, tuple[int, str]]
) -> FormatOutcome:
    inside = play.inside[outcome]
    among = draft.reached & inside
    state = play.judged(draft, among)
    found = state is not None
    return FormatOutcome(
        outcome=outcome,
        reached=play.count(among),
        held=play.count(among & draft.holds),
        gained=play.count(among & draft.gains),
        state=play.number(state) if found else None,
        moves=play.moves_to(draft, state) if found else None,
        holds=found and play.has(draft.holds, state),
        gains=found and play.has(draft.gains, state),
        members_stay=found and play.has(draft.stays, state),
        defectors=play.defectors(draft.chosen.members, state),
        outsiders=_standings(play, draft, state, yardsticks, inside) if found else (),
    )


# Who is needed ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reaching:
    """Who is needed to reach an outcome; what it is to :class:`Needed` before holding is known.

    Attributes
    ----------
    outcome
        Id of the outcome.
    at_status_quo
        Whether the status quo belongs to it.
    needed, enough
        Numbers of the parties without whom nobody reaches it, and sets of parties that reach it.
    """

    outcome: str
    at_status_quo: bool
    needed: tuple[int, ...]
    enough: tuple[frozenset[int], ...]


def who_reaches(play: FormatPlay, outcome: str, formats: Sequence[Coalition]) -> Reaching:
    """Who is needed to reach an outcome from the status quo.

    Of more than 8 parties only some formats are tried, given by the numbers of their members.
    """
    inside = play.inside[outcome]
    everyone = range(len(play.dispute.parties))

    def reaches(members: Coalition) -> bool:
        return play.count(play.reached(members) & inside) > 0

    at_status_quo = play.has(inside, play.start)
    needed: list[int] = []
    enough: list[frozenset[int]] = []
    if not at_status_quo and reaches(tuple(everyone)):
        needed = [p for p in everyone if not reaches(tuple(q for q in everyone if q != p))]
        sets = all_coalitions(everyone) if len(everyone) <= _MOST_PARTIES else formats
        for members in sets:
            # The smaller sets come first, and whoever contains one that is enough is enough.
            if not any(one <= set(members) for one in enough) and reaches(members):
                enough.append(frozenset(members))
    return Reaching(outcome, at_status_quo, tuple(needed), tuple(enough))


def needed_for(dispute: Dispute, reaching: Reaching, results: Sequence[FormatResult]) -> Needed:
    """Who is needed for an outcome, by who reaches it and what formats hold."""

    def ids(members: Iterable[int]) -> tuple[str, ...]:
        return tuple(dispute.parties[member].id for member in sorted(members))

    numbers = dispute.party_numbers
    holding = [
        frozenset(numbers[party] for party in one.parties)
        for one in results
        if one.outcome(reaching.outcome).held
    ]
    in_all = frozenset.intersection(*holding) if holding else frozenset[int]()
    return Needed(
        outcome=reaching.outcome,
        at_status_quo=reaching.at_status_quo,
        to_reach=ids(reaching.needed),
        to_hold=ids(in_all),
        enough_to_reach=tuple(ids(one) for one in _smallest(reaching.enough)),
        enough_to_hold=tuple(ids(one) for one in _smallest(holding)),
    )


def _smallest(sets: Sequence[frozenset[int]]) -> list[frozenset[int]]:
    """Those that contain no other, the smallest first."""
    kept = [one for one in dict.fromkeys(sets) if not any(other < one for other in sets)]
    return sorted(kept, key=lambda one: (len(one), sorted(one)))
