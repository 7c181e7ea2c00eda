"""``strength``: what holds strongly, where some preferences are strong."""

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
    from detente.stability.strength import StrengthAnalysis

__all__ = ["declaration"]


class StrengthParameters(AnalysisParameters):
    """What `strength` is asked."""

    concepts: Annotated[
        Concepts,
        Meta(description=f"Some of {serving('strength')}. By default: all of these."),
        Asked(
            "--concepts",
            "-c",
            kind="concepts",
            metavar="NAMES",
            concepts_for="strength",
        ),
    ] = ()
    limit: Annotated[Limit, Meta(description="Show at most this many equilibria.")] = 12


def _run(
    dispute: Dispute, parameters: StrengthParameters, progress: Progress | None
) -> StrengthAnalysis:
    from detente.stability.strength import analyse_strength

    return analyse_strength(dispute, parameters.concepts or None, progress=progress)


def _blocks(found: StrengthAnalysis, parameters: StrengthParameters) -> tuple[Block, ...]:
    from detente.report.uncertain import strength_blocks

    return strength_blocks(found, limit=parameters.limit)


def _document(found: StrengthAnalysis, _: StrengthParameters) -> Mapping[str, Any]:
    from detente.report.uncertain import strength_document

    return strength_document(found)


declaration = Declaration(
    name="strength",
    question="What holds strongly, if some preferences are strong?",
    about=(
        "Find what is strongly and weakly stable if the file marks preferences "
        "`strength: strong`. docs/concepts/uncertain-preferences.md has the definitions."
    ),
    parameters=StrengthParameters,
    run=_run,
    blocks=_blocks,
    document=_document,
    schema=typed_schema("strength"),
    result="detente.stability.strength.StrengthAnalysis",
    rows=rows_by_kind,
)
