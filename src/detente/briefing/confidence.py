"""How far a brief can be relied on, and why: apart from how likely anything is.

The three levels are detente's own rule, after the reasons that Intelligence Community Directive
203 names: the number and quality of sources, what is known of the matter, and how a judgement
depends on assumptions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from detente.briefing.expected import chances
from detente.briefing.likelihood import band
from detente.dispute.dispute import Statements
from detente.forecast.analysis import Forecast

__all__ = ["Confidence", "Level", "confidence_in"]

Level = Literal["low", "moderate", "high"]

# A preference counts as surely known from this confidence on.
_SURE = 0.8


@dataclass(frozen=True, slots=True)
class Confidence:
    """A level of confidence, and what it rests on.

    Attributes
    ----------
    level
        ``high``: at least two sources, at least four fifths of the preferences are cited, their
        mean confidence is 0.8 or more, no outcome's range spans more than two bands, and earlier
        forecasts of the file were scored. ``low``: fewer than half of the preferences are cited,
        or an outcome's range spans four bands or more, or there is no source, or a single source
        and a mean confidence below 0.8. ``moderate``: all else.
    sources
        How many sources the file names.
    statements, cited, judged
        How many preferences there are; how many of them rest on a source, and how many on the
        analyst's judgement alone. The others say nothing of what they rest on.
    mean
        Mean confidence of the preferences; None where there are none.
    widest
        Number of the goal whose range spans most bands, and how many it spans.
    scored
        Whether earlier forecasts of this file were scored against what happened.
    """

    level: Level
    sources: int
    statements: int
    cited: int
    judged: int
    mean: float | None
    widest: tuple[int, int]
    scored: bool = False


def confidence_in(forecast: Forecast) -> Confidence:
    """How far a forecast can be relied on.

    Parameters
    ----------
    forecast
        What is foretold.
    """
    dispute, around = forecast.dispute, forecast.plan.uncertainty
    statements = [
        statement
        for party in dispute.parties
        if isinstance(party.preferences, Statements)
        for statement in party.preferences.statements
    ]
    orders = [
        party.preferences.basis
        for party in dispute.parties
        if not isinstance(party.preferences, Statements)
    ]
    bases = [statement.basis for statement in statements] + orders
    cited = sum(bool(basis.citations) for basis in bases)
    judged = sum(basis.judgement and not basis.citations for basis in bases)
    known = [around.confidence if one.confidence is None else one.confidence for one in statements]
    mean = float(np.mean(known)) if known else None
    widest = _widest(forecast)
    sources = len(dispute.sources)
    level: Level = "moderate"
    if (
        not sources
        or 2 * cited < len(bases)
        or widest[1] >= 4
        or (sources == 1 and mean is not None and mean < _SURE)
    ):
        level = "low"
    # High takes a record of scored forecasts, which no file has yet.
    return Confidence(level, sources, len(bases), cited, judged, mean, widest)


def _widest(forecast: Forecast) -> tuple[int, int]:
    low, high = np.percentile(chances(forecast), (5, 95), axis=0)
    spans = [band(top) - band(bottom) + 1 for bottom, top in zip(low, high, strict=True)]
    widest = int(np.argmax(spans))
    return widest, spans[widest]
