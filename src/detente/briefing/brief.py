"""All that a brief tells, worked out."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.briefing.assumptions import Assumption, ranked_assumptions
from detente.briefing.confidence import Confidence, confidence_in
from detente.briefing.expected import chances, expected
from detente.briefing.indicators import Indicator, indicators
from detente.briefing.mediated import mediated
from detente.briefing.wished import JUDGED_BY, Wished, default_goal, wished
from detente.dispute.dispute import Dispute
from detente.dispute.errors import DisputeError, nearest, shown
from detente.dispute.names import party_number
from detente.dispute.result import Result
from detente.forecast.analysis import Forecast
from detente.mediation.envoy import Envoy
from detente.stability.analysis import Progress

__all__ = ["Brief", "brief"]

Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class Brief(Result):
    """What to expect of a dispute, and what that depends on: the content of a one-page brief.

    Attributes
    ----------
    forecast
        The forecast, over a small number of draws.
    party
        Id of the party that the brief is for, or None.
    named
        Whether the outcome that is looked at was named by the reader.
    chance, low, high
        For each goal, shape (goals,): the mean chance over the draws, and its 5th and 95th
        percentile. Of a goal that holds now the chance is that of holding at the last step; of any
        other, that of having come about by then.
    as_stated
        The same with the preferences as stated, at the middle odds: what changed assumptions are
        compared with.
    assumptions
        All that were changed one after the other, the one that matters most first.
    statements
        How many statements there are; fewer may have been changed.
    indicators
        Every move that a party could make next, and what would then be expected.
    confidence
        How far this can be relied on.
    wished
        The outcome that is looked at; None where there is none to look at.
    envoy
        What an envoy could do for it; None where that was not looked at.
    """

    forecast: Forecast
    party: str | None
    named: bool
    chance: Values = field(repr=False)
    low: Values = field(repr=False)
    high: Values = field(repr=False)
    as_stated: Values = field(repr=False)
    assumptions: tuple[Assumption, ...]
    statements: int
    indicators: tuple[Indicator, ...]
    confidence: Confidence
    wished: Wished | None = None
    envoy: Envoy | None = None

    @property
    def dispute(self) -> Dispute:
        """The dispute."""
        return self.forecast.dispute

    @cached_property
    def equilibrium_counts(self) -> dict[str, int]:
        """How many states are equilibria, under the concept by which the brief judges."""
        ground = self.forecast.prepared.ground
        parties = range(len(self.dispute.parties))
        held = [ground.stable(JUDGED_BY, party) for party in parties]
        return {JUDGED_BY: int(np.count_nonzero(ground.feasible & np.all(held, axis=0)))}

    @property
    def for_whom(self) -> str:
        """Name of the party that the brief is for; "" where it is for nobody in particular."""
        if self.party is None:
            return ""
        return self.dispute.parties[self.dispute.party_numbers[self.party]].name

    def __repr__(self) -> str:
        return f"<Brief of {self.dispute.title!r}: {len(self.forecast.goals)} outcomes>"


def brief(
    dispute: Dispute,
    party: str | None = None,
    *,
    about: str | None = None,
    steps: int = 12,
    draws: int | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Brief:
    """Say on one page what to expect of a dispute, how sure that is, and what it depends on.

    Parameters
    ----------
    dispute
        The dispute, with a status quo.
    party
        Id of a party for which the brief is written.
    about
        Id of the outcome that is wished for. By default: the one that the party ranks highest, or
        without a party the one that leaves the party that is worst off best off.
    steps
        How many steps to look ahead.
    draws
        How many draws of preferences and odds. By default: 200 in a small dispute, 16 in a large.
    seed
        Seed of the draws.
    progress
        Called as the work goes on.

    Returns
    -------
    Brief

    Raises
    ------
    DisputeError
        If the dispute has no status quo or nothing to follow, or a name is unknown.

    Examples
    --------
    >>> import detente
    >>> page = detente.brief(detente.load("elmira"), about="abandonment")
    >>> page.confidence.level
    'low'
    """
    if party is not None:
        party = dispute.parties[party_number(dispute, party)].id
    if about is not None:
        _check_outcome(dispute, about)
    forecast = expected(dispute, steps=steps, draws=draws, seed=seed, progress=progress)
    goal = forecast.goal(about) if about is not None else default_goal(forecast, party)
    as_stated, assumptions, statements = ranked_assumptions(forecast, progress)
    values = chances(forecast)
    low, high = np.percentile(values, (5, 95), axis=0)
    looked_at = None if goal is None else wished(forecast, goal, progress)
    envoy = None if looked_at is None else mediated(forecast, looked_at.goal, progress)
    return Brief(
        forecast,
        party,
        about is not None,
        values.mean(axis=0),
        low,
        high,
        as_stated,
        assumptions,
        statements,
        indicators(forecast),
        confidence_in(forecast),
        looked_at,
        envoy,
    )


def _check_outcome(dispute: Dispute, name: str) -> None:
    names = [outcome.id for outcome in dispute.outcomes]
    if name not in names:
        raise DisputeError(
            f"there is no outcome {shown(name)}",
            found=name,
            allowed=tuple(names),
            nearest=nearest(name, names),
        )
