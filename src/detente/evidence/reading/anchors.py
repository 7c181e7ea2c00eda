"""Citations carried over to a changed text, by what they quote.

A source is corrected, or fetched anew, and its paragraphs are no longer where they were. A
citation that quotes its passage can still be found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from detente.dispute.dispute import Locator
from detente.dispute.errors import DisputeError
from detente.evidence.reading.citations import citations_of
from detente.evidence.reading.sentences import Sentence, sentences
from detente.evidence.sources import SourceText, folded, sentence
from detente.files.yaml_text import Trail, dotted, editable, written

__all__ = ["Anchor", "anchored", "anchors"]

# A sentence may be corrected by a word or two and stay the same sentence.
_ALIKE = 0.85


@dataclass(frozen=True, slots=True)
class Anchor:
    """One citation of a changed source.

    Attributes
    ----------
    trail
        Keys and indices that lead to it in the dispute file.
    status
        ``kept``: its passage stands where it stood. ``moved``: the passage stands at `at` now.
        ``alike``: it is gone, and the sentence at `at` is nearly the same; a person has to look.
        ``lost``: there is nothing like it. ``unquoted``: the citation has no quotation and the
        old text is not at hand, so that nobody can tell.
    at
        Where the passage stands now; None for ``lost`` and ``unquoted``.
    old
        Where it stood; None where the citation names no place.
    quote
        What was looked for.
    """

    trail: Trail
    status: Literal["kept", "moved", "alike", "lost", "unquoted"]
    at: Locator | None
    old: Locator | None
    quote: str | None

    @property
    def key(self) -> str:
        """The trail as text."""
        return dotted(self.trail)


def anchors(
    document: Mapping[str, Any], source: str, new: str, *, old: str | None = None
) -> tuple[Anchor, ...]:
    """Look for the passages of a source's citations in its new text.

    Parameters
    ----------
    document
        What the dispute file holds.
    source
        Id of the source.
    new
        Its text as it is now.
    old
        Its text as it was; with it, citations without a quotation can be carried over too.

    Returns
    -------
    tuple of Anchor
        One for each citation of the source, in the order of the file.
    """
    parts = sentences(new)
    forms = [folded(part.text) for part in parts]
    return tuple(
        _anchor(trail, citation, parts, forms, old)
        for trail, citation in citations_of(document, source)
    )


def _anchor(
    trail: Trail,
    citation: Mapping[str, Any],
    parts: Sequence[Sentence],
    forms: Sequence[str],
    old_text: str | None,
) -> Anchor:
    place = citation.get("at")
    old = None if place is None else Locator(place["paragraph"], place.get("sentence"))
    quote = citation.get("quote")
    if quote is None and old is not None and old_text is not None:
        try:
            quote = sentence(old_text, old)
        except DisputeError:
            return Anchor(trail, "lost", None, old, None)
    if quote is None:
        return Anchor(trail, "unquoted", None, old, None)
    wanted = folded(quote)
    found = _passages(wanted, parts, forms)
    if not found:
        alike = _alike(wanted, parts, forms)
        return Anchor(trail, "alike" if alike else "lost", alike, old, quote)
    if old is None:
        return Anchor(trail, "kept", found[0], old, quote)
    if old.sentence is None:
        found = list(dict.fromkeys(Locator(at.paragraph) for at in found))
    if old in found:
        return Anchor(trail, "kept", old, old, quote)
    # Of several, the one nearest to where it stood.
    nearest = min(
        found,
        key=lambda at: (
            abs(at.paragraph - old.paragraph),
            abs((at.sentence or 0) - (old.sentence or 0)),
        ),
    )
    return Anchor(trail, "moved", nearest, old, quote)


def _passages(wanted: str, parts: Sequence[Sentence], forms: Sequence[str]) -> list[Locator]:
    found = [part.at for part, form in zip(parts, forms, strict=True) if wanted in form]
    if found or not wanted:
        return found
    # A quotation that runs on over several sentences stands where it begins.
    for number, (part, form) in enumerate(zip(parts, forms, strict=True)):
        if not wanted.startswith(form):
            continue
        joined = form
        for later, more in zip(parts[number + 1 :], forms[number + 1 :], strict=True):
            if later.at.paragraph != part.at.paragraph or len(joined) >= len(wanted):
                break
            joined += " " + more
        if joined.startswith(wanted):
            found.append(part.at)
    return found


def _alike(wanted: str, parts: Sequence[Sentence], forms: Sequence[str]) -> Locator | None:
    matcher = SequenceMatcher(b=wanted, autojunk=False)
    best, place = _ALIKE, None
    for part, form in zip(parts, forms, strict=True):
        matcher.set_seq1(form)
        if matcher.real_quick_ratio() < best or matcher.quick_ratio() < best:
            continue
        ratio = matcher.ratio()
        if ratio >= best:
            best, place = ratio, part.at
    return place


def anchored(text: str, source: str, new: SourceText, found: Sequence[Anchor]) -> str:
    """The text of a dispute file with citations at their new places, and the source's new hash.

    Parameters
    ----------
    text
        The dispute file's text; comments and layout are kept.
    source
        Id of the source.
    new
        The source as it is now.
    found
        What :func:`anchors` found; those that moved are changed, all others stay.

    Returns
    -------
    str

    Raises
    ------
    DisputeError
        If the text is not a dispute file, or has no such source.
    """
    document = editable(text)
    entry = next((one for one in document.get("sources", []) if one["id"] == source), None)
    if entry is None:
        raise DisputeError("there is no such source", found=source)
    for anchor in found:
        if anchor.status == "moved" and anchor.at is not None:
            citation: Any = document
            for step in anchor.trail:
                citation = citation[step]
            citation["at"]["paragraph"] = anchor.at.paragraph
            if anchor.at.sentence is not None:
                citation["at"]["sentence"] = anchor.at.sentence
    entry["sha256"] = new.sha256
    return written(document)
