"""``formats``: what formats can reach and hold, who is left out, and who can spoil it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from detente.analyses.declaration import Declaration, InReport, Progress
from detente.analyses.documents import typed_schema
from detente.analyses.parameters import AnalysisParameters, Asked, Concept, HowHeld, Nodes, Seconds
from detente.report.language import marked
from detente.space.representation import ENGINES, USUAL_NODES

if TYPE_CHECKING:
    from detente.dispute.dispute import Dispute
    from detente.formats.analysis import FormatAnalysis
    from detente.report.content import Block
    from detente.report.material import Material
    from detente.report.plots.picture import Picture

__all__ = ["declaration"]


class FormatsParameters(AnalysisParameters):
    """What `formats` is asked."""

    only: Annotated[
        tuple[str, ...],
        Meta(description="Look at this format only."),
        Asked(metavar="ID", repeated=True, kind="format", label="Only these formats"),
    ] = ()
    every_subset: Annotated[
        bool,
        Meta(description="Look at every set of parties too."),
        Asked("--all", label="Every set"),
    ] = False
    concept: Annotated[
        Concept,
        Asked("--concept", "-c", metavar="NAME", kind="concept", concepts_for="coalitions"),
    ] = "SEQ"
    engine: HowHeld | None = None
    seconds: Seconds = 120.0
    nodes: Nodes = USUAL_NODES


def _run(
    dispute: Dispute, parameters: FormatsParameters, progress: Progress | None
) -> FormatAnalysis:
    from detente.stability.memory import wants_symbolic

    if wants_symbolic(dispute, (), parameters.engine):
        from detente.formats.on_sets import analyse_formats_symbolically
        from detente.stability.symbolic_analysis import Budget

        return analyse_formats_symbolically(
            dispute,
            parameters.only or None,
            concept=parameters.concept,
            every_subset=parameters.every_subset,
            budget=Budget(parameters.seconds, parameters.nodes),
            progress=progress,
        )
    from detente.formats.analysis import analyse_formats

    return analyse_formats(
        dispute,
        parameters.only or None,
        concept=parameters.concept,
        every_subset=parameters.every_subset,
        engine=parameters.engine,
        progress=progress,
    )


def _blocks(found: FormatAnalysis, _: FormatsParameters) -> tuple[Block, ...]:
    from detente.report.formats import formats_blocks
    from detente.report.how_held import engine_named

    return (*formats_blocks(found), *engine_named(found.engine))


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


# In the report ----------------------------------------------------------------------------------


def _asked_by_report(material: Material) -> tuple[FormatsParameters, ...]:
    """The formats that the dispute names, where there is a status quo to begin at."""
    from detente.stability.concept_registry import concepts_serving

    if material.analysis.status_quo is None or not material.dispute.formats:
        return ()
    serves = material.concept in concepts_serving("coalitions")
    return (FormatsParameters(concept=material.concept if serves else "SEQ"),)


def _answer_for_report(material: Material, parameters: FormatsParameters) -> FormatAnalysis:
    from detente.formats.analysis import analyse_formats_of

    analysis = material.analysis
    return analyse_formats_of(analysis.model, None, parameters.concept, known=analysis)


def _report_blocks(_: Material, results: Sequence[FormatAnalysis]) -> tuple[Block, ...]:
    """The formats that the dispute names, by outcome, each with its outsiders."""
    from detente.report.content import Illustration, Subheading
    from detente.report.formats import format_details, formats_overview
    from detente.report.language import say
    from detente.report.plots.formats import formats_picture

    (found,) = results
    captions = (say("What each format reaches and holds"), say("Formats by outcomes"))
    blocks: list[Block] = [
        *formats_overview(found, captions=captions),
        Illustration("formats", formats_picture(found)),
    ]
    for heading, details in format_details(found, captioned=True):
        blocks += [Subheading(heading), *details]
    return tuple(blocks)


def _method(parameters: FormatsParameters) -> str:
    from detente.report.language import say

    return say(
        "From the status quo, every state that the members of a format can reach was examined: "
        "whether each member prefers it, and whether the members together and each outsider by "
        "itself would stay there under {concept}.",
        concept=parameters.concept,
    )


declaration = Declaration(
    name="formats",
    question="What can two, four or six parties settle, and who can spoil it?",
    about=(
        "Find what formats can reach and hold, who is left out, and who can spoil it. A format is "
        "a set of parties that move together, from the status quo. docs/concepts/formats.md has "
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
    engines=ENGINES,
    result="detente.formats.analysis.FormatAnalysis",
    rows="formats",
    in_report=InReport(
        heading=marked("Formats"),
        asked=_asked_by_report,
        answer=_answer_for_report,
        blocks=_report_blocks,
        method=_method,
        words=lambda parameters: ("--concept", parameters.concept),
        place=30,
        translated=True,
    ),
)
