"""Base rates: how often something came about in a class of past cases, shown beside a forecast.

They are read from ``base-rates.json`` beside this module, which gives each its source, its licence
and whether it was checked there. They are never mixed into a forecast.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from detente.dispute.shares import Share, share

__all__ = ["BaseRate", "base_rate", "base_rates", "reference_classes"]


@dataclass(frozen=True, slots=True)
class BaseRate:
    """How often something came about in a class of past cases.

    Attributes
    ----------
    id
        The name that a dispute file gives.
    of, became
        What is counted, and what it became, in words.
    cases, events
        How many cases there are, and in how many it came about.
    source, licence
        Where the numbers come from, and on what terms.
    checked
        Whether they were counted at the source by the authors of detente.
    """

    id: str
    of: str
    became: str
    cases: int
    events: int
    source: str
    licence: str
    checked: bool

    @property
    def share(self) -> Share:
        """The share, with its Wilson interval."""
        return share(self.events, self.cases)


@cache
def base_rates() -> tuple[BaseRate, ...]:
    """All base rates that detente ships."""
    text = (files("detente.files") / "base-rates.json").read_text(encoding="utf-8")
    return tuple(BaseRate(**entry) for entry in json.loads(text)["base_rates"])


def base_rate(name: str) -> BaseRate:
    """The base rate of a reference class; it exists, as the dispute file was checked."""
    return next(rate for rate in base_rates() if rate.id == name)


def reference_classes() -> tuple[str, ...]:
    """Names of all reference classes."""
    return tuple(rate.id for rate in base_rates())
