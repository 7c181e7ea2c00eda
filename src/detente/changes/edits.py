"""Edits of a dispute that a user names in a line: what if this were otherwise?

An edit changes the document of a dispute, so that whatever follows can be compared with it, and the
variant be saved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Literal

from detente.changes.canonical import Items, canonical, plain_document
from detente.dispute.errors import DisputeError, nearest, shown

__all__ = ["Edit", "edited", "edited_canonical"]

EditKind = Literal["set", "drop", "flip", "move", "confidence", "irreversible"]


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit.

    Attributes
    ----------
    kind
        ``set``: a value at a path such as ``status_quo.a.dam`` or ``packages.deal.when``;
        ``drop``, ``flip`` and ``move``: a preference statement, ``PARTY.N``; ``confidence``: of
        such a statement; ``irreversible``: of an option.
    target
        What is edited.
    value
        The new value, or for ``move`` the place, from 1; None for ``drop`` and ``flip``.
    """

    kind: EditKind
    target: str
    value: str | None = None


def edited(document: Mapping[str, Any], edits: Sequence[Edit]) -> dict[str, Any]:
    """A document with some edits made, one after the other.

    Numbers of statements are those of the document as it is given, whatever was dropped before.

    Parameters
    ----------
    document
        A dispute document without faults.
    edits
        The edits.

    Returns
    -------
    dict
        A document; whether it has faults shows when it is built.

    Raises
    ------
    DisputeError
        If what an edit names is not there, or its value cannot be read.
    """
    result: dict[str, Any] = plain_document(edited_canonical(canonical(document), edits))
    return result


def edited_canonical(document: Mapping[str, Any], edits: Sequence[Edit]) -> dict[str, Any]:
    """The same in the form of :mod:`detente.changes.canonical`, before and after.

    Entries of lists keep the keys by which they were known.
    """
    whole = deepcopy(dict(document))
    numbers = {
        party: list(entry.get("preferences", {}))
        for party, entry in whole["parties"].items()
        if isinstance(entry.get("preferences", Items()), Items)
    }
    for edit in edits:
        if edit.kind == "set":
            _set(whole, edit)
        elif edit.kind == "irreversible":
            _irreversible(whole, edit)
        else:
            _statement(whole, numbers, edit)
    return whole


def _known(what: str, name: str, known: Sequence[str]) -> str:
    if name not in known:
        raise DisputeError(
            f"there is no {what} {shown(name)}",
            found=name,
            allowed=known,
            nearest=nearest(name, known),
        )
    return name


def _party(whole: Mapping[str, Any], named: str) -> str:
    """The id of a party that is named by its id, or by the name or alias that no other has."""
    parties = whole["parties"]
    wanted = " ".join(named.split()).casefold()
    meant = [
        party
        for party, entry in parties.items()
        if wanted in (one.casefold() for one in (entry.get("name", ""), *entry.get("aliases", ())))
    ]
    return (
        meant[0]
        if named not in parties and len(meant) == 1
        else _known("party", named, list(parties))
    )


def _statement(whole: dict[str, Any], numbers: Mapping[str, list[str]], edit: Edit) -> None:
    party, point, number = edit.target.rpartition(".")
    if not point:
        raise DisputeError(f"a statement is named PARTY.N, such as a.1; found {shown(number)}")
    party = _party(whole, party)
    if party not in numbers:
        raise DisputeError(f"the preferences of {party} are an order, which has no statements")
    keys = numbers[party]
    if not (number.isascii() and number.isdigit() and 1 <= int(number) <= len(keys)):
        raise DisputeError(
            f"{party} has no preference {shown(number)}; its statements are 1 to {len(keys)}"
        )
    key = keys[int(number) - 1]
    statements = whole["parties"][party]["preferences"]
    if key not in statements:
        raise DisputeError(f"preference {number} of {party} has been dropped already")
    match edit.kind:
        case "drop":
            del statements[key]
        case "flip":
            statements[key]["prefer"] = f"not ({statements[key]['prefer']})"
        case "confidence":
            statements[key]["confidence"] = _number(edit)
        case "move":
            place = edit.value or ""
            if not (place.isascii() and place.isdigit() and 1 <= int(place) <= len(statements)):
                raise DisputeError(f"there is no place {shown(place)}; use 1 to {len(statements)}")
            entries = [(one, value) for one, value in statements.items() if one != key]
            entries.insert(int(place) - 1, (key, statements[key]))
            statements.clear()
            statements.update(entries)


def _number(edit: Edit) -> float:
    try:
        return float(edit.value or "")
    except ValueError:
        raise DisputeError(f"{shown(edit.value)} is not a number", found=edit.value) from None


def _irreversible(whole: dict[str, Any], edit: Edit) -> None:
    options = {
        f"{party}.{option}": entry
        for party, described in whole["parties"].items()
        for option, entry in described.get("options", {}).items()
    }
    owner, _, own = edit.target.partition(".")
    target = f"{_party(whole, owner)}.{own}" if own and edit.target not in options else edit.target
    entry = options[_known("option", target, list(options))]
    value = {"no": False, "false": False, "yes": "up", "true": "up"}.get(
        edit.value or "", edit.value
    )
    if value not in (False, "up", "down"):
        raise DisputeError(
            f"{shown(edit.value)} is no direction",
            found=edit.value,
            allowed=("no", "yes", "up", "down"),
        )
    entry["irreversible"] = value


def _set(whole: dict[str, Any], edit: Edit) -> None:
    head, _, rest = edit.target.partition(".")
    if not rest:
        _known("place to set", edit.target, ["status_quo.PARTY.OPTION"])
    if head == "status_quo":
        # Faults in option and level are found when the document is built.
        whole.setdefault("status_quo", {})[rest] = edit.value
        return
    place: Any = whole
    steps = _steps(edit.target)
    for number, step in enumerate(steps[:-1]):
        if not isinstance(place, dict):
            raise DisputeError(f"there is nothing at {shown('.'.join(steps[: number + 1]))}")
        place = _step(place, step, ".".join(steps[: number + 1]))
    if not isinstance(place, dict) or isinstance(place, Items):
        raise DisputeError(f"nothing can be set at {shown(edit.target)}")
    place[steps[-1]] = _value(edit.value or "")


def _steps(target: str) -> list[str]:
    """The steps of a path; after ``set`` and ``move`` comes the full name of an option."""
    steps = target.split(".")
    for key in ("set", "move"):
        if key in steps[:-1]:
            at = steps.index(key) + 1
            return [*steps[:at], ".".join(steps[at:])]
    return steps


def _step(place: dict[str, Any], step: str, path: str) -> Any:
    if isinstance(place, Items) and step.isascii() and step.isdigit():
        entries = list(place.values())
        if 1 <= int(step) <= len(entries):
            return entries[int(step) - 1]
    if step not in place:
        raise DisputeError(
            f"there is nothing at {shown(path)}",
            found=step,
            allowed=list(place)[:12],
            nearest=nearest(step, list(place)),
        )
    return place[step]


def _value(text: str) -> Any:
    """A value as YAML would read it."""
    from detente.files.yaml_text import parse

    return parse(f"value: {text}\n")[0]["value"]
