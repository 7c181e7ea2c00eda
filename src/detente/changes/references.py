"""Where in a dispute file something is named by its id: in formulas, as keys, in lists.

From this an id can be renamed everywhere at once (:func:`rename_id`), and what names something that
is no longer there can be found and removed (:func:`dangling`, :func:`units_to_remove`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any, Literal, TypeAlias

from detente.dispute.errors import DisputeError, shown
from detente.files.schema_check import faults
from detente.files.yaml_text import Trail, dotted, parse

__all__ = [
    "NamedKind",
    "Reference",
    "dangling",
    "definitions",
    "id_from_name",
    "references",
    "rename_id",
    "units_to_remove",
]

NamedKind: TypeAlias = Literal[
    "party", "option", "outcome", "package", "roadmap", "format", "issue", "source"
]

_SECTIONS: dict[str, NamedKind] = {
    "outcomes": "outcome",
    "packages": "package",
    "roadmaps": "roadmap",
    "formats": "format",
    "issues": "issue",
}
_RESERVED = {"not", "and", "or", "if", "iff", "true", "false"}
_WORDS = re.compile(
    r"(?:==|=|!=|<=|<|>=|>)\s*[A-Za-z0-9_]+"
    r"|(?P<name>[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)?)"
)
_MOST_LETTERS = 40


@dataclass(frozen=True, slots=True)
class Reference:
    """A place at which something is named.

    Attributes
    ----------
    trail
        The value, or the key, that names it.
    kind, name
        What is named; an option in full, as ``party.option``.
    start, end
        The letters of the value or key that name it.
    at_key
        Whether it is named by the key.
    """

    trail: Trail
    kind: NamedKind
    name: str
    start: int
    end: int
    at_key: bool = False


def definitions(document: Any) -> dict[NamedKind, dict[str, Trail]]:
    """What a document defines, by kind and name, and where.

    Parameters
    ----------
    document
        Plain values, which may be wrong in any way.

    Returns
    -------
    dict
        Options by their names in full.
    """
    found: dict[NamedKind, dict[str, Trail]] = {"party": {}, "option": {}, "source": {}}
    for party, entry in _members(document, "parties"):
        found["party"][party] = ("parties", party)
        for option, _ in _members(entry, "options"):
            found["option"][f"{party}.{option}"] = ("parties", party, "options", option)
    for section, kind in _SECTIONS.items():
        found[kind] = {name: (section, name) for name, _ in _members(document, section)}
    for number, entry in _entries(document, "sources"):
        if isinstance(entry, Mapping) and isinstance(entry.get("id"), str):
            found["source"][entry["id"]] = ("sources", number)
    return found


def references(document: Any) -> Iterator[Reference]:
    """Every place of a document at which something is named.

    Parameters
    ----------
    document
        Plain values, which may be wrong in any way.

    Yields
    ------
    Reference
    """
    known = definitions(document)

    def formula(trail: Trail, value: Any, party: str | None = None) -> Iterator[Reference]:
        if isinstance(value, str):
            yield from _in_formula(trail, value, party, known)

    def either(trail: Trail, value: Any, key: str, party: str | None = None) -> Iterator[Reference]:
        """A formula, or a mapping with one."""
        if isinstance(value, Mapping):
            yield from formula((*trail, key), value.get(key), party)
        else:
            yield from formula(trail, value, party)

    for party, entry in _members(document, "parties"):
        at: Trail = ("parties", party)
        for option, whole in _members(entry, "options"):
            guard = whole.get("when") if isinstance(whole, Mapping) else None
            there = (*at, "options", option, "when")
            if isinstance(guard, Mapping):
                for key, value in guard.items():
                    yield from formula((*there, key), value, party)
            else:
                yield from formula(there, guard, party)
        yield from _in_preferences((*at, "preferences"), _get(entry, "preferences"), party, known)
        for number, unseen in _entries(entry, "unseen"):
            yield from either((*at, "unseen", number), unseen, "when", party)
        for other, view in _members(entry, "perceives"):
            there = (*at, "perceives", other)
            yield Reference(there, "party", other, 0, len(other), at_key=True)
            preferences = _get(view, "preferences")
            yield from _in_preferences((*there, "preferences"), preferences, other, known)
            for number, option in _entries(view, "options"):
                if isinstance(option, str):
                    name = f"{other}.{option}"
                    yield Reference((*there, "options", number), "option", name, 0, len(option))
    for number, constraint in _entries(document, "constraints"):
        for key in ("never", "always"):
            yield from formula(("constraints", number, key), _get(constraint, key))
    for number, condition in _entries(document, "coalesce"):
        yield from formula(("coalesce", number), condition)
    for outcome, value in _members(document, "outcomes"):
        yield from either(("outcomes", outcome), value, "when")
    yield from _keys(document, ("status_quo",), "option")
    for package, value in _members(document, "packages"):
        at = ("packages", package)
        yield from _items(value, at, "parties", "party")
        yield from _keys(value, (*at, "set"), "option")
        yield from formula((*at, "when"), _get(value, "when"))
    for roadmap, value in _members(document, "roadmaps"):
        at = ("roadmaps", roadmap)
        stages = value if isinstance(value, list) else _get(value, "stages")
        inside: Trail = at if isinstance(value, list) else (*at, "stages")
        for number, stage in enumerate(stages if isinstance(stages, list) else ()):
            yield from _whole(stage, (*inside, number, "package"), "package")
            yield from _keys(stage, (*inside, number, "move"), "option")
    for name, value in _members(document, "formats"):
        if isinstance(value, list):
            yield from _items({"parties": value}, (), "parties", "party", ("formats", name))
        else:
            yield from _items(value, ("formats", name), "parties", "party")
    for number, seen in _entries(document, "history"):
        yield from _keys(seen, ("history", number, "set"), "option")
    for name, value in _members(document, "issues"):
        yield from _keys(value, ("issues", name, "positions"), "party")
        yield from _keys(value, ("issues", name, "outcomes"), "outcome")
    for number, claim in _entries(document, "claims"):
        yield from _in_claim(("claims", number, "ask"), _get(claim, "ask"), known)
    yield from _citations(document, ())


def _in_formula(
    trail: Trail, text: str, party: str | None, known: Mapping[NamedKind, Mapping[str, Trail]]
) -> Iterator[Reference]:
    for word in _WORDS.finditer(text):
        name = word["name"]
        if not name or name in _RESERVED:
            continue
        start, end = word.span("name")
        if "." in name:
            yield Reference(trail, "option", name, start, end)
        elif party is not None and f"{party}.{name}" in known["option"]:
            yield Reference(trail, "option", f"{party}.{name}", start, end)
        elif party is not None and name not in known["outcome"]:
            # Neither: most likely an own option that has been removed.
            yield Reference(trail, "option", f"{party}.{name}", start, end)
        else:
            yield Reference(trail, "outcome", name, start, end)


def _in_preferences(
    trail: Trail, value: Any, party: str, known: Mapping[NamedKind, Mapping[str, Trail]]
) -> Iterator[Reference]:
    ordered = isinstance(value, Mapping)
    entries = value.get("order") if isinstance(value, Mapping) else value
    at: Trail = (*trail, "order") if ordered else trail
    for number, entry in enumerate(entries if isinstance(entries, list) else ()):
        there: Trail = (*at, number)
        if isinstance(entry, Mapping):
            there = (*there, "prefer")
        told = entry.get("prefer") if isinstance(entry, Mapping) else entry
        for place, text in enumerate(told) if isinstance(told, list) else ((None, told),):
            if isinstance(text, str):
                inside = there if place is None else (*there, place)
                yield from _in_formula(inside, text, party, known)


def _in_claim(
    trail: Trail, text: Any, known: Mapping[NamedKind, Mapping[str, Trail]]
) -> Iterator[Reference]:
    """Names in a question, as far as their meaning is certain."""
    if not isinstance(text, str):
        return
    words = [word for word in _WORDS.finditer(text) if word["name"]]
    asked = [word["name"] for word in words if word["name"] in known["party"]]
    for word in words:
        name = word["name"]
        start, end = word.span("name")
        own = [f"{party}.{name}" for party in asked if f"{party}.{name}" in known["option"]]
        if "." in name:
            yield Reference(trail, "option", name, start, end)
        elif name in known["party"]:
            yield Reference(trail, "party", name, start, end)
        elif own and name not in known["outcome"]:
            yield Reference(trail, "option", own[0], start, end)
        else:
            for kind in ("outcome", "package", "roadmap", "format", "issue"):
                if name in known[kind]:
                    yield Reference(trail, kind, name, start, end)
                    break


def _citations(value: Any, trail: Trail) -> Iterator[Reference]:
    """The sources that are cited anywhere."""
    if isinstance(value, Mapping):
        for key, inside in value.items():
            if key == "source" and trail:
                for number, one in (
                    enumerate(inside) if isinstance(inside, list) else ((-1, inside),)
                ):
                    at = (*trail, key) if number < 0 else (*trail, key, number)
                    yield from _whole(one, (*at, "id"), "source")
            else:
                yield from _citations(inside, (*trail, key))
    elif isinstance(value, list):
        for number, inside in enumerate(value):
            yield from _citations(inside, (*trail, number))


def _keys(value: Any, trail: Trail, kind: NamedKind) -> Iterator[Reference]:
    for key, _ in _members(value, str(trail[-1])):
        yield Reference((*trail, key), kind, key, 0, len(key), at_key=True)


def _items(
    value: Any, trail: Trail, key: str, kind: NamedKind, at: Trail | None = None
) -> Iterator[Reference]:
    for number, name in _entries(value, key):
        if isinstance(name, str):
            yield Reference((*(at or (*trail, key)), number), kind, name, 0, len(name))


def _whole(value: Any, trail: Trail, kind: NamedKind) -> Iterator[Reference]:
    name = _get(value, str(trail[-1]))
    if isinstance(name, str):
        yield Reference(trail, kind, name, 0, len(name))


def _get(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, Mapping) else None


def _members(value: Any, key: str) -> Iterable[tuple[str, Any]]:
    part = _get(value, key)
    return tuple(part.items()) if isinstance(part, Mapping) else ()


def _entries(value: Any, key: str) -> Iterable[tuple[int, Any]]:
    part = _get(value, key)
    return tuple(enumerate(part)) if isinstance(part, list) else ()


# What is no longer there --------------------------------------------------------------------


def dangling(document: Any) -> tuple[Reference, ...]:
    """The places at which something is named that the document does not define."""
    known = definitions(document)
    return tuple(one for one in references(document) if one.name not in known[one.kind])


def units_to_remove(document: Any, found: Iterable[Reference]) -> tuple[Trail, ...]:
    """What has to go with some references: the smallest entries that make sense without them.

    Returns
    -------
    tuple of trails
        None inside another; in the order of the document, so that they can be removed from the
        last to the first.
    """
    units = {_unit(one.trail) for one in found}
    for around in {unit[:-1] for unit in units}:
        whole = _needed_by(around)
        if whole and len(_at(document, around)) == sum(unit[:-1] == around for unit in units):
            # Nothing would be left, and that may not be empty.
            units.add(whole)
    outer = [
        unit for unit in units if not any(unit[:length] in units for length in range(1, len(unit)))
    ]
    return tuple(sorted(outer, key=lambda trail: [(str(type(s)), s) for s in trail]))


def _unit(trail: Trail) -> Trail:
    top = trail[0]
    if top == "parties" and trail[2] in ("preferences", "unseen"):
        return trail[: 5 if trail[3] == "order" else 4]
    if top == "parties" and trail[2] == "perceives" and trail[4:5] == ("preferences",):
        return trail[: 7 if trail[5] == "order" else 6]
    if "source" in trail:
        place = trail.index("source")
        return trail[: place + 2] if isinstance(trail[place + 1], int) else trail[: place + 1]
    if top in ("constraints", "coalesce", "claims", "outcomes"):
        return trail[:2]
    if top == "roadmaps":
        return trail[: next(n for n, step in enumerate(trail) if isinstance(step, int)) + 1]
    return trail


def _needed_by(around: Trail) -> Trail | None:
    """What makes no sense where a list or mapping in it is empty."""
    top, last = around[0], around[-1]
    if last == "order":
        return around[:-1]
    if top in ("packages", "formats", "roadmaps", "history") and len(around) >= 2:
        return around[:2]
    if last in ("positions", "source"):
        return around[:2] if top == "issues" and last == "positions" else around
    return None


def _at(document: Any, trail: Trail) -> Any:
    for step in trail:
        document = document[step]
    return document


# Renaming -----------------------------------------------------------------------------------


def id_from_name(name: str, taken: Iterable[str] = (), *, otherwise: str = "entry") -> str:
    """Make an id from a name: ``River Bank`` gives ``river_bank``.

    Parameters
    ----------
    name
        Any text.
    taken
        Ids that are in use.
    otherwise
        What the id is made from where the name has no letter from a to z.

    Returns
    -------
    str
    """
    from unicodedata import normalize

    plain = normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:_MOST_LETTERS].strip("_")
    if not stem[:1].isalpha():
        stem = f"{otherwise}_{stem}" if stem else otherwise
    if stem in _RESERVED:
        stem += "_"
    used = set(taken)
    found, number = stem, 2
    while found in used:
        found, number = f"{stem}_{number}", number + 1
    return found


def rename_id(text: str, kind: NamedKind, old: str, new: str) -> str:
    """Rename something everywhere in a dispute file; all else stays as it stands.

    Parameters
    ----------
    text
        The file's text.
    kind
        What is renamed.
    old
        Its id; of an option in full, as ``party.option``.
    new
        Its new id; of an option without its party.

    Returns
    -------
    str
        The new text.

    Raises
    ------
    DisputeError
        If there is no such thing, the new id is taken or cannot be one, or the text cannot be read.
    """
    document, places = parse(text)
    known = definitions(document)
    if old not in known[kind]:
        raise DisputeError(f"no {kind} is called {shown(old)}")
    party = old.partition(".")[0] if kind == "option" else ""
    target = f"{party}.{new}" if kind == "option" else new
    if target == old:
        return text
    if target in known[kind]:
        raise DisputeError(f"the id {shown(new)} is taken")
    _refuse_no_id(kind, new)
    _refuse_two_meanings(known, kind, new)
    changes: dict[tuple[int, int], str] = {}
    for one in chain(_defined(known[kind][old], kind, old), references(document)):
        piece = _renamed(one, kind, old, new)
        if piece is not None:
            start, end, wanted = piece
            span = places.letters(one.trail, start, end, at_key=one.at_key)
            if span is None:
                raise DisputeError("this cannot be renamed here", key=dotted(one.trail))
            changes[span] = wanted
    for (start, end), wanted in sorted(changes.items(), reverse=True):
        text = text[:start] + wanted + text[end:]
    return text


def _refuse_no_id(kind: NamedKind, new: str) -> None:
    found = faults({"id": new, "title": "-"}, "source") if kind == "source" else faults(new, "id")
    if found:
        raise DisputeError(found[0].message)


def _refuse_two_meanings(
    known: Mapping[NamedKind, Mapping[str, Trail]], kind: NamedKind, new: str
) -> None:
    """In a party's formulas an own option goes before an outcome of the same name."""
    options = {name.partition(".")[2] for name in known["option"]}
    if (kind == "option" and new in known["outcome"]) or (kind == "outcome" and new in options):
        other = "outcome" if kind == "option" else "option"
        raise DisputeError(f"the id {shown(new)} is taken: an {other} is called so")


def _defined(trail: Trail, kind: NamedKind, name: str) -> Iterator[Reference]:
    """Where something gets its id."""
    if kind == "source":
        yield Reference((*trail, "id"), kind, name, 0, len(name))
    else:
        yield Reference(trail, kind, name, 0, len(str(trail[-1])), at_key=True)


def _renamed(one: Reference, kind: NamedKind, old: str, new: str) -> tuple[int, int, str] | None:
    """Which letters of a value or key become others."""
    if one.kind == kind and one.name == old:
        if kind != "option":
            return one.start, one.end, new
        bare = old.partition(".")[2]
        return one.end - len(bare), one.end, new
    in_full = one.end - one.start == len(one.name)
    if kind == "party" and one.kind == "option" and in_full:
        party = one.name.partition(".")[0]
        if party == old:
            return one.start, one.start + len(party), new
    return None
