"""``robust``: what survives when preferences are uncertain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta

from detente.analyses.declaration import Declaration, Progress
from detente.analyses.documents import typed_schema
from detente.analyses.parameters import (
    AnalysisParameters,
    Asked,
    Concepts,
    Limit,
    Packages,
    Seed,
)
from detente.stability.concept_registry import usual_concepts

if TYPE_CHECKING:
    from detente.dispute.dispute import Dispute
    from detente.report.content import Block
    from detente.report.plots.picture import Picture
    from detente.robustness.run.sweep import Robustness

__all__ = ["declaration"]


class RobustParameters(AnalysisParameters):
    """What `robust` is asked."""

    draws: Annotated[
        int,
        Meta(ge=1, le=1_000_000_000, description="How many draws."),
        Asked("--draws", "-n", label="Number of draws"),
    ] = 1000
    seed: Seed = 0
    concepts: Annotated[
        Concepts, Meta(description=f"By default: {', '.join(usual_concepts())}.")
    ] = ()
    packages: Annotated[
        Packages,
        Meta(
            description="Packages count as moves of all their members; draws are then analysed "
            "one by one."
        ),
    ] = False
    confidence: Annotated[
        float,
        Meta(
            ge=0,
            le=1,
            description="How likely it is that a statement holds if the file gives it no "
            "confidence.",
        ),
        Asked(label="Confidence where none is given"),
    ] = 0.8
    otherwise: Annotated[
        Literal["dropped", "reversed"],
        Meta(description="What becomes of a statement that is not held."),
        Asked(
            label="If not held",
            words=(("dropped", "it says nothing"), ("reversed", "its reverse holds")),
        ),
    ] = "dropped"
    swap: Annotated[
        float,
        Meta(ge=0, le=1, description="How likely two neighbours in a party's order change places."),
        Asked(label="Chance of a change of places"),
    ] = 0.1
    weights: Annotated[
        float,
        Meta(ge=0, le=1, description="The share of itself by which a weight may change."),
        Asked(label="Change of weights at most"),
    ] = 0.1
    unknown: Annotated[
        tuple[str, ...],
        Meta(description="Take these statements as held and as reversed in turn."),
        Asked(
            metavar="PARTY.N", repeated=True, kind="statements", label="Statements taken both ways"
        ),
    ] = ()
    states: Annotated[
        tuple[int | str, ...],
        Meta(description="Follow these states too."),
        Asked(
            metavar="STATES",
            kind="state",
            label="States to follow",
            written="Numbers or names, such as 12,status_quo.",
        ),
    ] = ()
    check_draws: Annotated[
        int,
        Meta(
            ge=0,
            description="In how many of the draws to look at claims, roadmaps and play from "
            "the status quo too.",
        ),
        Asked(label="Draws looked at in full"),
    ] = 50
    limit: Annotated[Limit, Meta(description="Show at most this many drivers of each finding.")] = 3


def _run(dispute: Dispute, parameters: RobustParameters, progress: Progress | None) -> Robustness:
    from detente.robustness.draws import Uncertainty, statement_named
    from detente.robustness.run.sweep import analyse_robustness

    return analyse_robustness(
        dispute,
        parameters.draws,
        seed=parameters.seed,
        concepts=parameters.concepts or None,
        packages=parameters.packages,
        uncertainty=Uncertainty(
            confidence=parameters.confidence,
            otherwise=parameters.otherwise,
            swap=parameters.swap,
            weights=parameters.weights,
            unknown=tuple(statement_named(one) for one in parameters.unknown),
        ),
        states=parameters.states,
        check_draws=parameters.check_draws,
        progress=progress,
    )


def _blocks(found: Robustness, parameters: RobustParameters) -> tuple[Block, ...]:
    from detente.report.robustness import robustness_blocks

    return robustness_blocks(found, limit=parameters.limit)


def _document(found: Robustness, _: RobustParameters) -> Mapping[str, Any]:
    from detente.report.robustness import robustness_document

    return robustness_document(found)


def _heat_map(found: Robustness, _: RobustParameters) -> Picture:
    from detente.report.plots.robustness import heat_map_picture

    return heat_map_picture(found)


declaration = Declaration(
    name="robust",
    question="How much depends on preferences that nobody knows for certain?",
    about=(
        "Find what remains true if preferences are drawn around those stated. For each outcome "
        "and the states that matter, show the share of the draws in which it holds, and the "
        "statement that moves this share most. See docs/concepts/robustness.md."
    ),
    parameters=RobustParameters,
    run=_run,
    blocks=_blocks,
    takes_unknown=True,
    document=_document,
    weighs_confidence=lambda _: True,
    schema=typed_schema("robustness"),
    pictures={"heat-map": _heat_map},
    cost="minutes",
    working="Drawing preferences",
    result="detente.robustness.run.sweep.Robustness",
    rows="findings",
)
