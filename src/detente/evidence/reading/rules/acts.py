"""Acts and options: what parties do, could do, or are asked to do; and dated acts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import cast

from detente.evidence.reading.actors import Actor
from detente.evidence.reading.clauses import Context
from detente.evidence.reading.proposals import ActType, Direction, Proposal
from detente.evidence.reading.rules.stances import SPOKEN, stance_triggers
from detente.evidence.reading.rules.triggers import TriggerFound, Triggers, about, passage
from detente.evidence.reading.words import forms, past_participle, table, verbs

__all__ = [
    "act_triggers",
    "acts",
    "date_in",
    "dateline",
    "history",
    "ongoing_acts",
    "possible_acts",
    "refusals",
]


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


_MODAL = re.compile(
    r"\b(?:can|could|may|might|will|would|plans? to|threaten(?:s|ed)? to|intends? to|"
    r"considers?|considered|considering|(?:the )?possibility of|offer(?:s|ed)? to|able to|"
    r"free to|propos(?:es|ed|ing)|used to)\s+(?:\w+\s+){0,2}$"
)
_COULD = re.compile(
    r"\b(?:can|could|may|might|will|would|shall|plans? to|threaten(?:s|ed)? to|intends? to|"
    r"prepare[sd]? to|vow(?:s|ed)? to|promise[sd]? to|offer(?:s|ed)? to|ready to|willing to|"
    r"free to|able to)\s+(?!not\b|never\b|no\b|only\b|be\b|have\b|mean\b|need\b|rather\b|"
    r"sooner\b)(?:\w+ly\s+)?(?=[a-z]{2,})"
)
# "Will not let ships pass", "is not willing to pay".
_REFUSES = re.compile(
    r"\b(?:(?:will|would|shall)\s+(?:not|never|no longer)|(?:wo|would)n['’]t|"
    r"(?:is|are)\s+(?:not|no longer)\s+(?:willing|ready|prepared|going)\s+to|"
    r"no intention of|no plans? to|no desire to)\s+"
    r"(?!be\b|have\b|mean\b|need\b|mind\b|do\b|find\b|make\b|"
    r"happen\b|come\b|work\b|only\b)(?=[a-z]{3,})"
)
_RATHER = re.compile(
    r"\b(?:would|will)\s+(?:much\s+)?(?:rather|sooner|prefer to)\s+(?P<not>not\s+)?(?=[a-z]{3,})"
)
_THAN = re.compile(r"\s(?:rather\s+)?than\s")
# "Has moved troops", "have now closed the border": done, and so it stands.
_HAS = r"\b(?:has|have)\s+(?:(?:also|already|now|since|again|twice|once|\w+ly)\s+){0,2}"
_DONE = re.compile(rf"{_HAS}$")
_PERFECT = re.compile(
    rf"{_HAS}(?=(?P<verb>[a-z]+)\b)(?!\w+ (?:to|that|of|from|for|with|out|over|about|against|at|on|"
    r"in|by|more|less|so|nothing|little)\b)"
)
_NO_ACTS = _listed(
    "been had become said told done seen heard known grown risen fallen changed gone come got lost "
    "won failed tried shown passed remained stayed ended learned happened talked spoken worked "
    "declared announced stated warned explained noted quarrelled disputed debated "
    "argued held meant led caused found felt lasted lived needed turned reached received"
)
_PARTICIPLES = _listed(
    "brought put set shut hit laid paid sold made begun left lent sent bought taught"
)
_EMPTY = re.compile(
    r"(?:make|mind|not|benefit|profit|like|want|fear|face|find it|live with|seem)\b"
)
_BEING = re.compile(
    r"\b(?:is|are|was|were|be|been|keeps?|kept|continues?|continued|began|started|goes on|go on|"
    r"went on|resumed|stopped)\s+(?:\w+\s+)?$"
)
_HARDLY = 0.55
_SUPPOSED = re.compile(r"(?:,\s*)?(?:if|unless|in case|should)\b", re.IGNORECASE)
_RELATIVE = re.compile(r",?\s+(?:that|which)\s+$")
_TO = re.compile(r"\s+to\s+(?=[a-z]+\b)(?!the\b|a\b|its\b|be\b)")
_ASKED_ONE = re.compile(r"(?P<whom>him|her|it)\s+to\s+(?=[a-z]+\b)(?!the\b|a\b|its\b|be\b)")
_ONGOING = re.compile(
    r"\b(?:(?:is|are)\s+(?:still\s+|now\s+|already\s+)?|(?:has|have)\s+been\s+|"
    r"(?:keep|continue)s?\s+)(?=(?P<verb>[a-z]+ing)\s+(?!to\b|that\b|of\b|from\b|for\b))"
)
_NO_ACTIVITIES = _listed(
    "being having becoming getting going growing rising falling coming trying waiting looking "
    "hoping asking saying considering planning thinking preparing seeking losing"
)
_NOW = re.compile(r"\b(?:continues?|keeps?|goes on|go on|still|is|are|has been|have been)\b")
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DATE = re.compile(
    rf"\b(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<month>{_MONTHS}),?\s+(?P<year>\d{{4}})"
    rf"|(?P<month2>{_MONTHS})\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?,\s+(?P<year2>\d{{4}})"
    rf"|(?P<month3>{_MONTHS}),?\s+(?:of\s+)?(?P<year3>\d{{4}})"
    rf"|(?P<iso>\d{{4}}-\d{{2}}-\d{{2}})"
    r"|\b(?:[Ii]n|[Ss]ince|[Dd]uring)\s+(?P<year4>(?:1[6-9]|20)\d\d))\b"
)
_YEARLESS = re.compile(
    rf"\b(?:[Oo]n|[Ss]ince|[Bb]y)\s+(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<month>{_MONTHS})"
    rf"|(?P<month2>{_MONTHS})\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?)\b"
    rf"|\b(?:[Ii]n|[Ss]ince)\s+(?P<month3>{_MONTHS})\b"
)
_DATELINE = re.compile(
    rf"\W*[A-Z][\w .'’-]{{1,40}}, (?:\d{{1,2}} )?(?:{_MONTHS})(?: \d{{1,2}},)? \d{{4}}\W*$"
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
        clause = context.clause_at(found.start)
        # "If Peru sends ships": it could.
        possible = bool(
            _MODAL.search(context.text[: found.start])
            or (_SUPPOSED.match(context.text, clause.start) and not found.is_noun)
        )
        if noun and not _is_owned(context, found):
            continue
        what = _named(context, found, noun=noun)
        surety = (0.45 if noun else 0.6) * found.surety
        if not (noun or possible) and (
            # "Aimed at punishing Peru" tells of no act; who met whom is seldom an option.
            found.meaning == "CONSULT" or _is_gerund(context, found)
        ):
            surety *= _HARDLY
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
                confidence=round(surety, 2),
                about=what,
                act=cast("ActType", found.meaning) if found.meaning else None,
                under_way=not possible
                and bool(
                    _NOW.search(context.text[clause.start : found.end])
                    or _DONE.search(context.text[: found.start])
                ),
            )


def _is_gerund(context: Context, found: TriggerFound) -> bool:
    form = context.text[found.start : found.end].partition(" ")[0]
    before = context.text[: found.start]
    return form.endswith("ing") and found.word != form and not _BEING.search(before)


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
        if _is_of_a_thing(context, match.start()):
            continue
        end = context.clause_at(match.end()).end
        for holder in holders:
            yield _option(context, holder, match.end(), end, 0.5 * surety)
    for mention in context.mentions:
        asked = _TO.match(text, mention.end)
        if asked and _asking().search(text[max(0, mention.start - 40) : mention.start]):
            end = context.clause_at(asked.end()).end
            yield _option(context, mention.actor, asked.end(), end, 0.55)
    # "They want him to sign": who was spoken of before could.
    for asked in _ASKED_ONE.finditer(text):
        meant = context.referent(asked.group("whom"))
        if meant is not None and _asking().search(text[: asked.start()]):
            end = context.clause_at(asked.end()).end
            yield _option(context, meant, asked.end(), end, 0.5)


def ongoing_acts(context: Context) -> Iterator[Proposal]:
    """Propose an act for what a party has done or is doing, whatever the verb."""
    known = {one.start for one in (*act_triggers().find(context), *_stances_in(context))}
    for match, none in (
        *((one, _NO_ACTS) for one in _PERFECT.finditer(context.text)),
        *((one, _NO_ACTIVITIES) for one in _ONGOING.finditer(context.text)),
    ):
        verb, start = match.group("verb"), match.start("verb")
        if verb in none or start in known or context.is_negated(start):
            continue
        if none is _NO_ACTS and not (past_participle(verb) or verb in _PARTICIPLES):
            continue
        holders, surety = context.subjects(match.start())
        what = about(context, start, whole=True)
        if surety < 0.6 or what is None or len(what.split()) < 2:
            continue
        end = context.clause_at(start).end
        others = context.named_in(start, end)
        for holder in holders:
            yield Proposal(
                source="",
                at=context.sentence.at,
                quote=passage(context, start, end),
                kind="act",
                parties=tuple(dict.fromkeys([holder.name, *(one.name for one in others)])),
                confidence=round(0.5 * surety, 2),
                about=what,
                under_way=True,
            )


def _stances_in(context: Context) -> Iterator[TriggerFound]:
    return stance_triggers().find(context)


def refusals(context: Context) -> Iterator[Proposal]:
    """Propose a stance for what a party will not do, or would rather do, whatever the verb."""
    text = context.text
    known = {one.start for one in _stances_in(context)}
    for match in _REFUSES.finditer(text):
        if match.end() not in known:
            end = context.clause_at(match.end()).end
            yield from _would(context, match.start(), match.end(), end, "against")
    for match in _RATHER.finditer(text):
        end = context.clause_at(match.end()).end
        than = _THAN.search(text, match.end(), end)
        stop = end if than is None else than.start()
        direction: Direction = "against" if match.group("not") else "for"
        yield from _would(context, match.start(), match.end(), stop, direction)


def _would(
    context: Context, place: int, start: int, end: int, direction: Direction
) -> Iterator[Proposal]:
    holders, surety = context.subjects(place)
    what = about(context, start, end, whole=True)
    if surety < 0.5 or what is None:
        return
    for holder in holders:
        others = (one for one in context.named_in(start, end) if one != holder)
        yield Proposal(
            source="",
            at=context.sentence.at,
            quote=passage(context, start, end),
            kind="stance",
            parties=tuple(dict.fromkeys([holder.name, *(one.name for one in others)])),
            direction=direction,
            confidence=round(0.65 * surety, 2),
            about=what,
            act="REJECT" if direction == "against" else None,
        )


def _is_of_a_thing(context: Context, place: int) -> bool:
    """*A step that would cost billions*: what would cost is no party."""
    relative = _RELATIVE.search(context.text, max(0, place - 20), place)
    return relative is not None and all(one.end != relative.start() for one in context.mentions)


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
    # An option is named as what a party could do, and not as what it did.
    form = context.text[found.start : found.end]
    verb = form if form.endswith("ing") else found.word
    return f"{verb} {after}" if after else verb


def _is_owned(context: Context, found: TriggerFound) -> bool:
    """Whether a noun of acting belongs to somebody named just before it: *China's concessions*."""
    return any(
        context.is_owner(one) and 0 <= found.start - one.end <= 45
        for one in context.mentions
        if one.actor in found.holders
    )


