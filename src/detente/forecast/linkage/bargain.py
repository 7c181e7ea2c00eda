"""What parties bargain over: compromises, exchanges between issues, and elections, together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Dispute, Estimate
from detente.dispute.result import Result
from detente.forecast.linkage.draws import DrawnBargain, Quantity, draw_bargains, estimates_of
from detente.forecast.linkage.election import elect_outcomes, elect_positions
from detente.forecast.linkage.exchanges import (
    Exchange,
    exchanges,
    exchanges_in_turn,
    outcomes_and_shares,
)
from detente.forecast.linkage.table import Positions, positions_of

__all__ = ["Bargain", "IssueBargain", "bargain", "bargain_over"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class IssueBargain:
    """What follows for one issue, from the numbers as stated.

    Attributes
    ----------
    issue
        Its number.
    compromise, median
        Places on its scale (definitions 2 and 3).
    shares
        For each actor its share of the weight.
    candidates, chances
        The distinct positions, in order, and how likely each is to be elected.
    outcomes
        The named outcomes that lie on the scale, with how likely each is to be elected among them.
    after
        The outcome once the exchanges in turn are made.
    """

    issue: int
    compromise: float
    median: float
    shares: Floats
    candidates: Floats
    chances: Floats
    outcomes: dict[str, float]
    after: float


@dataclass(frozen=True, eq=False)
class Bargain(Result):
    """Where parties stand on issues, and what follows from it.

    Attributes
    ----------
    table
        Who stands where.
    issues
        What follows for each issue.
    exchanges
        All exchanges from where the actors stand, greatest gain first.
    in_turn
        Those that are made one after another.
    drawn
        What follows over draws of the numbers; None where none were asked for.
    confidence
        What estimates without a confidence of their own are held with.
    """

    table: Positions
    issues: tuple[IssueBargain, ...]
    exchanges: tuple[Exchange, ...] = field(repr=False)
    in_turn: tuple[Exchange, ...] = field(repr=False)
    drawn: DrawnBargain | None = field(repr=False)
    confidence: float
    seed: int

    @property
    def interrupted(self) -> bool:
        """Whether the user ended the draws."""
        return self.drawn is not None and self.drawn.interrupted

    def of(self, actor: int) -> tuple[Exchange, ...]:
        """The exchanges that one actor makes."""
        return tuple(one for one in self.exchanges if actor in one.givers)

    def costs_outside(self) -> Floats:
        """What the exchanges of others bring or cost each actor, summed over all of them."""
        total = np.zeros(len(self.table.actors))
        for one in self.exchanges:
            total += np.array(one.others)
        return total


def bargain(
    dispute: Dispute,
    *,
    draws: int = 1000,
    confidence: float = 0.8,
    seed: int = 0,
    progress: Callable[[str, float], None] | None = None,
) -> Bargain:
    """Work out what parties could settle on, issue by issue, and what they would exchange.

    Parameters
    ----------
    dispute
        A dispute with issues.
    draws
        How many draws of the numbers; 0 for none.
    confidence
        For estimates without one of their own: the probability that they are as stated.
    seed
        Seed of the random numbers.
    progress
        Called as the work goes on.

    Returns
    -------
    Bargain
        With the draws until then, where the user interrupts them.

    Raises
    ------
    DisputeError
        If the dispute has no issues, nobody has any weight on one, or a number is out of range.

    Examples
    --------
    >>> import detente
    >>> found = detente.bargain(detente.load("korea-2017"), draws=0)
    >>> round(found.issues[0].compromise)
    58
    """
    places = tuple(dict(issue.places) for issue in dispute.issues)
    return bargain_over(
        positions_of(dispute),
        places=places,
        estimates=estimates_of(dispute),
        draws=draws,
        confidence=confidence,
        seed=seed,
        progress=progress,
    )


def bargain_over(
    table: Positions,
    *,
    places: tuple[dict[str, float], ...] = (),
    estimates: dict[tuple[int, int, Quantity], Estimate] | None = None,
    draws: int = 0,
    confidence: float = 0.8,
    seed: int = 0,
    progress: Callable[[str, float], None] | None = None,
) -> Bargain:
    """What follows from any table of positions; see :func:`bargain`.

    Parameters
    ----------
    table
        Who stands where.
    places
        For each issue, where named outcomes lie on its scale.
    estimates
        What is known of the numbers that are drawn; by default all within their whole range.
    """
    from detente.forecast.linkage.kernels import weighted_median

    outcome, share = outcomes_and_shares(table)
    in_turn, after = exchanges_in_turn(table)
    issues = []
    for number in range(len(table.issues)):
        candidates, chances = elect_positions(table, number)
        issues.append(
            IssueBargain(
                number,
                float(outcome[number]),
                float(weighted_median(table.position[number], share[number])),
                share[number],
                candidates,
                chances,
                elect_outcomes(table, number, places[number]) if places else {},
                float(after[number]),
            )
        )
    drawn = None
    if draws:
        known = _whole_range(table) if estimates is None else estimates
        drawn = draw_bargains(
            table, known, draws, confidence=confidence, seed=seed, progress=progress
        )
    return Bargain(
        table, tuple(issues), exchanges(table), in_turn, drawn, confidence=confidence, seed=seed
    )


def _whole_range(table: Positions) -> dict[tuple[int, int, Quantity], Estimate]:
    """Estimates that may be anything, where a table says only what they are."""
    found: dict[tuple[int, int, Quantity], Estimate] = {}
    most = float(table.capability.max())
    for issue in range(len(table.issues)):
        for actor in table.takes_part(issue).tolist():
            at = issue, actor
            found[issue, actor, "position"] = Estimate(float(table.position[at]), 0.0, 100.0)
            found[issue, actor, "salience"] = Estimate(float(table.salience[at]), 0.0, 1.0)
            found[issue, actor, "capability"] = Estimate(float(table.capability[at]), 0.0, most)
    return found
