"""Words that belong to one face of the program: an option of a command means nothing on a page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

__all__ = ["hint", "is_command_line", "on_command_line"]

_COMMAND_LINE: ContextVar[bool] = ContextVar("command line", default=False)


@contextmanager
def on_command_line(told: bool = True) -> Iterator[None]:
    """Tell what is told meanwhile to somebody who types commands, or to somebody who does not.

    Parameters
    ----------
    told
        False for what a command makes that is read elsewhere, such as a report.
    """
    before = _COMMAND_LINE.set(told)
    try:
        yield
    finally:
        _COMMAND_LINE.reset(before)


def is_command_line() -> bool:
    """Whether who reads this types commands."""
    return _COMMAND_LINE.get()


def hint(words: str) -> str:
    """Words in brackets on what to type, after a blank; "" where nothing is typed.

    >>> with on_command_line():
    ...     f"3 more left out{hint('--limit shows more')}."
    '3 more left out (--limit shows more).'
    """
    return f" ({words})" if is_command_line() else ""
