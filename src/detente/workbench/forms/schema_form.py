"""Forms made from the schema of the dispute file: a field for whatever it allows.

Nothing here knows what a package or a claim is. What the schema cannot tell stands in the tables on
top: how an entry may be written in short, of which kind an id is, and how a new entry begins.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any

from detente.changes.references import NamedKind, id_from_name
from detente.files.schema_check import schema
from detente.files.yaml_text import Trail
from detente.workbench.edits import Edit, Insert, Move, Put, Remove
from detente.workbench.forms.form_parts import (
    Adder,
    Choice,
    Folded,
    FormPart,
    PartGroup,
    Press,
    TextField,
    Ticks,
    Words,
)
from detente.workbench.forms.sentences import QUESTION, party_of
from detente.workbench.forms.surroundings import Surroundings, word

__all__ = ["fields", "rename_button", "renaming", "section"]

# The key of what stands there where an entry is written in short, by the title of its definition.
_SHORT = {
    "Statement": "prefer",
    "Outcome": "when",
    "Unseen states": "when",
    "Option": "name",
    "Format": "parties",
    "Roadmap": "stages",
    "Position": "value",
    "Salience": "value",
    "Capability": "value",
}
# Of which kind ids are, by the key under which they stand.
_KINDS: dict[str, NamedKind] = {
    "parties": "party",
    "set": "option",
    "move": "option",
    "status_quo": "option",
    "package": "package",
    "positions": "party",
    "outcomes": "outcome",
    "perceives": "party",
    "id": "source",
}
_AREAS = {"about", "because", "says", "quote"}
# Of these only one may stand in an entry.
_ALTERNATIVES = {("never", "always"), ("package", "move")}
# What a new entry of a list or mapping is asked for, and what it begins with.
_NEW: dict[str, tuple[str, str, Callable[[str], Any]]] = {
    "Constraint": ("never: a formula", "formula", lambda text: {"never": text}),
    "Formula": ("a formula", "formula", lambda text: text),
    "Unseen states": ("a formula", "formula", lambda text: text),
    "Statement": ("a formula", "formula", lambda text: text),
    "Observation": ("a day, such as 2018-04-21", "", lambda text: {"on": text, "set": {}}),
    "Claim": (
        "a question, such as: where status_quo: may reach war",
        "",
        lambda text: {"id": id_from_name(text[:30], otherwise="claim"), "ask": text, "says": "yes"},
    ),
    "Source": (
        "a title",
        "",
        lambda text: {"id": id_from_name(text, otherwise="source"), "title": text},
    ),
    "Level": ("a level, such as partly", "", lambda text: re.sub(r"\W+", "_", text)),
    "Comment": (
        "a remark, such as: is this still so?",
        "",
        lambda text: {"says": text, "on": date.today().isoformat()},
    ),
    "Citation": ("a source", "source", lambda text: {"id": text}),
    "Stage": ("a name", "", lambda text: {"stage": text}),
    "Package": ("a name", "", lambda text: {"name": text, "parties": [], "set": {}}),
    "Outcome": ("a name", "", lambda text: {"name": text, "when": "true"}),
    "Format": ("a name", "", lambda text: {"name": text, "parties": []}),
    "Roadmap": ("a name", "", lambda text: {"name": text, "stages": []}),
    "Issue": (
        "a name",
        "",
        lambda text: {
            "name": text,
            "scale": {"low": "Not at all", "high": "In full"},
            "positions": {},
        },
    ),
    "View of another party": ("a party", "party", lambda text: {}),
    "Stand of a party": ("a party", "party", lambda text: {}),
}


def section(around: Surroundings, key: str) -> FormPart:
    """A part of the dispute file, such as ``packages``, as a panel."""
    part = schema()["properties"][key]
    value = around.document.get(key)

    def inside() -> tuple[FormPart, ...]:
        about = Words("about", str(part.get("description", "")))
        return (about, *_value(around, part, (key,), value, key))

    count = str(len(value)) if isinstance(value, Mapping | list) and value else ""
    called = _called((key,), key)
    folded = PartGroup("all", "grow", (Folded("inside", called, inside, count),))
    return PartGroup(
        key, "panel", (PartGroup("row", "row", (folded, Words("help", key, "help"))),), called
    )


# What a key is called where its own word alone says too little: anywhere, or in one section.
_CALLED = {
    "aliases": "Other names",
    "ask": "Question",
    "at": "Place in the text",
    "because": "Reason",
    "coalesce": "States that count as one",
    "high": "At most",
    "judgement": "The analyst's judgement",
    "low": "At least",
    "on": "Day",
    "path": "File with the text",
    "perceives": "How it sees others",
    "set": "What it sets",
    "tempo": "How often it moves",
    "this_dispute": "It is this dispute",
    "unknown": "Direction unknown",
    "unseen": "What it does not see",
    "url": "Address on the web",
    "parties when": "Can be chosen only when",
    "outcomes when": "Holds when",
    "packages when": "Can be moved only when",
    "claims says": "The source's answer",
    "history set": "What was seen",
}
# What a key means, in a sentence, where the schema says it for those who write the file.
_MEANT = {
    "always": "States are possible only where this holds.",
    "judgement": "Yes where no source says so and the analyst judges.",
    "never": "No state is possible in which this holds.",
    "options": "The options that it takes into account. It thinks that the others do not change.",
    "package": "The joint move that the stage makes.",
    "parties": "Who takes part.",
    "sha256": "A digest by which it can be checked that the text is still the same.",
    "parties when": "It can be changed only from states in which this holds.",
    "outcomes when": "The outcome is reached in all states in which this holds.",
    "packages when": "The parties can move so only from states in which this holds.",
}


def _called(at: Trail, key: str) -> str:
    """What a key is called."""
    return _CALLED.get(f"{at[0]} {key}") or _CALLED.get(key) or _title(key)


def _meant(part: Mapping[str, Any], at: Trail, key: str) -> str:
    """What a key means, in a sentence."""
    told = _MEANT.get(f"{at[0]} {key}") or _MEANT.get(key)
    return told or str(part.get("description", ""))


def _heard(around: Surroundings, at: Trail, key: str, called: str) -> str:
    """What a field is called for those who do not see where it stands."""
    place = at[:-1] if at[-1] == key else at
    return f"{around.place(place)}: {called}" if place else called


def fields(
    around: Surroundings, definition: str, trail: Trail, value: Any, *, leave_out: tuple[str, ...]
) -> tuple[FormPart, ...]:
    """Fields for the keys of an entry.

    Parameters
    ----------
    around
        The dispute.
    definition
        The entry's definition in the schema.
    trail
        Where the entry stands.
    value
        The entry, which may be written in short.
    leave_out
        Keys that have their fields elsewhere.
    """
    part = schema()["$defs"][definition]
    return fields_of(around, part, trail, value, leave_out)


# One value ----------------------------------------------------------------------------------


def _value(
    around: Surroundings,
    part: Mapping[str, Any],
    trail: Trail,
    value: Any,
    key: str,
    main: str | None = None,
) -> tuple[FormPart, ...]:
    """Fields for a value that the schema describes."""
    part = _resolved(part)
    types = part.get("type", ())
    types = (types,) if isinstance(types, str) else tuple(types)
    listed = "array" in types and "items" in part
    if listed and not isinstance(value, Mapping) and part.get("title") not in _SHORT:
        return tuple(_list(around, part, trail, value, key, main))
    if part.get("properties"):
        return tuple(_keys(around, part, trail, value, ()))
    by_id = "object" in types and isinstance(part.get("additionalProperties"), Mapping)
    if by_id and ("string" not in types or isinstance(value, Mapping)):
        return tuple(_mapping(around, part, trail, value, key))
    return (_single(around, part, trail, value, key, partial(_put, trail, None, False)),)


def _keys(
    around: Surroundings,
    part: Mapping[str, Any],
    trail: Trail,
    value: Any,
    leave_out: tuple[str, ...],
) -> Iterator[FormPart]:
    main = _SHORT.get(str(part.get("title")))
    short = main is not None and value is not None and not isinstance(value, Mapping)
    entry: Mapping[str, Any] = value if isinstance(value, Mapping) else {}
    if short:
        entry = {str(main): value}
    needed = part.get("required", ())
    for key, inside in part["properties"].items():
        if key in leave_out or _left_to_another(key, entry):
            continue
        at: Trail = trail if short and key == main else (*trail, key)
        whole = _described(inside)
        yield from _key(around, whole, at, entry.get(key), key, main, key in needed)


def _left_to_another(key: str, entry: Mapping[str, Any]) -> bool:
    return any(
        key in pair and key not in entry and any(other in entry for other in pair)
        for pair in _ALTERNATIVES
    )


def _key(
    around: Surroundings,
    part: Mapping[str, Any],
    at: Trail,
    value: Any,
    key: str,
    main: str | None,
    needed: bool,
) -> Iterator[FormPart]:
    """The fields of one key of an entry; what is rare and large is folded."""
    types = part.get("type", ())
    large = bool(part.get("properties")) or any(kind in types for kind in ("object", "array"))
    if part.get("title") == "Source of a judgement":
        yield _sources(around, at, value)
    elif key == "parties" or (key == "options" and "items" in part):
        yield _ticks(around, at, value, key)
    elif large and ("string" not in types or isinstance(value, Mapping)) and not needed:
        count = str(len(value)) if isinstance(value, Mapping | list) and value else ""
        inside = partial(_value, around, part, at, value, key, main)
        yield Folded(key, _called(at, key), inside, count)
    elif large and "string" not in types:
        yield Words(f"{key} head", _called(at, key), "heading")
        yield PartGroup(key, "column", _value(around, part, at, value, key, main))
    else:
        put = partial(_put, at, main if at[-1:] == (key,) else None, not needed)
        yield _single(around, part, at, value, key, put)


def _single(
    around: Surroundings,
    part: Mapping[str, Any],
    at: Trail,
    value: Any,
    key: str,
    put: Callable[..., Edit],
) -> FormPart:
    """A field for one word, number, formula or text."""
    hint, told = _called(at, key), _meant(part, at, key)
    label = _heard(around, at, key, hint)
    types = part.get("type", ())
    if "enum" in part or types == "boolean":
        allowed = part.get("enum", (True, False))
        choices = (("", "not said"), *((_as_word(one), _as_word(one)) for one in allowed))
        values = {_as_word(one): one for one in allowed}

        def choose(new: str) -> Edit:
            return Remove(at) if new == "" else put(values[new], None)

        return Choice(
            key,
            at,
            label,
            hint,
            _as_word(value) if value is not None else "",
            choices,
            choose,
            told,
        )
    if part.get("title") == "Reference":
        choices = around.choices(_KINDS.get(key, "option"))
        return Choice(
            key, at, label, hint, str(value or ""), choices, lambda new: put(new, None), told
        )
    if part.get("title") == "Formula" or (key == "when" and "string" in types):
        said = around.said(party_of(at), _formula(value))
        text = TextField(
            key, at, label, hint, _formula(value), put, "formula", said=said, help=told
        )
        build = Press(
            "build",
            f"Build: {label}",
            "construction",
            act="build",
            given={
                "trail": at,
                "value": _formula(value),
                "put": put,
                "party": party_of(at),
            },
        )
        return PartGroup(f"{key} row", "row", (PartGroup("field", "grow", (text,)), build))
    if types in ("number", "integer") or ("number" in types and "string" not in types):
        return TextField(
            key,
            at,
            label,
            hint,
            word(value),
            lambda new, was: put(_number(new), was),
            "number",
            help=told,
        )
    if (at[0], key) == ("claims", "ask"):
        question = around.said(QUESTION, word(value))
        return TextField(
            key, at, label, hint, word(value), put, "formula", said=question, help=told
        )
    form = "area" if key in _AREAS else "line"
    return TextField(key, at, label, hint, word(value), put, form, help=told)  # type: ignore[arg-type]


def _put(trail: Trail, main: str | None, optional: bool, new: Any, was: str | None) -> Edit:
    typed = was if isinstance(new, str) else None
    return Put(trail, new, main, typed, optional)


def _ticks(around: Surroundings, at: Trail, value: Any, key: str) -> FormPart:
    values = tuple(map(str, value)) if isinstance(value, list) else ()
    if key == "options":
        party = str(at[at.index("perceives") + 1]) if "perceives" in at else str(at[1])
        own = [name for name in around.known["option"] if name.startswith(f"{party}.")]
        choices = tuple((name.partition(".")[2], around.called("option", name)) for name in own)
    else:
        choices = around.choices(_KINDS[key])
    choices += tuple((one, one) for one in values if one not in dict(choices))
    called = _called(at, key)
    heard = _heard(around, at, key, called)
    return Ticks(
        key, at, heard, called, values, choices, lambda new: Put(at, list(new)), _meant({}, at, key)
    )


# Lists and mappings of entries --------------------------------------------------------------


def _list(
    around: Surroundings,
    part: Mapping[str, Any],
    trail: Trail,
    value: Any,
    key: str,
    main: str | None,
) -> Iterator[FormPart]:
    inner = _resolved(part["items"])
    entries = value if isinstance(value, list) else []
    rows = [
        PartGroup(
            one,
            "item",
            (
                PartGroup("field", "grow", _entry(around, inner, (*trail, number), entry, key)),
                *_moves(around, trail, number, len(entries)),
            ),
        )
        for number, (one, entry) in enumerate(zip(around.entries(trail), entries, strict=False))
    ]
    yield PartGroup("rows", "list", tuple(rows), _title(key))

    def add(new: Any) -> Edit:
        if value is not None:
            return Insert(trail, len(entries), new)
        # Two levels are there although they are not written.
        begin = ["no", "yes"] if inner.get("title") == "Level" else []
        return Put(trail, [*begin, new], main)

    yield _adder(around, inner, key, add)


def _moves(around: Surroundings, trail: Trail, number: int, count: int) -> tuple[FormPart, ...]:
    what = around.place((*trail, number))
    return (
        Press(
            "up",
            f"{what}: move up",
            "arrow_upward",
            Move(trail, number, number - 1),
            enabled=number > 0,
        ),
        Press(
            "down",
            f"{what}: move down",
            "arrow_downward",
            Move(trail, number, number + 1),
            enabled=number + 1 < count,
        ),
        Press("remove", f"Remove {what}", "delete_outline", Remove((*trail, number))),
    )


def _mapping(
    around: Surroundings, part: Mapping[str, Any], trail: Trail, value: Any, key: str
) -> Iterator[FormPart]:
    inner = _resolved(part["additionalProperties"])
    entries = value if isinstance(value, Mapping) else {}
    kind = _KINDS.get(key) if not (key == "outcomes" and len(trail) == 1) else None
    if inner.get("title") == "Level" and kind == "option":
        for option, level in entries.items():
            yield _level(around, (*trail, option), option, level)
        left = tuple(one for one in around.choices("option") if one[0] not in entries)
        yield Adder(
            "add",
            f"Option in {_title(key).lower()}",
            "an option",
            lambda new: Put((*trail, new), around.levels(new)[-1]),
            choices=left or (("", "all are chosen"),),
        )
        return
    for name, entry in entries.items():
        at: Trail = (*trail, name)
        known: NamedKind | None = kind or _named(trail)
        called = around.called(known, name) if known else name
        remove = Press("remove", f"Remove {called}", "delete_outline", Remove(at))
        body = partial(_by_id, around, inner, at, entry, key)
        folded = Folded("body", called, body)
        yield PartGroup(name, "row", (PartGroup("field", "grow", (folded,)), remove))
    if kind is not None:
        left = tuple(one for one in around.choices(kind) if one[0] not in entries)
        begins = _stand() if inner.get("title", "").startswith("Stand") else {}
        begin: Any = 50 if inner.get("type") == "number" else begins
        yield Adder(
            "add",
            f"Add to {_title(key).lower()}",
            "",
            lambda new: Put((*trail, new), begin),
            choices=left or (("", "all are chosen"),),
        )
        return
    yield _adder(around, inner, key, lambda new: _by_new_id(trail, entries, key, new))


def _by_id(
    around: Surroundings, inner: Mapping[str, Any], at: Trail, entry: Any, key: str
) -> tuple[FormPart, ...]:
    named = _named(at[:-1])
    rename: tuple[FormPart, ...] = ()
    if named is not None:
        rename = (renaming(around, named, str(at[-1])),)
    return (*rename, *_entry(around, inner, at, entry, key))


def renaming(around: Surroundings, kind: NamedKind, name: str) -> FormPart:
    """The id of something, with a button that changes it everywhere."""
    bare = name.rpartition(".")[2]
    return PartGroup("id", "row", (Words("id", bare, "id"), rename_button(around, kind, name)))


def rename_button(around: Surroundings, kind: NamedKind, name: str) -> Press:
    """A button that changes the id of something everywhere."""
    called = around.called(kind, name)
    given = {"kind": kind, "name": name, "called": called}
    return Press("rename", f"Change the id of {called}", "edit", act="rename", given=given)


def _named(trail: Trail) -> NamedKind | None:
    """Of which kind the entries of a mapping are."""
    kinds: dict[str | int, NamedKind] = {
        "packages": "package",
        "outcomes": "outcome",
        "roadmaps": "roadmap",
        "formats": "format",
        "issues": "issue",
    }
    return kinds.get(trail[0]) if len(trail) == 1 else None


def _entry(
    around: Surroundings, inner: Mapping[str, Any], at: Trail, entry: Any, key: str
) -> tuple[FormPart, ...]:
    if inner.get("properties") and isinstance(at[-1], int):
        rare = _rare(inner, entry)
        seldom = tuple(one for one in inner["properties"] if one not in rare)
        more = partial(fields_of, around, inner, at, entry, seldom)
        return (*_keys(around, inner, at, entry, rare), Folded("more", "More", more))
    if inner.get("properties"):
        return tuple(_keys(around, inner, at, entry, ()))
    return _value(around, inner, at, entry, key)


def fields_of(
    around: Surroundings,
    part: Mapping[str, Any],
    trail: Trail,
    value: Any,
    leave_out: tuple[str, ...],
) -> tuple[FormPart, ...]:
    """Fields for the keys of an entry that a part of the schema describes."""
    return tuple(_keys(around, part, trail, value, leave_out))


def _rare(part: Mapping[str, Any], entry: Any) -> tuple[str, ...]:
    """The keys that an entry need not have, and has not."""
    needed = {*part.get("required", ()), *(one for pair in _ALTERNATIVES for one in pair)}
    given = entry if isinstance(entry, Mapping) else {_SHORT.get(str(part.get("title"))): entry}
    return tuple(one for one in part["properties"] if one not in needed and one not in given)


def _level(around: Surroundings, at: Trail, option: str, level: Any) -> FormPart:
    levels = around.levels(option)
    now = word(level)
    shown = levels if now in levels else (*levels, now)
    choice = Choice(
        "level",
        at,
        around.place(at),
        around.called("option", option),
        now,
        tuple((one, one) for one in shown),
        lambda new: Put(at, new),
    )
    remove = Press("remove", f"Remove {around.place(at)}", "delete_outline", Remove(at))
    return PartGroup(option, "row", (PartGroup("field", "grow", (choice,)), remove))


def _adder(
    around: Surroundings, inner: Mapping[str, Any], key: str, insert: Callable[[Any], Edit]
) -> FormPart:
    title = str(inner.get("title", ""))
    hint, kind, begin = _NEW.get(title, ("a value", "", lambda text: text))
    label = f"New {title.lower() or 'entry'}" if title else f"New in {_title(key).lower()}"
    choices = around.choices("source") if kind == "source" else ()
    return Adder(
        "add",
        label,
        hint,
        lambda new: insert(begin(new)),
        formula=kind == "formula",
        choices=choices,
    )


def _by_new_id(trail: Trail, entries: Mapping[str, Any], key: str, value: Any) -> Edit:
    name = value.get("name", "") if isinstance(value, Mapping) else str(value)
    return Put((*trail, id_from_name(name, entries, otherwise=key.rstrip("s"))), value)


def _sources(around: Surroundings, at: Trail, value: Any) -> FormPart:
    """The passages on which a judgement rests."""
    several = isinstance(value, list)
    cited = value if isinstance(value, list) else [value] if isinstance(value, Mapping) else []

    def inside() -> tuple[FormPart, ...]:
        citation = schema()["$defs"]["citation"]
        rows: list[FormPart] = []
        for number, one in enumerate(cited):
            there: Trail = (*at, number) if several else at
            remove = Press(
                "remove", f"Remove {around.place(there)}", "delete_outline", Remove(there)
            )
            passage = Press(
                "passage",
                f"Choose the passage: {around.place(there)}",
                "format_quote",
                act="passage",
                given={"trail": there, "source": one.get("id")},
            )
            body = PartGroup("field", "grow", tuple(_keys(around, citation, there, one, ())))
            rows.append(PartGroup(f"citation {number}", "row", (body, passage, remove)))

        def add(new: str) -> Edit:
            if several:
                return Insert(at, len(cited), {"id": new})
            return Put(at, [*cited, {"id": new}] if cited else {"id": new}, _main(at))

        sources = around.choices("source")
        if sources:
            rows.append(Adder("add", "New citation", "a source", add, choices=sources))
        else:
            rows.append(Words("none", "Add a source first, under Sources."))
        return tuple(rows)

    return Folded("source", "Sources of the judgement", inside, str(len(cited)) if cited else "")


def _main(at: Trail) -> str | None:
    """Under which key stands what an entry around a source is written as in short."""
    if "preferences" in at:
        return "prefer"
    return {"outcomes": "when", "formats": "parties", "roadmaps": "stages"}.get(str(at[0]))


def _stand() -> dict[str, Any]:
    return {"position": 50, "salience": 0.5, "capability": 50}


# Small parts --------------------------------------------------------------------------------


def _resolved(part: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in part:
        part = schema()["$defs"][part["$ref"].rpartition("/")[2]]
    return part


def _described(part: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a part of the schema is, with what it means in this place."""
    own = {"description": part["description"]} if "description" in part else {}
    return {**_resolved(part), **own}


def _title(key: str) -> str:
    return key.replace("_", " ").capitalize()


def _as_word(value: object) -> str:
    return word(value)


def _formula(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else word(value)


def _number(text: str) -> Any:
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() and "." not in text else number
