"""``ask``: questions about states and play."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from detente.analyses.declaration import Declaration, Progress
from detente.analyses.documents import typed_schema
from detente.analyses.parameters import AnalysisParameters, Asked, HowHeld, Nodes, Seconds
from detente.space.representation import ENGINES, USUAL_NODES

if TYPE_CHECKING:
    from detente.dispute.dispute import Dispute
    from detente.queries.answer import Answer
    from detente.report.content import Block
    from detente.stability.explained_state import StatesExplained

__all__ = ["declaration"]


class AskParameters(AnalysisParameters):
    """What is asked."""

    question: Annotated[
        str,
        Meta(description="The question."),
        Asked(
            metavar="QUESTION",
            argument=True,
            label="Question",
            written="Such as: where status_quo: may reach settlement",
        ),
    ]
    engine: HowHeld | None = None
    seconds: Seconds = 120.0
    nodes: Nodes = USUAL_NODES


def _run(dispute: Dispute, parameters: AskParameters, _: Progress | None) -> Answer:
    from detente.queries.evaluation import evaluate
    from detente.queries.parsing import parse_query
    from detente.queries.play_steps import Ground
    from detente.stability.memory import wants_symbolic
    from detente.stability.prepared_model import graph_model

    query = parse_query(dispute, parameters.question)
    if wants_symbolic(dispute, ["SEQ"], parameters.engine):
        # Imported here because small disputes have no use for diagrams.
        from detente.queries.symbolic_evaluation import ask_symbolically
        from detente.stability.symbolic_analysis import Budget

        budget = Budget(parameters.seconds, parameters.nodes)
        told, answer = ask_symbolically(dispute, query, budget=budget)
        return replace(answer, model=told)
    model = graph_model(dispute, ["SEQ"], engine=parameters.engine)
    return replace(evaluate(query, Ground(model)), model=model)


def _blocks(found: Answer, _: AskParameters) -> tuple[Block, ...]:
    from detente.report.answers import answer_blocks
    from detente.report.how_held import engine_named

    model = _model(found)
    steps = _no_steps(found) if model.engine == "symbolic" else ()
    return (*answer_blocks(model, found), *steps, *engine_named(model.engine))


def _no_steps(found: Answer) -> Iterator[Block]:
    """That no steps are shown on sets, where there are states from which they might be."""
    from detente.report.content import Prose

    shown = [part.example or part.counterexample for part in found.parts]
    if any(one is not None and not one.steps for one in shown):
        yield Prose("On symbolic sets the steps from these states are not shown.")


def _document(found: Answer, _: AskParameters) -> Mapping[str, Any]:
    from detente.report.answers import answer_document

    return answer_document(_model(found), found)


def _model(found: Answer) -> StatesExplained:
    assert found.model is not None, "the answer to a question that was asked has its model"
    return found.model


def _verdicts(found: Answer, _: AskParameters) -> Mapping[str, str]:
    return {"the answer": found.short}


declaration = Declaration(
    name="ask",
    question="What would a party do if ...?",
    about=(
        "Answer a question about states or play. docs/reference/query-language.md has the "
        "language; for example: where china.concede: russia must choose talk"
    ),
    parameters=AskParameters,
    run=_run,
    blocks=_blocks,
    document=_document,
    verdicts=_verdicts,
    schema=typed_schema("answer"),
    engines=ENGINES,
    result="detente.queries.answer.Answer",
    rows="parts",
)
