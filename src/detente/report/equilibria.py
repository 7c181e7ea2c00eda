"""Which equilibria a table, a page or a notebook shows first, and how many there are where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.stability.analysis import Analysis

__all__ = ["IN_NO_OUTCOME", "ShownStates", "counts_by_outcome", "equilibria_shown"]

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
    counts = np.zeros(analysis.count, dtype=np.int64)
    for concept in analysis.concepts:
        counts[analysis.equilibria(concept) - 1] += 1
    states = np.flatnonzero(counts)
    # Stable sorting keeps the order of numbers among states with as many concepts.
    most = states[np.argsort(-counts[states], kind="stable")][:limit]
    return ShownStates(tuple((np.sort(most) + 1).tolist()), int(states.size - most.size))


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
    indices = [analysis.equilibria(concept) - 1 for concept in analysis.concepts]
    counts: dict[str, Sequence[int]] = {}
    in_none = np.ones(analysis.count, dtype=np.bool_)
    for outcome in analysis.dispute.outcomes:
        inside = analysis.in_outcome(outcome.id)
        in_none &= ~inside
        counts[outcome.id] = _counts(inside, indices)
    if counts:
        counts[""] = _counts(in_none, indices)
    return counts


def _counts(inside: NDArray[np.bool_], indices: Sequence[NDArray[np.int64]]) -> list[int]:
    return [int(np.count_nonzero(inside[states])) for states in indices]
