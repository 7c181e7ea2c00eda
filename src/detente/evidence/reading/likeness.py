"""Which words of a passage and of an option are the same, whatever their endings."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from detente.evidence.reading.words import table

__all__ = ["content", "likeness", "stem"]

_WORD = re.compile(r"[^\W\d_]{3,}")


@cache
def stem(word: str) -> str:
    """A word without its ending; crude, and the same for all forms of most words."""
    word = word.casefold()
    for ending in table()["endings"]:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    # "stopp" and "stop", "withdrew" stays.
    if len(word) > 3 and word[-1] == word[-2]:
        word = word[:-1]
    return word


@cache
def _empty() -> frozenset[str]:
    return frozenset(table()["empty"])


def content(text: str, without: Iterable[str] = ()) -> frozenset[str]:
    """The stems of the words that carry meaning, but for those of `without`."""
    return _content(text, tuple(without))


@lru_cache(maxsize=4096)
def _content(text: str, without: tuple[str, ...]) -> frozenset[str]:
    # With "Korea" goes "Korean".
    names = tuple(word.casefold() for name in without for word in _WORD.findall(name))
    words = (word.casefold() for word in _WORD.findall(text))
    return frozenset(
        stem(word) for word in words if word not in _empty() and not word.startswith(names or "\0")
    )


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of the smaller set that the two have in common; 0 where one is empty."""
    if not one or not other:
        return 0.0
    return len(one & other) / min(len(one), len(other))
