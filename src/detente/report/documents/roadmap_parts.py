"""Parts that the documents about roadmaps share."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired

from msgspec import Meta
from typing_extensions import TypedDict

from detente.stability.concept_registry import concepts_serving

__all__ = [
    "FirstFailure",
    "Foresight",
    "OtherForesight",
    "RoadmapBreach",
    "RoadmapStage",
    "RoadmapStanding",
    "RoadmapVerdict",
]

Foresight = Literal["myopic", "roadmap"]


class FirstFailure(TypedDict):
    """The first stage that fails, and in which check."""

    stage: Annotated[int, Meta(ge=1)]
    check: Literal["possible", "willing", "holding"]
    side_move: Annotated[
        bool,
        Meta(
            description="Whether the plan can still go on: whoever leaves the stage does "
            "so beside the plan."
        ),
    ]


class OtherForesight(TypedDict):
    """The verdict where parties look to the other of each stage's result and the roadmap's end."""

    foresight: Foresight
    holds: bool
    first_failure: FirstFailure | None


class RoadmapGlance(TypedDict):
    """What is known of a stage that was not checked to the end."""

    stage: Annotated[int, Meta(description="Its place in the plan.", ge=1)]
    possible: bool
    unwilling: Annotated[list[str], Meta(description="Parties that would rather stand still.")]
    leaving: Annotated[list[str], Meta(description="Parties with a move away that nothing deters.")]
    unknown: Annotated[
        list[str], Meta(description="Parties of which it was not found whether they have one.")
    ]


class RoadmapEnded(TypedDict):
    """What ended the work early, and how many stages, the last ones, were not checked."""

    why: Literal["time", "nodes", "interrupted"]
    stages_left: Annotated[int, Meta(ge=0)]
    known: Annotated[list[RoadmapGlance], Meta(description="What is known of these stages.")]


class RoadmapVerdict(TypedDict):
    """What was checked, how, and the verdict."""

    dispute: Annotated[str, Meta(description="Title of the dispute.")]
    roadmap: Annotated[str, Meta(description="Id of the roadmap.")]
    name: str
    concept: Annotated[str, Meta(extra_json_schema={"enum": list(concepts_serving("deterrence"))})]
    foresight: Foresight
    holds: Annotated[
        bool, Meta(description="Whether no stage fails, and each was checked; see `ended_early`.")
    ]
    first_failure: FirstFailure | None
    other_foresight: NotRequired[
        Annotated[
            OtherForesight,
            Meta(
                description="The verdict where parties look to the other of each stage's "
                "result and the roadmap's end. Left out where it was not found in time."
            ),
        ]
    ]
    ended_early: NotRequired[
        Annotated[
            RoadmapEnded,
            Meta(description="Where time ran out on sets of states before all was checked."),
        ]
    ]


class RoadmapUnwilling(TypedDict):
    """Somebody who would rather stand still."""

    party: Annotated[str, Meta(description="Id of a party.")]
    rank_still: Annotated[int, Meta(description="Rank, higher is better.", ge=1)]
    rank_offered: Annotated[int, Meta(description="Rank, higher is better.", ge=1)]


class RoadmapSanction(TypedDict):
    """A move of a sanction."""

    party: Annotated[str, Meta(description="Id of a party.")]
    state: Annotated[int, Meta(description="Number of a state, from 1.", ge=1)]


class RoadmapBreach(TypedDict):
    """How a party would leave a stage."""

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
    """What a party gains by a stage, and what it stands to lose."""

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
    """One stage of a plan, checked."""

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
        list[RoadmapBreach],
        Meta(description="For each party with improvements that nothing deters, the gravest one."),
    ]
    standings: Annotated[list[RoadmapStanding], Meta(description="One for each party.")]
