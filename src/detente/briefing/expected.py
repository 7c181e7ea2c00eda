"""What to expect: a forecast of few draws, and the same for changed assumptions.

A brief is read at once, so it draws less than ``detente forecast`` and leaves out what it does not
tell: the likeliest courses and the bounds over orders of movers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Dispute
from detente.dispute.errors import DisputeError
from detente.forecast.analysis import Forecast, tempo_in
from detente.forecast.assumptions import Assumptions
from detente.forecast.drawn import (
    ForecastPlan,
    Prepared,
    joined,
    one_course,
    prepare,
    run_stretch,
    stacked,
)
from detente.robustness.draws import STATED, DrawnPreferences, Uncertainty, inputs, settled
from detente.robustness.run.stretches import cut, missing
from detente.space.shared_work import processors
from detente.space.threads import in_threads
from detente.stability.analysis import Progress

__all__ = [
    "Variant",
    "chances",
    "expected",
    "planned",
    "usual_assumptions",
    "usual_draws",
    "variants",
]

Values = NDArray[np.float64]

# Up to so many states a brief draws as often as `detente forecast`.
_FEW_STATES = 2**12
_MANY_DRAWS = 200
_FEW_DRAWS = 16


def usual_draws(states: int) -> int:
    """How many draws a brief takes of a dispute of so many states."""
    return _MANY_DRAWS if states <= _FEW_STATES else _FEW_DRAWS


def expected(
    dispute: Dispute,
    *,
    steps: int = 12,
    draws: int | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Forecast:
    """The forecast on which a brief rests.

    Parameters
    ----------
    dispute
        The dispute, with a status quo.
    steps
        How many steps to look ahead.
    draws
        How many draws of preferences and odds; by default :func:`usual_draws`.
    seed
        Seed of the draws.
    progress
        Called as the work goes on.

    Raises
    ------
    DisputeError
        If the dispute has no status quo or nothing to follow.
    """
    if progress:
        progress("states and moves", 0.0)
    plan, prepared = planned(dispute, steps=steps, certain=draws == 0, seed=seed)
    wanted = usual_draws(prepared.ground.model.space.count) if draws is None else draws
    if not wanted:
        odds = plan.assumptions.middle_odds
        middle = one_course(plan, prepared, prepared.ground, odds, carriers=False)
        stated = np.ones((1, len(inputs(dispute))), dtype=np.bool_)
        rows = stacked(
            plan, prepared, 0, stated, np.array([plan.assumptions.middle_odds]), [middle]
        )
        return Forecast(plan, prepared.goals.each, 0, rows, prepared)
    parts = []
    stretches = cut(missing([], wanted), max(1, wanted // (4 * processors())))
    work = in_threads(partial(run_stretch, plan, prepared, carriers=False), stretches, processors())
    for part in work:
        parts.append(part)
        if progress:
            progress(f"{part.last:,} of {wanted:,} draws", 0.1 + 0.5 * part.last / wanted)
    return Forecast(plan, prepared.goals.each, wanted, joined(parts), prepared)


def usual_assumptions(dispute: Dispute, steps: int = 12) -> Assumptions:
    """How play goes on in a brief: as in a forecast that is asked for nothing else."""
    parties = [party.id for party in dispute.parties]
    tempo = tempo_in(dispute, None, packages=False)
    if all(one == 1 for one in tempo):
        return Assumptions(steps)
    return Assumptions(steps, tempo=tuple(zip(parties, tempo, strict=True)))


def planned(
    dispute: Dispute, *, steps: int = 12, certain: bool = False, seed: int = 0
) -> tuple[ForecastPlan, Prepared]:
    """What a brief draws and follows, and the dispute prepared for it.

    Parameters
    ----------
    dispute
        The dispute, with a status quo.
    steps, seed
        As in :func:`expected`.
    certain
        Whether preferences are taken as stated.

    Raises
    ------
    DisputeError
        If the dispute has no status quo or nothing to follow.
    """
    if dispute.status_quo is None:
        raise DisputeError(
            "a brief starts from the status quo, and this dispute names none", path=dispute.path
        )
    dispute, unknown = settled(dispute)
    around = replace(Uncertainty(), unknown=tuple(dict.fromkeys(unknown)))
    assumed = usual_assumptions(dispute, steps)
    plan = ForecastPlan(dispute, assumed, STATED if certain else around, seed)
    return plan, prepare(plan)


def chances(forecast: Forecast) -> Values:
    """For each goal: of holding at the last step where it holds now, or else of having come.

    Returns
    -------
    numpy.ndarray of float64
        Shape (draws, goals).
    """
    begun = forecast.rows.by[0, 0] == 1
    found: Values = np.where(begun, forecast.rows.at[:, -1], forecast.rows.by[:, -1])
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Variant:
    """Assumptions under which play is carried forward once more.

    Attributes
    ----------
    preferences
        One draw of all parties' preferences; None for those stated.
    odds
        The odds.
    changed
        Assumptions of the forecast that differ, such as ``{"foresight": "myopic"}``.
    """

    preferences: tuple[DrawnPreferences, ...] | None = field(repr=False)
    odds: float
    changed: tuple[tuple[str, str], ...] = ()


def variants(
    plan: ForecastPlan,
    prepared: Prepared,
    asked: Sequence[Variant],
    progress: Progress | None = None,
) -> Values:
    """The chances of each goal under other assumptions; see :func:`chances`.

    Returns
    -------
    numpy.ndarray of float64
        Shape (variants, goals).
    """
    rows = []
    for row in in_threads(partial(_variant, plan, prepared), asked, processors()):
        rows.append(row)
        if progress:
            progress(
                f"{len(rows)} of {len(asked)} assumptions changed",
                0.6 + 0.25 * len(rows) / len(asked),
            )
    return np.array(rows).reshape(len(asked), len(prepared.goals.each))


def _variant(plan: ForecastPlan, prepared: Prepared, asked: Variant) -> Values:
    assumed = replace(plan.assumptions, **dict(asked.changed))  # type: ignore[arg-type]
    ground = prepared.ground
    if asked.preferences is not None:
        (model,) = prepared.models.models(asked.preferences)
        ground = ground.of_other_ranks(model)
    under = replace(plan, assumptions=assumed)
    course, _ = one_course(under, prepared, ground, asked.odds, carriers=False)
    found: Values = np.where(course.by[0] == 1, course.at[-1], course.by[-1])
    return found
