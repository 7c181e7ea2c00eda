"""Fonts for the letters of a figure: names may be in any script."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING
from warnings import catch_warnings, filterwarnings, warn

from detente.dispute.errors import DetenteWarning

if TYPE_CHECKING:
    from matplotlib.text import Text

__all__ = ["MissingLettersWarning", "with_fonts_for_letters"]

_USUAL = "DejaVu Sans"
# It has a box for every letter there is.
_NO_HELP = ("Last Resort",)
_MOST_SHOWN = 8


class MissingLettersWarning(DetenteWarning):
    """No font of this machine has some letters of a picture, which shows boxes for them."""


def with_fonts_for_letters(texts: Sequence[Text]) -> None:
    """Give the texts of a figure installed fonts that have their letters.

    Parameters
    ----------
    texts
        All of them; they change only where the usual font lacks some of their letters.

    Warns
    -----
    MissingLettersWarning
        If no installed font has some of the letters.
    """
    letters = {letter for text in texts for letter in text.get_text() if letter.isprintable()}
    missing = letters - _letters_of_usual_font()
    if not missing:
        return
    families = []
    while missing:
        family, found = max(
            ((name, missing & has) for name, has in _installed().items()),
            key=lambda one: len(one[1]),
            default=("", set()),
        )
        if not found:
            break
        families.append(family)
        missing -= found
    if families:
        for text in texts:
            text.set_fontfamily([_USUAL, *families, "sans-serif"])
    if missing:
        shown = ", ".join(sorted(missing)[:_MOST_SHOWN]) + (
            ", …" if len(missing) > _MOST_SHOWN else ""
        )
        warn(
            f"no font of this machine has the letters {shown} ({_scripts(missing)}): the picture "
            "shows boxes for them; a font that has them, such as Noto Sans of that script, helps",
            MissingLettersWarning,
            stacklevel=2,
        )


def _scripts(letters: set[str]) -> str:
    """The scripts of letters, by the first word of their names."""
    names = {unicodedata.name(letter, "unnamed").split()[0].capitalize() for letter in letters}
    return ", ".join(sorted(names)[:3])


@cache
def _letters_of_usual_font() -> frozenset[str]:
    from matplotlib.font_manager import findfont

    return _letters(findfont(_USUAL))


@cache
def _installed() -> dict[str, frozenset[str]]:
    """Letters of each installed family, read only where the usual font lacks some."""
    from matplotlib.font_manager import fontManager

    found: dict[str, frozenset[str]] = {}
    for font in sorted(fontManager.ttflist, key=lambda one: (one.name, one.fname)):
        if font.name in found or font.name.startswith(_NO_HELP) or font.style != "normal":
            continue
        try:
            found[font.name] = _letters(font.fname)
        except (OSError, RuntimeError):
            continue
    return found


def _letters(file: str) -> frozenset[str]:
    from matplotlib.ft2font import FT2Font

    with catch_warnings():
        filterwarnings("ignore")
        return frozenset(map(chr, FT2Font(file).get_charmap()))
