"""``coalitions``: which states coalitions would leave together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from detente.analyses.declaration import Declaration, Progress
from detente.analyses.documents import typed_schema
from detente.analyses.parameters import (
    ActingAsOne,
    AnalysisParameters,
    Asked,
    Coalitions,
    Concepts,
    HowHeld,
    Limit,
    Nodes,
    Packages,
    Seconds,
    State,
)
from detente.space.representation import ENGINES, USUAL_NODES
from detente.stability.concept_registry import serving

if TYPE_CHECKING:
    from detente.dispute.dispute import Dispute
    from detente.report.content import Block
    from detente.stability.coalitions import CoalitionAnalysis
    from detente.stability.symbolic_coalitions import SymbolicCoalitionAnalysis

__all__ = ["declaration"]

# Sets held as diagrams may be of any size; so many equilibria are named.
_MOST_NAMED = 1000


class CoalitionsParameters(AnalysisParameters):
    """What `coalitions` is asked."""

    coalition: Annotated[
        Coalitions,
        Meta(description="Which coalitions are looked at. By default: every one that can form."),
        Asked(metavar="IDS", repeated=True, kind="coalitions", label="Coalitions"),
    ] = ()
    acting_as_one: Annotated[
        ActingAsOne,
        Meta(description="Coalitions that always move as one; no others form."),
    ] = ()
    packages: Packages = False
    concepts: Annotated[
        Concepts,
        Meta(description=f"Some of {serving('coalitions')}. By default: all of these."),
        Asked(
            "--concepts",
            "-c",
            kind="concepts",
            metavar="NAMES",
            concepts_for="coalitions",
        ),
    ] = ()
    state: Annotated[
        State | None,
        Meta(description="Show who would leave this state, and to where."),
    ] = None
    limit: Annotated[Limit, Meta(description="Show at most this many states.")] = 12
    engine: HowHeld | None = None
    seconds: Seconds = 120.0
    nodes: Nodes = USUAL_NODES


def _run(
    dispute: Dispute, parameters: CoalitionsParameters, progress: Progress | None
) -> CoalitionAnalysis | SymbolicCoalitionAnalysis:
    from detente.stability.memory import wants_symbolic

    if wants_symbolic(dispute, (), parameters.engine):
        return _run_on_sets(dispute, parameters, progress)
    from detente.space.named_states import state_number
    from detente.space.package_moves import package_moves
    from detente.stability.coalitions import (
        analyse_coalitions_of,
        coalition_concepts,
    )
    from detente.stability.concept_registry import concepts_serving
    from detente.stability.prepared_model import graph_model

    names = coalition_concepts(parameters.concepts or concepts_serving("coalitions"))
    model = graph_model(dispute, engine=parameters.engine)
    if parameters.state is not None:
        state_number(model, parameters.state)
    return analyse_coalitions_of(
        model,
        [_members(one) for one in parameters.coalition] or None,
        names,
        acting_as_one=[_members(one) for one in parameters.acting_as_one],
        packages=package_moves(model) if parameters.packages else (),
        progress=progress,
    )


def _run_on_sets(
    dispute: Dispute, parameters: CoalitionsParameters, progress: Progress | None
) -> SymbolicCoalitionAnalysis:
    from detente.stability.symbolic_analysis import Budget
    from detente.stability.symbolic_coalitions import analyse_coalitions_symbolically

    return analyse_coalitions_symbolically(
        dispute,
        [_members(one) for one in parameters.coalition] or None,
        parameters.concepts or None,
        acting_as_one=[_members(one) for one in parameters.acting_as_one],
        packages=parameters.packages,
        state=parameters.state,
        budget=Budget(parameters.seconds, parameters.nodes),
        progress=progress,
    )


def _members(text: str) -> list[str]:
    return text.replace(",", " ").split()


def _state(found: CoalitionAnalysis, parameters: CoalitionsParameters) -> int | None:
    from detente.space.named_states import state_number

    return None if parameters.state is None else state_number(found.model, parameters.state)


def _blocks(
    found: CoalitionAnalysis | SymbolicCoalitionAnalysis, parameters: CoalitionsParameters
) -> tuple[Block, ...]:
    from detente.stability.coalitions import CoalitionAnalysis

    if isinstance(found, CoalitionAnalysis):
        from detente.report.coalitions import coalitions_blocks
        from detente.report.how_held import engine_named

        state = _state(found, parameters)
        blocks = coalitions_blocks(found, state=state, limit=parameters.limit)
        return (*blocks, *engine_named(found.model.engine))
    from detente.report.symbolic_coalitions import symbolic_coalitions_blocks

    return symbolic_coalitions_blocks(found, limit=parameters.limit)


def _document(
    found: CoalitionAnalysis | SymbolicCoalitionAnalysis, parameters: CoalitionsParameters
) -> Mapping[str, Any]:
    from detente.stability.coalitions import CoalitionAnalysis

    if isinstance(found, CoalitionAnalysis):
        from detente.report.coalitions import coalitions_document

        return coalitions_document(found, _state(found, parameters))
    from detente.report.symbolic_coalitions import symbolic_coalitions_document

    return symbolic_coalitions_document(found, most_equilibria=_MOST_NAMED)


declaration = Declaration(
    name="coalitions",
    question="Which states would parties leave together?",
    about=(
        "Find which states coalitions would leave together, and which states hold against all. "
        "docs/concepts/coalitions.md has the definitions."
    ),
    parameters=CoalitionsParameters,
    run=_run,
    blocks=_blocks,
    document=_document,
    schema=typed_schema("coalitions"),
    result=(
        "detente.stability.coalitions.CoalitionAnalysis",
        "detente.stability.symbolic_coalitions.SymbolicCoalitionAnalysis",
    ),
    engines=ENGINES,
    rows="departures",
    cost="minutes",
)
