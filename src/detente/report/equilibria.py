"""Which equilibria a table, a page or a notebook shows first, and how many there are where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.stability.analysis import Analysis

__all__ = [
    "IN_NO_OUTCOME",
    "ShownStates",
    "counts_by_outcome",
    "equilibria_across_outcomes",
    "equilibria_shown",
]

IN_NO_OUTCOME = "None of these"
"""The label of the states that belong to no named outcome."""


@dataclass(frozen=True, slots=True)
class ShownStates:
    """Some of the states that are equilibria.

    Attributes
    ----------
    states
        Their numbers, in order.
    left_out
        How many more states are equilibria under some concept.
    """

    states: tuple[int, ...]
    left_out: int

    @property
    def all(self) -> int:
        """How many states are equilibria under some concept."""
        return len(self.states) + self.left_out


def equilibria_shown(analysis: Analysis, limit: int) -> ShownStates:
    """The states that are equilibria under most of the concepts analysed.

    Parameters
    ----------
    analysis
        The analysis.
    limit
        Give at most so many.

    Returns
    -------
    ShownStates
        Among states that are equilibria under as many concepts, those of lower number.
    """
    states = _most_concepts_first(analysis)
    return _shown(states[:limit], states.size)


def equilibria_across_outcomes(analysis: Analysis, limit: int) -> ShownStates:
    """Equilibria of every named outcome, in turn, as far as the limit goes.

    Each outcome in turn, then the states that belong to none, gives the state that is an
    equilibrium under most concepts and was not yet taken; so no outcome fills the page.

    Parameters
    ----------
    analysis
        The analysis.
    limit
        Give at most so many.

    Returns
    -------
    ShownStates
    """
    states = _most_concepts_first(analysis)
    inside = [analysis.in_outcome(outcome.id) for outcome in analysis.dispute.outcomes]
    elsewhere = ~np.logical_or.reduce(inside) if inside else np.ones(analysis.count, np.bool_)
    # Of each region as many as may be taken are enough: there may be millions.
    waiting = [states[region[states]][:limit].tolist() for region in (*inside, elsewhere)]
    taken: set[int] = set()
    while len(taken) < min(limit, states.size):
        for queue in waiting:
            while queue and queue[0] in taken:
                queue.pop(0)
            if queue and len(taken) < limit:
                taken.add(queue.pop(0))
    return _shown(np.array(sorted(taken), dtype=np.int64), states.size)


def _most_concepts_first(analysis: Analysis) -> NDArray[np.int64]:
    """Indices of the equilibria, by how many concepts hold them, then by number."""
    counts = np.zeros(analysis.count, dtype=np.int16)
    for concept in analysis.concepts:
        counts += analysis.is_equilibrium(concept)
    states = np.flatnonzero(counts)
    # Stable sorting keeps the order of numbers among states with as many concepts.
    return states[np.argsort(-counts[states], kind="stable")]


def _shown(indices: NDArray[np.int64], count: int) -> ShownStates:
    return ShownStates(tuple((np.sort(indices) + 1).tolist()), count - indices.size)


def counts_by_outcome(analysis: Analysis) -> Mapping[str, Sequence[int]]:
    """How many equilibria each named outcome has under each concept.

    Parameters
    ----------
    analysis
        The analysis.

    Returns
    -------
    dict of str to list of int
        By the outcome's id, and last, under ``""``, the states that belong to no outcome, where
        there are outcomes at all; one number for each concept. A state may belong to several
        outcomes and counts in each.
    """
    equilibria = [analysis.is_equilibrium(concept) for concept in analysis.concepts]
    counts: dict[str, Sequence[int]] = {}
    in_none = np.ones(analysis.count, dtype=np.bool_)
    for outcome in analysis.dispute.outcomes:
        inside = analysis.in_outcome(outcome.id)
        in_none &= ~inside
        counts[outcome.id] = _counts(inside, equilibria)
    if counts:
        counts[""] = _counts(in_none, equilibria)
    return counts


def _counts(inside: NDArray[np.bool_], equilibria: Sequence[NDArray[np.bool_]]) -> list[int]:
    return [int(np.count_nonzero(inside & states)) for states in equilibria]
