"""A forecast in words, tables and as a JSON document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isinf
from typing import TYPE_CHECKING, Any, Literal

from detente.dispute.names import option_title, package_named
from detente.files.base_rates import base_rate
from detente.forecast.analysis import Forecast, GoalDriver
from detente.forecast.courses import LikelyCourse
from detente.report.content import Block, Prose, Subheading, Table, rows_table
from detente.report.explanations import changes
from detente.report.formula_words import input_words
from detente.report.robustness import percent
from detente.report.words import counted, joined

if TYPE_CHECKING:
    from detente.forecast.dates import Dating
    from detente.forecast.orders import Bounds
    from detente.report.documents.forecast import (
        ForecastBaseRate,
        ForecastBound,
        ForecastCourse,
        ForecastDating,
        ForecastDocument,
        ForecastOutcome,
    )

__all__ = [
    "FORECAST_SCHEMA",
    "assumptions_text",
    "first_sentence",
    "forecast_blocks",
    "forecast_document",
    "mover_name",
]

FORECAST_SCHEMA = "detente/forecast/1"

# Movers and options that carry less of the way into an outcome are not named.
_LEAST_SHARE = 0.1

# On average, in the Gregorian calendar.
_DAYS_A_MONTH = 30.436875

# Outcomes less likely than this are not named in the first sentence, unless they cannot be left.
_LEAST_LIKELY = 0.05


def mover_name(result: Forecast, mover: int) -> str:
    """The name of a party, or of a package with those of its members."""
    dispute = result.dispute
    if mover < len(dispute.parties):
        return dispute.parties[mover].name
    package = package_named(dispute, result.movers[mover])
    names = [dispute.parties[dispute.party_numbers[one]].name for one in package.parties]
    return f"“{package.name}” ({joined(names)})"


def first_sentence(result: Forecast) -> str:
    """What to expect within the steps of a forecast, in one or two sentences."""
    begun = result.by[0] == 1
    named = [
        goal
        for goal in sorted(range(len(result.goals)), key=lambda one: -result.by[-1, one])
        if not begun[goal]
        and result.goals[goal].kind != "irreversible"
        and result.by[-1, goal] >= _LEAST_LIKELY
    ]
    steps = counted(result.steps, "step")
    text = f"Within {steps} no outcome that does not hold now is likely. "
    if named:
        parts = [
            f"“{result.goals[goal].name}” {_likelihood(result, goal)}"
            + (" (not left again)" if result.goals[goal].closed else "")
            for goal in named[:3]
        ]
        are = "outcome is" if len(parts) == 1 else "outcomes are"
        text = f"Within {steps}, the likeliest new {are} {joined(parts)}. "
    lasting = [
        f"“{result.goals[goal].name}” {_likelihood(result, goal)}"
        for goal in range(len(result.goals))
        if result.goals[goal].closed
        and result.goals[goal].kind != "irreversible"
        and not begun[goal]
        and goal not in named[:3]
    ]
    if lasting:
        text += f"Nobody can undo {joined(lasting)}. "
    return text + (
        _when(result) + "These numbers follow from the stated judgements and the assumptions below."
    )


def _when(result: Forecast) -> str:
    """By which day the last step may come; nothing where no day is known."""
    dating = result.dating
    if dating is None:
        return ""
    days = [dating.on(float(one[-1])) for one in dating.days]
    if None in days:
        return ""
    earliest, about, latest = days
    return (
        f"At the rate of moves seen up to {dating.day}, step {result.steps} comes about {about} "
        f"({earliest} to {latest}). "
    )


def _likelihood(result: Forecast, goal: int) -> str:
    low, high = result.by_range
    text = f"at {percent(float(result.by[-1, goal]))}"
    if len(result.rows.odds) > 1:
        text += f" ({percent(float(low[-1, goal]))} to {percent(float(high[-1, goal]))})"
    return text


def assumptions_text(result: Forecast) -> str:
    """What a forecast assumes, in a few sentences."""
    assumed = result.plan.assumptions
    low, high = assumed.odds
    if isinf(low):
        odds = "Odds are infinite: a party takes one of its best moves, or stays."
    elif low == high:
        odds = (
            f"Odds are {low:g}: a move that improves a party's worth by a tenth of its range is "
            f"{low:g} "
            "times as likely as staying."
        )
    else:
        odds = (
            f"Odds are not known. They lie between {low:g} and {high:g}. At odds of {low:g}, a "
            f"move that improves a party's worth by a tenth of its range is {low:g} times as "
            f"likely as "
            "staying."
        )
    worth = {
        "rank": "A state is worth its rank, evenly spaced; ranks are not intensities.",
        "share": "A state is worth the share of states that the party ranks lower.",
        "weights": "A state is worth the weights of the statements that hold in it; a party "
        "without weights has its rank instead.",
    }[assumed.worth]
    foresight = (
        "Parties do not look beyond their own move."
        if assumed.foresight == "myopic"
        else f"Parties expect the responses of {assumed.foresight}."
    )
    tempo = "All movers get to move equally often."
    if assumed.tempo:
        told = [f"{name} {value:.2g}" for name, value in assumed.tempo]
        tempo = f"Movers get to move in proportion to their tempo: {', '.join(told)}."
    draws = (
        f"{counted(result.draws, 'draw')} of preferences around those stated (seed "
        f"{result.plan.seed}); ranges are the 5th to the 95th percentile of the draws."
        if result.draws
        else "Preferences are as stated, without draws."
    )
    if not result.draws and len(result.rows.odds) > 1:
        draws += " Ranges are the 5th to the 95th percentile over the odds."
    packages = " Declared packages are movers too." if assumed.packages else ""
    return f"{odds} {worth} {foresight} {tempo}{packages} {draws}"


# Blocks ----------------------------------------------------------------------------------------


def forecast_blocks(result: Forecast, *, limit: int = 6) -> tuple[Block, ...]:
    """A forecast in words and tables.

    Parameters
    ----------
    result
        The forecast.
    limit
        Show at most this many next moves, and drivers of each outcome.

    Returns
    -------
    tuple of Block
    """
    blocks: list[Block] = [
        Subheading(f"{result.dispute.title}: forecast"),
        Prose(first_sentence(result)),
    ]
    if result.draws < result.wanted:
        blocks.append(
            Prose(
                f"Interrupted: {result.draws:,} of {result.wanted:,} draws were carried forward, "
                "and all below is about these."
            )
        )
    return (
        *blocks,
        Prose(assumptions_text(result)),
        _outcome_table(result),
        *_base_rate(result),
        *_dates(result),
        Prose(_carried_sentence(result)),
        _carrier_table(result),
        Prose(
            "These are the likeliest next moves by anybody. The chance that nothing changes in the "
            f"next step is {percent(result.nobody_moves)}."
        ),
        _next_table(result, limit),
        *_courses(result),
        Subheading("What the numbers depend on"),
        Prose(
            f"By step {result.steps}, for the preferences as stated, with one assumption changed "
            "after the other:"
        ),
        _reading_table(result),
        *_bounds(result),
        *_drivers(result, limit),
    )


def _courses(result: Forecast) -> Iterator[Block]:
    if result.courses:
        yield Prose(
            "The likeliest course into each outcome, for the preferences as stated and odds of "
            f"{_odds_text(result.plan.assumptions.middle_odds)}, stays left out. The chance "
            "is that play's first moves are exactly these."
        )
        yield _course_table(result)


def _bounds(result: Forecast) -> Iterator[Block]:
    if result.bounds is not None:
        yield Prose(
            "Least and greatest probability over all orders in which movers may get to move, "
            "for the preferences as stated and odds of "
            f"{_odds_text(result.plan.assumptions.middle_odds)}:"
        )
        yield _bounds_table(result)


def _drivers(result: Forecast, limit: int) -> Iterator[Block]:
    drivers = [one for goal in range(len(result.goals)) for one in result.drivers(goal)[:limit]]
    if drivers:
        yield Prose(
            f"What moves the probability by step {result.steps} between draws, and by how "
            "much. Index: the part of the variance that it explains alone. Effects that chance "
            "may explain are left out."
        )
        yield _driver_table(result, drivers)


def _base_rate(result: Forecast) -> Iterator[Block]:
    """The share of past cases, beside the model's numbers and not mixed into them."""
    name = result.dispute.reference_class
    if name is None:
        return
    rate = base_rate(name)
    share = rate.share
    yield Prose(
        f"Beside it, a base rate, which is not part of these numbers: of {rate.cases:,} "
        f"{rate.of}, {rate.events:,} became {rate.became} ({percent(share.value)}, 95% "
        f"interval {percent(share.low)} to {percent(share.high)}). {rate.source}."
    )


