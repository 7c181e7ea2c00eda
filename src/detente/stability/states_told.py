"""The states of which an answer speaks, where no array holds all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Dispute, Expression
from detente.space.representation import Engine
from detente.space.states import true_at
from detente.space.symbolic.game import SymbolicGame
from detente.space.symbolic.states import state_number

__all__ = ["RanksTold", "StatesTold", "told_of"]


@dataclass(frozen=True)
class RanksTold:
    """A party's ranks of these states, and its highest."""

    highest: int
    by_index: dict[int, int]

    def __getitem__(self, index: int) -> int:
        return self.by_index[int(index)]

    def max(self) -> int:
        """The highest of all ranks."""
        return self.highest


@dataclass(frozen=True)
class StatesTold:
    """States with what is told of them; it stands where a graph model would.

    Attributes
    ----------
    dispute
        The dispute.
    status_quo
        State index of the status quo, or None where there is none.
    """

    dispute: Dispute
    status_quo: int | None
    levels: dict[int, list[int]] = field(default_factory=dict, repr=False)
    ranks_told: dict[int, RanksTold] = field(default_factory=dict, repr=False)

    @property
    def engine(self) -> Engine:
        """In which form states are held: as sets."""
        return "symbolic"

    @property
    def space(self) -> StatesTold:
        """Where the levels of states are looked up."""
        return self

    def tell(self, game: SymbolicGame, state: Sequence[int]) -> int:
        """Number of a state, whose levels are written down."""
        number = state_number(game, state)
        if number - 1 not in self.levels:
            self.levels[number - 1] = [-1 if one is None else one for one in game.levels_of(state)]
        return number

    def assignments(self, indices: NDArray[Any]) -> NDArray[np.int8]:
        """Levels of every option in some states, by state index."""
        return np.array([self.levels[int(index)] for index in indices], dtype=np.int8)

    def holds_at(self, expression: Expression, assignment: Sequence[int]) -> bool:
        """Truth of an expression in one state, given by its levels."""
        return true_at(expression, assignment)

    def ranks(self, party: int) -> RanksTold:
        """A party's ranks, by state index."""
        return self.ranks_told[party]


def told_of(game: SymbolicGame) -> StatesTold:
    """Room for what is told of states, with the status quo in it."""
    start = game.dispute.status_quo
    if start is None:
        return StatesTold(game.dispute, None)
    told = StatesTold(game.dispute, state_number(game, start) - 1)
    told.tell(game, start)
    return told
