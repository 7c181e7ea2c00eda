"""Disputes in ``.gmcr`` files, the JSON files in which GMCR+ keeps a conflict.

Such a file holds two-level options, prioritised statements and infeasible states, each as
lists of ``[option, "Y"]`` and ``[option, "N"]`` pairs. ``docs/how-to/gmcr-files.md`` says
exactly what is read and written.
"""

from __future__ import annotations

import json
import os
import re
import unicodedata
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np

from detente.dispute.dispute import (
    NO_BASIS,
    AtLevel,
    Basis,
    Connective,
    Constant,
    Dispute,
    Expression,
    Formula,
    Party,
    Place,
    Statement,
    Statements,
)
from detente.dispute.errors import DisputeError, nearest, shown
from detente.dispute.formula import RESERVED_WORDS
from detente.files.dispute_file import build
from detente.files.whole_file import write_whole
from detente.files.yaml_text import Trail, dotted, read_text, refused_character
from detente.space.ranks import party_ranks
from detente.space.states import StateSpace, state_space

__all__ = ["document_from_gmcr", "gmcr_from_dispute", "read", "read_document", "write", "written"]

# A formula may need exponentially many conjunctions; nobody reads a statement of more than these.
_MOST_CONJUNCTIONS = 256

# An order or weights become statements that list whole states, which serves only small disputes.
_MOST_LISTED_STATES = 64
_MOST_LISTED_OPTIONS = 16

_DIRECTIONS: dict[str, Literal["up", "down"] | None] = {"both": None, "fwd": "up", "back": "down"}
_DIRECTION_NAMES = {direction: name for name, direction in _DIRECTIONS.items()}
_CONDITION_KEYS = ("condition", "conditions", "members")
_LONGEST_ID = 40

# Options (by number) and the truth that each must have; all must hold.
_Pairs: TypeAlias = tuple[tuple[int, bool], ...]

# The same as two bit masks, the options that matter and those of them that must be taken, by
# which one conjunction is quickly seen to cover another.
_Masks: TypeAlias = tuple[int, int]


# Reading -----------------------------------------------------------------------------------