def _dates(result: Forecast) -> Iterator[Block]:
    """When steps may come: a sentence, and a table of some steps."""
    dating = result.dating
    if dating is None:
        return
    rate, month = dating.rate, _DAYS_A_MONTH
    when = "in its history" if dating.day is None else f"up to {dating.day}"
    yield Prose(
        f"About {rate.a_day * month:.2g} moves a month were seen {when} ({rate.moves:,} in "
        f"{rate.days:,} days; 95% interval {rate.low * month:.2g} to {rate.high * month:.2g}). "
        "A step is a chance to move, and some steps change nothing. If moves go on at that rate, "
        "steps come about when as many moves are due as play is expected to make, for the "
        "preferences as stated:"
    )
    rows = []
    for step in sorted({max(1, round(result.steps * share / 4)) for share in range(1, 5)}):
        days = (_on(dating, float(one[step])) for one in dating.days)
        rows.append((str(step), f"{dating.moves[step]:.1f}", *days))
    yield rows_table(("Step", "Moves by then", "Earliest", "About", "Latest"), rows, numeric=True)


def _on(dating: Dating, days: float) -> str:
    """A day, or how many days after the start."""
    if dating.day is None:
        return f"{days:,.0f} days"
    return str(dating.on(days) or "beyond the calendar")


