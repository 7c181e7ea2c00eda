"""Stances by what parties are told to say: *Peru's officials say that the toll must go*."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from detente.evidence.reading.actors import Actor
from detente.evidence.reading.clauses import Context
from detente.evidence.reading.proposals import Direction, Proposal
from detente.evidence.reading.rules.triggers import about, passage, stance_of
from detente.evidence.reading.words import forms, pattern, table

__all__ = ["sayings"]

_DUTY = 0.65
_JUDGED = 0.6
_ANSWERED = 0.55
_OPTION = 0.5
# A holder of whom the clause itself does not tell is often a stranger who speaks.
_LEAST_SURE = 0.65

# With an aside in it at most: "a commission, set up last year, is the right place".
_WHAT = r"(?P<what>[^,;:\"“”]{2,80}?(?:,[^,;:\"“”]{2,40},)?)"
_MUST = re.compile(
    rf"{_WHAT}\s+(?:must|should|ought\s+to|has\s+to|have\s+to|needs?\s+to)\s+"
    r"(?P<not>(?:not|never|no longer)\s+)?(?:(?:\w+ly|first|also|now)\s+)?(?P<verb>[a-z]+)\b"
)
_LED_IN = re.compile(r"(?:that|and that|but that|and|but)\s+", re.IGNORECASE)
_PRONOUN = re.compile(r"(?:it|they|he|she|we|this|that|these|those)$", re.IGNORECASE)
# "The toll must go", "the toll must be lifted".
_GOES = re.compile(
    r"(?:go|leave|end|stop|cease|close|shut|come down)\b"
    r"(?!\s+(?:to|on|ahead|back|further|through|for)\b)"
    r"|be\s+(?:\w+ly\s+)?(?:stopped|lifted|withdrawn|halted|ended|suspended|dropped|cancelled|"
    r"scrapped|closed|removed|revoked|abandoned|banned|abolished|dismantled|annulled|reversed)\b"
)
# "The ministry said", after what was said.
_TAIL = re.compile(
    r",[\"”’]?\s+(?P<who>[^,;:]{2,60}?)\s+(?:says?|said|insists?|insisted|argues?|argued|warns?|"
    r"warned|believes?|replied|answered)\b[^,;:]{0,30}$"
)
_INVERTED_TAIL = re.compile(
    r"[,!?][\"”’]\s+(?:says|said|insists|insisted|argues|argued|warns|warned|replied|answered)\s+"
    r"(?P<who>[^;:]{2,80})$"
)
_VIEW = re.compile(
    r"^(?:But\s+|And\s+|Yet\s+)?(?:for|to|in the (?:eyes|view|opinion) of|according to|"
    r"as seen from)\s+(?:the\s+)?(?P<who>[^,]{2,40}?)"
    r"(?:,\s+|\s+(?=(?:the|an?|any|this|that|its|such|no)\b))"
    r"|^In\s+(?P<whose>[^,]{2,40}?)['’]s?\s+(?:view|eyes|opinion|judgement|reading),\s+",
    re.IGNORECASE,
)
_LATER = r"(?=\s*(?:[.,;]|$|too\b|also\b|at once\b|in principle\b|the (?:same|next)\b|last\b|"
_ANSWER = re.compile(
    r"\b(?:(?P<yes>agree[sd]|accepted|consented|assented|(?:said|says) yes)|"
    r"(?P<no>refuse[sd]|declined?s?|balked|demurred|(?:said|says) no))"
    + _LATER
    + r"immediately\b|politely\b|reluctantly\b|within\b|(?:on|in)\s+[A-Z]))"
)


@dataclass(frozen=True, slots=True)
class _Saying:
    """What somebody says, by its place in the sentence."""

    holders: tuple[Actor, ...]
    surety: float
    start: int
    end: int


def sayings(context: Context) -> Iterator[Proposal]:
    """Propose stances for what a party says must be or calls good or bad, and for its answers."""
    for saying in _sayings(context):
        yield from _duties(context, saying)
        yield from _judgements(context, saying)
    yield from _answers(context)


def _sayings(context: Context) -> Iterator[_Saying]:
    text = context.text
    found = list(_saying_verbs().finditer(text))
    for number, match in enumerate(found):
        holders, surety = context.subjects(match.start())
        end = found[number + 1].start() if number + 1 < len(found) else len(text)
        if holders and surety >= _LEAST_SURE and not context.is_negated(match.start()):
            yield _Saying(holders, surety, match.end(), end)
    yield from _attributed(context)


def _attributed(context: Context) -> Iterator[_Saying]:
    """*The toll must go, Peru says* and *for Peru, the toll is theft*."""
    text = context.text
    view = _VIEW.match(text)
    if view:
        named = context.named_in(view.start(), view.end())[:1]
        if named:
            yield _Saying(named, 0.9, view.end(), len(text))
    tail = _TAIL.search(text) or _INVERTED_TAIL.search(text)
    if tail:
        who = tail.start("who"), tail.end("who")
        named = context.named_in(*who)[:1]
        meant = context.referent(text[slice(*who)])
        if not named and meant is not None and _PRONOUN.match(text[slice(*who)]):
            named = (meant,)
        if named:
            yield _Saying(named, 0.9, 0, tail.start())


def _duties(context: Context, saying: _Saying) -> Iterator[Proposal]:
    """*Says that Chile must pay*: for it; *says that the toll must go*: against the toll."""
    text = context.text
    for match in _MUST.finditer(text, saying.start, saying.end):
        led = _LED_IN.match(text, match.start("what"))
        start = led.end() if led else match.start("what")
        while start < match.end("what") and not text[start].isalnum():
            start += 1
        clause_end = min(context.clause_at(match.start("verb")).end, saying.end)
        ends = _GOES.match(text, match.start("verb"), clause_end)
        against = bool(match.group("not")) != (ends is not None)
        pronoun = _PRONOUN.match(text[start : match.end("what")])
        if pronoun and ends is not None:
            continue
        begin = match.start("verb") if pronoun or match.group("not") else start
        # "Chile must not mine" is against mining; "the toll must go" is against the toll.
        stop = match.end("what") if ends is not None else clause_end
        what = about(context, begin, stop, whole=True)
        span = (start, clause_end)
        direction: Direction = "against" if against else "for"
        others = context.named_in(start, clause_end)
        for holder in saying.holders:
            yield stance_of(context, holder, others, span, what, _DUTY * saying.surety, direction)
        for mention in context.mentions:
            if mention.end == match.end("what") and mention.start >= start and not against:
                yield Proposal(
                    source="",
                    at=context.sentence.at,
                    quote=passage(context, *span),
                    kind="option",
                    parties=(mention.actor.name,),
                    confidence=_OPTION,
                    about=about(context, match.start("verb"), clause_end, whole=True),
                )


def _judgements(context: Context, saying: _Saying) -> Iterator[Proposal]:
    """*Says that the plan is a trap*: against the plan."""
    text = context.text
    for match in _is_good_or_bad().finditer(text, saying.start, saying.end):
        led = _LED_IN.match(text, match.start("what"))
        start = led.end() if led else match.start("what")
        while start < match.end("what") and not text[start].isalnum():
            start += 1
        good = match.group("word").casefold() in table()["evaluating"]["for"]
        direction: Direction = "for" if good != bool(match.group("not")) else "against"
        what = about(context, start, match.end("what"), whole=True)
        others = context.named_in(start, match.end("what"))
        for holder in saying.holders:
            span = (start, match.end())
            yield stance_of(context, holder, others, span, what, _JUDGED * saying.surety, direction)


def _answers(context: Context) -> Iterator[Proposal]:
    """*Chile agreed the same day*: for what was spoken of before."""
    for match in _ANSWER.finditer(context.text):
        holders, surety = context.subjects(match.start())
        if len(holders) != 1 or surety < _LEAST_SURE:
            continue
        agrees = bool(match.group("yes")) != context.is_negated(match.start())
        direction: Direction = "for" if agrees else "against"
        yield stance_of(context, holders[0], (), match.span(), None, _ANSWERED * surety, direction)


@cache
def _saying_verbs() -> re.Pattern[str]:
    listed = [form for verb in table()["saying"] for form in forms(verb)]
    verbs = "|".join(map(re.escape, listed))
    # "Says so" and "is said to" tell of no words of the subject's own.
    return re.compile(
        rf"(?<!\bbeing )(?<!\bbeen )(?<!\bis )(?<!\bare )(?<!\bwas )(?<!\bwere )\b(?:{verbs})\b"
        r"(?!\s+(?:to|so)\b)(?:\s+(?:\w+\s+){0,3}?that\b)?",
    )


@cache
def _is_good_or_bad() -> re.Pattern[str]:
    words = table()["evaluating"]
    listed = pattern([*words["for"], *words["against"]]).pattern
    return re.compile(
        rf"{_WHAT}\s+(?:is|are|was|were|would\s+be|will\s+be|remains?|amounts?\s+to|(?:has|have)\s+"
        rf"become)\s+(?P<not>(?:not|no|never|no longer|hardly)\s+)?(?:\w+ly\s+)?"
        rf"(?:(?:an?|the|its)\s+)?(?:[\w-]+\s+){{0,2}}?(?P<word>{listed})",
        re.IGNORECASE,
    )
