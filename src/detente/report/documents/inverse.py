"""The document of `inverse`: its schema is made from these types."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired

from msgspec import Meta
from typing_extensions import TypedDict

from detente.report.documents.parts import Count

__all__ = ["InverseDocument"]


class InverseWeakened(TypedDict):
    """A part of the document: weakened."""

    change: Annotated[int, Meta(description="Place among the changes, from 1.", ge=1)]
    prefer: Annotated[str, Meta(description="The statement with the exception.")]


class InverseChange(TypedDict):
    """A part of the document: change."""

    party: Annotated[str, Meta(description="Id of the party.")]
    statement: Annotated[int, Meta(description="Number of the statement in the file.", ge=1)]
    kind: Annotated[
        Literal["flip", "drop", "move"],
        Meta(description="Reversed, dropped, or moved in order."),
    ]
    place: Annotated[
        Annotated[int, Meta(ge=1)] | None,
        Meta(description="Where a statement is moved to, counted among those that are kept."),
    ]
    prefer: Annotated[str, Meta(description="The statement as written.")]
    confidence: Annotated[
        Annotated[float, Meta(ge=0, le=1)] | None,
        Meta(description="Confidence in the statement as the file gives it."),
    ]
    words: Annotated[str, Meta(description="The change in words.")]


class InverseOffer(TypedDict):
    """A part of the document: offer."""

    party: Annotated[str, Meta(description="Id of the party whose statement it is.")]
    statement: Annotated[int, Meta(description="Number of the statement in the file.", ge=1)]
    prefer: Annotated[str, Meta(description="The statement as written.")]
    by: Annotated[list[str], Meta(description="Ids of the parties that could make it hold.")]


class InverseAnswer(TypedDict):
    """A part of the document: answer."""

    weakened: Annotated[
        list[InverseWeakened],
        Meta(
            description="Changes for which less is enough: that the party makes an "
            "exception of the target."
        ),
    ]
    changes: list[InverseChange]
    states: Annotated[
        list[Annotated[int, Meta(ge=1)]],
        Meta(description="States of the target that are then equilibria."),
    ]
    offers: NotRequired[
        Annotated[
            list[InverseOffer],
            Meta(
                description="Statements of the parties that change which do not hold in the "
                "first of `states` and which another party could make hold by one "
                "move."
            ),
        ]
    ]


class InverseDocument(TypedDict):
    """What `detente inverse CASE --make TARGET --format json` writes."""

    schema: str
    version: Annotated[str, Meta(description="Version of detente.")]
    dispute: Annotated[str, Meta(description="Title of the dispute.")]
    concept: Annotated[str, Meta(description="The solution concept.")]
    packages: NotRequired[
        Annotated[
            bool,
            Meta(
                description="Present where packages count as moves of all their members.",
                extra_json_schema={"const": True},
            ),
        ]
    ]
    target: Annotated[str, Meta(description="What was asked for, as written.")]
    target_states: Annotated[
        list[Annotated[int, Meta(ge=1)]], Meta(description="Numbers of its states.")
    ]
    parties: Annotated[
        list[str], Meta(description="Ids of the parties whose preferences may change.")
    ]
    kinds: Annotated[
        list[Literal["flip", "drop", "move"]],
        Meta(description="The kinds of change that were allowed."),
    ]
    max: Annotated[
        int, Meta(description="The greatest number of changes that was looked for.", ge=1)
    ]
    equilibrium_counts: Annotated[
        dict[str, Count],
        Meta(description="How many states are equilibria without any change, by concept."),
    ]
    equilibria: Annotated[
        list[Annotated[int, Meta(ge=1)]],
        Meta(description="States of the target that are equilibria without any change."),
    ]
    least: Annotated[int, Meta(description="No smaller number of changes will do.", ge=0)]
    complete: Annotated[
        bool,
        Meta(
            description="Whether `answers` holds all sets of `least` changes that will "
            "do; if so and it is empty, `max` changes or fewer will not do "
            "(or none is needed)."
        ),
    ]
    interrupted: Annotated[bool, Meta(description="Whether the search was stopped before its end.")]
    answers: Annotated[
        list[InverseAnswer], Meta(description="Sets of `least` changes that will do.")
    ]
    text: Annotated[str, Meta(description="What the command writes without --format json.")]
