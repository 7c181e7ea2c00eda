"""``envoy``: the least that has to be promised, by whom and in what order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from detente.analyses.declaration import Declaration, Progress
from detente.analyses.documents import document_schema
from detente.analyses.parameters import AnalysisParameters, Asked, Concept, Foresight

if TYPE_CHECKING:
    from detente.dispute.dispute import Dispute
    from detente.mediation.envoy import Envoy
    from detente.report.content import Block
    from detente.report.plots.picture import Picture

__all__ = ["declaration"]


class EnvoyParameters(AnalysisParameters):
    """What `envoy` is asked."""

    roadmap: Annotated[
        str | None,
        Meta(description="The roadmap that is to hold, by its id."),
        Asked("--roadmap", metavar="ID", kind="roadmap"),
    ] = None
    to: Annotated[
        str | None,
        Meta(description="Instead: an outcome or a formula that is to be reached and kept."),
        Asked(metavar="FORMULA", kind="formula"),
    ] = None
    by: Annotated[
        str | None,
        Meta(description="The party that mediates; left out: a mediator without a stake."),
        Asked(metavar="ID", kind="party"),
    ] = None
    budget: (
        Annotated[
            int,
            Meta(
                ge=0,
                le=6,
                description=(
                    "Find all sets of at most so many that no other beats. Left out: the fewest, "
                    "up to 3."
                ),
            ),
        ]
        | None
    ) = None
    concept: Concept = "SEQ"
    foresight: Foresight = "roadmap"
    max_stages: Annotated[
        int, Meta(ge=1, le=4, description="Where an outcome is asked for: at most so many stages.")
    ] = 2
    grit: Annotated[
        bool, Meta(description="Look for small, announced, reversible steps besides.")
    ] = False
    exposure: Annotated[
        float,
        Meta(
            ge=0,
            le=1,
            description="For these: how far below the status quo any party may stand on the way.",
        ),
    ] = 0.25
    for_party: Annotated[
        str | None,
        Meta(description="Tell only what can be shown to this party."),
        Asked(metavar="ID", kind="party"),
    ] = None


def _run(dispute: Dispute, parameters: EnvoyParameters, progress: Progress | None) -> Envoy:
    from detente.dispute.names import party_number
    from detente.mediation.envoy import send_envoy

    if parameters.for_party is not None:
        party_number(dispute, parameters.for_party)
    return send_envoy(
        dispute,
        roadmap=parameters.roadmap,
        to=parameters.to,
        by=parameters.by,
        budget=parameters.budget,
        concept=parameters.concept,
        foresight=parameters.foresight,
        max_stages=parameters.max_stages,
        grit=parameters.grit,
        exposure=parameters.exposure,
        progress=progress,
    )


def _blocks(found: Envoy, parameters: EnvoyParameters) -> tuple[Block, ...]:
    from detente.report.envoy import envoy_blocks, party_blocks

    party = _party(found, parameters)
    return envoy_blocks(found) if party is None else party_blocks(found, party)


def _document(found: Envoy, parameters: EnvoyParameters) -> Mapping[str, Any]:
    from detente.report.envoy import envoy_document, party_document

    party = _party(found, parameters)
    return envoy_document(found) if party is None else party_document(found, party)


def _schema() -> Mapping[str, Any]:
    from detente.report.envoy import EnvoyDocument

    return document_schema(EnvoyDocument, "envoy")


def _picture(found: Envoy, parameters: EnvoyParameters) -> Picture | None:
    from detente.report.plots.envoy import shuttle_map

    # The map shows more than one party may see.
    return None if parameters.for_party is not None else shuttle_map(found)


def _party(found: Envoy, parameters: EnvoyParameters) -> int | None:
    if parameters.for_party is None:
        return None
    return found.dispute.party_numbers[parameters.for_party]


declaration = Declaration(
    name="envoy",
    question="What is the least that has to be promised for a plan to hold, and by whom first?",
    about=(
        "Find the fewest messages, promises, offers and joint stages by which a plan holds, and in "
        "what order parties can say yes. Give a roadmap, or an outcome that is to be reached. "
        "Ctrl-C ends the search and shows what was found. docs/concepts/envoy.md has the "
        "definitions."
    ),
    parameters=EnvoyParameters,
    run=_run,
    blocks=_blocks,
    document=_document,
    schema=_schema,
    pictures={"shuttle": _picture},
    # What a party is shown depends on no other's preferences, nor on how sure these are.
    weighs_confidence=lambda parameters: parameters.for_party is not None,
    cost="minutes",
    working="Looking for promises",
    result="detente.mediation.envoy.Envoy",
    rows="sets",
)
