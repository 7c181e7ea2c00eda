"""The document of `answer`: its schema is made from these types."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired

from msgspec import Meta
from typing_extensions import TypedDict

from detente.report.documents.parts import HowHeld

__all__ = ["AnswerDocument"]


class AnswerStep(TypedDict):
    """A part of the document: step."""

    parties: Annotated[
        list[str],
        Meta(
            description="Ids of those who make the step; none where two states are only compared."
        ),
    ]
    package: str | None
    state: Annotated[int, Meta(description="A state's number.", ge=1)]


class AnswerCourse(TypedDict):
    """A part of the document: course."""

    state: Annotated[int, Meta(description="A state's number.", ge=1)]
    steps: Annotated[list[AnswerStep], Meta(description="Symbolic sets (see `engine`) show few.")]
    repeats: Annotated[
        bool, Meta(description="Whether the last step leads back to a state of the course.")
    ]
    text: Annotated[
        list[str], Meta(description="The course in words, a line for its start and for each step.")
    ]


class AnswerChoice(TypedDict):
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


class AnswerPower(TypedDict):
    """A part of the document: power."""

    outcome: str
    reached: Annotated[list[bool], Meta(min_length=2, max_length=2)]
    held: Annotated[list[bool], Meta(min_length=2, max_length=2)]


class AnswerPart(TypedDict):
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
        AnswerCourse | None,
        Meta(description="A state, and steps from it that show why the answer is as it is."),
    ]
    counterexample: Annotated[
        AnswerCourse | None,
        Meta(description="A state, and steps from it that show why the answer is as it is."),
    ]
    choices: Annotated[
        list[AnswerChoice],
        Meta(description="What a party does with each of its options, where that is asked."),
    ]
    states: Annotated[
        list[Annotated[int, Meta(description="A state's number.", ge=1)]],
        Meta(description="Numbers of the states, where they are asked for."),
    ]
    powers: Annotated[
        list[AnswerPower],
        Meta(description="What two formats reach and hold, where they are compared."),
    ]


class AnswerContent(TypedDict):
    """A question and its answer."""

    query: Annotated[str, Meta(description="The question as written.")]
    answer: Annotated[
        str | int, Meta(description="Yes, no, partly, does not arise, list, or a number.")
    ]
    parts: Annotated[list[AnswerPart], Meta(min_length=1)]
    unanswered: NotRequired[
        Annotated[
            list[str],
            Meta(description="Parts not answered within the time and nodes; else left out."),
        ]
    ]


class AnswerDocument(AnswerContent):
    """What `detente ask CASE ... --format json` writes."""

    schema: str
    dispute: str
    engine: HowHeld
