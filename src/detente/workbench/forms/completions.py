"""What a formula that is being typed could go on with."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["completions"]

_WORD = re.compile(r"[^\W\d][\w.]*$")
_JOINING = ("and", "or", "not", "if", "iff")
_MOST = 6


def completions(text: str, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """What the last word of a formula could become.

    Parameters
    ----------
    text
        The formula as far as it is typed.
    names
        What it can name: ids, with what they are called.

    Returns
    -------
    list of tuple of str
        At most 6 pairs of a name and of the formula with it. Names that begin with the word come
        first, then those that hold it, or are called something that does. Nothing where the word is
        a whole name already, or joins others.
    """
    found = _WORD.search(text)
    if found is None or found[0] in names or found[0] in _JOINING:
        return []
    word = found[0].casefold()
    begin = [name for name in names if name.casefold().startswith(word)]
    hold = [
        name
        for name, called in names.items()
        if name not in begin and (word in name.casefold() or word in called.casefold())
    ]
    return [(name, text[: found.start()] + name) for name in (*begin, *hold)[:_MOST]]
