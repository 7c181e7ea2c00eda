"""Edits of a dispute file's text, in which all else, comments too, stays as it stands.

Every edit takes the text and a trail to what it changes, and gives the new text. The result need
not be a right dispute: what is wrong is shown, not refused, since people pass through mistakes
while they type.

An edit that somebody makes on what he sees may come late: others have moved, added or removed
entries meanwhile: see :mod:`detente.workbench.edits`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from copy import deepcopy
from itertools import pairwise
from typing import Any

from detente.dispute.errors import DisputeError
from detente.files.yaml_text import Trail, dotted, editable, parse, written
from detente.workbench.documents import read

__all__ = ["insert", "move", "put", "remove", "statement_trail"]


def put(text: str, trail: Trail, value: object) -> str:
    """Set the value at a trail; mappings on the way that are missing are made."""
    exchanged = _exchanged(text, trail, value)
    if exchanged is not None:
        return exchanged

    def change(document: Any, trail: Trail) -> None:
        parent = document
        for step, following in pairwise(trail):
            if isinstance(parent, Mapping) and parent.get(step) is None:
                parent[step] = [] if isinstance(following, int) else {}  # type: ignore[index]
            parent = _member(parent, step, trail)
        if not isinstance(parent, Mapping):
            if not isinstance(parent, list):
                raise _missing(trail)
            _member(parent, trail[-1], trail)
        _assign(parent, trail[-1], value)

    return _edited(text, trail, change)


def insert(text: str, trail: Trail, index: int, value: object) -> str:
    """Put a new entry into the list at a trail, which is made where it is missing."""

    def change(document: Any, trail: Trail) -> None:
        parent = _at(document, trail[:-1])
        if isinstance(parent, Mapping) and parent.get(trail[-1]) is None:
            parent[trail[-1]] = []  # type: ignore[index]
        entries = _list(document, trail)
        entries.insert(max(0, min(index, len(entries))), value)

    return _edited(text, trail, change)


def move(text: str, trail: Trail, old: int, new: int) -> str:
    """Move an entry of the list at a trail to another place in it."""
    reordered = _reordered(text, trail, old, new)
    if reordered is not None:
        return reordered

    def change(document: Any, trail: Trail) -> None:
        entries = _list(document, trail)
        if not 0 <= old < len(entries):
            raise _missing((*trail, old))
        comments: Any = getattr(entries, "ca", None)
        comment = comments.items.pop(old, None) if comments is not None else None
        place = max(0, min(new, len(entries) - 1))
        entries.insert(place, entries.pop(old))
        if comment is not None:
            comments.items[place] = comment

    return _edited(text, trail, change)


def remove(text: str, trail: Trail) -> str:
    """Remove the entry at a trail; a comment beside it goes with it."""

    def change(document: Any, trail: Trail) -> None:
        parent = _at(document, trail[:-1])
        _member(parent, trail[-1], trail)
        del parent[trail[-1]]

    return _edited(text, trail, change, inside=True)


def statement_trail(trail: Trail, entry: object, key: str) -> Trail:
    """Where the formula of a statement stands: the entry itself, or under a key of it."""
    return (*trail, key) if isinstance(entry, Mapping) else trail


# What stands without quotation marks anywhere in YAML, and means itself.
_PLAIN = re.compile(r"[A-Za-z](?:[A-Za-z0-9_. ()-]*[A-Za-z0-9_.()])?")
# A line that holds nothing, or a comment alone.
_APART = re.compile(r"^[ \t]*(#.*)?$(?!\Z)", re.MULTILINE)
_MEANS_ELSE = {"true", "false", "null"}


def _exchanged(text: str, trail: Trail, value: object) -> str | None:
    """The text with one word of it exchanged; None where that takes more.

    Typing is an edit of this kind, ten times as fast as one that writes the file anew.
    """
    if not isinstance(value, str) or not value.isprintable():
        return None
    document, places = read(text)
    found = places.scalar(trail)
    if found is None:
        return None
    start, end, style = found
    if style == "'":
        new = "'" + value.replace("'", "''") + "'"
    elif style is None and _PLAIN.fullmatch(value) and value.lower() not in _MEANS_ELSE:
        new = value
    else:
        new = json.dumps(value, ensure_ascii=False)
    before, after = text[:start], text[end:]
    comment = re.match(r"( +)(?=#)", after)
    if comment:
        # It stays in its column where there is room.
        blanks = max(1, len(comment[1]) + (end - start) - len(new))
        after = " " * blanks + after[comment.end() :]
    edited = before + new + after
    try:
        now = read(edited)[0]
    except DisputeError:
        return None
    return edited if now == _with(document, trail, value) else None


def _reordered(text: str, trail: Trail, old: int, new: int) -> str | None:
    """The text with the lines of a list in another order; None where that takes more.

    It is some ten times as fast as to write the list anew, and leaves each line as it is.
    """
    document, places = read(text)
    whole, items = places.entry(trail), places.items(trail)
    if whole is None or not items or not 0 <= old < len(items):
        return None
    new = max(0, min(new, len(items) - 1))
    lines = [text[start:end] for start, end in items]
    between = "".join(lines[min(old, new) : max(old, new) + 1])
    if not between.endswith("\n") or _APART.search(between):
        # To which item a comment belongs, the slow way knows.
        return None
    entries = list(_at(document, trail))
    for values in (lines, entries):
        values.insert(new, values.pop(old))
    start, end, blanks = whole
    edited = text[: items[0][0]] + "".join(lines) + text[items[-1][1] :]
    own = "".join(line[blanks:] for line in edited[start:end].splitlines(keepends=True))
    try:
        same = parse(own)[0] == {trail[-1]: entries}
    except DisputeError:
        return None
    return edited if same else None


def _with(document: Any, trail: Trail, value: object) -> Any:
    """Plain values with another one at a trail, where one stands already."""
    if not trail:
        return value
    step, rest = trail[0], trail[1:]
    if isinstance(document, Mapping):
        return {**document, step: _with(document[step], rest, value)}
    place = int(step)
    return [*document[:place], _with(document[place], rest, value), *document[place + 1 :]]


def _edited(
    text: str, trail: Trail, change: Callable[[Any, Trail], None], *, inside: bool = False
) -> str:
    """The text after a change of its document.

    Parameters
    ----------
    text, trail
        The text, and what is changed in it.
    change
        Makes the change, given a document and the trail in it.
    inside
        Whether the entry at the trail itself is made or removed, so that what is around it changes.
    """
    for count in range(len(trail) - inside, 0, -1):
        edited = _edited_entry(text, trail, count, change)
        if edited is not None:
            return edited
    document = editable(text)
    if not isinstance(document, Mapping):
        raise DisputeError("the file does not hold a dispute: it is not a mapping")
    change(document, trail)
    return written(document)


def _edited_entry(
    text: str, trail: Trail, count: int, change: Callable[[Any, Trail], None]
) -> str | None:
    """The text with the lines of one entry written anew; None where that takes more.

    A large file is written anew in a second, the lines of one entry in a hundredth.
    """
    try:
        document, places = read(text)
        found = places.entry(trail[:count])
        if found is None:
            return None
        start, end, blanks = found
        lines = text[start:end].splitlines(keepends=True)
        if any(line.strip() and line[:blanks].strip(" ") for line in lines):
            return None
        entry = editable("".join(line[blanks:] or "\n" for line in lines))
        whole = {trail[count - 1]: _at(document, trail[:count])}
        if not isinstance(entry, Mapping) or parse(written(entry))[0] != whole:
            # It goes on below in a way that its lines do not show.
            return None
        inner = trail[count - 1 :]
        change(entry, inner)
        wanted = deepcopy(whole)
        change(wanted, inner)
        new = written(entry)
        if parse(new)[0] != wanted:
            return None
    except DisputeError:
        # What is wrong is told of the whole file.
        return None
    indented = "".join(
        " " * blanks + line if line.strip() else line for line in new.splitlines(keepends=True)
    )
    return text[:start] + indented + text[end:]


def _at(document: Any, trail: Trail) -> Any:
    for count, step in enumerate(trail):
        document = _member(document, step, trail[: count + 1])
    return document


def _member(parent: Any, step: str | int, trail: Trail) -> Any:
    try:
        return parent[step]
    except (KeyError, IndexError, TypeError):
        raise _missing(trail) from None


def _list(document: Any, trail: Trail) -> Any:
    entries = _at(document, trail)
    if not isinstance(entries, list):
        raise DisputeError("this is not a list", key=dotted(trail))
    return entries


def _missing(trail: Trail) -> DisputeError:
    return DisputeError("there is no such entry", key=dotted(trail))


def _assign(parent: Any, step: str | int, value: object) -> None:
    try:
        old = parent[step]
    except (KeyError, IndexError, TypeError):
        old = None
    # Text stays in the kind of quotation marks in which it was written.
    if isinstance(value, str) and isinstance(old, str) and type(old) is not str:
        with suppress(TypeError):
            value = type(old)(value)
    parent[step] = value
