"""The graph of a large dispute, reduced to its named outcomes.

A graph of thousands of states cannot be drawn. What a reader asks of it is mostly which party
would lead from one named outcome into another, and from how much of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.space.graph import LOWEST
from detente.stability.analysis import Analysis

__all__ = ["ELSEWHERE", "OutcomeMove", "outcome_moves"]

ELSEWHERE = ""
"""Stands for the states that belong to no named outcome."""


@dataclass(frozen=True, slots=True)
class OutcomeMove:
    """What one party's unilateral improvements lead to, from one outcome into another.

    Attributes
    ----------
    party
        Id of the party.
    start, end
        Ids of the outcomes; ``""`` stands for the states that belong to none.
    states
        Number of states that belong to `start` and not to `end`.
    improving
        From how many of these the party has a unilateral improvement into `end`.
    """

    party: str
    start: str
    end: str
    states: int
    improving: int

    @property
    def share(self) -> float:
        """`improving` as a share of `states`, from 0 to 1."""
        return self.improving / self.states


def outcome_moves(analysis: Analysis) -> tuple[OutcomeMove, ...]:
    """The reduced graph of a dispute: its nodes are the named outcomes, which may overlap.

    An arc of party *i* leads from outcome A to another outcome B where from some state *s* in A
    and not in B, *i* has a unilateral improvement into B: R+_i(s) has a member in B. (That
    member may still belong to A.) How many states of A, B left aside, have such an improvement
    is the arc's weight. The states outside of all named outcomes, where there are any, are one
    more node.

    An arc says that the party would gain by the move, not that nothing deters it.

    Parameters
    ----------
    analysis
        The analysis.

    Returns
    -------
    tuple of OutcomeMove
        By party, then start, then end, each in the order of the dispute; only those with at
        least one improvement. Cost is one pass over the states for each party and outcome.
    """
    model = analysis.model
    regions = _regions(analysis)
    inside = {region: model.by_state(nodes) for region, nodes in regions.items()}
    found = []
    for number, party in enumerate(analysis.dispute.parties):
        ranks = model.graph.ranks[number]
        lowest = LOWEST[ranks.dtype]
        # Staying counts as well, but it is never better than where the party stands.
        into = {
            end: model.by_state(
                model.graph.best_reach(np.where(nodes, ranks, lowest).astype(ranks.dtype), number)
                > ranks
            )
            for end, nodes in regions.items()
        }
        for start in regions:
            for end in regions:
                outside = inside[start] & ~inside[end]
                improving = int(np.count_nonzero(outside & into[end]))
                if start != end and improving:
                    states = int(np.count_nonzero(outside))
                    found.append(OutcomeMove(party.id, start, end, states, improving))
    return tuple(found)


def _regions(analysis: Analysis) -> dict[str, NDArray[np.bool_]]:
    """Whether each node of the graph belongs to each outcome, and last, to none."""
    model = analysis.model
    regions = {outcome.id: model.holds(outcome.formula) for outcome in analysis.dispute.outcomes}
    elsewhere = np.ones(model.graph.ranks.shape[1], dtype=np.bool_)
    for nodes in regions.values():
        elsewhere &= ~nodes
    if model.by_state(elsewhere).any():
        regions[ELSEWHERE] = elsewhere
    return regions
