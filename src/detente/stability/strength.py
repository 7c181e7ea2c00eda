"""Strong and weak stability, where preferences are strong or mild.

See docs/concepts/uncertain-preferences.md for the definitions.

References
----------
.. [1] L. Hamouda, D. M. Kilgour and K. W. Hipel, "Strength of preference in the graph model for
   conflict resolution", Group Decision and Negotiation 13 (2004).
.. [2] L. Hamouda, D. M. Kilgour and K. W. Hipel, "Strength of preference in graph models for
   multiple-decision-maker conflicts", Applied Mathematics and Computation 179 (2006).
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
from detente.space.move_lists import sparse_graph
from detente.space.moves import moves
from detente.space.ranks import strength_ranks
from detente.space.states import state_space
from detente.stability.analysis import Progress
from detente.stability.concept_registry import concept_names, names_serving, reaction_named
from detente.stability.each_concept import for_each_concept
from detente.stability.memory import check_memory
from detente.stability.preference_relations import TwoRanks, deterred, response_moves
from detente.stability.sanctions import sanctioned

__all__ = ["STRENGTHS", "StrengthAnalysis", "analyse_strength"]


STRENGTHS = ("general", "strong", "weak")
"""General stability is either of the other two."""


@dataclass(frozen=True, eq=False, repr=False)
class StrengthAnalysis(ByConcept):
    """Which states are strongly and which only weakly stable, for whom.

    Attributes
    ----------
    model
        The graph model.
    concepts
        Of GMR, SMR and SEQ, those asked for.
    interrupted
        Whether the user ended the work; `concepts` are then those that were finished.
    """

    model: GraphModel
    concepts: tuple[str, ...]
    _general: Mapping[str, NDArray[np.bool_]] = field(repr=False)
    _strong: Mapping[str, NDArray[np.bool_]] = field(repr=False)
    interrupted: bool = False

    @property
    def dispute(self) -> Dispute:
        """The dispute that was analysed."""
        return self.model.dispute

    def stable(self, concept: str, strength: str, party: str) -> NDArray[np.bool_]:
        """Whether each state is stable for a party, in the strength asked for.

        Parameters
        ----------
        concept
            One of :attr:`concepts`.
        strength
            ``general``, ``strong``, or ``weak`` (general but not strong).
        party
            Id of the party.

        Returns
        -------
        numpy.ndarray of bool
            One entry for each state.

        Raises
        ------
        DisputeError
            If the concept was not analysed, or there is no such strength or party.
        """
        number = party_number(self.dispute, party)
        general, strong = self._tables(concept, strength)
        return _of_strength(strength, general[number], strong[number])

    def equilibria(self, concept: str, strength: str) -> NDArray[np.int64]:
        """Numbers of the equilibria, in order.

        An equilibrium is strong if it is strongly stable for every party, and weak otherwise.
        """
        general, strong = self._tables(concept, strength)
        found = _of_strength(
            strength, np.logical_and.reduce(general), np.logical_and.reduce(strong)
        )
        return np.flatnonzero(found) + 1

    def _tables(self, concept: str, strength: str) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        (name,) = concept_names([concept])
        if name not in self.concepts:
            raise unknown_name("concept", concept, list(self.concepts))
        if strength not in STRENGTHS:
            raise unknown_name("strength", strength, list(STRENGTHS))
        return self._general[name], self._strong[name]


def _of_strength(
    strength: str, general: NDArray[np.bool_], strong: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    match strength:
        case "general":
            return general
        case "strong":
            return strong
        case _:
            weak: NDArray[np.bool_] = general & ~strong
            return weak


def analyse_strength(
    dispute: Dispute,
    concepts: Sequence[str] | None = None,
    *,
    progress: Progress | None = None,
) -> StrengthAnalysis:
    """Find out which states are strongly stable, and which are weakly stable.

    Parameters
    ----------
    dispute
        The dispute. A party prefers one state to another strongly if the first statement in
        which they differ is marked ``strength: strong``.
    concepts
        Of GMR, SMR and SEQ; by default all three.
    progress
        Called as the work goes on.

    Returns
    -------
    StrengthAnalysis

    Raises
    ------
    DisputeError
        If a concept is not one of the three, or the dispute cannot be analysed as it stands.
    """
    names = names_serving("strength", concepts, "concept for strength of preference")
    listed = check_memory(dispute, names)
    space = state_space(dispute, listed.table() if listed else None)
    all_moves = moves(dispute, space)
    by_position = [strength_ranks(dispute, party, space) for party in dispute.parties]
    stated = np.stack([one for one, _ in by_position])
    graph = sparse_graph(all_moves, stated)
    two_ranks = [TwoRanks(one[space.positions], two[space.positions]) for one, two in by_position]
    shape = (len(two_ranks), space.count)
    general = {name: np.empty(shape, dtype=np.bool_) for name in names}
    strong = {name: np.empty(shape, dtype=np.bool_) for name in names}
    model = GraphModel(dispute, all_moves, stated, graph)

    def work(name: str, party: int) -> None:
        reaction = reaction_named(name)
        general[name][party] = sanctioned(graph, party, reaction)
        strong[name][party] = deterred(
            two_ranks[party],
            graph.lists[party],
            graph.improvements(party),
            response_moves(graph, party, reaction),
            _much_worse,
            counter_move=reaction.counter_move,
        )

    finished = for_each_concept(names, dispute, work, progress)
    return StrengthAnalysis(
        model, finished, general, strong, interrupted=len(finished) < len(names)
    )


def _much_worse(
    stated: NDArray[np.int32],
    turned: NDArray[np.int32],
    left_stated: NDArray[np.int32],
    left_turned: NDArray[np.int32],
) -> NDArray[np.bool_]:
    worse: NDArray[np.bool_] = (stated < left_stated) & (turned < left_turned)
    return worse
