"""The document of `roadmap-simulation`: its schema is made from these types."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta
from typing_extensions import TypedDict

from detente.stability.concept_registry import concepts_serving

__all__ = ["RoadmapSimulationDocument"]


class RoadmapSimulationAssumptions(TypedDict):
    """The probabilities that the user assumes; nothing estimates them."""

    renege: Annotated[
        float, Meta(description="A party that gains by reneging reneges.", ge=0, le=1)
    ]
    slip: Annotated[
        float, Meta(description="A party that gains nothing by it withholds its part.", ge=0, le=1)
    ]
    answer: Annotated[float, Meta(description="A party answers in kind.", ge=0, le=1)]
    resume: Annotated[
        float,
        Meta(
            description="The plan is resumed after an answer that leaves nobody who "
            "reneged better off than by coming back.",
            ge=0,
            le=1,
        ),
    ]


class RoadmapSimulationShare(TypedDict):
    """A part of the document: share."""

    runs: Annotated[int, Meta(ge=0)]
    share: Annotated[float, Meta(description="The share of all runs.", ge=0, le=1)]
    interval: Annotated[
        list[Annotated[float, Meta(ge=0, le=1)]],
        Meta(
            description="Wilson interval of the share at 95 per cent.", min_length=2, max_length=2
        ),
    ]


class RoadmapSimulationBrokenBy(TypedDict):
    """A part of the document: broken by."""

    parties: list[str]
    runs: Annotated[int, Meta(ge=1)]


class RoadmapSimulationStage(TypedDict):
    """A part of the document: stage."""

    stage: Annotated[int, Meta(ge=1)]
    name: str
    possible: Annotated[
        bool,
        Meta(description="Whether it can be made; otherwise every run that comes to it breaks."),
    ]
    may_withhold: Annotated[
        list[str], Meta(description="Ids of the parties that gain by not doing their part.")
    ]
    may_leave: Annotated[
        list[str], Meta(description="Ids of the parties that gain by leaving after the stage.")
    ]
    reached: Annotated[int, Meta(description="Runs that came to the stage.", ge=0)]
    withheld: Annotated[int, Meta(description="Runs in which somebody did not do its part.", ge=0)]
    left: Annotated[int, Meta(description="Runs in which somebody left after the stage.", ge=0)]
    resumed: Annotated[
        int, Meta(description="How often the plan was resumed; it can be twice in a run.", ge=0)
    ]
    broken: Annotated[RoadmapSimulationShare, Meta(description="Runs broken at the stage.")]
    broken_by: Annotated[
        list[RoadmapSimulationBrokenBy],
        Meta(
            description="Runs broken at the stage, by all those who reneged; by nobody "
            "where it is not possible."
        ),
    ]
    unanswered: Annotated[int, Meta(description="Runs broken here because nobody answered.", ge=0)]
    in_vain: Annotated[
        int,
        Meta(
            description="Runs broken here because the answers left somebody who had "
            "reneged better off, or there was no way back.",
            ge=0,
        ),
    ]
    not_resumed: Annotated[
        int, Meta(description="Runs broken here though all would have come back.", ge=0)
    ]


class RoadmapSimulationParty(TypedDict):
    """A part of the document: partie."""

    party: str
    reneged: Annotated[int, Meta(description="Runs in which it reneged.", ge=0)]
    answered: Annotated[int, Meta(description="Runs in which it answered in kind.", ge=0)]
    better: Annotated[
        int,
        Meta(
            description="Runs that end in a state that it ranks higher than the status quo.", ge=0
        ),
    ]
    worse: Annotated[
        int,
        Meta(description="Runs that end in a state that it ranks lower than the status quo.", ge=0),
    ]


class RoadmapSimulationOutcome(TypedDict):
    """A part of the document: outcome."""

    outcome: str
    runs: Annotated[int, Meta(ge=0)]
    share: Annotated[float, Meta(description="The share of all runs.", ge=0, le=1)]
    interval: Annotated[
        list[Annotated[float, Meta(ge=0, le=1)]],
        Meta(
            description="Wilson interval of the share at 95 per cent.", min_length=2, max_length=2
        ),
    ]


class RoadmapSimulationDocument(TypedDict):
    """What `detente roadmap simulate CASE ROADMAP --format json` writes.

    Definition 9 of docs/concepts/roadmaps.md says how a run goes.
    """

    schema: str
    dispute: str
    roadmap: Annotated[str, Meta(description="Id of the roadmap.")]
    name: str
    concept: Annotated[str, Meta(extra_json_schema={"enum": list(concepts_serving("deterrence"))})]
    foresight: Literal["myopic", "roadmap"]
    assumptions: Annotated[
        RoadmapSimulationAssumptions,
        Meta(description="The probabilities that the user assumes; nothing estimates them."),
    ]
    runs: Annotated[int, Meta(ge=1)]
    seed: Annotated[int, Meta(ge=0)]
    completed: Annotated[
        RoadmapSimulationShare, Meta(description="The runs that reach the plan's end.")
    ]
    stages: list[RoadmapSimulationStage]
    parties: list[RoadmapSimulationParty]
    outcomes: Annotated[
        list[RoadmapSimulationOutcome],
        Meta(description="The runs that end in each named outcome; a state may belong to several."),
    ]
    text: Annotated[
        str, Meta(description="What is assumed and how many runs get through, in words.")
    ]
