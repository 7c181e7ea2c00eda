"""The document of `forecast`: its schema is made from these types."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired

from msgspec import Meta
from typing_extensions import TypedDict

from detente.stability.concept_registry import foresights

__all__ = ["ForecastDocument"]


class ForecastDriver(TypedDict):
    """A part of the document: driver."""

    input: Annotated[str, Meta(description="Such as us.3, us.3>4, or odds.")]
    as_stated: float
    otherwise: float
    index: float


class ForecastOutcome(TypedDict):
    """A part of the document: outcome."""

    id: str
    name: str
    kind: Literal["outcome", "asked", "state", "irreversible"]
    closed: Annotated[bool, Meta(description="Whether no move leads out of it.")]
    at: Annotated[
        list[float],
        Meta(
            description="Probability of being in it at each step, from step 0; with "
            "draws, the mean."
        ),
    ]
    at_low: Annotated[list[float], Meta(description="5th percentile of at.")]
    at_high: Annotated[list[float], Meta(description="95th percentile of at.")]
    by: Annotated[
        list[float],
        Meta(
            description="Probability of having been in it at that step or before; with "
            "draws, the mean."
        ),
    ]
    low: Annotated[list[float], Meta(description="5th percentile of by.")]
    high: Annotated[list[float], Meta(description="95th percentile of by.")]
    expected_step: Annotated[
        float | None,
        Meta(
            description="Expected step of first arrival where it is reached; null where it is not."
        ),
    ]
    movers: Annotated[
        dict[str, float], Meta(description="Share of first arrivals that each mover brings about.")
    ]
    options: Annotated[
        dict[str, float],
        Meta(description="Share of first arrivals by moves that change each option."),
    ]
    drivers: Annotated[
        list[ForecastDriver],
        Meta(description="What moves the probability between draws, the most first."),
    ]


class ForecastNextMove(TypedDict):
    """A part of the document: next move."""

    mover: str
    state: Annotated[int, Meta(ge=1)]
    probability: float
    low: float
    high: float


class ForecastMove(TypedDict):
    """A part of the document: move."""

    mover: str
    state: Annotated[int, Meta(ge=1)]
    chance: float


class ForecastCourse(TypedDict):
    """A part of the document: course."""

    outcome: str
    probability: float
    moves: list[ForecastMove]


class ForecastReading(TypedDict):
    """A part of the document: reading."""

    what: str
    odds: Annotated[float, Meta(ge=1)] | Literal["inf"]
    by: dict[str, float]


class ForecastBound(TypedDict):
    """A part of the document: bound."""

    at_least: list[float]
    at_most: list[float]
    by_least: list[float]
    by_most: list[float]


class ForecastBaseRate(TypedDict):
    """How often something came about in the dispute's reference class;

    not part of the other numbers.
    """

    id: str
    of: str
    became: str
    cases: int
    events: int
    share: float
    low: float
    high: float
    source: str


class ForecastDating(TypedDict):
    """When steps may come, by the rate of the moves that were seen."""

    day: Annotated[
        str | None,
        Meta(description="The day from which the forecast starts, with --as-of; or null."),
    ]
    moves: Annotated[int, Meta(description="How many moves were seen.", ge=1)]
    days: Annotated[int, Meta(description="In how many days.", ge=1)]
    rate: Annotated[float, Meta(description="Moves a day.")]
    low: Annotated[float, Meta(description="Lower end of the rate's interval at 95 per cent.")]
    high: Annotated[float, Meta(description="Upper end of the rate's interval at 95 per cent.")]
    expected_moves: Annotated[
        list[float],
        Meta(description="How many moves play is expected to have made by each step, from 0."),
    ]
    earliest: Annotated[
        list[float], Meta(description="Days to each step at the upper end of the rate's interval.")
    ]
    about: Annotated[list[float], Meta(description="Days to each step at the rate itself.")]
    latest: Annotated[
        list[float], Meta(description="Days to each step at the lower end of the rate's interval.")
    ]


class ForecastDocument(TypedDict):
    """What `detente forecast CASE --format json` writes."""

    schema: str
    version: Annotated[str, Meta(description="Version of detente.")]
    dispute: Annotated[str, Meta(description="Title of the dispute.")]
    sentence: Annotated[str, Meta(description="What to expect, in words.")]
    assumptions: Annotated[str, Meta(description="What is assumed, in words.")]
    status_quo: Annotated[int, Meta(description="Number of the state where play starts.", ge=1)]
    steps: Annotated[int, Meta(ge=1)]
    odds: Annotated[
        list[Annotated[float, Meta(ge=1)] | Literal["inf"]],
        Meta(description="The least and the greatest odds.", min_length=2, max_length=2),
    ]
    foresight: Annotated[str, Meta(extra_json_schema={"enum": list(foresights())})]
    worth: Literal["rank", "share", "weights"]
    packages: Annotated[bool, Meta(description="Whether declared packages are movers.")]
    tempo: Annotated[
        dict[str, float],
        Meta(description="By id, how often a mover gets to move; 1 where not named."),
    ]
    draws: Annotated[
        int,
        Meta(
            description="Draws that were carried forward; 0 for the stated preferences alone.", ge=0
        ),
    ]
    carrier_draws: Annotated[
        int,
        Meta(
            description="Draws, the first ones, that tell who carries play: movers and options.",
            ge=0,
        ),
    ]
    draws_wanted: Annotated[
        int, Meta(description="More than draws where the run was interrupted.", ge=0)
    ]
    seed: Annotated[int, Meta(ge=0)]
    outcomes: list[ForecastOutcome]
    next_moves: list[ForecastNextMove]
    nothing_changes: Annotated[
        float, Meta(description="Probability that the next step changes nothing.")
    ]
    courses: Annotated[
        list[ForecastCourse],
        Meta(description="The likeliest course into each outcome, stays left out."),
    ]
    readings: Annotated[
        list[ForecastReading],
        Meta(
            description="The stated preferences with one assumption changed: by, at the last step."
        ),
    ]
    bounds: NotRequired[
        Annotated[
            dict[str, ForecastBound],
            Meta(description="By outcome, over all orders of movers; with --order any."),
        ]
    ]
    base_rate: NotRequired[
        Annotated[
            ForecastBaseRate,
            Meta(
                description="How often something came about in the dispute's reference class; "
                "not part of the other numbers."
            ),
        ]
    ]
    dating: NotRequired[
        Annotated[
            ForecastDating,
            Meta(description="When steps may come; where the dispute has a history."),
        ]
    ]