def _carried_sentence(result: Forecast) -> str:
    text = "Who carries play into each outcome for the first time, and by which options"
    if result.carrier_draws < result.draws:
        return f"{text}, in the first {result.carrier_draws} draws:"
    return f"{text}:"


def _outcome_table(result: Forecast) -> Table:
    rows = []
    for number, goal in enumerate(result.goals):
        when = result.first_times[number]
        now = result.by[0, number] == 1
        rows.append(
            (
                goal.name + (" (not left again)" if goal.closed else ""),
                percent(float(result.at[-1, number])),
                _range_text(result, result.at_range, number),
                "now" if now else percent(float(result.by[-1, number])),
                "" if now else _range_text(result, result.by_range, number),
                "" if now or when is None else f"{when:.1f}",
            )
        )
    columns = (
        "Outcome",
        f"At step\n{result.steps}",
        "Range",
        f"By step\n{result.steps}",
        "Range",
        "Expected\nstep",
    )
    return rows_table(columns, rows, numeric=True)


def _range_text(result: Forecast, found: tuple[Any, Any], goal: int) -> str:
    if len(result.rows.odds) < 2:
        return ""
    low, high = (float(one[-1, goal]) for one in found)
    return f"{percent(low)}–{percent(high)}"


def _carrier_table(result: Forecast) -> Table:
    rows = []
    for number, goal in enumerate(result.goals):
        if result.by[0, number] == 1 or result.by[-1, number] == 0:
            continue
        movers = _largest(
            [mover_name(result, mover) for mover in range(len(result.movers))],
            result.carried_by_movers[:, number].tolist(),
        )
        options = _largest(
            [option_title(result.dispute, option) for option in result.dispute.options],
            result.carried_by_options[:, number].tolist(),
        )
        rows.append((goal.name, movers, options))
    return rows_table(("Outcome", "Movers", "Options"), rows)


def _largest(names: Sequence[str], shares: Sequence[float]) -> str:
    """The largest shares with their names, the largest first."""
    order = sorted(range(len(names)), key=lambda one: -shares[one])
    told = [f"{names[one]} {shares[one]:.0%}" for one in order if shares[one] >= _LEAST_SHARE]
    return ", ".join(told[:4])


