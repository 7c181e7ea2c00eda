"""``brief``: one page of what to expect, how surely, and on what it hangs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta

from detente.analyses.declaration import Declaration, Progress
from detente.analyses.parameters import (
    AnalysisParameters,
    Asked,
    Party,
    Seed,
)

if TYPE_CHECKING:
    from detente.briefing.brief import Brief
    from detente.dispute.dispute import Dispute
    from detente.report.content import Block

__all__ = ["declaration"]


class BriefParameters(AnalysisParameters):
    """What `brief` is asked."""

    party: Annotated[
        Party | None,
        Meta(description="The party for which the brief is written."),
        Asked("--for", metavar="PARTY", kind="party", label="Written for"),
    ] = None
    about: Annotated[
        str | None,
        Meta(description="The desired outcome."),
        Asked(metavar="OUTCOME", kind="outcome", label="Desired outcome"),
    ] = None
    steps: Annotated[
        int,
        Meta(ge=1, le=10_000, description="How many steps to look ahead."),
        Asked(label="Steps ahead"),
    ] = 12
    draws: Annotated[
        Annotated[int, Meta(ge=0, le=1_000_000)] | None,
        Meta(description="How many draws. By default: 200 in a small dispute, 16 in a large one."),
        Asked("--draws", "-n", label="Number of draws"),
    ] = None
    seed: Seed = 0
    language: Annotated[
        Literal["en", "fr"],
        Meta(description="The language of the page; what the file says stays as it is."),
        Asked(label="Language", words=(("en", "English"), ("fr", "French"))),
    ] = "en"


def _run(dispute: Dispute, parameters: BriefParameters, progress: Progress | None) -> Brief:
    from detente.briefing.brief import brief

    return brief(
        dispute,
        parameters.party,
        about=parameters.about,
        steps=parameters.steps,
        draws=parameters.draws,
        seed=parameters.seed,
        progress=progress,
    )


def _blocks(found: Brief, parameters: BriefParameters) -> tuple[Block, ...]:
    from detente.report.brief import brief_blocks
    from detente.report.language import in_language

    with in_language(parameters.language):
        return brief_blocks(found)


def _document(found: Brief, parameters: BriefParameters) -> Mapping[str, Any]:
    from detente.report.brief_document import brief_document
    from detente.report.language import in_language

    with in_language(parameters.language):
        return brief_document(found)


def _schema() -> Mapping[str, Any]:
    from detente.analyses.documents import document_schema
    from detente.report.brief_document import BriefDocument

    return document_schema(BriefDocument, "brief")


declaration = Declaration(
    name="brief",
    question="What should we expect, how sure is it, and what does it depend on?",
    about=(
        "Write one page. It says what to expect next, how likely each outcome is, and how much you "
        "can rely on that. It says who can spoil the desired outcome, and what would make it "
        "hold. It shows the most important assumptions, and the moves to watch for. "
        "docs/concepts/brief.md has the definitions."
    ),
    parameters=BriefParameters,
    run=_run,
    blocks=_blocks,
    takes_unknown=True,
    document=_document,
    weighs_confidence=lambda _: True,
    schema=_schema,
    cost="minutes",
    working="Writing the brief",
    result="detente.briefing.brief.Brief",
    rows="outcomes",
)
