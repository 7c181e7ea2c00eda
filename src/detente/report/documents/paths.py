"""The document of `paths`: its schema is made from these types."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired

from msgspec import Meta
from typing_extensions import TypedDict

from detente.report.documents.parts import HowHeld

__all__ = ["PathsDocument"]


class PathsStep(TypedDict):
    """A part of the document: step."""

    mover: Annotated[
        str,
        Meta(
            description="Id of the party or of the package; of a coalition that moves as "
            "one, its members' with commas between."
        ),
    ]
    package: bool
    state: Annotated[int, Meta(description="Where the move leads.", ge=1)]
    improving: Annotated[
        bool, Meta(description="Whether the mover, or every member, prefers that.")
    ]


class PathsPath(TypedDict):
    """A part of the document: path."""

    start: Annotated[int, Meta(ge=1)]
    steps: list[PathsStep]


class PathsOutcome(TypedDict):
    """A part of the document: outcome."""

    outcome: str
    states: Annotated[int, Meta(ge=0)]
    reached: Annotated[int, Meta(ge=0)]
    moves: Annotated[
        Annotated[int, Meta(ge=0)] | None, Meta(description="Fewest moves to one of its states.")
    ]


class PathsEnded(TypedDict):
    """A part of the document: ended early."""

    why: Literal["time", "nodes", "interrupted"]
    moves: Annotated[int, Meta(description="What takes more moves is not known.", ge=0)]


# 2: path_count may be null.
VERSION = 2

PathsDocument = TypedDict(
    "PathsDocument",
    {
        "schema": str,
        "version": Annotated[str, Meta(description="Version of detente.")],
        "dispute": Annotated[str, Meta(description="Title of the dispute.")],
        "engine": HowHeld,
        "from": str,
        "to": Annotated[str | None, Meta(description="Null where no end was asked for.")],
        "moves": Literal["any", "improvements"],
        "packages": bool,
        "state_count": Annotated[int, Meta(ge=1)],
        "reached": Annotated[int, Meta(description="How many states can be reached.", ge=0)],
        "length": Annotated[
            Annotated[int, Meta(ge=0)] | None,
            Meta(description="Fewest moves to a state asked for."),
        ],
        "path_count": Annotated[
            Annotated[int, Meta(ge=0)] | None,
            Meta(description="Null where symbolic sets do not count them."),
        ],
        "paths": list[PathsPath],
        "outcomes": list[PathsOutcome],
        "ended_early": NotRequired[
            Annotated[
                PathsEnded,
                Meta(description="Where time ran out before all moves were followed."),
            ]
        ],
    },
)
