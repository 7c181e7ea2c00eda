"""The document of `strength`: its schema is made from these types."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta
from typing_extensions import TypedDict

from detente.report.documents.parts import CannotBeLeftByKind, MarkedStatement

__all__ = ["StrengthDocument"]


class StrengthEquilibria(TypedDict):
    """A part of the document: equilibria."""

    general: list[Annotated[int, Meta(ge=1)]]
    strong: list[Annotated[int, Meta(ge=1)]]
    weak: list[Annotated[int, Meta(ge=1)]]


class StrengthStableCount(TypedDict):
    """A part of the document: stable count."""

    general: dict[str, Annotated[int, Meta(ge=0)]]
    strong: dict[str, Annotated[int, Meta(ge=0)]]
    weak: dict[str, Annotated[int, Meta(ge=0)]]


class StrengthDocument(TypedDict):
    """What `detente strength CASE --format json` writes."""

    schema: str
    version: Annotated[str, Meta(description="Version of detente.")]
    dispute: Annotated[str, Meta(description="Title of the dispute.")]
    parties: Annotated[list[str], Meta(description="Ids of the parties.")]
    state_count: Annotated[int, Meta(ge=1)]
    status_quo: Annotated[
        Annotated[int, Meta(ge=1)] | None, Meta(description="Number of the status quo.")
    ]
    equilibrium_counts: Annotated[
        dict[str, dict[str, Annotated[int, Meta(ge=0)]]],
        Meta(description="How many these are, by concept and strength."),
    ]
    cannot_be_left: Annotated[
        CannotBeLeftByKind,
        Meta(
            description="What nobody can leave: outcomes that no move leads out of, how "
            "many states, and how many equilibria among them, by concept."
        ),
    ]
    equilibria: Annotated[
        dict[str, StrengthEquilibria], Meta(description="State numbers, by concept and strength.")
    ]
    stable_count: Annotated[
        dict[str, StrengthStableCount],
        Meta(description="How many states are stable, by concept, strength and party."),
    ]
    strong: Annotated[
        list[MarkedStatement], Meta(description="The statements so marked, counted from 1.")
    ]
    strong_steps: Annotated[
        dict[str, list[Annotated[int, Meta(ge=1)]]],
        Meta(
            description="By the id of a party with an explicit order: the places in it, "
            "from 1, after which a strong step leads down."
        ),
    ]
