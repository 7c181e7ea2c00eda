"""Text in an encoding that lacks some of its characters: marks are replaced, letters never."""

from __future__ import annotations

import unicodedata

__all__ = ["carries", "with_plain_marks"]

# What looks most like each of the marks that detente writes, in as many columns.
_PLAIN = {
    ord(mark): plain
    for marks, plain in (
        ("“”„‟″«»", '"'),
        ("‘’‚‛′´", "'"),
        ("‐‑‒–—―−", "-"),
        ("→", ">"),
        ("←", "<"),
        ("↔", "="),
        ("…", "~"),
        ("·•", "."),
        ("✓", "x"),
        ("✗×", "x"),
        ("▲", "^"),
        ("▼", "v"),
        ("¬", "!"),
        ("∧", "&"),
        ("∨", "|"),
        ("\u00a0\u202f\u2009", " "),
    )
    for mark in marks
}


def carries(encoding: str, text: str) -> bool:
    """Whether an encoding has all characters of a text."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def with_plain_marks(text: str, encoding: str) -> str:
    """Replace marks that an encoding lacks by ones that it has, column by column.

    Letters, digits and accents stay, whether the encoding has them or not.

    Parameters
    ----------
    text
        The text.
    encoding
        The encoding's name.

    Returns
    -------
    str
        Text that takes up the same columns.
    """
    lacking = {mark for mark in set(text) if not carries(encoding, mark)}
    return text.translate(
        {
            ord(mark): _PLAIN.get(ord(mark)) or "?" * _columns(mark)
            for mark in lacking
            if unicodedata.category(mark)[0] not in "LMNC"
        }
    )


def _columns(mark: str) -> int:
    return 2 if unicodedata.east_asian_width(mark) in "WF" else 1