# History ---------------------------------------------------------------------------------------


def dateline(text: str) -> str | None:
    """When a report was written, where a sentence says nothing else: *Lima, May 2011.*"""
    match = _DATELINE.match(text)
    found = None if match is None else date_in(text)
    return None if found is None else found[0]


def date_in(text: str, written: str | None = None) -> tuple[str, int, int] | None:
    """The first date of a text as ``2018-04-21``, ``2018-04`` or ``2018``, and where it stands.

    A day or month without a year is the last one before the report was `written`.
    """
    match = _DATE.search(text)
    if match is None:
        return None if written is None else _without_year(text, written)
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


def _without_year(text: str, written: str) -> tuple[str, int, int] | None:
    match = _YEARLESS.search(text)
    if match is None:
        return None
    month = _NUMBERS[match.group("month") or match.group("month2") or match.group("month3")]
    number = match.group("day") or match.group("day2")
    year = int(written[:4]) - (month > int(written[5:7]))
    on = f"{year}-{month:02}"
    if number is not None:
        on = f"{on}-{int(number):02}"
        try:
            date.fromisoformat(on)
        except ValueError:
            return None
    return on, match.start(), match.end()


def history(context: Context) -> Iterator[Proposal]:
    """Propose an entry of history for a dated sentence that tells of something done."""
    dated = date_in(context.text, context.written)
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
