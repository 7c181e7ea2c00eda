"""The smallest changes of preferences that make a target an equilibrium.

The solver proposes as few changes as possible; the proposal is analysed exactly; what speaks
against it (:mod:`detente.changes.objections`) becomes a constraint that no answer can break,
and rules out many more proposals with it. So the first proposal that stands is smallest.

References
----------
.. [1] R. A. Kinsara, D. M. Kilgour and K. W. Hipel, "Inverse approach to the graph model for
   conflict resolution", IEEE Transactions on Systems, Man, and Cybernetics: Systems 45 (2015).
   There the preferences sought are rankings of states; here they are the stated preferences
   with the fewest changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.changes.changed_models import ChangedModels
from detente.changes.choices import ChangeChoices
from detente.changes.objections import objections
from detente.changes.statements import (
    CHANGE_KINDS,
    Change,
    ChangeKind,
    Order,
    changeable_parties,
    changes_in,
)
from detente.changes.weakening import is_conditional, weakenable
from detente.dispute.dispute import (
    AtLevel,
    Connective,
    Dispute,
    Expression,
    Formula,
    Statements,
)
from detente.dispute.errors import DisputeError
from detente.dispute.formula import FormulaError, to_text
from detente.dispute.names import formula_from, party_number, unknown_name
from detente.dispute.result import Result, whole
from detente.space.graph_model import GraphModel
from detente.space.move_lists import sparse_graph
from detente.space.named_states import states_meant
from detente.stability.analysis import Progress, analyse_model
from detente.stability.concept_registry import names_serving, reaction_of
from detente.stability.prepared_model import graph_model
from detente.stability.sanctions import sanctioned

__all__ = ["ChangeSet", "Inverse", "analyse_inverse", "target_formula", "target_states"]

# With more states in the target, objections to single states rule out too little: then every
# proposal is analysed for all states at once.
_FEW_STATES = 64


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """One smallest set of changes.

    Attributes
    ----------
    changes
        The changes, by party and statement.
    states
        Numbers of the states of the target that are then equilibria.
    weakened
        Places in `changes` of conditional statements for which it is enough that the party makes
        an exception of the target (definition 6 of docs/concepts/inverse.md).
    """

    changes: tuple[Change, ...]
    states: tuple[int, ...]
    weakened: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Inverse(Result):
    """The smallest changes of preferences that make a target an equilibrium.

    Attributes
    ----------
    model
        The graph model before any change.
    concept
        The solution concept.
    target
        What was asked for, as written.
    target_states
        Numbers of its states.
    parties
        Ids of the parties whose preferences may change.
    kinds
        The kinds of change that were allowed.
    most
        The greatest number of changes that was looked for.
    equilibria
        Numbers of the states of the target that are equilibria without any change.
    equilibrium_count
        How many states, of the target or not, are equilibria without any change.
    least
        No smaller number of changes will do; this is proved.
    answers
        Sets of `least` changes that will do, each verified by a new analysis.
    complete
        Whether `answers` holds all of them. Where it does and is empty, more than `most`
        changes are needed, or no changes of these kinds by these parties will do.
    interrupted
        Whether the search was stopped by the user.
    packages
        Whether packages counted as moves of all their members.
    proposals
        How many proposals of the solver were looked at.
    """

    model: GraphModel
    concept: str
    target: str
    target_states: tuple[int, ...]
    parties: tuple[str, ...]
    kinds: tuple[ChangeKind, ...]
    most: int
    equilibria: tuple[int, ...]
    equilibrium_count: int
    least: int
    answers: tuple[ChangeSet, ...]
    complete: bool
    interrupted: bool = False
    packages: bool = False
    proposals: int = 0

    @property
    def dispute(self) -> Dispute:
        """The dispute before any change."""
        return self.model.dispute


def target_states(model: GraphModel, target: str | int) -> NDArray[np.int64]:
    """Indices of the states that a target means.

    Parameters
    ----------
    model
        The graph model.
    target
        A state's number, ``status_quo``, either with what differs from it, an outcome's id, or any
        formula.

    Returns
    -------
    numpy.ndarray of int64

    Raises
    ------
    DisputeError
        If there is no such state, or the formula has no meaning or holds in no state.
    """
    return np.flatnonzero(states_meant(model, str(target).strip())).astype(np.int64)


def target_formula(model: GraphModel, target: str | int) -> Formula:
    """What :func:`target_states` takes a target to mean, as a formula."""
    dispute, space = model.dispute, model.space
    try:
        return formula_from(dispute, str(target).strip())
    except FormulaError:
        # It names one state.
        (state,) = target_states(model, target).tolist()
    merged = state - (space.count - len(space.classes))
    if merged >= 0:
        coalesced: Formula = dispute.coalesce[merged]
        return coalesced
    levels = space.assignments(np.array([state]))[0].tolist()
    parts: list[Expression] = [AtLevel(o, frozenset({level})) for o, level in enumerate(levels)]
    expression = Connective("and", tuple(parts)) if len(parts) > 1 else parts[0]
    return Formula(to_text(expression, dispute), expression)


def analyse_inverse(
    dispute: Dispute,
    target: str | int,
    concept: str = "SEQ",
    *,
    parties: Sequence[str] | None = None,
    kinds: Sequence[ChangeKind] = CHANGE_KINDS,
    most: int = 3,
    limit: int | None = None,
    proposals: int | None = None,
    packages: bool = False,
    progress: Progress | None = None,
) -> Inverse:
    """Find the smallest changes of preferences that make a target an equilibrium.

    A change turns a statement round, drops it, or moves it in the party's order. Which of the
    target's states becomes an equilibrium is left open.

    Parameters
    ----------
    dispute
        The dispute.
    target
        A state's number, ``status_quo``, an outcome's id, or a formula.
    concept
        Nash, GMR, SMR, SEQ or SSEQ.
    parties
        Ids of the parties whose preferences may change; left out, all with prioritised
        statements. Others keep theirs.
    kinds
        Of ``flip``, ``drop`` and ``move``, those that are allowed.
    most
        Look for at most this many changes in all.
    limit
        List at most this many answers; by default all.
    proposals
        Look at at most this many proposals of the solver; by default at all that it takes.
    packages
        Whether packages count as moves of all their members together
        (docs/concepts/stability.md, definitions 13 to 16). Each proposal is then analysed whole,
        which is slower.
    progress
        Called as the work goes on.

    Returns
    -------
    Inverse
        What was found until then, where the user interrupts the search.

    Raises
    ------
    DisputeError
        If a name is unknown, or a party's preferences are not prioritised statements.
    """
    (name,) = names_serving("inverse", [concept], "concept for inverse analysis")
    for kind in kinds:
        if kind not in CHANGE_KINDS:
            raise unknown_name("kind of change", kind, list(CHANGE_KINDS))
    changeable = _changeable(dispute, parties)
    model = graph_model(dispute, [name])
    states = target_states(model, target)
    found = whole(analyse_model(model, [name], packages=packages)).equilibria(name)
    holds = tuple(np.intersect1d(found, states + 1).tolist())
    search = _Search(
        model,
        name,
        states,
        target_formula(model, target),
        changeable,
        tuple(kinds),
        most,
        limit,
        proposals,
        packages,
        progress,
    )
    if not holds:
        search.run()
    return Inverse(
        model=model,
        concept=name,
        target=str(target),
        target_states=tuple((states + 1).tolist()),
        parties=tuple(dispute.parties[number].id for number in changeable),
        kinds=tuple(kinds),
        most=most,
        equilibria=holds,
        equilibrium_count=int(found.size),
        least=search.least,
        answers=tuple(
            sorted(
                search.answers,
                key=lambda one: (_conditional_flips(dispute, one), *_place(dispute, one)),
            )
        ),
        complete=bool(holds) or search.complete,
        interrupted=search.interrupted,
        packages=packages,
        proposals=search.proposals,
    )


def _conditional_flips(dispute: Dispute, answer: ChangeSet) -> int:
    """How many statements with a condition an answer turns round.

    That asks a party to want the condition as well, so that answers that drop or move such a
    statement instead are told first.
    """
    count = 0
    for change in answer.changes:
        preferences = dispute.parties[dispute.party_numbers[change.party]].preferences
        assert isinstance(preferences, Statements), "only statements are changed"
        statement = preferences.statements[change.statement - 1]
        count += change.kind == "flip" and is_conditional(statement)
    return count


def _place(dispute: Dispute, answer: ChangeSet) -> list[tuple[int, int, int, int]]:
    """Where an answer stands among others: by party, statement, kind and place."""
    return [
        (
            dispute.party_numbers[change.party],
            change.statement,
            CHANGE_KINDS.index(change.kind),
            change.place or 0,
        )
        for change in answer.changes
    ]


def _changeable(dispute: Dispute, parties: Sequence[str] | None) -> list[int]:
    able = changeable_parties(dispute)
    if parties is None:
        return able
    asked = sorted({party_number(dispute, party) for party in parties})
    for number in asked:
        if number not in able:
            raise DisputeError(
                f"the preferences of {dispute.parties[number].id} are not prioritised "
                "statements, so there are no statements to change",
                path=dispute.path,
            )
    return asked


def _equilibria_in(
    model: GraphModel, concept: str, states: NDArray[np.int64], packages: bool
) -> tuple[int, ...]:
    found = whole(analyse_model(model, [concept], packages=packages)).equilibria(concept)
    return tuple(np.intersect1d(found, states + 1).tolist())


class _Search:
    """One search for the smallest changes."""

    def __init__(
        self,
        model: GraphModel,
        concept: str,
        states: NDArray[np.int64],
        target: Formula,
        changeable: Sequence[int],
        kinds: Sequence[ChangeKind],
        most: int,
        limit: int | None,
        budget: int | None,
        packages: bool,
        progress: Progress | None,
    ) -> None:
        self.model = model
        self.concept = concept
        self.states = states
        self.target = target
        self.changeable = changeable
        self.changed = ChangedModels(model)
        self.kinds = kinds
        self.most = most
        self.limit = limit
        self.budget = budget
        self.packages = packages
        self.progress = progress
        self.least = 0
        self.answers: list[ChangeSet] = []
        self.complete = False
        self.interrupted = False
        self.proposals = 0
        # The parties, that for which a proposal failed last before the others.
        self.doubted = list(range(len(model.dispute.parties)))

    def run(self) -> None:
        """Search until all is found, limit or budget is reached, or the user interrupts."""
        try:
            self._prepare()
            self._search()
        except KeyboardInterrupt:
            self.interrupted = True

    def _prepare(self) -> None:
        dispute = self.model.dispute
        parties = range(len(dispute.parties))
        stated = np.stack([self.model.ranks(party) for party in parties])
        self.classes = list(stated)
        self.graph = sparse_graph(self.model.moves, self.model.position_ranks)
        truths = {party: self.changed.truths(party) for party in self.changeable}
        # Objections speak of moves of single parties only.
        self.few = self.states.size <= _FEW_STATES and not self.packages
        states = self.states.tolist() if self.few else self.states[:1].tolist()
        self.choices = ChangeChoices(truths, states, self.kinds, self.most)
        if not self.few:
            return
        for number, state in enumerate(states):
            self._report(f"{number} of {self.states.size} states looked at")
            for objection in objections(self.graph, self.concept, state, self.classes):
                self.choices.answer(objection)

    def _search(self) -> None:
        self.least = 1
        while True:
            proposal = self.choices.solve()
            if proposal is None:
                self.complete = True
                if not self.answers:
                    self.least = self.most + 1
                return
            state, orders, count = proposal.state, proposal.orders, proposal.count
            if not self.answers:
                self.least = max(self.least, count)
            if self.budget is not None and self.proposals >= self.budget:
                return
            self.proposals += 1
            self._report(
                f"{count} changes, {self.proposals} proposals, {len(self.answers)} answers"
            )
            if self.few and self._objected(orders, state):
                continue
            states = self._equilibria_after(orders)
            if self.few and state + 1 not in states:
                raise AssertionError(f"state {state + 1} is no equilibrium after {orders}")
            if states:
                if not self.answers:
                    self.choices.fix_cost(count)
                elif self.limit is not None and len(self.answers) >= self.limit:
                    return
                changes = changes_in(self.model.dispute, orders)
                self.answers.append(ChangeSet(changes, states, self._weakened(changes, orders)))
            self.choices.exclude(orders)

    def _objected(self, orders: Mapping[int, Order], state: int) -> bool:
        """Whether anything speaks against a proposal; if so, the solver is told."""
        against = list(
            objections(self.changed.graph(self.graph, orders), self.concept, state, self.classes)
        )
        for objection in against:
            self.choices.answer(objection)
        return bool(against)

    def _equilibria_after(self, orders: Mapping[int, Order]) -> tuple[int, ...]:
        """Equilibria in the target, by an analysis of the changed dispute.

        States and moves are the same, and the representation is the one that
        :func:`detente.analyse` chooses, which is not the one of the objections.
        """
        model = self.changed.after(orders)
        if self._fails_for_one(model):
            return ()
        return _equilibria_in(model, self.concept, self.states, self.packages)

    def _fails_for_one(self, model: GraphModel) -> bool:
        """Whether no state of the target is stable for each of some parties.

        One party after the other, beginning with the one for which the proposal before failed:
        most proposals fail for it too, and no other has to be looked at. False proves nothing.
        """
        reaction = reaction_of(self.concept)
        if reaction is None or self.packages:
            return False
        left = self.states
        for party in tuple(self.doubted):
            stable = model.by_state(sanctioned(model.graph, party, reaction))
            left = left[stable[left]]
            if not left.size:
                self.doubted.remove(party)
                self.doubted.insert(0, party)
                return True
        return False

    def _weakened(
        self, changes: tuple[Change, ...], orders: Mapping[int, Order]
    ) -> tuple[int, ...]:
        return weakenable(
            self.model,
            self.concept,
            self.states,
            self.target,
            changes,
            orders,
            packages=self.packages,
        )

    def _report(self, what: str) -> None:
        if self.progress:
            self.progress(what, 0.0)
