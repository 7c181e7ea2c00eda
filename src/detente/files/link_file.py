"""What joins several disputes: a part of a dispute file, with the ids of the joined dispute."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any, NoReturn

from detente.dispute.errors import DisputeError, nearest, shown
from detente.files.schema_check import plain
from detente.files.yaml_text import Places, Trail, dotted, parse, read_text

__all__ = ["Link", "link_names", "read_link"]

_SHIPPED = files("detente") / "cases" / "links"

_TEXTS = ("dispute", "about")
_LISTS = ("sources", "constraints", "claims")
_MAPS = ("outcomes", "packages", "roadmaps", "formats", "issues")
_KEYS = (*_TEXTS, *_LISTS, "parties", *_MAPS)
_PARTY_KEYS = ("order", "preferences")


@dataclass(frozen=True, eq=False)
class Link:
    """What a link file holds.

    Attributes
    ----------
    path
        The file.
    document
        Its content.
    places
        Where its values stand.
    """

    path: Path
    document: dict[str, Any] = field(repr=False)
    places: Places = field(repr=False)

    @property
    def orders(self) -> dict[str, tuple[str, ...]]:
        """By party, the files whose statements come first, in order."""
        parties = self.document.get("parties", {})
        return {name: tuple(one["order"]) for name, one in parties.items() if "order" in one}

    def fail(self, message: str, trail: Trail, *, at_key: bool = False, **more: Any) -> NoReturn:
        """Say what is wrong at a place of the file."""
        place = self.places.key(trail) if at_key else self.places.value(trail)
        raise DisputeError(
            message,
            path=self.path,
            place=place,
            key=dotted(trail),
            excerpt=self.places.excerpt(place),
            **more,
        )

    def check(self, labels: Sequence[str], parties: Sequence[Mapping[str, Any]]) -> None:
        """Check what can be checked without the joined dispute.

        Parameters
        ----------
        labels
            What the joined files are called.
        parties
            The parties of each.

        Raises
        ------
        DisputeError
            If a key, a party or the name of a file is not known, or a value is of a wrong kind.
        """
        known = list(dict.fromkeys(name for one in parties for name in one))
        for name, entry in self.document.get("parties", {}).items():
            trail: Trail = ("parties", name)
            self._one_of("party", name, known, trail)
            self._kind(entry, dict, trail)
            for key in entry:
                self._one_of("key of a party", key, _PARTY_KEYS, (*trail, key))
                self._kind(entry[key], list, (*trail, key))
            for number, label in enumerate(entry.get("order", ())):
                place = (*trail, "order", number)
                own = [one for one, its in zip(labels, parties, strict=True) if name in its]
                self._one_of("file with this party", label, own, place, at_key=False)
            for number, one in enumerate(entry.get("preferences", ())):
                at = one.get("at", 1) if isinstance(one, dict) else 1
                if not isinstance(at, int) or isinstance(at, bool) or at < 1:
                    self.fail(
                        f"`at` is a place in the list, 1 the first; found {shown(at)}",
                        (*trail, "preferences", number, "at"),
                        found=str(at),
                    )

    def _one_of(
        self, what: str, found: Any, known: Sequence[str], trail: Trail, *, at_key: bool = True
    ) -> None:
        if found not in known:
            self.fail(
                f"there is no {what} {shown(found)}",
                trail,
                at_key=at_key,
                found=str(found),
                allowed=tuple(known),
                nearest=nearest(str(found), known),
            )

    def _kind(self, value: Any, kind: type, trail: Trail) -> None:
        if not isinstance(value, kind):
            wanted = {"dict": "a mapping", "list": "a list", "str": "text"}[kind.__name__]
            self.fail(f"expected {wanted}, found {shown(value)}", trail, found=str(value))

    def add_to(self, document: dict[str, Any]) -> dict[Trail, Trail]:
        """Add what the link holds to a joined document.

        Parameters
        ----------
        document
            The document, which is changed.

        Returns
        -------
        dict
            For each value that was added, its trail in the joined document and in the link.
        """
        moved: dict[Trail, Trail] = {}
        for key in _TEXTS:
            if key in self.document:
                document[key] = self.document[key]
                moved[(key,)] = (key,)
        for key in _LISTS:
            entries = document.setdefault(key, []) if key in self.document else []
            for number, entry in enumerate(self.document.get(key, ())):
                if key != "constraints":
                    self._is_new(key, entry, {one.get("id") for one in entries}, (key, number))
                moved[key, len(entries)] = (key, number)
                entries.append(entry)
        for key in _MAPS:
            for name, entry in self.document.get(key, {}).items():
                self._is_new(key, {"id": name}, document.get(key, {}), (key, name))
                moved[key, name] = (key, name)
                document.setdefault(key, {})[name] = entry
        for name, party in self.document.get("parties", {}).items():
            moved |= self._state(name, party, document["parties"][name])
        return moved

    def _is_new(self, key: str, entry: Any, known: Any, trail: Trail) -> None:
        name = entry.get("id") if isinstance(entry, dict) else None
        if name in known:
            self.fail(
                f"the joined dispute has {shown(name)} among its {key} already: take another id",
                trail,
                at_key=True,
                found=str(name),
            )

    def _state(
        self, name: str, party: Mapping[str, Any], entry: dict[str, Any]
    ) -> dict[Trail, Trail]:
        """Add statements of a party, each at its place in the list, or before all others."""
        places: list[int | None] = [None] * len(entry["preferences"])
        statements = list(entry["preferences"])
        first = 0
        for number, one in enumerate(party.get("preferences", ())):
            stated = one
            if isinstance(one, dict) and "at" in one:
                at = one["at"] - 1
                stated = {key: value for key, value in one.items() if key != "at"}
            else:
                at, first = first, first + 1
            statements.insert(at, stated)
            places.insert(at, number)
        entry["preferences"] = statements
        return {
            ("parties", name, "preferences", here): ("parties", name, "preferences", number)
            for here, number in enumerate(places)
            if number is not None
        }


def link_names() -> tuple[str, ...]:
    """List the names of the shipped links, in alphabetical order."""
    names = (entry.name for entry in _SHIPPED.iterdir() if entry.name.endswith(".yaml"))
    return tuple(sorted(name.removesuffix(".yaml") for name in names))


def read_link(source: str | os.PathLike[str]) -> Link:
    """Read a link file.

    Parameters
    ----------
    source
        Its path, or the name of a shipped link.

    Returns
    -------
    Link

    Raises
    ------
    DisputeError
        If it cannot be read, or is no mapping of the keys that a link may have.
    """
    path = Path(source)
    if isinstance(source, str) and source in link_names():
        path = Path(str(_SHIPPED / f"{source}.yaml"))
    elif not path.exists() and not path.suffix:
        raise DisputeError(
            "there is no such file, and no shipped link of this name",
            path=path,
            found=str(source),
            allowed=link_names(),
            nearest=nearest(str(source), link_names()),
        )
    document, places = parse(read_text(path), path)
    link = Link(path, plain(document, path) if isinstance(document, dict) else {}, places)
    link._kind(document, dict, ())
    for key, value in link.document.items():
        link._one_of("key of a link", key, _KEYS, (key,))
        kind = str if key in _TEXTS else list if key in _LISTS else dict
        link._kind(value, kind, (key,))
    return link
