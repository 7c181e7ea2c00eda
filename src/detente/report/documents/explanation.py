"""The document of `explanation`: its schema is made from these types."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypeAlias

from msgspec import Meta
from typing_extensions import TypedDict

from detente.report.documents.parts import Count, HowHeld, State
from detente.stability.concept_registry import concept_pattern

__all__ = ["ExplanationDocument"]

_Rank: TypeAlias = Annotated[
    int,
    Meta(
        ge=1,
        description="A rank, the focal party's where nothing else is said: 1 is worst, higher is "
        "better.",
    ),
]

Change = TypedDict("Change", {"from": str, "to": str})

Changes: TypeAlias = Annotated[
    dict[str, Change],
    Meta(
        description="Levels before and after, by option; options that do not change, or whose "
        "level in a coalesced state is not known, are left out."
    ),
]


class ExplanationStep(TypedDict):
    """A step of a sanction, or of play."""

    party: NotRequired[Annotated[str, Meta(description="Id of the mover.")]]
    package: NotRequired[Annotated[str, Meta(description="Id of the package that is the mover.")]]
    state: State
    changes: Changes
    rank_before: _Rank
    rank_after: _Rank


class ExplanationProspect(TypedDict):
    """What somebody has to expect after a move."""

    path: Annotated[
        list[
            Annotated[
                ExplanationStep,
                Meta(
                    extra_json_schema={
                        "oneOf": [{"required": ["party"]}, {"required": ["package"]}]
                    }
                ),
            ]
        ],
        Meta(description="The sanction, or the play foreseen; empty where there is none."),
    ]
    end_rank: _Rank
    escape: Annotated[
        State | None,
        Meta(
            description="Where a sanction exists but the party can answer it: the state to which "
            "its best answer leads."
        ),
    ]


class ExplanationMember(ExplanationProspect):
    """What another member of a package has to expect."""

    party: Annotated[str, Meta(description="Id of the member, whose ranks these are.")]
    rank_before: _Rank
    rank_after: _Rank
    deterred: Annotated[bool, Meta(description="Whether the member is deterred.")]


class ExplanationMove(ExplanationProspect):
    """A move, and what follows it."""

    state: State
    changes: Changes
    rank: _Rank
    deterred: Annotated[bool, Meta(description="Whether the concept deters the move.")]
    package: NotRequired[
        Annotated[
            str,
            Meta(
                description="Id of the package by which the move is made; absent where it is the "
                "party's own."
            ),
        ]
    ]
    others: NotRequired[
        Annotated[
            list[ExplanationMember],
            Meta(
                description="Of a package, what each of its other members has to expect; path, "
                "end_rank and escape of the move are the focal party's. The move is deterred if "
                "it is deterred for one of them."
            ),
        ]
    ]


class ExplanationDocument(TypedDict):
    """What `detente explain CASE ... --format json` writes."""

    schema: str
    dispute: Annotated[str, Meta(description="Title of the dispute.")]
    engine: HowHeld
    concept: Annotated[str, Meta(pattern=concept_pattern())]
    packages: NotRequired[
        Annotated[
            bool,
            Meta(
                description="Present where packages count as moves of all their members.",
                extra_json_schema={"const": True},
            ),
        ]
    ]
    party: Annotated[str, Meta(description="Id of the focal party.")]
    state: State
    rank: _Rank
    stable: Annotated[bool, Meta(description="Whether the state is stable for the party.")]
    move_count: Annotated[
        Count, Meta(description="Number of moves to be explained, listed or not.")
    ]
    moves: Annotated[
        list[ExplanationMove],
        Meta(
            description="The party's unilateral improvements; under concepts that look several "
            "moves ahead also the moves that are foreseen to end better. Those that are not "
            "deterred come first."
        ),
    ]
    why: NotRequired[
        Annotated[
            Literal["time", "nodes", "interrupted"],
            Meta(
                description="What ran out before all moves asked for were explained, on symbolic "
                "sets; the verdict is found."
            ),
        ]
    ]
    text: Annotated[str, Meta(description="The explanation in plain words.")]
