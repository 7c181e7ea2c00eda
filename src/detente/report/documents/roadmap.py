"""The document of `roadmap`: its schema is made from these types."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from detente.report.documents.parts import HowHeld
from detente.report.documents.roadmap_parts import RoadmapStage, RoadmapVerdict

__all__ = ["RoadmapDocument"]


class RoadmapDocument(RoadmapVerdict):
    """What `detente roadmap check CASE ROADMAP --format json` writes."""

    schema: str
    engine: HowHeld
    statements_lost: Annotated[
        int,
        Meta(
            description="The most of its statements that any one party stands to lose at "
            "any one stage; of an explicit order, the most places.",
            ge=0,
        ),
    ]
    end: Annotated[int, Meta(description="Number of a state, from 1.", ge=1)]
    stages: list[RoadmapStage]
    text: str
