"""What the sources say will happen, beside what the model gives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from detente.evidence.claims import CheckedClaim
from detente.report.claims import (
    claims_overview,
    origin_words,
    result_words,
    why_differs,
)
from detente.report.content import Judgement, Judgements, Prose, Section
from detente.report.material import Material

__all__ = ["claims"]

_ORIGINS: Final = (
    "Each question was answered from the model. What an answer comes from was found by answering "
    "it again with no preference statement, with each alone, and with fewer and fewer of them."
)
_QUICK: Final = (
    "Each question was answered from the model. Whether one preference statement alone gives an "
    "answer, so that a claim that agrees shows only that the file repeats its source, was not "
    "examined here; the command does so, and so does a report made with --origins."
)


def claims(material: Material) -> Section | None:
    """Each claim with its passage, its question, the computed answer, and why they differ."""
    checked = material.claims
    if not checked:
        return None
    return Section(
        "claims",
        "What the sources say, and what the model gives",
        (
            Prose(
                "A claim is a question with the source's answer. An answer that differs is a "
                "finding about the model or about the source, and says not which of them is right."
            ),
            *claims_overview(checked, caption="Claims and computed answers"),
            Judgements(tuple(_claim(material, one) for one in checked)),
        ),
        method=_ORIGINS if material.origins else _QUICK,
        commands=(material.command("claims", "CASE"),),
    )


def _claim(material: Material, one: CheckedClaim) -> Judgement:
    return material.judgement(one.claim.id, one.claim.basis, *_facts(material, one))


def _facts(material: Material, one: CheckedClaim) -> Iterator[tuple[str, str]]:
    model = material.analysis.model
    if one.claim.about:
        yield "About", one.claim.about
    yield "Asked", " ".join(one.claim.ask.split())
    yield "Source says", one.claim.says
    yield "Computed", result_words(one)
    if one.origin is not None and one.origin.statements:
        yield "Answer is", origin_words(material.dispute, one.origin)
    if one.agrees is False:
        why = " ".join(line.removeprefix("- ") for line in why_differs(model, one))
        yield "Differs", why or "The answers are not the same."
