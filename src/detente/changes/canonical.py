"""Dispute documents in one form, so that two of them can be compared value by value.

A dispute file lets many things be said in short: an option by its name alone, a statement by its
formula, a list of stages without a mapping around it. Here all of that is written out, what only
says the default is left out, and lists whose entries are known by something (statements by their
formula, sources by their id) become :class:`Items`, mappings in order. The walk follows the schema
of the dispute file, so that a key that is added there is compared without a line added here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from detente.files.schema_check import schema

__all__ = [
    "BARE",
    "DEFAULTS",
    "KNOWN_BY",
    "Items",
    "Named",
    "canonical",
    "definition",
    "lowest_levels",
    "plain_document",
]

# The key that a bare value stands for, by the definition in the schema.
BARE = {
    "option": "name",
    "statement": "prefer",
    "outcome": "when",
    "unseen": "when",
    "roadmap": "stages",
    "format": "parties",
    "position": "value",
    "salience": "value",
    "capability": "value",
}

# By what an entry of a list is known, by the definition of the entry. Formulas are their own name.
KNOWN_BY = {
    "source": ("id",),
    "claim": ("id",),
    "observation": ("on",),
    "comment": ("says",),
    "statement": ("prefer",),
    "constraint": ("never", "always"),
    "unseen": ("when",),
    "stage": ("stage",),
    "formula": ("",),
}

# What a key stands for where it is left out.
DEFAULTS: dict[str, Any] = {
    "irreversible": False,
    "judgement": False,
    "levels": ["no", "yes"],
    "options": {},
    "this_dispute": False,
    "unknown": False,
}


class Items(dict[str, Any]):
    """A list as a mapping in order: each entry by what it is known by."""


class Named(dict[str, Any]):
    """A mapping by id whose entries stand in an order."""


def definition(part: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """A part of the schema with its name, where it refers to a definition."""
    name = ""
    while "$ref" in part:
        name = part["$ref"].rpartition("/")[2]
        part = schema()["$defs"][name]
    return name, part


def canonical(document: Mapping[str, Any]) -> dict[str, Any]:
    """Write a dispute document out in full.

    Parameters
    ----------
    document
        Plain values of a dispute document without faults.

    Returns
    -------
    dict
        Mappings by fixed keys are plain dictionaries, those by id :class:`Named`, lists of entries
        that are known by something :class:`Items`; all else are values.
    """
    whole: dict[str, Any] = _in_full(document, schema())
    _without_lowest(whole)
    return whole


def _in_full(value: Any, part: Mapping[str, Any]) -> Any:
    name, part = definition(part)
    if name == "level":
        return _level(value)
    if name == "formula":
        return _formula(value)
    if name == "basis_source":
        return (
            [_in_full(one, part["items"]) for one in value]
            if isinstance(value, list)
            else [_object(value, part)]
        )
    if name in BARE and not isinstance(value, dict):
        value = {BARE[name]: value}
    if isinstance(value, list):
        return _list(value, part)
    if isinstance(value, dict):
        if isinstance(part.get("additionalProperties"), dict) and not part.get("properties"):
            return _by_id(value, part["additionalProperties"])
        return _object(value, part, name)
    if isinstance(value, str) and name != "known":
        return ">>" if value == "≫" else " ".join(value.split())
    return value


def _object(value: Mapping[str, Any], part: Mapping[str, Any], name: str = "") -> dict[str, Any]:
    entries: dict[str, Any] = {}
    for key, inside in value.items():
        full = _of_key(key, inside, part["properties"][key])
        # An empty list says what no list says, but that a view is of a party that prefers nothing.
        empty = isinstance(full, Named | Items) and not full and name != "view"
        if full != DEFAULTS.get(key, _NOTHING) and not empty:
            entries[key] = full
    return entries


def _of_key(key: str, inside: Any, part: Mapping[str, Any]) -> Any:
    if key == "moves":
        # A list of moves is a set: neither order nor repetition says anything.
        return [list(one) for one in sorted({tuple(one) for one in inside})]
    if key == "irreversible" and inside is True:
        return "up"
    if key == "says" and not isinstance(inside, str):
        return _level(inside)
    if key == "when" and isinstance(inside, dict):
        return {_level(level): _formula(one) for level, one in inside.items()}
    if key == "when" and "$ref" not in part:
        # A guard of every change, beside those by level.
        return {_EVERY_CHANGE: _formula(inside)}
    return _in_full(inside, part)


_NOTHING = object()
_EVERY_CHANGE = "every change"


def _by_id(value: Mapping[str, Any], inside: Mapping[str, Any]) -> dict[str, Any]:
    _, part = definition(inside)
    full = {key: _in_full(one, inside) for key, one in value.items()}
    if "properties" not in part:
        return full
    for key, one in full.items():
        # An id is its own name where it has none.
        if isinstance(one, dict) and one.get("name") == key:
            del one["name"]
    return Named(full)


def _list(value: list[Any], part: Mapping[str, Any]) -> Any:
    name, _ = definition(part["items"])
    entries = [_in_full(one, part["items"]) for one in value]
    if name not in KNOWN_BY:
        return entries
    items = Items()
    for one in entries:
        known_by = one if name == "formula" else next(one[k] for k in KNOWN_BY[name] if k in one)
        count = 1
        key = str(known_by)
        while key in items:
            count += 1
            key = f"{known_by} ({count})"
        items[key] = {"": one} if name == "formula" else one
    return items


def _level(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _formula(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else " ".join(value.split())


def lowest_levels(document: Mapping[str, Any]) -> dict[str, str]:
    """The lowest level of each option of a canonical document, by the option's full name."""
    return {
        f"{party}.{option}": entry.get("levels", DEFAULTS["levels"])[0]
        for party, described in document["parties"].items()
        for option, entry in described.get("options", {}).items()
    }


def _without_lowest(document: dict[str, Any]) -> None:
    """Leave out of the status quo what stands at its lowest level, as where it is not named."""
    lowest = lowest_levels(document)
    if "status_quo" in document:
        document["status_quo"] = {
            option: level
            for option, level in document["status_quo"].items()
            if level != lowest.get(option)
        }


def plain_document(value: Any) -> Any:
    """Turn a canonical document, or a part of it, back into what a dispute file holds."""
    if isinstance(value, Items):
        return [plain_document(one.get("", one)) for one in value.values()]
    if isinstance(value, dict):
        if set(value) == {_EVERY_CHANGE}:
            return value[_EVERY_CHANGE]
        return {key: plain_document(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain_document(one) for one in value]
    return value
