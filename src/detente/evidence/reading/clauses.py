"""Who does what in a sentence, without a parser: clauses, subjects and negation by rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property

from detente.evidence.reading.actors import Actor, Mention
from detente.evidence.reading.sentences import Sentence
from detente.evidence.reading.words import table

__all__ = ["Clause", "Context", "clauses_of", "main_comma"]

# Where a clause ends inside a sentence.
_BORDER = re.compile(
    r"[;:]\s+[\"“‘]?|[,.]?[\"”]\s+(?=but\b|and\b)"
    r"|,?\s+(?=\b(?:but|while|whereas|although|though|yet|because|so that|in which|which|who|"
    r"after which|and then|then|since|before|after|until|if|when|once|unless|whether)\b)"
    r"|,\s+(?=(?:and|or)\s+(?!to\b)[\w’' -]{2,40}?\s(?:is|are|was|were|has|have|had|would|will|"
    r"could|can|may|might|should)\b)"
    r"|,\s+(?=(?:and|helping|making|forcing|allowing|so)\b)"
)
_PREPOSITION = re.compile(
    r"\b(?:of|in|on|to|with|from|by|for|against|at|into|between|over|near|than|about|under|like|"
    r"towards?|unlike|around|across|among|within|upon|off|concerning|regarding)\s+"
    r"(?:(?:the|a|an|its|their|all|both|other)\s+){0,2}$",
    re.IGNORECASE,
)
_OFFICE = re.compile(
    r"\b(?:leaders?|president|government|officials?|ministers?|parliament|king|queen|army|"
    r"delegates?|diplomats?|secretary(?: general)?|most|many|people|side|authorities|aides?|"
    r"lawmakers?|negotiators?|generals?|commanders?|politicians?|spokes(?:m[ae]n|wom[ae]n|person))"
    r"\s+(?:of|for|in|from|near|close to)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_AND = re.compile(
    r"^\s*(?:and|,\s*and|or|nor|-|–|/|as well as|together with)\s*(?:the\s+|with\s+)?$"
)
_COMMA = re.compile(r"^,\s+(?:the\s+)?$")
_OWNED = re.compile(r"^['’]s?\b|^['’](?=\s)")
_PRONOUN = re.compile(
    r"^(?:[\"“'‘(]\s*)?(?:(?:and|but|yet|also|then|moreover|instead|later|still|"
    r"even so|however|hence|thus|\w+ (?:day|week|month|year)s? later|"
    r"[Ii]n \w+ \d{4}|[Ii]n \d{4}|[Ii]n \w+),?\s+)*"
    r"(?P<pronoun>it|they|he|she|we|its|their|his|her|our|the country|the government|"
    r"the state|the island|the kingdom|the republic)\b",
    re.IGNORECASE,
)
_INNER_PRONOUN = re.compile(
    r"\b(?:it|they|he|she|we|its|their|his|her)\b(?!\s+(?:is|was)\s+(?:said|believed))",
    re.IGNORECASE,
)
# Pronouns of one who has a face: *his government*, but *its harbour*.
_PERSONAL = frozenset({"he", "she", "him", "his", "her"})
_BACKWARD = re.compile(r"\b(?:it|they|them|he|him|she|its|their|his|her)\b", re.IGNORECASE)
_RELATIVE = re.compile(r"(?:which|who)\b")
_THAT = re.compile(r"\bthat\s+(?=(?:the\s+)?[A-Z])")
_SUBORDINATE = re.compile(
    r"(?:(?:but|and|yet|that|even)\s+)?(?:while|when|whenever|if|once|unless|as long as|so long as|"
    r"although|though|since|after|before|until|because|as)\b",
    re.IGNORECASE,
)
# After a comma, the main clause: it begins with a name, a pronoun or an article.
_MAIN = re.compile(r",\s+(?=[A-Z]|(?:the|it|they|he|she|we|its|their|no|most|some|nobody|a|an)\b)")
_SPEAKING = re.compile(
    r"\b(?:sa(?:y|ys|id)|emphasi[sz]ed?|stress(?:ed|es)?|declar(?:e|es|ed)|explain(?:ed|s)?|"
    r"announc(?:ed|es)|insist(?:ed|s)?|warn(?:ed|s)?|told|argu(?:ed|es)|(?:holds?|held|believes?|believed|thinks?|"
    r"thought|maintains?|maintained|contends?|contended)(?=\s+that\b))\b"
)
# After the end of a quotation: '," he told reporters'.
_SAID_AFTER = re.compile(
    r"[,.!?…][\"”’'][^.;:]{0,60}?\b(?:said|says|told|answered|answers|replied|added|warned|"
    r"insisted|argued|declared|asked|explained|announced|wrote)\b"
)
_NEAR_SPEAKER = 30
# "Its ministry says": surely enough the state spoken of before.
_TOLD = 0.65
_FAILING = re.compile(r"\bfail(?:s|ed)?\s+to\s+$")
# "Peru considers | whether to send ships": there can be no other subject.
_INFINITIVE = re.compile(r"(?:,\s*)?whether\s+(?:or not\s+)?to\b")
_JOINS = re.compile(r"(?:,\s*)?(?:and|but|yet)\b", re.IGNORECASE)
_NEAR = 6
# Between a subject and its verb: "has never openly".
_ADJACENT = 3


@dataclass(frozen=True)
class Clause:
    """Part of a sentence with, as a rule, one verb.

    Attributes
    ----------
    start, end
        Where it stands in the sentence.
    """

    start: int
    end: int


@dataclass(frozen=True)
class Context:
    """A sentence with those it names, and who was spoken of before.

    Attributes
    ----------
    sentence
        The sentence.
    mentions
        Who is named in it.
    before
        Who was last the subject in the sentences of the paragraph before it; None where nobody
        was.
    person_before
        For whom somebody last named in them acts: *he* is more likely this one.
    written
        Month or day on which the report says that it was written, as ``2018-04``.
    staged
        Whether a sentence before it in the paragraph announces stages.
    """

    sentence: Sentence
    mentions: tuple[Mention, ...]
    before: Actor | None = None
    person_before: Actor | None = None
    written: str | None = None
    staged: bool = False
    _memory: dict[str, object] = field(default_factory=dict, repr=False, compare=False)

    @property
    def text(self) -> str:
        """The words of the sentence."""
        return self.sentence.text

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """Its clauses, in order."""
        return tuple(clauses_of(self.text))

    @cached_property
    def groups(self) -> tuple[tuple[Mention, ...], ...]:
        """Mentions joined by *and* or commas, as in *Egypt and Sudan*."""
        groups: list[list[Mention]] = []
        for mention in self.mentions:
            if groups and _AND.match(self.text[groups[-1][-1].end : mention.start]):
                # "A, B and C": what commas joined before belongs to the list as well.
                while len(groups) > 1 and _COMMA.match(
                    self.text[groups[-2][-1].end : groups[-1][0].start]
                ):
                    last = groups.pop()
                    groups[-1].extend(last)
                groups[-1].append(mention)
            else:
                groups.append([mention])
        return tuple(tuple(group) for group in groups)

    def clause_at(self, place: int) -> Clause:
        """The clause around a place."""
        return next(
            (one for one in self.clauses if one.start <= place < one.end),
            self.clauses[-1] if self.clauses else Clause(0, len(self.text)),
        )

    # Subjects ----------------------------------------------------------------------------------

    @cached_property
    def subject(self) -> Actor | None:
        """Who the sentence as a whole speaks of: the first one named that no preposition holds."""
        opening = _PRONOUN.match(self.text)
        if opening and self.before is not None:
            return self.referent(opening.group("pronoun"))
        for mention in self.mentions:
            if not self.is_held(mention):
                # "They want him to expel every Peruvian": who is told of was named before.
                back = _BACKWARD.search(self.text, 0, mention.start)
                if back and self.before is not None and mention.form == "people":
                    return self.referent(back.group())
                return mention.actor
        return None

    def referent(self, pronoun: str) -> Actor | None:
        """Whom a pronoun means that nobody in its sentence explains."""
        if pronoun.casefold() in _PERSONAL and self.person_before is not None:
            return self.person_before
        return self.before

    @cached_property
    def opening_pronoun(self) -> bool:
        """Whether the sentence begins with a pronoun or with *the country*."""
        return _PRONOUN.match(self.text) is not None

    def is_held(self, mention: Mention) -> bool:
        """Whether a preposition holds a mention: *to Sudan*, but not *the leaders of Sudan*."""
        before = self.text[: mention.start]
        return bool(_PREPOSITION.search(before)) and not _OFFICE.search(before)

    def is_owner(self, mention: Mention) -> bool:
        """Whether what follows belongs to whom is named: *Sudan's dam*, *the Sudanese dam*."""
        return mention.form == "people" or bool(_OWNED.match(self.text[mention.end :]))

    def subjects(self, place: int) -> tuple[tuple[Actor, ...], float]:
        """Whose act a verb tells, and how surely (0 to 1).

        Parameters
        ----------
        place
            Where the verb stands.

        Returns
        -------
        tuple of tuple of Actor and float
            No actor where none can be told.
        """
        clause = self.clause_at(place)
        # "said that Russia wants": what comes before "that" is another's.
        inner = [one.end() for one in _THAT.finditer(self.text, clause.start, place)]
        found = self._named_before(place, inner[-1] if inner else clause.start)
        if found:
            near = {one.actor for one in self.mentions if one.form == "near"}
            return found, 0.8 if near & set(found) else 1.0
        if _RELATIVE.match(self.text, clause.start):
            # "China's proposal, which requires": the owner of what was named last.
            owners = [group for group in self.groups if group[-1].end <= clause.start]
            if owners:
                return _distinct(one.actor for one in owners[-1]), 0.8
        pronoun = _PRONOUN.match(self.text[clause.start : place])
        if pronoun is None:
            pronoun = next(iter(_INNER_PRONOUN.finditer(self.text, clause.start, place)), None)
        if pronoun is not None:
            word = pronoun.group().casefold().split()[-1]
            first_person = word in ("we", "our")
            meant = self.referent(word)
            if not first_person and meant is not None and self._goes_on(clause):
                # "His government insists that ..., and it has refused": both are one.
                return (self.subject or meant,), 0.65
            earlier = self._speaker(clause.start) if first_person else ()
            if first_person and not earlier:
                earlier = self._speaker_after(place)
            earlier = earlier or self._subject_before(clause)
            if earlier:
                return earlier[:1], 0.7
            if meant is not None:
                return (meant,), 0.7
        # A clause without a subject of its own goes on with that of the clause before.
        earlier = self._subject_before(clause)
        if earlier:
            return earlier, 0.9 if _INFINITIVE.match(self.text, clause.start) else 0.6
        if self.subject is not None and self.opening_pronoun:
            return (self.subject,), 0.5
        held = [group for group in self.groups if group[0].start < place]
        if held:
            return tuple(one.actor for one in held[-1]), 0.4
        return (), 0.0

    def _subject_before(self, clause: Clause) -> tuple[Actor, ...]:
        """The subject of the nearest clause before one that has a subject."""
        for one in reversed(self.clauses):
            if one.start >= clause.start:
                continue
            inner = [match.end() for match in _THAT.finditer(self.text, one.start, one.end)]
            for start in reversed([one.start, *inner]):
                found = self._named_before(one.end, start)
                if found:
                    return found
        return ()

    def _named_before(self, place: int, start: int) -> tuple[Actor, ...]:
        """Who stands right before a place, or first after `start`, and can be a subject."""
        able = [
            group
            for group in self.groups
            if start <= group[0].start and group[-1].end <= place and not self.is_held(group[0])
        ]
        if not able:
            return ()
        near = len(self.text[able[-1][-1].end : place].split()) <= _ADJACENT
        return _distinct(one.actor for one in able[-1 if near else 0])

    def _speaker(self, place: int) -> tuple[Actor, ...]:
        spoken = list(_SPEAKING.finditer(self.text, 0, place))
        return self._named_before(spoken[-1].start(), 0) if spoken else ()

    def _goes_on(self, clause: Clause) -> bool:
        """Whether a clause goes on with the pronoun by which the sentence opens."""
        joined = clause.start > 0 and _JOINS.match(self.text, clause.start) is not None
        return joined and self.opening_pronoun and self.before is not None

    def _speaker_after(self, place: int) -> tuple[Actor, ...]:
        """*"We will wait," Russia said*: who is told after the quotation to have spoken."""
        told = _SAID_AFTER.search(self.text, place)
        if told is None:
            return ()
        named = self.named_in(told.start(), told.end() + _NEAR_SPEAKER)
        if named:
            return named[:1]
        return () if self.before is None else (self.before,)

    def speaker(self, place: int) -> tuple[Actor, ...]:
        """Who is said to speak before a place: *Russia explained that ...*."""
        named = self._speaker(place)
        spoken = [*_SPEAKING.finditer(self.text, 0, place)]
        if named or not spoken:
            return named
        holders, surety = self.subjects(spoken[-1].start())
        return holders if surety >= _TOLD else ()

    def after(self, place: int, words: Sequence[str], reach: int = _NEAR) -> tuple[Actor, ...]:
        """Whom a word such as *by* or *from* names within a few words after a place."""
        near = re.compile(
            rf"(?:\s+[\w’'-]+){{0,{reach}}}?\s+(?:{'|'.join(words)})\s+(?:(?:the|a|both)\s+)?"
        )
        match = near.match(self.text, place)
        if match is None:
            return ()
        for group in self.groups:
            if 0 <= group[0].start - match.end() <= 2:
                return _distinct(one.actor for one in group)
        return ()

    def named_in(self, start: int, end: int) -> tuple[Actor, ...]:
        """Everybody named between two places."""
        return _distinct(one.actor for one in self.mentions if start <= one.start < end)

    # Negation -----------------------------------------------------------------------------------

    def is_negated(self, place: int, start: int = 0) -> bool:
        """Whether the verb at a place is negated by one of the few words before it."""
        before = self.text[max(start, self.clause_at(place).start) : place]
        words = re.findall(r"[\w’']+", before)[-4:]
        count = 0
        for word in words:
            small = word.casefold().replace("’", "'")
            if small in _negations() or small.endswith("n't"):
                count += 1
        if {"neither", "nor"} <= {word.casefold() for word in words}:
            # "Neither A nor B wants" denies once.
            count -= 1
        if _FAILING.search(before):
            count += 1
        return count % 2 == 1


@cache
def _negations() -> frozenset[str]:
    return frozenset(table()["negations"])


def _distinct(actors: Iterator[Actor] | Sequence[Actor]) -> tuple[Actor, ...]:
    return tuple(dict.fromkeys(actors))


def clauses_of(text: str) -> Iterator[Clause]:
    """Divide a sentence into clauses, by marks and by the words that begin one."""
    start = 0
    for match in _BORDER.finditer(text):
        if match.start() > start:
            yield from _split_after_condition(text, start, match.start())
        start = match.end()
    if start < len(text):
        yield from _split_after_condition(text, start, len(text))


def _split_after_condition(text: str, start: int, end: int) -> Iterator[Clause]:
    """*When it rains, Egypt waits* is two clauses."""
    if _SUBORDINATE.match(text, start):
        comma = main_comma(text, start, end)
        if comma > 0:
            yield Clause(start, comma)
            start = comma + 1
            while start < end and text[start].isspace():
                start += 1
    yield Clause(start, end)


def main_comma(text: str, start: int, end: int | None = None) -> int:
    """The comma after a condition that opens a sentence, before its main clause; -1 if none."""
    match = _MAIN.search(text, start, len(text) if end is None else end)
    return match.start() if match else -1
