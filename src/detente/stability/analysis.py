"""The stability analysis of a dispute."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detente.model.dispute import Dispute, Outcome
from detente.model.errors import DisputeError
from detente.model.names import party_number, unknown_name
from detente.stability.concepts import (
    DEFAULT_CONCEPTS,
    REACTIONS,
    horizon_of,
    known_concept,
    nash,
    sanctioned,
)
from detente.stability.graph_model import GraphModel, graph_model
from detente.stability.limited import limited_move, non_myopic
from detente.stability.patterns import Cover, cover
from detente.stability.simultaneous import simultaneous

if TYPE_CHECKING:
    import networkx
    import polars

__all__ = ["Analysis", "Progress", "analyse", "concept_names"]

Progress = Callable[[str, float], None]
"""Called with what is being worked on and the share done, from 0 to 1."""


@dataclass(frozen=True, eq=False, repr=False)
class Analysis:
    """Which states are stable for whom, under the concepts asked for.

    States are given by *number*, counted from 1; arrays have one entry for each state, in order
    of number, so that entry 0 belongs to state 1.

    Attributes
    ----------
    model
        The graph model that was analysed.
    concepts
        Names of the solution concepts, in the order asked for.
    """

    model: GraphModel
    concepts: tuple[str, ...]
    _stable: Mapping[str, NDArray[np.bool_]] = field(repr=False)

    @property
    def dispute(self) -> Dispute:
        """The dispute that was analysed."""
        return self.model.dispute

    @property
    def count(self) -> int:
        """Number of feasible states."""
        return self.model.space.count

    @property
    def status_quo(self) -> int | None:
        """Number of the status quo, or None where the dispute names none."""
        index = self.model.status_quo
        return None if index is None else index + 1

    def stable(self, concept: str, party: str) -> NDArray[np.bool_]:
        """Whether each state is stable for a party.

        Parameters
        ----------
        concept
            One of :attr:`concepts`.
        party
            Id of the party.

        Returns
        -------
        numpy.ndarray of bool
            One entry for each state.

        Raises
        ------
        DisputeError
            If the concept was not analysed or there is no such party.
        """
        stable: NDArray[np.bool_] = self._stable[self._concept(concept)][
            party_number(self.dispute, party)
        ]
        return stable

    def equilibria(self, concept: str) -> NDArray[np.int64]:
        """Numbers of the states that are stable for every party.

        Parameters
        ----------
        concept
            One of :attr:`concepts`.

        Returns
        -------
        numpy.ndarray of int64
            State numbers, from 1, in order.

        Raises
        ------
        DisputeError
            If the concept was not analysed.
        """
        return np.flatnonzero(self._stable[self._concept(concept)].all(axis=0)) + 1

    def stable_parties(self, concept: str, state: int) -> tuple[str, ...]:
        """Ids of the parties for which one state is stable."""
        column = self._stable[self._concept(concept)][:, self.state_index(state)]
        return tuple(
            party.id for party, stable in zip(self.dispute.parties, column, strict=True) if stable
        )

    def ranks(self, party: str) -> NDArray[np.int32]:
        """A party's rank of each state: higher is better, equal is indifferent, 1 is worst."""
        return self.model.ranks(party_number(self.dispute, party))

    def levels(self, state: int) -> dict[str, str | None]:
        """Level of every option in one state; None where the members of a coalesced state differ.

        Parameters
        ----------
        state
            Number of the state.

        Returns
        -------
        dict of str to str or None
            By the option's full name.
        """
        row = self.model.space.assignments(np.array([self.state_index(state)]))[0]
        return {
            option.key: option.levels[level] if level >= 0 else None
            for option, level in zip(self.dispute.options, row, strict=True)
        }

    @cached_property
    def _outcome_truths(self) -> dict[str, NDArray[np.bool_]]:
        space = self.model.space
        return {outcome.id: space.holds(outcome.formula) for outcome in self.dispute.outcomes}

    def in_outcome(self, outcome: str) -> NDArray[np.bool_]:
        """Whether each state belongs to a named outcome.

        Raises
        ------
        DisputeError
            If there is no such outcome.
        """
        if outcome not in self._outcome_truths:
            raise unknown_name("outcome", outcome, self._outcome_truths)
        return self._outcome_truths[outcome]

    def outcomes(self, state: int) -> tuple[Outcome, ...]:
        """The named outcomes to which one state belongs."""
        index = self.state_index(state)
        return tuple(
            outcome for outcome in self.dispute.outcomes if self._outcome_truths[outcome.id][index]
        )

    def patterns(self, concept: str, *, limit: int = 12) -> Cover:
        """Describe the equilibria under a concept by partial assignments.

        Parameters
        ----------
        concept
            One of :attr:`concepts`.
        limit
            Make at most this many patterns.

        Returns
        -------
        Cover
            See :func:`detente.stability.patterns.cover`.
        """
        equilibria: NDArray[np.bool_] = np.all(self._stable[self._concept(concept)], axis=0)
        return cover(self.model.space, equilibria, limit=limit)

    def to_polars(self) -> polars.DataFrame:
        """All states as a table: options, outcomes, ranks and stability."""
        from detente.stability.export import to_polars

        return to_polars(self)

    def to_networkx(self) -> networkx.MultiDiGraph[int]:
        """The graph model as a multigraph: nodes are state numbers, edges are moves."""
        from detente.stability.export import to_networkx

        return to_networkx(self.model)

    def state_index(self, state: int) -> int:
        """Index of a state, from 0.

        Raises
        ------
        DisputeError
            If there is no such state.
        """
        if not 1 <= state <= self.count:
            raise DisputeError(f"there is no state {state}; the states are 1 to {self.count}")
        return state - 1

    def _concept(self, concept: str) -> str:
        (name,) = concept_names([concept])
        if name not in self._stable:
            raise DisputeError(
                f"{name} was not analysed; ask for it with concepts={[*self.concepts, name]}"
            )
        return name

    def __repr__(self) -> str:
        found = ", ".join(f"{name} {self.equilibria(name).size}" for name in self.concepts)
        return (
            f"<Analysis of {self.dispute.title!r}: {len(self.dispute.parties)} parties, "
            f"{len(self.dispute.options)} options, {self.count:,} states; equilibria: {found}>"
        )

    def _repr_html_(self) -> str:
        from detente.stability.export import to_html

        return to_html(self)


