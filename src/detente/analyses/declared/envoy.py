"""``envoy``: the least that has to be promised, by whom and in what order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final

from msgspec import Meta

from detente.analyses.declaration import Declaration, InReport, Progress
from detente.analyses.documents import document_schema
from detente.analyses.parameters import AnalysisParameters, Asked, Concept, Foresight
from detente.report.language import marked

if TYPE_CHECKING:
    from detente.dispute.dispute import Dispute
    from detente.mediation.envoy import Envoy
    from detente.report.content import Block
    from detente.report.material import Material
    from detente.report.plots.picture import Picture
    from detente.roadmap.check.verdicts import RoadmapCheck

__all__ = ["declaration"]

# A report does not wait for larger sets; the command looks for them.
_MOST_INSTRUMENTS: Final = 1


class EnvoyParameters(AnalysisParameters):
    """What `envoy` is asked."""

    roadmap: Annotated[
        str | None,
        Meta(description="The roadmap that should hold."),
        Asked("--roadmap", metavar="ID", kind="roadmap", label="Roadmap"),
    ] = None
    to: Annotated[
        str | None,
        Meta(description="Instead of a roadmap: what to reach and keep."),
        Asked(metavar="FORMULA", kind="formula", label="Or what to reach"),
    ] = None
    by: Annotated[
        str | None,
        Meta(description="The party that mediates; by default a mediator without a stake."),
        Asked(metavar="ID", kind="party", label="Who mediates"),
    ] = None
    budget: (
        Annotated[
            int,
            Meta(
                ge=0,
                le=6,
                description=(
                    "Find all sets of at most this many instruments that no other beats. By "
                    "default the fewest, up to 3."
                ),
            ),
            Asked(label="Promises at most"),
        ]
        | None
    ) = None
    concept: Annotated[
        Concept,
        Asked("--concept", "-c", metavar="NAME", kind="concept", concepts_for="deterrence"),
    ] = "SEQ"
    foresight: Foresight = "roadmap"
    max_stages: Annotated[
        int,
        Meta(ge=1, le=4, description="At most this many stages of a plan to an outcome."),
        Asked(label="Stages at most"),
    ] = 2
    grit: Annotated[
        bool,
        Meta(description="Also look for small, announced, reversible steps."),
        Asked(label="Small steps too"),
    ] = False
    exposure: Annotated[
        float,
        Meta(
            ge=0,
            le=1,
            description="How far below the status quo any party may fall on the way of small "
            "steps.",
        ),
        Asked(label="Loss on the way at most"),
    ] = 0.25
    for_party: Annotated[
        str | None,
        Meta(description="Show only what this party may see."),
        Asked(metavar="ID", kind="party", label="As seen by"),
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


# In the report ----------------------------------------------------------------------------------


def _asked_by_report(material: Material) -> tuple[EnvoyParameters, ...]:
    return tuple(
        EnvoyParameters(
            roadmap=check.plan.id,
            budget=_MOST_INSTRUMENTS,
            concept=check.concept,
            foresight=check.foresight,
        )
        for check in _broken(material)
    )


def _broken(material: Material) -> tuple[RoadmapCheck, ...]:
    """The checks of the roadmaps that break."""
    return tuple(one for one in material.roadmap_checks if one.stages and not one.holds)


def _answer_for_report(material: Material, parameters: EnvoyParameters) -> Envoy:
    from detente.mediation.envoy import envoy_of_model

    check = next(one for one in _broken(material) if one.plan.id == parameters.roadmap)
    return envoy_of_model(
        check.checker.model,
        check.plan,
        budget=parameters.budget,
        concept=check.concept,
        foresight=check.foresight,
        responses=check.checker.responses,
    )


def _report_blocks(material: Material, results: Sequence[Envoy]) -> tuple[Block, ...]:
    """For each roadmap that breaks, the one promise by which it would hold, if one will do."""
    from detente.report.content import Illustration, Prose, Subheading
    from detente.report.envoy import envoy_blocks
    from detente.report.language import say
    from detente.report.plots.envoy import shuttle_map

    blocks: list[Block] = [
        Prose(
            say(
                "A mediator carries messages, promises, offers and joint stages. This annex tells "
                "where one of them will do. The command looks for more."
            )
        )
    ]
    for check, found in zip(_broken(material), results, strict=True):
        blocks.append(Subheading(check.plan.name))
        first, *rest = envoy_blocks(found)
        blocks.append(first)
        if found.least is not None:
            blocks.append(Illustration(f"shuttle-{len(blocks)}", shuttle_map(found)))
        blocks += rest
    return tuple(blocks)


declaration = Declaration(
    name="envoy",
    question="Which promises does a plan need at least to hold, and who promises first?",
    about=(
        "Find the fewest messages, promises, offers and joint stages with which a plan holds, and "
        "the order in which parties can say yes. Give a roadmap, or an outcome to reach. "
        "docs/concepts/envoy.md has the definitions."
    ),
    at_terminal="Ctrl-C ends the search and shows what was found.",
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
    in_report=InReport(
        heading=marked("The envoy"),
        asked=_asked_by_report,
        answer=_answer_for_report,
        blocks=_report_blocks,
        method=marked("docs/concepts/envoy.md defines instruments, costs and the order of visits."),
        words=lambda parameters: ("--roadmap", parameters.roadmap),
        anchor="mediation",
        place=20,
        translated=True,
    ),
)
