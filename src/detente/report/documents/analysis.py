"""The document of `analysis`: its schema is made from these types."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypeAlias

from msgspec import Meta
from typing_extensions import TypedDict

from detente.report.documents.parts import Count, HowHeld, State
from detente.stability.concept_registry import concept_pattern

__all__ = ["AnalysisDocument"]

_NAME = r"[A-Za-z\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*"

_Id: TypeAlias = Annotated[str, Meta(pattern=f"^{_NAME}$")]
_Option: TypeAlias = Annotated[str, Meta(pattern=rf"^{_NAME}\.{_NAME}$")]
_Concept: TypeAlias = Annotated[str, Meta(pattern=concept_pattern())]
_Share: TypeAlias = Annotated[float, Meta(ge=0, le=1)]

_EACH_ONCE = Meta(extra_json_schema={"uniqueItems": True})

RULES = {
    "if": {"properties": {"engine": {"enum": ["cube", "list"]}}},
    "then": {"properties": {"states": {"items": {"required": ["ranks"]}}}},
}
"""What the types do not say: only the engine symbolic leaves out ranks."""


class AnalysisNames(TypedDict):
    """Names in words of parties, options and outcomes."""

    parties: dict[_Id, str]
    options: dict[_Option, str]
    outcomes: dict[_Id, str]


class AnalysisCannotBeLeft(TypedDict):
    """States without a move of anybody, and those of named outcomes that no move leads out of."""

    outcomes: Annotated[list[_Id], Meta(description="The outcomes that no move leads out of.")]
    states: Annotated[Count, Meta(description="How many states they are.")]
    equilibrium_counts: Annotated[
        dict[_Concept, Count],
        Meta(description="How many of the equilibria under each concept are among them."),
    ]


class AnalysisUnfinished(TypedDict):
    """What was not found within the time or nodes given."""

    concept: _Concept
    party: _Id
    why: Literal["time", "nodes", "interrupted"]


class AnalysisEstimate(TypedDict):
    """How many feasible states are equilibria, and their share, with intervals at 95 per cent."""

    share: _Share
    low: _Share
    high: _Share
    draws: Annotated[int, Meta(ge=1, description="How many states were drawn.")]
    undecided: Annotated[
        int,
        Meta(
            ge=0,
            description="Of how many of these it was not found out; `low` counts them as no "
            "equilibria, `high` as equilibria.",
        ),
    ]
    count: Annotated[
        int,
        Meta(ge=0, description="How many states that share is. Numbers may exceed 2**53."),
    ]
    count_low: Annotated[int, Meta(ge=0, description="How many states `low` is, rounded down.")]
    count_high: Annotated[int, Meta(ge=0, description="How many states `high` is, rounded up.")]


class AnalysisState(TypedDict):
    """One state."""

    id: Annotated[State, Meta(description="The state's number.")]
    options: Annotated[
        dict[_Option, str | None],
        Meta(
            description="Level of each option; null where the members of a coalesced state differ."
        ),
    ]
    outcomes: Annotated[
        list[_Id],
        Meta(description="Ids of the named outcomes to which the state belongs."),
        _EACH_ONCE,
    ]
    ranks: NotRequired[
        Annotated[
            dict[_Id, Annotated[int, Meta(ge=1)]],
            Meta(
                description="Each party's rank of the state: 1 is worst, higher is better. The "
                "engine symbolic gives none."
            ),
        ]
    ]
    stable: Annotated[
        dict[_Concept, Annotated[list[_Id], _EACH_ONCE]],
        Meta(
            description="Ids of the parties for which the state is stable, by concept. The engine "
            "symbolic leaves out concepts under which that was not found in time."
        ),
    ]


class AnalysisHeading(TypedDict):
    """What the document of any analysis of stability says first, and what only some say."""

    schema: str
    version: Annotated[str, Meta(description="Version of detente that wrote the document.")]
    dispute: Annotated[str, Meta(description="Title of the dispute.")]
    parties: Annotated[list[_Id], Meta(description="Ids of the parties, in order."), _EACH_ONCE]
    options: Annotated[
        list[_Option],
        Meta(description="Full names of the options (party.option), in order."),
        _EACH_ONCE,
    ]
    outcomes: Annotated[
        list[_Id], Meta(description="Ids of the named outcomes, in order."), _EACH_ONCE
    ]
    concepts: Annotated[
        list[_Concept],
        Meta(description="Solution concepts that were computed, in order."),
        _EACH_ONCE,
    ]
    engine: HowHeld
    packages: NotRequired[
        Annotated[
            bool,
            Meta(
                description="True where packages count as moves of all their members together; "
                "otherwise left out.",
                extra_json_schema={"const": True},
            ),
        ]
    ]
    names: Annotated[
        AnalysisNames, Meta(description="Names in words of parties, options and outcomes.")
    ]
    levels: Annotated[
        dict[_Option, Annotated[list[str], Meta(min_length=2), _EACH_ONCE]],
        Meta(description="Levels of each option, lowest first."),
    ]
    parts: NotRequired[
        Annotated[
            int,
            Meta(
                ge=1,
                description="Into how many parts that do not touch the dispute falls; only by the "
                "engine symbolic.",
            ),
        ]
    ]
    equilibria_left_out: NotRequired[
        Annotated[
            dict[_Concept, Annotated[int, Meta(ge=1)]],
            Meta(
                description="How many equilibria are not named, by concept; absent where all are."
            ),
        ]
    ]
    counts_by_outcome: NotRequired[
        Annotated[
            dict[str, dict[_Concept, Count]],
            Meta(
                description="By outcome, then by concept, how many equilibria belong to it; under "
                "an empty name those that belong to none; only by the engine symbolic."
            ),
        ]
    ]
    stable_counts: NotRequired[
        Annotated[
            dict[_Concept, dict[_Id, Count]],
            Meta(
                description="By concept, then by party, for how many states it would stay; only "
                "by the engine symbolic."
            ),
        ]
    ]
    unfinished: NotRequired[
        Annotated[
            list[AnalysisUnfinished],
            Meta(
                description="What was not found within the time or nodes given; only by the "
                "engine symbolic."
            ),
        ]
    ]
    estimates: NotRequired[
        Annotated[
            dict[_Concept, AnalysisEstimate],
            Meta(
                description="By concept, how many feasible states are equilibria, and their "
                "share, estimated from states drawn at random, with Wilson's interval at 95 "
                "per cent; only by the engine symbolic."
            ),
        ]
    ]
    states_left_out: NotRequired[
        Annotated[
            int, Meta(ge=1, description="How many states are not listed; absent where all are.")
        ]
    ]


class AnalysisSummary(AnalysisHeading):
    """All that the document says but the states."""

    state_count: Annotated[int, Meta(ge=1, description="Number of feasible states, listed or not.")]
    status_quo: Annotated[
        State | None,
        Meta(description="Id of the status quo; null where the dispute names none."),
    ]
    equilibria: Annotated[
        dict[_Concept, Annotated[list[State], _EACH_ONCE]],
        Meta(description="Ids of the states that are stable for every party, by concept."),
    ]
    equilibrium_counts: Annotated[
        dict[_Concept, Count],
        Meta(
            description="How many states are stable for every party, by concept, named above or "
            "not."
        ),
    ]
    cannot_be_left: Annotated[
        AnalysisCannotBeLeft,
        Meta(
            description="States without a move of anybody, and those of named outcomes that no "
            "move leads out of: that they hold says little of what parties prefer."
        ),
    ]


class AnalysisDocument(AnalysisSummary):
    """What `detente analyse CASE --format json` writes."""

    states: Annotated[list[AnalysisState], Meta(description="The states that are listed.")]
