"""Acts and options: what parties do, could do, or are asked to do; and dated acts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import cast

from detente.evidence.reading.actors import Actor
from detente.evidence.reading.clauses import Context
from detente.evidence.reading.proposals import ActType, Proposal
from detente.evidence.reading.rules.stances import SPOKEN
from detente.evidence.reading.rules.triggers import TriggerFound, Triggers, about, passage
from detente.evidence.reading.words import forms, table, verbs

__all__ = ["act_triggers", "acts", "date_in", "history", "possible_acts"]

_MODAL = re.compile(
    r"\b(?:can|could|may|might|will|would|plans? to|threaten(?:s|ed)? to|intends? to|"
    r"considers?|considered|considering|(?:the )?possibility of|offer(?:s|ed)? to|able to|"
    r"free to|propos(?:es|ed|ing)|used to)\s+(?:\w+\s+){0,2}$"
)
_COULD = re.compile(
    r"\b(?:can|could|may|might|will|would|shall|plans? to|threaten(?:s|ed)? to|intends? to|"
    r"prepare[sd]? to|vow(?:s|ed)? to|promise[sd]? to|offer(?:s|ed)? to|ready to|willing to|"
    r"free to|able to)\s+(?!not\b|never\b|no\b|only\b|be\b|have\b|mean\b|need\b)(?:\w+ly\s+)?"
    r"(?=[a-z]{2,})"
)
_EMPTY = re.compile(
    r"(?:make|mind|not|benefit|profit|like|want|fear|face|find it|live with|seem)\b"
)
_TO = re.compile(r"\s+to\s+(?=[a-z]+\b)(?!the\b|a\b|its\b|be\b)")
_NOW = re.compile(r"\b(?:continues?|keeps?|goes on|go on|still|is|are|has been|have been)\b")
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DATE = re.compile(
    rf"\b(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<month>{_MONTHS}),?\s+(?P<year>\d{{4}})"
    rf"|(?P<month2>{_MONTHS})\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?,\s+(?P<year2>\d{{4}})"
    rf"|(?P<month3>{_MONTHS}),?\s+(?:of\s+)?(?P<year3>\d{{4}})"
    rf"|(?P<iso>\d{{4}}-\d{{2}}-\d{{2}})"
    r"|\b(?:[Ii]n|[Ss]ince|[Dd]uring)\s+(?P<year4>(?:1[6-9]|20)\d\d))\b"
)
_PAST = re.compile(
    r"\b(?:was|were|had|did|met|began|came|went|said|broke|sent|moved|held|took|gave|made|ran|won|"
    r"left|built|cut|lent|struck|fought|\w+ed)\b"
)
_NUMBERS = {name: number for number, name in enumerate(_MONTHS.split("|"), 1)}


@cache
def act_triggers() -> Triggers:
    """The words of acts, by their PLOVER types."""
    words = table()
    return Triggers({**words["acts"], "": words["other_acts"]}, words["act_nouns"])


def acts(context: Context) -> Iterator[Proposal]:
    """Propose an act, or an option where it is only possible, for each word of acting."""
    for found in act_triggers().find(context):
        if not found.holders or found.surety < 0.5:
            continue
        if found.meaning in SPOKEN and _stance_like(found.word):
            continue
        noun = found.is_noun
        possible = bool(_MODAL.search(context.text[: found.start]))
        clause = context.clause_at(found.start)
        if noun and not _is_owned(context, found):
            continue
        what = _named(context, found, noun=noun)
        if not noun and context.is_negated(found.start):
            if possible:
                yield from _refused(context, found, what)
            continue
        others = context.named_in(found.end, clause.end)
        for holder in found.holders:
            yield Proposal(
                source="",
                at=context.sentence.at,
                quote=passage(context, found.start, clause.end),
                kind="option" if possible or noun else "act",
                parties=tuple(dict.fromkeys([holder.name, *(one.name for one in others)])),
                confidence=round((0.45 if noun else 0.6) * found.surety, 2),
                about=what,
                act=cast("ActType", found.meaning) if found.meaning else None,
                under_way=not possible
                and bool(_NOW.search(context.text[clause.start : found.end])),
            )


@cache
def _stance_words() -> frozenset[str]:
    words = table()
    return frozenset(
        one.split(" ")[0] for name in ("for", "against") for one in words[name]["verbs"]
    )


def _stance_like(word: str) -> bool:
    """Whether a verb of speaking is a stance already."""
    return word in _stance_words()


def possible_acts(context: Context) -> Iterator[Proposal]:
    """Propose an option for what a party could, would or is asked to do, whatever the verb."""
    text = context.text
    for match in _COULD.finditer(text):
        holders, surety = context.subjects(match.start())
        if not holders or surety < 0.6 or _EMPTY.match(text, match.end()):
            continue
        end = context.clause_at(match.end()).end
        for holder in holders:
            yield _option(context, holder, match.end(), end, 0.5 * surety)
    for mention in context.mentions:
        asked = _TO.match(text, mention.end)
        if asked and _asking().search(text[max(0, mention.start - 40) : mention.start]):
            end = context.clause_at(asked.end()).end
            yield _option(context, mention.actor, asked.end(), end, 0.55)


def _option(context: Context, holder: Actor, start: int, end: int, surety: float) -> Proposal:
    others = context.named_in(start, end)
    return Proposal(
        source="",
        at=context.sentence.at,
        quote=passage(context, start, end),
        kind="option",
        parties=tuple(dict.fromkeys([holder.name, *(one.name for one in others)])),
        confidence=round(surety, 2),
        about=about(context, start, end),
    )


@cache
def _asking() -> re.Pattern[str]:
    """A verb that asks, a few words before who is asked."""
    listed = [
        f"{form} {verb.particle}".strip()
        for verb in verbs(table()["asking"])
        for form in forms(verb.base)
    ]
    return re.compile(
        rf"\b(?:{'|'.join(map(re.escape, [*listed, 'pressure on']))})\s+(?:the\s+|both\s+)?"
        r"(?:[\w’'-]+\s+and\s+)?$",
        re.IGNORECASE,
    )


def _refused(context: Context, found: TriggerFound, what: str) -> Iterator[Proposal]:
    """*Will not give way*: who would not act is against the act."""
    end = context.clause_at(found.start).end
    others = context.named_in(found.end, end)
    for holder in found.holders:
        yield Proposal(
            source="",
            at=context.sentence.at,
            quote=passage(context, found.start, end),
            kind="stance",
            parties=tuple(dict.fromkeys([holder.name, *(one.name for one in others)])),
            direction="against",
            confidence=round(0.6 * found.surety, 2),
            about=what,
            act="REJECT",
        )


def _named(context: Context, found: TriggerFound, *, noun: bool) -> str:
    if noun:
        before = context.text[: found.start].rpartition(" ")[0]
        word = re.search(r"([\w-]+)\s+$", context.text[: found.start])
        start = word.start() if word and not word.group(1)[0].isupper() and before else found.start
        return context.text[start : found.end].strip()
    after = about(context, found.end, whole=True)
    verb = context.text[found.start : found.end]
    return f"{verb} {after}" if after else verb


def _is_owned(context: Context, found: TriggerFound) -> bool:
    """Whether a noun of acting belongs to somebody named just before it: *China's concessions*."""
    return any(
        context.is_owner(one) and 0 <= found.start - one.end <= 45
        for one in context.mentions
        if one.actor in found.holders
    )


