"""What a state is worth to a party: an assumption, as ranks carry no intensities.

Every reading of worth is a function of the party's rank, so it is a table by rank.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Dispute, Statements
from detente.space.graph_model import GraphModel

__all__ = ["WORTHS", "Worth", "worth_by_rank"]

Worth = Literal["rank", "share", "weights"]

WORTHS: tuple[Worth, ...] = ("rank", "share", "weights")


def worth_by_rank(model: GraphModel, worth: Worth = "rank") -> tuple[NDArray[np.float64], ...]:
    """What each rank is worth to each party, from 0 to 1.

    Parameters
    ----------
    model
        The graph model.
    worth
        ``rank``: the rank, evenly spaced from 0 for the lowest to 1 for the highest.
        ``share``: the share of states that the party ranks lower, those ranked equal counted
        half. ``weights``: the sum of the weights of the statements that hold, as a share of its
        range; a party without weights has its rank instead.

    Returns
    -------
    tuple of numpy.ndarray of float64
        One for each party, shape (ranks + 1,); ranks count from 1, and entry 0 is no rank.
    """
    tables = []
    for party in range(len(model.dispute.parties)):
        ranks = model.ranks(party)
        most = int(ranks.max(initial=1))
        table = np.zeros(most + 1)
        if worth == "share":
            counts = np.bincount(ranks, minlength=most + 1).astype(np.float64)
            table = (np.cumsum(counts) - counts / 2) / max(1, ranks.size)
        elif worth == "weights" and _weighted(model.dispute, party):
            table = _sum_of_weights(model, party, most)
        elif most > 1:
            table = (np.arange(most + 1) - 1) / (most - 1)
        table[0] = 0.0
        tables.append(table)
    return tuple(tables)


def _weighted(dispute: Dispute, party: int) -> bool:
    preferences = dispute.parties[party].preferences
    return isinstance(preferences, Statements) and preferences.weighted


def _sum_of_weights(model: GraphModel, party: int, most: int) -> NDArray[np.float64]:
    preferences = model.dispute.parties[party].preferences
    assert isinstance(preferences, Statements)
    position_ranks = model.position_ranks[party]
    # One position of each rank: all positions of a rank have the same sum.
    position_of = np.zeros(most + 1, dtype=np.int64)
    position_of[position_ranks] = np.arange(position_ranks.size)
    levels = model.space.levels_at(position_of[1:]).tolist()
    sums = np.array(
        [
            sum(
                statement.weight or 0.0
                for statement in preferences.statements
                if model.space.holds_at(statement.formula.expression, at)
            )
            for at in levels
        ]
    )
    table = np.zeros(most + 1)
    if most > 1:
        table[1:] = (sums - sums[0]) / (sums[-1] - sums[0])
    return table
