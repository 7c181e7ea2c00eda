"""``bargain``: positions on issues, and what one issue has to do with another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from detente.analyses.declaration import Declaration, InReport, Progress
from detente.analyses.documents import document_schema
from detente.analyses.parameters import (
    AnalysisParameters,
    Asked,
    Limit,
    Seed,
)
from detente.report.language import marked
from detente.space.representation import ENGINES

if TYPE_CHECKING:
    from detente.dispute.dispute import Dispute
    from detente.forecast.linkage.bargain import Bargain
    from detente.report.content import Block
    from detente.report.material import Material
    from detente.report.plots.picture import Picture

__all__ = ["declaration"]


class BargainParameters(AnalysisParameters):
    """What `bargain` is asked."""

    draws: Annotated[
        int,
        Meta(ge=0, le=1_000_000, description="How many times the numbers are drawn; 0 for none."),
        Asked(label="Number of draws"),
    ] = 1000
    confidence: Annotated[
        float,
        Meta(
            ge=0,
            le=1,
            description="The confidence in a number if the file gives it none.",
        ),
        Asked(label="Confidence where none is given"),
    ] = 0.8
    seed: Annotated[Seed, Meta(description="Seed of the random numbers.")] = 0
    limit: Annotated[Limit, Meta(description="Show at most this many exchanges.")] = 10


def _run(dispute: Dispute, parameters: BargainParameters, progress: Progress | None) -> Bargain:
    from detente.forecast.linkage.bargain import bargain

    return bargain(
        dispute,
        draws=parameters.draws,
        confidence=parameters.confidence,
        seed=parameters.seed,
        progress=progress,
    )


def _blocks(found: Bargain, parameters: BargainParameters) -> tuple[Block, ...]:
    from detente.report.bargain import bargain_blocks

    return bargain_blocks(found, limit=parameters.limit)


def _document(found: Bargain, _: BargainParameters) -> Mapping[str, Any]:
    from detente.report.bargain import bargain_document

    return bargain_document(found)


def _schema() -> Mapping[str, Any]:
    from detente.report.bargain import BargainDocument

    return document_schema(BargainDocument, "bargain")


def _positions(found: Bargain, _: BargainParameters) -> Picture:
    from detente.report.plots.bargain import positions_picture

    return positions_picture(found)


def _exchanges(found: Bargain, _: BargainParameters) -> Picture:
    from detente.report.plots.bargain import exchanges_picture

    return exchanges_picture(found)


def _chances(found: Bargain, _: BargainParameters) -> Picture:
    from detente.report.plots.bargain import chances_picture

    return chances_picture(found)


def _asked_by_report(material: Material) -> tuple[BargainParameters, ...]:
    return (BargainParameters(limit=material.limit),) if material.dispute.issues else ()


declaration = Declaration(
    name="bargain",
    question="What could a party give here and get elsewhere, and who pays?",
    about=(
        "Show where issues end, who could give what on one issue and get what on another, and who "
        "pays for it. The dispute file has each party's position on each issue. "
        "docs/concepts/linkage.md has the definitions."
    ),
    needs="issues",
    parameters=BargainParameters,
    run=_run,
    blocks=_blocks,
    document=_document,
    schema=_schema,
    pictures={"positions": _positions, "exchanges": _exchanges, "chances": _chances},
    working="Drawing",
    in_report=InReport(
        heading=marked("Positions and linkage"),
        asked=_asked_by_report,
        pictures=lambda found: ("positions", "exchanges") if found.exchanges else ("positions",),
        method=marked(
            "Compromises are means of positions by capability times salience; exchanges are those "
            "of Stokman and Van Oosten, at equal gains; elections are probabilistic Condorcet "
            "elections. docs/concepts/linkage.md defines them."
        ),
        anchor="linkage",
        place=40,
        translated=True,
    ),
    result="detente.forecast.linkage.bargain.Bargain",
    rows="issues",
    engines=ENGINES,
)
