"""The document of `roadmap-search`: its schema is made from these types."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta
from typing_extensions import TypedDict

from detente.report.documents.parts import Count, State
from detente.report.documents.roadmap_parts import Foresight, RoadmapStage
from detente.stability.concept_registry import concepts_serving

__all__ = ["RoadmapSearchDocument"]


class RoadmapSearchPlan(TypedDict):
    """A plan."""

    broken: Count
    statements_lost: Annotated[
        Count,
        Meta(
            description="The most of its statements that any one party stands to lose at any one "
            "stage; of an explicit order, the most places."
        ),
    ]
    holds: bool
    end: Annotated[State, Meta(description="Number of a state, from 1.")]
    reason: str
    stages: list[RoadmapStage]


class RoadmapSearchGuardian(TypedDict):
    """A party because of which plans do not hold."""

    party: str
    unwilling: Count
    breaking: Count


class RoadmapSearchCut(TypedDict):
    """The proof that no plan holds."""

    states: Annotated[Count, Meta(description="States that unbroken stages reach.")]
    stuck: Annotated[Count, Meta(description="How many of them do not hold.")]
    goal: Count
    goal_holding: Count
    guardians: list[RoadmapSearchGuardian]
    text: str


class RoadmapSearchDocument(TypedDict):
    """What `detente roadmap find CASE --to GOAL --format json` writes."""

    schema: str
    dispute: str
    goal: Annotated[str, Meta(description="The outcome's id or the formula.")]
    concept: Annotated[str, Meta(extra_json_schema={"enum": list(concepts_serving("deterrence"))})]
    foresight: Foresight
    most_stages: Count
    most_broken: Count
    complete: Annotated[
        bool, Meta(description="Whether everything within the limits was looked at.")
    ]
    plans: Annotated[
        list[RoadmapSearchPlan],
        Meta(description="The Pareto set by broken stages, statements lost and number of stages."),
    ]
    cut: Annotated[RoadmapSearchCut | None, Meta(description="Where no plan holds: the proof.")]
    proposed_parties: Annotated[
        Count,
        Meta(
            description="How many parties a joint move that was looked at may have, declared or "
            "not; 0 where only declared packages were."
        ),
    ]
    with_proposals: Annotated[
        RoadmapSearchDocument | None,
        Meta(
            description="Where no plan holds by declared packages: the search with any joint "
            "move, if it was made."
        ),
    ]
