"""What comes next, when, and how likely: the forecast of a dispute."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from math import inf, prod
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Dispute, Formula, Statements
from detente.dispute.errors import DisputeError, nearest, shown
from detente.dispute.names import formula_from
from detente.dispute.result import Result
from detente.forecast.assumptions import DEFAULT_ODDS, Assumptions, read_odds
from detente.forecast.courses import MOST_EXPANDED, LikelyCourse, likeliest_courses
from detente.forecast.dates import Dating, expected_moves, observed_rate
from detente.forecast.drawn import (
    CARRIER_DRAWS,
    DrawnForecasts,
    ForecastPlan,
    Prepared,
    joined,
    one_course,
    play_under,
    prepare,
    quick_choice,
    run_stretch,
    stacked,
)
from detente.forecast.goals import Goal
from detente.forecast.linkage.tempo import tempo_from_salience
from detente.forecast.movers import MoverChoice
from detente.forecast.orders import Bounds, bounds
from detente.forecast.worth import WORTHS, Worth
from detente.robustness.draws import STATED, Input, Uncertainty, inputs, settled
from detente.robustness.run.stretches import Stretch, cut, missing
from detente.space.shared_work import processors
from detente.space.threads import in_threads, undisturbed
from detente.stability.analysis import Progress
from detente.stability.concept_registry import foresights

__all__ = ["Forecast", "GoalDriver", "NextMove", "ReadingForecast", "forecast", "tempo_in"]

Values = NDArray[np.float64]

# Draws that a thread, or a process, takes up at a time.
_TOGETHER = 4
_IN_A_TASK = 20

# Odds, evenly spaced in their logarithm, at which the stated preferences are carried forward: for
# the curve against odds, and for a forecast without draws over a range of odds.
_GRID = 9

# The middle nine tenths of the draws are told as a range.
_RANGE = (5.0, 95.0)

# What moves a probability no more than chance may is no driver: the chi-square that chance exceeds
# once in a thousand, as in docs/concepts/robustness.md, definition 14.
_BEYOND_CHANCE = 10.828

# Bins of equally many draws in which the odds are held for their share of the variance.
_ODDS_BINS = 5


@dataclass(frozen=True, slots=True)
class NextMove:
    """A move that somebody may make next.

    Attributes
    ----------
    mover
        Number of the mover: parties in order, then packages.
    node, state
        The node that it leads to, and the number of its state.
    probability, low, high
        The probability that this is what happens in the next step, on average over the draws,
        and its 5th and 95th percentile.
    """

    mover: int
    node: int
    state: int
    probability: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class GoalDriver:
    """What moves the probability of one goal between draws.

    Attributes
    ----------
    input
        The statement or the order of two statements; None for the odds.
    goal
        Number of the goal.
    as_stated, otherwise
        The mean probability by the last step where the input is as stated, and where it is not;
        for the odds, in the lowest and in the highest fifth of them.
    index
        The part of the variance between draws that it explains alone.
    """

    input: Input | None
    goal: int
    as_stated: float
    otherwise: float
    index: float


@dataclass(frozen=True, slots=True)
class ReadingForecast:
    """The forecast for the stated preferences with one assumption changed.

    Attributes
    ----------
    what
        Such as ``worth share``, ``foresight myopic`` or ``odds 2``.
    odds
        The odds.
    by
        For each goal, the probability of having been in it by the last step.
    """

    what: str
    odds: float
    by: tuple[float, ...]


@dataclass(frozen=True, eq=False, repr=False)
class Forecast(Result):
    """How likely each outcome is, step by step, and what that depends on.

    Attributes
    ----------
    plan
        What was drawn and followed, with all assumptions.
    goals
        What was followed, in order.
    wanted
        Number of draws that were asked for; 0 for the stated preferences alone.
    rows
        What was foretold draw by draw; without draws, for the stated preferences at each of the
        odds.
    first_moves
        Every move that somebody could make at the start, as mover and node.
    courses
        The likeliest course into each goal, for the stated preferences at the middle odds.
    readings
        The stated preferences with one assumption changed after the other.
    bounds
        Over all orders in which movers may get to move, for the stated preferences at the middle
        odds; None where they were not asked for.
    dating
        When steps may come, by the rate of moves that were seen; None without a history.
    """

    plan: ForecastPlan
    goals: tuple[Goal, ...]
    wanted: int
    rows: DrawnForecasts = field(repr=False)
    prepared: Prepared = field(repr=False)
    courses: tuple[LikelyCourse, ...] = ()
    readings: tuple[ReadingForecast, ...] = ()
    bounds: Bounds | None = None
    dating: Dating | None = None

    @property
    def interrupted(self) -> bool:
        """Whether the user ended the work before all draws were carried forward."""
        return self.draws < self.wanted

    @property
    def dispute(self) -> Dispute:
        """The dispute as stated."""
        return self.plan.dispute

    @property
    def steps(self) -> int:
        """Number of steps that are looked ahead."""
        return self.plan.assumptions.steps

    @property
    def draws(self) -> int:
        """Number of draws that were carried forward; 0 for the stated preferences alone."""
        return len(self.rows.odds) if self.wanted else 0

    @cached_property
    def movers(self) -> tuple[str, ...]:
        """Ids of the movers: parties in order, then packages."""
        return (*(party.id for party in self.dispute.parties), *self.plan.packages)

    def goal(self, name: str) -> int:
        """Number of a goal by its id.

        Raises
        ------
        DisputeError
            If there is none of this id.
        """
        names = [goal.id for goal in self.goals]
        if name not in names:
            raise DisputeError(
                f"there is no outcome {shown(name)} in this forecast",
                found=name,
                allowed=tuple(names),
                nearest=nearest(name, names),
            )
        return names.index(name)

    @cached_property
    def at(self) -> Values:
        """Shape (steps + 1, goals): the mean probability of being in each goal at each step."""
        return np.asarray(self.rows.at.mean(axis=0))

    @cached_property
    def by(self) -> Values:
        """Shape (steps + 1, goals): the mean probability of having been in a goal by each step."""
        return np.asarray(self.rows.by.mean(axis=0))

    @cached_property
    def at_range(self) -> tuple[Values, Values]:
        """The 5th and the 95th percentile of :attr:`at` over the draws."""
        return _percentiles(self.rows.at)

    @cached_property
    def by_range(self) -> tuple[Values, Values]:
        """The 5th and the 95th percentile of :attr:`by` over the draws."""
        return _percentiles(self.rows.by)

    @cached_property
    def carried_by_movers(self) -> Values:
        """Shape (movers, goals): the share of first arrivals that each mover brings about."""
        movers = self._carried(self.rows.movers)
        return _shares(movers, movers.sum(axis=0))

    @cached_property
    def carried_by_options(self) -> Values:
        """Shape (options, goals): the share of first arrivals by moves that change each option.

        A move may change several options, so these add up to more than one.
        """
        movers = self._carried(self.rows.movers)
        return _shares(self._carried(self.rows.options), movers.sum(axis=0))

    @property
    def carrier_draws(self) -> int:
        """Number of draws, the first ones, in which it was told who carries play."""
        return min(self.draws, CARRIER_DRAWS)

    def _carried(self, rows: Values) -> Values:
        return np.asarray(rows[:CARRIER_DRAWS].mean(axis=0))

    @cached_property
    def first_times(self) -> tuple[float | None, ...]:
        """For each goal, the expected step of first arrival where it is reached by the last."""
        gained = np.diff(self.by, axis=0)
        steps = np.arange(1, self.steps + 1)
        return tuple(
            0.0
            if self.by[0, goal] == 1
            else float(steps @ gained[:, goal] / self.by[-1, goal])
            if self.by[-1, goal] > 0
            else None
            for goal in range(len(self.goals))
        )

    @cached_property
    def next_moves(self) -> tuple[NextMove, ...]:
        """Every move that somebody may make next, the likeliest first."""
        means = self.rows.next_moves.mean(axis=0)
        low, high = _percentiles(self.rows.next_moves)
        model = self.prepared.ground.model
        found = [
            NextMove(
                mover,
                node,
                model.index(node) + 1,
                float(means[place]),
                float(low[place]),
                float(high[place]),
            )
            for place, (mover, node) in enumerate(self.prepared.first_moves)
        ]
        return tuple(sorted(found, key=lambda one: (-one.probability, one.mover, one.node)))

    @property
    def nobody_moves(self) -> float:
        """The probability that nothing changes in the next step."""
        return max(0.0, 1.0 - sum(move.probability for move in self.next_moves))

    def drivers(self, goal: int) -> tuple[GoalDriver, ...]:
        """What moves the probability of a goal between draws, by more than chance may.

        Parameters
        ----------
        goal
            Number of the goal.

        Returns
        -------
        tuple of GoalDriver
            The one that explains most first. Empty without draws.
        """
        if not self.draws:
            return ()
        return _drivers(self.rows, inputs(self.dispute), goal, self.plan.assumptions.one_odds)

    def __repr__(self) -> str:
        return (
            f"<Forecast of {self.dispute.title!r}: {self.steps} steps, {self.draws:,} draws, "
            f"{len(self.goals)} outcomes>"
        )


def _percentiles(values: Values) -> tuple[Values, Values]:
    low, high = np.percentile(values, _RANGE, axis=0)
    return np.asarray(low), np.asarray(high)


def _shares(values: Values, whole: Values) -> Values:
    return np.divide(values, whole, out=np.zeros_like(values), where=whole > 0)


def forecast(
    dispute: Dispute,
    steps: int = 12,
    *,
    odds: float | str | tuple[float, float] = DEFAULT_ODDS,
    foresight: str = "SEQ",
    worth: Worth = "rank",
    packages: bool = False,
    draws: int = 200,
    seed: int = 0,
    order: Literal["drawn", "any"] = "drawn",
    to: str | None = None,
    uncertainty: Uncertainty | None = None,
    tempo: Mapping[str, float] | None = None,
    keep: Path | str | None = None,
    scheduler: str | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Forecast:
    """Forecast how likely each outcome is, step by step.

    In each step one party, or one declared package, gets to move. It stays or makes one of its
    moves; the more a move is worth to it, the likelier it makes that move. Probabilities are exact
    for each draw; no run is sampled. ``docs/concepts/forecast.md`` has the definitions.

    Parameters
    ----------
    dispute
        The dispute, with a status quo.
    steps
        How many steps to look ahead.
    odds
        How many times as likely as staying a move is that betters its party by a tenth of its
        range. One number from 1 on, a range such as ``(2, 20)`` or ``"2:20"``, or infinite.
    foresight
        ``myopic``, or the concept (GMR, SMR, SEQ, SSEQ) by which a mover expects responses.
    worth
        What ranks are worth: ``rank``, ``share`` or ``weights``.
    packages
        Whether declared packages are movers too.
    draws
        Number of draws of preferences, and of odds where they are a range; 0 for the stated
        preferences alone.
    seed
        Seed of the draws. The result does not depend on the number of workers.
    order
        ``any``: give bounds over all orders in which movers may get to move as well.
    to
        A formula to follow instead of the outcomes.
    uncertainty
        How far drawn preferences may lie from the stated ones.
    tempo
        How often parties and packages get to move, by id, in proportion. By default: the `tempo` in
        the file; without one, a party's salience on the issue of this dispute, where given.
    keep
        A folder in which draws are kept as they end; a run that was cut off goes on from there.
    scheduler
        ``threads``, ``local`` (processes), or the address of a Dask scheduler.
    workers
        Number of threads or local processes.
    progress
        Called as the work goes on.

    Returns
    -------
    Forecast

    Raises
    ------
    DisputeError
        If the dispute has no status quo or nothing to follow, or an assumption makes no sense.

    Examples
    --------
    >>> import detente
    >>> result = detente.forecast(detente.load("elmira"), draws=0, odds=5)
    >>> bool(result.by[12, result.goal("abandonment")] < 0.5)
    True
    """
    if draws < 0:
        raise DisputeError(f"a number of draws is not negative, as {draws} is")
    if seed < 0:
        raise DisputeError(f"a seed is a whole number from 0 on, not {seed}")
    if order not in ("drawn", "any"):
        raise DisputeError(
            f"the order is drawn or any, not {shown(order)}", found=order, allowed=("drawn", "any")
        )
    place = scheduler or "threads"
    if place not in ("threads", "local") and "://" not in place:
        raise DisputeError(
            "a scheduler is threads, local, or an address such as tcp://127.0.0.1:8786",
            found=place,
        )
    if dispute.status_quo is None:
        raise DisputeError(
            "a forecast starts from the status quo, and this dispute names none", path=dispute.path
        )
    assumptions = Assumptions(
        steps, _odds(odds), foresight, worth, packages, _tempo(dispute, tempo, packages)
    )
    dispute, unknown = settled(dispute)
    around = uncertainty or Uncertainty()
    around = replace(around, unknown=tuple(dict.fromkeys((*around.unknown, *unknown))))
    plan = ForecastPlan(
        dispute, assumptions, around if draws else STATED, seed, _formula(dispute, to)
    )
    if progress:
        progress("states and moves", 0.0)
    prepared = prepare(plan)
    readings: list[ReadingForecast] = []
    either_way = None
    try:
        # Before the draws, so that Ctrl-C during these leaves what is known.
        for one in _readings(plan, prepared, progress):
            readings.append(one)
        if progress:
            progress("likeliest courses", 0.0)
        courses = _courses(plan, prepared)
        if order == "any":
            middle = play_under(plan, prepared.ground, plan.assumptions.middle_odds)
            tell = (lambda share: progress("orders of movers", share)) if progress else None
            either_way = bounds(
                middle, prepared.start, prepared.goals.regions, steps, progress=tell
            )
        if draws:
            rows = _drawn(plan, prepared, draws, place, keep, workers or processors(), progress)
        else:
            rows = _stated(plan, prepared, progress)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(_known_before_draws(plan, prepared, readings)) from None
    return Forecast(
        plan,
        prepared.goals.each,
        draws,
        rows,
        prepared,
        courses,
        tuple(readings),
        either_way,
        _dating(plan, prepared),
    )


def _dating(plan: ForecastPlan, prepared: Prepared) -> Dating | None:
    observed = observed_rate(plan.dispute)
    if observed is None:
        return None
    play = play_under(plan, prepared.ground, plan.assumptions.middle_odds)
    return Dating(*observed, expected_moves(play, prepared.start, plan.assumptions.steps))


def _odds(odds: float | str | tuple[float, float]) -> tuple[float, float]:
    if isinstance(odds, str):
        return read_odds(odds)
    if isinstance(odds, int | float):
        return float(odds), float(odds)
    low, high = odds
    return float(low), float(high)


def _tempo(
    dispute: Dispute, given: Mapping[str, float] | None, packages: bool
) -> tuple[tuple[str, float], ...]:
    """The tempo of each mover: as given, as in the file, by its salience, or 1."""
    by_salience = tempo_from_salience(dispute) or (1.0,) * len(dispute.parties)
    tempo = {
        party.id: salience if party.tempo is None else party.tempo
        for party, salience in zip(dispute.parties, by_salience, strict=True)
    }
    if packages:
        tempo |= {one.id: 1.0 if one.tempo is None else one.tempo for one in dispute.packages}
    for name, value in (given or {}).items():
        if name not in tempo:
            raise DisputeError(
                f"a tempo is given for {shown(name)}, which is no mover",
                found=name,
                allowed=tuple(tempo),
                nearest=nearest(name, tempo),
            )
        if not 0 <= value < inf:
            raise DisputeError(
                f"a tempo is a number from 0 on, and that of {name} is {value:g}", found=str(value)
            )
        tempo[name] = float(value)
    if tempo and not any(value > 0 for value in tempo.values()):
        raise DisputeError("no mover ever gets to move: every tempo is 0")
    if all(value == 1 for value in tempo.values()):
        return ()
    return tuple(tempo.items())


def tempo_in(
    dispute: Dispute, given: Mapping[str, float] | None, packages: bool
) -> tuple[float, ...]:
    """The tempo of each mover, parties first: as given, as in the file, by salience, or 1.

    Raises
    ------
    DisputeError
        If a tempo makes no sense.
    """
    tempo = dict(_tempo(dispute, given, packages))
    named = [party.id for party in dispute.parties]
    named += [package.id for package in dispute.packages] if packages else []
    return tuple(tempo.get(name, 1.0) for name in named)


def _formula(dispute: Dispute, text: str | None) -> Formula | None:
    if text is None:
        return None
    return formula_from(dispute, text)


def _stated(plan: ForecastPlan, prepared: Prepared, progress: Progress | None) -> DrawnForecasts:
    """The stated preferences at each of the odds."""
    count = 1 if plan.assumptions.one_odds else _GRID
    odds = plan.assumptions.odds_at((np.arange(count) + 0.5) / count)
    courses = [
        one_course(
            plan,
            prepared,
            prepared.ground,
            one,
            progress=_part(progress, f"odds {one:.3g}", number / count, 1 / count),
        )
        for number, one in enumerate(odds.tolist())
    ]
    stated = np.ones((count, len(inputs(plan.dispute))), dtype=np.bool_)
    return stacked(plan, prepared, 0, stated, odds, courses)


def _readings(
    plan: ForecastPlan, prepared: Prepared, progress: Progress | None
) -> Iterator[ReadingForecast]:
    """The stated preferences under other assumptions, one changed at a time."""
    assumed = plan.assumptions
    middle = assumed.middle_odds
    asked: list[tuple[str, float, dict[str, str]]] = [("as assumed", middle, {})]
    low, high = DEFAULT_ODDS if assumed.one_odds else assumed.odds
    for share in np.linspace(0, 1, _GRID).tolist():
        one = float(low * (high / low) ** share)
        asked.append((f"odds {one:.3g}", one, {}))
    asked.append(("odds inf", inf, {}))
    weighted = any(
        isinstance(party.preferences, Statements) and party.preferences.weighted
        for party in plan.dispute.parties
    )
    asked += [
        (f"worth {worth}", middle, {"worth": worth})
        for worth in WORTHS
        if worth != assumed.worth and (worth != "weights" or weighted)
    ]
    asked += [
        (f"foresight {foresight}", middle, {"foresight": foresight})
        for foresight in foresights()
        if foresight != assumed.foresight
    ]
    for number, (what, odds, changed) in enumerate(asked):
        told = f"assumptions changed: {what}"
        if progress:
            progress(told, number / len(asked))
        under = replace(plan, assumptions=replace(assumed, **changed))  # type: ignore[arg-type]
        course, _ = one_course(
            under,
            prepared,
            prepared.ground,
            odds,
            carriers=False,
            progress=_part(progress, told, number / len(asked), 1 / len(asked)),
        )
        yield ReadingForecast(what, odds, tuple(course.by[-1].tolist()))


def _known_before_draws(
    plan: ForecastPlan, prepared: Prepared, readings: Sequence[ReadingForecast]
) -> str:
    """What can be told where no draw was complete: the first reading, if it was."""
    if not readings:
        return "nothing was complete yet"
    chances = ", ".join(
        f"“{goal.name}” {chance:.1%}"
        for goal, chance in zip(prepared.goals.each, readings[0].by, strict=True)
    )
    return (
        "no draw was complete yet. With the preferences as stated and "
        f"odds {readings[0].odds:.3g}, by step {plan.assumptions.steps}: {chances}"
    )


def _part(
    progress: Progress | None, what: str, first: float, share: float
) -> Callable[[float], None] | None:
    """Progress on a part of the work."""
    return None if progress is None else lambda done: progress(what, first + share * done)


def _courses(plan: ForecastPlan, prepared: Prepared) -> tuple[LikelyCourse, ...]:
    """The likeliest courses, for the stated preferences at the middle odds."""
    odds, steps = plan.assumptions.middle_odds, plan.assumptions.steps
    choice = quick_choice(plan, prepared, prepared.ground, odds)
    if choice is None:
        play = play_under(plan, prepared.ground, odds)
        return likeliest_courses(play, prepared.start, prepared.goals.regions, most_moves=steps)
    assert prepared.quick is not None
    model = prepared.ground.model
    found = []
    for goal, moves in prepared.quick.courses(choice, steps, MOST_EXPANDED):
        made = tuple(
            MoverChoice(mover, model.node(state), chance) for mover, state, chance in moves
        )
        found.append(LikelyCourse(goal, made, prod(one.probability for one in made)))
    return tuple(found)


def _drawn(
    plan: ForecastPlan,
    prepared: Prepared,
    draws: int,
    place: str,
    keep: Path | str | None,
    workers: int,
    progress: Progress | None,
) -> DrawnForecasts:
    """Carry play forward in each draw; after Ctrl-C, in the first ones as far as they came."""
    from detente.robustness.run.unkept import Unkept

    parts: dict[int, DrawnForecasts] = {}
    unkept = None
    if keep is not None:
        from detente.forecast.store import ForecastStore

        store = ForecastStore(Path(keep), plan)
        unkept = Unkept(store.write, joined)
        parts = {rows.first: rows for rows in store.kept(draws)}
    done = sum(len(rows.odds) for rows in parts.values())
    wanted = missing([Stretch(rows.first, rows.last) for rows in parts.values()], draws)
    if progress:
        progress(f"{done:,} of {draws:,} draws", done / draws)
    results = _results(plan, prepared, wanted, place, workers, progress)
    try:
        for rows in results:
            if unkept is not None:
                unkept.add(rows)
            parts[rows.first] = rows
            done += len(rows.odds)
            if progress:
                progress(f"{done:,} of {draws:,} draws", done / draws)
    except KeyboardInterrupt:
        if not done:
            raise
    finally:
        results.close()
        if unkept is not None:
            with undisturbed():
                unkept.keep()
    return joined([parts[first] for first in sorted(parts)])


def _results(
    plan: ForecastPlan,
    prepared: Prepared,
    wanted: Sequence[Stretch],
    place: str,
    workers: int,
    progress: Progress | None,
) -> Generator[DrawnForecasts]:
    if place == "threads":
        return in_threads(partial(run_stretch, plan, prepared), cut(wanted, _TOGETHER), workers)
    from detente.robustness.run.cluster import on_cluster

    stretches = list(cut(wanted, _IN_A_TASK))
    address = None if place == "local" else place
    return on_cluster(run_stretch, plan, stretches, address, workers, prepared, progress)


def _drivers(
    rows: DrawnForecasts, asked: Sequence[Input], goal: int, one_odds: bool
) -> tuple[GoalDriver, ...]:
    values = rows.by[:, -1, goal]
    draws = len(values)
    spread = float(values.var())
    if spread < 1e-18:
        return ()
    found = []
    for column, one in enumerate(asked):
        stated = rows.inputs[:, column]
        count = int(stated.sum())
        if not 0 < count < draws:
            continue
        inside, outside = float(values[stated].mean()), float(values[~stated].mean())
        index = (inside - outside) ** 2 * count * (draws - count) / draws**2 / spread
        if draws * index > _BEYOND_CHANCE:
            found.append(GoalDriver(one, goal, inside, outside, index))
    if not one_odds and draws >= 2 * _ODDS_BINS:
        order = np.argsort(rows.odds, kind="stable")
        bins = np.array_split(values[order], _ODDS_BINS)
        between = sum(len(one) * (one.mean() - values.mean()) ** 2 for one in bins) / draws
        # What as many bins would explain by chance is taken off.
        chance = (_ODDS_BINS - 1) / max(1, draws - 1)
        index = max(0.0, float(between) / spread - chance)
        if draws * index > _BEYOND_CHANCE:
            found.append(
                GoalDriver(None, goal, float(bins[0].mean()), float(bins[-1].mean()), index)
            )
    return tuple(sorted(found, key=lambda driver: -driver.index))
