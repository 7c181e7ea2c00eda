"""What a form has to know of a dispute: what there is to choose, and what it is called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from detente.changes.references import NamedKind, definitions
from detente.files.yaml_text import Trail
from detente.workbench.edits import value_at

__all__ = ["Entries", "Surroundings", "name_of", "surroundings", "word"]

Entries = Callable[[Trail], tuple[str, ...]]
"""Keys of the entries of the list at a trail: each stays while its entry is the same."""


@dataclass(frozen=True)
class Surroundings:
    """A dispute as its forms see it.

    Attributes
    ----------
    document
        Plain values that have the types that the schema allows.
    known
        What is defined, by kind and name.
    entries
        Keys of the entries of lists.
    """

    document: Mapping[str, Any]
    known: Mapping[NamedKind, Mapping[str, Trail]]
    entries: Entries

    def choices(self, kind: NamedKind) -> tuple[tuple[str, str], ...]:
        """What there is of a kind, with what it is called; an option with its party."""
        return tuple((name, self.called(kind, name)) for name in self.known[kind])

    def called(self, kind: NamedKind, name: str) -> str:
        """What something is called."""
        trail = self.known[kind].get(name)
        if trail is None:
            return name
        called = name_of(value_at(self.document, trail), str(trail[-1]))
        if kind == "source":
            title = value_at(self.document, (*trail, "title"))
            return str(title) if title else name
        if kind == "option":
            return f"{self.called('party', name.partition('.')[0])}: {called}"
        return called

    def levels(self, option: str) -> tuple[str, ...]:
        """The levels of an option, lowest first."""
        trail = self.known["option"].get(option)
        given = value_at(self.document, (*trail, "levels")) if trail else None
        found = tuple(word(level) for level in given) if isinstance(given, list) else ()
        return found or ("no", "yes")


def surroundings(document: Mapping[str, Any], entries: Entries) -> Surroundings:
    """A dispute as its forms see it."""
    return Surroundings(document, definitions(document), entries)


def name_of(value: Any, otherwise: str) -> str:
    """The name that an entry gives itself."""
    if isinstance(value, str) and value:
        return value
    name = value.get("name") if isinstance(value, Mapping) else None
    return str(name) if name else otherwise


def word(value: object) -> str:
    """A value as it stands in the file."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
