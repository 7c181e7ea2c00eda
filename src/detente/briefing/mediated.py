"""What an envoy could do for the outcome that a brief looks at."""

from __future__ import annotations

import numpy as np

from detente.forecast.analysis import Forecast
from detente.mediation.envoy import Envoy, envoy_of_model
from detente.stability.analysis import Progress

__all__ = ["mediated"]

# A brief does not wait for larger sets; the command looks for them.
_MOST_INSTRUMENTS = 1

# Plans of two moves are looked at where there are up to so many first moves and so many states.
_MOST_MOVES = 512
_MOST_STATES = 2**17


def mediated(forecast: Forecast, goal: int, progress: Progress | None = None) -> Envoy | None:
    """Look for a plan of two moves into a goal, and the one promise by which it holds.

    Parameters
    ----------
    forecast
        What is foretold.
    goal
        Number of the goal.
    progress
        Called as the work goes on.

    Returns
    -------
    Envoy or None
        None where the goal is no outcome of the file, holds now or cannot be left, and where
        there are too many moves for a brief to look at.
    """
    prepared, aim = forecast.prepared, forecast.goals[goal]
    model = prepared.ground.model
    region = prepared.goals.regions[goal]
    if aim.kind != "outcome" or aim.closed or region[prepared.start]:
        return None
    start = model.index(prepared.start)
    moves = sum(
        np.size(model.moves_from(start, party)) for party in range(len(model.dispute.parties))
    )
    if moves > _MOST_MOVES or model.space.count > _MOST_STATES:
        return None
    (formula,) = (one.formula for one in model.dispute.outcomes if one.id == aim.id)
    return envoy_of_model(
        model, formula, budget=_MOST_INSTRUMENTS, only_least=True, progress=progress
    )
