"""Packages, stages and formats: what parties would do together, in which order, and who sits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from detente.evidence.reading.clauses import Context
from detente.evidence.reading.proposals import Proposal
from detente.evidence.reading.rules.triggers import about
from detente.evidence.reading.words import pattern, table

__all__ = ["formats", "is_staged", "packages", "stages"]

_COUNT = r"(?:two|three|four|five|six|seven|eight|nine|ten|[2-9]|10)"

_RETURN = re.compile(
    r"\bin (?:return|exchange)(?: for)?\b|\bquid pro quo\b|\breciproca\w*\b|\bin turn\b"
    r"|\bas (?:the )?price for\b|\btrade[ds]? (?:\w+ ){1,5}for\b|\bswap\w*\b|\bmutual(?:ly)?\b",
    re.IGNORECASE,
)
_NEEDED = re.compile(r"\bneeds?\b.{3,80}\bso that\b.{1,20}\b(?:can|could|may|will|would)\b")
_BOTH = re.compile(r"\bboth\b[^.;]{3,80}?\band\b", re.IGNORECASE)
_WHILE = re.compile(r",?\s+\b(?:while|whereas|and|if)\b\s+", re.IGNORECASE)
_STAGE = re.compile(
    rf"\bin (?:(?:{_COUNT}|several|successive|a few|distinct)\s+)?(?:stages|phases|steps)\b"
    r"|\bstep[- ]by[- ]step\b|\b(?:the )?(?:first|second|third|fourth|next|final|last) "
    r"(?:steps?|stages?|phases?)\b|\bstage[ds]? (?:plan|process|approach)\b|\bphased\b"
    r"|\btimetable\b|\bsequence of\b|\bin sequence\b",
    re.IGNORECASE,
)
_ROADMAP = re.compile(r"\broad ?map\b", re.IGNORECASE)
_ORDER = re.compile(
    r"\b(?:first|then|next|after that|afterwards|later|finally|lastly|only after(?: that)?|"
    r"second(?:ly)?|third(?:ly)?|at the end|followed by)\b",
    re.IGNORECASE,
)
_ANNOUNCED = re.compile(
    rf"\bin (?:(?:{_COUNT}|several|successive|a few)\s+)?(?:stages|phases|steps)\b"
    r"|\b(?:road ?map|step[- ]by[- ]step|sequence|timetable|plan|deal)\b",
    re.IGNORECASE,
)
# "First the ships would leave."
_OPENS = re.compile(
    r"(?:first(?:ly)?|then|next|second(?:ly)?|third(?:ly)?|after that|afterwards|later|finally|"
    r"lastly|only (?:then|after(?: that)?)|at the end|in the end),?\s+(?=\w)",
    re.IGNORECASE,
)
_WOULD = re.compile(r"\b(?:would|will|could|should|shall|must)\b")
_PLAN = re.compile(
    r"\b(?:plan|proposal|roadmap|road map|programme|propos\w+|envisag\w+|would|will|schedule|"
    r"steps?|stages?|phases?)\b",
    re.IGNORECASE,
)
_PART = re.compile(
    r"(?:;|,(?=\s+(?:and\s+)?(?:then|next|later|finally|only after))|\.\s)\s*", re.IGNORECASE
)

_TABLE = (
    r"(?:talks?|negotiations?|dialogues?|meetings?|summits?|consultations?|conferences?|rounds?|"
    r"mediation|conversations?|discussions?|contacts?|format|table|mechanism|forum)"
)
_SEATS = re.compile(
    rf"\b(?:{_COUNT})[- ](?:party|way|sided|nation|power)\b|\b(?:bi|tri|multi|quadri)lateral\b"
    rf"|\bquartet\b|\btroika\b|\bcontact group\b|\b[\"“]?G[- ]?\d+\b|\bP5\s?\+\s?1\b"
    r"|\b(?:joint|mixed|bilateral|boundary|border) (?:commission|committee|working group)\b"
    rf"|\b(?:direct|face-to-face|separate|back-channel|shuttle) {_TABLE}\b",
    re.IGNORECASE,
)
_BETWEEN = re.compile(
    rf"\b{_TABLE}\s+(?:[\w-]+\s+){{0,2}}?(?:between|among|of|with|under)\s+", re.IGNORECASE
)
_UNDER = re.compile(
    r"\b(?:under|chaired by|hosted by|mediated by|led by|within|through)\s+(?:the\s+)?$",
    re.IGNORECASE,
)  # fmt: skip
_TALK = re.compile(rf"\b{_TABLE}\b", re.IGNORECASE)


def packages(context: Context) -> Iterator[Proposal]:
    """Propose a package where parties act in return for one another."""
    text = context.text
    parties = context.named_in(0, len(text)) or (
        (context.before,) if context.before is not None else ()
    )
    deal = _deals().search(text)
    match = _RETURN.search(text)
    confidence = 0.0
    if match and len(parties) >= 1:
        confidence = 0.7 if match.group().casefold().startswith(("in ret", "in ex")) else 0.4
    elif _NEEDED.search(text) and parties:
        confidence = 0.45
    elif _together().search(text):
        confidence = 0.4
    elif _BOTH.search(text) and deal and len(parties) >= 2:
        confidence = 0.45
    else:
        for border in _WHILE.finditer(text):
            before = context.named_in(0, border.start())
            after = context.named_in(border.end(), min(len(text), border.end() + 40))
            word = border.group().strip(" ,").casefold()
            if before and after and set(after) - set(before) and deal and word == "while":
                confidence = 0.65
    if not confidence:
        accepted = re.search(r"\baccept(?:ed|s)?\b.*\bwhile\b.*\baccept", text)
        if not (accepted and len(parties) >= 2):
            return
        confidence = 0.6
    yield Proposal(
        source="",
        at=context.sentence.at,
        quote=context.sentence.quote(),
        kind="package",
        parties=tuple(one.name for one in parties),
        confidence=confidence,
        about=_quoted_name(text) or (deal.group() if deal else about(context, 0)),
    )


@cache
def _together() -> re.Pattern[str]:
    """All parties act: *for the parties to talk*, *both sides would withdraw*."""
    return re.compile(
        rf"{pattern(table()['together']).pattern}\s+(?:to|would|should|could|will|must|met|agreed|"
        r"signed|exchanged)\s+\w+",
        re.IGNORECASE,
    )


def _deals() -> re.Pattern[str]:
    return pattern([form for noun in table()["deals"] for form in (noun, f"{noun}s")])


_QUOTED = re.compile(r"[\"“‘']([^\"”’']{3,40})[\"”’']\s+\w+")


def _quoted_name(text: str) -> str | None:
    match = _QUOTED.search(text)
    return match.group(1) if match else None


def is_staged(text: str) -> bool:
    """Whether a sentence announces stages: *a deal in three steps*."""
    return _ANNOUNCED.search(text) is not None


def stages(context: Context) -> Iterator[Proposal]:
    """Propose stages of a plan: *in three steps*, *first … then …*."""
    text = context.text
    parties = context.named_in(0, len(text))
    names = tuple(one.name for one in parties)
    ordered = list(_ORDER.finditer(text))
    if len(ordered) >= 2 and _PLAN.search(text):
        parts = list(_PART.finditer(text))
        ends = [*(match.start() for match in parts), len(text)]
        starts = [0, *(match.end() for match in parts)]
        for start, end in zip(starts, ends, strict=True):
            if end - start > 10:
                yield _stage(
                    context,
                    context.sentence.quote(start, end),
                    tuple(one.name for one in context.named_in(start, end)),
                    about(context, start, end),
                    0.65,
                )
        return
    quote = context.sentence.quote()
    opens = _OPENS.match(text)
    if opens is not None and _WOULD.search(text) and (context.staged or names):
        what = about(context, opens.end(), len(text))
        yield _stage(context, quote, names, what, 0.65 if context.staged else 0.5)
        return
    match = _STAGE.search(text)
    if match is None:
        match = _ROADMAP.search(text)
        if match is None:
            return
    strong = _ROADMAP.search(match.group()) is None
    what = about(context, match.end(), len(text)) or match.group()
    yield _stage(context, quote, names, what, 0.65 if strong else 0.4)


def _stage(
    context: Context, quote: str, parties: tuple[str, ...], what: str | None, confidence: float
) -> Proposal:
    return Proposal(
        source="",
        at=context.sentence.at,
        quote=quote,
        kind="stage",
        parties=parties,
        confidence=confidence,
        about=what,
    )


def formats(context: Context) -> Iterator[Proposal]:
    """Propose a format where talks are named with their seats or members."""
    text = context.text
    match = _SEATS.search(text)
    if match is not None:
        near = context.named_in(max(0, match.start() - 80), min(len(text), match.end() + 160))
        yield _format(context, tuple(one.name for one in near), match.group(), 0.65)
        return
    between = _BETWEEN.search(text)
    if between is not None:
        group = next((one for one in context.groups if 0 <= one[0].start - between.end() <= 4), ())
        if len(group) >= 2 or (group and "under" in between.group().casefold()):
            names = tuple(dict.fromkeys(one.actor.name for one in group))
            yield _format(context, names, about(context, between.start()) or "talks", 0.6)
            return
    if _TALK.search(text):
        for group in context.groups:
            if _UNDER.search(text[: group[0].start]):
                names = tuple(dict.fromkeys(one.actor.name for one in group))
                yield _format(context, names, "talks", 0.45)
                return


def _format(context: Context, names: tuple[str, ...], what: str, confidence: float) -> Proposal:
    return Proposal(
        source="",
        at=context.sentence.at,
        quote=context.sentence.quote(),
        kind="format",
        parties=names,
        confidence=confidence,
        about=what.strip('"“ '),
    )
