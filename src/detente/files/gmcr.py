"""Disputes in ``.gmcr`` files, the JSON files in which GMCR+ keeps a conflict.

Such a file holds two-level options, prioritised statements and infeasible states, each as
lists of ``[option, "Y"]`` and ``[option, "N"]`` pairs. ``docs/how-to/gmcr-files.md`` says
exactly what is read and written.

What is not read is told: by a warning of the kind :class:`UnreadWarning` where a dispute is loaded,
and by a refusal where preferences would be lost.
"""

from __future__ import annotations

import json
import os
import re
import unicodedata
import warnings
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
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
    Preferences,
    Statement,
    Statements,
)
from detente.dispute.errors import DisputeError, UnreadWarning, nearest, shown
from detente.dispute.formula import RESERVED_WORDS
from detente.files.dispute_file import build_dispute
from detente.files.gmcr_rankings import (
    BY_HAND,
    RankingFault,
    may_hold_preferences,
    orders_by_hand,
)
from detente.files.whole_file import write_whole
from detente.files.yaml_text import Trail, dotted, read_text, refused_character, utf_16_or_32
from detente.space.ranks import party_ranks
from detente.space.states import StateSpace, state_space

__all__ = ["convert_from_gmcr", "convert_to_gmcr", "read", "read_document", "write", "written"]

# A formula may need exponentially many conjunctions; nobody reads a statement of more than these.
_MOST_CONJUNCTIONS = 256

# An order by hand lists every state.
_MOST_LISTED_STATES = 5_000
_MOST_LISTED_OPTIONS = 20

# What the newest public files say of themselves; the file is laid out as they are.
_PROGRAM = {"program": "gmcr-py", "version": "0.3.12"}

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


def read(
    path: str | os.PathLike[str], content: bytes | None = None, *, ignore: Collection[str] = ()
) -> Dispute:
    """Read a dispute from a ``.gmcr`` file.

    Parameters
    ----------
    path
        The file.
    content
        What is in it, where that has been read.
    ignore
        Keys without which the file is to be read although preferences may be lost.

    Returns
    -------
    Dispute
        The dispute, titled by the file's name.

    Raises
    ------
    DisputeError
        If the file cannot be read or does not hold a conflict, or if preferences would be lost.

    Warns
    -----
    UnreadWarning
        For each thing in the file that is not read.
    """
    document, notes = read_document(path, content, ignore=ignore)
    for note in notes:
        warnings.warn(f"{path}: {note}", UnreadWarning, stacklevel=2)
    return build_dispute(document, path=Path(path))


