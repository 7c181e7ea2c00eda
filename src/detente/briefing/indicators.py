"""Moves that can be seen, and how far each would shift what is expected."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.forecast.analysis import Forecast
from detente.forecast.drawn import ForecastPlan, Prepared, play_under, quick_choice

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
    regions = prepared.goals.regions
    model = prepared.ground.model
    closed = prepared.goals.closed
    nodes = [prepared.start, *(node for _, node in prepared.first_moves)]
    reached = _reached_from(plan, prepared, nodes)
    before = tuple(reached[0].tolist())
    levels = model.space.assignments(np.array([model.index(prepared.start)]))[0]
    found = []
    for (mover, node), after in zip(prepared.first_moves, reached[1:].tolist(), strict=True):
        if mover >= len(forecast.dispute.parties) or regions[closed, node].any():
            continue
        index = model.index(node)
        other = model.space.assignments(np.array([index]))[0]
        changed = int(np.count_nonzero(levels != other))
        found.append(Indicator(mover, index + 1, changed, before, tuple(after)))
    return tuple(found)


def _reached_from(plan: ForecastPlan, prepared: Prepared, nodes: list[int]) -> Values:
    """How likely play comes from each node to each goal; shape (nodes, goals)."""
    odds, steps = plan.assumptions.middle_odds, plan.assumptions.steps
    regions = prepared.goals.regions
    choice = quick_choice(plan, prepared, prepared.ground, odds)
    if choice is not None:
        assert prepared.quick is not None
        states = prepared.ground.model.indices(np.array(nodes))
        return prepared.quick.reached_from(choice, steps, states)
    play = play_under(plan, prepared.ground, odds)
    values: Values = regions.T.astype(np.float64)
    for _ in range(steps):
        values = np.where(regions.T, 1.0, play.step_back(values))
    return values[nodes]
