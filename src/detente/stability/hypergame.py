"""Misperception: each party analyses the dispute as it sees it, and acts by that.

``docs/concepts/hypergame.md`` numbers the definitions. States are always those of the dispute as
it is; a state that a party does not think possible is stable for nobody in that party's game.

References
----------
.. [1] P. G. Bennett, "Toward a theory of hypergames", Omega 5 (1977).
.. [2] M. Wang, K. W. Hipel and N. M. Fraser, "Solution concepts in hypergames", Applied
   Mathematics and Computation 34 (1989).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Dispute, Unseen, View
from detente.dispute.errors import DisputeError
from detente.dispute.names import party_number
from detente.dispute.result import ByConcept, whole
from detente.space.graph_model import GraphModel, model_of
from detente.space.moves import moves
from detente.space.ranks import party_ranks
from detente.stability.analysis import (
    Analysis,
    Progress,
    analyse_model,
)
from detente.stability.concept_registry import concept_names, usual_concepts
from detente.stability.prepared_model import graph_model

__all__ = [
    "Hypergame",
    "Surprise",
    "analyse_hypergame",
    "perceived_model",
]


@dataclass(frozen=True, slots=True)
class Surprise:
    """What a party expects of another in one state, and the other does not do.

    Attributes
    ----------
    party
        Id of the party that is surprised.
    state
        Number of the state.
    by
        Id of the party that acts otherwise than expected.
    kind
        ``leaves``: the state is an equilibrium as `party` sees the dispute, and not stable for
        `by` as `by` sees it; ``stays``: it is an equilibrium of the hypergame, and as `party` sees
        the dispute `by` would leave it.
    views
        Numbers in :attr:`Hypergame.views` of those that bring it about: corrected alone, each
        takes the surprise away. Empty where that takes several together.
    """

    party: str
    state: int
    by: str
    kind: Literal["leaves", "stays"]
    views: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Game:
    """The dispute as one party sees it, by states of the dispute as it is.

    ``stable`` grows concept by concept.
    """

    seen: NDArray[np.bool_]
    stable: dict[str, NDArray[np.bool_]]


@dataclass(frozen=True, eq=False)
class Hypergame(ByConcept):
    """The dispute as it is and as each party sees it, analysed.

    Attributes
    ----------
    actual
        The analysis of the dispute as it is, without misperception.
    views
        One entry for each misperception: the id of the party that has it, and what it is. That
        is a view of another party, or states that the party does not see.
    """

    actual: Analysis
    views: tuple[tuple[str, View | Unseen], ...]
    _games: tuple[_Game, ...] = field(repr=False)
    _corrected: tuple[_Game, ...] = field(repr=False)

    @property
    def dispute(self) -> Dispute:
        """The dispute as it is."""
        return self.actual.dispute

    @property
    def concepts(self) -> tuple[str, ...]:
        """Names of the solution concepts."""
        return self.actual.concepts

    @property
    def interrupted(self) -> bool:
        """Whether the user ended the work; `concepts` are then those that were finished."""
        return self.actual.interrupted

    @property
    def misled(self) -> tuple[str, ...]:
        """Ids of the parties that do not see the dispute as it is."""
        return tuple(dict.fromkeys(party for party, _ in self.views))

    def sees(self, party: str) -> NDArray[np.bool_]:
        """Whether a party thinks each state possible; one entry for each state."""
        return self._games[party_number(self.dispute, party)].seen

    def perceived_stable(self, concept: str, perceiver: str, party: str) -> NDArray[np.bool_]:
        """Whether each state is stable for a party as another (or itself) sees the dispute."""
        game = self._games[party_number(self.dispute, perceiver)]
        stable: NDArray[np.bool_] = game.stable[self._concept(concept)][
            party_number(self.dispute, party)
        ]
        return stable

    def perceived_equilibria(self, concept: str, perceiver: str) -> NDArray[np.int64]:
        """Numbers of the states that are equilibria as a party sees the dispute."""
        game = self._games[party_number(self.dispute, perceiver)]
        return np.flatnonzero(game.stable[self._concept(concept)].all(axis=0)) + 1

    def equilibria(self, concept: str) -> NDArray[np.int64]:
        """Numbers of the states that each party leaves alone by its own view of the dispute."""
        return np.flatnonzero(self._own(self._concept(concept)).all(axis=0)) + 1

    def equilibria_if_corrected(self, concept: str, view: int) -> NDArray[np.int64]:
        """The same, if one of :attr:`views` (counted from 0) were corrected."""
        name = self._concept(concept)
        own = self._own(name)
        number = party_number(self.dispute, self.views[view][0])
        own[number] = self._corrected[view].stable[name][number]
        return np.flatnonzero(own.all(axis=0)) + 1

    def surprises(self, concept: str) -> Iterator[Surprise]:
        """What parties expect wrongly, where it matters; see :class:`Surprise`."""
        name = self._concept(concept)
        own = self._own(name)
        agreed = own.all(axis=0)
        for number, party in enumerate(self.dispute.parties):
            expected = self._games[number].stable[name]
            for other, by in enumerate(self.dispute.parties):
                if other == number:
                    continue
                leaves = expected.all(axis=0) & ~own[other]
                stays = agreed & ~expected[other]
                found = np.flatnonzero(leaves | stays)
                if not found.size:
                    continue
                answers = self._answers(name, number, other, expected[other], own[other])
                for state in found.tolist():
                    yield Surprise(
                        party=party.id,
                        state=state + 1,
                        by=by.id,
                        kind="leaves" if leaves[state] else "stays",
                        views=tuple(view for view, agree in answers.items() if agree[state]),
                    )

    def _answers(
        self,
        name: str,
        party: int,
        other: int,
        expected: NDArray[np.bool_],
        own: NDArray[np.bool_],
    ) -> dict[int, NDArray[np.bool_]]:
        """By view of one of the two: where they agree on the other if it is corrected."""
        parties = self.dispute.parties
        answers = {}
        for view, (perceiver, _) in enumerate(self.views):
            if perceiver == parties[party].id:
                answers[view] = self._corrected[view].stable[name][other] == own
            elif perceiver == parties[other].id:
                answers[view] = self._corrected[view].stable[name][other] == expected
        return answers

    def _own(self, name: str) -> NDArray[np.bool_]:
        """Stability for each party by its own view, shape (parties, states)."""
        return np.stack([game.stable[name][number] for number, game in enumerate(self._games)])

    def _concept(self, concept: str) -> str:
        (name,) = concept_names([concept])
        if name not in self.concepts:
            raise DisputeError(
                f"{name} was not analysed; ask for it with concepts={[*self.concepts, name]}"
            )
        return name


def analyse_hypergame(
    dispute: Dispute,
    concepts: Sequence[str] | None = None,
    *,
    progress: Progress | None = None,
) -> Hypergame:
    """Analyse a dispute in which parties misperceive one another.

    Parameters
    ----------
    dispute
        The dispute; ``perceives`` says what parties take others to prefer, or to be able to do,
        and ``unseen`` which states they do not see.
    concepts
        Names of the solution concepts; by default Nash, GMR, SMR, SEQ and SSEQ.
    progress
        Called as the work goes on.

    Returns
    -------
    Hypergame
        The equilibria without misperception, and as each party sees them. Also the states at
        which each party stays, by its own view.

    Raises
    ------
    DisputeError
        If a concept is unknown, a party thinks no state possible, or the dispute cannot be
        analysed.
    """
    names = concept_names(usual_concepts() if concepts is None else concepts)
    actual = graph_model(dispute, names)
    views = tuple((party.id, view) for party in dispute.parties for view in party.misperceptions)
    # The views of every game that is to be analysed, each once: a party with one view sees the
    # dispute as it is when that is corrected.
    wanted = [(party.id, party.misperceptions) for party in dispute.parties]
    wanted += [
        (party.id, tuple(one for one in party.misperceptions if one is not view))
        for party in dispute.parties
        for view in party.misperceptions
    ]
    undeceived = _Game(np.ones(actual.space.count, dtype=np.bool_), {})
    games = [
        _unanalysed(actual, perceiver, own) if own else undeceived for perceiver, own in wanted
    ]
    count = (sum(1 for _, own in wanted if own) + 1) * len(names)
    done = finished = 0

    def work(model: GraphModel, name: str, what: str) -> Analysis:
        nonlocal done
        analysis = whole(analyse_model(model, [name], progress=_part(progress, what, done, count)))
        done += 1
        return analysis

    def known(*, interrupted: bool = False) -> Hypergame:
        found = Analysis(actual, names[:finished], undeceived.stable, interrupted=interrupted)
        parties = len(dispute.parties)
        return Hypergame(found, views, tuple(games[:parties]), tuple(games[parties:]))

    # Concept by concept, so that those finished are known for every game when the user ends the
    # work; and one perceived game at a time, as several would fill the memory.
    try:
        for name in names:
            undeceived.stable[name] = _rows(work(actual, name, "the dispute as it is"), name)
            for game, (perceiver, own) in zip(games, wanted, strict=True):
                if own:
                    model = perceived_model(actual, perceiver, own)
                    analysis = work(model, name, f"the view of {perceiver}")
                    game.stable[name] = _by_actual_state(actual, analysis, name)
            finished += 1
    except KeyboardInterrupt:
        if not finished:
            raise
        return known(interrupted=True)
    return known()


def _part(
    progress: Progress | None, what: str, done: int, count: int
) -> Callable[[str, float], None] | None:
    if progress is None:
        return None
    return lambda name, share: progress(f"{what}, {name}" if name else what, (done + share) / count)


def _unanalysed(actual: GraphModel, perceiver: str, views: Sequence[View | Unseen]) -> _Game:
    """A party's game before anything is known of it but its states."""
    seen = np.zeros(actual.space.count, dtype=np.bool_)
    seen[actual.space.indices[np.flatnonzero(_seen(actual, perceiver, views))]] = True
    return _Game(seen, {})


