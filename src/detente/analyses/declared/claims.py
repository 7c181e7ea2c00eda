"""``claims``: what the sources say will happen, beside what the model gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta
from msgspec.structs import replace

from detente.analyses.declaration import Declaration, Progress
from detente.analyses.documents import typed_schema
from detente.analyses.parameters import AnalysisParameters

if TYPE_CHECKING:
    from detente.dispute.dispute import Dispute
    from detente.evidence.claims import CheckedClaim
    from detente.report.content import Block
    from detente.space.graph_model import GraphModel

__all__ = ["declaration"]


class ClaimsParameters(AnalysisParameters):
    """What `claims` is asked."""

    quick: Annotated[
        bool,
        Meta(description="Do not find out whether one statement alone gives an answer."),
    ] = False


@dataclass(frozen=True, slots=True, eq=False)
class ClaimsResult:
    """Claims that were checked, with the model, and how many were left."""

    model: GraphModel
    checked: tuple[CheckedClaim, ...]
    left: int


def _run(dispute: Dispute, parameters: ClaimsParameters, progress: Progress | None) -> ClaimsResult:
    from detente.evidence.claims import ClaimsInterrupted, check_claims
    from detente.stability.prepared_model import graph_model

    model = graph_model(dispute, ["SEQ"])
    try:
        checked = check_claims(dispute, origins=not parameters.quick, progress=progress)
    except ClaimsInterrupted as stopped:
        checked = stopped.checked
    return ClaimsResult(model, checked, len(dispute.claims) - len(checked))


def _blocks(found: ClaimsResult, _: ClaimsParameters) -> tuple[Block, ...]:
    from detente.report.claims import claims_blocks
    from detente.report.content import Prose

    left = (
        (Prose(f"Interrupted before {found.left} of the claims; the rest follows."),)
        if found.left
        else ()
    )
    return left + claims_blocks(found.model, found.checked)


def _document(found: ClaimsResult, _: ClaimsParameters) -> Mapping[str, Any]:
    from detente.report.claims import claims_document

    return claims_document(found.model, found.checked)


def _verdicts(found: ClaimsResult, _: ClaimsParameters) -> Mapping[str, str]:
    return {one.claim.id: one.answer.short for one in found.checked}


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
    is_partial=lambda found: found.left > 0,
    cost="minutes",
    working="Claims",
)
