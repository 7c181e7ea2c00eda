"""What differs in two versions of a dispute: the model, value by value, each to be switched alone.

The documents are compared in one form (:mod:`detente.changes.canonical`), so that whatever a
dispute file can hold is compared. Each difference can be applied alone, or with others, to
the older document.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from detente.changes.canonical import BARE, Items, Named, canonical, lowest_levels, plain_document

__all__ = ["Difference", "Kind", "Path", "applied", "differences"]

Kind = Literal["added", "removed", "changed", "moved"]
"""Of a value or an entry: it is in the newer version alone, in the older alone, otherwise there, or
at another place among its like."""

Path = tuple[str, ...]
"""Keys that lead to a value in a canonical document; entries of lists by what they are known by."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference between two versions of a dispute.

    Attributes
    ----------
    kind
        What became of it.
    path
        Where it is: in the older version, or in the newer one where it was added. An entry of a
        list that was replaced by another (a statement whose formula differs) has the older path.
    old, new
        The value in either version, as a dispute file holds it; None where there is none. Of an
        entry that moved, its place among its like, from 1.
    successor
        The last key of the path in the newer version, where an entry was replaced by another.
    """

    kind: Kind
    path: Path
    old: Any
    new: Any
    successor: str | None = None


def differences(older: Mapping[str, Any], newer: Mapping[str, Any]) -> tuple[Difference, ...]:
    """List what differs in two dispute documents.

    Parameters
    ----------
    older, newer
        Plain values, as :func:`detente.files.yaml_text.parse` gives them, without faults.

    Returns
    -------
    tuple of Difference
        In the order of the documents' keys; none where they say the same, however it is written.
    """
    return tuple(_between(*_side_by_side(older, newer), ()))


def _side_by_side(
    older: Mapping[str, Any], newer: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both documents in full.

    Where one of them says in the status quo where an option stands, so does the other, if it has
    the option: which level goes without saying may differ.
    """
    old, new = canonical(older), canonical(newer)
    if "status_quo" in old and "status_quo" in new:
        quos = [document["status_quo"] for document in (old, new)]
        lowest = [lowest_levels(document) for document in (old, new)]
        for option in dict.fromkeys([*quos[0], *quos[1]]):
            if option in lowest[0] and option in lowest[1]:
                for quo, levels in zip(quos, lowest, strict=True):
                    quo.setdefault(option, levels[option])
    return old, new


def _between(old: Any, new: Any, at: Path) -> Iterator[Difference]:
    if old == new and not isinstance(old, dict):
        return
    if type(old) is type(new) and isinstance(old, Named | Items):
        yield from _in_order(old, new, at)
    elif type(old) is type(new) and isinstance(old, dict):
        for key in dict.fromkeys([*old, *new]):
            full = old.get(key, new.get(key))
            if (key in old) != (key in new) and _entries_stand_alone(full, at):
                # Each entry of what is not there on the other side is a difference.
                nothing = type(full)()
                yield from _between(old.get(key, nothing), new.get(key, nothing), (*at, key))
            elif key not in new:
                yield Difference("removed", (*at, key), plain_document(old[key]), None)
            elif key not in old:
                yield Difference("added", (*at, key), None, plain_document(new[key]))
            else:
                yield from _between(old[key], new[key], (*at, key))
    else:
        yield Difference("changed", at, plain_document(old), plain_document(new))


def _entries_stand_alone(value: Any, at: Path) -> bool:
    return isinstance(value, Named | Items) and at[-2:-1] != ("perceives",)


def _in_order(old: Mapping[str, Any], new: Mapping[str, Any], at: Path) -> Iterator[Difference]:
    """Differences of entries that stand in an order."""
    stay, replaced = _matched(old, new)
    places = {key: place for place, key in enumerate(new, start=1)}
    for key in old:
        if key not in new and key not in replaced:
            yield Difference("removed", (*at, key), _entry(old[key]), None)
    for place, key in enumerate(old, start=1):
        if key in new and key not in stay:
            yield Difference("moved", (*at, key), place, places[key])
    before = {successor: key for key, successor in replaced.items()}
    for key in new:
        if key in before:
            was = before[key]
            yield Difference("changed", (*at, was), _entry(old[was]), _entry(new[key]), key)
        elif key not in old:
            yield Difference("added", (*at, key), None, _entry(new[key]))
        else:
            yield from _between(old[key], new[key], (*at, key))


