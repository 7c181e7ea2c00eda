"""The document of `diff` and `what-if`: its schema is made from these types."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta
from typing_extensions import TypedDict

__all__ = ["DiffDocument"]


class DiffAnswer(TypedDict):
    """An answer that differs between the two versions."""

    question: str
    before: Annotated[str | None, Meta(description="Null where the version does not ask it.")]
    after: str | None
    gone: Annotated[int, Meta(ge=0, description="How many of the states counted are so no more.")]
    come: Annotated[int, Meta(ge=0, description="How many states newly are.")]


class DiffSwitched(TypedDict):
    """What one difference does to the answers."""

    alone: Annotated[
        list[DiffAnswer] | None,
        Meta(description="Made alone in the older version; null where it cannot be, see `needs`."),
    ]
    needs: Annotated[str | None, Meta(description="Why it cannot be made alone.")]
    in_turn: Annotated[
        list[DiffAnswer],
        Meta(description="Made after those before it; all in turn lead to the newer version."),
    ]


class DiffDifference(TypedDict):
    """One difference between the two files."""

    kind: Literal["added", "removed", "changed", "moved"]
    key: str
    place: Annotated[str, Meta(description="Where it stands, with places in lists.")]
    words: str
    of_model: Annotated[bool, Meta(description="Whether it can change an answer.")]
    old: Any
    new: Any
    lines: Annotated[
        list[int | None], Meta(description="Its line in the older and in the newer file.")
    ]
    switched: Annotated[
        DiffSwitched | None, Meta(description="Null where it was not switched by itself.")
    ]


class DiffDocument(TypedDict):
    """What `detente diff OLD NEW --format json` and `detente what-if --format json` write."""

    schema: str
    version: str
    older: str
    newer: str
    differences: list[DiffDifference]
    answers: list[DiffAnswer]
    together: Annotated[
        list[str], Meta(description="Questions whose answers no difference moves alone.")
    ]
    partial: bool
