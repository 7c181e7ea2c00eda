"""When the steps of a forecast may come: steps are tied to dates by the rate of observed moves.

Steps in which nothing changes leave no trace, so what is counted on both sides is moves: how many
play is expected to make by each step, and how many were seen in how many days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Dispute
from detente.forecast.history import MoveRate, move_rate, observed_moves
from detente.forecast.movers import Dynamics

__all__ = ["Dating", "expected_moves", "observed_rate"]

Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Dating:
    """When each step of a forecast may come.

    Attributes
    ----------
    rate
        How often moves were seen.
    day
        The day from which the forecast starts; None where it starts before the history.
    moves
        Shape (steps + 1,): how many moves play is expected to have made by each step.
    """

    rate: MoveRate
    day: date | None
    moves: Values

    @property
    def days(self) -> tuple[Values, Values, Values]:
        """Shape (steps + 1,) each: the days to each step at the highest, mean and lowest rate."""
        return (
            self.moves / self.rate.high,
            self.moves / self.rate.a_day,
            self.moves / self.rate.low,
        )

    def on(self, days: float) -> date | None:
        """The day after so many days; None where the forecast has no day, or no calendar it."""
        if self.day is None:
            return None
        try:
            return self.day + timedelta(days=round(float(days)))
        except OverflowError:
            return None


def observed_rate(dispute: Dispute) -> tuple[MoveRate, date | None] | None:
    """How often moves were seen, and the day from which a dispute starts.

    Parameters
    ----------
    dispute
        The dispute. Where it starts from a day, only what was seen by that day counts.

    Returns
    -------
    rate : MoveRate
    day : datetime.date or None
        None where the dispute starts from the status quo of its file.

    None instead of both where no move was seen, or no time passed.
    """
    if dispute.seen is not None:
        rate = move_rate(dispute.seen.moves, dispute.seen.days)
        day: date | None = dispute.seen.day
    elif dispute.history:
        days = (dispute.history[-1].on - dispute.history[0].on).days
        rate = move_rate(len(observed_moves(dispute, dispute.history)), days)
        day = None
    else:
        return None
    return None if rate is None or not rate.moves else (rate, day)


def expected_moves(play: Dynamics, start: int, steps: int) -> Values:
    """How many moves play is expected to have made by each step.

    Parameters
    ----------
    play
        How play goes on.
    start
        The node where it starts.
    steps
        How many steps.

    Returns
    -------
    numpy.ndarray of float64
        Shape (steps + 1,).
    """
    leaves = np.ones(play.nodes)
    for mover, weight in zip(play.movers, play.probabilities, strict=True):
        leaves -= weight * mover.stays()
    made = np.zeros(steps + 1)
    for step, here in enumerate(play.walk(start, steps - 1), start=1):
        made[step] = made[step - 1] + float(here @ leaves)
    return made