def _next_table(result: Forecast, limit: int) -> Table:
    model = result.prepared.ground.model
    start = model.index(result.prepared.start) + 1
    rows = [
        (
            mover_name(result, move.mover),
            changes(model, start, move.state, by_one=_is_party(result, move.mover)),
            percent(move.probability),
            f"{percent(move.low)}–{percent(move.high)}" if len(result.rows.odds) > 1 else "",
            str(move.state),
        )
        for move in result.next_moves[:limit]
    ]
    return rows_table(("Mover", "Move", "Chance", "Range", "State"), rows)


def _course_table(result: Forecast) -> Table:
    rows = [
        (
            result.goals[course.goal].name,
            "; then ".join(_moves_text(result, course)),
            percent(course.probability),
        )
        for course in result.courses
    ]
    return rows_table(("Outcome", "Course", "Chance"), rows)


def _is_party(result: Forecast, mover: int) -> bool:
    return mover < len(result.dispute.parties)


def _moves_text(result: Forecast, course: LikelyCourse) -> list[str]:
    model = result.prepared.ground.model
    before = model.index(result.prepared.start) + 1
    told = []
    for move in course.moves:
        state = model.index(move.node) + 1
        what = changes(model, before, state, by_one=_is_party(result, move.mover))
        told.append(f"{mover_name(result, move.mover)}: {what}")
        before = state
    return told


def _odds_text(odds: float) -> str:
    return "infinity" if isinf(odds) else f"{odds:.3g}"


def _reading_table(result: Forecast) -> Table:
    readings = [
        one
        for one in result.readings
        if not one.what.startswith("odds") or one.what in _told_odds(result)
    ]
    rows = [
        (goal.name, *(percent(one.by[number]) for one in readings))
        for number, goal in enumerate(result.goals)
        if result.by[0, number] < 1
    ]
    columns = ("Outcome", *(one.what.replace("foresight ", "") for one in readings))
    return rows_table(columns, rows, numeric=True)


def _told_odds(result: Forecast) -> set[str]:
    named = [one.what for one in result.readings if one.what.startswith("odds")]
    return {named[0], named[-2], named[-1]}


def _bounds_table(result: Forecast) -> Table:
    found = result.bounds
    assert found is not None
    stated = next(one for one in result.readings if one.what == "as assumed")
    rows = [
        (
            goal.name,
            percent(float(found.by_least[-1, number])),
            percent(stated.by[number]),
            percent(float(found.by_most[-1, number])),
        )
        for number, goal in enumerate(result.goals)
        if result.by[0, number] < 1
    ]
    columns = ("Outcome", f"Least by\nstep {result.steps}", "Movers drawn", "Greatest")
    return rows_table(columns, rows, numeric=True)


def _driver_table(result: Forecast, drivers: Sequence[GoalDriver]) -> Table:
    rows = []
    before = None
    for one in drivers:
        text = "odds: lowest fifth, highest fifth"
        if one.input is not None:
            text = input_words(result.dispute, one.input)
        rows.append(
            (
                result.goals[one.goal].name if one.goal != before else "",
                text,
                percent(one.as_stated),
                percent(one.otherwise),
                f"{one.index:.2f}",
            )
        )
        before = one.goal
    columns = ("Outcome", "Statement, or order of two", "As stated", "Otherwise", "Index")
    return rows_table(columns, rows)


# The document ----------------------------------------------------------------------------------


