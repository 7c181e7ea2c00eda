"""Graph models in which some parties' statements are reversed, dropped or moved."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from detente.changes.statements import Order, changed, stated_order
from detente.dispute.dispute import Statements
from detente.space.graph_model import GraphModel, with_ranks
from detente.space.move_lists import SparseGraph
from detente.space.ranks import party_ranks

__all__ = ["ChangedModels"]

# Ranks of so many changed orders are kept for the next proposals.
_MOST_RANKS = 64


class ChangedModels:
    """What a graph model becomes by changes of statements; states and moves stay as they are.

    Parameters
    ----------
    model
        The graph model before any change.
    """

    def __init__(self, model: GraphModel) -> None:
        self.model = model
        self._ranks: dict[tuple[int, Order], NDArray[np.int32]] = {}

    def truths(self, party: int) -> NDArray[np.bool_]:
        """Truth of each of a party's statements as stated, shape (statements, states).

        Members of a coalesced state agree on every statement, so the first stands for all.
        """
        space = self.model.space
        preferences = self.model.dispute.parties[party].preferences
        assert isinstance(preferences, Statements)
        rows = [space.truth(one.formula)[space.positions] for one in preferences.statements]
        return np.array(rows, dtype=np.bool_).reshape(len(rows), space.count)

    def ranks(self, party: int, order: Order) -> NDArray[np.int32]:
        """A party's rank of each position by changed preferences."""
        if (party, order) not in self._ranks:
            if len(self._ranks) == _MOST_RANKS:
                self._ranks.clear()
            dispute = changed(self.model.dispute, {party: order})
            self._ranks[party, order] = party_ranks(
                dispute, dispute.parties[party], self.model.space
            )
        return self._ranks[party, order]

    def graph(self, stated: SparseGraph, orders: Mapping[int, Order]) -> SparseGraph:
        """A list of moves as stated, with the ranks of changed preferences."""
        ranks = stated.ranks.copy()
        for party, order in self._changed(orders).items():
            ranks[party] = self.ranks(party, order)[self.model.space.positions]
        return SparseGraph(stated.lists, ranks)

    def after(self, orders: Mapping[int, Order]) -> GraphModel:
        """The graph model of the changed dispute, in the representation of the stated one."""
        position_ranks = self.model.position_ranks.copy()
        for party, order in self._changed(orders).items():
            position_ranks[party] = self.ranks(party, order)
        return with_ranks(self.model, position_ranks, changed(self.model.dispute, orders))

    def _changed(self, orders: Mapping[int, Order]) -> dict[int, Order]:
        parties = self.model.dispute.parties
        return {p: order for p, order in orders.items() if order != stated_order(parties[p])}
