"""The document of `roadmap-search`: its schema is made from these types."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta
from typing_extensions import TypedDict

from detente.stability.concept_registry import concepts_serving

__all__ = ["RoadmapSearchDocument"]


class RoadmapSearchUnwilling(TypedDict):
    """A part of the document: unwilling."""

    party: Annotated[str, Meta(description="Id of a party.")]
    rank_still: Annotated[int, Meta(description="Rank, higher is better.", ge=1)]
    rank_offered: Annotated[int, Meta(description="Rank, higher is better.", ge=1)]


class RoadmapSearchSanction(TypedDict):
    """A part of the document: sanction."""

    party: Annotated[str, Meta(description="Id of a party.")]
    state: Annotated[int, Meta(description="Number of a state, from 1.", ge=1)]


class RoadmapSearchBreache(TypedDict):
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
        list[RoadmapSearchSanction],
        Meta(description="A sanction that is missing: the others' moves that would do."),
    ]
    would_not: Annotated[str | None, Meta(description="Who on that path would not move.")]


class RoadmapSearchStanding(TypedDict):
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


class RoadmapSearchStage(TypedDict):
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
    unwilling: Annotated[
        list[RoadmapSearchUnwilling], Meta(description="Who would rather stand still.")
    ]
    holding: bool
    breaches: Annotated[
        list[RoadmapSearchBreache],
        Meta(description="For each party with improvements that nothing deters, the gravest one."),
    ]
    standings: Annotated[list[RoadmapSearchStanding], Meta(description="One for each party.")]


class RoadmapSearchPlan(TypedDict):
    """A part of the document: plan."""

    broken: Annotated[int, Meta(ge=0)]
    statements_lost: Annotated[
        int,
        Meta(
            description="The most of its statements that any one party stands to lose at "
            "any one stage; of an explicit order, the most places.",
            ge=0,
        ),
    ]
    holds: bool
    end: Annotated[int, Meta(description="Number of a state, from 1.", ge=1)]
    reason: str
    stages: list[RoadmapSearchStage]


class RoadmapSearchGuardian(TypedDict):
    """A part of the document: guardian."""

    party: str
    unwilling: Annotated[int, Meta(ge=0)]
    breaking: Annotated[int, Meta(ge=0)]


class RoadmapSearchCut(TypedDict):
    """A part of the document: cut."""

    states: Annotated[int, Meta(description="States that unbroken stages reach.", ge=0)]
    stuck: Annotated[int, Meta(description="How many of them do not hold.", ge=0)]
    goal: Annotated[int, Meta(ge=0)]
    goal_holding: Annotated[int, Meta(ge=0)]
    guardians: list[RoadmapSearchGuardian]
    text: str


class RoadmapSearchDocument(TypedDict):
    """What `detente roadmap find CASE --to GOAL --format json` writes."""

    schema: str
    dispute: str
    goal: Annotated[str, Meta(description="The outcome's id or the formula.")]
    concept: Annotated[str, Meta(extra_json_schema={"enum": list(concepts_serving("deterrence"))})]
    foresight: Literal["myopic", "roadmap"]
    most_stages: Annotated[int, Meta(ge=0)]
    most_broken: Annotated[int, Meta(ge=0)]
    complete: Annotated[
        bool, Meta(description="Whether everything within the limits was looked at.")
    ]
    plans: Annotated[
        list[RoadmapSearchPlan],
        Meta(description="The Pareto set by broken stages, statements lost and number of stages."),
    ]
    cut: Annotated[RoadmapSearchCut | None, Meta(description="Where no plan holds: the proof.")]
