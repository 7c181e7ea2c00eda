"""The sentences of a text, with their locators and where they stand in it.

Locators are those of :func:`detente.evidence.sources.split`, so that what is read here can be
cited and checked there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from detente.dispute.dispute import Locator
from detente.dispute.errors import DisputeError, shown
from detente.evidence.sources import folded, split

__all__ = ["Sentence", "located", "sentences"]

_RUN = re.compile(r"\S+")

# Shorter pieces of a phrase would be found nearly anywhere.
_SHORTEST_PHRASE = 3


@dataclass(frozen=True)
class Sentence:
    """One sentence of a text.

    Attributes
    ----------
    at
        Its paragraph and sentence, from 1.
    text
        Its words, with single spaces between them.
    start, end
        Where it stands in the text.
    raw
        The text from `start` to `end`, with its own line breaks.
    """

    at: Locator
    text: str
    start: int
    end: int
    raw: str

    @cached_property
    def _offsets(self) -> list[int]:
        """For each character of `text`, and its end, where it stands in `raw`."""
        if self.text == self.raw:
            return list(range(len(self.raw) + 1))
        offsets: list[int] = []
        for run in _RUN.finditer(self.raw):
            if offsets:
                offsets.append(offsets[-1] + 1)
            offsets.extend(range(run.start(), run.end()))
        return [*offsets, len(self.raw)]

    def quote(self, start: int = 0, end: int | None = None) -> str:
        """A passage of the sentence as it stands in the text, letter for letter.

        Parameters
        ----------
        start, end
            Where the passage begins and ends in :attr:`text`; by default the whole sentence.
        """
        end = len(self.text) if end is None else end
        if start >= end:
            return ""
        return self.raw[self._offsets[start] : self._offsets[end - 1] + 1]


def sentences(text: str) -> tuple[Sentence, ...]:
    """The sentences of a text, in order.

    Parameters
    ----------
    text
        The text of a source.

    Returns
    -------
    tuple of Sentence
        All sentences that :func:`detente.evidence.sources.split` finds.
    """
    return tuple(_placed(text))


def _placed(text: str) -> Iterator[Sentence]:
    # Dividing a text only changes its white space, so that its words follow one another in the
    # text as they do in the sentences.
    runs = _RUN.finditer(text)
    for paragraph, parts in enumerate(split(text), start=1):
        for number, words in enumerate(parts, start=1):
            places = [next(runs) for _ in words.split()]
            start, end = places[0].start(), places[-1].end()
            yield Sentence(Locator(paragraph, number), words, start, end, text[start:end])


def located(text: str, phrase: str) -> tuple[Locator, ...]:
    """The sentences in which a phrase begins.

    White space and the shapes of quotation marks and dashes do not count; upper and lower case
    count only where the phrase is found with its own.

    Parameters
    ----------
    text
        The text of a source.
    phrase
        Some words of it; they may run on over several sentences of a paragraph.

    Returns
    -------
    tuple of Locator
        One for each place where the phrase stands.

    Raises
    ------
    DisputeError
        If the phrase is nowhere in the text, or too short to mean anything.
    """
    wanted = folded(phrase)
    if len(wanted) < _SHORTEST_PHRASE:
        raise DisputeError(f"the phrase {shown(phrase)} is too short to be looked for")
    paragraphs = split(text)
    found = _begins(paragraphs, wanted, exact=True) or _begins(paragraphs, wanted, exact=False)
    if not found:
        raise DisputeError(f"the text has no {shown(phrase)}{_nearest_words(paragraphs, wanted)}")
    return found


def _begins(
    paragraphs: Sequence[Sequence[str]], wanted: str, *, exact: bool
) -> tuple[Locator, ...]:
    def form(words: str) -> str:
        return folded(words) if exact else folded(words).casefold()

    wanted = wanted if exact else wanted.casefold()
    found: dict[Locator, None] = {}
    for number, paragraph in enumerate(paragraphs, start=1):
        parts = [form(words) for words in paragraph]
        starts = []
        length = 0
        for part in parts:
            starts.append(length)
            length += len(part) + 1
        whole = " ".join(parts)
        place = whole.find(wanted)
        while place >= 0:
            inside = sum(start <= place for start in starts)
            found[Locator(number, inside)] = None
            place = whole.find(wanted, place + 1)
    return tuple(found)


def _nearest_words(paragraphs: Sequence[Sequence[str]], wanted: str) -> str:
    """Where most words of the phrase stand, as an ending of a message."""
    words = {word.strip(".,;:!?\"'()").casefold() for word in wanted.split()} - {""}
    best, place, text = 0.0, None, ""
    for number, paragraph in enumerate(paragraphs, start=1):
        for inside, sentence in enumerate(paragraph, start=1):
            there = {word.strip(".,;:!?\"'()").casefold() for word in folded(sentence).split()}
            share = len(words & there) / len(words) if words else 0.0
            if share > best:
                best, place, text = share, (number, inside), sentence
    if place is None or best < 0.5:
        return ""
    return f"; paragraph {place[0]}, sentence {place[1]} comes nearest: {shown(text)}"
