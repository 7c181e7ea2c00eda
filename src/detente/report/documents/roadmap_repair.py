"""The document of `roadmap-repair`: its schema is made from these types."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypeAlias

from msgspec import Meta
from typing_extensions import TypedDict

from detente.report.documents.parts import Count, State
from detente.report.documents.roadmap_parts import RoadmapVerdict
from detente.roadmap.repair.repairs import RepairKind

__all__ = ["RoadmapRepairDocument"]

_Kind: TypeAlias = Annotated[
    RepairKind,
    Meta(
        description="order, joint, left_out, stage, part: changes of the stages; commitment, "
        "pledge: promises beside the plan; preferences: statements that would have to differ."
    ),
]
_State: TypeAlias = Annotated[State, Meta(description="Number of a state.")]
_Number: TypeAlias = Annotated[int, Meta(ge=1)]


class RepairByKind(TypedDict):
    """What the search for one kind of change came to."""

    kind: _Kind
    least: Annotated[_Number | None, Meta(description="Size of the smallest change found.")]
    count: Annotated[Count, Meta(description="How many of that size were found.")]
    tried: Annotated[Count, Meta(description="How many changes were looked at.")]
    complete: Annotated[
        bool,
        Meta(
            description="Whether all of the smallest were found, or it is sure that there is none "
            "within the limits."
        ),
    ]
    at_least: Annotated[
        _Number, Meta(description="It is sure that no smaller change of the kind will do.")
    ]
    not_possible: Annotated[
        _Number | None,
        Meta(description="Number of a stage because of which no change of the kind can do."),
    ]
    too_large: Annotated[
        bool,
        Meta(
            description="Whether the kind was not looked for, as the dispute is too large for it."
        ),
    ]


RepairStage = TypedDict(
    "RepairStage",
    {
        "stage": _Number,
        "name": str,
        "from": Annotated[
            list[_Number],
            Meta(description="Numbers of the stages of which it is made; none for an added one."),
        ],
        "parties": list[Annotated[str, Meta(description="Id of a party.")]],
        "set": Annotated[dict[str, str], Meta(description="Level by option.")],
        "added": Annotated[dict[str, str], Meta(description="What of that was not set before.")],
        "before": _State,
        "after": _State,
    },
)


class RepairUndertaking(TypedDict):
    """What a party promises beside the plan."""

    kind: Literal["commitment", "pledge"]
    party: Annotated[
        str, Meta(description="Id of a party: of a pledge, that of the one who answers.")
    ]
    option: NotRequired[
        Annotated[
            str,
            Meta(description="Of a commitment: what the party will not change but by the plan."),
        ]
    ]
    breaker: NotRequired[Annotated[str, Meta(description="Of a pledge: whose breach is answered.")]]
    set: NotRequired[
        Annotated[dict[str, str], Meta(description="Of a pledge: what the answer sets.")]
    ]
    new_means: NotRequired[
        Annotated[
            bool,
            Meta(description="Of a pledge: whether the dispute file does not allow the answer."),
        ]
    ]


class RepairChange(TypedDict):
    """What a preference would have to be."""

    party: Annotated[str, Meta(description="Id of a party.")]
    statement: Annotated[_Number, Meta(description="Its number in the file.")]
    kind: Literal["flip", "drop", "move"]
    place: Annotated[_Number | None, Meta(description="Where a moved statement is put.")]
    words: str


class RepairProposal(TypedDict):
    """A change that makes the plan hold."""

    kind: _Kind
    size: _Number
    holds: Annotated[
        bool,
        Meta(
            description="As a new check of the changed plan found.",
            extra_json_schema={"const": True},
        ),
    ]
    end: _State
    same_end: Annotated[
        bool, Meta(description="Whether the plan ends in the state in which it ended.")
    ]
    statements_lost: Annotated[
        Count,
        Meta(
            description="The most of its statements that any one party stands to lose at any one "
            "stage; of an explicit order, the most places."
        ),
    ]
    stages: Annotated[list[RepairStage], Meta(description="The changed plan.")]
    undertakings: Annotated[
        list[
            Annotated[
                RepairUndertaking,
                Meta(
                    extra_json_schema={
                        "oneOf": [
                            {
                                "properties": {"kind": {"const": "commitment"}},
                                "required": ["option"],
                            },
                            {
                                "properties": {"kind": {"const": "pledge"}},
                                "required": ["breaker", "set", "new_means"],
                            },
                        ]
                    }
                ),
            ]
        ],
        Meta(description="What parties promise beside the plan."),
    ]
    changes: Annotated[
        list[RepairChange], Meta(description="What preferences would have to differ.")
    ]
    text: Annotated[
        str, Meta(description="What changes, whom it concerns and what it does, in words.")
    ]


class RoadmapRepairDocument(RoadmapVerdict):
    """What `detente roadmap repair CASE ROADMAP --format json` writes."""

    schema: str
    end: _State
    most_changes: Annotated[
        _Number,
        Meta(description="The greatest number of changes of preferences that was looked for."),
    ]
    interrupted: Annotated[
        bool,
        Meta(
            description="Whether the user ended the search; kinds that are missing were not "
            "looked for."
        ),
    ]
    kinds: list[RepairByKind]
    proposals: Annotated[
        list[RepairProposal],
        Meta(description="The smallest changes of each kind, smallest first."),
    ]
    text: Annotated[str, Meta(description="The verdict on the plan as it is.")]
