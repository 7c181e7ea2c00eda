"""Shares of draws or runs, and how far they may be from those among infinitely many."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

__all__ = ["Share", "share"]


@dataclass(frozen=True, slots=True)
class Share:
    """In which share of the draws something holds, with its Wilson interval.

    The interval tells how far the share may be from that among infinitely many draws. It says
    nothing about whether what is drawn describes the parties well.
    """

    held: int
    draws: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share."""
        return self.held / self.draws


def share(held: int, draws: int, level: float = 0.95, *, worth: float | None = None) -> Share:
    """A share of draws with its Wilson interval (Wilson 1927) at a level of confidence.

    Parameters
    ----------
    held
        In how many draws it holds.
    draws
        Number of draws, at least 1.
    level
        The level of confidence, between 0 and 1.
    worth
        How many independent draws tell as much, where these are not independent.

    Returns
    -------
    Share
    """
    z = NormalDist().inv_cdf(0.5 + level / 2)
    count = draws if worth is None else worth
    part = held / draws
    middle = (part * count + z * z / 2) / (count + z * z)
    reach = z / (count + z * z) * sqrt(part * (1 - part) * count + z * z / 4)
    # At the ends the interval touches 0 or 1 exactly, which rounding would miss.
    low = 0.0 if held == 0 else max(0.0, middle - reach)
    high = 1.0 if held == draws else min(1.0, middle + reach)
    return Share(held, draws, low, high)
