"""``roadmap find``: plans to an outcome, or why none holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta

from detente.analyses.declaration import Declaration, Progress
from detente.analyses.documents import typed_schema
from detente.analyses.parameters import (
    AnalysisParameters,
    Asked,
    Concept,
    Foresight,
    Formula,
)
from detente.stability.concept_registry import serving

if TYPE_CHECKING:
    from detente.dispute.dispute import Dispute
    from detente.report.content import Block
    from detente.roadmap.search.synthesis import RoadmapSearch

__all__ = ["declaration"]


class RoadmapFindParameters(AnalysisParameters):
    """What `roadmap find` is asked."""

    to: Annotated[
        Formula,
        Meta(description="Where plans end."),
        Asked(kind="formula", metavar="FORMULA", label="Where plans end"),
    ]
    concept: Annotated[
        Concept,
        Meta(
            description="The concept under which stages have to hold: "
            f"{serving('deterrence', 'or')}."
        ),
        Asked("--concept", "-c", metavar="NAME", kind="concept", concepts_for="deterrence"),
    ] = "SEQ"
    foresight: Foresight = "roadmap"
    allow_packages: Annotated[
        Literal["needed", "declared", "any"],
        Meta(
            description="Stages may be packages of the file, or other joint moves: never "
            "(declared), at once (any), or if no plan holds without them (needed)."
        ),
        Asked(
            label="Joint moves",
            words=(
                ("needed", "proposed where no plan holds without"),
                ("declared", "only packages of the file"),
                ("any", "proposed at once"),
            ),
        ),
    ] = "needed"
    max_parties: Annotated[
        int,
        Meta(ge=2, description="How many parties a proposed package may have."),
        Asked(label="Parties of a package at most"),
    ] = 3
    max_stages: Annotated[
        int,
        Meta(ge=1, description="Plans have at most this many stages."),
        Asked(label="Stages at most"),
    ] = 8
    max_broken: Annotated[
        int,
        Meta(ge=0, description="At most so many stages may fail their check."),
        Asked(label="Broken stages at most"),
    ] = 2


def _run(
    dispute: Dispute, parameters: RoadmapFindParameters, progress: Progress | None
) -> RoadmapSearch:
    from detente.roadmap.search.synthesis import find_roadmaps

    return find_roadmaps(
        dispute,
        parameters.to,
        concept=parameters.concept,
        foresight=parameters.foresight,
        most_stages=parameters.max_stages,
        most_broken=parameters.max_broken,
        propose=parameters.max_parties if parameters.allow_packages == "any" else 0,
        propose_if_needed=(parameters.max_parties if parameters.allow_packages == "needed" else 0),
        progress=progress,
    )


def _blocks(found: RoadmapSearch, _: RoadmapFindParameters) -> tuple[Block, ...]:
    from detente.report.roadmap_searches import search_blocks

    return search_blocks(found)


def _document(found: RoadmapSearch, _: RoadmapFindParameters) -> Mapping[str, Any]:
    from detente.report.roadmap_searches import search_document

    return search_document(found)


declaration = Declaration(
    name="roadmap find",
    question="Which plan to an outcome would hold?",
    about=(
        "Find plans from the status quo to an outcome. The plans are those that no other beats "
        "in broken stages, statements lost and number of stages. If no plan holds, it says which "
        "states every plan has to leave, and who would not leave them."
    ),
    at_terminal="Ctrl-C ends the search and shows what was found. That may not be the best.",
    parameters=RoadmapFindParameters,
    run=_run,
    blocks=_blocks,
    document=_document,
    schema=typed_schema("roadmap-search"),
    cost="minutes",
    working="Searching",
    result="detente.roadmap.search.synthesis.RoadmapSearch",
    rows="plans",
)
