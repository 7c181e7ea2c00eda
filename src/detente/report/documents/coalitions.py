"""The document of `coalitions`: its schema is made from these types."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired

from msgspec import Meta
from typing_extensions import TypedDict

from detente.report.documents.parts import EquilibriumCounts, HowHeld

__all__ = ["CoalitionsDocument"]


class CoalitionsDeparture(TypedDict):
    """A part of the document: departure."""

    coalition: list[str]
    state: Annotated[int, Meta(ge=1)]
    concepts: list[str]


class CoalitionsUnfinishedSet(TypedDict):
    """A part of the document: unfinished."""

    concept: str
    coalition: list[str]
    why: Literal["time", "nodes", "interrupted"]


class CoalitionsDocument(EquilibriumCounts):
    """What `detente coalitions CASE --format json` writes. See docs/concepts/coalitions.md."""

    schema: str
    version: Annotated[str, Meta(description="Version of detente.")]
    dispute: Annotated[str, Meta(description="Title of the dispute.")]
    parties: list[str]
    concepts: list[str]
    coalitions: list[list[str]]
    acting_as_one: list[list[str]]
    packages: Annotated[list[str], Meta(description="Packages that counted as joint moves.")]
    every_coalition: bool
    state_count: Annotated[int, Meta(ge=1)]
    status_quo: Annotated[int, Meta(ge=1)] | None
    equilibria: Annotated[
        dict[str, list[Annotated[int, Meta(ge=1)]]],
        Meta(description="By concept, the states stable for every coalition analysed."),
    ]
    strong_equilibria: Annotated[
        list[Annotated[int, Meta(ge=1)]] | None,
        Meta(
            description="States that no coalition leaves even by a joint move that all "
            "its members gain by (Aumann 1959). Null where not worked out: "
            "not every coalition was analysed under Nash, moves have guards, "
            "or states are coalesced."
        ),
    ]
    stable_count: Annotated[
        dict[str, list[Annotated[int, Meta(ge=0)] | None]],
        Meta(
            description="By concept, how many states are stable for each coalition. Null where "
            "that was not found within the time and nodes given."
        ),
    ]
    departures: Annotated[
        list[CoalitionsDeparture],
        Meta(
            description="Where coalitions would leave the state in question to: for each, "
            "the state of the fewest changes that nothing deters, and the "
            "concepts under which it is."
        ),
    ]
    leaving: Annotated[
        dict[str, list[list[str]]],
        Meta(
            description="By concept, the coalitions that would leave the state in "
            "question (the status quo, where none was named)."
        ),
    ]
    state: Annotated[Annotated[int, Meta(ge=1)] | None, Meta(description="The state in question.")]
    engine: HowHeld
    unfinished: NotRequired[
        Annotated[
            list[CoalitionsUnfinishedSet],
            Meta(description="What was not found within the time and nodes given."),
        ]
    ]
    equilibria_left_out: NotRequired[
        Annotated[
            dict[str, Annotated[int, Meta(ge=1)]],
            Meta(description="By concept, how many states of `equilibria` are not named."),
        ]
    ]
