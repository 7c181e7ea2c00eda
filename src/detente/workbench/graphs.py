"""The graph of a dispute as plain nodes and edges: of states, or reduced to named outcomes."""

from __future__ import annotations

from typing import Any

import numpy as np

from detente.report.equilibria import IN_NO_OUTCOME
from detente.report.plots.graph import DRAWN_SHARE
from detente.stability.analysis import Analysis
from detente.stability.outcome_graph import ELSEWHERE, outcome_moves

__all__ = ["MOST_NODES", "outcome_graph", "state_graph"]

# More states than this are a tangle that nobody can read.
MOST_NODES = 40


def state_graph(analysis: Analysis) -> dict[str, Any] | None:
    """The states as nodes and the unilateral moves as edges; None where they are too many.

    Parameters
    ----------
    analysis
        An analysis under one concept.

    Returns
    -------
    dict or None
        ``kind``, ``nodes`` and ``edges``; a move is an ``improvement`` where its party's rank
        rises.
    """
    if analysis.count > MOST_NODES:
        return None
    model = analysis.model
    (concept,) = analysis.concepts
    equilibria = set(analysis.equilibria(concept).tolist())
    nodes = [
        {
            "id": number,
            "outcomes": [outcome.name for outcome in analysis.outcomes(number)],
            "levels": analysis.levels(number),
            "status_quo": number == analysis.status_quo,
            "equilibrium": number in equilibria,
        }
        for number in range(1, analysis.count + 1)
    ]
    edges = []
    for number, party in enumerate(analysis.dispute.parties):
        ranks = analysis.ranks(party.id)
        for index in range(analysis.count):
            targets = model.moves_from(index, number)
            edges += [
                {
                    "party": party.id,
                    "source": index + 1,
                    "target": int(target) + 1,
                    "improvement": bool(ranks[target] > ranks[index]),
                }
                for target in targets
            ]
    return {"kind": "states", "nodes": nodes, "edges": edges}


def outcome_graph(analysis: Analysis) -> dict[str, Any]:
    """The graph reduced to named outcomes, as :mod:`detente.stability.outcome_graph` defines it.

    Parameters
    ----------
    analysis
        An analysis under one concept.

    Returns
    -------
    dict
        ``kind``, ``nodes`` and ``edges``; an edge is ``usual`` where the improvement exists from
        at least half of the states of its start, as in the pictures.
    """
    (concept,) = analysis.concepts
    stable = np.zeros(analysis.count, dtype=np.bool_)
    stable[analysis.equilibria(concept) - 1] = True
    inside = {one.id: analysis.in_outcome(one.id) for one in analysis.dispute.outcomes}
    nowhere = np.ones(analysis.count, dtype=np.bool_)
    for states in inside.values():
        nowhere &= ~states
    names = {one.id: one.name for one in analysis.dispute.outcomes}
    if nowhere.any():
        inside[ELSEWHERE] = nowhere
        names[ELSEWHERE] = IN_NO_OUTCOME
    quo = analysis.status_quo
    nodes = [
        {
            "id": outcome,
            "name": names[outcome],
            "states": int(np.count_nonzero(states)),
            "equilibria": int(np.count_nonzero(states & stable)),
            "status_quo": quo is not None and bool(states[quo - 1]),
        }
        for outcome, states in inside.items()
    ]
    edges = [
        {
            "party": move.party,
            "source": move.start,
            "target": move.end,
            "states": move.states,
            "improving": move.improving,
            "usual": move.share >= DRAWN_SHARE,
        }
        for move in outcome_moves(analysis)
    ]
    return {"kind": "outcomes", "nodes": nodes, "edges": edges}
