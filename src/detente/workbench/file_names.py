"""What files of a served folder may be called: plain names, in any script.

A name that a shell, a browser or Windows would read as something else than a name is not served;
the page of disputes says which files that are.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = [
    "NAME_RULE",
    "ends_as_dispute",
    "is_dispute_name",
    "is_report_name",
    "name_from",
]

NAME_RULE = (
    'a name begins with a letter or digit, in any script, has none of / \\ : * ? " < > | % and no '
    "unseen characters, and is at most 180 bytes long"
)
"""What a name has to be, for messages."""

_MOST_BYTES = 180
_DISPUTE = re.compile(r".+\.ya?ml", re.IGNORECASE)
_REPORT = re.compile(r".+\.(txt|html?|pdf|docx)", re.IGNORECASE)
# Separators, what Windows minds, and the beginning of an encoded character.
_MINDED = frozenset('/\\:*?"<>|%')
# Persian and languages of India write with these two; they are not seen.
_JOINERS = frozenset("\u200c\u200d")
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


def ends_as_dispute(name: str) -> bool:
    """Whether a file looks like a dispute file by the end of its name."""
    return _DISPUTE.fullmatch(name) is not None


def is_dispute_name(name: str) -> bool:
    """Whether a name is the plain name of a dispute file."""
    return ends_as_dispute(name) and _is_plain(name)


def is_report_name(name: str) -> bool:
    """Whether a name is the plain name of a report."""
    return _REPORT.fullmatch(name) is not None and _is_plain(name)


def name_from(stem: str) -> str:
    """The beginning of a file's name, from a title: letters and digits, joined by hyphens.

    Parameters
    ----------
    stem
        Any text.

    Returns
    -------
    str
        At most 60 characters and 150 bytes; ``dispute`` where the text has no letter and no digit.
    """
    kept = unicodedata.normalize("NFC", stem).lower()
    words = "".join(one if _belongs_to_a_word(one) else " " for one in kept).split()
    # A mark stands on a letter; alone it begins no name.
    plain = "-".join(words).lstrip("-").encode()[:150].decode(errors="ignore")[:60].rstrip("-")
    if not plain or not plain[0].isalnum():
        return "dispute"
    return f"{plain}-dispute" if _RESERVED.fullmatch(plain) else plain


def _belongs_to_a_word(one: str) -> bool:
    return one.isalnum() or unicodedata.category(one).startswith("M") or one in _JOINERS


def _is_plain(name: str) -> bool:
    return (
        name[0].isalnum()
        and all(one not in _MINDED and (one.isprintable() or one in _JOINERS) for one in name)
        and _is_short(name)
        and _RESERVED.fullmatch(name) is None
    )


def _is_short(name: str) -> bool:
    try:
        return len(name.encode()) <= _MOST_BYTES
    except UnicodeEncodeError:
        # Half a character, from a name that is not text.
        return False
