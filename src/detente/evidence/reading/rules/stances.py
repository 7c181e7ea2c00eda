"""Stances: who backs, wants or offers something, and who rejects or fears it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from detente.evidence.reading.actors import Actor
from detente.evidence.reading.clauses import Context
from detente.evidence.reading.proposals import ActType, Direction, Proposal
from detente.evidence.reading.rules.triggers import TriggerFound, Triggers, about, passage
from detente.evidence.reading.words import forms, pattern, table, verbs

__all__ = ["SPOKEN", "about_of", "act_type", "direction_of", "stance_triggers", "stances"]

SPOKEN: tuple[ActType, ...] = (
    "SUPPORT",
    "AGREE",
    "CONCEDE",
    "DEMAND",
    "ACCUSE",
    "REJECT",
    "THREATEN",
)
"""Types of acts that are words, and stances already."""

_NEAR = 40
_WHAT = re.compile(
    r"\s(?:is|are|was|were|would be)\s+(?:\w+ly\s+)?(?P<not>not\s+)?(?:\w+ly\s+)?"
    r"(?:exactly\s+)?what\b"
)
# An act that should not be: "warned that X should not be filled".
_MAY_NOT = re.compile(r"\b(?:if|unless)\b.{0,60}?\b(?:not|no)\b|\bunless\b")
# What every source wants.
_UNNAMED = re.compile(
    r"(?:want|ask|prefer|wish|insist|request)\w*\s+(?:not\s+to\s+be|to\s+remain|on\s+not\s+being|"
    r"anonymity|on\s+anonymity)\s*(?:named|identified|quoted|anonymous)?\b"
)
_HEDGED = re.compile(r"\b(?:may|might|could|reportedly|once|perhaps|possibly)\s+(?:\w+\s+)?$")
_TOGETHER = re.compile(r"\bjoin(?:s|ed|ing)?\s+(?:the\s+)?$")
_PRESSED = re.compile(
    r"\bunder\s+(?:[\w-]+\s+)?pressure\s+from\s+(?:the\s+)?|\bpress(?:ed|ured|ing)\s+by\s+(?:the\s+)?"
)


@cache
def stance_triggers() -> Triggers:
    """The words of stances."""
    words = table()
    return Triggers(
        {name: words[name]["verbs"] for name in ("for", "against")},
        {name: words[name]["nouns"] for name in ("for", "against")},
        {name: words[name]["phrases"] for name in ("for", "against")},
    )


def stances(context: Context) -> Iterator[Proposal]:
    """Propose a stance for each word of backing or rejecting that has a holder."""
    every = list(stance_triggers().find(context))
    for number, found in enumerate(every):
        if (
            not found.holders
            or _about_itself(context, found)
            or _UNNAMED.match(context.text, found.start)
            or _WHAT.search(context.text[max(0, found.start - _NEAR) : found.start])
        ):
            continue
        direction = direction_of(context, found)
        confidence = 0.75 * found.surety
        if _HEDGED.search(context.text[: found.start]):
            confidence *= 0.8
        end = _end_of_about(context, found, every[number + 1 :])
        what = about_of(context, found, direction, end)
        if what is None:
            confidence *= 0.6
        yield from _held(context, found, direction, confidence, what)
    yield from _pressed(context)
    yield from _what_it_wants(context)


def about_of(
    context: Context, found: TriggerFound, direction: Direction, end: int | None
) -> str | None:
    """What a stance is about; of *demands that tests stop*, which is against, the tests."""
    if found.meaning == "for" and direction == "against" and end is not None:
        ending = _ending().match(context.text[found.end : end])
        rest = None if ending is None else about(context, found.end + ending.end(), end)
        if rest is not None:
            return rest
    return about(context, found.end, end)


_AND = re.compile(r",?\s+(?:and|but|or)\s+(?:\w+ly\s+)?$")


def _end_of_about(
    context: Context, found: TriggerFound, later: Sequence[TriggerFound]
) -> int | None:
    """Where *rejects quotas and offers talks* goes on with another verb."""
    end = context.clause_at(found.start).end
    for other in later:
        border = _AND.search(context.text, found.end, other.start)
        if other.start < end and border:
            return border.start()
    return end if end > found.end else None


def _what_it_wants(context: Context) -> Iterator[Proposal]:
    """*An agreement of these two is not what Russia wants*."""
    text = context.text
    match = _WHAT.search(text)
    if match is None:
        return
    wanting = next(
        (one for one in stance_triggers().find(context) if one.start >= match.end()), None
    )
    if wanting is None or not wanting.holders or wanting.start - match.end() > _NEAR:
        return
    agrees = (wanting.meaning == "for") != bool(match.group("not"))
    start = context.clause_at(match.start()).start
    yield Proposal(
        source="",
        at=context.sentence.at,
        quote=passage(context, start, wanting.end),
        kind="stance",
        parties=tuple(
            dict.fromkeys(
                one.name for one in (*wanting.holders[:1], *context.named_in(start, match.start()))
            )
        ),
        direction="for" if agrees else "against",
        confidence=0.7,
        about=about(context, start, match.start()),
    )


def _held(
    context: Context, found: TriggerFound, direction: Direction, confidence: float, what: str | None
) -> Iterator[Proposal]:
    clause = context.clause_at(found.start)
    others = context.named_in(found.end, clause.end)
    holders = tuple(dict.fromkeys([*_joined_by(context, found), *found.holders]))
    for holder in holders:
        named = dict.fromkeys([holder.name, *(one.name for one in others if one not in holders)])
        yield Proposal(
            source="",
            at=context.sentence.at,
            quote=passage(context, found.start, clause.end),
            kind="stance",
            parties=tuple(named),
            direction=direction,
            confidence=round(confidence, 2),
            about=what,
            act=act_type(found.word),
        )


def _joined_by(context: Context, found: TriggerFound) -> tuple[Actor, ...]:
    """*It joined Egypt in calling for talks*: both call."""
    for group in context.groups:
        first = group[0]
        if first.actor in found.holders and first.end <= found.start:
            match = _TOGETHER.search(context.text[: first.start])
            if match:
                return context.subjects(match.start())[0]
    return ()


def _about_itself(context: Context, found: TriggerFound) -> bool:
    """Whether the word is only part of another, as in *support-group*."""
    following = context.text[found.end : found.end + 1]
    return following == "-"


def direction_of(context: Context, found: TriggerFound) -> Direction:
    """For or against, with negation and with what follows the word taken into account.

    *Demands that X stop* is against what X does; *fears harm if data are not shared* is for the
    sharing.
    """
    agrees = found.meaning == "for"
    negated = context.is_negated(found.start) or bool(_scant().search(context.text[: found.start]))
    after = context.text[found.end : context.clause_at(found.start).end]
    if negated:
        agrees = not agrees
    elif found.word in ("fear", "fears", "worried about", "warn") and _MAY_NOT.search(
        context.text[found.end :]
    ):
        return "for"
    if agrees and _ends_something(after):
        agrees = False
    return "for" if agrees else "against"


@cache
def act_type(word: str) -> ActType | None:
    """The type of the act of speaking that a word of a stance tells, if it is one."""
    for name in SPOKEN:
        if word in table()["acts"][name]:
            return name
    return None


@cache
def _scant() -> re.Pattern[str]:
    """Right before a noun: "only limited support"."""
    return re.compile(rf"{pattern(table()['scant']).pattern}\s+$", re.IGNORECASE)


@cache
def _ending() -> re.Pattern[str]:
    """A verb of ending, a few words after the word of the stance."""
    listed = [
        f"{form} {verb.particle}".strip()
        for verb in verbs(table()["ending"])
        for form in forms(verb.base)
    ]
    # "Wants a pause" is for the pause; "wants an end to the war" is against the war.
    return re.compile(
        rf"^(?:\s+[\w’'.-]+){{0,5}}?\s+(?:(?<!\ba\s)(?<!\ban\s)(?<!\bthe\s)"
        rf"{pattern(listed).pattern}|an? (?:end|halt|stop) (?:to|of)\b)",
        re.IGNORECASE,
    )


def _ends_something(after: str) -> bool:
    return _ending().match(after) is not None


def _pressed(context: Context) -> Iterator[Proposal]:
    """*A is under pressure by B to yield*: B wants it."""
    for match in _PRESSED.finditer(context.text):
        holders = next(
            (
                tuple(one.actor for one in group)
                for group in context.groups
                if 0 <= group[0].start - match.end() <= 1
            ),
            (),
        )
        pressed = context.subjects(match.start())[0]
        for holder in holders:
            end = context.clause_at(match.start()).end
            yield Proposal(
                source="",
                at=context.sentence.at,
                quote=passage(context, match.start(), end),
                kind="stance",
                parties=tuple(dict.fromkeys([holder.name, *(one.name for one in pressed)])),
                direction="against" if _ends_something(context.text[match.end() : end]) else "for",
                confidence=0.65,
                about=about(context, match.end(), end),
            )
