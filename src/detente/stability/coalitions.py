"""Coalition stability: which states a coalition would leave together, and what deters it.

:func:`analyse_coalitions` is the whole analysis. Other parts of detente build on
:class:`CoalitionGraph`::

    graph = CoalitionGraph(model, packages=moves)   # packages may be left out
    graph.moves(coalition)                                # CoalitionMoves: R_H(s)
    graph.stable("SEQ", coalition, sanctioning)           # bool by state index
    graph.responses("SEQ", party, sanctioning)            # what a party can count on, by state

where `coalition` is a sequence of party numbers and `sanctioning` the coalitions that may react.

References
----------
.. [1] T. Inohara and K. W. Hipel, "Coalition analysis in the graph model for conflict
   resolution", Systems Engineering 11 (2008).
.. [2] T. Inohara and K. W. Hipel, "Interrelationships among noncooperative and coalition
   stability concepts", Journal of Systems Science and Systems Engineering 17 (2008).
.. [3] R. J. Aumann, "Acceptable points in general cooperative n-person games", in *Contributions
   to the Theory of Games IV* (1959): strong equilibria.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Dispute
from detente.dispute.errors import DisputeError, LimitError
from detente.dispute.names import party_number, unknown_name
from detente.dispute.result import Result
from detente.space.graph import Values
from detente.space.graph_model import GraphModel
from detente.space.package_moves import PackageMoves, package_moves
from detente.space.shared_work import processors
from detente.space.threads import in_threads
from detente.stability.analysis import Progress
from detente.stability.coalition_fronts import (
    HIGHEST,
    Fronts,
    fronts,
    held_symmetrically,
    least_preferred,
)
from detente.stability.coalition_moves import (
    Coalition,
    CoalitionMoves,
    coalition_moves,
    joint_moves,
    left_by_listed_joint_moves,
    united,
)
from detente.stability.concept_registry import concepts_serving, known_concept
from detente.stability.prepared_model import graph_model
from detente.stability.strategic_coalitions import StrategicCoalitions
from detente.stability.strategic_form import StrategicForm, leads_within_reach, strategic_form

__all__ = [
    "Coalition",
    "CoalitionAnalysis",
    "CoalitionGraph",
    "all_coalitions",
    "analyse_coalitions",
    "analyse_coalitions_of",
    "chosen_coalitions",
    "coalition_concepts",
    "coalition_numbers",
    "coalitions_against",
    "fixed_coalitions",
]


# All coalitions of more parties than this are too many.
_MOST_PARTIES = 8


class CoalitionGraph:
    """A graph model as coalitions see it: what each can reach, improve and sanction.

    Parameters
    ----------
    model
        The graph model.
    packages
        Joint moves between its states, made by coalitions that contain all their members.
    """

    def __init__(self, model: GraphModel, packages: Sequence[PackageMoves] = ()) -> None:
        self.model = model
        self.packages = tuple(packages)
        parties = range(len(model.dispute.parties))
        self.ranks = np.array([model.ranks(party) for party in parties], dtype=np.int32)
        self._moves: dict[Coalition, CoalitionMoves] = {}
        # Of coalitions that make no package by themselves.
        self._without_packages: dict[Coalition, CoalitionMoves] = {}
        self._improving: dict[Coalition, bool] = {}
        self._responses: dict[tuple[bool, int, tuple[Coalition, ...]], NDArray[np.int32]] = {}
        self._without = strategic_form(model)
        self._strategic = StrategicCoalitions(self._without, self.ranks) if self._without else None
        self._within_reach: dict[PackageMoves, bool] = {}
        self._form = self._form_with(self.packages)

    def _form_with(self, packages: Sequence[PackageMoves]) -> StrategicForm | None:
        """The strategic form, if packages lead nowhere where their members do not go anyway."""
        form, known = self._without, self._within_reach
        if form is None:
            return None
        for package in packages:
            if package not in known:
                known[package] = leads_within_reach(form, package)
        return form if all(known[package] for package in packages) else None

    def with_packages(self, packages: Sequence[PackageMoves]) -> CoalitionGraph:
        """The same with other packages; what does not depend on them is shared."""
        other = copy(self)
        other.packages = tuple(packages)
        other._moves, other._improving, other._responses = {}, {}, {}
        other._form = self._form_with(other.packages)
        return other

    @property
    def form(self) -> StrategicForm | None:
        """The strategic form of the model, if it has one."""
        return self._form

    def moves(self, coalition: Coalition) -> CoalitionMoves:
        """R_H(s) of a coalition, for every state."""
        known = self._moves if self._makes_packages(coalition) else self._without_packages
        if coalition not in known:
            if self._form:
                known[coalition] = self._form.moves(coalition)
            else:
                known[coalition] = coalition_moves(self.model, coalition, self.packages)
        return known[coalition]

    def _reached_from(self, state: int, coalition: Coalition) -> NDArray[np.int64]:
        """R_H(s) of a coalition at one state, which may be among them."""
        if self._form:
            return self._form.reached_from(state, coalition)
        return self.moves(coalition).reached_from(state)

    def _least_within_reach(
        self, coalition: Coalition, values: NDArray[np.int32]
    ) -> NDArray[np.int32]:
        """Least value that a coalition can reach from each state, or by staying."""
        if self._form:
            return self._form.least_reached(values, coalition)
        return self.moves(coalition).least(values)

    def _makes_packages(self, coalition: Coalition) -> bool:
        return any(package.members <= set(coalition) for package in self.packages)

    def improvements(self, coalition: Coalition, state: int) -> NDArray[np.int64]:
        """R++_H(s): state indices in R_H(s) that every member prefers strictly."""
        reached = self._reached_from(state, coalition)
        own = self.ranks[list(coalition)]
        better: NDArray[np.int64] = reached[(own[:, reached] > own[:, [state]]).all(axis=0)]
        return better

    def responses(
        self, concept: str, party: int, sanctioning: tuple[Coalition, ...]
    ) -> NDArray[np.int32]:
        """What a party can count on at each state if others react in the worst way for it.

        Parameters
        ----------
        concept
            Nash (nobody reacts), GMR or SMR (those who sanction make any moves), or SEQ (they
            make coalition improvements).
        party
            Number of the party.
        sanctioning
            The coalitions that may react.

        Returns
        -------
        numpy.ndarray of int32
            For each state index, the least rank of the party that they can bring about from
            there, or that staying there gives.
        """
        ranks: NDArray[np.int32] = self.ranks[party]
        if concept == "Nash":
            return ranks
        credible = concept == "SEQ"
        if credible and self._form and self._strategic:
            return self._strategic.response(party, sanctioning)
        key = (credible, party, sanctioning)
        if key not in self._responses:
            if credible:
                self._responses[key] = self._credible_response(ranks, sanctioning)
            else:
                self._responses[key] = self._least_within_reach(united(sanctioning), ranks)
        return self._responses[key]

    def unsanctioned(
        self, concept: str, party: int, state: int, sanctioning: tuple[Coalition, ...]
    ) -> NDArray[np.int64]:
        """A single party's improvements from one state that nothing deters.

        Parameters
        ----------
        concept, sanctioning
            As in :meth:`stable`.
        party
            Number of the party.
        state
            Index of the state.

        Returns
        -------
        numpy.ndarray of int64
            State indices, the party's most preferred first.
        """
        own: NDArray[np.int32] = self.ranks[party]
        worth = self._counted_on(concept, party, sanctioning)
        if self._makes_packages((party,)):
            targets = self.moves((party,)).reached_from(state)
        else:
            targets = self.model.moves_from(state, party)
        free = targets[worth[targets] > own[state]]
        best_first: NDArray[np.int64] = free[np.argsort(-own[free], kind="stable")]
        return best_first

    def departures(
        self, concept: str, coalition: Coalition, state: int, sanctioning: tuple[Coalition, ...]
    ) -> Iterator[int]:
        """A coalition's improvements from one state that nothing deters.

        Parameters
        ----------
        concept, coalition, sanctioning
            As in :meth:`stable`.
        state
            Index of the state.

        Yields
        ------
        int
            Indices of the states to which it leaves; those that change the fewest options first.
        """
        if len(coalition) == 1:
            targets = np.sort(self.unsanctioned(concept, coalition[0], state, sanctioning))
        else:
            targets = self.improvements(coalition, state)
        levels = self.model.space.assignments(np.array([state, *targets.tolist()]))
        changed = np.count_nonzero(levels[1:] != levels[0], axis=1)
        targets = targets[np.argsort(changed, kind="stable")]
        if len(coalition) == 1:
            yield from targets.tolist()
            return
        here = self.ranks[list(coalition), state][:, None]
        kept = "GMR" if concept == "SMR" else concept
        worth = np.array([self.responses(kept, party, sanctioning) for party in coalition])
        free = np.all(worth[:, targets] > here, axis=0)
        escapes: NDArray[np.bool_] | None = None
        for target, undeterred in zip(targets.tolist(), free.tolist(), strict=True):
            if undeterred:
                yield target
            elif concept == "SMR":
                # A sanction deters if the coalition cannot get away from it.
                if escapes is None:
                    missed = np.any(self.ranks[list(coalition)] <= here, axis=0)
                    away = self._least_within_reach(coalition, missed.astype(np.int32))
                    escapes = away == 0
                answers = self._reached_from(target, united(sanctioning))
                hurt = (self.ranks[list(coalition)][:, answers] <= here).any(axis=0)
                if not (hurt & ~escapes[answers]).any():
                    yield target

    def stable(
        self, concept: str, coalition: Coalition, sanctioning: tuple[Coalition, ...]
    ) -> NDArray[np.bool_]:
        """Coalition stability of every state for one coalition.

        Parameters
        ----------
        concept
            One that serves coalitions. State *s* is stable for *H* when R++_H(s) is empty
            (Nash), or when each *s1* in R++_H(s) is sanctioned: there is an *s2* that some member
            of *H* does not prefer to *s*,

            - GMR: in R_O(s1);
            - SMR: the same, and each *s3* in R_H(s2) has a member who does not prefer it to *s*;
            - SEQ: reached from *s1* by a sequence of coalition improvements.
        coalition
            Numbers of the members of *H*.
        sanctioning
            The coalitions that may react; together they are *O*.

        Returns
        -------
        numpy.ndarray of bool
            For each state index.

        References
        ----------
        [1]_, [2]_
        """
        if self._form and self._strategic:
            return self._strategic.stable(concept, coalition, sanctioning)
        if len(coalition) == 1:
            (party,) = coalition
            worth_of_one = self._counted_on(concept, party, sanctioning)
            held: NDArray[np.bool_] = self._best_reach(worth_of_one, party) <= self.ranks[party]
            return held
        own = self.ranks[list(coalition)]
        kept = "GMR" if concept == "SMR" else concept
        worth = np.array([self.responses(kept, party, sanctioning) for party in coalition])
        # A response never lies above staying, so what is left above the rank at the start is an
        # improvement, and one for which no sanction hurts any member.
        nothing = np.zeros(own.shape[1], dtype=np.int32)
        stable = self._least_preferred(coalition, worth, nothing) == HIGHEST
        if concept == "SMR":
            open_ = stable & (self._least_preferred(coalition, own, nothing) != HIGHEST)
            candidates = np.flatnonzero(open_)
            ours, theirs = self.moves(coalition), self.moves(united(sanctioning))
            stable[candidates] = held_symmetrically(ours, theirs, own, candidates)
        return np.asarray(stable, dtype=np.bool_)

    def left_by_a_joint_move(
        self, coalition: Coalition, states: NDArray[np.integer]
    ) -> NDArray[np.bool_]:
        """From which of some states a joint move leads to one that every member prefers strictly.

        The dispute has neither guards nor coalesced states nor listed moves; see
        :func:`detente.stability.coalition_moves.joint_moves`.
        """
        own = self.ranks[list(coalition)]
        if not self.model.on_cube:
            return left_by_listed_joint_moves(self.model, coalition, own, states)
        nothing = np.zeros(own.shape[1], dtype=np.int32)
        moves = joint_moves(self.model, coalition)
        left: NDArray[np.bool_] = self._least(moves, coalition, own, nothing)[states] != HIGHEST
        return left

    def _counted_on(
        self, concept: str, party: int, sanctioning: tuple[Coalition, ...]
    ) -> NDArray[np.int32]:
        """At each state, the least rank of one party among staying, sanctions and its answers."""
        own: NDArray[np.int32] = self.ranks[party]
        if concept == "SMR":
            # What the party is left with after its best answer to a sanction.
            answered = self._best_reach(own, party)
            worth = self._least_within_reach(united(sanctioning), answered)
        else:
            worth = self.responses(concept, party, sanctioning)
        return np.minimum(worth, own)

    def _best_reach(self, values: NDArray[np.int32], party: int) -> NDArray[np.int32]:
        """Greatest value that one party can reach by itself or by staying."""
        if self._makes_packages((party,)):
            greatest: NDArray[np.int32] = -self.moves((party,)).least(-values)
            return greatest
        best = self.model.graph.best_reach(self._by_node(values), party)
        return self._by_state(best)

    def _by_node(self, values: NDArray[np.int32]) -> NDArray[np.int32]:
        """Values by state as values by node of the graph."""
        return self.model.by_node(values, HIGHEST)

    def _by_state(self, values: Values) -> NDArray[np.int32]:
        """Values by node of the graph as values by state."""
        nodes: NDArray[np.int32] = values.astype(np.int32, copy=False)
        return self.model.by_state(nodes)

    def _least_preferred(
        self, coalition: Coalition, keys: NDArray[np.int32], values: NDArray[np.int32]
    ) -> NDArray[np.int32]:
        """Least value reached whose keys all exceed the members' ranks at the start."""
        return self._least(self.moves(coalition), coalition, keys, values)

    def _least(
        self,
        moves: CoalitionMoves,
        coalition: Coalition,
        keys: NDArray[np.int32],
        values: NDArray[np.int32],
    ) -> NDArray[np.int32]:
        found = fronts(moves.members, moves.member_group, moves.groups, keys, values)
        return self._least_in(found, moves, coalition, keys, values, np.full_like(values, HIGHEST))

    def _least_in(
        self,
        found: Fronts,
        moves: CoalitionMoves,
        coalition: Coalition,
        keys: NDArray[np.int32],
        values: NDArray[np.int32],
        ceilings: NDArray[np.int32],
    ) -> NDArray[np.int32]:
        everywhere = np.arange(values.size)
        own = self.ranks[list(coalition)]
        reaching = (moves.group, moves.starts, moves.reached)
        return least_preferred(found, reaching, everywhere, keys, own, values, ceilings)

    def _credible_response(
        self, values: NDArray[np.int32], sanctioning: tuple[Coalition, ...]
    ) -> NDArray[np.int32]:
        """Least value reached by sequences of coalition improvements, none moving twice in a row.

        Values only fall, so the rounds end.
        """
        if self.model.transitive:
            return self._credible_where_transitive(values, sanctioning)
        able = [one for one in sanctioning if self._improves_somewhere(one)]
        after = [values] * len(able)
        while True:
            following = [
                self._least_preferred(one, self.ranks[list(one)], left)
                for one, left in zip(able, after, strict=True)
            ]
            updated = []
            for last in range(len(able)):
                others = [least for one, least in enumerate(following) if one != last]
                updated.append(np.minimum.reduce([values, *others]))
            if all(np.array_equal(a, b) for a, b in zip(after, updated, strict=True)):
                result: NDArray[np.int32] = np.minimum.reduce([values, *following])
                return result
            after = updated

    def _credible_where_transitive(
        self, values: NDArray[np.int32], sanctioning: tuple[Coalition, ...]
    ) -> NDArray[np.int32]:
        """The same where a coalition's improvements are transitive: the plain closure is exact.

        A single party's improvements are its unilateral ones, which the graph itself follows (on
        a cube also those of a package that it makes alone).
        """
        single = [party for party, *others in sanctioning if not others]
        several = [one for one in sanctioning if len(one) > 1 and self._improves_somewhere(one)]
        worst = self._worst_by_single_parties(values, single)
        unchanged, turn = 0, 0
        while unchanged < len(several):
            response = self._improved(several[turn % len(several)], worst)
            turn += 1
            if np.array_equal(response, worst):
                unchanged += 1
            else:
                worst, unchanged = self._worst_by_single_parties(response, single), 0
        return worst

    def _worst_by_single_parties(
        self, values: NDArray[np.int32], parties: Sequence[int]
    ) -> NDArray[np.int32]:
        nodes = self._by_node(values)
        return self._by_state(self.model.graph.worst_response(nodes, parties, improving=True))

    def _improved(self, coalition: Coalition, values: NDArray[np.int32]) -> NDArray[np.int32]:
        """Least value among staying and a coalition's improvements."""
        moves, keys = self.moves(coalition), self.ranks[list(coalition)]
        lowering = moves.lowering(values)
        if not lowering.size:
            return values
        ends, group = moves.members[lowering], moves.member_group[lowering]
        found = fronts(ends, group, moves.groups, keys, values)
        return self._least_in(found, moves, coalition, keys, values, values)

    def _improves_somewhere(self, coalition: Coalition) -> bool:
        if coalition not in self._improving:
            nothing = np.zeros(self.ranks.shape[1], dtype=np.int32)
            able = self._least_preferred(coalition, self.ranks[list(coalition)], nothing) == 0
            self._improving[coalition] = bool(able.any())
        return self._improving[coalition]


