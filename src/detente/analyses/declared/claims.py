"""``claims``: what the sources say will happen, beside what the model gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final

from msgspec import Meta
from msgspec.structs import replace

from detente.analyses.declaration import Declaration, InReport, Progress
from detente.analyses.documents import typed_schema
from detente.analyses.parameters import AnalysisParameters, Asked, HowHeld, Nodes, Seconds
from detente.report.language import marked
from detente.space.representation import ENGINES, USUAL_NODES

if TYPE_CHECKING:
    from detente.dispute.dispute import Claim, Dispute
    from detente.evidence.claims import CheckedClaim, CheckedClaims
    from detente.report.content import Block
    from detente.report.material import Material

__all__ = ["declaration"]

_ORIGINS: Final = marked(
    "Each question was answered from the model. What an answer comes from was found by answering "
    "it again with no preference statement, with each alone, and with fewer and fewer of them."
)
_QUICK: Final = marked(
    "Each question was answered from the model. Whether one preference statement alone gives an "
    "answer, so that a claim that agrees shows only that the file repeats its source, was not "
    "examined here; the command does so, and so does a report made with --origins."
)


class ClaimsParameters(AnalysisParameters):
    """What `claims` is asked."""

    quick: Annotated[
        bool,
        Meta(description="Do not find out whether one statement alone gives an answer."),
        Asked(label="Leave out single statements"),
    ] = False
    engine: HowHeld | None = None
    seconds: Seconds = 120.0
    nodes: Nodes = USUAL_NODES


def _run(
    dispute: Dispute, parameters: ClaimsParameters, progress: Progress | None
) -> CheckedClaims:
    from detente.evidence.claims import check_claims

    return check_claims(
        dispute,
        origins=not parameters.quick,
        engine=parameters.engine,
        seconds=parameters.seconds,
        nodes=parameters.nodes,
        progress=progress,
    )


def _blocks(found: CheckedClaims, _: ClaimsParameters) -> tuple[Block, ...]:
    from detente.report.claims import claims_blocks
    from detente.report.how_held import engine_named

    blocks = claims_blocks(found)
    return blocks if found.model is None else (*blocks, *engine_named(found.model.engine))


def _document(found: CheckedClaims, _: ClaimsParameters) -> Mapping[str, Any]:
    from detente.report.claims import claims_document

    return claims_document(found)


def _verdicts(found: CheckedClaims, _: ClaimsParameters) -> Mapping[str, str]:
    from detente.report.claims import claim_name
    from detente.report.words import quoted

    def about(claim: Claim) -> str:
        name = claim_name(claim)
        return name if name == claim.id else quoted(name)

    return {about(one.claim): one.answer.short for one in found}


def _without_origins(parameters: ClaimsParameters) -> ClaimsParameters:
    return replace(parameters, quick=True)


# In the report ----------------------------------------------------------------------------------


def _asked_by_report(material: Material) -> tuple[ClaimsParameters, ...]:
    return (ClaimsParameters(quick=not material.origins),) if material.dispute.claims else ()


def _answer_for_report(material: Material, parameters: ClaimsParameters) -> CheckedClaims:
    from detente.evidence.claims import check_claims

    return check_claims(
        material.dispute, origins=not parameters.quick, model=material.analysis.model
    )


def _report_blocks(material: Material, results: Sequence[CheckedClaims]) -> tuple[Block, ...]:
    """Each claim with its passage, its question, the computed answer, and why they differ."""
    from detente.report.claims import claims_overview
    from detente.report.content import Judgements, Prose
    from detente.report.language import say

    (found,) = results
    judgements = tuple(
        material.judgement(one.claim.id, one.claim.basis, *_facts(material, one)) for one in found
    )
    return (
        Prose(
            say(
                "A claim is a question with the source's answer. An answer that differs is a "
                "finding about the model or about the source. It does not say which of them is "
                "right."
            )
        ),
        *claims_overview(found.checked, caption=say("Claims and computed answers")),
        Judgements(judgements),
    )


def _facts(material: Material, one: CheckedClaim) -> Iterator[tuple[str, str]]:
    from detente.report.claims import origin_words, result_words, why_differs
    from detente.report.language import say

    if one.claim.about:
        yield say("About"), one.claim.about
    yield say("Asked"), " ".join(one.claim.ask.split())
    yield say("Source says"), say(one.claim.says)
    yield say("Computed"), result_words(one)
    if one.origin is not None and one.origin.statements:
        yield say("Answer is"), origin_words(material.dispute, one.origin)
    if one.agrees is False:
        reasons = why_differs(material.analysis.model, one)
        why = " ".join(line.removeprefix("- ") for line in reasons)
        yield say("Differs"), why or say("The answers are not the same.")


declaration = Declaration(
    name="claims",
    question="Does the model agree with what its sources claim?",
    about=(
        "Answer the question of each claim, and compare the answer with the source's. An answer "
        "that differs is a finding about the model or the source. It is not an error."
    ),
    needs="claims",
    parameters=ClaimsParameters,
    run=_run,
    blocks=_blocks,
    document=_document,
    verdicts=_verdicts,
    asked_again=_without_origins,
    schema=typed_schema("claims"),
    cost="minutes",
    working="Claims",
    result="detente.evidence.claims.CheckedClaims",
    rows="claims",
    engines=ENGINES,
    in_report=InReport(
        heading=marked("What the sources say, and what the model gives"),
        asked=_asked_by_report,
        answer=_answer_for_report,
        blocks=_report_blocks,
        method=lambda parameters: _QUICK if parameters.quick else _ORIGINS,
        place=60,
        translated=True,
    ),
)
