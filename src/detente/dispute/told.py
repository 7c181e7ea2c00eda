"""Words that are told in English, and can be told in another language further on."""

from __future__ import annotations

from typing import Any

__all__ = ["Told"]


class Told(str):
    """A text in English that keeps the message from which it was made.

    Modules below the report say in words what they found. The report looks the message up in its
    catalogue, where it is told in another language: see :func:`detente.report.language.say_told`.

    Parameters
    ----------
    message
        The text with placeholders, as the catalogue has it.
    **values
        What they stand for; these may be told themselves.

    Examples
    --------
    >>> reason = Told("no state meets “{condition}”", condition="a.talk")
    >>> reason
    'no state meets “a.talk”'
    >>> reason.message
    'no state meets “{condition}”'
    """

    __slots__ = ("message", "values")

    message: str
    values: dict[str, object]

    def __new__(cls, message: str, /, **values: object) -> Told:
        """Fill in the placeholders."""
        made = super().__new__(cls, message.format(**values) if values else message)
        made.message, made.values = message, values
        return made

    def __getnewargs_ex__(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """What makes it again in another process."""
        return (self.message,), self.values