def read_document(
    path: str | os.PathLike[str], content: bytes | None = None, *, ignore: Collection[str] = ()
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Read a ``.gmcr`` file as the mapping that a dispute file holds.

    Parameters
    ----------
    path
        The file.
    content
        What is in it, where that has been read.
    ignore
        Keys without which the file is to be read although preferences may be lost.

    Returns
    -------
    document : dict
        The mapping, ready to be built or written as YAML.
    notes : tuple of str
        What was in the file and was not read.

    Raises
    ------
    DisputeError
        If the file cannot be read or does not hold a conflict, or if preferences would be lost.
        The error gives line and column where they are known.
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
        return _document(data, path.stem or "Untitled", ignore)
    except _Fault as fault:
        raise fault.error(path, text) from None


def convert_from_gmcr(
    data: object, *, title: str = "Untitled", ignore: Collection[str] = ()
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Turn the contents of a ``.gmcr`` file into the mapping that a dispute file holds.

    Parameters
    ----------
    data
        The contents, as :func:`json.load` gives them.
    title
        Title of the dispute, which a ``.gmcr`` file does not hold.
    ignore
        Keys without which it is to be read although preferences may be lost.

    Returns
    -------
    document : dict
        The mapping, ready to be built or written as YAML.
    notes : tuple of str
        What was in `data` and was not read.

    Raises
    ------
    DisputeError
        If `data` does not hold a conflict, or if preferences would be lost.
    """
    try:
        return _document(data, title, ignore)
    except _Fault as fault:
        raise fault.error() from None


def _text(path: Path, content: bytes | None) -> str:
    content = (read_text(path) if content is None else content).removeprefix(BOM_UTF8)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        other = utf_16_or_32(content)
        if other:
            message = f"the file is in {other}, not text in UTF-8; save it as UTF-8"
            raise DisputeError(message, path=path, place=Place(1, 1), excerpt="") from None
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


def _document(
    data: object, title: str, ignore: Collection[str]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    try:
        return _Reading(frozenset(ignore)).document(data, title)
    except RecursionError:
        raise _Fault("the conditions are nested too deeply", ()) from None


_TOP_KEYS = {
    "options",
    "decisionMakers",
    "infeasibles",
    "program",
    "version",
    "coalitions",
    "coalitionsFull",
    *(flag for flag, _ in BY_HAND),
}
_MAKER_KEYS = {
    "name",
    "options",
    "preferences",
    "misperceptions",
    "payoffs",
    *(key for _, key in BY_HAND),
}


class _Reading:
    """One reading of a document: the options known so far, and what was not read."""

    def __init__(self, ignore: frozenset[str]) -> None:
        self.ignore = ignore
        self.names: list[str] = []
        self.numbers: dict[str, list[int]] = {}
        self.option_ids: list[str] = []
        self.unread: Counter[tuple[str, str]] = Counter()
        # Keys without which preferences would be lost: of what, and where the first one stands.
        self.losses: dict[tuple[str, str], Trail] = {}
        self.notes: list[str] = []

    def document(self, data: object, title: str) -> tuple[dict[str, Any], tuple[str, ...]]:
        top = self._object(data, (), "a .gmcr file", _TOP_KEYS)
        options = self._options(_required_list(top, "options"))
        makers = self._makers(_required_list(top, "decisionMakers"))
        owners = self._owners(makers)
        ids: list[str] = []
        parties: dict[str, Any] = {}
        for maker, numbers in zip(makers, owners, strict=True):
            ids.append(_slug(maker["name"], "party", ids))
            party_options: dict[str, Any] = {}
            for number in numbers:
                option_id = _slug(options[number]["name"], "option", party_options)
                party_options[option_id] = options[number]
                self.option_ids[number] = f"{ids[-1]}.{option_id}"
            parties[ids[-1]] = {"name": _plain(maker["name"])}
            if party_options:
                parties[ids[-1]]["options"] = party_options
        # Conditions name options by id, so they can be put into words only now.
        for position, (maker, party) in enumerate(zip(makers, ids, strict=True)):
            self._put_in(parties[party], maker, ("decisionMakers", position))
        document: dict[str, Any] = {"dispute": title, "parties": parties}
        constraints = self._constraints(top)
        if constraints:
            document["constraints"] = constraints
        order = [number for numbers in owners for number in numbers]
        self._put_in_orders(document, top, makers, order)
        self._look_at_coalitions(top, makers)
        self._refuse_losses()
        if order != sorted(order):
            self.notes.append(
                "options stand in the order of the decision makers here and in another order in "
                "the file, so the numbers of states differ"
            )
        return document, (*self._unread_notes(), *self.notes)

    def _put_in(self, party: dict[str, Any], maker: dict[str, Any], at: Trail) -> None:
        preferences = self._preferences(maker, at)
        if preferences:
            party["preferences"] = preferences
        unseen = self._never(maker, "misperceptions", at, "a misperception", "be seen")
        if unseen:
            party["unseen"] = unseen

    def _put_in_orders(
        self,
        document: dict[str, Any],
        top: dict[str, Any],
        makers: list[dict[str, Any]],
        order: list[int],
    ) -> None:
        """Orders of states that are given by hand, and what is said of them twice."""
        try:
            found = orders_by_hand(document, top, makers, order, self.ignore)
        except RankingFault as fault:
            raise _Fault(fault.message, fault.at) from None
        for party, ranking in found.orders.items():
            document["parties"][party]["preferences"] = {"order": ranking}
        self.notes += found.notes
        self.losses |= found.losses

    def _look_at_coalitions(self, top: dict[str, Any], makers: list[dict[str, Any]]) -> None:
        alone = list(range(len(makers)))
        if top.get("coalitions", alone) not in (alone, [], None):
            self.notes.append(
                "the coalitions are not read; `detente coalitions` analyses every coalition"
            )

    def _refuse_losses(self) -> None:
        refused = {
            (what, key): at for (what, key), at in self.losses.items() if key not in self.ignore
        }
        if not refused:
            return
        named = " and ".join(f"the key {shown(key)} of {what}" for what, key in refused)
        are, hold = ("is", "holds") if len(refused) == 1 else ("are", "hold")
        flags = " ".join(f"--ignore {key}" for key in dict.fromkeys(key for _, key in refused))
        raise _Fault(
            f"{named} {are} not read and perhaps {hold} preferences, which would be lost; "
            f"{flags} reads the file without (in Python: ignore)",
            next(iter(refused.values())),
        )

    def _options(self, values: list[object]) -> list[dict[str, Any]]:
        options: list[dict[str, Any]] = []
        without_direction = 0
        for number, value in enumerate(values):
            at: Trail = ("options", number)
            entry = {"name": value} if isinstance(value, str) else value
            entry = self._object(entry, at, "an option", {"name", "permittedDirection"})
            name = _name(entry, at, "an option")
            self.names.append(name)
            self.numbers.setdefault(name, []).append(number)
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
        for number, value in enumerate(values):
            at: Trail = ("decisionMakers", number)
            maker = self._object(value, at, "a decision maker", _MAKER_KEYS)
            _name(maker, at, "a decision maker")
            makers.append(maker)
        if not makers:
            raise _Fault("the file has no decision makers", ("decisionMakers",))
        return makers

    def _owners(self, makers: list[dict[str, Any]]) -> list[list[int]]:
        """Numbers of the options of each decision maker."""
        owners: list[list[int]] = []
        owner_of: dict[int, str] = {}
        for position, maker in enumerate(makers):
            at: Trail = ("decisionMakers", position, "options")
            owners.append([])
            for index, reference in enumerate(_list(maker.get("options"), at)):
                number = self._option(reference, (*at, index))
                if number in owner_of:
                    raise _Fault(
                        f"the option {shown(self.names[number])} is controlled by "
                        f"{shown(maker['name'])} and already by {shown(owner_of[number])}; one "
                        "decision maker controls an option, and lists it once",
                        (*at, index),
                    )
                owner_of[number] = maker["name"]
                owners[-1].append(number)
        for number, name in enumerate(self.names):
            if number not in owner_of:
                raise _Fault(
                    f"no decision maker controls the option {shown(name)}; every option is listed "
                    "by one of the decisionMakers",
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

    def _never(self, entry: dict[str, Any], key: str, at: Trail, what: str, do: str) -> list[str]:
        """Conditions on states of which none is to `do`."""
        formulas: list[str] = []
        for index, value in enumerate(_list(entry.get(key), (*at, key))):
            place: Trail = (*at, key, index)
            conjunctions = self._condition(value, place, what)
            if () in conjunctions:
                raise _Fault(f"this condition names no option, so no state would {do}", place)
            formulas.append(self._formula(conjunctions))
        return formulas

    def _constraints(self, top: dict[str, Any]) -> list[dict[str, str]]:
        never = self._never(top, "infeasibles", (), "an infeasible condition", "be feasible")
        return [{"never": formula} for formula in never]

    def _condition(self, value: object, at: Trail, what: str) -> list[_Pairs]:
        """The conjunctions of which any may hold."""
        if isinstance(value, dict):
            value = self._compound(value, at)
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

    def _compound(self, value: dict[str, Any], at: Trail) -> dict[str, Any]:
        """A condition without the mark of those that have members."""
        if "compound" not in value:
            return value
        marked = value["compound"]
        if not isinstance(marked, bool):
            raise _Fault(f"'compound' is true or false, not {_kind(marked)}", (*at, "compound"))
        if marked and "members" not in value:
            raise _Fault("a compound condition has 'members', and this one has none", at)
        return {key: part for key, part in value.items() if key != "compound"}

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
            found = self.numbers.get(reference, [])
            if len(found) == 1:
                return found[0]
            if found:
                listed = ", ".join(map(str, found))
                raise _Fault(
                    f"{_count(len(found), 'option')} are named {shown(reference)}, numbers "
                    f"{listed}, and it is not said which is meant; give its number",
                    at,
                )
            near = nearest(reference[:200], self.numbers)
            raise _Fault(f"there is no option {shown(reference)}", at, near)
        if isinstance(reference, int) and not isinstance(reference, bool):
            if 0 <= reference < len(self.names):
                return reference
            raise _Fault(
                f"there is no option {reference}; the file has "
                f"{_count(len(self.names), 'option')}, counted from 0",
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
        for key in value.keys() - known:
            self.unread[what, key] += 1
            if may_hold_preferences(key, value[key]):
                self.losses.setdefault((what, key), (*at, key))
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
        If the dispute cannot be held in such a file (see :func:`convert_to_gmcr`) or the file
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
        If the dispute cannot be held in such a file (see :func:`convert_to_gmcr`).
    """
    data, notes = convert_to_gmcr(dispute)
    # Escaped to ASCII, so that a program that opens it in another encoding reads the same names.
    return (json.dumps(data, indent=1) + "\n").encode("ascii"), notes


def convert_to_gmcr(dispute: Dispute) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Turn a dispute into the contents of a ``.gmcr`` file.

    Statements and constraints become their disjunctive normal form. Where a party has an explicit
    order or weights, every party has an order of all states made by hand beside its statements:
    exact, and done for small disputes only.

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
    if dispute.lists_moves:
        raise DisputeError(
            "the file lists moves between states; a .gmcr file has moves by options only",
            path=dispute.path,
            key=f"parties.{dispute.parties[0].id}.moves",
        )
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
    orders = _orders(dispute, _space_to_list(dispute), notes)
    conditions = [list(_party_conjunctions(dispute, party, notes)) for party in dispute.parties]
    data: dict[str, Any] = {
        **_PROGRAM,
        "options": [
            {
                "name": _plain(option.name) or option.id,
                "permittedDirection": _DIRECTION_NAMES[option.irreversible],
            }
            for option in dispute.options
        ],
        "decisionMakers": [
            {
                "name": maker,
                "options": list(dispute.options_of(party.id)),
                "preferences": [_written(conjunctions) for conjunctions in own],
                "misperceptions": [
                    _written([pairs]) for pairs in _unseen(dispute, party) if pairs != (0, 0)
                ],
                **({"preferenceRanking": orders[party.id]} if orders else {}),
            }
            for maker, party, own in zip(makers, dispute.parties, conditions, strict=True)
        ],
        "infeasibles": [_written([pairs]) for pairs in _infeasible(dispute)],
        "useManualPreferenceRanking": bool(orders),
        "coalitions": list(range(len(makers))),
    }
    notes += _not_carried(dispute)
    if not _ids_come_back(dispute, makers):
        notes.append("ids: a reader makes them anew from the names")
    return data, tuple(notes)


def _party_conjunctions(dispute: Dispute, party: Party, notes: list[str]) -> Iterator[list[_Masks]]:
    """Each prioritised statement of a party, as conjunctions of which any may hold."""
    preferences = party.preferences
    if not _prioritised(preferences):
        return
    for position, statement in enumerate(_statements(party)):
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


def _prioritised(preferences: Preferences) -> bool:
    return isinstance(preferences, Statements) and not preferences.weighted


def _orders(dispute: Dispute, listed: StateSpace | None, notes: list[str]) -> dict[str, list[Any]]:
    """Every party's order of all states, by id, where one has no prioritised statements."""
    others = [party for party in dispute.parties if not _prioritised(party.preferences)]
    for party in others:
        what = "weights" if isinstance(party.preferences, Statements) else "order"
        if listed is None:
            notes.append(
                f"the {what} of {party.id}: the file has no preferences for this decision maker, "
                "as it holds only prioritised statements and orders of all states, and the dispute "
                f"is too large to list these (at most {_MOST_LISTED_STATES:,} states of "
                f"{_MOST_LISTED_OPTIONS} options)"
            )
        elif what == "weights":
            notes.append(f"the weights of {party.id} as such: the order of states that they make")
    if listed is None or not others:
        return {}
    return {party.id: _order_of(dispute, party, listed) for party in dispute.parties}


def _order_of(dispute: Dispute, party: Party, space: StateSpace) -> list[Any]:
    """A party's order of all states by number, best first; states held equal are a list."""
    if isinstance(party.preferences, Statements):
        # What is not known stands as if it were, as in the statements.
        known = tuple(replace(one, unknown=False) for one in party.preferences.statements)
        party = replace(party, preferences=replace(party.preferences, statements=known))
    by_state = party_ranks(dispute, party, space)[space.feasible]
    order: list[Any] = []
    for rank in range(int(by_state.max()), 0, -1):
        numbers = (np.flatnonzero(by_state == rank) + 1).tolist()
        order.append(numbers if len(numbers) > 1 else numbers[0])
    return order


def _space_to_list(dispute: Dispute) -> StateSpace | None:
    """The states of a dispute small enough to list them in full, none of them coalesced."""
    if len(dispute.options) > _MOST_LISTED_OPTIONS:
        return None
    space = state_space(dispute)
    return space if np.count_nonzero(space.feasible) <= _MOST_LISTED_STATES else None


def _unseen(dispute: Dispute, party: Party) -> Iterator[_Masks]:
    for position, unseen in enumerate(party.unseen):
        yield from _disjunctive(dispute, unseen.formula, f"parties.{party.id}.unseen[{position}]")


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


def _written(conjunctions: Sequence[_Masks]) -> Any:
    lists = [
        [
            [number, "Y" if taken >> number & 1 else "N"]
            for number in range(named.bit_length())
            if named >> number & 1
        ]
        for named, taken in conjunctions
    ]
    return lists[0] if len(lists) == 1 else {"compound": True, "members": lists}


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
    for party in dispute.parties:
        for view in party.perceives:
            yield f"what {party.id} takes {view.party} to be"
        for unseen in party.unseen:
            if _conjunctions(unseen.formula.expression, True, {}) == [(0, 0)]:
                yield f"the states that {party.id} does not see: '{unseen.formula.text}' is all"
    if dispute.status_quo is not None:
        yield "the status quo"
    aliases = [party.id for party in dispute.parties if party.aliases]
    if aliases:
        yield f"other names: of {', '.join(aliases)}"
    tempo = [party.id for party in dispute.parties if party.tempo is not None]
    if tempo:
        yield f"tempo: of {', '.join(tempo)}"
    if dispute.history:
        yield f"history: {_count(len(dispute.history), 'observation')}"
    if dispute.reference_class is not None:
        yield f"the reference class, {dispute.reference_class}"
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
    bases = [*_bases(dispute, statements), *(one.basis for one in dispute.constraints)]
    comments = sum(len(basis.comments) for basis in bases)
    if comments:
        yield f"comments: {comments}"
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


def _ids_come_back(dispute: Dispute, makers: Sequence[str]) -> bool:
    party_ids: list[str] = []
    for party, maker in zip(dispute.parties, makers, strict=True):
        party_ids.append(_slug(maker, "party", party_ids))
        option_ids: list[str] = []
        for option in party.options:
            option_ids.append(_slug(_plain(option.name) or option.id, "option", option_ids))
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
