"""The document of `claims`: its schema is made from these types."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired

from msgspec import Meta
from typing_extensions import TypedDict

from detente.report.documents.answer import AnswerContent
from detente.report.documents.parts import HowHeld

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


class ClaimsClaim(AnswerContent):
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


class ClaimsNotAnswered(TypedDict):
    """A part of the document: a claim that was not answered."""

    id: str
    why: str


class ClaimsEnded(TypedDict):
    """A part of the document: ended early."""

    why: Literal["time", "nodes", "interrupted"]
    origins_left: Annotated[
        int, Meta(description="How many answers have an origin that was not examined.", ge=0)
    ]


class ClaimsDocument(TypedDict):
    """What `detente claims CASE --format json` writes."""

    schema: str
    dispute: str
    engine: Annotated[HowHeld | None, Meta(description="Null where there is no claim.")]
    claims: list[ClaimsClaim]
    not_answered: Annotated[
        list[ClaimsNotAnswered],
        Meta(
            description="Claims whose questions symbolic sets do not answer, or not in time; "
            "else none."
        ),
    ]
    ended_early: NotRequired[
        Annotated[
            ClaimsEnded, Meta(description="Where the work on sets of states ended before its end.")
        ]
    ]
