"""``formats``: what formats can reach and hold, who is left out, and who can spoil it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from detente.analyses.declaration import Declaration, Progress
from detente.analyses.documents import typed_schema
from detente.analyses.parameters import AnalysisParameters, Asked, Concept

if TYPE_CHECKING:
    from detente.dispute.dispute import Dispute
    from detente.formats.analysis import FormatAnalysis
    from detente.report.content import Block
    from detente.report.plots.picture import Picture

__all__ = ["declaration"]


class FormatsParameters(AnalysisParameters):
    """What `formats` is asked."""

    only: Annotated[
        tuple[str, ...],
        Meta(description="Only this format, by its id. May be repeated."),
        Asked(metavar="ID", repeated=True),
    ] = ()
    every_subset: Annotated[
        bool, Meta(description="Every set of parties besides."), Asked("--all")
    ] = False
    concept: Concept = "SEQ"


def _run(
    dispute: Dispute, parameters: FormatsParameters, progress: Progress | None
) -> FormatAnalysis:
    from detente.formats.analysis import analyse_formats

    return analyse_formats(
        dispute,
        parameters.only or None,
        concept=parameters.concept,
        every_subset=parameters.every_subset,
        progress=progress,
    )


def _blocks(found: FormatAnalysis, _: FormatsParameters) -> tuple[Block, ...]:
    from detente.report.formats import formats_blocks

    return formats_blocks(found)


def _document(found: FormatAnalysis, _: FormatsParameters) -> Mapping[str, Any]:
    from detente.report.formats import formats_document

    return formats_document(found)


def _picture(found: FormatAnalysis, _: FormatsParameters) -> Picture:
    from detente.report.plots.formats import formats_picture

    return formats_picture(found)


def _verdicts(found: FormatAnalysis, _: FormatsParameters) -> Mapping[str, str]:
    return {
        f"“{outcome.outcome}” by {one.name}": "holding" if outcome.holds else "not holding"
        for one in found.formats
        for outcome in one.outcomes
    }


declaration = Declaration(
    name="formats",
    question="What can two, four or six parties settle, and who can spoil it?",
    about=(
        "Find what formats can reach and hold, who is left out, and who can spoil it. A format is "
        "a set of parties that move together, from the status quo; docs/concepts/formats.md has "
        "the definitions."
    ),
    parameters=FormatsParameters,
    run=_run,
    blocks=_blocks,
    document=_document,
    verdicts=_verdicts,
    schema=typed_schema("formats"),
    pictures={"formats": _picture},
    cost="minutes",
    result="detente.formats.analysis.FormatAnalysis",
    rows="formats",
)
