"""Blanks of a dispute file that was drafted from reports: what is left to be filled in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from detente.dispute.errors import DisputeError
from detente.files.yaml_text import Trail, dotted, editable, written

__all__ = [
    "BLANK",
    "Blank",
    "blanks",
    "open_blanks",
    "with_value",
    "without_blanks",
    "without_entry",
]

BLANK = "___"
"""What stands where an analyst has to fill something in."""

_WANTS: dict[str, Literal["formula", "date", "number", "question", "answer"]] = {
    "prefer": "formula",
    "when": "formula",
    "on": "date",
    "weight": "number",
    "ask": "question",
    "says": "answer",
}


@dataclass(frozen=True, slots=True)
class Blank:
    """One blank of a file.

    Attributes
    ----------
    trail
        Keys and indices that lead to it; the last is the blank itself where a key is left open.
    entry
        Trail of the entry in which it stands, which can be removed as a whole.
    wants
        What belongs there: a ``formula``, the name of an ``option`` whose level is given, a
        ``party``, a ``date``, a ``number``, the ``question`` of a claim or its ``answer``.
    about
        What the entry is about, in the words that it has.
    passage
        What the entry quotes.
    """

    trail: Trail
    entry: Trail
    wants: Literal["formula", "option", "party", "date", "number", "question", "answer"]
    about: str
    passage: str


def blanks(value: Any, trail: Trail = ()) -> Iterator[Trail]:
    """Where the blanks of a document stand: trails of keys and indices."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key == BLANK:
                yield (*trail, key)
            else:
                yield from blanks(inner, (*trail, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from blanks(inner, (*trail, number))
    elif value == BLANK:
        yield trail


def open_blanks(document: Any) -> tuple[Blank, ...]:
    """The blanks of a document, each with its entry and what belongs there."""
    return tuple(_described(document, trail) for trail in blanks(document))


def _described(document: Any, trail: Trail) -> Blank:
    last = trail[-1]
    if last == BLANK:
        wants: Any = "option"
    else:
        wants = _WANTS.get(str(last), "party")
    entry = _entry_of(trail)
    held = _at(document, entry)
    about, passage = "", ""
    if isinstance(held, Mapping):
        source = held.get("source")
        first = source[0] if isinstance(source, list) and source else source
        if isinstance(first, Mapping):
            passage = str(first.get("quote") or "")
            about = str(first.get("says") or "")
        about = str(held.get("name") or held.get("about") or held.get("stage") or about)
    return Blank(trail, entry, wants, about or passage, passage)


def _entry_of(trail: Trail) -> Trail:
    """The entry in which a blank stands: a statement, an outcome, a stage, a claim."""
    if trail[0] in ("parties", "roadmaps") and len(trail) > 3:
        return trail[:4]
    return trail[:2]


def _at(document: Any, trail: Trail) -> Any:
    for step in trail:
        try:
            document = document[step]
        except (KeyError, IndexError, TypeError):
            raise DisputeError("there is no such entry", key=dotted(trail)) from None
    return document


def with_value(text: str, trail: Trail, value: str, level: str | None = None) -> str:
    """The text of a dispute file with a blank filled in, and all else as it was.

    Parameters
    ----------
    text
        The file's text.
    trail
        Where the blank stands.
    value
        What belongs there; for an open key, the name of an option.
    level
        For an open key, the level of the option.

    Returns
    -------
    str

    Raises
    ------
    DisputeError
        If there is no blank at the trail any more.
    """
    document = editable(text)
    parent = _at(document, trail[:-1])
    if trail[-1] == BLANK:
        if not isinstance(parent, Mapping) or BLANK not in parent:
            raise DisputeError("there is no blank here any more", key=dotted(trail))
        place = list(parent).index(BLANK)
        given = parent.pop(BLANK)  # type: ignore[attr-defined]
        parent.insert(place, value, level or given)  # type: ignore[attr-defined]
    else:
        if _at(document, trail) != BLANK:
            raise DisputeError("there is no blank here any more", key=dotted(trail))
        parent[trail[-1]] = value
    return written(document)


def without_entry(text: str, entry: Trail) -> str:
    """The text of a dispute file without an entry; what is left empty by that goes too.

    Raises
    ------
    DisputeError
        If there is no such entry.
    """
    document = editable(text)
    _at(document, entry)
    _remove(document, entry)
    return written(document)


def without_blanks(text: str) -> str:
    """The text of a dispute file without the entries that have blanks."""
    document = editable(text)
    entries = dict.fromkeys(_entry_of(trail) for trail in blanks(document))
    # From the end, so that numbers of those that stay before stay right.
    for entry in reversed(entries):
        _remove(document, entry)
    return written(document)


def _remove(document: Any, entry: Trail) -> None:
    del _at(document, entry[:-1])[entry[-1]]
    top = entry[0]
    if top == "parties":
        return
    if top == "roadmaps" and not _at(document, entry[:3]):
        # A plan without stages is none.
        del document[top][entry[1]]
    if not document[top]:
        del document[top]