def analyse(
    dispute: Dispute,
    concepts: Sequence[str] | None = None,
    *,
    progress: Progress | None = None,
) -> Analysis:
    """Find out which states of a dispute are stable, for whom, under each concept.

    Parameters
    ----------
    dispute
        The dispute, as :func:`detente.load` gives it.
    concepts
        Names of solution concepts: Nash, GMR, SMR, SEQ, SSEQ, SIM, L2, L3, ..., NM. Left out:
        Nash, GMR, SMR, SEQ and SSEQ.
    progress
        Called as the work goes on.

    Returns
    -------
    Analysis

    Raises
    ------
    DisputeError
        If a concept is unknown or the dispute cannot be analysed as it stands.

    Examples
    --------
    >>> import detente
    >>> result = detente.analyse(detente.load("prisoners-dilemma"))
    >>> result.equilibria("Nash").tolist()
    [4]
    """
    names = concept_names(DEFAULT_CONCEPTS if concepts is None else concepts)
    if progress:
        progress("states and preferences", 0.0)
    return analyse_model(graph_model(dispute, names), names, progress=progress)


def analyse_model(
    model: GraphModel, names: Sequence[str], *, progress: Progress | None = None
) -> Analysis:
    """The same as :func:`analyse`, for a graph model that is at hand."""
    parties = len(model.dispute.parties)
    stable: dict[str, NDArray[np.bool_]] = {}
    for step, name in enumerate(names):
        if name == "NM" or horizon_of(name):
            if progress:
                progress(name, step / len(names))
            stable[name] = model.by_state(_foresighted(model, name))
            continue
        rows = np.empty((parties, model.space.count), dtype=np.bool_)
        for party in range(parties):
            if progress:
                what = f"{name} for {model.dispute.parties[party].id}"
                progress(what, (step + party / parties) / len(names))
            rows[party] = _stable_for(model, name, party)
        stable[name] = rows
    if progress:
        progress("", 1.0)
    return Analysis(model, tuple(names), stable)


def _foresighted(model: GraphModel, name: str) -> NDArray[np.bool_]:
    horizon = horizon_of(name)
    return limited_move(model.graph, horizon) if horizon else non_myopic(model.graph)


def _stable_for(model: GraphModel, name: str, party: int) -> NDArray[np.bool_]:
    if name == "SIM":
        return simultaneous(model.moves, model.position_ranks, party)
    if name == "Nash":
        return model.by_state(nash(model.graph, party))
    return model.by_state(sanctioned(model.graph, party, REACTIONS[name]))


def concept_names(concepts: Sequence[str]) -> tuple[str, ...]:
    """Names of concepts as detente writes them, each once, in the order given.

    Raises
    ------
    DisputeError
        If a concept is unknown.
    """
    names: list[str] = []
    for concept in concepts:
        name = known_concept(concept)
        if name is None:
            raise unknown_name("concept", concept, ["Nash", *REACTIONS, "SIM", "L2", "L3", "NM"])
        if name not in names:
            names.append(name)
    return tuple(names)