def _entry(value: Any) -> Any:
    """An entry as a dispute file holds it, in short where it can be."""
    plain = plain_document(value.get("", value))
    (key, *more) = plain if isinstance(plain, dict) and plain else ("",)
    return plain[key] if not more and key in BARE.values() else plain


def _matched(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[set[str], dict[str, str]]:
    """Entries that need not move, and entries of a list in whose place others stand."""
    own, other = list(old), list(new)
    stay: set[str] = set()
    replaced: dict[str, str] = {}
    matcher = SequenceMatcher(None, own, other, autojunk=False)
    for what, i1, i2, j1, j2 in matcher.get_opcodes():
        if what == "equal":
            stay.update(own[i1:i2])
        elif what == "replace" and isinstance(old, Items) and i2 - i1 == j2 - j1:
            for was, successor in zip(own[i1:i2], other[j1:j2], strict=True):
                if was not in new and successor not in old:
                    replaced[was] = successor
    return stay, replaced


# Applying ---------------------------------------------------------------------------------------


def applied(
    older: Mapping[str, Any], newer: Mapping[str, Any], chosen: Collection[Difference]
) -> dict[str, Any]:
    """The older document with some of the differences from the newer one.

    Parameters
    ----------
    older, newer
        The documents that were compared.
    chosen
        Some of their :func:`differences`; with all of them the result says what the newer document
        says.

    Returns
    -------
    dict
        A document, which may have faults where a difference needs others that are not chosen.
    """
    document, theirs = _side_by_side(older, newer)
    known = set(map(_marked, chosen))
    all_of_them = tuple(_between(document, theirs, ()))
    wanted = [one for one in all_of_them if _marked(one) in known]
    _apply(document, theirs, (), wanted, all_of_them)
    result: dict[str, Any] = plain_document(document)
    return result


def _marked(one: Difference) -> tuple[Any, ...]:
    return one.kind, one.path, one.successor


def _apply(
    old: dict[str, Any],
    new: Mapping[str, Any],
    at: Path,
    wanted: Sequence[Difference],
    everything: Sequence[Difference],
) -> None:
    here = {one.path[-1]: one for one in wanted if len(one.path) == len(at) + 1}
    for key in {one.path[len(at)] for one in wanted if len(one.path) > len(at) + 1}:
        below = [one for one in everything if one.path[len(at)] == key and one.path[:-1] != at]
        inside = [one for one in wanted if one in below]
        if key not in old:
            old[key] = type(new[key])()
        _apply(old[key], new.get(key, {}), (*at, key), inside, below)
        if _entries_stand_alone(old[key], at) and not old[key]:
            del old[key]
    if isinstance(old, Named | Items):
        _reorder(old, new, here, [one for one in everything if one.path[:-1] == at])
        return
    for key, one in here.items():
        if one.kind == "removed":
            del old[key]
        else:
            old[key] = deepcopy(new[key])


def _reorder(
    old: dict[str, Any],
    new: Mapping[str, Any],
    here: Mapping[str, Difference],
    everything: Sequence[Difference],
) -> None:
    """Entries that stand in an order, with some of their differences."""
    successors = {one.path[-1]: one.successor for one in everything if one.successor is not None}
    values: dict[str, Any] = {}
    order: list[str] = []
    for key, value in old.items():
        one = here.get(key)
        if one is None or one.kind == "moved":
            values[key] = value
            order.append(key)
        elif one.kind == "changed":
            # Replaced by another entry.
            successor = one.successor or key
            values[successor] = deepcopy(new[successor])
            order.append(successor)
    moving = {one.path[-1] for one in everything if one.kind in ("moved", "added")}
    # Where an entry of the newer version now stands, if it stands where it is to stay.
    standing = {successor: was for was, successor in successors.items() if was in values}
    last = -1
    for key in new:
        one = here.get(key)
        if one is not None and one.kind in ("moved", "added"):
            if one.kind == "added":
                values[key] = deepcopy(new[key])
            else:
                index = order.index(key)
                order.pop(index)
                last -= index <= last
            order.insert(last + 1, key)
            last += 1
        elif key not in moving:
            stands = standing.get(key, key)
            if stands in values:
                last = order.index(stands)
    old.clear()
    old.update({key: values[key] for key in order})
