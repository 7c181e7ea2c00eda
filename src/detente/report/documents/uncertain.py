"""The document of `uncertain`: its schema is made from these types."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta
from typing_extensions import TypedDict

from detente.report.documents.parts import CannotBeLeftByKind, MarkedStatement

__all__ = ["UncertainDocument"]


class UncertainEquilibria(TypedDict):
    """A part of the document: equilibria."""

    a: list[Annotated[int, Meta(ge=1)]]
    b: list[Annotated[int, Meta(ge=1)]]
    c: list[Annotated[int, Meta(ge=1)]]
    d: list[Annotated[int, Meta(ge=1)]]


class UncertainStableCount(TypedDict):
    """A part of the document: stable count."""

    a: dict[str, Annotated[int, Meta(ge=0)]]
    b: dict[str, Annotated[int, Meta(ge=0)]]
    c: dict[str, Annotated[int, Meta(ge=0)]]
    d: dict[str, Annotated[int, Meta(ge=0)]]


class UncertainDocument(TypedDict):
    """What `detente uncertain CASE --format json` writes."""

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
        Meta(description="How many these are, by concept and extension."),
    ]
    cannot_be_left: Annotated[
        CannotBeLeftByKind,
        Meta(
            description="What nobody can leave: outcomes that no move leads out of, how "
            "many states, and how many equilibria among them, by concept."
        ),
    ]
    equilibria: Annotated[
        dict[str, UncertainEquilibria], Meta(description="State numbers, by concept and extension.")
    ]
    stable_count: Annotated[
        dict[str, UncertainStableCount],
        Meta(description="How many states are stable, by concept, extension and party."),
    ]
    unknown: Annotated[
        list[MarkedStatement], Meta(description="The statements so marked, counted from 1.")
    ]
