"""``claims``: what the sources say will happen, beside what the model gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta
from msgspec.structs import replace

from detente.analyses.declaration import Declaration, Progress
from detente.analyses.documents import typed_schema
from detente.analyses.parameters import AnalysisParameters

if TYPE_CHECKING:
    from detente.dispute.dispute import Dispute
    from detente.evidence.claims import CheckedClaims
    from detente.report.content import Block

__all__ = ["declaration"]


class ClaimsParameters(AnalysisParameters):
    """What `claims` is asked."""

    quick: Annotated[
        bool,
        Meta(description="Do not find out whether one statement alone gives an answer."),
    ] = False


def _run(
    dispute: Dispute, parameters: ClaimsParameters, progress: Progress | None
) -> CheckedClaims:
    from detente.evidence.claims import check_claims

    return check_claims(dispute, origins=not parameters.quick, progress=progress)


def _blocks(found: CheckedClaims, _: ClaimsParameters) -> tuple[Block, ...]:
    from detente.report.claims import claims_blocks

    return claims_blocks(found)


def _document(found: CheckedClaims, _: ClaimsParameters) -> Mapping[str, Any]:
    from detente.report.claims import claims_document

    return claims_document(found)


def _verdicts(found: CheckedClaims, _: ClaimsParameters) -> Mapping[str, str]:
    return {one.claim.id: one.answer.short for one in found}


def _without_origins(parameters: ClaimsParameters) -> ClaimsParameters:
    return replace(parameters, quick=True)


declaration = Declaration(
    name="claims",
    question="Does the model bear out what its sources claim?",
    about=(
        "Answer the question of each claim, and compare the answer with the source's. An answer "
        "that differs is a finding about the model or the source, and no error."
    ),
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
)
