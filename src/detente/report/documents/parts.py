"""Parts that several documents have."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta
from typing_extensions import TypedDict

__all__ = [
    "CannotBeLeft",
    "CannotBeLeftByKind",
    "Count",
    "EquilibriumCounts",
    "EquilibriumCountsByKind",
    "HowHeld",
    "MarkedStatement",
    "OfMarkedPreferences",
    "State",
]

State: TypeAlias = Annotated[int, Meta(ge=1)]
"""Number of a state."""

Count: TypeAlias = Annotated[int, Meta(ge=0)]
"""How many there are."""

HowHeld: TypeAlias = Annotated[
    Literal["cube", "list", "symbolic"],
    Meta(
        description="How states were held: the cube of all combinations of levels, a list of "
        "the feasible ones, or sets as decision diagrams."
    ),
]
"""The engine."""


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


_LEFT = (
    "What nobody can leave: outcomes that no move leads out of, how many states, and how many "
    "equilibria among them, by concept."
)


class EquilibriumCounts(TypedDict):
    """How many equilibria there are, and how many nobody can leave."""

    equilibrium_counts: Annotated[
        dict[str, Count], Meta(description="How many these are, by concept.")
    ]
    cannot_be_left: Annotated[CannotBeLeft, Meta(description=_LEFT)]


class EquilibriumCountsByKind(TypedDict):
    """The same where equilibria are of several kinds."""

    equilibrium_counts: Annotated[
        dict[str, dict[str, Count]], Meta(description="How many these are, by concept and kind.")
    ]
    cannot_be_left: Annotated[CannotBeLeftByKind, Meta(description=_LEFT)]


class MarkedStatement(TypedDict):
    """A statement that the file marks, counted from 1 for its party."""

    party: str
    statement: Annotated[int, Meta(ge=1)]
    prefer: str


class OfMarkedPreferences(EquilibriumCountsByKind):
    """What documents on unknown and on strong preferences share: by concept and kind."""

    version: Annotated[str, Meta(description="Version of detente.")]
    dispute: Annotated[str, Meta(description="Title of the dispute.")]
    parties: Annotated[list[str], Meta(description="Ids of the parties.")]
    state_count: Annotated[int, Meta(ge=1)]
    status_quo: Annotated[State | None, Meta(description="Number of the status quo.")]
    equilibria: Annotated[
        dict[str, dict[str, list[State]]],
        Meta(description="State numbers, by concept and kind."),
    ]
    stable_count: Annotated[
        dict[str, dict[str, dict[str, Count]]],
        Meta(description="How many states are stable, by concept, kind and party."),
    ]
