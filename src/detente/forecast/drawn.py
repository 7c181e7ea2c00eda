"""Forecasts under drawn preferences and odds, draw by draw."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property, lru_cache
from math import isinf

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Dispute, Formula
from detente.forecast.assumptions import Assumptions
from detente.forecast.goals import Goals, goals_of
from detente.forecast.movers import Dynamics, play_of
from detente.forecast.propagation import Carriers, Propagation, propagate
from detente.forecast.quick import QuickChoice, QuickPlay, quick_play
from detente.queries.play_steps import Ground
from detente.robustness.draws import (
    CHUNK,
    DrawnPreferences,
    Uncertainty,
    draw_chunk,
    input_values,
)
from detente.robustness.engine.batch import Batch, batch
from detente.robustness.run.stretches import Stretch

__all__ = [
    "CARRIER_DRAWS",
    "DrawnForecasts",
    "ForecastPlan",
    "Prepared",
    "joined",
    "prepare",
    "quick_choice",
    "run_stretch",
    "tempo_of",
]

Values = NDArray[np.float64]

CARRIER_DRAWS = 64
"""In so many draws, the first, it is told who carries play: shares need fewer than ranges."""

# Up to so many steps draws are carried in numbers of 4 bytes, as chance moves their mean far more.
_ROUGH_STEPS = 100

# The stream of random numbers of a chunk that odds are drawn from, beside that of preferences.
_ODDS_STREAM = 1


@dataclass(frozen=True, eq=False)
class ForecastPlan:
    """What is drawn and followed; all that a worker needs.

    Attributes
    ----------
    dispute
        The dispute as stated, with the status quo from which play starts.
    assumptions
        What the forecast assumes.
    uncertainty
        How far drawn preferences may lie from the stated ones.
    seed
        Seed of the draws.
    asked
        A formula that is followed instead of the outcomes.
    """

    dispute: Dispute
    assumptions: Assumptions
    uncertainty: Uncertainty
    seed: int
    asked: Formula | None = None

    @cached_property
    def fingerprint(self) -> str:
        """A digest of everything on which the draws and what is found in them depend."""
        from detente import __version__

        return hashlib.sha256(
            repr(
                (
                    __version__,
                    replace(self.dispute, path=None),
                    self.assumptions,
                    self.uncertainty,
                    self.seed,
                    self.asked,
                    CHUNK,
                )
            ).encode()
        ).hexdigest()

    @property
    def packages(self) -> tuple[str, ...]:
        """Ids of the packages that are movers."""
        if not self.assumptions.packages:
            return ()
        return tuple(package.id for package in self.dispute.packages)


@dataclass(frozen=True, eq=False)
class Prepared:
    """A plan's dispute, prepared for many draws.

    Attributes
    ----------
    models
        Gives the graph model of each draw.
    ground
        The graph model as stated.
    goals
        What is followed.
    start
        The node where play starts.
    first_moves
        Every move that somebody could make at the start, as mover and node.
    quick
        What many draws have in common; None where each is carried forward by itself.
    """

    models: Batch
    ground: Ground
    goals: Goals
    start: int
    first_moves: tuple[tuple[int, int], ...]
    quick: QuickPlay | None = None


def prepare(plan: ForecastPlan) -> Prepared:
    """Prepare a plan's dispute for its draws.

    Raises
    ------
    DisputeError
        If the dispute cannot be analysed, or there is nothing to follow.
    """
    models = batch(plan.dispute, ("Nash",), one_by_one=True)
    ground = Ground(models.model)
    goals = goals_of(ground, plan.asked, plan.packages)
    status_quo = models.model.status_quo
    assert status_quo is not None, "forecast() refuses a dispute without a status quo"
    start = models.model.node(status_quo)
    first_moves = [
        (party, int(node))
        for party in range(len(plan.dispute.parties))
        for node in models.model.graph.moves_from(start, party)
    ]
    for number, package in enumerate(plan.packages, start=len(plan.dispute.parties)):
        end = int(ground.package_results(package)[start])
        if end >= 0:
            first_moves.append((number, end))
    quick = quick_play(ground, goals, start, plan.packages)
    return Prepared(models, ground, goals, start, tuple(first_moves), quick)


def tempo_of(plan: ForecastPlan) -> tuple[float, ...]:
    """How often each mover gets to move, in proportion: parties, then packages."""
    given = dict(plan.assumptions.tempo)
    parties = [given.get(party.id, 1.0) for party in plan.dispute.parties]
    return (*parties, *(given.get(package, 1.0) for package in plan.packages))


def play_under(plan: ForecastPlan, ground: Ground, odds: float, **changed: str) -> Dynamics:
    """How play goes on under a plan's assumptions, with some changed."""
    assumed = replace(plan.assumptions, **changed)  # type: ignore[arg-type]
    return play_of(
        ground,
        foresight=assumed.foresight,
        odds=odds,
        worth=assumed.worth,
        packages=plan.packages,
        tempo=tempo_of(plan),
    )


@dataclass(frozen=True, eq=False)
class DrawnForecasts:
    """What is foretold in consecutive draws.

    Attributes
    ----------
    first
        Number of the first of these draws, from 0.
    inputs
        Shape (draws, inputs): whether each input is as stated.
    odds
        Shape (draws,).
    at, by
        Shape (draws, steps + 1, goals): the probability of being in each goal at each step, and
        of having been in it at that step or before.
    movers, options
        Shape (draws, movers or options, goals): who carries play into each goal first; no number
        from draw :data:`CARRIER_DRAWS` on.
    next_moves
        Shape (draws, first moves): the probability of each move from the start.
    """

    first: int
    inputs: NDArray[np.bool_]
    odds: Values
    at: Values
    by: Values
    movers: Values
    options: Values
    next_moves: Values

    @property
    def last(self) -> int:
        """The number after that of the last of these draws."""
        return self.first + len(self.odds)


