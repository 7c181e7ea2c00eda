"""Stances that follow from harm and ownership: who suffers from something is against it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from detente.evidence.reading.clauses import Context
from detente.evidence.reading.proposals import Proposal
from detente.evidence.reading.rules.conditions import conditionals
from detente.evidence.reading.rules.triggers import Triggers, about, stance_of
from detente.evidence.reading.words import forms, pattern, table

__all__ = ["interests"]

# Such stances are read between the lines, hence the low confidence.
_WORSE = 0.5
_HARMED = 0.45
_OWN = 0.55
_WISHED = 0.65
# "Peru's first aim is a port".
_WISHES = re.compile(
    r"(?:['’]s?)?\s+(?:\w+\s+){0,2}?(?:(?:priority|aim|goal|objective|ambition|dream|aspiration|wish)"
    r"|(?P<against>worry|concern|nightmare|red line|fear|complaint|grievance))\s+"
    r"(?:is|was|remains|has always been|has long been)\s+(?:to\s+)?"
)


def interests(context: Context) -> Iterator[Proposal]:
    """Propose stances that a sentence tells by what harms whom, and whose a plan is."""
    yield from _worse(context)
    yield from _suffered(context)
    yield from _harmed(context)
    yield from _own_plans(context)


def _worse(context: Context) -> Iterator[Proposal]:
    """*Russia explained that the exercises only aggravate tensions*: Russia is against them."""
    for found in _triggers().find(context):
        if found.meaning != "worsening" or context.is_negated(found.start):
            continue
        speaker = context.speaker(found.start)
        if not speaker:
            continue
        start = context.clause_at(found.start).start
        others = context.named_in(start, found.start)
        span, what = (start, found.end), about(context, start, found.start)
        yield stance_of(context, speaker[0], others, span, what, _WORSE)
        # Where one other party alone is spoken of, the moves are against it.
        opponents = [one for one in context.named_in(0, start) if one not in (*others, *speaker)]
        if others and len(opponents) == 1:
            yield stance_of(context, opponents[0], others, span, what, _HARMED - 0.1)


def _suffered(context: Context) -> Iterator[Proposal]:
    """*If war breaks out, China will face refugees*: China is against the war."""
    for found in _triggers().find(context):
        if found.meaning != "suffering" or not found.holders or found.surety < 0.6:
            continue
        condition = next(iter(conditionals(context)), None)
        what = (
            about(context, found.end)
            if condition is None
            else about(context, condition.start, condition.end)
        )
        end = context.clause_at(found.start).end
        for holder in found.holders:
            yield stance_of(context, holder, (), (found.start, end), what, _HARMED)


def _harmed(context: Context) -> Iterator[Proposal]:
    """*Sanctions aimed at punishing North Korea*, *a negative impact on Russia*."""
    text = context.text
    for match in _harms().finditer(text):
        for group in context.groups:
            if not 0 <= group[0].start - match.end() <= 5:
                continue
            clause = context.clause_at(match.start())
            doers = context.named_in(clause.start, match.start())
            for one in group:
                if one.actor not in doers:
                    what = about(context, clause.start, match.end())
                    span = (clause.start, group[-1].end)
                    yield stance_of(context, one.actor, doers, span, what, _HARMED)


def _own_plans(context: Context) -> Iterator[Proposal]:
    """*China's proposal*: China is for it."""
    for mention in context.mentions:
        if not context.is_owner(mention):
            continue
        wish = _WISHES.match(context.text, mention.end)
        if wish:
            against = wish.group("against") is not None
            end = context.clause_at(wish.end() - 1).end
            yield stance_of(
                context,
                mention.actor,
                (),
                (mention.start, end),
                about(context, wish.end(), end),
                _WISHED,
                "against" if against else "for",
            )
            continue
        match = _plans().match(context.text, mention.end)
        if match:
            span = (mention.start, match.end())
            what = match.group().strip(" '’s\"“”")
            yield stance_of(context, mention.actor, (), span, what, _OWN, "for")


@cache
def _triggers() -> Triggers:
    words = table()
    return Triggers({name: words[name] for name in ("worsening", "suffering")})


@cache
def _harms() -> re.Pattern[str]:
    words = table()
    verbs = [form for verb in words["harming"] for form in forms(verb)]
    return re.compile(pattern([*verbs, *words["harmful"]]).pattern, re.IGNORECASE)


@cache
def _plans() -> re.Pattern[str]:
    listed = "|".join(map(re.escape, table()["own_plans"]))
    return re.compile(rf"(?:['’]s?)?(?:\s+[\"“‘]?[\w-]+[\"”’]?){{0,4}}?\s+(?:{listed})\b")