# The whole analysis ----------------------------------------------------------------------------


@dataclass(frozen=True, eq=False, repr=False)
class CoalitionAnalysis(Result):
    """Which states are stable for which coalitions, under the concepts asked for.

    Attributes
    ----------
    model
        The graph model that was analysed.
    concepts
        Names of the concepts, in the order asked for.
    coalitions
        The coalitions, as ids of their members.
    acting_as_one
        Coalitions that always move as one; empty where any may form.
    packages
        Ids of the packages that counted as joint moves.
    strong
        Whether each state is a strong equilibrium of Aumann (1959): no coalition has a joint
        move to a state that all its members prefer. None where that was not worked out: not all
        coalitions were analysed, or not under Nash, or moves have guards, or states are
        coalesced.
    """

    model: GraphModel
    concepts: tuple[str, ...]
    coalitions: tuple[tuple[str, ...], ...]
    acting_as_one: tuple[tuple[str, ...], ...]
    packages: tuple[str, ...]
    _stable: Mapping[str, NDArray[np.bool_]] = field(repr=False)
    _graph: CoalitionGraph = field(repr=False)
    strong: NDArray[np.bool_] | None = field(default=None, repr=False)

    @property
    def dispute(self) -> Dispute:
        """The dispute that was analysed."""
        return self.model.dispute

    @property
    def every_coalition(self) -> bool:
        """Whether every coalition was analysed, any of which may form."""
        return not self.acting_as_one and len(self.coalitions) == 2 ** len(self.dispute.parties) - 1

    def stable(self, concept: str, coalition: Sequence[str]) -> NDArray[np.bool_]:
        """Whether each state is stable for a coalition.

        Parameters
        ----------
        concept
            One of :attr:`concepts`.
        coalition
            Ids of its members, in any order.

        Returns
        -------
        numpy.ndarray of bool
            One entry for each state.

        Raises
        ------
        DisputeError
            If the concept or the coalition was not analysed.
        """
        numbers = coalition_numbers(self.dispute, coalition)
        members = tuple(self.dispute.parties[number].id for number in numbers)
        if members not in self.coalitions:
            raise unknown_name(
                "coalition among those analysed",
                ", ".join(members),
                [", ".join(one) for one in self.coalitions],
            )
        row: NDArray[np.bool_] = self._rows(concept)[self.coalitions.index(members)]
        return row

    def stable_for_all(self, concept: str) -> NDArray[np.bool_]:
        """Whether each state is stable for every coalition analysed."""
        self._rows(concept)
        (name,) = coalition_concepts([concept])
        return self._for_all[name].copy()

    @cached_property
    def _for_all(self) -> dict[str, NDArray[np.bool_]]:
        return {name: np.asarray(rows.all(axis=0)) for name, rows in self._stable.items()}

    def equilibria(self, concept: str) -> NDArray[np.int64]:
        """Numbers of the states that are stable for every coalition analysed.

        Under Nash the strong equilibria of Aumann (1959) are among them; see :attr:`strong`.
        There are others only where a constraint is in the way: members would reach a state at
        once that they cannot reach one after the other.
        """
        return np.flatnonzero(self.stable_for_all(concept)) + 1

    def leaving(self, concept: str, state: int) -> tuple[tuple[str, ...], ...]:
        """The coalitions for which one state, given by number, is not stable."""
        if not 1 <= state <= self.model.space.count:
            raise DisputeError(
                f"there is no state {state}; the states are 1 to {self.model.space.count}"
            )
        column = self._rows(concept)[:, state - 1]
        return tuple(one for one, stays in zip(self.coalitions, column, strict=True) if not stays)

    def departures(self, concept: str, coalition: Sequence[str], state: int) -> Iterator[int]:
        """Where a coalition would leave a state to, under a concept.

        Parameters
        ----------
        concept
            One of :attr:`concepts`.
        coalition
            Ids of its members, as one of :attr:`coalitions` has them.
        state
            Number of the state.

        Yields
        ------
        int
            Numbers of the states that every member prefers, and from which no sanction brings any
            of them back. Those that change the fewest options come first. Nothing where the
            coalition stays.
        """
        if self.stable(concept, coalition)[state - 1]:
            return
        members = coalition_numbers(self.dispute, coalition)
        fixed = [coalition_numbers(self.dispute, one) for one in self.acting_as_one]
        against = coalitions_against(self.dispute, members, _with_the_others(self.dispute, fixed))
        (name,) = coalition_concepts([concept])
        for target in self._graph.departures(name, members, state - 1, against):
            yield target + 1

    def _rows(self, concept: str) -> NDArray[np.bool_]:
        (name,) = coalition_concepts([concept])
        if name not in self._stable:
            raise DisputeError(
                f"{name} was not analysed; ask for it with concepts={[*self.concepts, name]}"
            )
        return self._stable[name]

    def __repr__(self) -> str:
        found = ", ".join(f"{name} {self.equilibria(name).size}" for name in self.concepts)
        return (
            f"<CoalitionAnalysis of {self.dispute.title!r}: {len(self.coalitions)} coalitions, "
            f"{self.model.space.count:,} states; stable for all of them: {found}>"
        )


