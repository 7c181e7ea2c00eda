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

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Dispute
from detente.dispute.errors import DisputeError, LimitError
from detente.dispute.names import format_named, unknown_name
from detente.dispute.result import Result, whole
from detente.space.cube import one_way_patterns
from detente.space.graph_model import GraphModel
from detente.space.package_moves import PackageMoves, package_moves
from detente.stability.analysis import Analysis, Progress, analyse_model
from detente.stability.coalitions import (
    Coalition,
    CoalitionGraph,
    all_coalitions,
    coalition_concepts,
    coalition_numbers,
)
from detente.stability.paths import MoverMoves, distances_from, movers_of
from detente.stability.prepared_model import graph_model
from detente.stability.strategic_form import strategic_form

__all__ = [
    "FormatAnalysis",
    "FormatOutcome",
    "FormatResult",
    "Needed",
    "OutsiderStanding",
    "Role",
    "Spoiling",
    "analyse_formats",
    "analyse_formats_of",
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
        The graph model that was analysed.
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
        How many states are stable under the concept for each party by itself.
    """

    model: GraphModel
    concept: str
    status_quo: int
    every_subset: bool
    formats: tuple[FormatResult, ...]
    vetoes: dict[str, Needed] = field(repr=False)
    equilibrium_count: int

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
    progress: Progress | None = None,
) -> FormatAnalysis:
    """Find out what formats can reach and hold, who is left out, and who can spoil it.

    Parameters
    ----------
    dispute
        The dispute; it needs a status quo.
    formats
        Ids of the formats; all named formats where left out.
    concept
        Nash, GMR, SMR or SEQ.
    every_subset
        Whether every set of parties is analysed, named or not.
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
        graph_model(dispute), formats, name, every_subset=every_subset, progress=progress
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
    dispute = model.dispute
    if model.status_quo is None:
        raise DisputeError(
            "formats are judged from the status quo, and this dispute names none",
            path=dispute.path,
            key="status_quo",
        )
    chosen = _chosen(dispute, formats, every_subset=every_subset)
    play = _Play(model, concept, model.status_quo, known)
    drafts = []
    for number, one in enumerate(chosen):
        if progress:
            progress(one.name, number / len(chosen))
        drafts.append(_draft(play, one))
    yardsticks = _yardsticks(play, drafts)
    results = tuple(_result(play, draft, yardsticks) for draft in drafts)
    everyone = range(len(dispute.parties))
    needed = {one.id: _needed(play, one.id, drafts, everyone) for one in dispute.outcomes}
    if progress:
        progress("", 1.0)
    alone = int(np.count_nonzero(play.alone.all(axis=0)))
    return FormatAnalysis(
        model, concept, model.status_quo + 1, every_subset, results, needed, alone
    )


# Which formats ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Chosen:
    id: str
    name: str
    members: Coalition


def _chosen(
    dispute: Dispute, formats: Sequence[str] | None, *, every_subset: bool
) -> list[_Chosen]:
    named = dispute.formats if formats is None else [format_named(dispute, f) for f in formats]
    chosen = [_Chosen(f.id, f.name, coalition_numbers(dispute, f.parties)) for f in named]
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
                    _Chosen(
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


class _Play:
    """What every format of a dispute shares: movers, ranks, outcomes."""

    def __init__(
        self,
        model: GraphModel,
        concept: str,
        start: int,
        known: Analysis | None = None,
    ) -> None:
        self.model = model
        self.concept = concept
        self.start = start
        self.known = known
        self.ranks = np.array([model.ranks(p) for p in range(len(model.dispute.parties))])
        self.packages = package_moves(model)
        self.form = strategic_form(model, self.packages)
        self.coalitions = CoalitionGraph(model)
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

    def defectors(self, members: Coalition, state: int | None) -> tuple[str, ...]:
        """Members for whom a state is not stable where every party stands alone."""
        if state is None:
            return ()
        parties = self.model.dispute.parties
        return tuple(parties[member].id for member in members if not self.alone[member, state])

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


@dataclass(frozen=True, slots=True, eq=False)
class _Draft:
    """A format before outsiders are compared across formats."""

    chosen: _Chosen
    graph: CoalitionGraph
    blocks: tuple[Coalition, ...]
    distances: NDArray[np.int32]
    stays: NDArray[np.bool_]
    holds: NDArray[np.bool_]
    gains: NDArray[np.bool_]
    result: int | None


def _draft(play: _Play, chosen: _Chosen) -> _Draft:
    members = chosen.members
    outsiders = [party for party in range(len(play.ranks)) if party not in members]
    blocks = (members, *((party,) for party in outsiders))
    graph = play.coalitions.with_packages(play.packages_of(members))
    stays = graph.stable(play.concept, members, blocks[1:])
    holds = stays.copy()
    for block in blocks[1:]:
        holds &= graph.stable(play.concept, block, tuple(b for b in blocks if b != block))
    own = play.ranks[list(members)]
    gains = np.asarray((own > own[:, [play.start]]).all(axis=0), dtype=np.bool_)
    distances = play.distances(members)
    draft = _Draft(chosen, graph, blocks, distances, stays, holds, gains, None)
    result = _judged(play, draft, (distances >= 0) & holds & gains)
    return _Draft(chosen, graph, blocks, distances, stays, holds, gains, result)


def _judged(play: _Play, draft: _Draft, among: NDArray[np.bool_]) -> int | None:
    """The state, among some that a format reaches, by which it is judged.

    States that every member prefers to the status quo come first, within these the states that
    hold, and then those at which the members would stay; of what is left, states to which the
    members do not all prefer another; of these, the one in which fewest options differ from the
    status quo, by the lowest number.
    """
    states = np.flatnonzero(among)
    if not states.size:
        return None
    merit = 4 * draft.gains[states] + 2 * draft.holds[states] + draft.stays[states]
    states = states[merit == merit.max()]
    own = play.ranks[list(draft.chosen.members)]
    order = np.lexsort((states, play.changed[states]))
    for state in states[order].tolist():
        if not (own[:, states] > own[:, [state]]).all(axis=0).any():
            return int(state)
    raise AssertionError("some state is not preferred to by all")


def _yardsticks(play: _Play, drafts: Sequence[_Draft]) -> dict[int, tuple[int, str]]:
    """For each party, its best rank at the results of formats that include it, and which."""
    best: dict[int, tuple[int, str]] = {}
    for draft in drafts:
        if draft.result is None:
            continue
        for party in draft.chosen.members:
            rank = int(play.ranks[party, draft.result])
            if party not in best or rank > best[party][0]:
                best[party] = (rank, draft.chosen.name)
    return best


def _standings(
    play: _Play,
    draft: _Draft,
    state: int,
    yardsticks: dict[int, tuple[int, str]],
    inside: NDArray[np.bool_] | None = None,
) -> tuple[OutsiderStanding, ...]:
    """How outsiders stand at a state; `inside` tells which states belong to the outcome."""
    found = []
    for block in draft.blocks[1:]:
        (party,) = block
        others = tuple(one for one in draft.blocks if one != block)
        free = draft.graph.unsanctioned(play.concept, party, state, others)
        leaving = free if inside is None else free[~inside[free]]
        best_move = leaving if leaving.size else free
        own = play.ranks[party]
        rank, before = int(own[state]), int(own[play.start])
        best, where = yardsticks.get(party, (rank, ""))
        role: Role
        if rank < before or rank < best:
            role = "sidelined"
        else:
            role = "beneficiary" if rank > before else "indifferent"
        found.append(
            OutsiderStanding(
                party=play.model.dispute.parties[party].id,
                rank=rank,
                status_quo_rank=before,
                role=role,
                better_in=where if rank < best else None,
                spoiling=Spoiling(
                    int(best_move[0]) + 1, int(own[best_move[0]]), leaves=leaving.size > 0
                )
                if free.size
                else None,
            )
        )
    return tuple(found)


def _result(play: _Play, draft: _Draft, yardsticks: dict[int, tuple[int, str]]) -> FormatResult:
    reached = draft.distances >= 0
    outcomes = []
    for outcome, inside in play.inside.items():
        among = reached & inside
        state = _judged(play, draft, among)
        outcomes.append(
            FormatOutcome(
                outcome=outcome,
                reached=int(np.count_nonzero(among)),
                held=int(np.count_nonzero(among & draft.holds)),
                gained=int(np.count_nonzero(among & draft.gains)),
                state=None if state is None else state + 1,
                moves=None if state is None else int(draft.distances[state]),
                holds=state is not None and bool(draft.holds[state]),
                gains=state is not None and bool(draft.gains[state]),
                members_stay=state is not None and bool(draft.stays[state]),
                defectors=play.defectors(draft.chosen.members, state),
                outsiders=()
                if state is None
                else _standings(play, draft, state, yardsticks, inside),
            )
        )
    parties = play.model.dispute.parties
    result = draft.result
    return FormatResult(
        id=draft.chosen.id,
        name=draft.chosen.name,
        parties=tuple(parties[member].id for member in draft.chosen.members),
        packages=tuple(one.package for one in draft.graph.packages),
        reached=int(np.count_nonzero(reached)),
        held=int(np.count_nonzero(reached & draft.holds)),
        state=None if result is None else result + 1,
        in_outcomes=tuple(
            outcome
            for outcome, inside in play.inside.items()
            if result is not None and inside[result]
        ),
        defectors=play.defectors(draft.chosen.members, result),
        outsiders=_standings(play, draft, play.start if result is None else result, yardsticks),
        outcomes=tuple(outcomes),
    )


# Who is needed ---------------------------------------------------------------------------------


def _needed(play: _Play, outcome: str, drafts: Sequence[_Draft], everyone: Sequence[int]) -> Needed:
    inside = play.inside[outcome]

    def reaches(members: Coalition) -> bool:
        return bool((play.reached(members) & inside).any())

    def ids(members: Iterable[int]) -> tuple[str, ...]:
        return tuple(play.model.dispute.parties[member].id for member in sorted(members))

    holding = [
        frozenset(draft.chosen.members)
        for draft in drafts
        if (inside & draft.holds & (draft.distances >= 0)).any()
    ]
    in_all = frozenset(everyone).intersection(*holding) if holding else frozenset[int]()
    needs_a_move = not inside[play.start]
    to_reach: list[int] = []
    enough: list[frozenset[int]] = []
    if needs_a_move and reaches(tuple(everyone)):
        to_reach = [p for p in everyone if not reaches(tuple(q for q in everyone if q != p))]
        if len(everyone) <= _MOST_PARTIES:
            sets = all_coalitions(everyone)
        else:
            sets = tuple(draft.chosen.members for draft in drafts)
        for members in sets:
            # The smaller sets come first, and whoever contains one that is enough is enough.
            if not any(one <= set(members) for one in enough) and reaches(members):
                enough.append(frozenset(members))
    return Needed(
        outcome=outcome,
        at_status_quo=not needs_a_move,
        to_reach=ids(to_reach),
        to_hold=ids(in_all),
        enough_to_reach=tuple(ids(one) for one in _smallest(enough)),
        enough_to_hold=tuple(ids(one) for one in _smallest(holding)),
    )


def _smallest(sets: Sequence[frozenset[int]]) -> list[frozenset[int]]:
    """Those that contain no other, the smallest first."""
    kept = [one for one in dict.fromkeys(sets) if not any(other < one for other in sets)]
    return sorted(kept, key=lambda one: (len(one), sorted(one)))
