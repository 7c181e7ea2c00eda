"""``uncertain``: what holds where it is unknown which states a party prefers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from detente.analyses.declaration import Declaration, Progress
from detente.analyses.documents import rows_by_kind, typed_schema
from detente.analyses.parameters import (
    AnalysisParameters,
    Asked,
    Concepts,
    Limit,
)
from detente.stability.concept_registry import serving

if TYPE_CHECKING:
    from detente.dispute.dispute import Dispute
    from detente.report.content import Block
    from detente.stability.uncertain import UncertainAnalysis

__all__ = ["declaration"]


class UncertainParameters(AnalysisParameters):
    """What `uncertain` is asked."""

    concepts: Annotated[
        Concepts,
        Meta(description=f"Some of {serving('uncertain')}. By default: all of these."),
        Asked(
            "--concepts",
            "-c",
            kind="concepts",
            metavar="NAMES",
            concepts_for="uncertain",
        ),
    ] = ()
    limit: Annotated[Limit, Meta(description="Show at most this many equilibria.")] = 12


def _run(
    dispute: Dispute, parameters: UncertainParameters, progress: Progress | None
) -> UncertainAnalysis:
    from detente.stability.uncertain import analyse_uncertain

    return analyse_uncertain(dispute, parameters.concepts or None, progress=progress)


def _blocks(found: UncertainAnalysis, parameters: UncertainParameters) -> tuple[Block, ...]:
    from detente.report.uncertain import uncertain_blocks

    return uncertain_blocks(found, limit=parameters.limit)


def _document(found: UncertainAnalysis, _: UncertainParameters) -> Mapping[str, Any]:
    from detente.report.uncertain import uncertain_document

    return uncertain_document(found)


declaration = Declaration(
    name="uncertain",
    question="What holds if it is unknown which states a party prefers?",
    about=(
        "Find what is stable if it is unknown which way some statements are preferred:"
        " those that the file marks `unknown: true`. docs/concepts/uncertain-"
        "preferences.md has the definitions."
    ),
    parameters=UncertainParameters,
    run=_run,
    blocks=_blocks,
    takes_unknown=True,
    document=_document,
    schema=typed_schema("uncertain"),
    result="detente.stability.uncertain.UncertainAnalysis",
    rows=rows_by_kind,
)