def all_coalitions(members: Sequence[int]) -> tuple[Coalition, ...]:
    """Every coalition that some of these parties can form, the smallest first."""
    return tuple(
        one for size in range(1, len(members) + 1) for one in combinations(sorted(members), size)
    )


def coalition_numbers(dispute: Dispute, members: Sequence[str]) -> Coalition:
    """A coalition as numbers of its members, in order, each once.

    Raises
    ------
    DisputeError
        If there is no such party, or no member.
    """
    if not members:
        raise DisputeError("a coalition needs at least one member", path=dispute.path)
    return tuple(sorted({party_number(dispute, member) for member in members}))


def coalition_concepts(concepts: Sequence[str]) -> tuple[str, ...]:
    """Names of concepts defined for coalitions, each once, in the order given.

    Raises
    ------
    DisputeError
        If a concept is unknown or not defined for coalitions.
    """
    names: list[str] = []
    for concept in concepts:
        name = known_concept(concept)
        served = concepts_serving("coalitions")
        if name is None or name not in served:
            raise unknown_name("coalition concept", concept, list(served))
        if name not in names:
            names.append(name)
    return tuple(names)


def analyse_coalitions(
    dispute: Dispute,
    coalitions: Sequence[Sequence[str]] | None = None,
    concepts: Sequence[str] | None = None,
    *,
    acting_as_one: Sequence[Sequence[str]] = (),
    packages: bool = False,
    progress: Progress | None = None,
) -> CoalitionAnalysis:
    """Find out which states coalitions would leave together, and which hold against them.

    Parameters
    ----------
    dispute
        The dispute.
    coalitions
        Ids of the members of each coalition; all coalitions, single parties among them, where
        left out.
    concepts
        Nash, GMR, SMR and SEQ, or some of them.
    acting_as_one
        Coalitions that always move as one. They have no common members. Their members' moves are
        joined, and they move where all members gain. No other coalition forms: every party
        outside them stands alone.
    packages
        Whether the dispute's packages count as joint moves of coalitions that contain all their
        members.
    progress
        Called as the work goes on.

    Returns
    -------
    CoalitionAnalysis

    Raises
    ------
    DisputeError
        If a party or concept is unknown, or if coalitions that act as one share a party.
    LimitError
        If all coalitions of more than 8 parties are asked for.

    Examples
    --------
    >>> import detente
    >>> found = detente.analyse_coalitions(detente.load("prisoners-dilemma"), concepts=["Nash"])
    >>> found.equilibria("Nash").tolist()  # the two would leave state 4 together
    []
    """
    model = graph_model(dispute)
    return analyse_coalitions_of(
        model,
        coalitions,
        coalition_concepts(concepts_serving("coalitions") if concepts is None else concepts),
        acting_as_one=acting_as_one,
        packages=package_moves(model) if packages else (),
        progress=progress,
    )


