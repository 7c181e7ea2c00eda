"""Parts that several documents have."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from msgspec import Meta
from typing_extensions import TypedDict

__all__ = ["CannotBeLeft", "CannotBeLeftByKind", "Count", "MarkedStatement", "State"]

State: TypeAlias = Annotated[int, Meta(ge=1)]
"""Number of a state."""

Count: TypeAlias = Annotated[int, Meta(ge=0)]
"""How many there are."""


class CannotBeLeft(TypedDict):
    """What nobody can leave:

    outcomes that no move leads out of, how many states, and how many equilibria among them, by
    concept.
    """

    outcomes: list[str]
    states: Count
    equilibrium_counts: dict[str, Count]


class CannotBeLeftByKind(TypedDict):
    """What nobody can leave:

    outcomes that no move leads out of, how many states, and how many equilibria among them, by
    concept.
    """

    outcomes: list[str]
    states: Count
    equilibrium_counts: dict[str, dict[str, Count]]


class MarkedStatement(TypedDict):
    """A statement that the file marks, counted from 1 for its party."""

    party: str
    statement: Annotated[int, Meta(ge=1)]
    prefer: str
