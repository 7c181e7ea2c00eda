"""What a form has to know of a dispute: what there is to choose, and what it is called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

from detente.changes.references import NamedKind, definitions
from detente.files.yaml_text import Trail
from detente.workbench.edits import value_at

__all__ = ["Entries", "Sentences", "Surroundings", "name_of", "surroundings", "word"]

Entries = Callable[[Trail], tuple[str, ...]]
"""Keys of the entries of the list at a trail: each stays while its entry is the same."""

Sentences: TypeAlias = Mapping[tuple[str | None, str], str]
"""What formulas say, by the party whose options they may name bare, and by their text."""

_CONSTANTS = {"true": "Any state is meant.", "false": "No state is meant."}


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
    sentences
        What the formulas say that have a meaning.
    """

    document: Mapping[str, Any]
    known: Mapping[NamedKind, Mapping[str, Trail]]
    entries: Entries
    sentences: Sentences = field(default_factory=dict)

    def said(self, party: str | None, formula: str) -> str:
        """A formula as a sentence; nothing where it has no meaning."""
        return _CONSTANTS.get(formula) or self.sentences.get((party, formula), "")

    def place(self, trail: Trail) -> str:
        """What stands at a trail, for those who do not see where it stands: by names, not ids."""
        words: list[str] = []
        for length, step in enumerate(trail, start=1):
            if trail[:length] in self._at and isinstance(step, str):
                kind, name = self._at[trail[:length]]
                party = kind == "option" and name.partition(".")[0] in self.known["party"]
                called = self.called(kind, name)
                # The name takes the place of the name of the section or the party before it.
                words[-2 if party else -1 :] = [called]
            elif isinstance(step, int):
                words[-1] = f"{words[-1]} {step + 1}"
            elif step in self.known["option"]:
                words.append(self.called("option", step))
            else:
                words.append(self._step(trail[: length - 1], step))
        return ": ".join(words)

    @cached_property
    def _at(self) -> Mapping[Trail, tuple[NamedKind, str]]:
        """What is defined at a trail."""
        return {
            trail: (kind, name) for kind, some in self.known.items() for name, trail in some.items()
        }

    def _step(self, around: Trail, step: str) -> str:
        """A key: the name of a party or an outcome that is told of, or the key's own words."""
        kinds: Mapping[str | int, NamedKind] = {
            "perceives": "party",
            "positions": "party",
            "outcomes": "outcome",
        }
        kind = kinds.get(around[-1]) if len(around) > 1 else None
        if kind and step in self.known[kind]:
            return self.called(kind, step)
        text = step.replace("_", " ")
        return text[:1].upper() + text[1:]

    def choices(self, kind: NamedKind) -> tuple[tuple[str, str], ...]:
        """What there is of a kind, with what it is called; an option with its party."""
        return tuple((name, self.called(kind, name)) for name in self.known[kind])

    def called(self, kind: NamedKind, name: str) -> str:
        """What something is called."""
        trail = self.known[kind].get(name)
        if trail is None:
            return name
        if kind == "option":
            return f"{self.called('party', name.partition('.')[0])}: {self.option_name(name)}"
        value = value_at(self.document, trail)
        if kind == "outcome" and isinstance(value, str):
            # Written in short, it is a formula.
            return name
        called = name_of(value, str(trail[-1]))
        if kind == "source":
            title = value_at(self.document, (*trail, "title"))
            return str(title) if title else name
        return called

    def option_name(self, option: str) -> str:
        """What an option is called where its party is told beside it."""
        trail = self.known["option"][option]
        return name_of(value_at(self.document, trail), str(trail[-1]))

    def levels(self, option: str) -> tuple[str, ...]:
        """The levels of an option, lowest first."""
        trail = self.known["option"].get(option)
        given = value_at(self.document, (*trail, "levels")) if trail else None
        found = tuple(word(level) for level in given) if isinstance(given, list) else ()
        return found or ("no", "yes")


def surroundings(
    document: Mapping[str, Any], entries: Entries, sentences: Sentences | None = None
) -> Surroundings:
    """A dispute as its forms see it."""
    return Surroundings(document, definitions(document), entries, sentences or {})


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