def analyse_coalitions_of(
    model: GraphModel,
    coalitions: Sequence[Sequence[str]] | None,
    names: Sequence[str],
    *,
    acting_as_one: Sequence[Sequence[str]] = (),
    packages: Sequence[PackageMoves] = (),
    progress: Progress | None = None,
) -> CoalitionAnalysis:
    """The same as :func:`analyse_coalitions`, for a graph model that is at hand."""
    dispute = model.dispute
    parties = range(len(dispute.parties))
    chosen, fixed = chosen_coalitions(dispute, coalitions, names, acting_as_one)
    graph = CoalitionGraph(model, packages)
    stable = {name: np.ones((len(chosen), model.space.count), dtype=np.bool_) for name in names}
    # What fewer outsiders bring about is where more of them begin: the last, largest, come first.
    asked = [(name, row) for name in names for row in reversed(range(len(chosen)))]

    def work(one: tuple[str, int]) -> NDArray[np.bool_]:
        name, row = one
        return graph.stable(name, chosen[row], coalitions_against(dispute, chosen[row], fixed))

    # Without a strategic form most of the work is not compiled, and threads would wait in turn.
    found = in_threads(work, asked, processors()) if graph.form else map(work, asked)
    for done, (name, row) in enumerate(asked):
        if progress:
            members = ", ".join(dispute.parties[one].name for one in sorted(chosen[row]))
            progress(f"{name} for {members}", done / len(asked))
        stable[name][row] = next(found)
    strong = None
    every = not fixed and len(chosen) == 2 ** len(parties) - 1
    if every and "Nash" in names and _options_change_freely(dispute):
        held = np.asarray(stable["Nash"].all(axis=0), dtype=np.bool_)
        strong = _strong(graph, chosen, held, progress)
    if progress:
        progress("", 1.0)
    return CoalitionAnalysis(
        model=model,
        concepts=tuple(names),
        coalitions=tuple(_ids(dispute, one) for one in chosen),
        acting_as_one=tuple(_ids(dispute, one) for one in fixed if len(one) > 1),
        packages=tuple(joint.package for joint in packages),
        _stable=stable,
        _graph=graph,
        strong=strong,
    )


