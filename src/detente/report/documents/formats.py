"""The document of `formats`: its schema is made from these types."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired

from msgspec import Meta
from typing_extensions import TypedDict

from detente.report.documents.parts import Count, HowHeld

__all__ = ["FormatsDocument"]


class FormatsNames(TypedDict):
    """A part of the document: names."""

    parties: dict[str, str]
    outcomes: dict[str, str]


class FormatsSpoiling(TypedDict):
    """A part of the document: spoiling."""

    state: Annotated[
        int, Meta(description="Where its best improvement that nothing deters leads.", ge=1)
    ]
    rank: Annotated[int, Meta(ge=1)]
    leaves: Annotated[bool, Meta(description="Whether that leaves the outcome.")]


class FormatsStanding(TypedDict):
    """A part of the document: standing."""

    party: Annotated[str, Meta(description="Id of the outsider.")]
    rank: Annotated[int, Meta(description="Its rank there.", ge=1)]
    status_quo_rank: Annotated[int, Meta(ge=1)]
    role: Literal["beneficiary", "indifferent", "sidelined"]
    better_in: Annotated[
        str | None, Meta(description="The format that includes it and whose result it prefers.")
    ]
    spoiling: FormatsSpoiling | None


class FormatsOutcome(TypedDict):
    """A part of the document: outcome."""

    outcome: str
    reached: Annotated[int, Meta(description="How many of its states the format reaches.", ge=0)]
    held: Annotated[int, Meta(description="How many of these hold.", ge=0)]
    gained: Annotated[
        int, Meta(description="How many of these every member prefers to the status quo.", ge=0)
    ]
    state: Annotated[
        Annotated[int, Meta(ge=1)] | None,
        Meta(description="The state by which the format is judged."),
    ]
    moves: Annotated[Annotated[int, Meta(ge=0)] | None, Meta(description="Fewest moves to it.")]
    holds: bool
    gains: bool
    members_stay: bool
    defectors: Annotated[
        list[str], Meta(description="Members that would leave it, each by itself.")
    ]
    outsiders: list[FormatsStanding]
    kept: Annotated[
        bool, Meta(description="The members would stay, and no outsider leads out of the outcome.")
    ]
    verdict: Literal["settled", "unstable", "held", "reached", "out of reach"]


class FormatsFormat(TypedDict):
    """A part of the document: format."""

    id: str
    name: str
    parties: list[str]
    packages: Annotated[list[str], Meta(description="Packages that it can carry out by itself.")]
    reached: Annotated[int, Meta(ge=0)]
    held: Annotated[int, Meta(ge=0)]
    state: Annotated[Annotated[int, Meta(ge=1)] | None, Meta(description="Its result.")]
    in_outcomes: list[str]
    defectors: list[str]
    outsiders: list[FormatsStanding]
    outcomes: list[FormatsOutcome]


class FormatsNeeded(TypedDict):
    """A part of the document: needed."""

    outcome: str
    at_status_quo: bool
    to_reach: Annotated[
        list[str], Meta(description="Parties without whom the others all together do not reach it.")
    ]
    to_hold: Annotated[
        list[str], Meta(description="Parties in every format analysed that reaches and holds it.")
    ]
    enough_to_reach: list[list[str]]
    enough_to_hold: list[list[str]]


class FormatsUnfinished(TypedDict):
    """A part of the document: unfinished."""

    format: Annotated[str, Meta(description="Id of the format.")]
    why: str


class FormatsNeededUnfinished(TypedDict):
    """A part of the document: needed unfinished."""

    outcome: Annotated[str, Meta(description="Id of the outcome.")]
    why: str


class FormatsDocument(TypedDict):
    """What `detente formats CASE --format json` writes. See docs/concepts/formats.md."""

    schema: str
    version: Annotated[str, Meta(description="Version of detente.")]
    dispute: Annotated[str, Meta(description="Title of the dispute.")]
    engine: HowHeld
    concept: str
    status_quo: Annotated[int, Meta(ge=1)]
    equilibrium_counts: Annotated[
        dict[str, Count],
        Meta(description="How many states are stable for each party by itself, by concept."),
    ]
    every_subset: Annotated[bool, Meta(description="Whether every set of parties was analysed.")]
    names: FormatsNames
    formats: list[FormatsFormat]
    needed: dict[str, FormatsNeeded]
    unfinished: NotRequired[
        Annotated[
            list[FormatsUnfinished],
            Meta(
                description="Formats of which it was not found in the time and nodes given what "
                "they hold, and what ran out: time, nodes or interrupted."
            ),
        ]
    ]
    needed_unfinished: NotRequired[
        Annotated[
            list[FormatsNeededUnfinished],
            Meta(description="Outcomes of which it was not found who is needed, and what ran out."),
        ]
    ]
