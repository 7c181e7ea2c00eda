"""Stances by what parties call things: *calls the plan a provocation*."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from detente.evidence.reading.clauses import Context
from detente.evidence.reading.proposals import Direction, Proposal
from detente.evidence.reading.rules.triggers import about, passage
from detente.evidence.reading.words import forms, table

__all__ = ["evaluations"]

_CONFIDENCE = 0.6
# What was spoken of before: "called it a trap".
_IT = re.compile(r"\b(?:it|this|that|them)$", re.IGNORECASE)
# "a plan that Venezuela describes as": what is described stands before.
_RELATIVE = re.compile(
    r"(?P<what>\S.*?)(?:,\s+(?:an?|the)\s+[\w-]+)?,?\s+(?:that|which)\s+(?:the\s+)?$"
)


def evaluations(context: Context) -> Iterator[Proposal]:
    """Propose a stance where a party calls something by a word of praise or of blame."""
    text = context.text
    for match in _calling().finditer(text):
        if not (match.group("plain") or match.group("as")):
            continue
        holders, surety = context.subjects(match.start())
        if not holders or surety < 0.5 or context.is_negated(match.start()):
            continue
        agrees = match.group("word").casefold() in _words()["for"]
        direction: Direction = "for" if agrees else "against"
        clause = context.clause_at(match.start())
        what = about(context, match.start("what"), match.end("what"))
        if what is None:
            what = _described(context, clause.start, match.start())
        if what is None and not _IT.search(match.group("what")):
            continue
        others = context.named_in(clause.start, clause.end)
        for holder in holders:
            yield Proposal(
                source="",
                at=context.sentence.at,
                quote=passage(context, match.start(), match.end()),
                kind="stance",
                parties=tuple(dict.fromkeys([holder.name, *(one.name for one in others)])),
                direction=direction,
                confidence=round(_CONFIDENCE * surety, 2),
                about=what,
            )


def _described(context: Context, start: int, place: int) -> str | None:
    named = [one for one in context.mentions if start <= one.start < place]
    found = _RELATIVE.search(context.text[start : named[-1].start]) if named else None
    return None if found is None else about(context, start, start + found.end("what"))


def _words() -> dict[str, list[str]]:
    words: dict[str, list[str]] = table()["evaluating"]
    return words


@cache
def _calling() -> re.Pattern[str]:
    words = _words()
    verbs = "|".join(form for verb in words["verbs"] for form in forms(verb))
    with_as = "|".join(form for verb in words["verbs_with_as"] for form in forms(verb))
    ends = "|".join(map(re.escape, [*words["for"], *words["against"]]))
    return re.compile(
        rf"\b(?:(?P<plain>{verbs})|(?:{with_as}))\b(?!\s+(?:for|on|off|up)\b)"
        rf"(?P<what>(?:\s+[\w’'-]+){{0,12}}?)\s+(?P<as>as\s+)?"
        rf"(?:(?:an?|the)\s+)?(?:[\w-]+\s+)?(?P<word>{ends})\b",
        re.IGNORECASE,
    )
