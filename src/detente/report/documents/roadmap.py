"""The document of `roadmap`: its schema is made from these types."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta
from typing_extensions import TypedDict

from detente.stability.concept_registry import concepts_serving

__all__ = ["RoadmapDocument"]


class RoadmapFirstFailure(TypedDict):
    """A part of the document: first failure."""

    stage: Annotated[int, Meta(ge=1)]
    check: Literal["possible", "willing", "holding"]
    side_move: Annotated[
        bool,
        Meta(
            description="Whether the plan can still go on: whoever leaves the stage does "
            "so beside the plan."
        ),
    ]


class RoadmapFirstFailure2(TypedDict):
    """A part of the document: first failure."""

    stage: Annotated[int, Meta(ge=1)]
    check: Literal["possible", "willing", "holding"]
    side_move: Annotated[
        bool,
        Meta(
            description="Whether the plan can still go on: whoever leaves the stage does "
            "so beside the plan."
        ),
    ]


class RoadmapOtherForesight(TypedDict):
    """The verdict where parties look to the other of each stage's result and the roadmap's end."""

    foresight: Literal["myopic", "roadmap"]
    holds: bool
    first_failure: RoadmapFirstFailure2 | None


class RoadmapUnwilling(TypedDict):
    """A part of the document: unwilling."""

    party: Annotated[str, Meta(description="Id of a party.")]
    rank_still: Annotated[int, Meta(description="Rank, higher is better.", ge=1)]
    rank_offered: Annotated[int, Meta(description="Rank, higher is better.", ge=1)]


class RoadmapSanction(TypedDict):
    """A part of the document: sanction."""

    party: Annotated[str, Meta(description="Id of a party.")]
    state: Annotated[int, Meta(description="Number of a state, from 1.", ge=1)]


class RoadmapBreache(TypedDict):
    """A part of the document: breache."""

    party: Annotated[str, Meta(description="Id of a party.")]
    state: Annotated[int, Meta(description="Number of a state, from 1.", ge=1)]
    rank_before: Annotated[int, Meta(description="Rank, higher is better.", ge=1)]
    rank_after: Annotated[int, Meta(description="Rank, higher is better.", ge=1)]
    rank_offered: Annotated[
        int,
        Meta(
            description="Its rank of what the plan offers it: the plan's end, or the "
            "stage's result where parties look to each stage.",
            ge=1,
        ),
    ]
    held_to: Annotated[
        int,
        Meta(description="The lowest rank that the others' reactions can hold the party to.", ge=1),
    ]
    effect: Literal["undoes", "obstructs", "beside"]
    others: Annotated[
        int, Meta(description="Further improvements of the party that nothing deters.", ge=0)
    ]
    sanction: Annotated[
        list[RoadmapSanction],
        Meta(description="A sanction that is missing: the others' moves that would do."),
    ]
    would_not: Annotated[str | None, Meta(description="Who on that path would not move.")]


class RoadmapStanding(TypedDict):
    """A part of the document: standing."""

    party: Annotated[str, Meta(description="Id of a party.")]
    before: Annotated[int, Meta(description="Rank, higher is better.", ge=1)]
    after: Annotated[int, Meta(description="Rank, higher is better.", ge=1)]
    worst: Annotated[int, Meta(description="Rank, higher is better.", ge=1)]
    reneging: list[Annotated[str, Meta(description="Id of a party.")]]
    exposure: Annotated[int, Meta(ge=0)]
    share: Annotated[float, Meta(ge=0, le=1)]
    lost: Annotated[
        list[Annotated[int, Meta(ge=1)]],
        Meta(
            description="Numbers of the party's statements that are true before and not "
            "at the worst state."
        ),
    ]
    statements_lost: Annotated[
        int,
        Meta(
            description="How many these are; of an explicit order, by how many places the "
            "party falls.",
            ge=0,
        ),
    ]


class RoadmapStage(TypedDict):
    """A part of the document: stage."""

    stage: Annotated[int, Meta(description="Place in the plan, from 1.", ge=1)]
    name: str
    package: Annotated[
        str | None, Meta(description="Id of the declared package that the stage is, if it is one.")
    ]
    parties: Annotated[
        list[Annotated[str, Meta(description="Id of a party.")]],
        Meta(description="Who makes the stage."),
    ]
    set: Annotated[dict[str, str], Meta(description="Level of each option that the stage sets.")]
    before: Annotated[int, Meta(description="Number of a state, from 1.", ge=1)]
    after: Annotated[int, Meta(description="Number of a state, from 1.", ge=1)]
    possible: bool
    obstacle: Annotated[str | None, Meta(description="Why the stage is not possible.")]
    willing: bool
    unwilling: Annotated[list[RoadmapUnwilling], Meta(description="Who would rather stand still.")]
    holding: bool
    breaches: Annotated[
        list[RoadmapBreache],
        Meta(description="For each party with improvements that nothing deters, the gravest one."),
    ]
    standings: Annotated[list[RoadmapStanding], Meta(description="One for each party.")]


class RoadmapDocument(TypedDict):
    """What `detente roadmap check CASE ROADMAP --format json` writes."""

    schema: str
    dispute: str
    roadmap: Annotated[str, Meta(description="Id of the roadmap.")]
    name: str
    concept: Annotated[str, Meta(extra_json_schema={"enum": list(concepts_serving("deterrence"))})]
    foresight: Literal["myopic", "roadmap"]
    holds: Annotated[bool, Meta(description="Whether no stage fails.")]
    first_failure: RoadmapFirstFailure | None
    other_foresight: Annotated[
        RoadmapOtherForesight,
        Meta(
            description="The verdict where parties look to the other of each stage's "
            "result and the roadmap's end."
        ),
    ]
    statements_lost: Annotated[
        int,
        Meta(
            description="The most of its statements that any one party stands to lose at "
            "any one stage; of an explicit order, the most places.",
            ge=0,
        ),
    ]
    end: Annotated[int, Meta(description="Number of a state, from 1.", ge=1)]
    stages: list[RoadmapStage]
    text: str
