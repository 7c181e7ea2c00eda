"""``explain``: why a state is stable, or not, for a party."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from detente.analyses.declaration import Declaration, Progress
from detente.analyses.documents import typed_schema
from detente.analyses.parameters import (
    AnalysisParameters,
    Concept,
    HowHeld,
    Limit,
    Nodes,
    Packages,
    Party,
    Seconds,
    State,
)
from detente.space.representation import ENGINES, USUAL_NODES
from detente.stability.concept_registry import offered_names

if TYPE_CHECKING:
    from detente.dispute.dispute import Dispute
    from detente.report.content import Block
    from detente.stability.explained_state import ExplainedState

__all__ = ["declaration"]


class ExplainParameters(AnalysisParameters):
    """What `explain` is asked."""

    party: Annotated[Party, Meta(description="The party whose choice it is.")]
    state: State = "status_quo"
    concept: Annotated[Concept, Meta(description=f"One of {', '.join(offered_names())}.")] = "SEQ"
    packages: Packages = False
    limit: Annotated[Limit, Meta(description="Explain at most this many moves.")] = 20
    engine: HowHeld | None = None
    seconds: Seconds = 120.0
    nodes: Nodes = USUAL_NODES


def _run(
    dispute: Dispute, parameters: ExplainParameters, progress: Progress | None
) -> ExplainedState:
    from detente.stability.explained_state import explain

    return explain(
        dispute,
        parameters.party,
        parameters.state,
        parameters.concept,
        packages=parameters.packages,
        limit=parameters.limit,
        engine=parameters.engine,
        seconds=parameters.seconds,
        nodes=parameters.nodes,
        progress=progress,
    )


def _blocks(found: ExplainedState, _: ExplainParameters) -> tuple[Block, ...]:
    from detente.report.explanations import explanation_lines
    from detente.report.how_held import engine_named
    from detente.report.outlines import outline_of

    lines = explanation_lines(found.model, found.explanation)
    return (*outline_of(lines), *engine_named(found.model.engine))


def _document(found: ExplainedState, _: ExplainParameters) -> Mapping[str, Any]:
    from detente.report.explanations import explanation_document

    return explanation_document(found.model, found.explanation)


def _verdicts(found: ExplainedState, _: ExplainParameters) -> Mapping[str, str]:
    explained = found.explanation
    dispute = found.model.dispute
    party = dispute.parties[dispute.party_numbers[explained.party]].name
    about = f"state {explained.state} for {party} under {explained.concept}"
    return {about: "stable" if found.stable else "not stable"}


declaration = Declaration(
    name="explain",
    question="Why does a state hold? Who would leave it, and what deters them?",
    about=("Say why a state is stable, or not, for a party: each improvement, and what deters it."),
    parameters=ExplainParameters,
    run=_run,
    blocks=_blocks,
    document=_document,
    verdicts=_verdicts,
    schema=typed_schema("explanation"),
    working="Explaining",
    result="detente.stability.explained_state.ExplainedState",
    rows="moves",
    engines=ENGINES,
)