def chosen_coalitions(
    dispute: Dispute,
    coalitions: Sequence[Sequence[str]] | None,
    names: Sequence[str],
    acting_as_one: Sequence[Sequence[str]],
) -> tuple[tuple[Coalition, ...], tuple[Coalition, ...]]:
    """Which coalitions are analysed, and which always act as one with the parties outside them.

    Raises
    ------
    DisputeError
        If a party is unknown, or coalitions that act as one share a party or are not those asked
        for.
    LimitError
        If there would be too many coalitions.
    """
    parties = range(len(dispute.parties))
    fixed = _fixed(dispute, acting_as_one)
    asked = None if coalitions is None else [coalition_numbers(dispute, c) for c in coalitions]
    if fixed:
        if asked is not None and not set(asked) <= set(fixed):
            raise DisputeError(
                "where coalitions act as one, only they and the single parties outside them can "
                "be analysed",
                path=dispute.path,
            )
        return tuple(asked or fixed), fixed
    if asked is None and len(parties) > _MOST_PARTIES:
        raise LimitError(
            f"{len(parties)} parties can form {2 ** len(parties) - 1:,} coalitions; name "
            f"some of them (all are analysed for up to {_MOST_PARTIES} parties)",
            path=dispute.path,
        )
    chosen = all_coalitions(parties) if asked is None else tuple(dict.fromkeys(asked))
    if "SEQ" in names:
        _check_outsiders(dispute, len(parties) - min(map(len, chosen)))
    return chosen, fixed


