"""Positions, saliences and capabilities drawn around those stated, and what follows in each draw.

Definitions 13 to 15 of docs/concepts/linkage.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Dispute, Estimate
from detente.dispute.errors import DisputeError, shown
from detente.forecast.linkage.table import Positions

__all__ = ["DrawnBargain", "EstimateDriver", "Quantity", "draw_bargains", "estimates_of"]

Floats = NDArray[np.float64]
Quantity: TypeAlias = Literal["position", "salience", "capability"]
QUANTITIES: tuple[Quantity, ...] = ("position", "salience", "capability")

# Draws that are worked out between two looks at whether the user wants to stop.
_CHUNK = 250

# As elsewhere in detente: exceeded by chance in one of a thousand (chi-square, one degree).
_CHANCE = 10.828


@dataclass(frozen=True, slots=True)
class EstimateDriver:
    """What one estimate does to a result.

    Attributes
    ----------
    issue, actor
        Numbers.
    quantity
        Which of the stand's three numbers.
    share
        The share of the result's variance over the draws that a straight line in this number
        accounts for: the square of their correlation, 0 to 1.
    upwards
        Whether the result rises with it.
    """

    issue: int
    actor: int
    quantity: Quantity
    share: float
    upwards: bool


@dataclass(frozen=True, eq=False)
class DrawnBargain:
    """What follows in many draws.

    Attributes
    ----------
    draws
        How many draws were worked out.
    drawn
        Shape (draws, inputs): the numbers drawn.
    inputs
        Issue, actor and quantity of each column of `drawn`, by number.
    compromise, median
        Shape (draws, issues).
    chance
        Shape (draws, issues, actors): how likely what the actor wants is to be elected; not a
        number where it takes no part.
    made
        Shape (issues, issues, actors, actors): in how many draws actor i gives on issue p and
        actor j on the later issue q, indexed [p, q, i, j].
    gained
        Of the same shape: the sum of the gain of either.
    outside
        Shape (draws, actors): what an actor gains or loses by all exchanges of others, each taken
        for itself.
    interrupted
        Whether the user ended the work.
    """

    draws: int
    drawn: Floats
    inputs: tuple[tuple[int, int, Quantity], ...]
    compromise: Floats
    median: Floats
    chance: Floats
    made: NDArray[np.int64]
    gained: Floats
    outside: Floats
    interrupted: bool = False

    def drivers(self, result: Floats) -> tuple[EstimateDriver, ...]:
        """Which estimates move a result, shape (draws,), most first; none by mere chance."""
        if self.draws < 2:
            return ()
        spread = result - result.mean()
        variance = float(spread @ spread)
        found = []
        for column, (issue, actor, quantity) in enumerate(self.inputs):
            moved = self._centred[:, column]
            own = float(moved @ moved)
            if own <= 0 or variance <= 0:
                continue
            together = float(moved @ spread)
            share = together**2 / (own * variance)
            if share * self.draws > _CHANCE:
                found.append(EstimateDriver(issue, actor, quantity, share, together > 0))
        return tuple(sorted(found, key=lambda one: -one.share))

    @cached_property
    def _centred(self) -> Floats:
        centred: Floats = self.drawn - self.drawn.mean(axis=0)
        return centred


def draw_bargains(
    table: Positions,
    estimates: dict[tuple[int, int, Quantity], Estimate],
    draws: int,
    *,
    confidence: float = 0.8,
    seed: int = 0,
    progress: Callable[[str, float], None] | None = None,
) -> DrawnBargain:
    """Draw the numbers of a table, and work out what follows in each draw.

    Parameters
    ----------
    table
        The numbers as stated.
    estimates
        For issue, actor and quantity, what is known of the number. What is not there is not drawn.
    draws
        How many; fewer draws are the first of more.
    confidence
        For estimates without one of their own: the probability that they are as stated.
    seed
        Seed of the random numbers.
    progress
        Called as the work goes on.

    Returns
    -------
    DrawnBargain
        Of the draws until then, where the user interrupts.

    Raises
    ------
    DisputeError
        If `confidence` is no probability, or `draws` is not positive.
    """
    from detente.forecast.linkage.kernels import bargain_draws

    if not 0 <= confidence <= 1:
        raise DisputeError("confidence is a number from 0 to 1", found=shown(confidence))
    if draws < 1:
        raise DisputeError("draws is a whole number from 1", found=shown(draws))
    inputs = tuple(estimates)
    drawn = _drawn(list(estimates.values()), draws, confidence, seed)
    issues, actors = table.position.shape
    compromise, median = np.empty((draws, issues)), np.empty((draws, issues))
    chance = np.empty((draws, issues, actors))
    made = np.zeros((issues, issues, actors, actors), dtype=np.int64)
    gained = np.zeros(made.shape)
    outside = np.zeros((draws, actors))
    done = 0
    try:
        for start in range(0, draws, _CHUNK):
            rows = slice(start, min(start + _CHUNK, draws))
            values = {
                one: np.repeat(getattr(table, one)[None], rows.stop - start, axis=0)
                for one in QUANTITIES
            }
            for column, (issue, actor, quantity) in enumerate(inputs):
                values[quantity][:, issue, actor] = drawn[rows, column]
            bargain_draws(
                values["position"],
                values["salience"],
                values["capability"],
                compromise[rows],
                median[rows],
                chance[rows],
                made,
                gained,
                outside[rows],
            )
            done = rows.stop
            if progress:
                progress(f"{done:,} draws", done / draws)
    except KeyboardInterrupt:
        if not done:
            raise
    return DrawnBargain(
        done,
        drawn[:done],
        inputs,
        compromise[:done],
        median[:done],
        chance[:done],
        made,
        gained,
        outside[:done],
        interrupted=done < draws,
    )


def estimates_of(dispute: Dispute) -> dict[tuple[int, int, Quantity], Estimate]:
    """What is known of each number of a dispute's issues, by issue, actor and quantity."""
    found: dict[tuple[int, int, Quantity], Estimate] = {}
    for row, issue in enumerate(dispute.issues):
        for stand in issue.stands:
            actor = dispute.party_numbers[stand.party]
            found[row, actor, "position"] = stand.position
            found[row, actor, "salience"] = stand.salience
            found[row, actor, "capability"] = stand.capability
    return found


def _drawn(estimates: list[Estimate], draws: int, confidence: float, seed: int) -> Floats:
    """Shape (draws, estimates): as stated, or else anything within the bounds (definition 13)."""
    random = np.random.default_rng(np.random.SeedSequence(seed)).random((draws, len(estimates), 2))
    drawn = np.empty((draws, len(estimates)))
    for column, one in enumerate(estimates):
        sure = confidence if one.confidence is None else one.confidence
        anything = one.low + random[:, column, 1] * (one.high - one.low)
        drawn[:, column] = np.where(random[:, column, 0] < sure, one.value, anything)
    return drawn
