"""The document of `reading`: its schema is made from these types."""

from __future__ import annotations

from typing import Annotated, Any, NotRequired

from msgspec import Meta
from typing_extensions import TypedDict

from detente.evidence.reading.proposals import ActType, Direction, Kind
from detente.report.documents.parts import Count

__all__ = ["ReadingDocument"]


class ReadingText(TypedDict):
    """A text that was read."""

    id: str
    path: str
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    paragraphs: Count
    sentences: Count


class ReadingCovered(TypedDict):
    """Sentences that a proposal cites, and all."""

    sentences: Count
    of: Count


class ReadingPlace(TypedDict):
    """Paragraph and sentence, counted from 1."""

    paragraph: Annotated[int, Meta(ge=1)]
    sentence: Annotated[int, Meta(ge=1)]


class ReadingRefusedPlace(TypedDict):
    """Paragraph and sentence as a reader gave them."""

    paragraph: int
    sentence: int | None


class _Proposed(TypedDict):
    """What a reader says of a proposal, whether it fits its text or not."""

    source: Annotated[str, Meta(description="Id of the text.")]
    quote: Annotated[str, Meta(description="The passage, letter for letter.")]
    parties: Annotated[
        list[str],
        Meta(
            description="Names of the parties concerned, first the one whose act or stance it is."
        ),
    ]
    about: NotRequired[
        Annotated[str, Meta(description="What it is about, in words of the passage.")]
    ]
    condition: NotRequired[
        Annotated[str, Meta(description="For a condition, the words on which it depends.")]
    ]
    negated: NotRequired[
        Annotated[
            bool,
            Meta(
                description="Whether the condition is the negative of these words (unless).",
                extra_json_schema={"const": True},
            ),
        ]
    ]
    on: NotRequired[Annotated[str, Meta(description="For history, the day, month or year.")]]
    under_way: NotRequired[
        Annotated[
            bool,
            Meta(
                description="Whether the act is told as going on now.",
                extra_json_schema={"const": True},
            ),
        ]
    ]
    reader: Annotated[str, Meta(description="Who proposes it.")]


class ReadingProposal(_Proposed):
    """A passage, and what an analyst might take from it."""

    at: Annotated[ReadingPlace, Meta(description="Paragraph and sentence, counted from 1.")]
    kind: Annotated[Kind, Meta(description="What it might become.")]
    direction: NotRequired[
        Annotated[
            Direction,
            Meta(description="Whether that party is for or against what the passage is about."),
        ]
    ]
    confidence: Annotated[
        float, Meta(ge=0, le=1, description="The reader's own, from 0 to 1; no probability.")
    ]
    act: NotRequired[Annotated[ActType, Meta(description="For an act, its PLOVER type.")]]


class ReadingRefusedProposal(_Proposed):
    """A proposal as a reader gave it: its parts need not be allowed ones."""

    at: Annotated[ReadingRefusedPlace, Meta(description="Paragraph and sentence, from 1.")]
    kind: Annotated[Any, Meta(description="What it might become.")]
    direction: NotRequired[
        Annotated[
            Any,
            Meta(description="Whether that party is for or against what the passage is about."),
        ]
    ]
    confidence: Annotated[float, Meta(description="The reader's own, from 0 to 1; no probability.")]
    act: NotRequired[Annotated[Any, Meta(description="For an act, its PLOVER type.")]]


class ReadingRefused(TypedDict):
    """A proposal that does not fit its text."""

    proposal: ReadingRefusedProposal
    reason: str


class ReadingDocument(TypedDict):
    """What `detente read TEXT... --format json` writes."""

    schema: str
    reader: str
    texts: list[ReadingText]
    covered: Annotated[
        ReadingCovered, Meta(description="Sentences that a proposal cites, and all.")
    ]
    proposals: list[ReadingProposal]
    refused: Annotated[
        list[ReadingRefused], Meta(description="Proposals that do not fit their text.")
    ]
