"""The errors that detente raises, and the search for the name that was meant."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, ClassVar

from detente.dispute.dispute import Place

__all__ = [
    "DetenteError",
    "DetenteWarning",
    "DisputeError",
    "EnvironmentFault",
    "LimitError",
    "NotServedError",
    "QueryError",
    "TakenAsStatedWarning",
    "UnreadWarning",
    "environment_fault",
    "large_number",
    "nearest",
    "pointed_at",
    "shown",
    "unreadable",
]

# Long enough for any option's full name and short enough for one line of a terminal.
_LONGEST_SHOWN = 60
_MOST_LISTED = 12
_FEW = 4

# Characters either side of the column that an excerpt keeps of a long line.
_EXCERPT_REACH = 70


class DetenteError(Exception):
    """What detente raises where it cannot do what was asked; the classes below say why.

    The text of the error is all that a person needs. It says where the fault is, what was found
    and what is allowed. It names the nearest name, and shows the line of the file with a caret
    under the fault. An error can be pickled, so that it comes back from other processes.

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

    exit_code: ClassVar[int] = 70
    """With which the command line exits over it."""

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
        # Exceptions made with keywords, or with more arguments than their text, are not pickled
        # by default.
        return _restored, (type(self), self.args, vars(self))


class DisputeError(DetenteError, ValueError):
    """Something is wrong with what the analyst wrote."""

    exit_code = 2


class QueryError(DisputeError):
    """What was asked of a dispute has no meaning: a question, a name, or a state's number."""


class NotServedError(DisputeError):
    """What is asked is not defined for the way in which states are held."""


class LimitError(DetenteError):
    """What was asked is too large: for the memory at hand, or for what detente can do."""

    exit_code = 3


class EnvironmentFault(DetenteError):
    """The system failed, and neither detente nor the file is at fault.

    A full disk, a folder that may not be written to, a name that is too long for the disk, a
    busy port, a lost cluster.
    """

    exit_code = 4


def environment_fault(error: OSError, what: str, path: Path | None = None) -> EnvironmentFault:
    """The error for what the system refused.

    Parameters
    ----------
    error
        What the system said.
    what
        What could not be done, such as ``the file cannot be written``.
    path
        The file; by default the one that the system named.

    Returns
    -------
    EnvironmentFault
        To be raised by the caller.
    """
    named = error.filename if path is None else path
    reason = error.strerror or str(error) or type(error).__name__
    return EnvironmentFault(
        f"{what}: {reason}", path=None if named is None else Path(os.fsdecode(named))
    )


def unreadable(error: OSError, path: Path) -> DetenteError:
    """The error for a file that cannot be read: its name is wrong, or the system refuses it.

    Returns
    -------
    DisputeError or EnvironmentFault
        To be raised by the caller.
    """
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return DisputeError("there is no such file", path=path)
    return environment_fault(error, "the file cannot be read", path)


def _restored(
    kind: type[DetenteError], args: tuple[Any, ...], fields: Mapping[str, Any]
) -> DetenteError:
    error = kind.__new__(kind, *args)
    error.args = args
    vars(error).update(fields)
    return error


class DetenteWarning(UserWarning):
    """Something that a person should know, though what was asked can be done."""


class TakenAsStatedWarning(DetenteWarning):
    """Of a statement it is unknown which way a party prefers it, and it was taken as stated."""


class UnreadWarning(DetenteWarning):
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


def large_number(number: int) -> str:
    """A whole number for a message: in full up to 10^15, beyond that a power of ten."""
    if number <= 10**15:
        return f"{number:,}"
    # Python writes no integers of thousands of digits.
    return f"about 10^{number.bit_length() * 30103 // 100000}"


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