def coalitions_against(
    dispute: Dispute, coalition: Coalition, fixed: tuple[Coalition, ...]
) -> tuple[Coalition, ...]:
    """The coalitions that may react to one: those that act as one, or any that others form."""
    if fixed:
        return tuple(one for one in fixed if one != coalition)
    others = [party for party in range(len(dispute.parties)) if party not in coalition]
    if len(others) > _MOST_PARTIES:
        return tuple((party,) for party in others)
    return all_coalitions(others)


def _options_change_freely(dispute: Dispute) -> bool:
    """Whether nothing but constraints and directions says where changing options leads."""
    guarded = any(option.guards for option in dispute.options)
    return not (guarded or dispute.coalesce or dispute.lists_moves)


def _strong(
    graph: CoalitionGraph,
    coalitions: Sequence[Coalition],
    stable: NDArray[np.bool_],
    progress: Progress | None,
) -> NDArray[np.bool_]:
    """The strong equilibria, which are among the states that are coalition Nash for all."""
    if graph.form:
        # Nothing keeps members from making a joint move one after the other.
        return stable.copy()
    strong = stable.copy()
    for number, coalition in enumerate(coalitions):
        if not strong.any():
            break
        if len(coalition) > 1:
            if progress:
                progress("joint moves", number / len(coalitions))
            held = np.flatnonzero(strong)
            strong[held[graph.left_by_a_joint_move(coalition, held)]] = False
    return strong


