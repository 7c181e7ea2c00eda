"""What a forecast assumes beyond the dispute file."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, isinf, log, sqrt

import numpy as np
from numpy.typing import NDArray

from detente.dispute.errors import DisputeError, nearest, shown
from detente.forecast.movers import check_odds
from detente.forecast.worth import WORTHS, Worth
from detente.stability.concept_registry import foresights

__all__ = ["DEFAULT_ODDS", "Assumptions", "read_odds"]

DEFAULT_ODDS = (2.0, 20.0)
"""The range of odds where none is given: nobody has measured them."""

MOST_STEPS = 10_000


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What a forecast assumes; each can be set, and each is told with the result.

    Attributes
    ----------
    steps
        Number of steps that are looked ahead. In each, one mover is drawn.
    odds
        Least and greatest odds, all in between equally likely in their logarithm: how much
        likelier a party is to take a move that betters it by a tenth of its range than to stay.
    foresight
        ``myopic``, or the concept by which a mover expects the others to respond.
    worth
        The reading of what ranks are worth.
    packages
        Whether declared packages are movers too.
    tempo
        By id, how often a party or a package gets to move, in proportion; 1 where not named.
    """

    steps: int = 12
    odds: tuple[float, float] = DEFAULT_ODDS
    foresight: str = "SEQ"
    worth: Worth = "rank"
    packages: bool = False
    tempo: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        if not 1 <= self.steps <= MOST_STEPS:
            raise DisputeError(
                f"a forecast looks from 1 to {MOST_STEPS:,} steps ahead, not {self.steps}",
                key="steps",
                found=str(self.steps),
            )
        for one in self.odds:
            check_odds(one)
        if self.odds[0] > self.odds[1]:
            raise DisputeError(
                f"a range of odds goes from the least to the greatest, such as 2:20, and not from "
                f"{self.odds[0]:g} to {self.odds[1]:g}",
                key="odds",
            )
        if isinf(self.odds[1]) and not isinf(self.odds[0]):
            raise DisputeError(
                "a range of odds has an end; inf alone means best moves only", key="odds"
            )
        for what, value, allowed in (
            ("foresight", self.foresight, foresights()),
            ("worth", self.worth, WORTHS),
        ):
            if value not in allowed:
                raise DisputeError(
                    f"there is no {what} {shown(value)}",
                    found=value,
                    allowed=allowed,
                    nearest=nearest(value, allowed),
                )

    @property
    def one_odds(self) -> bool:
        """Whether the odds are one number and not a range."""
        return self.odds[0] == self.odds[1]

    @property
    def middle_odds(self) -> float:
        """The odds in the middle of the range, in their logarithm."""
        low, high = self.odds
        return low if low == high else sqrt(low * high)

    def odds_at(self, shares: NDArray[np.float64]) -> NDArray[np.float64]:
        """The odds at shares of the range, from 0 (the least) to 1 (the greatest)."""
        low, high = self.odds
        if low == high:
            return np.full(shares.shape, low)
        return np.array([exp(log(low) + (log(high) - log(low)) * one) for one in shares.tolist()])


def read_odds(text: str) -> tuple[float, float]:
    """Odds as a user writes them: ``5``, ``2:20`` or ``inf``.

    Raises
    ------
    DisputeError
        If it is something else.
    """
    parts = text.strip().split(":")
    try:
        values = [float(part) for part in parts]
    except ValueError:
        values = []
    if len(values) not in (1, 2):
        raise DisputeError(
            f"odds are one number, such as 5, a range, such as 2:20, or inf, and not {shown(text)}",
            key="odds",
            found=text,
        )
    return values[0], values[-1]
