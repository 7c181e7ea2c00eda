"""The graph of a dispute as plain nodes and edges: of states, or reduced to named outcomes."""

from __future__ import annotations

from typing import Any

import numpy as np

from detente.stability.analysis import Analysis

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
            targets = model.indices(model.graph.moves_from(model.node(index), number))
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
    """The graph reduced to named outcomes.

    A state belongs to the first outcome, in the order of the file, that holds in it. An edge
    counts a party's unilateral improvements that lead from the states of one outcome to those of
    another.

    Parameters
    ----------
    analysis
        An analysis under one concept.

    Returns
    -------
    dict
        ``kind``, ``nodes`` and ``edges``.
    """
    dispute = analysis.dispute
    model = analysis.model
    space = model.space
    outcomes = dispute.outcomes
    rest = len(outcomes)
    region = np.full(space.size, rest, dtype=np.int64)
    for number in reversed(range(rest)):
        region[space.truth(outcomes[number].formula)] = number
    by_state = region[space.positions]
    (concept,) = analysis.concepts
    held = by_state[analysis.equilibria(concept) - 1]
    here = None if model.status_quo is None else int(by_state[model.status_quo])
    sizes = np.bincount(by_state, minlength=rest + 1)
    equilibria = np.bincount(held, minlength=rest + 1)
    nodes = [
        {
            "id": number,
            "name": outcomes[number].name if number < rest else "None of these",
            "outcome": outcomes[number].id if number < rest else None,
            "states": int(sizes[number]),
            "equilibria": int(equilibria[number]),
            "status_quo": number == here,
        }
        for number in range(rest + 1)
        if sizes[number]
    ]
    edges = []
    for number, party in enumerate(dispute.parties):
        counts = _improvements(analysis, number, region, rest + 1)
        edges += [
            {
                "party": party.id,
                "source": int(source),
                "target": int(target),
                "moves": int(counts[source, target]),
            }
            for source, target in np.argwhere(counts)
            if source != target
        ]
    return {"kind": "outcomes", "nodes": nodes, "edges": edges}


def _improvements(analysis: Analysis, party: int, region: Any, regions: int) -> Any:
    """A party's improvements, counted by the outcomes that they lead from and to."""
    moves = analysis.model.moves
    axis = moves.axes[party]
    places = region.reshape(axis.shape)
    ranks = analysis.model.position_ranks[party].reshape(axis.shape)
    counts = np.zeros(regions * regions, dtype=np.int64)
    for start, end, possible in moves.joint_steps(party):
        better = possible & (ranks[:, end] > ranks[:, start])
        pairs = places[:, start][better] * regions + places[:, end][better]
        counts += np.bincount(pairs, minlength=regions * regions)
    return counts.reshape(regions, regions)