def _seen(actual: GraphModel, perceiver: str, views: Sequence[View | Unseen]) -> NDArray[np.bool_]:
    """Which positions a party thinks possible.

    Options that are not seen stand at their level in the status quo, or at the lowest.
    """
    dispute, space = actual.dispute, actual.space
    seen = space.feasible.copy()
    positions = np.arange(space.size, dtype=np.int64)
    for view in views:
        if isinstance(view, Unseen):
            seen &= ~space.truth(view.formula)
            continue
        if view.options is None:
            continue
        for option in dispute.options_of(view.party):
            if option not in view.options:
                level = dispute.status_quo[option] if dispute.status_quo else 0
                seen &= space.level(option, positions) == level
    if not seen.any():
        raise DisputeError(
            f"with what {perceiver} sees, no state is feasible",
            path=dispute.path,
            key=f"parties.{perceiver}.perceives",
        )
    return seen


def perceived_model(
    actual: GraphModel, perceiver: str, views: Sequence[View | Unseen]
) -> GraphModel:
    """The graph model of a dispute as a party sees it.

    Parameters
    ----------
    actual
        The dispute as it is.
    perceiver
        Id of the party.
    views
        What it is mistaken about, and what it does not see.

    Raises
    ------
    DisputeError
        If it thinks no state possible.
    """
    dispute, space = actual.dispute, actual.space
    parties = list(dispute.parties)
    position_ranks = actual.position_ranks.copy()
    seen = _seen(actual, perceiver, views)
    for view in views:
        if isinstance(view, View) and view.preferences is not None:
            number = dispute.party_numbers[view.party]
            parties[number] = replace(parties[number], preferences=view.preferences)
            position_ranks[number] = party_ranks(dispute, parties[number], space)
    kept = [
        (formula, members[seen[members]])
        for formula, members in zip(dispute.coalesce, space.classes, strict=True)
        if seen[members].any()
    ]
    own = replace(space, feasible=seen, classes=tuple(members for _, members in kept))
    changed = replace(
        dispute, parties=tuple(parties), coalesce=tuple(formula for formula, _ in kept)
    )
    return model_of(changed, moves(changed, own), position_ranks)


def _by_actual_state(actual: GraphModel, analysis: Analysis, name: str) -> NDArray[np.bool_]:
    """What is stable in a party's game, by the states of the dispute as it is."""
    own = analysis.model.space
    positions = np.flatnonzero(own.feasible)
    rows = np.zeros((len(actual.dispute.parties), actual.space.count), dtype=np.bool_)
    rows[:, actual.space.indices[positions]] = _rows(analysis, name)[:, own.indices[positions]]
    return rows


def _rows(analysis: Analysis, name: str) -> NDArray[np.bool_]:
    return np.stack([analysis.stable(name, party.id) for party in analysis.dispute.parties])
