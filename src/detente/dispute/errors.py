"""The one error that bad input raises, and the search for the name that was meant."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Any

from detente.dispute.dispute import Place

__all__ = ["DisputeError", "UnreadWarning", "nearest", "pointed_at", "shown"]

# Long enough for any option's full name and short enough for one line of a terminal.
_LONGEST_SHOWN = 60
_MOST_LISTED = 12
_FEW = 4

# Characters either side of the column that an excerpt keeps of a long line.
_EXCERPT_REACH = 70


class DisputeError(ValueError):
    """Something is wrong with what the analyst wrote.

    The text of the error is all that a person needs: where the fault is, what was found, what is
    allowed, the nearest name, and the line of the file with a caret under the fault.

    Parameters
    ----------
    message
        What is wrong, without a full stop.
    path
        The file.
    place
        Line and column in the file.
    key
        Where in the document, such as ``parties.us.preferences[2].prefer``.
    found
        What was found.
    allowed
        What could stand there.
    nearest
        The allowed name that is nearest to what was found.
    excerpt
        The line and the caret, see :func:`pointed_at`. Where it is left out and `path` and
        `place` are given, it is read from the file.
    """

    def __init__(
        self,
        message: str,
        *,
        path: Path | None = None,
        place: Place | None = None,
        key: str | None = None,
        found: str | None = None,
        allowed: Iterable[str] = (),
        nearest: str | None = None,
        excerpt: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.place = place
        self.key = key
        self.found = found
        self.allowed = tuple(allowed)
        self.nearest = nearest
        self.excerpt = excerpt if excerpt is not None else _read_excerpt(path, place)

    def __str__(self) -> str:
        where = "" if self.path is None else str(self.path)
        if self.place is not None:
            start = f"{where}:" if where else "line "
            where = f"{start}{self.place.line}:{self.place.column}"
        text = ": ".join(part for part in (where, self.key, self.message) if part)
        if self.nearest is not None:
            text += f"; did you mean {self.nearest!r}?"
        # Where the nearest name is given, a long list of the others would only hide it.
        if self.allowed and (self.nearest is None or len(self.allowed) <= _FEW):
            more = ", …" if len(self.allowed) > _MOST_LISTED else ""
            text += f" (allowed: {', '.join(self.allowed[:_MOST_LISTED])}{more})"
        return f"{text}\n{self.excerpt}" if self.excerpt else text

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions made with keywords are not pickled by default, and errors must come back
        # from worker processes.
        fields = {name: value for name, value in vars(self).items() if name != "message"}
        return partial(DisputeError, self.message, **fields), ()


class UnreadWarning(UserWarning):
    """Something in a file has not been read, as this project does not know it."""


def nearest(found: str, allowed: Iterable[str]) -> str | None:
    """Find the name that was probably meant.

    Parameters
    ----------
    found
        The name as written.
    allowed
        The names that exist.

    Returns
    -------
    str or None
        The most similar name, or None if none is similar.
    """
    names = list(allowed)
    by_folded = {name.casefold(): name for name in reversed(names)}
    close = get_close_matches(found.casefold(), list(by_folded), n=1, cutoff=0.6)
    if close:
        return by_folded[close[0]]
    # An option of the right name and the wrong party: 'us.tset' is nearer to 'dprk.test' than
    # the letters of the whole show.
    last = found.casefold().rpartition(".")[2]
    by_last = {name.casefold().rpartition(".")[2]: name for name in reversed(names)}
    close = get_close_matches(last, list(by_last), n=1, cutoff=0.75)
    return by_last[close[0]] if close else None


def shown(value: object) -> str:
    """Quote a value for a message, shortened to part of a line."""
    text = value if isinstance(value, str) else str(value)
    text = "".join(c if c.isprintable() else "�" for c in text[: _LONGEST_SHOWN + 1])
    return f"'{text[:_LONGEST_SHOWN]}…'" if len(text) > _LONGEST_SHOWN else f"'{text}'"


def pointed_at(line: str, column: int) -> str:
    """Show a line of text with a caret under one of its columns.

    Parameters
    ----------
    line
        The line.
    column
        The column, from 1.

    Returns
    -------
    str
        Two lines, indented; a long line is cut around the column.
    """
    line = "".join(c if c.isprintable() else " " for c in line.rstrip("\r\n"))
    start = max(0, column - 1 - _EXCERPT_REACH)
    end = column - 1 + _EXCERPT_REACH
    before = ("…" if start else "") + line[start : column - 1]
    after = line[column - 1 : end] + ("…" if len(line) > end else "")
    return f"    {before}{after}\n    {' ' * _width(before)}^"


def _width(text: str) -> int:
    """Columns that text takes on a terminal."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def _read_excerpt(path: Path | None, place: Place | None) -> str | None:
    if path is None or place is None:
        return None
    try:
        # A pipe has been read by now, and could not be read twice.
        if not path.is_file():
            return None
        with path.open(encoding="utf-8", errors="replace") as file:
            for number, line in enumerate(file, 1):
                if number == place.line:
                    return pointed_at(line, place.column)
    except OSError:
        pass
    return None
