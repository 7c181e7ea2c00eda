"""``roadmap check``: does a staged plan hold?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from detente.analyses.declaration import Declaration, Progress
from detente.analyses.documents import typed_schema
from detente.analyses.parameters import AnalysisParameters, Concept, Foresight, Roadmap
from detente.stability.concept_registry import serving

if TYPE_CHECKING:
    from detente.dispute.dispute import Dispute
    from detente.report.content import Block
    from detente.report.plots.picture import Picture
    from detente.roadmap.check.verdicts import RoadmapCheck

__all__ = ["declaration"]


class RoadmapCheckParameters(AnalysisParameters):
    """What `roadmap check` is asked."""

    roadmap: Roadmap
    concept: Annotated[
        Concept,
        Meta(description=f"Under which stages are to hold: {serving('deterrence', 'or')}."),
    ] = "SEQ"
    foresight: Foresight = "roadmap"


def _run(dispute: Dispute, parameters: RoadmapCheckParameters, _: Progress | None) -> RoadmapCheck:
    from detente.roadmap.check.verdicts import check_roadmap

    return check_roadmap(
        dispute, parameters.roadmap, concept=parameters.concept, foresight=parameters.foresight
    )


def _blocks(found: RoadmapCheck, _: RoadmapCheckParameters) -> tuple[Block, ...]:
    from detente.report.content import Subheading
    from detente.report.roadmaps import roadmap_blocks

    title = f"{found.model.dispute.title}: {found.plan.name}"
    return Subheading(title), *roadmap_blocks(found)


def _document(found: RoadmapCheck, _: RoadmapCheckParameters) -> Mapping[str, Any]:
    from detente.report.roadmaps import roadmap_document

    return roadmap_document(found)


def _picture(found: RoadmapCheck, _: RoadmapCheckParameters) -> Picture:
    from detente.report.plots.roadmap import roadmap_picture

    return roadmap_picture(found)


def _verdicts(found: RoadmapCheck, _: RoadmapCheckParameters) -> Mapping[str, str]:
    return {"the plan": "holding" if found.holds else "broken"}


declaration = Declaration(
    name="roadmap check",
    question="Does a plan in stages hold, and who breaks it first?",
    about=(
        "Check a roadmap, stage by stage: is it possible, willing, holding; who is exposed? "
        "docs/concepts/roadmaps.md has the definitions."
    ),
    parameters=RoadmapCheckParameters,
    run=_run,
    blocks=_blocks,
    document=_document,
    verdicts=_verdicts,
    schema=typed_schema("roadmap"),
    pictures={"roadmap": _picture},
    result="detente.roadmap.check.verdicts.RoadmapCheck",
    rows="stages",
)
