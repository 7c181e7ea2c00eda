"""Differences of two versions in words, and where they stand in their files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from detente.changes.canonical import Items, canonical
from detente.changes.differences import Difference, Path, differences
from detente.changes.versions import Version
from detente.dispute.dispute import Place
from detente.files.yaml_text import Trail

__all__ = [
    "ToldDifference",
    "difference_words",
    "is_of_model",
    "subject_words",
    "told_differences",
    "trail_of",
]

# What says where a judgement comes from, or describes something, changes no answer.
_WORDS_ONLY = frozenset(
    {
        "about",
        "because",
        "comments",
        "dispute",
        "judgement",
        "name",
        "reference_class",
        "says",
        "source",
        "sources",
        "strength",
    }
)

# What one entry of a mapping or list at the top of a file is called.
_CALLED = {
    "sources": "source",
    "packages": "package",
    "outcomes": "outcome",
    "roadmaps": "roadmap",
    "formats": "format",
    "issues": "issue",
    "claims": "claim",
    "history": "observation of",
}
_LONGEST = 90


@dataclass(frozen=True, slots=True)
class ToldDifference:
    """A difference in words, with its places.

    Attributes
    ----------
    difference
        The difference.
    words
        A sentence without a full stop.
    of_model
        Whether it can change what is computed; see :func:`is_of_model`.
    old_place, new_place
        Where it stands in either text; None where it is not there, or the text is not at hand.
    """

    difference: Difference
    words: str
    of_model: bool
    old_place: Place | None
    new_place: Place | None


def told_differences(older: Version, newer: Version) -> tuple[ToldDifference, ...]:
    """List what differs in two versions of a dispute, in words and with places.

    Parameters
    ----------
    older, newer
        The versions.

    Returns
    -------
    tuple of ToldDifference
        What can change what is computed first.
    """
    told = [
        ToldDifference(
            one,
            difference_words(one, older.document, newer.document),
            is_of_model(one),
            None if one.kind == "added" else _place(one.path, older),
            None if one.kind == "removed" else _place(_new_path(one), newer),
        )
        for one in differences(older.document, newer.document)
    ]
    return tuple(sorted(told, key=lambda one: not one.of_model))


def _new_path(one: Difference) -> Path:
    return one.path if one.successor is None else (*one.path[:-1], one.successor)


def _place(path: Path, version: Version) -> Place | None:
    if version.places is None:
        return None
    return version.places.value(trail_of(path, version.document))


def is_of_model(one: Difference) -> bool:
    """Whether a difference can change what is computed of states, moves and preferences.

    Names, descriptions, sources and reasons cannot. What a claim asks counts; what its source says
    is compared with the answer and does not change it.
    """
    if _WORDS_ONLY & set(one.path[-1:]) or one.path[0] in _WORDS_ONLY:
        return False
    return one.path[0] not in ("parties", "packages", "outcomes") or one.path[-1] != "name"


def difference_words(one: Difference, older: Mapping[str, Any], newer: Mapping[str, Any]) -> str:
    """Tell a difference in a sentence.

    Parameters
    ----------
    one
        The difference.
    older, newer
        The documents that were compared.

    Returns
    -------
    str
        Without a full stop.
    """
    document = newer if one.kind == "added" else older
    subject, rest = subject_words(one, document)
    names = _Names(canonical(older), canonical(newer))
    special = _special(one, subject, rest, names)
    if special is not None:
        return special
    if not rest:
        return _whole(one, subject, names)
    what = " of ".join(reversed([names.of_key(key, one.path) for key in rest]))
    old, new = (names.shown(value, one.path) for value in (one.old, one.new))
    match one.kind:
        case "added":
            return f"{subject}: {what} is given now, {new}"
        case "removed":
            return f"{subject}: {what} is not given any more; it was {old}"
        case "moved":
            return f"{subject}: {what} moves from place {one.old} to place {one.new}"
    return f"{subject}: {what} is {new}, and was {old}"


def _whole(one: Difference, subject: str, names: _Names) -> str:
    old, new = (names.shown(_besides(one.path, value), one.path) for value in (one.old, one.new))
    match one.kind:
        case "added":
            return f"{subject} is new{f': {new}' if new else ''}"
        case "removed":
            return f"{subject} is gone{f'; it was {old}' if old else ''}"
        case "moved":
            numbers = ", so states have other numbers" if _numbers_states(one.path) else ""
            return f"{subject} moves from place {one.old} to place {one.new}{numbers}"
    return f"{subject} is now {new}, and was {old}"


def _besides(path: Path, value: Any) -> Any:
    """What an entry says besides what its subject says of it: what it is known by, and its name."""
    if value == path[-1]:
        return {}
    if isinstance(value, dict):
        name = "title" if path[0] == "sources" else "name"
        return {key: one for key, one in value.items() if key != name and one != path[-1]}
    return value


def _numbers_states(path: Path) -> bool:
    return path[0] == "parties" and (len(path) == 2 or path[2:3] == ("options",))


def _special(one: Difference, subject: str, rest: Path, names: _Names) -> str | None:
    """The words of what is changed most often."""
    if rest == ("irreversible",):
        before = _direction(one.old).replace("can", "could")
        return f"{subject} {_direction(one.new)}; before, it {before}"
    if rest == ("confidence",) and one.kind == "changed":
        return f"{subject}: confidence {one.old:g} → {one.new:g}"
    if rest == ("unknown",):
        known = "is not known now" if one.new else "is known now, as written"
        return f"{subject}: which way the party prefers {known}"
    if one.path[0] == "status_quo" and len(one.path) == 2:
        after, before = (_quo(value) for value in (one.new, one.old))
        return f"status quo: {names.option(one.path[1])} is at {after}, and was at {before}"
    if len(rest) == 2 and rest[0] == "set":
        return f"{subject}: {names.option(rest[1])} {_setting(one)}"
    if rest[:1] == ("when",) and one.path[:1] == ("parties",):
        return f"{subject}: {_guard(rest[1:], one, names)}"
    return None


def _quo(level: Any) -> str:
    return "its lowest level" if level is None else str(level)


def _setting(one: Difference) -> str:
    if one.new is None:
        return f"is not set any more; it was set to {one.old}"
    return f"is set to {one.new}{' now' if one.old is None else f', and was set to {one.old}'}"


def _direction(value: Any) -> str:
    words = {
        "up": "can only rise",
        "down": "can only fall",
        None: "can change in both directions",
    }
    return words.get(value, str(value))


def _guard(level: Path, one: Difference, names: _Names) -> str:
    of = "each change" if level in ((), ("every change",)) else f"the change to {level[0]}"
    old, new = (names.shown(value, one.path) for value in (one.old, one.new))
    if one.new is None:
        return f"{of} needs no condition any more; it needed {old}"
    was = "" if one.old is None else f", and needed {old}"
    return f"{of} needs the condition {new} now{was}"


def subject_words(one: Difference, document: Mapping[str, Any]) -> tuple[str, Path]:
    """What a difference is about, in words, and the keys of the path within that."""
    path = one.path
    whole = canonical(document)
    names = _Names(whole)
    if path[0] == "parties" and len(path) > 1:
        return _of_party(path, whole, names)
    if path[0] == "constraints" and len(path) > 1:
        entry = whole["constraints"].get(path[1], {})
        how = "always" if "always" in entry else "never"
        return f"constraint {how} “{_cut(path[1])}”", path[2:]
    if path[0] == "coalesce" and len(path) > 1:
        return f"coalesced states “{_cut(path[1])}”", path[2:]
    if path[0] == "roadmaps" and path[2:3] == ("stages",) and len(path) > 3:
        roadmap = names.entry("roadmaps", path[1])
        return f"stage “{path[3]}” of roadmap {roadmap}", path[4:]
    if path[0] == "issues" and path[2:3] == ("positions",) and len(path) > 3:
        return f"{names.party(path[3])} on issue {names.entry('issues', path[1])}", path[4:]
    if path[0] in _CALLED and len(path) > 1:
        return f"{_CALLED[path[0]]} {names.entry(path[0], path[1])}", path[2:]
    return _key_words(path[0]), path[1:]


def _of_party(path: Path, whole: Mapping[str, Any], names: _Names) -> tuple[str, Path]:
    party = names.party(path[1])
    match path[2:]:
        case ("options", option, *rest):
            return f"option {names.option(f'{path[1]}.{option}')}", tuple(rest)
        case ("preferences", _, *rest) if _are_statements(whole, path[:3]):
            return f"{_preference(whole, path[:4])} of {party}", tuple(rest)
        case ("perceives", other, "preferences", _, *rest) if _are_statements(whole, path[:5]):
            what = _preference(whole, path[:6])
            return f"{what} that {party} takes {names.party(other)} to have", tuple(rest)
        case ("perceives", other, *rest):
            return f"what {party} takes {names.party(other)} to be", tuple(rest)
        case ("unseen", formula, *rest):
            return f"states “{_cut(formula)}” that {party} does not see", tuple(rest)
        case rest:
            return f"party {party}", tuple(rest)


def _are_statements(whole: Mapping[str, Any], path: Path) -> bool:
    preferences: Any = whole
    for key in path:
        preferences = preferences.get(key, {})
    return isinstance(preferences, Items)


def _preference(whole: Mapping[str, Any], path: Path) -> str:
    statements: Any = whole
    for key in path[:-1]:
        statements = statements.get(key, {})
    number = list(statements).index(path[-1]) + 1 if path[-1] in statements else 0
    return f"preference {number or ''} “{_cut(path[-1])}”".replace("  ", " ")


def _key_words(key: str) -> str:
    words = {"dispute": "title", "source": "sources", "ask": "question", "set": "what is set"}
    return words.get(key, key.replace("_", " "))


class _Names:
    """What parties, options and the like of some documents are called; the first that says counts.

    Parameters
    ----------
    *documents
        Canonical documents.
    """

    def __init__(self, *documents: Mapping[str, Any]) -> None:
        self.documents = documents

    def _name(self, *path: str, key: str = "name") -> str | None:
        for document in self.documents:
            value: Any = document
            for step in path:
                value = value.get(step) if isinstance(value, dict) else None
            if isinstance(value, dict) and isinstance(value.get(key), str):
                return str(value[key])
        return None

    def party(self, party: str) -> str:
        """A party's name."""
        return self._name("parties", party) or party

    def option(self, option: str) -> str:
        """An option by its full id: “Build the dam” of North."""
        party, _, own = option.partition(".")
        name = self._name("parties", party, "options", own) or own
        return f"“{name}” of {self.party(party)}"

    def entry(self, kind: str, entry: str) -> str:
        """An entry at the top of a file: its name or title in quotation marks, or its id."""
        name = self._name(kind, entry, key="title" if kind == "sources" else "name")
        return entry if name is None else f"“{_cut(name)}”"

    def of_key(self, key: str, path: Path) -> str:
        """A key on a path in words."""
        if self._are_ids_of_options(path) and "." in key:
            return self.option(key)
        return _key_words(key)

    def _are_ids_of_options(self, path: Path) -> bool:
        return bool({"set", "status_quo"} & set(path))

    def shown(self, value: Any, path: Path) -> str:
        """A value that stands at the end of a path, in words."""
        match value:
            case None:
                return "nothing"
            case bool():
                return "yes" if value else "no"
            case str():
                return self._text(value, path)
            case int() | float():
                return f"{value:g}"
            case list():
                return _cut(", ".join(self.shown(one, path) for one in value)) or "none"
            case dict():
                return _cut(", ".join(self._inside(key, one, path) for key, one in value.items()))
        return str(value)

    def _inside(self, key: str, value: Any, path: Path) -> str:
        told = self.shown(value, (*path, key))
        # A source that is cited has its title alone.
        return told if key == "id" and "source" in path else f"{self.of_key(key, path)} {told}"

    def _text(self, text: str, path: Path) -> str:
        if path[-1] == "source" or (path[-1] == "id" and {"source", "sources"} & set(path)):
            return self.entry("sources", text)
        if path[-1] == "parties" and path[0] in ("packages", "formats"):
            return self.party(text)
        return f"“{_cut(text)}”"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST].rstrip() + "…"


def trail_of(path: Path, document: Mapping[str, Any]) -> Trail:
    """Lead to a value of a document as it is written, as far as it stands there.

    Parameters
    ----------
    path
        Where the value is in the canonical document.
    document
        The document as it is written.

    Returns
    -------
    tuple
        Keys and places in lists.
    """
    trail: list[str | int] = []
    value: Any = document
    full: Any = canonical(document)
    for key in path:
        inside = full.get(key) if isinstance(full, dict) else None
        if isinstance(value, list) and isinstance(full, Items):
            if inside is None:
                break
            index = list(full).index(key)
            trail.append(index)
            value = value[index]
        elif isinstance(value, dict) and key in value:
            trail.append(key)
            value = value[key]
        elif not isinstance(value, list):
            break
        # A list that stands for a mapping with this key alone is gone through below.
        full = inside
    return tuple(trail)
