"""Moves that can be seen, and how far each would shift what is expected."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.forecast.analysis import Forecast
from detente.forecast.drawn import play_under

__all__ = ["Indicator", "indicators"]

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Indicator:
    """A move of one party from the status quo.

    Attributes
    ----------
    party
        Number of the party.
    state
        Number of the state that it leads to.
    options
        How many options it changes.
    before, after
        For each goal, the probability of coming to it within the steps of the forecast, from the
        status quo and from that state; 1 where it holds.
    """

    party: int
    state: int
    options: int
    before: tuple[float, ...]
    after: tuple[float, ...]

    def shift(self, goal: int) -> float:
        """By how much the move shifts the probability of coming to a goal; 0 where it is the goal.

        A move that brings a goal about tells nothing of whether it will come.
        """
        return 0.0 if self.after[goal] == 1 else self.after[goal] - self.before[goal]


def indicators(forecast: Forecast) -> tuple[Indicator, ...]:
    """Every move that a party could make next, with what would then be expected.

    For the preferences as stated and the middle odds. Moves that lead where nobody can leave are
    left out: they are the thing itself and no sign of it.

    Parameters
    ----------
    forecast
        What is foretold.

    Returns
    -------
    tuple of Indicator
        In the order of the parties.
    """
    plan, prepared = forecast.plan, forecast.prepared
    play = play_under(plan, prepared.ground, plan.assumptions.middle_odds)
    regions = prepared.goals.regions.T
    values: Values = regions.astype(np.float64)
    for _ in range(forecast.steps):
        values = np.where(regions, 1.0, play.step_back(values))
    model = prepared.ground.model
    closed = prepared.goals.closed
    before = tuple(values[prepared.start].tolist())
    levels = model.space.assignments(np.array([model.index(prepared.start)]))[0]
    found = []
    for mover, node in prepared.first_moves:
        if mover >= len(forecast.dispute.parties) or regions[node, closed].any():
            continue
        index = model.index(node)
        other = model.space.assignments(np.array([index]))[0]
        changed = int(np.count_nonzero(levels != other))
        found.append(Indicator(mover, index + 1, changed, before, tuple(values[node].tolist())))
    return tuple(found)