# History ---------------------------------------------------------------------------------------


def date_in(text: str) -> tuple[str, int, int] | None:
    """The first date of a text as ``2018-04-21``, ``2018-04`` or ``2018``, and where it stands."""
    match = _DATE.search(text)
    if match is None:
        return None
    parts = match.groupdict()
    if parts["year4"]:
        return parts["year4"], match.start(), match.end()
    if parts["iso"]:
        written = parts["iso"]
    else:
        year = parts["year"] or parts["year2"] or parts["year3"]
        month = _NUMBERS[parts["month"] or parts["month2"] or parts["month3"]]
        number = parts["day"] or parts["day2"]
        if number is None:
            return f"{year}-{month:02}", match.start(), match.end()
        written = f"{year}-{month:02}-{int(number):02}"
    try:
        date.fromisoformat(written)
    except ValueError:
        # The 31st of February.
        return None
    return written, match.start(), match.end()


def history(context: Context) -> Iterator[Proposal]:
    """Propose an entry of history for a dated sentence that tells of something done."""
    dated = date_in(context.text)
    if dated is None or not _PAST.search(context.text):
        return
    on, start, _ = dated
    named = context.named_in(0, len(context.text))
    subject = context.subject
    parties = dict.fromkeys([*([subject] if subject else []), *named])
    if not parties and context.before is not None:
        parties = {context.before: None}
    exact = len(on) > 4
    yield Proposal(
        source="",
        at=context.sentence.at,
        quote=context.sentence.quote(),
        kind="history",
        parties=tuple(one.name for one in parties),
        confidence=0.7 if exact else 0.45,
        about=about(context, 0, start) if start > 20 else about(context, 0, len(context.text)),
        on=on,
    )
