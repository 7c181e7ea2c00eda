"""Stability where it is not known which of two states a party prefers.

The four extensions of Nash, GMR, SMR and SEQ differ in what tempts the focal party, and in what
it takes for a sanction; see docs/concepts/uncertain-preferences.md.

References
----------
.. [1] K. W. Li, K. W. Hipel, D. M. Kilgour and L. Fang, "Preference uncertainty in the graph
   model for conflict resolution", IEEE Transactions on Systems, Man, and Cybernetics A 34 (2004).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Dispute
from detente.dispute.names import party_number, unknown_name
from detente.dispute.result import ByConcept
from detente.space.graph_model import GraphModel
from detente.space.move_lists import SparseGraph, sparse_graph
from detente.space.moves import moves
from detente.space.ranks import uncertain_ranks
from detente.space.states import state_space
from detente.stability.analysis import Progress
from detente.stability.concept_registry import concept_names, names_serving, reaction_named
from detente.stability.each_concept import for_each_concept
from detente.stability.memory import check_memory
from detente.stability.preference_relations import TwoRanks, deterred, response_moves
from detente.stability.sanctions import sanctioned

__all__ = ["EXTENSIONS", "Extension", "UncertainAnalysis", "analyse_uncertain"]


@dataclass(frozen=True, slots=True)
class Extension:
    """How a party treats what is not known.

    ``tempted``: a move to a state that may or may not be better tempts it. ``wary``: a state
    that may or may not be worse deters it.
    """

    tempted: bool
    wary: bool


EXTENSIONS = {
    "a": Extension(tempted=True, wary=False),
    "b": Extension(tempted=False, wary=False),
    "c": Extension(tempted=True, wary=True),
    "d": Extension(tempted=False, wary=True),
}


@dataclass(frozen=True, eq=False, repr=False)
class UncertainAnalysis(ByConcept):
    """Which states are stable for whom where some preferences are unknown.

    Attributes
    ----------
    model
        States and moves; its ranks take unknown statements as they are written.
    concepts
        Of Nash, GMR, SMR and SEQ, those asked for.
    two_ranks
        For each party, how it compares states, by state index.
    interrupted
        Whether the user ended the work; `concepts` are then those that were finished.
    """

    model: GraphModel
    concepts: tuple[str, ...]
    two_ranks: tuple[TwoRanks, ...] = field(repr=False)
    _stable: Mapping[tuple[str, str], NDArray[np.bool_]] = field(repr=False)
    interrupted: bool = False

    @property
    def dispute(self) -> Dispute:
        """The dispute that was analysed."""
        return self.model.dispute

    def stable(self, concept: str, extension: str, party: str) -> NDArray[np.bool_]:
        """Whether each state is stable for a party.

        Parameters
        ----------
        concept
            One of :attr:`concepts`.
        extension
            One of a, b, c and d.
        party
            Id of the party.

        Returns
        -------
        numpy.ndarray of bool
            One entry for each state.

        Raises
        ------
        DisputeError
            If the concept was not analysed, or there is no such extension or party.
        """
        row: NDArray[np.bool_] = self._table(concept, extension)[party_number(self.dispute, party)]
        return row

    def equilibria(self, concept: str, extension: str) -> NDArray[np.int64]:
        """Numbers of the states that are stable for every party, in order."""
        return np.flatnonzero(self._table(concept, extension).all(axis=0)) + 1

    def unknown_parties(self) -> tuple[str, ...]:
        """Ids of the parties some of whose preferences are unknown."""
        return tuple(
            party.id
            for party, ranks in zip(self.dispute.parties, self.two_ranks, strict=True)
            if not ranks.is_simple()
        )

    def _table(self, concept: str, extension: str) -> NDArray[np.bool_]:
        (name,) = concept_names([concept])
        if name not in self.concepts:
            raise unknown_name("concept", concept, list(self.concepts))
        if extension not in EXTENSIONS:
            raise unknown_name("extension", extension, list(EXTENSIONS))
        return self._stable[name, extension]


def analyse_uncertain(
    dispute: Dispute,
    concepts: Sequence[str] | None = None,
    *,
    progress: Progress | None = None,
) -> UncertainAnalysis:
    """Find out which states are stable where some preference statements are unknown.

    Parameters
    ----------
    dispute
        The dispute; statements marked ``unknown`` tell states apart without saying which is
        preferred.
    concepts
        Of Nash, GMR, SMR and SEQ; by default all four.
    progress
        Called as the work goes on.

    Returns
    -------
    UncertainAnalysis
        Each concept in the four extensions a to d of Li, Hipel, Kilgour and Fang (2004).

    Raises
    ------
    DisputeError
        If a concept is not one of the four, or the dispute cannot be analysed as it stands.
    """
    names = names_serving("uncertain", concepts, "concept for unknown preferences")
    few = check_memory(dispute, names)
    space = state_space(dispute, few.table() if few else None)
    all_moves = moves(dispute, space)
    by_position = [uncertain_ranks(dispute, party, space) for party in dispute.parties]
    stated = np.stack([one for one, _ in by_position])
    listed = sparse_graph(all_moves, stated)
    two_ranks = tuple(_by_state(one, other, space.positions) for one, other in by_position)
    perhaps = [
        own.chosen(ranks.perhaps_better(own))
        for own, ranks in zip(listed.lists, two_ranks, strict=True)
    ]
    graph = SparseGraph(listed.lists, listed.ranks, perhaps)
    stable = {
        (name, extension): np.empty((len(two_ranks), space.count), dtype=np.bool_)
        for name in names
        for extension in EXTENSIONS
    }
    model = GraphModel(dispute, all_moves, stated, graph)

    def work(name: str, party: int) -> None:
        for extension, row in _stable_for(graph, name, party, two_ranks[party]).items():
            stable[name, extension][party] = row

    finished = for_each_concept(names, dispute, work, progress)
    return UncertainAnalysis(
        model, finished, two_ranks, stable, interrupted=len(finished) < len(names)
    )


def _by_state(
    one: NDArray[np.int32], other: NDArray[np.int32], positions: NDArray[np.int32]
) -> TwoRanks:
    stated = one[positions]
    return TwoRanks(stated, stated if other is one else other[positions])


def _stable_for(
    graph: SparseGraph, name: str, party: int, ranks: TwoRanks
) -> dict[str, NDArray[np.bool_]]:
    """Stability for one party in each extension."""
    if ranks.is_simple() and name != "Nash":
        # Nothing about this party is unknown, so the extensions agree.
        return dict.fromkeys(EXTENSIONS, sanctioned(graph, party, reaction_named(name)))
    own = graph.lists[party]
    incentives = {True: graph.improvements(party), False: own.chosen(ranks.surely_better(own))}
    if name == "Nash":
        return {
            extension: np.diff(incentives[attitude.tempted].starts) == 0
            for extension, attitude in EXTENSIONS.items()
        }
    reaction = reaction_named(name)
    responses = response_moves(graph, party, reaction)
    return {
        extension: deterred(
            ranks,
            own,
            incentives[attitude.tempted],
            responses,
            _not_surely_better if attitude.wary else _surely_no_better,
            counter_move=reaction.counter_move,
        )
        for extension, attitude in EXTENSIONS.items()
    }


def _surely_no_better(
    stated: NDArray[np.int32],
    turned: NDArray[np.int32],
    left_stated: NDArray[np.int32],
    left_turned: NDArray[np.int32],
) -> NDArray[np.bool_]:
    worse: NDArray[np.bool_] = (stated <= left_stated) & (turned <= left_turned)
    return worse


def _not_surely_better(
    stated: NDArray[np.int32],
    turned: NDArray[np.int32],
    left_stated: NDArray[np.int32],
    left_turned: NDArray[np.int32],
) -> NDArray[np.bool_]:
    worse: NDArray[np.bool_] = (stated <= left_stated) | (turned <= left_turned)
    return worse
