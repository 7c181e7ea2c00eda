"""Claims with their computed answers, as tables and as a JSON document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from detente.dispute.dispute import Citation, Dispute, Statements
from detente.evidence.claims import CheckedClaim, Origin
from detente.evidence.sources import locator_words
from detente.report.answers import answer_content, course_words, indented, reason_words
from detente.report.tables import counted, plain_table
from detente.space.graph_model import GraphModel

__all__ = [
    "CLAIMS_SCHEMA",
    "claims_document",
    "claims_tables",
    "origin_words",
    "result_words",
    "why_differs",
]

CLAIMS_SCHEMA = "detente/claims/1"

_LEGEND = (
    "Stated: one preference statement alone gives this answer, so that a claim which agrees shows "
    "only that the file repeats its source. Default: so would parties that prefer nothing. "
    "Derived: it takes several statements. A dash: not examined."
)


def claims_tables(model: GraphModel, checked: Sequence[CheckedClaim]) -> list[RenderableType]:
    """Claims as a table, and after it a paragraph for each, with the reason where they differ.

    Parameters
    ----------
    model
        The graph model of the dispute.
    checked
        The claims, as :func:`detente.evidence.claims.check_claims` gives them.

    Returns
    -------
    list of rich renderables
    """
    dispute = model.dispute
    if not checked:
        return [Text(f"{dispute.title}: no claims.")]
    table = plain_table()
    table.add_column("Claim", overflow="fold")
    table.add_column("Source says")
    table.add_column("Computed")
    table.add_column("")
    examined = any(one.origin is not None for one in checked)
    if examined:
        table.add_column("Answer is")
    for one in checked:
        table.add_row(
            Text(one.claim.id),
            Text(one.claim.says),
            Text(one.answer.short),
            "differs" if one.agrees is False else "",
            *(["–" if one.origin is None else one.origin.kind] if examined else []),
        )
    parts: list[RenderableType] = [
        Text(dispute.title, style="bold"),
        Text(_how_many(checked)),
        Text(),
        table,
        *([Text(), Text(_LEGEND)] if examined else []),
    ]
    for one in checked:
        parts += [Text(), *_claim(model, one)]
    return parts


def _how_many(checked: Sequence[CheckedClaim]) -> str:
    """How many claims agree and differ, and how many of the questions do not arise."""
    found = [one.agrees for one in checked]
    text = (
        f"{counted(len(checked), 'claim')}: {found.count(True):,} computed as the source says, "
        f"{found.count(False):,} otherwise."
    )
    if None in found:
        what = (
            "The question of 1 claim does"
            if found.count(None) == 1
            else (f"The questions of {found.count(None):,} claims do")
        )
        text += f" {what} not arise in this model, so it counts as neither."
    return text


def _claim(model: GraphModel, one: CheckedClaim) -> list[RenderableType]:
    lines: list[RenderableType] = [Text(one.claim.id, style="bold")]
    if one.claim.about:
        lines.append(indented(one.claim.about))
    lines += [indented(_citation(citation)) for citation in one.claim.basis.citations]
    lines.append(indented(f"Asked: {' '.join(one.claim.ask.split())}"))
    lines.append(indented(f"Source: {one.claim.says}. Computed: {result_words(one)}."))
    if one.origin is not None and one.origin.kind == "stated":
        lines.append(indented(origin_words(model.dispute, one.origin)))
    if one.agrees is False:
        lines += [indented(line) for line in why_differs(model, one)]
    return lines


def _citation(citation: Citation) -> str:
    where = citation.source if citation.at is None else locator_words(citation.at)
    words = citation.says or f"“{citation.quote}”"
    return f"{where}: {words}"


def result_words(one: CheckedClaim) -> str:
    """The computed answer with its reason."""
    reasons = "; ".join(reason_words(part) for part in one.answer.parts)
    return f"{one.answer.short} ({reasons})"


def origin_words(dispute: Dispute, origin: Origin) -> str:
    """The one preference statement that gives a stated answer."""
    party = next(party for party in dispute.parties if party.id == origin.party)
    preferences = party.preferences
    assert isinstance(preferences, Statements), "an origin is told of statements only"
    assert origin.statement is not None, "a stated answer has its statement"
    text = preferences.statements[origin.statement - 1].formula.text
    return f"Stated by preference {origin.statement} of {party.id} alone: {text}"


def why_differs(model: GraphModel, one: CheckedClaim) -> list[str]:
    """The shortest reason why an answer is not the source's: a state, and what happens there."""
    for part in one.answer.parts:
        expected = one.claim.says.strip().casefold()
        course = part.example if expected == "no" else part.counterexample
        if course is not None:
            first, *rest = course_words(model, course)
            return [
                f"It {'holds' if expected == 'no' else 'fails'} in {first}.",
                *(f"- {line}." for line in rest),
            ]
    return []


def claims_document(model: GraphModel, checked: Sequence[CheckedClaim]) -> dict[str, Any]:
    """Claims as a JSON document.

    Parameters
    ----------
    model, checked
        As in :func:`claims_tables`.

    Returns
    -------
    dict
        Ready for :func:`json.dump`. See ``schemas/claims-1.json`` for each key.
    """
    return {
        "schema": CLAIMS_SCHEMA,
        "dispute": model.dispute.title,
        "claims": [
            {
                "id": one.claim.id,
                "about": one.claim.about,
                "citations": [
                    {
                        "source": citation.source,
                        "paragraph": None if citation.at is None else citation.at.paragraph,
                        "sentence": None if citation.at is None else citation.at.sentence,
                        "says": citation.says,
                        "quote": citation.quote,
                    }
                    for citation in one.claim.basis.citations
                ],
                "says": one.claim.says,
                "agrees": one.agrees,
                "origin": None
                if one.origin is None
                else {
                    "kind": one.origin.kind,
                    "party": one.origin.party,
                    "statement": one.origin.statement,
                },
                "why": why_differs(model, one) if one.agrees is False else [],
                **answer_content(model, one.answer),
            }
            for one in checked
        ],
    }
