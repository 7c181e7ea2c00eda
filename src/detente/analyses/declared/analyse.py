"""``analyse``: which outcomes can hold, for whom, under which concept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from detente.analyses.declaration import Declaration, Progress
from detente.analyses.documents import typed_schema
from detente.analyses.parameters import (
    AnalysisParameters,
    Concepts,
    HowHeld,
    Limit,
    Nodes,
    Packages,
    Seconds,
)
from detente.space.representation import ENGINES, USUAL_NODES
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
    engine: HowHeld | None = None
    seconds: Seconds = 120.0
    nodes: Nodes = USUAL_NODES


def _run(
    dispute: Dispute, parameters: AnalyseParameters, progress: Progress | None
) -> Analysis | SymbolicAnalysis:
    from detente.stability.analysis import analyse
    from detente.stability.concept_registry import concept_names
    from detente.stability.memory import wants_symbolic

    names = concept_names(parameters.concepts or usual_concepts())
    if wants_symbolic(dispute, names, parameters.engine):
        from detente.stability.symbolic_analysis import Budget, analyse_symbolically

        return analyse_symbolically(
            dispute,
            names,
            packages=parameters.packages,
            budget=Budget(parameters.seconds, parameters.nodes),
            progress=progress,
        )
    return analyse(
        dispute, names, packages=parameters.packages, engine=parameters.engine, progress=progress
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


def _verdicts(found: Analysis | SymbolicAnalysis, _: AnalyseParameters) -> Mapping[str, str]:
    """Whether each outcome, and the status quo, can hold under each concept."""
    from detente.stability.symbolic_analysis import SymbolicAnalysis

    return _on_sets(found) if isinstance(found, SymbolicAnalysis) else _on_states(found)


def _on_sets(found: SymbolicAnalysis) -> Mapping[str, str]:
    """The same under each concept whose equilibria were found."""
    told, dispute = {}, found.dispute
    by_outcome = found.counts_by_outcome()
    for concept, count in found.equilibrium_counts.items():
        for outcome in dispute.outcomes:
            holds = by_outcome[outcome.id][concept] > 0
            told[f"“{outcome.name}” under {concept}"] = "possible" if holds else "not possible"
        if dispute.status_quo is not None:
            stable = found.stable_parties(concept, dispute.status_quo)
            one = "an" if len(stable) == len(dispute.parties) else "no"
            told[f"the status quo under {concept}"] = f"{one} equilibrium"
        first = [number for number, _ in found.first_equilibria(concept, _LISTED)]
        told[f"what is an equilibrium under {concept}"] = _told_in_numbers(first, count)
    return told


def _told_in_numbers(first: Sequence[int], count: int) -> str:
    more = f" and {count - len(first):,} more" if count > len(first) else ""
    return (", ".join(map(str, first)) + more) or "nothing"


def _on_states(found: Analysis) -> Mapping[str, str]:
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
        first = [int(state) + 1 for state in states[:_LISTED]]
        told[f"what is an equilibrium under {concept}"] = _told_in_numbers(first, len(states))
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