class _Fault(Exception):
    """Something wrong in a ``.gmcr`` document, and the path to it."""

    def __init__(self, message: str, at: Trail, near: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.at = at
        self.near = near

    def error(self, path: Path | None = None, text: str | None = None) -> DisputeError:
        """The error for the reader of the file, with the place in `text` where it is given."""
        return DisputeError(
            self.message,
            path=path,
            place=None if text is None else _place_in(text, self.at),
            key=dotted(self.at) or None,
            nearest=self.near,
        )


def read(path: str | os.PathLike[str], content: bytes | None = None) -> Dispute:
    """Read a dispute from a ``.gmcr`` file.

    Parameters
    ----------
    path
        The file.
    content
        What is in it, where that has been read.

    Returns
    -------
    Dispute
        The dispute, titled by the file's name. :func:`read_document` also says what was not
        read.

    Raises
    ------
    DisputeError
        If the file cannot be read or does not hold a conflict.
    """
    document, _ = read_document(path, content)
    return build(document, path=Path(path))


def read_document(
    path: str | os.PathLike[str], content: bytes | None = None
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Read a ``.gmcr`` file as the mapping that a dispute file holds.

    Parameters
    ----------
    path
        The file.
    content
        What is in it, where that has been read.

    Returns
    -------
    document : dict
        The mapping, ready to be built or written as YAML.
    notes : tuple of str
        What was in the file and was not read.

    Raises
    ------
    DisputeError
        If the file cannot be read or does not hold a conflict. The error gives line and column
        where they are known.
    """
    path = Path(path)
    text = _text(path, content)
    try:
        data = json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise DisputeError(
            f"this is not JSON: {error.msg}", path=path, place=Place(error.lineno, error.colno)
        ) from None
    except _Fault as fault:
        raise fault.error(path) from None
    except ValueError:
        # Python refuses integers of thousands of digits.
        raise DisputeError("a number in this file is too long", path=path) from None
    except RecursionError:
        raise DisputeError("the lists in this file are nested too deeply", path=path) from None
    try:
        return _document(data, path.stem or "Untitled")
    except _Fault as fault:
        raise fault.error(path, text) from None


def document_from_gmcr(
    data: object, *, title: str = "Untitled"
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Turn the contents of a ``.gmcr`` file into the mapping that a dispute file holds.

    Parameters
    ----------
    data
        The contents, as :func:`json.load` gives them.
    title
        Title of the dispute, which a ``.gmcr`` file does not hold.

    Returns
    -------
    document : dict
        The mapping, ready to be built or written as YAML.
    notes : tuple of str
        What was in `data` and was not read.

    Raises
    ------
    DisputeError
        If `data` does not hold a conflict.
    """
    try:
        return _document(data, title)
    except _Fault as fault:
        raise fault.error() from None


def _text(path: Path, content: bytes | None) -> str:
    content = (read_text(path) if content is None else content).removeprefix(BOM_UTF8)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", errors="replace")
        raise DisputeError(
            f"the file is not text in UTF-8: byte {content[error.start]:#04x} has no meaning here",
            path=path,
            place=_place_at(before, len(before)),
        ) from None


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        repeated = next(key for key, count in Counter(k for k, _ in pairs).items() if count > 1)
        raise _Fault(f"an object has the key {shown(repeated)} twice", ())
    return result


def _no_constant(name: str) -> object:
    raise _Fault(f"{name} is not a JSON value", ())


def _document(data: object, title: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    try:
        return _Reading().document(data, title)
    except RecursionError:
        raise _Fault("the conditions are nested too deeply", ()) from None


class _Reading:
    """One reading of a document: the options known so far, and the keys that were not read."""

    def __init__(self) -> None:
        self.option_numbers: dict[str, int] = {}
        self.option_ids: list[str] = []
        self.unread: Counter[tuple[str, str]] = Counter()
        self.notes: list[str] = []

    def document(self, data: object, title: str) -> tuple[dict[str, Any], tuple[str, ...]]:
        top = self._object(data, (), "a .gmcr file", {"options", "decisionMakers", "infeasibles"})
        options = self._options(_required_list(top, "options"))
        makers = self._makers(_required_list(top, "decisionMakers"))
        owners = self._owners(makers, options)
        parties: dict[str, Any] = {}
        party_ids: dict[str, str] = {}
        for maker_name, numbers in owners.items():
            party_ids[maker_name] = party_id = _slug(maker_name, "party", party_ids.values())
            party_options: dict[str, Any] = {}
            for number in numbers:
                option = options[number]
                option_id = _slug(option["name"], "option", party_options)
                party_options[option_id] = option
                self.option_ids[number] = f"{party_id}.{option_id}"
            parties[party_id] = {"name": _plain(maker_name)}
            if party_options:
                parties[party_id]["options"] = party_options
        # Conditions name options by id, so they can be put into words only now.
        for position, maker in enumerate(makers):
            preferences = self._preferences(maker, ("decisionMakers", position))
            if preferences:
                parties[party_ids[maker["name"]]]["preferences"] = preferences
        document: dict[str, Any] = {"dispute": title, "parties": parties}
        constraints = self._constraints(top)
        if constraints:
            document["constraints"] = constraints
        if [n for numbers in owners.values() for n in numbers] != list(range(len(options))):
            self.notes.append(
                "options stand in the order of the decision makers here and in another order in "
                "the file, so the numbers of states differ"
            )
        return document, (*self._unread_notes(), *self.notes)

    def _options(self, values: list[object]) -> list[dict[str, Any]]:
        options: list[dict[str, Any]] = []
        without_direction = 0
        for number, value in enumerate(values):
            at: Trail = ("options", number)
            entry = {"name": value} if isinstance(value, str) else value
            entry = self._object(entry, at, "an option", {"name", "permittedDirection"})
            name = _name(entry, at, "an option")
            if name in self.option_numbers:
                raise _Fault(f"two options have the name {shown(name)}", (*at, "name"))
            self.option_numbers[name] = number
            option: dict[str, Any] = {"name": _plain(name)}
            if entry.get("permittedDirection") is None:
                without_direction += 1
            else:
                direction = _direction(entry["permittedDirection"], (*at, "permittedDirection"))
                if direction:
                    option["irreversible"] = direction
            options.append(option)
        if without_direction:
            self.notes.append(
                f"{_count(without_direction, 'option')} without a permittedDirection: taken as "
                "'both'"
            )
        self.option_ids = [""] * len(options)
        return options

    def _makers(self, values: list[object]) -> list[dict[str, Any]]:
        makers: list[dict[str, Any]] = []
        names: set[str] = set()
        known = {"name", "options", "preferences"}
        for number, value in enumerate(values):
            at: Trail = ("decisionMakers", number)
            maker = self._object(value, at, "a decision maker", known)
            name = _name(maker, at, "a decision maker")
            if name in names:
                raise _Fault(f"two decision makers have the name {shown(name)}", (*at, "name"))
            names.add(name)
            makers.append(maker)
        if not makers:
            raise _Fault("the file has no decision makers", ("decisionMakers",))
        return makers

    def _owners(
        self, makers: list[dict[str, Any]], options: list[dict[str, Any]]
    ) -> dict[str, list[int]]:
        """Numbers of the options of each decision maker, by its name."""
        owners: dict[str, list[int]] = {}
        owner_of: dict[int, str] = {}
        for position, maker in enumerate(makers):
            at: Trail = ("decisionMakers", position, "options")
            owners[maker["name"]] = []
            for index, reference in enumerate(_list(maker.get("options"), at)):
                number = self._option(reference, (*at, index))
                name = shown(options[number]["name"])
                if number in owner_of:
                    raise _Fault(
                        f"the option {name} is controlled by {shown(maker['name'])} and already "
                        f"by {shown(owner_of[number])}; one decision maker controls an option, "
                        "and lists it once",
                        (*at, index),
                    )
                owner_of[number] = maker["name"]
                owners[maker["name"]].append(number)
        for number, option in enumerate(options):
            if number not in owner_of:
                raise _Fault(
                    f"no decision maker controls the option {shown(option['name'])}; every "
                    "option is listed by one of the decisionMakers",
                    ("options", number),
                )
        return owners

    def _preferences(self, maker: dict[str, Any], at: Trail) -> list[str]:
        at = (*at, "preferences")
        formulas: list[str] = []
        for index, value in enumerate(_list(maker.get("preferences"), at)):
            conjunctions = self._condition(value, (*at, index), "a preference")
            if () in conjunctions:
                self.notes.append(
                    f"preference {index + 1} of {shown(maker['name'])} holds in every state, so "
                    "it orders nothing and is left out"
                )
                continue
            formulas.append(self._formula(conjunctions))
        return formulas

    def _constraints(self, top: dict[str, Any]) -> list[dict[str, str]]:
        constraints: list[dict[str, str]] = []
        for index, value in enumerate(_list(top.get("infeasibles"), ("infeasibles",))):
            at: Trail = ("infeasibles", index)
            conjunctions = self._condition(value, at, "an infeasible condition")
            if () in conjunctions:
                raise _Fault("this condition names no option, so no state would be feasible", at)
            constraints.append({"never": self._formula(conjunctions)})
        return constraints

    def _condition(self, value: object, at: Trail, what: str) -> list[_Pairs]:
        """The conjunctions of which any may hold."""
        if isinstance(value, dict):
            held = [key for key in _CONDITION_KEYS if value.get(key) not in (None, [])]
            if len(held) > 1:
                raise _Fault(f"{what} has both '{held[0]}' and '{held[1]}'; one is read", at)
            if not held and not any(key in value for key in _CONDITION_KEYS):
                keys = ", ".join(f"'{key}'" for key in _CONDITION_KEYS)
                raise _Fault(f"{what} has none of the keys {keys}", at)
            self._object(value, at, what, set(_CONDITION_KEYS))
            if not held:
                return [()]
            inside, at = value[held[0]], (*at, held[0])
            if held[0] == "members" and not _starts_with_pair(inside):
                conjunctions: list[_Pairs] = []
                for index, member in enumerate(_list(inside, at)):
                    conjunctions += self._condition(member, (*at, index), "a member")
                return list(dict.fromkeys(conjunctions))
            value = inside
        if not isinstance(value, list):
            raise _Fault(f"{what} is a list of [option, 'Y' or 'N'] pairs, not {_kind(value)}", at)
        return [self._pairs(value, at, what)]

    def _pairs(self, values: list[object], at: Trail, what: str) -> _Pairs:
        pairs: dict[tuple[int, bool], None] = {}
        for index, value in enumerate(values):
            if isinstance(value, list) and value and isinstance(value[0], list):
                raise _Fault(
                    f"{what} holds several conditions; they are read only under 'members', of "
                    "which any may hold",
                    (*at, index),
                )
            if not isinstance(value, list) or len(value) != 2:
                raise _Fault(
                    f"{what} is a list of [option, 'Y' or 'N'] pairs; this is {_kind(value)}",
                    (*at, index),
                )
            number = self._option(value[0], (*at, index, 0))
            taken = _taken(value[1], (*at, index, 1))
            if taken is not None:
                pairs[number, taken] = None
        return tuple(pairs)

    def _option(self, reference: object, at: Trail) -> int:
        """Number of the option that a name, an object with a name or an index refers to."""
        if isinstance(reference, dict):
            reference, at = reference.get("name"), (*at, "name")
        if isinstance(reference, str):
            if reference in self.option_numbers:
                return self.option_numbers[reference]
            near = nearest(reference[:200], self.option_numbers)
            raise _Fault(f"there is no option {shown(reference)}", at, near)
        if isinstance(reference, int) and not isinstance(reference, bool):
            if 0 <= reference < len(self.option_numbers):
                return reference
            raise _Fault(
                f"there is no option {reference}; the file has "
                f"{_count(len(self.option_numbers), 'option')}, counted from 0",
                at,
            )
        raise _Fault(f"an option is named by its name or its index, not {_kind(reference)}", at)

    def _formula(self, conjunctions: Sequence[_Pairs]) -> str:
        texts = [
            " and ".join(
                self.option_ids[n] if taken else f"not {self.option_ids[n]}" for n, taken in pairs
            )
            for pairs in conjunctions
        ]
        if len(texts) == 1:
            return texts[0]
        return " or ".join(
            f"({text})" if len(pairs) > 1 else text
            for text, pairs in zip(texts, conjunctions, strict=True)
        )

    def _object(self, value: object, at: Trail, what: str, known: set[str]) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise _Fault(f"{what} is an object, not {_kind(value)}", at)
        self.unread.update((what, key) for key in value if key not in known)
        return value

    def _unread_notes(self) -> Iterator[str]:
        for (what, key), count in self.unread.items():
            times = f" ({count} times)" if count > 1 else ""
            yield f"the key {shown(key)} of {what} is not read{times}"


def _required_list(top: dict[str, Any], key: str) -> list[object]:
    if key not in top:
        raise _Fault(f"the file has no '{key}'", (), nearest(key, top))
    return _list(top[key], (key,))


def _list(value: object, at: Trail) -> list[object]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise _Fault(f"'{at[-1]}' is a list, not {_kind(value)}", at)
    return value


def _name(entry: dict[str, Any], at: Trail, what: str) -> str:
    name = entry.get("name")
    if not isinstance(name, str):
        found = f"not {_kind(name)}" if "name" in entry else "and this one has none"
        raise _Fault(f"{what} has a name, a text, {found}", (*at, "name"))
    if not name.strip():
        raise _Fault(f"the name of {what} is empty", (*at, "name"))
    refused = refused_character(name)
    if refused is not None:
        raise _Fault(refused[0], (*at, "name"))
    return name


def _plain(name: str) -> str:
    """A name on one line."""
    return " ".join(name.split())


def _direction(value: object, at: Trail) -> Literal["up", "down"] | None:
    if isinstance(value, str) and value in _DIRECTIONS:
        return _DIRECTIONS[value]
    raise _Fault(f"a permittedDirection is 'both', 'fwd' or 'back', not {_kind(value)}", at)


def _taken(value: object, at: Trail) -> bool | None:
    """Whether an option must be taken or not taken; None where it is free."""
    if isinstance(value, str) and value in ("Y", "y", "N", "n", "-"):
        return None if value == "-" else value in "Yy"
    if isinstance(value, int) and value in (0, 1):
        return bool(value)
    raise _Fault(f"an option is 'Y', 'N' or '-' (free), not {_kind(value)}", at)


def _starts_with_pair(value: object) -> bool:
    """Whether a list is one condition, rather than a list of conditions."""
    if not isinstance(value, list) or not isinstance(value[0], list):
        return False
    first = value[0]
    return len(first) == 2 and not isinstance(first[0], list) and not isinstance(first[1], list)


def _slug(name: str, kind: str, taken: Iterable[str]) -> str:
    """An id made from a name, none of those taken already."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    base = re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_")
    if len(base) > _LONGEST_ID:
        whole_words = base[: _LONGEST_ID + 1].rpartition("_")[0]
        base = whole_words or base[:_LONGEST_ID]
    if not base or not base[0].isalpha() or base in RESERVED_WORDS:
        base = f"{kind}_{base}".rstrip("_")
    taken = set(taken)
    candidate, number = base, 1
    while candidate in taken:
        number += 1
        candidate = f"{base}_{number}"
    return candidate


# Where things stand in the text --------------------------------------------------------------


def _place_in(text: str, at: Trail) -> Place:
    """Place of the value to which `at` leads, or of the last object on the way to it."""
    # The text is known to be JSON. Values passed over are skipped by the library's scanner.
    skip = json.JSONDecoder().raw_decode
    index = _after_space(text, 0)
    for step in at:
        if text[index] != ("[" if isinstance(step, int) else "{"):
            break
        inside = _after_space(text, index + 1)
        if isinstance(step, int):
            for _ in range(step):
                inside = _after_space(text, skip(text, inside)[1])
                inside = _after_space(text, inside + 1)
            index = inside
            continue
        while text[inside] != "}":
            key, inside = skip(text, inside)
            inside = _after_space(text, _after_space(text, inside) + 1)
            if key == step:
                break
            inside = _after_space(text, skip(text, inside)[1])
            if text[inside] == ",":
                inside = _after_space(text, inside + 1)
        else:
            break
        index = inside
    return _place_at(text, index)


def _after_space(text: str, index: int) -> int:
    while text[index : index + 1] in (" ", "\t", "\n", "\r"):
        index += 1
    return index


def _place_at(text: str, index: int) -> Place:
    return Place(text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index))


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool() | int() | float():
            return json.dumps(value)[:60]
        case str():
            return shown(value)
        case []:
            return "an empty list"
        case list():
            return f"a list of {len(value)}"
        case _:
            return "an object"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


# Writing -----------------------------------------------------------------------------------


def write(dispute: Dispute, path: str | os.PathLike[str]) -> tuple[str, ...]:
    """Write a dispute to a ``.gmcr`` file, whole or not at all.

    Parameters
    ----------
    dispute
        The dispute.
    path
        The file; an older one is replaced.

    Returns
    -------
    tuple of str
        What the file could not carry.

    Raises
    ------
    DisputeError
        If the dispute cannot be held in such a file (see :func:`gmcr_from_dispute`) or the file
        cannot be written.
    """
    content, notes = written(dispute)
    write_whole(Path(path), lambda stream: stream.writelines([content]))
    return notes


def written(dispute: Dispute) -> tuple[bytes, tuple[str, ...]]:
    """The text of a ``.gmcr`` file that holds a dispute, and what it could not carry.

    Raises
    ------
    DisputeError
        If the dispute cannot be held in such a file (see :func:`gmcr_from_dispute`).
    """
    data, notes = gmcr_from_dispute(dispute)
    # Escaped to ASCII, so that a program that opens it in another encoding reads the same names.
    return (json.dumps(data, indent=1) + "\n").encode("ascii"), notes


def gmcr_from_dispute(dispute: Dispute) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Turn a dispute into the contents of a ``.gmcr`` file.

    Statements and constraints become their disjunctive normal form. An explicit order, and
    weights, become one statement for each class of equal states but the last, which lists the
    states of the class in full: exact, and done for small disputes only.

    Parameters
    ----------
    dispute
        The dispute.

    Returns
    -------
    data : dict
        The contents, ready for :func:`json.dump`.
    notes : tuple of str
        What the contents could not carry.

    Raises
    ------
    DisputeError
        If an option has more than two levels, if a formula needs too many conjunctions, or if a
        constraint rules out every state.
    """
    for option in dispute.options:
        if len(option.levels) > 2:
            raise DisputeError(
                f"the option {option.key} has {len(option.levels)} levels "
                f"({', '.join(option.levels)}); a .gmcr file holds options of two levels only",
                path=dispute.path,
                key=f"parties.{option.party}.options.{option.id}",
            )
    notes: list[str] = []
    makers = _distinct(
        [(_plain(party.name) or party.id, party.id) for party in dispute.parties],
        "decision maker",
        notes,
    )
    names = _option_names(dispute, makers, notes)
    listed = _space_to_list(dispute)
    data: dict[str, Any] = {
        "options": [
            {"name": name, "permittedDirection": _DIRECTION_NAMES[option.irreversible]}
            for name, option in zip(names, dispute.options, strict=True)
        ],
        "decisionMakers": [
            {
                "name": maker,
                "options": [names[number] for number in dispute.options_of(party.id)],
                "preferences": [
                    _written(conjunctions, names)
                    for conjunctions in _party_conjunctions(dispute, party, listed, notes)
                ],
            }
            for maker, party in zip(makers, dispute.parties, strict=True)
        ],
        "infeasibles": [_written([pairs], names) for pairs in _infeasible(dispute)],
    }
    notes += _not_carried(dispute)
    if not _ids_come_back(dispute, makers, names):
        notes.append("ids: a reader makes them anew from the names")
    return data, tuple(notes)


def _party_conjunctions(
    dispute: Dispute, party: Party, listed: StateSpace | None, notes: list[str]
) -> Iterator[list[_Masks]]:
    """Each prioritised statement of a party, as conjunctions of which any may hold."""
    preferences = party.preferences
    if isinstance(preferences, Statements) and not preferences.weighted:
        for position, statement in enumerate(preferences.statements):
            key = f"parties.{party.id}.preferences[{position}]"
            conjunctions = _disjunctive(dispute, statement.formula, key)
            if conjunctions in ([], [(0, 0)]):
                always = "every state" if conjunctions else "no state"
                notes.append(
                    f"the statement '{statement.formula.text}' of {party.id} holds in {always}, "
                    "so it orders nothing and is left out"
                )
                continue
            yield conjunctions
        return
    what = "weights" if isinstance(preferences, Statements) else "order"
    if listed is None:
        notes.append(
            f"the {what} of {party.id}: the file has no preferences for this decision maker, as "
            "it holds only prioritised statements, and the dispute is too large to list its states "
            f"in them (at most {_MOST_LISTED_STATES} states of {_MOST_LISTED_OPTIONS} options)"
        )
        return
    ranks = party_ranks(dispute, party, listed)
    everywhere = (1 << len(dispute.options)) - 1
    notes.append(
        f"the {what} of {party.id} as such: statements that list whole states stand for it and "
        "rank the states alike"
    )
    for rank in range(int(ranks.max()), 1, -1):
        # The number of a position in binary is its options, the first option lowest.
        yield [(everywhere, int(position)) for position in np.flatnonzero(ranks == rank)]


def _space_to_list(dispute: Dispute) -> StateSpace | None:
    """The states of a dispute small enough to list them in full."""
    if len(dispute.options) > _MOST_LISTED_OPTIONS:
        return None
    space = state_space(dispute)
    return space if np.count_nonzero(space.feasible) <= _MOST_LISTED_STATES else None


def _infeasible(dispute: Dispute) -> Iterator[_Masks]:
    for position, constraint in enumerate(dispute.constraints):
        key = f"constraints[{position}]"
        for conjunction in _disjunctive(dispute, constraint.never, key):
            if conjunction == (0, 0):
                raise DisputeError(
                    f"never '{constraint.never.text}' rules out every state",
                    path=dispute.path,
                    place=constraint.never.place,
                    key=key,
                )
            yield conjunction


def _written(conjunctions: Sequence[_Masks], names: Sequence[str]) -> Any:
    lists = [
        [
            [name, "Y" if taken >> number & 1 else "N"]
            for number, name in enumerate(names)
            if named >> number & 1
        ]
        for named, taken in conjunctions
    ]
    return lists[0] if len(lists) == 1 else {"members": lists}


def _option_names(dispute: Dispute, makers: Sequence[str], notes: list[str]) -> list[str]:
    maker_names = dict(zip((party.id for party in dispute.parties), makers, strict=True))
    plain = [_plain(option.name) or option.id for option in dispute.options]
    shared = {name for name, count in Counter(plain).items() if count > 1}
    if shared:
        listed = ", ".join(f"'{name}'" for name in sorted(shared))
        notes.append(
            f"option names used more than once are followed by the decision maker's: {listed}"
        )
    wanted = [
        (f"{name} ({maker_names[option.party]})" if name in shared else name, option.key)
        for name, option in zip(plain, dispute.options, strict=True)
    ]
    return _distinct(wanted, "option", notes)


def _distinct(wanted: Sequence[tuple[str, str]], what: str, notes: list[str]) -> list[str]:
    """Names as wanted; one that is taken is followed by the id."""
    all_wanted = {name for name, _ in wanted}
    distinct: list[str] = []
    for name, key in wanted:
        chosen = name
        while chosen in distinct or (chosen != name and chosen in all_wanted):
            chosen = f"{chosen} [{key}]"
        if chosen != name:
            notes.append(f"the {what} {key} is named '{chosen}', as '{name}' is taken")
        distinct.append(chosen)
    return distinct


def _not_carried(dispute: Dispute) -> Iterator[str]:
    for option in dispute.options:
        if option.levels != ("no", "yes"):
            yield f"the names of the levels of {option.key}: {', '.join(option.levels)}"
        if option.guards:
            yield f"the guard of {option.key}: the file permits the change from every state"
    if dispute.coalesce:
        yield f"coalesce: the states of {_count(len(dispute.coalesce), 'formula')} stay separate"
    if dispute.status_quo is not None:
        yield "the status quo"
    named: tuple[tuple[str, Iterable[str]], ...] = (
        ("packages", (package.id for package in dispute.packages)),
        ("outcomes", (outcome.id for outcome in dispute.outcomes)),
        ("roadmaps", (roadmap.id for roadmap in dispute.roadmaps)),
        ("formats", (format_.id for format_ in dispute.formats)),
        ("issues", (issue.id for issue in dispute.issues)),
        ("claims", (claim.id for claim in dispute.claims)),
        ("sources", (source.id for source in dispute.sources)),
    )
    for what, ids in named:
        listed = ", ".join(ids)
        if listed:
            yield f"{what}: {listed}"
    yield from _not_carried_judgements(dispute)
    yield f"the title, '{dispute.title}': a .gmcr file is known by its own name"


def _not_carried_judgements(dispute: Dispute) -> Iterator[str]:
    statements = [statement for party in dispute.parties for statement in _statements(party)]
    confident = sum(statement.confidence is not None for statement in statements)
    if confident:
        yield f"confidence: of {_count(confident, 'statement')}"
    strong = sum(statement.strength is not None for statement in statements)
    if strong:
        yield f"strength: of {_count(strong, 'statement')}"
    unknown = sum(statement.unknown for statement in statements)
    if unknown:
        yield f"unknown: {_count(unknown, 'statement')}, there as if known to hold as written"
    because = sum(
        constraint.basis != NO_BASIS or constraint.because is not None
        for constraint in dispute.constraints
    )
    because += sum(basis != NO_BASIS for basis in _bases(dispute, statements))
    if because:
        yield f"sources and reasons: in {_count(because, 'place')}"
    abouts = [dispute.about]
    abouts += [party.about for party in dispute.parties]
    abouts += [option.about for option in dispute.options]
    described = sum(about is not None for about in abouts)
    if described:
        yield f"about: in {_count(described, 'place')}"


def _statements(party: Party) -> tuple[Statement, ...]:
    return party.preferences.statements if isinstance(party.preferences, Statements) else ()


def _bases(dispute: Dispute, statements: Iterable[Statement]) -> Iterator[Basis]:
    yield from (option.basis for option in dispute.options)
    yield from (statement.basis for statement in statements)
    for party in dispute.parties:
        yield party.basis
        if not isinstance(party.preferences, Statements):
            yield party.preferences.basis


def _ids_come_back(dispute: Dispute, makers: Sequence[str], names: Sequence[str]) -> bool:
    party_ids: list[str] = []
    for party, maker in zip(dispute.parties, makers, strict=True):
        party_ids.append(_slug(maker, "party", party_ids))
        option_ids: list[str] = []
        for number in dispute.options_of(party.id):
            option_ids.append(_slug(names[number], "option", option_ids))
        if option_ids != [option.id for option in party.options]:
            return False
    return party_ids == [party.id for party in dispute.parties]


# Disjunctive normal form -----------------------------------------------------------------------


class _TooMany(Exception):
    """A formula needs more conjunctions than are written."""


def _disjunctive(dispute: Dispute, formula: Formula, key: str) -> list[_Masks]:
    try:
        return _conjunctions(formula.expression, True, {})
    except _TooMany:
        problem = f"takes more than {_MOST_CONJUNCTIONS} alternatives"
    except RecursionError:
        problem = "is nested too deeply"
    raise DisputeError(
        f"{shown(formula.text)} {problem} to be written as lists of options, which is how a "
        ".gmcr file holds it; split it or simplify it",
        path=dispute.path,
        place=formula.place,
        key=key,
    )


def _conjunctions(
    expression: Expression, truth: bool, known: dict[tuple[int, bool], list[_Masks]]
) -> list[_Masks]:
    """Conjunctions of which one holds just where `expression` has the truth `truth`."""
    # Both sides of an `iff` are visited twice, so results are kept: without them a chain of
    # `iff` would take time exponential in its length.
    key = (id(expression), truth)
    if key not in known:
        known[key] = _least(_parts(expression, truth, known))
    return known[key]


def _parts(
    expression: Expression, truth: bool, known: dict[tuple[int, bool], list[_Masks]]
) -> list[_Masks]:
    match expression:
        case Constant(value):
            return [(0, 0)] if value == truth else []
        case AtLevel(option, levels):
            bit = 1 << option
            chosen = [level for level in (0, 1) if (level in levels) == truth]
            return [(0, 0)] if len(chosen) == 2 else [(bit, bit * level) for level in chosen]
        case Connective("not", (inside,)):
            return _conjunctions(inside, not truth, known)
        case Connective("and" | "or" as operator, parts):
            each = [_conjunctions(part, truth, known) for part in parts]
            return _all_of(each) if (operator == "and") == truth else _any_of(each)
        case Connective("if", (then, condition)):
            each = [_conjunctions(then, truth, known), _conjunctions(condition, not truth, known)]
            return _any_of(each) if truth else _all_of(each)
        case Connective("iff", (left, right)):
            return _any_of(
                _all_of(
                    [
                        _conjunctions(left, side, known),
                        _conjunctions(right, side == truth, known),
                    ]
                )
                for side in (True, False)
            )
        case _:
            raise TypeError(f"not an expression: {expression!r}")


def _any_of(each: Iterable[list[_Masks]]) -> list[_Masks]:
    return [conjunction for conjunctions in each for conjunction in conjunctions]


def _all_of(each: Iterable[list[_Masks]]) -> list[_Masks]:
    result: list[_Masks] = [(0, 0)]
    for conjunctions in each:
        result = _least(
            (named | also_named, taken | also_taken)
            for named, taken in result
            for also_named, also_taken in conjunctions
            # An option that both name must be taken in both or in neither.
            if not (taken ^ also_taken) & named & also_named
        )
    return result


def _least(conjunctions: Iterable[_Masks]) -> list[_Masks]:
    """Leave out conjunctions that hold only where another one does."""
    kept: list[_Masks] = []
    for named, taken in sorted(set(conjunctions), key=lambda masks: (masks[0].bit_count(), masks)):
        if any(named & n == n and taken & n == t for n, t in kept):
            continue
        if len(kept) == _MOST_CONJUNCTIONS:
            raise _TooMany
        kept.append((named, taken))
    return kept
