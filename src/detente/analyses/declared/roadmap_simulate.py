"""``roadmap simulate``: how a roadmap runs if parties renege."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from detente.analyses.declaration import Declaration, Progress
from detente.analyses.documents import typed_schema
from detente.analyses.parameters import (
    AnalysisParameters,
    Asked,
    Concept,
    Foresight,
    Roadmap,
    Seed,
)
from detente.stability.concept_registry import serving

if TYPE_CHECKING:
    from detente.dispute.dispute import Dispute
    from detente.report.content import Block
    from detente.report.plots.picture import Picture
    from detente.roadmap.compliance.simulation import RoadmapSimulation

__all__ = ["declaration"]


class RoadmapSimulateParameters(AnalysisParameters):
    """What `roadmap simulate` is asked."""

    roadmap: Roadmap
    runs: Annotated[
        int,
        Meta(ge=1, le=1_000_000, description="Number of runs."),
        Asked("--runs", "-n", label="Number of runs"),
    ] = 10_000
    seed: Annotated[Seed, Meta(description="Seed of the random numbers.")] = 0
    renege: Annotated[
        float,
        Meta(ge=0, le=1, description="How likely a party that gains by reneging does so."),
        Asked(metavar="P", label="Chance of reneging"),
    ] = 0.5
    slip: Annotated[
        float,
        Meta(
            ge=0,
            le=1,
            description="How likely it is that a party that gains nothing by it does not do its "
            "part.",
        ),
        Asked(metavar="P", label="Chance of a slip"),
    ] = 0.02
    answer: Annotated[
        float,
        Meta(
            ge=0,
            le=1,
            description="How likely it is that a party answers in kind: it takes back what it "
            "gave last.",
        ),
        Asked(metavar="P", label="Chance of an answer in kind"),
    ] = 0.5
    resume: Annotated[
        float,
        Meta(
            ge=0,
            le=1,
            description="How likely it is that the plan is resumed after an answer that leaves "
            "nobody who reneged better off.",
        ),
        Asked(metavar="P", label="Chance of going on after it"),
    ] = 0.5
    concept: Annotated[
        Concept,
        Meta(
            description="The concept under which stages have to hold: "
            f"{serving('deterrence', 'or')}."
        ),
        Asked("--concept", "-c", metavar="NAME", kind="concept", concepts_for="deterrence"),
    ] = "SEQ"
    foresight: Foresight = "roadmap"


def _run(
    dispute: Dispute, parameters: RoadmapSimulateParameters, _: Progress | None
) -> RoadmapSimulation:
    from detente.roadmap.compliance.simulation import simulate_roadmap

    return simulate_roadmap(
        dispute,
        parameters.roadmap,
        concept=parameters.concept,
        foresight=parameters.foresight,
        renege=parameters.renege,
        slip=parameters.slip,
        answer=parameters.answer,
        resume=parameters.resume,
        runs=parameters.runs,
        seed=parameters.seed,
    )


def _blocks(found: RoadmapSimulation, _: RoadmapSimulateParameters) -> tuple[Block, ...]:
    from detente.report.compliance import simulation_blocks

    return simulation_blocks(found)


def _document(found: RoadmapSimulation, _: RoadmapSimulateParameters) -> Mapping[str, Any]:
    from detente.report.compliance import simulation_document

    return simulation_document(found)


def _picture(found: RoadmapSimulation, _: RoadmapSimulateParameters) -> Picture:
    from detente.report.plots.compliance import compliance_picture

    return compliance_picture(found)


declaration = Declaration(
    name="roadmap simulate",
    question="How far does a plan come if parties renege?",
    about=(
        "Simulate runs of a roadmap in which parties follow, renege or answer in kind. Who gains "
        "by reneging follows from the preferences. You assume how likely it is that a party "
        "reneges, that others answer, and that the plan is resumed. These numbers are not "
        "estimated. With the same seed the result is the same. See definition 9 of "
        "docs/concepts/roadmaps.md."
    ),
    needs="roadmaps",
    parameters=RoadmapSimulateParameters,
    run=_run,
    blocks=_blocks,
    document=_document,
    schema=typed_schema("roadmap-simulation"),
    pictures={"compliance": _picture},
    working="Simulating",
    result="detente.roadmap.compliance.simulation.RoadmapSimulation",
    rows="stages",
)
