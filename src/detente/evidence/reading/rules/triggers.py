"""Verbs, nouns and phrases found in a sentence, with whose they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from detente.evidence.reading.actors import Actor
from detente.evidence.reading.clauses import Context
from detente.evidence.reading.proposals import Direction, Proposal
from detente.evidence.reading.words import forms, past_participle, table, verbs

__all__ = ["TriggerFound", "Triggers", "about", "passage", "stance_of"]

_PASSIVE = re.compile(
    r"\b(?:is|are|was|were|be|been|being|gets?|got)\s+(?:not\s+|never\s+|only\s+|openly\s+|"
    r"clearly\s+|also\s+|often\s+|strongly\s+)?$"
)
_LEADING = re.compile(
    r"^(?:whether\s+(?:or not\s+)?(?:to\s+)?|"
    r"(?:because\s+|(?:and|but)\s+)?(?:\w+\s+shows\s+)?that\s+|is that\s+|"
    r"(?:for|to|from|of|on|by|with|at|in|"
    r"because)\s+)",
    re.IGNORECASE,
)
# An aside ends what something is about.
_ASIDE = re.compile(r"\s+[-–—]\s+.*$")
# Where what somebody says ends: '," he told reporters', ", a minister said".
_QUOTED_TO = re.compile(
    r"[,.!?…][\"”’'](?:\s.*)?$|,\s[^,]{2,60}\s(?:said|says|told \w+|announced)(?:\s\w+)?$"
)
_ONLY_A_PRONOUN = re.compile(r"(?:that|this|it|so|them|him|her|these|those|what)$", re.IGNORECASE)
_LONGEST_ABOUT = 110
_MOST_WORDS = 14


@dataclass(frozen=True, slots=True)
class TriggerFound:
    """A verb, noun or phrase of one meaning in a sentence.

    Attributes
    ----------
    meaning
        The list in which it stands.
    start, end
        Where.
    word
        The word as the list has it.
    holders
        Whose it is; empty where that cannot be told.
    surety
        How surely, from 0 to 1.
    is_noun
        Whether it is a noun.
    """

    meaning: str
    start: int
    end: int
    word: str
    holders: tuple[Actor, ...]
    surety: float
    is_noun: bool


@dataclass(frozen=True, slots=True)
class _Entry:
    meaning: str
    word: str
    particle: str
    kind: str


class Triggers:
    """Words of several meanings, to be looked for together.

    Parameters
    ----------
    verbs_of
        For each meaning its verbs, in their base form.
    nouns_of, phrases_of
        For each meaning its nouns and its fixed phrases.
    """

    def __init__(
        self,
        verbs_of: Mapping[str, Sequence[str]],
        nouns_of: Mapping[str, Sequence[str]] | None = None,
        phrases_of: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self._entries: dict[str, list[_Entry]] = {}
        for meaning, listed in verbs_of.items():
            for verb in verbs(listed):
                for form in forms(verb.base):
                    self._enter(form, _Entry(meaning, verb.base, verb.particle, "verb"))
        for meaning, listed in (nouns_of or {}).items():
            for noun in listed:
                first, _, rest = noun.partition(" ")
                self._enter(first, _Entry(meaning, noun, rest, "noun"))
        for meaning, listed in (phrases_of or {}).items():
            for phrase in listed:
                first, _, rest = phrase.partition(" ")
                self._enter(first, _Entry(meaning, phrase, rest, "phrase"))
        for entries in self._entries.values():
            # The longest first: "rule out" before "rule".
            entries.sort(key=lambda entry: len(entry.particle), reverse=True)

    def _enter(self, form: str, entry: _Entry) -> None:
        self._entries.setdefault(form.casefold(), []).append(entry)

    def find(self, context: Context) -> Iterator[TriggerFound]:
        """All of them in a sentence, from left to right, none inside another."""
        text = context.text
        end = 0
        for match in _WORD.finditer(text):
            if match.start() < end:
                continue
            for entry in self._entries.get(match.group().casefold(), ()):
                stop = _particle(entry.particle).match(text, match.end())
                if stop is None:
                    continue
                found = self._placed(context, entry, match, stop.end())
                if found is not None:
                    end = stop.end()
                    yield found
                    break

    def _placed(
        self, context: Context, entry: _Entry, match: re.Match[str], end: int
    ) -> TriggerFound | None:
        start = match.start()
        if entry.kind == "verb" and match.group()[0].isupper() and start > 0:
            # A name, such as "Support Group".
            return None
        holders, surety = context.subjects(start)
        if entry.kind == "verb":
            if not _may_be_verb(context, entry.word, match):
                return None
            if past_participle(match.group()) and _PASSIVE.search(context.text[:start]):
                named = context.after(end, ["by"])
                if not named:
                    return None
                holders, surety = named, 1.0
        elif entry.kind == "noun":
            lent = _LENT.search(context.text[:start])
            named = context.after(end, ["of"] if lent else ["from", "by"], reach=0 if lent else 2)
            if named:
                holders, surety = named, 0.9
        return TriggerFound(
            entry.meaning, start, end, entry.word, holders, surety, entry.kind == "noun"
        )


def _may_be_verb(context: Context, base: str, match: re.Match[str]) -> bool:
    """Whether a form stands where a verb can stand, and not as a noun of the same letters."""
    form, start = match.group().casefold(), match.start()
    if form.endswith("ing") and form != base:
        return not (
            _DETERMINED.search(context.text[:start])
            or re.match(r"\s+(?:of|is|was|were|are)\b", context.text[match.end() :])
        )
    if form != base and (base not in _also_nouns() or form.endswith(("ed", "ing"))):
        return True
    before = context.text[:start].rstrip()
    if before.endswith(",") and before.count(",") > 1:
        # "Peru, for its part, backs": what stands between the commas is passed over.
        before = before[: before.rindex(",", 0, -1)].rstrip()
    word = before.rpartition(" ")[2].casefold().strip("\"“”'‘’(,-")
    if word in table()["before_verbs"] or word.endswith("ly"):
        return True
    named = any(
        (one.end == len(before) and one.form != "people")
        or (one.end == len(before) and form == base)
        for one in context.mentions
    )
    # "diplomats demand", but not "the demand", "dual freeze" or "missile test".
    return named or (form == base and word.endswith("s") and word not in _NO_PLURALS)


# "Has the backing of Peru": Peru backs it.
_LENT = re.compile(
    r"\b(?:has|have|had|with|without|won|wins|enjoys?|needs?|lacks?|got|gained)\s+the\s+(?:\w+\s+)?$"
)
# "the first filling", "a faster filling".
_DETERMINED = re.compile(
    r"\b(?:the|an?|its|their|his|her|this|that|any|no|every|first|last|next|\w+er|\w+al)\s+$"
    r"|['’]s\s+$",
    re.IGNORECASE,
)
_NO_PLURALS = frozenset({"its", "his", "this", "us", "as", "is", "was", "has", "'s"})


@cache
def _also_nouns() -> frozenset[str]:
    return frozenset(table()["also_nouns"])


_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


@cache
def _particle(words: str) -> re.Pattern[str]:
    """What has to follow a verb; one short word may stand between."""
    if not words:
        return re.compile("")
    spaced = r"\s+".join(map(re.escape, words.split()))
    return re.compile(rf"(?:\s+[\w’'-]+)?\s+{spaced}\b")


def about(
    context: Context, start: int, end: int | None = None, *, whole: bool = False
) -> str | None:
    """What follows a word, to the end of its clause, as a short phrase; None where nothing does.

    Words such as *for* and *that* at its beginning are left out, but for where it is to be `whole`.
    """
    end = context.clause_at(max(0, start - 1)).end if end is None else end
    phrase = _QUOTED_TO.sub("", context.text[start:end].strip(" .;:"))
    phrase = _ASIDE.sub("", phrase.strip(" ,.;:!?\"“”'‘’–—)-"))
    if not whole:
        phrase = _LEADING.sub("", phrase)
    words = phrase.split()
    if len(words) > _MOST_WORDS:
        phrase = " ".join(words[:_MOST_WORDS])
    phrase = phrase[:_LONGEST_ABOUT].strip(" ,.;:")
    return None if _ONLY_A_PRONOUN.match(phrase) else phrase or None


def passage(context: Context, start: int, end: int) -> str:
    """The quotation of a proposal: the clauses around a place, letter for letter."""
    first = context.clause_at(start)
    last = context.clause_at(max(start, end - 1))
    begin, stop = first.start, last.end
    text = context.text
    while begin < stop and text[begin] in " ,;:":
        begin += 1
    while stop > begin and text[stop - 1] in " ,;:":
        stop -= 1
    return context.sentence.quote(begin, stop)


def stance_of(
    context: Context,
    holder: Actor,
    others: Iterable[Actor],
    span: tuple[int, int],
    what: str | None,
    confidence: float,
    direction: Direction = "against",
) -> Proposal:
    """A party's stance, as a passage of a sentence has it."""
    return Proposal(
        source="",
        at=context.sentence.at,
        quote=passage(context, *span),
        kind="stance",
        parties=tuple(dict.fromkeys([holder.name, *(one.name for one in others)])),
        direction=direction,
        confidence=round(confidence, 2),
        about=what,
    )
