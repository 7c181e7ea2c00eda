"""The document of `robustness`: its schema is made from these types."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired

from msgspec import Meta
from typing_extensions import TypedDict

from detente.report.documents.parts import EquilibriumCounts

__all__ = ["RobustnessDocument"]


class RobustnessUncertainty(TypedDict):
    """How far draws may lie from what is stated."""

    confidence: Annotated[
        float,
        Meta(
            description="How likely it is that a statement is held where it has no confidence of "
            "its own.",
            ge=0,
            le=1,
        ),
    ]
    otherwise: Annotated[
        Literal["dropped", "reversed"],
        Meta(description="What happens to a statement that is not held."),
    ]
    swap: Annotated[
        float, Meta(description="How likely it is that neighbours change places.", ge=0, le=1)
    ]
    weights: Annotated[
        float, Meta(description="The share of itself by which a weight may change.", ge=0, le=1)
    ]
    unknown: Annotated[
        list[str],
        Meta(description="Statements taken as held and reversed in turn, as party.number."),
    ]


class RobustnessInput(TypedDict):
    """A part of the document: input."""

    id: str
    party: str
    number: Annotated[int, Meta(ge=1)]
    kind: Annotated[
        Literal["held", "order"],
        Meta(
            description="held: whether the statement is held; order: whether it stands "
            "before the next one."
        ),
    ]
    text: str


class _DriverShares(TypedDict):
    """What is told of an input that moves a share, whatever the share is of."""

    input: Annotated[str, Meta(description="Id of the input.")]
    share_as_stated: Annotated[
        Annotated[float, Meta(ge=0, le=1)] | None,
        Meta(
            description="Share among the draws in which the input is as stated; null if "
            "there are none."
        ),
    ]
    share_otherwise: Annotated[
        Annotated[float, Meta(ge=0, le=1)] | None,
        Meta(description="Share among the other draws; null if there are none."),
    ]
    index: Annotated[float, Meta(description="First-order Sobol index.", ge=0, le=1)]


class RobustnessDriver(_DriverShares):
    """A part of the document: driver."""

    flips: Annotated[
        bool, Meta(description="Whether the finding changes where this input alone is otherwise.")
    ]
    beyond_chance: NotRequired[
        Annotated[
            bool,
            Meta(
                description="Whether the two shares differ by more than chance would make "
                "them differ in all but one of a thousand runs."
            ),
        ]
    ]


class RobustnessFinding(TypedDict):
    """A part of the document: finding."""

    id: str
    kind: Annotated[
        Literal["outcome", "state"],
        Meta(
            description="outcome: it contains an equilibrium, states of other outcomes "
            "that nobody can leave left out; state: it is one."
        ),
    ]
    subject: Annotated[str, Meta(description="Id of the outcome, or number of the state.")]
    concept: str
    as_stated: Annotated[bool, Meta(description="Whether it holds for the preferences as stated.")]
    held: Annotated[int, Meta(description="Number of draws in which it holds.", ge=0)]
    share: Annotated[float, Meta(ge=0, le=1)]
    interval: Annotated[
        list[Annotated[float, Meta(ge=0, le=1)]],
        Meta(
            description="Wilson interval of the share at 95 per cent.", min_length=2, max_length=2
        ),
    ]
    drivers: Annotated[
        list[RobustnessDriver],
        Meta(description="The inputs that move the share, the strongest first."),
    ]


class RobustnessCheckDriver(_DriverShares):
    """A part of the document: driver of a claim's answer or of a stage."""

    beyond_chance: Annotated[
        bool,
        Meta(
            description="Whether the two shares differ by more than chance would make "
            "them differ in all but one of a thousand runs."
        ),
    ]


class RobustnessShare(TypedDict):
    """A part of the document: share."""

    held: Annotated[int, Meta(description="Number of draws.", ge=0)]
    share: Annotated[float, Meta(ge=0, le=1)]
    interval: Annotated[
        list[Annotated[float, Meta(ge=0, le=1)]],
        Meta(
            description="Wilson interval of the share at 95 per cent.", min_length=2, max_length=2
        ),
    ]
    drivers: NotRequired[
        Annotated[
            list[RobustnessCheckDriver],
            Meta(
                description="The inputs that move the share, the strongest first; of claims' "
                "answers and stages."
            ),
        ]
    ]


