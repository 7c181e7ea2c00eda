"""Claims with their computed answers, in words and tables and as a JSON document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from detente.dispute.dispute import Citation, Claim, Dispute
from detente.evidence.claims import CheckedClaim, CheckedClaims, Origin
from detente.evidence.sources import citation_place
from detente.report.answers import answer_content, course_words, reason_words
from detente.report.content import Block, Outline, Prose, Subheading, Table, rows_table
from detente.report.face import is_command_line
from detente.report.formula_words import question_by_names, statement_words
from detente.report.language import marked, say, say_number, whole_number
from detente.report.what_ran_out import WHAT_RAN_OUT
from detente.report.words import counted, joined

if TYPE_CHECKING:
    from detente.report.documents.claims import ClaimsClaim, ClaimsDocument
    from detente.stability.explained_state import StatesExplained

__all__ = [
    "CLAIMS_SCHEMA",
    "claims_blocks",
    "claims_document",
    "claims_overview",
    "origin_words",
    "result_words",
    "why_differs",
]

CLAIMS_SCHEMA = "detente/claims/1"

_LEGEND = marked(
    "Derived: the answer takes several statements. Stated: one preference statement alone gives "
    "it, so that a claim which agrees shows only that the file repeats its source. Default: so "
    "would parties that prefer nothing. A dash: not examined."
)

# Answers of sources and of the model, and what answers come from.
_ANSWERS = (
    marked("yes"),
    marked("no"),
    marked("partly"),
    marked("does not arise"),
    marked("derived"),
    marked("stated"),
    marked("default"),
)

# What says most of the model first.
_KINDS = ("derived", None, "stated", "default")


def claims_blocks(found: CheckedClaims) -> tuple[Block, ...]:
    """Claims in a table, and after it a paragraph for each, with the reason where they differ.

    Parameters
    ----------
    found
        The claims, as :func:`detente.check_claims` gives them.

    Returns
    -------
    tuple of Block
    """
    dispute = found.dispute
    if found.model is None:
        return (Prose(f"{dispute.title}: no claims."),)
    blocks: list[Block] = []
    if found.left:
        blocks.append(Prose(f"Interrupted before {found.left} of the claims; the rest follows."))
    if found.unexamined:
        blocks.append(Prose(_unexamined_words(found)))
    if found.unanswered:
        blocks.append(Prose(_unanswered_words(found)))
    if not found.checked:
        return tuple(blocks)
    blocks += [Subheading(dispute.title), *claims_overview(found.checked)]
    for one in _in_order(found.checked):
        lines = tuple((1, line) for line in _claim_lines(found.model, one))
        blocks += [Subheading(claim_name(one.claim)), Outline(lines)]
    return (*blocks, *_sources(dispute, found.checked))


def _unexamined_words(found: CheckedClaims) -> str:
    why = WHAT_RAN_OUT[found.why or "time"]
    claims = counted(found.unexamined, "claim")
    return f"What the answer comes from was not examined for {claims}: {why}."


def _unanswered_words(found: CheckedClaims) -> str:
    alike: dict[str, list[str]] = {}
    for one in found.unanswered:
        alike.setdefault(one.why, []).append(claim_name(one.claim))
    told = "; ".join(f"{joined(claims)}: {why}" for why, claims in alike.items())
    return f"Not answered on symbolic sets: {told}."


def claim_name(claim: Claim) -> str:
    """What a claim is called: what it says; its id to who types commands, or where it says nothing.

    >>> claim_name(Claim("war-hurts", "may reach war", "yes", "War hurts everybody."))
    'War hurts everybody'
    """
    if is_command_line() or not claim.about:
        return claim.id
    return claim.about.strip().removesuffix(".")


def claims_overview(checked: Sequence[CheckedClaim], *, caption: str = "") -> tuple[Block, ...]:
    """How many claims agree and differ, and all in a table.

    Parameters
    ----------
    checked
        The claims; there is at least one.
    caption
        Caption of the table.

    Returns
    -------
    tuple of Block
    """
    legend = (Prose(say(_LEGEND)),) if _examined(checked) else ()
    return (*map(Prose, _how_many(checked)), _claims_table(checked, caption), *legend)


def _examined(checked: Sequence[CheckedClaim]) -> bool:
    """Whether it was looked at what the answer to any claim comes from."""
    return any(one.origin is not None for one in checked)


def _in_order(checked: Sequence[CheckedClaim]) -> Sequence[CheckedClaim]:
    """Claims, those first that say most of the model."""
    if not _examined(checked):
        return checked
    return sorted(checked, key=lambda one: _KINDS.index(_kind(one)))


def _claims_table(checked: Sequence[CheckedClaim], caption: str) -> Table:
    examined = _examined(checked)
    rows = [
        (
            claim_name(one.claim),
            say(one.claim.says),
            say(one.answer.short),
            say("differs") if one.agrees is False else "",
            *(["–" if one.origin is None else say(one.origin.kind)] if examined else []),
        )
        for one in _in_order(checked)
    ]
    columns = [say("Claim"), say("Source says"), say("Computed"), ""]
    columns += [say("Answer is")] if examined else []
    return rows_table(columns, rows, caption=caption)


def _how_many(checked: Sequence[CheckedClaim]) -> list[str]:
    """How many claims agree and differ, those that are derived first, and what does not arise."""
    asked = [one for one in checked if one.agrees is not None]
    by_kind = {
        kind: [one for one in asked if _kind(one) == kind]
        for kind in ("derived", "stated", "default", None)
    }
    lines = []
    if any(one.origin is not None for one in checked):
        lines.append(
            say_number(
                "{number} claim of {count} asked for what only several statements together give: "
                "{agreeing}.",
                "{number} claims of {count} asked for what only several statements together give: "
                "{agreeing}.",
                len(by_kind["derived"]),
                count=whole_number(len(checked)),
                agreeing=_agreeing(by_kind["derived"]),
            )
        )
        rest = [
            (by_kind["stated"], marked("{number} repeat one statement of the file ({agreeing})")),
            (
                by_kind["default"],
                marked("{number} would be answered so without any preferences ({agreeing})"),
            ),
            (by_kind[None], marked("{number} were not examined for that ({agreeing})")),
        ]
        told = [
            say(what, number=whole_number(len(some)), agreeing=_agreeing(some))
            for some, what in rest
            if some
        ]
        if told:
            lines.append(say("Of the others {counts}.", counts=joined(told)))
    else:
        lines.append(
            say_number(
                "{number} claim: {agreeing}.",
                "{number} claims: {agreeing}.",
                len(checked),
                agreeing=_agreeing(asked),
            )
        )
    left = len(checked) - len(asked)
    if left:
        lines.append(
            say_number(
                "The question of {number} claim does not arise in this model, so it counts as "
                "neither.",
                "The questions of {number} claims do not arise in this model, so they count as "
                "neither.",
                left,
            )
        )
    return lines


def _agreeing(some: Sequence[CheckedClaim]) -> str:
    agreeing = sum(one.agrees is True for one in some)
    return say(
        "{agreeing} computed as the source says, {otherwise} otherwise",
        agreeing=whole_number(agreeing),
        otherwise=whole_number(len(some) - agreeing),
    )


def _kind(one: CheckedClaim) -> str | None:
    return None if one.origin is None else one.origin.kind


def _claim_lines(model: StatesExplained, one: CheckedClaim) -> Iterator[str]:
    if one.claim.about and is_command_line():
        # Elsewhere it is the heading.
        yield one.claim.about
    yield from map(_citation, one.claim.basis.citations)
    asked = one.claim.ask
    if not is_command_line():
        asked = question_by_names(asked, model.dispute)
    yield f"Asked: {' '.join(asked.split())}"
    yield f"Source: {one.claim.says}. Computed: {result_words(one)}."
    if one.origin is not None and one.origin.statements:
        yield origin_words(model.dispute, one.origin)
    if one.agrees is False:
        yield from why_differs(model, one)


def _citation(citation: Citation) -> str:
    words = citation.says or f"“{citation.quote}”"
    return f"{citation_place(citation)}: {words}"


def _sources(dispute: Dispute, checked: Sequence[CheckedClaim]) -> tuple[Block, ...]:
    """What the sources are that claims cite by their ids."""
    cited = {one.source for claim in checked for one in claim.claim.basis.citations}
    told = tuple(
        (1, f"{source.id}: {source.title}") for source in dispute.sources if source.id in cited
    )
    return (Subheading("Sources"), Outline(told)) if told else ()


def result_words(one: CheckedClaim) -> str:
    """The computed answer with its reason."""
    reasons = say("; ").join(reason_words(part) for part in one.answer.parts)
    return f"{say(one.answer.short)} ({reasons})"


def origin_words(dispute: Dispute, origin: Origin) -> str:
    """The statements that give a stated or a derived answer by themselves."""
    named = [statement_words(dispute, party, number) for party, number in origin.statements]
    words = say("; ").join(named)
    if origin.kind == "stated":
        return say("Stated by one preference alone: {text}", text=words)
    if origin.smallest:
        return say_number(
            "Derived from {number} statement, no fewer do: {statements}",
            "Derived from {number} statements, no fewer do: {statements}",
            len(named),
            statements=words,
        )
    return say_number(
        "Derived from {number} statement, none of them can be left out: {statements}",
        "Derived from {number} statements, none of them can be left out: {statements}",
        len(named),
        statements=words,
    )


def why_differs(model: StatesExplained, one: CheckedClaim) -> list[str]:
    """The shortest reason why an answer is not the source's: a state, and what happens there."""
    for part in one.answer.parts:
        expected = one.claim.says.strip().casefold()
        course = part.example if expected == "no" else part.counterexample
        if course is not None:
            first, *rest = course_words(model, course)
            where = say("It fails in {state}.", state=first)
            if expected == "no":
                where = say("It holds in {state}.", state=first)
            return [
                where,
                *(f"- {line}." for line in rest),
            ]
    return []


def claims_document(found: CheckedClaims) -> ClaimsDocument:
    """Claims as a JSON document.

    Parameters
    ----------
    found
        As in :func:`claims_blocks`.

    Returns
    -------
    dict
        Ready for :func:`json.dump`. See ``documents/claims.py`` for each key.
    """
    model = found.model
    document: ClaimsDocument = {
        "schema": CLAIMS_SCHEMA,
        "dispute": found.dispute.title,
        "engine": None if model is None else model.engine,
        "claims": [] if model is None else [_claim_document(model, one) for one in found.checked],
        "not_answered": [{"id": one.claim.id, "why": one.why} for one in found.unanswered],
    }
    if found.why is not None:
        document["ended_early"] = {"why": found.why, "origins_left": found.unexamined}
    return document


def _claim_document(model: StatesExplained, one: CheckedClaim) -> ClaimsClaim:
    return {
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
            "statements": [
                {"party": party, "statement": number} for party, number in one.origin.statements
            ],
            "smallest": one.origin.smallest,
        },
        "why": why_differs(model, one) if one.agrees is False else [],
        **answer_content(model, one.answer),
    }
