"""The assumptions on which most hangs, over all that a brief foretells.

What hangs on an assumption is how far the chances of all outcomes move when it alone is changed,
added up, times how likely it is to be wrong: one minus the confidence of a statement; one half for
what nobody has measured, how parties look ahead, what ranks are worth, and the odds. The measure is
detente's own; ``docs/concepts/brief.md`` has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from detente.briefing.expected import Variant, chances, variants
from detente.dispute.dispute import Dispute, Statement, Statements
from detente.forecast.analysis import Forecast
from detente.robustness.draws import (
    DrawnPreferences,
    Uncertainty,
    inputs,
    stated_preferences,
)
from detente.stability.analysis import Progress

__all__ = ["Assumption", "ranked_assumptions"]

Values = NDArray[np.float64]
Kind = Literal["statement", "odds", "foresight", "worth"]

# Statements that are changed one by one in a large dispute: those that stand out in the draws.
_TRIED = 10

# Every statement is changed where that takes no more than so many states times statements.
_LITTLE_WORK = 200_000

# What nobody has measured is as likely wrong as right.
_UNMEASURED = 0.5


@dataclass(frozen=True, slots=True)
class Assumption:
    """One assumption, and what follows where it does not hold.

    Attributes
    ----------
    kind
        ``statement``: a preference of the file; otherwise an assumption of the forecast.
    party, statement
        Id of the party and number of its statement, from 1; None for the others.
    otherwise
        What is assumed instead, such as ``dropped``, ``reversed``, ``2`` or ``myopic``.
    doubt
        How likely it is to be wrong.
    chances
        For each goal, its chance where the assumption is changed.
    weight
        By how much all chances move, added up, times the doubt.
    """

    kind: Kind
    party: str | None
    statement: int | None
    otherwise: str
    doubt: float
    chances: tuple[float, ...]
    weight: float


def ranked_assumptions(
    forecast: Forecast, progress: Progress | None = None
) -> tuple[Values, tuple[Assumption, ...], int]:
    """Change one assumption after the other.

    Parameters
    ----------
    forecast
        What is foretold.
    progress
        Called as the work goes on.

    Returns
    -------
    as_stated : numpy.ndarray of float64
        Shape (goals,): the chances with the preferences as stated, at the middle odds.
    assumptions : tuple of Assumption
        All that were changed, the one that matters most first.
    statements : int
        How many statements there are, of which some may not have been changed.
    """
    plan, prepared = forecast.plan, forecast.prepared
    dispute, around = plan.dispute, plan.uncertainty
    every = _statements(dispute)
    work = len(every) * prepared.ground.model.space.count
    tried = every if work <= _LITTLE_WORK else _standing_out(forecast, every)[:_TRIED]
    middle = plan.assumptions.middle_odds
    asked = [Variant(None, middle)]
    told: list[tuple[Kind, str | None, int | None, str, float]] = []
    for party, number, statement in tried:
        unknown = (party, number) in around.unknown
        asked.append(Variant(_without(dispute, party, number, unknown), middle))
        doubt = _UNMEASURED if unknown else 1.0 - _confidence(statement, around)
        told.append(("statement", party, number, "reversed" if unknown else "dropped", doubt))
    for odds in (*plan.assumptions.odds,) if not plan.assumptions.one_odds else ():
        asked.append(Variant(None, odds))
        told.append(("odds", None, None, f"{odds:g}", _UNMEASURED))
    other: tuple[tuple[Kind, str], ...] = (("foresight", "myopic"), ("worth", "share"))
    for kind, value in other:
        asked.append(Variant(None, middle, ((kind, value),)))
        told.append((kind, None, None, value, _UNMEASURED))
    found = variants(plan, prepared, asked, progress)
    as_stated = found[0]
    assumptions = [
        Assumption(
            kind,
            owner,
            place,
            otherwise,
            doubt,
            tuple(row.tolist()),
            doubt * float(np.abs(row - as_stated).sum()),
        )
        for (kind, owner, place, otherwise, doubt), row in zip(told, found[1:], strict=True)
    ]
    assumptions.sort(key=lambda one: -one.weight)
    return as_stated, _once_each(assumptions), len(every)


def _once_each(assumptions: list[Assumption]) -> tuple[Assumption, ...]:
    """Of the two ends of the odds, the one that moves more."""
    found: list[Assumption] = []
    for one in assumptions:
        if one.kind != "odds" or all(other.kind != "odds" for other in found):
            found.append(one)
    return tuple(found)


def _statements(dispute: Dispute) -> list[tuple[str, int, Statement]]:
    return [
        (party.id, number, statement)
        for party in dispute.parties
        if isinstance(party.preferences, Statements)
        for number, statement in enumerate(party.preferences.statements, start=1)
    ]


def _confidence(statement: Statement, around: Uncertainty) -> float:
    return around.confidence if statement.confidence is None else statement.confidence


def _without(
    dispute: Dispute, party: str, number: int, unknown: bool
) -> tuple[DrawnPreferences, ...]:
    drawn = stated_preferences(dispute)
    drawn[dispute.party_numbers[party]].reading[0, number - 1] = -1 if unknown else 0
    return drawn


def _standing_out(
    forecast: Forecast, statements: list[tuple[str, int, Statement]]
) -> list[tuple[str, int, Statement]]:
    """The statements by how much the draws differ with them, the most first.

    Few draws tell little of each, so this only chooses what is looked at one by one.
    """
    values = chances(forecast)
    column = {one.id: place for place, one in enumerate(inputs(forecast.dispute))}

    def moved(one: tuple[str, int, Statement]) -> float:
        held = forecast.rows.inputs[:, column[f"{one[0]}.{one[1]}"]]
        if held.all() or not held.any():
            return 0.0
        share = float(held.mean())
        apart = np.abs(values[held].mean(axis=0) - values[~held].mean(axis=0)).sum()
        return float(apart) * share * (1 - share)

    return sorted(statements, key=lambda one: -moved(one))
