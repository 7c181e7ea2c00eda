"""``roadmap check``: does a staged plan hold?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from detente.analyses.declaration import Declaration, InReport, Progress
from detente.analyses.documents import typed_schema
from detente.analyses.parameters import (
    AnalysisParameters,
    Asked,
    Concept,
    Foresight,
    HowHeld,
    Nodes,
    Roadmap,
    Seconds,
)
from detente.report.language import marked
from detente.space.representation import ENGINES, USUAL_NODES
from detente.stability.concept_registry import serving

if TYPE_CHECKING:
    from detente.dispute.dispute import Dispute
    from detente.dispute.dispute import Roadmap as DisputeRoadmap
    from detente.report.content import Block, Judgements
    from detente.report.material import Material
    from detente.report.plots.picture import Picture
    from detente.roadmap.check.verdicts import RoadmapCheck

__all__ = ["declaration"]


class RoadmapCheckParameters(AnalysisParameters):
    """What `roadmap check` is asked."""

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
    engine: HowHeld | None = None
    seconds: Seconds = 120.0
    nodes: Nodes = USUAL_NODES


def _run(
    dispute: Dispute, parameters: RoadmapCheckParameters, progress: Progress | None
) -> RoadmapCheck:
    from detente.roadmap.check.verdicts import check_roadmap

    return check_roadmap(
        dispute,
        parameters.roadmap,
        concept=parameters.concept,
        foresight=parameters.foresight,
        engine=parameters.engine,
        seconds=parameters.seconds,
        nodes=parameters.nodes,
        progress=progress,
    )


def _blocks(found: RoadmapCheck, _: RoadmapCheckParameters) -> tuple[Block, ...]:
    from detente.report.content import Subheading
    from detente.report.how_held import engine_named
    from detente.report.roadmaps import roadmap_blocks

    title = f"{found.model.dispute.title}: {found.plan.name}"
    return Subheading(title), *roadmap_blocks(found), *engine_named(found.model.engine)


def _document(found: RoadmapCheck, _: RoadmapCheckParameters) -> Mapping[str, Any]:
    from detente.report.roadmaps import roadmap_document

    return roadmap_document(found)


def _picture(found: RoadmapCheck, _: RoadmapCheckParameters) -> Picture:
    from detente.report.plots.roadmap import roadmap_picture

    return roadmap_picture(found)


def _verdicts(found: RoadmapCheck, _: RoadmapCheckParameters) -> Mapping[str, str]:
    if found.verdict is None and found.left:
        return {"the plan": "not checked to its end"}
    return {"the plan": "holding" if found.holds else "broken"}


# In the report ----------------------------------------------------------------------------------


def _asked_by_report(material: Material) -> tuple[RoadmapCheckParameters, ...]:
    return tuple(
        RoadmapCheckParameters(
            roadmap=check.plan.id, concept=check.concept, foresight=check.foresight
        )
        for check in material.roadmap_checks
    )


def _answer_for_report(material: Material, parameters: RoadmapCheckParameters) -> RoadmapCheck:
    return next(one for one in material.roadmap_checks if one.plan.id == parameters.roadmap)


def _report_blocks(material: Material, results: Sequence[RoadmapCheck]) -> tuple[Block, ...]:
    """Each roadmap: whether it holds, where it breaks, who stands to lose, and its sources."""
    from detente.report.content import Illustration, Prose, Subheading
    from detente.report.language import say
    from detente.report.plots.roadmap import roadmap_picture
    from detente.report.roadmaps import FORESIGHT_WORDS, roadmap_blocks

    blocks: list[Block] = [
        Prose(
            say(
                "A stage is possible if the rules of the dispute allow it. It is willing if each "
                "party that makes it would rather do so than stand still. It is holding if no "
                "party then has a move away that nothing deters. Here it is to hold under "
                "{concept}, and {foresight}: what they find there is what they compare with "
                "standing still and with moves away. If a plan breaks in the model, this shows "
                "on which judgements it breaks. It does not mean that the plan would fail.",
                concept=results[0].concept,
                foresight=say(FORESIGHT_WORDS[results[0].foresight]),
            )
        )
    ]
    for check, roadmap in zip(results, material.dispute.roadmaps, strict=True):
        blocks.append(Subheading(roadmap.name))
        if roadmap.about:
            blocks.append(Prose(roadmap.about))
        captions = (
            say("{roadmap}: the stages", roadmap=roadmap.name),
            say("{roadmap}: ranks, higher is better", roadmap=roadmap.name),
        )
        if check.stages:
            blocks.append(Illustration(f"roadmap-{len(blocks)}", roadmap_picture(check)))
        blocks += roadmap_blocks(check, captions=captions)
        blocks.append(_bases(material, roadmap))
    return tuple(blocks)


def _bases(material: Material, roadmap: DisputeRoadmap) -> Judgements:
    """What a roadmap and its stages rest on."""
    from detente.report.content import Judgements
    from detente.report.language import say

    stages = [
        material.judgement(
            f"{place}. {stage.name}",
            stage.basis,
            *([(say("About"), stage.about)] if stage.about else []),
        )
        for place, stage in enumerate(roadmap.stages, start=1)
    ]
    return Judgements((material.judgement(say("The plan"), roadmap.basis), *stages))


declaration = Declaration(
    name="roadmap check",
    question="Does a plan in stages hold, and who breaks it first?",
    about=(
        "Check a roadmap, stage by stage. Is it possible, willing and holding? Who is exposed? "
        "docs/concepts/roadmaps.md has the definitions."
    ),
    needs="roadmaps",
    parameters=RoadmapCheckParameters,
    run=_run,
    blocks=_blocks,
    document=_document,
    verdicts=_verdicts,
    engines=ENGINES,
    schema=typed_schema("roadmap"),
    pictures={"roadmap": _picture},
    result="detente.roadmap.check.verdicts.RoadmapCheck",
    rows="stages",
    in_report=InReport(
        heading=marked("Roadmaps"),
        asked=_asked_by_report,
        answer=_answer_for_report,
        blocks=_report_blocks,
        method=marked(
            "Each stage was checked from the state to which the stages before it lead. Exposure "
            "is the rank that a party loses where some of the others do not do their part, as a "
            "share of its range of ranks."
        ),
        words=lambda parameters: (parameters.roadmap, "--concept", parameters.concept),
        anchor="roadmaps",
        place=10,
        translated=True,
    ),
)
