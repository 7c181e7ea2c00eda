"""The dispute's roadmaps, each checked stage by stage."""

from __future__ import annotations

from collections.abc import Iterator

from detente.report.content import Block, Illustration, Judgements, Prose, Section, Subheading
from detente.report.material import Material
from detente.report.plots.roadmap import roadmap_picture
from detente.report.roadmaps import FORESIGHT_WORDS, roadmap_blocks

__all__ = ["roadmaps"]


def roadmaps(material: Material) -> Section | None:
    """Each roadmap: whether it holds, where it breaks, who stands to lose, and its sources."""
    checks = material.roadmap_checks
    if not checks:
        return None
    concept = material.roadmap_concept
    blocks: list[Block] = [
        Prose(
            "A stage is possible if the rules of the dispute allow it, willing if each party that "
            "makes it would rather do so than stand still, and holding if no party then has a "
            f"move away that nothing deters. Here it is to hold under {concept}, and "
            f"{FORESIGHT_WORDS[checks[0].foresight]}: what they find there is what they compare "
            "with standing still and with moves away. That a plan breaks in the model says on "
            "which judgements it breaks, not that it would fail."
        )
    ]
    for check, roadmap in zip(checks, material.dispute.roadmaps, strict=True):
        blocks.append(Subheading(roadmap.name))
        if roadmap.about:
            blocks.append(Prose(roadmap.about))
        captions = (f"{roadmap.name}: the stages", f"{roadmap.name}: ranks, higher is better")
        if check.stages:
            blocks.append(Illustration(f"roadmap-{len(blocks)}", roadmap_picture(check)))
        blocks += roadmap_blocks(check, captions=captions)
        stages = [
            material.judgement(f"{place}. {stage.name}", stage.basis, *_about(stage.about))
            for place, stage in enumerate(roadmap.stages, start=1)
        ]
        blocks.append(Judgements((material.judgement("The plan", roadmap.basis), *stages)))
    return Section(
        "roadmaps",
        "Roadmaps",
        tuple(blocks),
        method=(
            "Each stage was checked from the state to which the stages before it lead. Exposure "
            "is the rank that a party loses where some of the others do not do their part, as a "
            "share of its range of ranks."
        ),
        commands=tuple(
            material.command("roadmap", "check", "CASE", roadmap.id, "--concept", concept)
            for roadmap in material.dispute.roadmaps
        ),
    )


def _about(about: str | None) -> Iterator[tuple[str, str]]:
    if about:
        yield ("About", about)
