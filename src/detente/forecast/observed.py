"""What play over time says of the moves that were seen: stays left out, as nobody records them.

Of each observed move: how likely it was among all moves that were possible then. Of each outcome:
how likely it was after so many more moves, from every state at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.forecast.history import ObservedMove
from detente.forecast.movers import Dynamics
from detente.space.graph_model import GraphModel

__all__ = ["MoveChances", "after_moves", "chances_of", "legal_moves"]

Values = NDArray[np.float64]

# From a state that play leaves with a smaller chance in a step, it counts as never leaving.
_NEVER = 1e-9


@dataclass(frozen=True, slots=True)
class MoveChances:
    """How likely one observed move was.

    Attributes
    ----------
    whole
        For each mover, the chance that it moves anywhere if it gets to move.
    own
        For each mover, the chance that it makes the observed move if it gets to move.
    rank
        How many moves were likelier, plus one; those as likely counted half.
    of
        How many moves were possible.
    """

    whole: tuple[float, ...]
    own: tuple[float, ...]
    rank: float
    of: int

    def probability(self, tempo: Sequence[float]) -> float:
        """Of this move among all moves, where movers get to move in proportion to a tempo."""
        total = sum(w * a for w, a in zip(tempo, self.whole, strict=True))
        if total <= 0:
            return 0.0
        return sum(w * b for w, b in zip(tempo, self.own, strict=True)) / total


def nodes_of(model: GraphModel, move: ObservedMove) -> tuple[int, int] | None:
    """The nodes that a move leads from and to; None where one of its states is infeasible."""
    before = model.space.index_at(model.space.position_of(move.before))
    after = model.space.index_at(model.space.position_of(move.after))
    if before is None or after is None:
        return None
    return model.node(before), model.node(after)


def chances_of(play: Dynamics, move: ObservedMove) -> MoveChances:
    """How likely an observed move was in its state.

    Parameters
    ----------
    play
        How play goes on.
    move
        The move.

    Returns
    -------
    MoveChances
        All 0 where the move is none of the model's: an option that cannot change so, or several
        parties at once without a package.
    """
    nodes = nodes_of(play.model, move)
    count = len(play.movers)
    if nodes is None:
        return MoveChances((0.0,) * count, (0.0,) * count, 1.0, 0)
    start, end = nodes
    whole, own = [], []
    by_node: dict[int, float] = {}
    for mover, weight in zip(play.movers, play.probabilities, strict=True):
        targets, chances = mover.chosen_from(start)
        whole.append(float(chances.sum()))
        own.append(float(chances[targets == end].sum()))
        for target, chance in zip(targets.tolist(), chances.tolist(), strict=True):
            by_node[target] = by_node.get(target, 0.0) + weight * chance
    mine = by_node.get(end, 0.0)
    likelier = sum(one > mine * (1 + 1e-12) for one in by_node.values())
    alike = sum(abs(one - mine) <= mine * 1e-12 for node, one in by_node.items() if node != end)
    return MoveChances(tuple(whole), tuple(own), 1 + likelier + alike / 2, len(by_node))


def legal_moves(model: GraphModel, move: ObservedMove) -> int:
    """How many states could be reached by one party's move from where a move started."""
    nodes = nodes_of(model, move)
    if nodes is None:
        return 0
    parties = range(len(model.dispute.parties))
    found = [model.graph.moves_from(nodes[0], party) for party in parties]
    return int(np.unique(np.concatenate(found)).size)


def after_moves(play: Dynamics, regions: NDArray[np.bool_], horizons: Sequence[int]) -> Values:
    """How likely each outcome is after so many moves, from every node; stays are left out.

    Parameters
    ----------
    play
        How play goes on.
    regions
        Shape (outcomes, nodes).
    horizons
        Numbers of moves, from the least to the greatest.

    Returns
    -------
    numpy.ndarray of float64
        Shape (horizons, nodes, outcomes). Where nobody ever moves, play stays.
    """
    nodes = play.nodes
    stays = np.zeros(nodes)
    for mover, weight in zip(play.movers, play.probabilities, strict=True):
        stays += weight * mover.stays()
    leaves = 1 - stays
    moving = leaves > _NEVER
    values = np.ascontiguousarray(regions.T.astype(np.float64))
    found = np.empty((len(horizons), *values.shape))
    for moves in range(1, max(horizons, default=0) + 1):
        expected = play.step_back(values)
        expected -= stays[:, np.newaxis] * values
        expected[moving] /= leaves[moving, np.newaxis]
        expected[~moving] = values[~moving]
        values = np.clip(expected, 0.0, 1.0)
        for place, horizon in enumerate(horizons):
            if horizon == moves:
                found[place] = values
    return found
