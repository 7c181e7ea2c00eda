"""``forecast``: what comes next, when, and how likely."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta

from detente.analyses.declaration import Declaration, Progress
from detente.analyses.documents import typed_schema
from detente.analyses.parameters import (
    AnalysisParameters,
    Asked,
    Formula,
    Limit,
    MoverForesight,
    Packages,
    Seed,
    Worth,
)

if TYPE_CHECKING:
    from detente.dispute.dispute import Dispute
    from detente.forecast.analysis import Forecast
    from detente.report.content import Block
    from detente.report.plots.picture import Picture

__all__ = ["declaration"]


class ForecastParameters(AnalysisParameters):
    """What `forecast` is asked."""

    steps: Annotated[
        int,
        Meta(
            ge=1,
            le=10_000,
            description="How many steps to look ahead; in each, one mover gets to move.",
        ),
        Asked(metavar="N", label="Steps ahead"),
    ] = 12
    odds: Annotated[
        str,
        Meta(
            description="How many times as likely a party is to make a move that improves its "
            "worth by a tenth of its range as it is to stay: one number from 1 on, a range, or inf."
        ),
        Asked(metavar="ODDS", label="Odds of a move that improves"),
    ] = "2:20"
    foresight: MoverForesight = "SEQ"
    worth: Annotated[
        Worth,
        Meta(description="What a rank is worth. This is an assumption: ranks are not intensities."),
    ] = "rank"
    packages: Annotated[
        Packages,
        Meta(description="Packages are movers too, made where all members accept."),
    ] = False
    draws: Annotated[
        int,
        Meta(
            ge=0,
            description="How many draws of preferences around those stated, and of odds; 0 takes "
            "preferences as stated.",
        ),
        Asked("--draws", "-n", label="Number of draws"),
    ] = 200
    seed: Seed = 0
    order: Annotated[
        Literal["drawn", "any"],
        Meta(
            description="In which order movers get to move: drawn at random, or with bounds over "
            "all orders as well."
        ),
        Asked(
            label="Order of movers",
            words=(("drawn", "drawn at random"), ("any", "with bounds over all orders")),
        ),
    ] = "drawn"
    to: Annotated[
        Formula | None,
        Meta(description="Follow the states in which this holds, instead of the outcomes."),
        Asked(metavar="FORMULA", kind="formula", label="Follow"),
    ] = None
    limit: Annotated[
        Limit, Meta(description="Show at most this many next moves, and drivers of each outcome.")
    ] = 6


def _run(dispute: Dispute, parameters: ForecastParameters, progress: Progress | None) -> Forecast:
    from detente.forecast.analysis import forecast

    return forecast(
        dispute,
        parameters.steps,
        odds=parameters.odds,
        foresight=parameters.foresight,
        worth=parameters.worth,
        packages=parameters.packages,
        draws=parameters.draws,
        seed=parameters.seed,
        order=parameters.order,
        to=parameters.to,
        progress=progress,
    )


def _blocks(found: Forecast, parameters: ForecastParameters) -> tuple[Block, ...]:
    from detente.report.forecast import forecast_blocks

    return forecast_blocks(found, limit=parameters.limit)


def _document(found: Forecast, _: ForecastParameters) -> Mapping[str, Any]:
    from detente.report.forecast import forecast_document

    return forecast_document(found)


def _fan(found: Forecast, _: ForecastParameters) -> Picture:
    from detente.report.plots.forecast import fan_picture

    return fan_picture(found)


def _stream(found: Forecast, _: ForecastParameters) -> Picture:
    from detente.report.plots.forecast import stream_picture

    return stream_picture(found)


def _curve(found: Forecast, _: ForecastParameters) -> Picture:
    from detente.report.plots.forecast import odds_picture

    return odds_picture(found)


declaration = Declaration(
    name="forecast",
    question="What comes next, when, and how likely?",
    about=(
        "Find how likely each outcome is, step by step, and what that depends on. In each step one "
        "party gets to move. It stays or makes one of its moves. A move that is worth more to it "
        "is more likely. See docs/concepts/forecast.md."
    ),
    parameters=ForecastParameters,
    run=_run,
    blocks=_blocks,
    takes_unknown=True,
    document=_document,
    weighs_confidence=lambda parameters: parameters.draws > 0,
    schema=typed_schema("forecast"),
    pictures={"fan": _fan, "stream": _stream, "curve": _curve},
    cost="minutes",
    working="Carrying play forward",
    result="detente.forecast.analysis.Forecast",
    rows="outcomes",
)
