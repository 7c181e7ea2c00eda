"""The language of what is told: messages from a catalogue, numbers as the language writes them.

Sentences are written in English where they are made, as :func:`say` or :func:`say_number`. In
another language each is looked up in a message catalogue, ``translations/LANGUAGE``, which
``docs/extend/translate.md`` says how to make. What a dispute file says stays as it is written.
"""

from __future__ import annotations

import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files

from detente.dispute.told import Told

__all__ = [
    "LANGUAGES",
    "decimal",
    "in_language",
    "marked",
    "per_cent",
    "say",
    "say_number",
    "say_told",
    "spoken",
    "whole_number",
]

LANGUAGES: tuple[str, ...] = ("en", "fr")
"""The languages in which briefs and reports can be had, by their codes in ISO 639."""

# What stands between thousands, and before decimals.
_MARKS = {"en": (",", "."), "fr": ("\u202f", ",")}

_CHOSEN: ContextVar[str] = ContextVar("language", default="en")


@contextmanager
def in_language(language: str) -> Iterator[None]:
    """Tell everything in a language, for as long as this lasts.

    Parameters
    ----------
    language
        One of :data:`LANGUAGES`.
    """
    before = _CHOSEN.set(language)
    try:
        yield
    finally:
        _CHOSEN.reset(before)


def spoken() -> str:
    """The code of the language in which everything is told now."""
    return _CHOSEN.get()


def say(message: str, /, **values: object) -> str:
    """A message in the chosen language, with what its placeholders stand for.

    >>> say("{party} would be worse off there than now.", party="China")
    'China would be worse off there than now.'
    """
    text = _catalogue(_CHOSEN.get()).gettext(message)
    return text.format(**values) if values else text


def say_number(singular: str, plural: str, number: int, /, **values: object) -> str:
    """A message that depends on a number, which its placeholder ``{number}`` stands for.

    >>> say_number("{number} step", "{number} steps", 12)
    '12 steps'
    """
    text = _catalogue(_CHOSEN.get()).ngettext(singular, plural, number)
    return text.format(number=whole_number(number), **values)


def say_told(text: str, /) -> str:
    """What another module told, in the chosen language; any other text as it is."""
    if not isinstance(text, Told):
        return text
    return say(text.message, **{name: _told_value(one) for name, one in text.values.items()})


def _told_value(value: object) -> object:
    if isinstance(value, float):
        return decimal(value, "g")
    return say_told(value) if isinstance(value, str) else value


def marked(message: str) -> str:
    """A message that is looked up later, when it is said; marked here for the catalogue."""
    return message


def whole_number(number: int) -> str:
    """A whole number as the language writes it: ``2,304``."""
    thousands, _ = _MARKS[_CHOSEN.get()]
    return f"{number:,}".replace(",", thousands)


def decimal(number: float, form: str) -> str:
    """A number with decimals as the language writes it, in a form of Python such as ``.2f``."""
    _, point = _MARKS[_CHOSEN.get()]
    return f"{number:{form}}".replace(".", point)


def per_cent(share: float, digits: int = 0) -> str:
    """A share in per cent, with so many decimals, as the language writes it: ``5.3%``."""
    return say("{percent}%", percent=decimal(100 * share, f".{digits}f"))


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    place = files("detente.report") / "translations" / language / "LC_MESSAGES" / "detente.mo"
    with place.open("rb") as stream:
        return gettext.GNUTranslations(stream)
