"""Ids of parties, options and the like: letters of any script, digits and the low line.

An id is what Python takes for an identifier (Unicode's XID, UAX 31) that begins with a letter, in
Unicode's normal form NFC, so that what looks the same is the same.
"""

from __future__ import annotations

import unicodedata

__all__ = ["composed", "is_id", "is_level", "not_of_names", "scripts_mixed"]

# Scripts some of whose letters look like those of another.
_ALIKE = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")


def composed(text: str) -> str:
    """A name in normal form, as ids are held."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def is_id(text: str) -> bool:
    """Whether a text can be an id."""
    return text.isidentifier() and text[0] != "_" and composed(text) == text


def is_level(text: str) -> bool:
    """Whether a text can be a level: as an id, and digits may come first."""
    return f"a{text}".isidentifier() and bool(text) and composed(text) == text


def not_of_names(text: str) -> int | None:
    """Where the first character of a text stands that no name has; points may stand in names."""
    for place, character in enumerate(text):
        if character != "." and not f"a{character}".isidentifier():
            return place
    return None


def scripts_mixed(text: str) -> tuple[str, ...]:
    """Scripts with letters that look alike of which a text mixes some; none where it does not."""
    if text.isascii():
        return ()
    names = {unicodedata.name(letter, "").partition(" ")[0] for letter in text if letter.isalpha()}
    found = tuple(script.capitalize() for script in _ALIKE if script in names)
    return found if len(found) > 1 else ()