def _ids(dispute: Dispute, coalition: Coalition) -> tuple[str, ...]:
    return tuple(dispute.parties[party].id for party in coalition)


def _check_outsiders(dispute: Dispute, outsiders: int) -> None:
    if outsiders > _MOST_PARTIES:
        raise LimitError(
            f"{outsiders} parties outside a coalition can form {2**outsiders - 1:,} coalitions of "
            f"their own, any of which may sanction under SEQ; at most {_MOST_PARTIES} parties may "
            "be outside (Nash, GMR and SMR have no such limit)",
            path=dispute.path,
        )


def _fixed(dispute: Dispute, acting_as_one: Sequence[Sequence[str]]) -> tuple[Coalition, ...]:
    """The coalitions that act as one and each party outside them, in order; or nothing."""
    return _with_the_others(dispute, fixed_coalitions(dispute, acting_as_one))


def fixed_coalitions(
    dispute: Dispute, acting_as_one: Sequence[Sequence[str]]
) -> tuple[Coalition, ...]:
    """Coalitions that always move as one, as numbers of their members.

    Raises
    ------
    DisputeError
        If a party is unknown, or would act as one with two coalitions.
    """
    fixed = [coalition_numbers(dispute, members) for members in acting_as_one]
    taken: set[int] = set()
    for one in fixed:
        shared = taken & set(one)
        if shared:
            name = dispute.parties[min(shared)].id
            raise DisputeError(
                f"{name} cannot act as one with two coalitions", path=dispute.path, found=name
            )
        taken |= set(one)
    return tuple(fixed)


def _with_the_others(dispute: Dispute, fixed: Sequence[Coalition]) -> tuple[Coalition, ...]:
    """Coalitions that act as one and each party outside them; nothing where there are none."""
    if not fixed:
        return ()
    taken = {party for one in fixed for party in one}
    alone = [(party,) for party in range(len(dispute.parties)) if party not in taken]
    return tuple(sorted([*fixed, *alone]))