def forecast_document(result: Forecast) -> ForecastDocument:
    """A forecast as a JSON document, laid out as ``documents/forecast.py`` says."""
    from detente import __version__

    assumed = result.plan.assumptions
    model = result.prepared.ground.model
    numbers = range(len(result.goals))
    document: ForecastDocument = {
        "schema": FORECAST_SCHEMA,
        "version": __version__,
        "dispute": result.dispute.title,
        "sentence": first_sentence(result),
        "assumptions": assumptions_text(result),
        "status_quo": model.index(result.prepared.start) + 1,
        "steps": result.steps,
        "odds": [_number(one) for one in assumed.odds],
        "foresight": assumed.foresight,
        "worth": assumed.worth,
        "packages": assumed.packages,
        "tempo": dict(assumed.tempo),
        "draws": result.draws,
        "draws_wanted": result.wanted,
        "carrier_draws": result.carrier_draws,
        "seed": result.plan.seed,
        "outcomes": [_outcome_document(result, goal) for goal in numbers],
        "next_moves": [
            {
                "mover": result.movers[move.mover],
                "state": move.state,
                "probability": move.probability,
                "low": move.low,
                "high": move.high,
            }
            for move in result.next_moves
        ],
        "nothing_changes": result.nobody_moves,
        "courses": [_course_document(result, course) for course in result.courses],
        "readings": [
            {
                "what": one.what,
                "odds": _number(one.odds),
                "by": {result.goals[goal].id: one.by[goal] for goal in numbers},
            }
            for one in result.readings
        ],
    }
    if result.dispute.reference_class is not None:
        document["base_rate"] = _base_rate_document(result.dispute.reference_class)
    if result.dating is not None:
        document["dating"] = _dating_document(result.dating)
    if result.bounds is not None:
        document["bounds"] = {
            result.goals[goal].id: _bound_document(result.bounds, goal) for goal in numbers
        }
    return document


def _outcome_document(result: Forecast, goal: int) -> ForecastOutcome:
    option_keys = [option.key for option in result.dispute.options]
    return {
        "id": result.goals[goal].id,
        "name": result.goals[goal].name,
        "kind": result.goals[goal].kind,
        "closed": result.goals[goal].closed,
        "at": result.at[:, goal].tolist(),
        "at_low": result.at_range[0][:, goal].tolist(),
        "at_high": result.at_range[1][:, goal].tolist(),
        "by": result.by[:, goal].tolist(),
        "low": result.by_range[0][:, goal].tolist(),
        "high": result.by_range[1][:, goal].tolist(),
        "expected_step": result.first_times[goal],
        "movers": _by_name(result.movers, result.carried_by_movers[:, goal].tolist()),
        "options": _by_name(option_keys, result.carried_by_options[:, goal].tolist()),
        "drivers": [
            {
                "input": "odds" if one.input is None else one.input.id,
                "as_stated": one.as_stated,
                "otherwise": one.otherwise,
                "index": one.index,
            }
            for one in result.drivers(goal)
        ],
    }


def _course_document(result: Forecast, course: LikelyCourse) -> ForecastCourse:
    model = result.prepared.ground.model
    return {
        "outcome": result.goals[course.goal].id,
        "probability": course.probability,
        "moves": [
            {
                "mover": result.movers[move.mover],
                "state": model.index(move.node) + 1,
                "chance": move.probability,
            }
            for move in course.moves
        ],
    }


def _base_rate_document(name: str) -> ForecastBaseRate:
    rate = base_rate(name)
    return {
        "id": rate.id,
        "of": rate.of,
        "became": rate.became,
        "cases": rate.cases,
        "events": rate.events,
        "share": rate.share.value,
        "low": rate.share.low,
        "high": rate.share.high,
        "source": rate.source,
    }


def _bound_document(bounds: Bounds, goal: int) -> ForecastBound:
    return {
        "at_least": bounds.at_least[:, goal].tolist(),
        "at_most": bounds.at_most[:, goal].tolist(),
        "by_least": bounds.by_least[:, goal].tolist(),
        "by_most": bounds.by_most[:, goal].tolist(),
    }


def _dating_document(dating: Dating) -> ForecastDating:
    earliest, mean, latest = dating.days
    return {
        "day": None if dating.day is None else str(dating.day),
        "moves": dating.rate.moves,
        "days": dating.rate.days,
        "rate": dating.rate.a_day,
        "low": dating.rate.low,
        "high": dating.rate.high,
        "expected_moves": dating.moves.tolist(),
        "earliest": earliest.tolist(),
        "about": mean.tolist(),
        "latest": latest.tolist(),
    }


def _number(value: float) -> float | Literal["inf"]:
    """A number that JSON has."""
    return "inf" if isinf(value) else value


def _by_name(names: Sequence[str], shares: Sequence[float]) -> dict[str, float]:
    return {name: share for name, share in zip(names, shares, strict=True) if share > 0}
