"""What to expect where a reader holds a few assumptions otherwise, quickly enough to be moved.

A few statements are held as surely as the reader says, each by itself; all other preferences are as
stated. The chances are exact: the mean over every way in which those few hold or fail. The measure
is detente's own; ``docs/concepts/brief.md`` has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Dispute, Statements
from detente.forecast.drawn import ForecastPlan, Prepared, one_course
from detente.robustness.draws import DrawnPreferences, stated_preferences
from detente.space.shared_work import processors
from detente.space.threads import in_threads

if TYPE_CHECKING:
    from detente.briefing.brief import Brief
    from detente.forecast.worth import Worth

__all__ = ["Doubted", "Ways", "doubted_statements", "ways_to_play"]

Values = NDArray[np.float64]

# Statements that a reader can move: twice as much work with each more.
_MOST_DOUBTED = 3

# What moves all chances, added up, by less than this is not worth a reader's time.
_LEAST_WEIGHT = 0.005


@dataclass(frozen=True, slots=True)
class Doubted:
    """A statement that may fail.

    Attributes
    ----------
    party, statement
        Id of the party, and number of the statement, from 1.
    confidence
        How surely it is held as the file has it.
    fails
        How it fails: ``dropped``, or ``reversed`` where it is not known which way a party prefers.
    """

    party: str
    statement: int
    confidence: float
    fails: str


@dataclass(frozen=True, eq=False)
class Ways:
    """What is to be expected in each way in which a few statements hold or fail.

    Attributes
    ----------
    chances
        Shape (ways, goals): for a goal that holds now, of holding at the last step; for any other,
        of having come by then. The ways are in the order of :func:`itertools.product`, a statement
        failing before it holds.
    moves
        Shape (ways, first moves): the probability of each next move.
    """

    chances: Values = field(repr=False)
    moves: Values = field(repr=False)


def doubted_statements(found: Brief, most: int = _MOST_DOUBTED) -> tuple[Doubted, ...]:
    """The statements on which most hangs in a brief, at most so many."""
    told = [
        one
        for one in found.assumptions
        if one.kind == "statement" and one.weight >= _LEAST_WEIGHT and one.party and one.statement
    ]
    return tuple(
        Doubted(str(one.party), int(one.statement or 0), 1.0 - one.doubt, one.otherwise)
        for one in told[:most]
    )


def ways_to_play(
    plan: ForecastPlan,
    prepared: Prepared,
    doubted: Sequence[Doubted],
    *,
    odds: float,
    tempo: tuple[tuple[str, float], ...] = (),
    foresight: str = "SEQ",
    worth: Worth = "rank",
) -> Ways:
    """Carry play forward in every way in which a few statements hold or fail.

    Parameters
    ----------
    plan, prepared
        The forecast's.
    doubted
        The statements: 2 to the power of their number is the work.
    odds, tempo, foresight, worth
        How play goes on; see :class:`detente.forecast.assumptions.Assumptions`.

    Returns
    -------
    Ways
    """
    under = replace(
        plan,
        assumptions=replace(plan.assumptions, tempo=tempo, foresight=foresight, worth=worth),
    )
    ways = list(product((False, True), repeat=len(doubted)))
    carried = list(
        in_threads(partial(_carried, under, prepared, doubted, odds), ways, processors())
    )
    chances = np.array([chance for chance, _ in carried])
    return Ways(chances, np.array([moves for _, moves in carried]).reshape(len(ways), -1))


def _carried(
    plan: ForecastPlan,
    prepared: Prepared,
    doubted: Sequence[Doubted],
    odds: float,
    holding: tuple[bool, ...],
) -> tuple[Values, Values]:
    ground = prepared.ground
    if not all(holding):
        drawn = _failing(
            plan.dispute, [one for one, holds in zip(doubted, holding, strict=True) if not holds]
        )
        (model,) = prepared.models.models(drawn)
        ground = ground.of_other_ranks(model)
    course, moves = one_course(plan, prepared, ground, odds, carriers=False, exact=False)
    return np.where(course.by[0] == 1, course.at[-1], course.by[-1]), moves


def _failing(dispute: Dispute, failing: Sequence[Doubted]) -> tuple[DrawnPreferences, ...]:
    drawn = stated_preferences(dispute)
    for one in failing:
        number = dispute.party_numbers[one.party]
        assert isinstance(dispute.parties[number].preferences, Statements)
        drawn[number].reading[0, one.statement - 1] = -1 if one.fails == "reversed" else 0
    return drawn
