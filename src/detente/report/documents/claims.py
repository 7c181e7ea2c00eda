"""The document of `claims`: its schema is made from these types."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta
from typing_extensions import TypedDict

__all__ = ["ClaimsDocument"]


class ClaimsCitation(TypedDict):
    """A part of the document: citation."""

    source: str
    paragraph: int | None
    sentence: int | None
    says: str | None
    quote: str | None


class ClaimsStatement(TypedDict):
    """A part of the document: statement."""

    party: str
    statement: Annotated[int, Meta(ge=1)]


class ClaimsOrigin(TypedDict):
    """A part of the document: origin."""

    kind: Literal["default", "stated", "derived"]
    party: str | None
    statement: Annotated[int, Meta(ge=1)] | None
    statements: Annotated[
        list[ClaimsStatement],
        Meta(
            description="A set of statements that, held alone, gives the same answer; "
            "none of them can be left out."
        ),
    ]
    smallest: Annotated[bool, Meta(description="Whether it is known that no smaller set does.")]


class ClaimsStep(TypedDict):
    """A part of the document: step."""

    parties: Annotated[
        list[str],
        Meta(
            description="Ids of those who make the step; none where two states are only compared."
        ),
    ]
    package: str | None
    state: Annotated[int, Meta(description="A state's number.", ge=1)]


class ClaimsCourse(TypedDict):
    """A part of the document: course."""

    state: Annotated[int, Meta(description="A state's number.", ge=1)]
    steps: list[ClaimsStep]
    repeats: Annotated[
        bool, Meta(description="Whether the last step leads back to a state of the course.")
    ]
    text: Annotated[
        list[str], Meta(description="The course in words, a line for its start and for each step.")
    ]


class ClaimsChoice(TypedDict):
    """A part of the document: choice."""

    option: Annotated[
        str | None, Meta(description="Null for the row of states in which the party stays.")
    ]
    level: str | None
    open_in: Annotated[
        int, Meta(description="In how many states the option is at another level.", ge=0)
    ]
    must: Annotated[int, Meta(ge=0)]
    may: Annotated[int, Meta(ge=0)]
    verdict: str


class ClaimsPower(TypedDict):
    """A part of the document: power."""

    outcome: str
    reached: Annotated[list[bool], Meta(min_length=2, max_length=2)]
    held: Annotated[list[bool], Meta(min_length=2, max_length=2)]


class ClaimsPart(TypedDict):
    """A part of the document: part."""

    query: str
    verdict: Literal["yes", "no", "partly", "does not arise"] | None
    holds: Annotated[int, Meta(ge=0)]
    of: Annotated[int, Meta(ge=0)]
    unit: Annotated[
        Literal["state", "pair", "stage", "outcome", "issue"], Meta(description="What is counted.")
    ]
    not_arising: Annotated[
        int,
        Meta(
            description="In how many more of the cases asked about the question does not "
            "arise: the package cannot be made there, or the party has no "
            "move.",
            ge=0,
        ),
    ]
    reason: str
    example: Annotated[
        ClaimsCourse | None,
        Meta(description="A state, and steps from it that show why the answer is as it is."),
    ]
    counterexample: Annotated[
        ClaimsCourse | None,
        Meta(description="A state, and steps from it that show why the answer is as it is."),
    ]
    choices: Annotated[
        list[ClaimsChoice],
        Meta(description="What a party does with each of its options, where that is asked."),
    ]
    states: Annotated[
        list[Annotated[int, Meta(description="A state's number.", ge=1)]],
        Meta(description="Numbers of the states, where they are asked for."),
    ]
    powers: Annotated[
        list[ClaimsPower],
        Meta(description="What two formats reach and hold, where they are compared."),
    ]


class ClaimsClaim(TypedDict):
    """A part of the document: claim."""

    id: str
    about: str | None
    citations: list[ClaimsCitation]
    says: Annotated[str, Meta(description="The source's answer.")]
    agrees: Annotated[
        bool | None,
        Meta(
            description="Whether the computed answer is the source's; null where the "
            "question does not arise."
        ),
    ]
    origin: Annotated[
        ClaimsOrigin | None,
        Meta(description="What brings the computed answer about; null where not examined."),
    ]
    why: Annotated[list[str], Meta(description="Where the answers differ, the shortest reason.")]
    query: Annotated[str, Meta(description="The question as written.")]
    answer: Annotated[
        str | int, Meta(description="Yes, no, partly, does not arise, list, or a number.")
    ]
    parts: Annotated[list[ClaimsPart], Meta(min_length=1)]


class ClaimsDocument(TypedDict):
    """What `detente claims CASE --format json` writes."""

    schema: str
    dispute: str
    claims: list[ClaimsClaim]