def joined(parts: Sequence[DrawnForecasts]) -> DrawnForecasts:
    """One result of several that follow one on another."""
    names = [field.name for field in fields(DrawnForecasts) if field.name != "first"]
    return DrawnForecasts(
        parts[0].first,
        **{name: np.concatenate([getattr(part, name) for part in parts]) for name in names},
    )


def run_stretch(
    plan: ForecastPlan, prepared: Prepared, stretch: Stretch, *, carriers: bool = True
) -> DrawnForecasts:
    """Draw preferences and odds, and carry play forward in each draw.

    Parameters
    ----------
    plan
        What is drawn and followed.
    prepared
        The plan's dispute, prepared.
    stretch
        Which draws.
    carriers
        Whether to tell who carries play into each goal, in the first draws.

    Returns
    -------
    DrawnForecasts
        The same whatever has been computed before.
    """
    rows = slice(stretch.first - stretch.chunk * CHUNK, stretch.last - stretch.chunk * CHUNK)
    preferences, all_odds = _drawn_in(plan, stretch.chunk)
    drawn = tuple(own.rows(rows) for own in preferences)
    odds = all_odds[rows]
    courses = []
    for number, model in enumerate(prepared.models.models(drawn), start=stretch.first):
        ground = prepared.ground.of_other_ranks(model)
        courses.append(
            one_course(
                plan,
                prepared,
                ground,
                float(odds[number - stretch.first]),
                carriers=carriers and number < CARRIER_DRAWS,
                exact=plan.assumptions.steps > _ROUGH_STEPS,
            )
        )
    return stacked(plan, prepared, stretch.first, input_values(plan.dispute, drawn), odds, courses)


@lru_cache(maxsize=2)
def _drawn_in(plan: ForecastPlan, chunk: int) -> tuple[tuple[DrawnPreferences, ...], Values]:
    """The preferences and odds of a chunk, which many stretches share."""
    sequence = np.random.SeedSequence(plan.seed, spawn_key=(chunk, _ODDS_STREAM))
    odds = plan.assumptions.odds_at(np.random.default_rng(sequence).random(CHUNK))
    return draw_chunk(plan.dispute, plan.uncertainty, plan.seed, chunk), odds


def one_course(
    plan: ForecastPlan,
    prepared: Prepared,
    ground: Ground,
    odds: float,
    *,
    carriers: bool = True,
    exact: bool = True,
    progress: Callable[[float], None] | None = None,
) -> tuple[Propagation, Values]:
    """Where play comes for one set of preferences and odds, and its next moves.

    Parameters
    ----------
    plan
        What is followed, and what is assumed.
    prepared
        The plan's dispute, prepared.
    ground
        The graph model with these preferences.
    odds
        The odds.
    carriers
        Whether to tell who carries play into each goal.
    exact
        Whether more than five digits are wanted.
    progress
        Called with the share of the work that is done, where it is done step by step.

    Returns
    -------
    course : Propagation
    chances : numpy.ndarray of float64
        The probability of each of the first moves.
    """
    choice = quick_choice(plan, prepared, ground, odds, exact=exact)
    if choice is not None:
        assert prepared.quick is not None
        model = ground.model
        moves = [(mover, model.index(node)) for mover, node in prepared.first_moves]
        course = prepared.quick.course(choice, plan.assumptions.steps, carriers=carriers)
        return course, prepared.quick.chances(choice, moves)
    play = play_under(plan, ground, odds)
    course = propagate(
        play,
        prepared.start,
        prepared.goals.regions,
        plan.assumptions.steps,
        closed=prepared.goals.closed,
        carriers=carriers,
        progress=progress,
    )
    chances = {(one.mover, one.node): one.probability for one in play.next_moves(prepared.start)}
    return course, np.array([chances.get(one, 0.0) for one in prepared.first_moves])


def quick_choice(
    plan: ForecastPlan, prepared: Prepared, ground: Ground, odds: float, *, exact: bool = True
) -> QuickChoice | None:
    """How movers choose, where play is carried forward the quick way; None where it is not."""
    if prepared.quick is None or isinf(odds):
        return None
    assumed = plan.assumptions
    return prepared.quick.choice(
        ground.model,
        foresight=assumed.foresight,
        odds=odds,
        worth=assumed.worth,
        tempo=tempo_of(plan),
        exact=exact,
    )


def stacked(
    plan: ForecastPlan,
    prepared: Prepared,
    first: int,
    inputs: NDArray[np.bool_],
    odds: Values,
    courses: Sequence[tuple[Propagation, Values]],
) -> DrawnForecasts:
    """Courses, one for each draw, as one result."""
    carriers = [course.carriers for course, _ in courses]
    goals, options = len(prepared.goals.each), len(plan.dispute.options)
    movers = len(plan.dispute.parties) + len(plan.packages)
    none = Carriers(np.full((movers, goals), np.nan), np.full((options, goals), np.nan))
    return DrawnForecasts(
        first,
        inputs,
        odds,
        np.array([course.at for course, _ in courses]),
        np.array([course.by for course, _ in courses]),
        np.array([(one or none).movers for one in carriers]),
        np.array([(one or none).options for one in carriers]),
        np.array([moves for _, moves in courses]).reshape(len(courses), -1),
    )
