"""Outcomes that are feared or sought, and claims about what is so or will be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from detente.evidence.reading.clauses import Context
from detente.evidence.reading.proposals import Direction, Proposal
from detente.evidence.reading.rules.triggers import about
from detente.evidence.reading.words import forms, pattern, table

__all__ = ["claims", "outcomes"]

_NEAR = 60
_CONTRAST = re.compile(
    r"\b(?:more|less|fewer|milder|weaker|stronger|greater|smaller)\b.{0,60}\bthan\b"
)


# "The danger, they say, is an incident at sea", "the fear is that ships collide".
_FEARED = re.compile(
    r"\b(?:danger|risk|fear|threat|worry|nightmare)s?(?:,[^,]{1,40},)?\s+(?:is|are|remains?)\s+"
    r"(?:rather\s+|also\s+|now\s+)?(?:that\s+)?(?=\w)"
)


def outcomes(context: Context) -> Iterator[Proposal]:
    """Propose an outcome where a danger or an aim stands near a word that fears or seeks it."""
    text = context.text
    danger, aim = table()["danger"], table()["aim"]
    found = _near(text, _listed("danger"), _cues("danger"))
    if found or any(words in text for words in danger["sentences"]):
        yield _outcome(context, found or "", "against", 0.6)
    feared = _FEARED.search(text)
    if feared is not None and not found:
        what = about(context, feared.end(), len(text))
        yield _outcome(context, what or "", "against", 0.6)
    found = _near(text, _listed("aim"), _cues("aim"))
    if found and aim:
        bare = found.casefold() in aim["bare"]
        yield _outcome(context, found, "for", 0.4 if bare else 0.5)


def _outcome(context: Context, what: str, direction: Direction, confidence: float) -> Proposal:
    named = context.named_in(0, len(context.text))
    return Proposal(
        source="",
        at=context.sentence.at,
        quote=context.sentence.quote(),
        kind="outcome",
        parties=tuple(one.name for one in named),
        direction=direction,
        confidence=confidence,
        about=what or about(context, 0, len(context.text)),
    )


@cache
def _listed(name: str) -> re.Pattern[str]:
    words: list[str] = table()[name]["nouns"]
    return pattern([form for word in words for form in (word, f"{word}s")])


@cache
def _cues(name: str) -> re.Pattern[str]:
    words: list[str] = table()[name]["cues"]
    return pattern([form for word in words for form in (word, *forms(word.split()[0])) if form])


def _near(text: str, nouns: re.Pattern[str], cues: re.Pattern[str]) -> str | None:
    """The noun that stands nearest to a cue, with the words that belong to it."""
    best, word = _NEAR + 1, None
    for cue in cues.finditer(text):
        for noun in nouns.finditer(text):
            if noun.start() > 0 and noun.group()[0].isupper():
                # Part of a name: the Security Council.
                continue
            gap = max(noun.start() - cue.end(), cue.start() - noun.end())
            if 0 <= gap < best and noun.group() != cue.group():
                best, word = gap, noun
    if word is None:
        return None
    before = re.search(r"(?:\b[a-z-]+\s+)?$", text[: word.start()])
    start = before.start() if before else word.start()
    phrase = text[start : word.end()]
    return re.sub(r"^(?:the|a|an|of|to|into|for|that|in|and|with|on|its|any)\s+", "", phrase)


def claims(context: Context) -> Iterator[Proposal]:
    """Propose a claim where somebody judges, or the sentence says what must or will be."""
    text = context.text
    judged = _judges().search(text)
    marked = _markers().search(text)
    contrast = _CONTRAST.search(text)
    if not (judged or marked or contrast):
        return
    place = (judged or marked or contrast).end()  # type: ignore[union-attr]
    named = context.named_in(0, len(text)) or (
        (context.before,) if context.before is not None and context.opening_pronoun else ()
    )
    both = judged is not None and marked is not None
    yield Proposal(
        source="",
        at=context.sentence.at,
        quote=context.sentence.quote(),
        kind="claim",
        parties=tuple(one.name for one in named),
        confidence=0.6 if both or judged else 0.45,
        about=about(context, place, len(text)),
    )


@cache
def _judges() -> re.Pattern[str]:
    words = table()
    people = [form for word in words["judges"] for form in (word, f"{word}s")]
    verbs = [form for verb in words["judging"] for form in forms(verb)]
    return re.compile(
        rf"\b(?:{'|'.join(people)})\b(?:\s+[\w’'-]+){{0,3}}?\s+(?:{'|'.join(verbs)})\b",
        re.IGNORECASE,
    )


@cache
def _markers() -> re.Pattern[str]:
    return pattern(table()["claims"])