class RobustnessClaim(TypedDict):
    """A part of the document: claim."""

    claim: Annotated[str, Meta(description="Id of the claim.")]
    says: Annotated[str, Meta(description="The source's answer.")]
    as_stated: Annotated[str, Meta(description="The answer for the preferences as stated.")]
    unchanged: Annotated[
        RobustnessShare, Meta(description="Draws in which the answer is the same as that.")
    ]
    agreeing: Annotated[
        RobustnessShare | None,
        Meta(
            description="Draws in which the answer is the source's; null where the "
            "question does not arise."
        ),
    ]


class RobustnessStage(TypedDict):
    """A part of the document: stage."""

    roadmap: Annotated[str, Meta(description="Id of the roadmap.")]
    number: Annotated[int, Meta(description="The stage's place in the roadmap.", ge=1)]
    name: str
    possible: Annotated[
        bool,
        Meta(
            description="Whether it can be made, which preferences do not change. One "
            "that cannot is neither willing nor holding."
        ),
    ]
    willing_as_stated: bool
    willing: Annotated[
        RobustnessShare,
        Meta(
            description="Draws in which each of its parties makes it willingly, with the "
            "roadmap's end in view."
        ),
    ]
    holding_as_stated: bool
    holding: Annotated[RobustnessShare, Meta(description="Draws in which its result holds.")]


class RobustnessOutcome(TypedDict):
    """A part of the document: outcome."""

    outcome: Annotated[str, Meta(description="Id of the outcome.")]
    may_come_as_stated: bool
    may_come: Annotated[
        RobustnessShare,
        Meta(
            description="Draws in which each of its parties makes it willingly, with the "
            "roadmap's end in view."
        ),
    ]
    must_come_as_stated: bool
    must_come: Annotated[
        RobustnessShare,
        Meta(
            description="Draws in which each of its parties makes it willingly, with the "
            "roadmap's end in view."
        ),
    ]


class RobustnessChecked(TypedDict):
    """A part of the document: checked."""

    draws: Annotated[int, Meta(description="Number of draws evaluated.", ge=1)]
    draws_wanted: Annotated[
        int, Meta(description="Number of draws that were to be evaluated.", ge=1)
    ]
    claims: list[RobustnessClaim]
    stages: list[RobustnessStage]
    stages_under: Annotated[str, Meta(description="The concept under which results are to hold.")]
    outcomes: Annotated[
        list[RobustnessOutcome],
        Meta(
            description="What play from the status quo comes to, by improvements that the "
            "concept does not deter."
        ),
    ]
    play_under: Annotated[str, Meta(description="The concept under which play is made.")]


class RobustnessDocument(EquilibriumCounts):
    """What `detente robust CASE --format json` writes."""

    schema: str
    version: Annotated[str, Meta(description="Version of detente.")]
    dispute: Annotated[str, Meta(description="Title of the dispute.")]
    draws: Annotated[int, Meta(description="Number of draws analysed.", ge=1)]
    draws_wanted: Annotated[
        int,
        Meta(
            description="Number of draws asked for; more than were analysed where the run "
            "was interrupted.",
            ge=1,
        ),
    ]
    seed: Annotated[int, Meta(ge=0)]
    concepts: Annotated[list[str], Meta(description="Names of the solution concepts.")]
    packages: NotRequired[
        Annotated[
            bool,
            Meta(
                description="Present where packages count as moves of all their members.",
                extra_json_schema={"const": True},
            ),
        ]
    ]
    uncertainty: Annotated[
        RobustnessUncertainty, Meta(description="How far draws may lie from what is stated.")
    ]
    inputs: Annotated[list[RobustnessInput], Meta(description="What differs between draws.")]
    findings: list[RobustnessFinding]
    closed_outcomes: Annotated[
        list[str],
        Meta(
            description="Outcomes that nobody can leave: equilibria there say little of "
            "what parties prefer, and are not counted for other outcomes."
        ),
    ]
    checked: Annotated[
        RobustnessChecked | None,
        Meta(
            description="Claims and stages of roadmaps in the first draws, each evaluated "
            "in full; null where there are none or none were checked."
        ),
    ]
    equilibria: Annotated[
        dict[str, list[Annotated[list[int], Meta(min_length=2, max_length=2)]]],
        Meta(
            description="For each concept, the number of each state that is ever an "
            "equilibrium, with the number of draws."
        ),
    ]
