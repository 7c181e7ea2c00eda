"""``analyse``: which outcomes can hold, for whom, under which concept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from detente.analyses.declaration import Declaration, Progress
from detente.analyses.documents import typed_schema
from detente.analyses.parameters import AnalysisParameters, Concepts, Limit, Packages
from detente.space.representation import ENGINES
from detente.stability.concept_registry import usual_concepts

if TYPE_CHECKING:
    from detente.dispute.dispute import Dispute
    from detente.report.content import Block
    from detente.stability.analysis import Analysis
    from detente.stability.symbolic_analysis import SymbolicAnalysis

__all__ = ["declaration"]


# So many equilibria are told one from another where verdicts are compared.
_LISTED = 12

# Sets held as diagrams may be of any size; so many equilibria are named.
_MOST_NAMED = 1000


class AnalyseParameters(AnalysisParameters):
    """What `analyse` is asked."""

    concepts: Annotated[
        Concepts,
        Meta(description=f"By default: {', '.join(usual_concepts())}."),
    ] = ()
    packages: Packages = False
    limit: Annotated[Limit, Meta(description="Show at most this many states.")] = 24


def _run(dispute: Dispute, parameters: AnalyseParameters, progress: Progress | None) -> Analysis:
    from detente.stability.analysis import analyse

    return analyse(
        dispute, parameters.concepts or None, packages=parameters.packages, progress=progress
    )


def _blocks(found: Analysis | SymbolicAnalysis, parameters: AnalyseParameters) -> tuple[Block, ...]:
    from detente.report.analysis_head import analysis_head
    from detente.report.analysis_tables import analysis_blocks
    from detente.report.symbolic import symbolic_blocks
    from detente.stability.symbolic_analysis import SymbolicAnalysis

    if isinstance(found, SymbolicAnalysis):
        return symbolic_blocks(found, limit=parameters.limit)
    return analysis_blocks(found, limit=parameters.limit, head=analysis_head(found))


def _document(
    found: Analysis | SymbolicAnalysis, parameters: AnalyseParameters
) -> Mapping[str, Any]:
    from detente.report.document import document
    from detente.report.symbolic import symbolic_document
    from detente.stability.symbolic_analysis import SymbolicAnalysis

    if isinstance(found, SymbolicAnalysis):
        return symbolic_document(found, most_equilibria=min(parameters.limit, _MOST_NAMED))
    listed = range(1, min(parameters.limit, found.count) + 1)
    return document(found, listed, most_equilibria=parameters.limit)


def _verdicts(found: Analysis, _: AnalyseParameters) -> Mapping[str, str]:
    """Whether each outcome, and the status quo, can hold under each concept."""
    space, dispute = found.model.space, found.model.dispute
    told = {}
    for concept in found.concepts:
        states = [number - 1 for number in found.equilibria(concept)]
        for outcome in dispute.outcomes:
            holds = bool(space.holds(outcome.formula)[states].any())
            told[f"“{outcome.name}” under {concept}"] = "possible" if holds else "not possible"
        if found.model.status_quo is not None:
            one = "an" if found.model.status_quo in states else "no"
            told[f"the status quo under {concept}"] = f"{one} equilibrium"
        listed = ", ".join(str(state + 1) for state in states[:_LISTED])
        more = f" and {len(states) - _LISTED:,} more" if len(states) > _LISTED else ""
        told[f"what is an equilibrium under {concept}"] = (listed + more) or "nothing"
    return told


declaration = Declaration(
    name="analyse",
    question="Which outcomes can hold, for whom, under which concept of foresight?",
    about=(
        "Find which states are stable for whom, and which are equilibria. "
        "docs/concepts/stability.md has the definitions."
    ),
    parameters=AnalyseParameters,
    run=_run,
    blocks=_blocks,
    document=_document,
    verdicts=_verdicts,
    schema=typed_schema("analysis"),
    result=(
        "detente.stability.analysis.Analysis",
        "detente.stability.symbolic_analysis.SymbolicAnalysis",
    ),
    rows="states",
    engines=ENGINES,
)
