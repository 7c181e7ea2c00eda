"""The field's matrix method, for comparison.

Moves, improvements and preferences as N x N matrices, and stability by matrix products (Xu, Li,
Kilgour & Hipel 2009). With J and J+ the focal party's moves and improvements, M the moves that the
others reach together, and E all ones, a state is stable where the diagonal is 0 of

- GMR: J+ (E - sign(M H)), where H holds where a state is no better than another for the party;
- SMR: J+ (E - sign(M W)), where W holds where, besides, no move from the first is better either;
- SEQ, SSEQ: the same with M+, which the others reach by improvements.

The paper was not at hand for this; these are the definitions written as matrices. What the others
reach is closed by squaring, as moves without guards are transitive. Every result is compared with
detente's.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detente.space.graph_model import GraphModel

Matrix = NDArray[np.float32]


def analyse_dense(model: GraphModel) -> dict[str, NDArray[np.bool_]]:
    """Nash, GMR, SMR, SEQ and SSEQ for all parties, each of shape (parties, states)."""
    parties = len(model.dispute.parties)
    ranks = [model.ranks(party) for party in range(parties)]
    moves = [_move_matrix(model, party) for party in range(parties)]
    better = [(rank > rank[:, np.newaxis]).astype(np.float32) for rank in ranks]
    improvements = [move * up for move, up in zip(moves, better, strict=True)]
    found: dict[str, list[NDArray[np.bool_]]] = {
        name: [] for name in ("Nash", "GMR", "SMR", "SEQ", "SSEQ")
    }
    for party in range(parties):
        others = [other for other in range(parties) if other != party]
        found["Nash"].append(~improvements[party].any(axis=1))
        # hurts[s2, s]: s2 is not better than s. holds[s2, s]: nor is any move from s2.
        hurts = 1 - better[party].T
        holds = hurts * (moves[party] @ better[party].T == 0)
        for names, steps in ((("GMR", "SMR"), moves), (("SEQ", "SSEQ"), improvements)):
            responses = _closure([steps[other] for other in others])
            for name, sanction in zip(names, (hurts, holds), strict=True):
                unsanctioned = (responses @ sanction == 0).astype(np.float32)
                # Only the diagonal of the last product is needed: one improvement out, the
                # response back at the state itself.
                open_ways = np.einsum("st,ts->s", improvements[party], unsanctioned)
                found[name].append(open_ways == 0)
    return {name: np.stack(rows) for name, rows in found.items()}


def _move_matrix(model: GraphModel, party: int) -> Matrix:
    matrix = np.zeros((model.space.count, model.space.count), dtype=np.float32)
    for index in range(model.space.count):
        targets = model.graph.moves_from(model.node(index), party)
        matrix[index, model.indices(targets)] = 1
    return matrix


def _closure(steps: list[Matrix]) -> Matrix:
    """Reachability by the steps of several parties together."""
    step = np.minimum(np.add.reduce(steps), 1)
    reached = step
    while True:
        further = np.minimum(reached + reached @ reached, 1)
        if np.array_equal(further, reached):
            return reached
        reached = further
