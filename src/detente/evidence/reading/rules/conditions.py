"""Conditions: what a party does, wants or rejects if something holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from detente.evidence.reading.clauses import Context, main_comma
from detente.evidence.reading.proposals import Direction, Proposal
from detente.evidence.reading.rules.stances import about_of, direction_of, stance_triggers
from detente.evidence.reading.rules.triggers import about

__all__ = ["Conditional", "conditionals", "conditions"]

_MARKER = re.compile(
    r"\b(?P<marker>only if|only when|only after|if|unless|as long as|so long as|provided(?: that)?|"
    r"on (?:the )?condition that|in case|in the event (?:of|that)|once|until|as soon as|when|"
    r"whenever|assuming|(?:in return|in exchange) for|conditional on|depend(?:s|ing)? on|"
    r"so that \w+ (?:can|could|may)|without)\b",
    re.IGNORECASE,
)
_INVERTED = re.compile(r"^(?:Were|Had|Should)\s+(?=[A-Za-z])")
_NEGATIVE = frozenset({"unless", "until", "without"})
_WEAK = frozenset({"when", "without", "once", "until", "whenever", "only after"})
# "once considered" and "when did" are of time, and these clauses tell of something done.
_MERELY_TIME = re.compile(
    r"^\s*(?:again|more|considered|upon|and|a (?:week|month|year|day)|every|per|in)\b",
    re.IGNORECASE,
)
_PAST = re.compile(r"\b(?:was|were|had|did|\w+ed|ran|met|began|came|went|said)\b")
_MODAL = re.compile(
    r"\b(?:will|would|can|could|may|might|must|shall|should|cannot|needs? to|has to|have to|"
    r"won't)\b"
)
_REFUSING = re.compile(r"\b(?:not|never|n['’]t|cannot|no longer|nobody|no)\b|n['’]t\b")
_NOT = re.compile(r"^(?:not|never|no longer)\s+", re.IGNORECASE)
_RATHER = re.compile(r"^(?:rather|sooner|gladly|happily|only|then|also|even)\s+", re.IGNORECASE)
_SPLIT_HEAD = re.compile(
    r"\s+(?:and|but)\s+(?=(?:then\s+)?(?:will|would|can|could|may|might|must)\b)"
)


@dataclass(frozen=True, slots=True)
class Conditional:
    """A sentence's *if* and *then*, by their places in it.

    Attributes
    ----------
    marker
        The word that begins the condition.
    head_start, head_end
        Where what follows from it stands.
    start, end
        Where the condition stands, without its marker.
    negated
        Whether the marker makes the condition its negative.
    """

    marker: str
    head_start: int
    head_end: int
    start: int
    end: int
    negated: bool


def conditionals(context: Context) -> Iterator[Conditional]:
    """The conditions of a sentence with their heads."""
    text = context.text
    inverted = _INVERTED.match(text)
    if inverted:
        comma = text.find(",")
        if comma > 0:
            yield Conditional("if", comma + 1, len(text), inverted.end(), comma, negated=False)
            return
    for match in _MARKER.finditer(text):
        marker = match.group("marker").casefold()
        if _MERELY_TIME.match(text[match.end() :]):
            continue
        before = text[: match.start()]
        opens = not before.strip(" \"“'‘(") or re.search(
            r"(?:^|[.;:]|\b(?:but|and|yet|because|that|since))[\s\"“]*$", before, re.IGNORECASE
        )
        comma = main_comma(text, match.end())
        if marker.startswith("so that"):
            # "needs a guarantee so that it can give it up": the latter, if the former.
            needed = [one for one in context.clauses if one.end <= match.start()]
            if not needed:
                continue
            condition = Conditional(
                marker,
                match.start() + len("so that"),
                context.clause_at(match.end()).end,
                needed[-1].start,
                match.start(),
                negated=False,
            )
        elif opens and comma > 0:
            condition = Conditional(
                marker, comma + 1, len(text), match.end(), comma, marker in _NEGATIVE
            )
        elif opens:
            continue
        else:
            begins = max(before.rfind(";"), before.rfind(":"), before.rfind(". ")) + 1
            end = context.clause_at(match.end()).end
            condition = Conditional(
                marker, begins, match.start(), match.end(), end, marker in _NEGATIVE
            )
        head = text[condition.head_start : condition.head_end]
        if marker == "without" and not _MODAL.search(head):
            continue
        if marker in _WEAK and not _is_hypothetical(text, condition):
            continue
        yield condition


def _is_hypothetical(text: str, condition: Conditional) -> bool:
    """Whether the head tells of what would be, and not of what was."""
    head = text[condition.head_start : condition.head_end]
    return _MODAL.search(head) is not None or not _PAST.search(head)


def conditions(context: Context) -> Iterator[Proposal]:
    """Propose a condition for each *if* whose head has a subject."""
    for one in conditionals(context):
        for start, end in _heads(context.text, one):
            yield from _proposed(context, one, start, end)


def _heads(text: str, one: Conditional) -> Iterator[tuple[int, int]]:
    """The parts of a head: *will not accept it and will bring it back* has two."""
    start = one.head_start
    for match in _SPLIT_HEAD.finditer(text, one.head_start, one.head_end):
        yield start, match.start()
        start = match.end()
    if start < one.head_end:
        yield start, one.head_end


def _proposed(context: Context, one: Conditional, start: int, end: int) -> Iterator[Proposal]:
    text = context.text
    verb = _MODAL.search(text, start, end)
    place = verb.start() if verb else end
    holders, surety = context.subjects(place)
    if not holders:
        return
    direction, what = _stance(context, start, end, verb)
    whole = (min(start, one.start), max(end, one.end))
    quote_start = min(whole[0], _marker_start(text, one))
    others = context.named_in(*whole)
    weak = one.marker in _WEAK
    for holder in holders[:2]:
        yield Proposal(
            source="",
            at=context.sentence.at,
            quote=_trimmed(context, quote_start, whole[1]),
            kind="condition",
            parties=tuple(dict.fromkeys([holder.name, *(other.name for other in others)])),
            direction=direction,
            confidence=round((0.55 if weak else 0.75) * surety, 2),
            about=what,
            condition=text[one.start : one.end].strip(' ,.;:"“”') or None,
            negated=one.negated,
        )


def _stance(
    context: Context, start: int, end: int, verb: re.Match[str] | None
) -> tuple[Direction, str | None]:
    for found in stance_triggers().find(context):
        if start <= found.start < end:
            direction = direction_of(context, found)
            return direction, about_of(context, found, direction, end)
    head = context.text[start:end]
    if verb is None:
        return "for", about(context, start, end)
    negated = _REFUSING.search(head) is not None
    what = about(context, verb.end(), end)
    if negated and what is not None:
        what = _NOT.sub("", what)
    return "against" if negated else "for", None if what is None else _RATHER.sub("", what)


def _marker_start(text: str, one: Conditional) -> int:
    if one.marker.startswith("so that"):
        return one.start
    return max(0, text.casefold().rfind(one.marker, 0, one.start + 1))


def _trimmed(context: Context, start: int, end: int) -> str:
    text = context.text
    while start < end and text[start] in " ,;:":
        start += 1
    while end > start and text[end - 1] in " ,;:":
        end -= 1
    return context.sentence.quote(start, end)
