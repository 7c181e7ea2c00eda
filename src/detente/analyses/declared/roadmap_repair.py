"""``roadmap repair``: the smallest changes that make a roadmap hold."""

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
    Limit,
    Roadmap,
)
from detente.stability.concept_registry import serving

if TYPE_CHECKING:
    from detente.dispute.dispute import Dispute
    from detente.report.content import Block
    from detente.roadmap.repair.repairs import RoadmapRepair

__all__ = ["declaration"]


class RoadmapRepairParameters(AnalysisParameters):
    """What `roadmap repair` is asked."""

    roadmap: Roadmap
    concept: Annotated[
        Concept,
        Meta(
            description="The concept under which stages have to hold: "
            f"{serving('deterrence', 'or')}."
        ),
        Asked("--concept", "-c", metavar="NAME", kind="concept", concepts_for="deterrence"),
    ] = "SEQ"
    foresight: Foresight = "roadmap"
    kinds: Annotated[
        tuple[str, ...],
        Meta(description="Only these kinds of change. By default: all."),
        Asked(
            metavar="KINDS",
            label="Kinds of change",
            written=(
                "Some of order, joint, left_out, stage, part, commitment, pledge and preferences."
            ),
            words=(
                ("order", "stages in another order"),
                ("joint", "stages made jointly"),
                ("left_out", "stages left out"),
                ("stage", "one stage more"),
                ("part", "more set in a stage"),
                ("commitment", "commitments"),
                ("pledge", "pledged answers"),
                ("preferences", "other preferences"),
            ),
        ),
    ] = ()
    most: Annotated[
        int,
        Meta(ge=1, description="Look for at most this many changes of preferences."),
        Asked("--max", label="Changes at most"),
    ] = 3
    limit: Annotated[Limit, Meta(description="List at most this many changes of each kind.")] = 3


def _run(
    dispute: Dispute, parameters: RoadmapRepairParameters, progress: Progress | None
) -> RoadmapRepair:
    from detente.roadmap.repair.repairs import REPAIR_KINDS, repair_roadmap

    return repair_roadmap(
        dispute,
        parameters.roadmap,
        concept=parameters.concept,
        foresight=parameters.foresight,
        kinds=parameters.kinds or REPAIR_KINDS,
        most_changes=parameters.most,
        limit=parameters.limit,
        progress=progress,
    )


def _blocks(found: RoadmapRepair, _: RoadmapRepairParameters) -> tuple[Block, ...]:
    from detente.report.roadmap_repairs import repair_blocks

    return repair_blocks(found)


def _document(found: RoadmapRepair, _: RoadmapRepairParameters) -> Mapping[str, Any]:
    from detente.report.roadmap_repairs import repair_document

    return repair_document(found)


declaration = Declaration(
    name="roadmap repair",
    question="What would make a broken plan hold?",
    about=(
        "Find the smallest changes that make a roadmap hold, if it does not. The plan may change: "
        "its stages in another order, joint stages, stages left out, one more stage, more that a "
        "stage sets. Parties may promise commitments, or answers to a breach. Or the fewest "
        "preferences change. Each is verified by a new check. docs/concepts/roadmaps.md has the "
        "definitions."
    ),
    at_terminal="Ctrl-C ends the search and shows what was found.",
    needs="roadmaps",
    parameters=RoadmapRepairParameters,
    run=_run,
    blocks=_blocks,
    document=_document,
    schema=typed_schema("roadmap-repair"),
    cost="minutes",
    working="Repairing",
    result="detente.roadmap.repair.repairs.RoadmapRepair",
    rows="proposals",
)
