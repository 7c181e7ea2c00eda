"""The form of a whole dispute: parties, options, preferences and status quo, then all else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Literal

from detente.changes.references import dangling, id_from_name, units_to_remove
from detente.files.base_rates import base_rates
from detente.files.schema_check import schema
from detente.files.yaml_text import Trail, dotted
from detente.workbench import editing
from detente.workbench.documents import read
from detente.workbench.edits import Edit, Insert, Move, Put, Remove
from detente.workbench.forms.form_parts import (
    Adder,
    Choice,
    Folded,
    FormPart,
    PartGroup,
    Press,
    TextField,
    Words,
)
from detente.workbench.forms.schema_form import fields, rename_button, renaming, section
from detente.workbench.forms.surroundings import (
    Entries,
    Sentences,
    Surroundings,
    surroundings,
    word,
)

__all__ = ["dispute_form", "statements_of"]

_SECTIONS = (
    "constraints",
    "outcomes",
    "packages",
    "roadmaps",
    "formats",
    "sources",
    "claims",
    "issues",
    "history",
    "coalesce",
)
_ELSEWHERE = ("dispute", "about", "parties", "status_quo", "reference_class")
_MOST_LISTED = 12
# Of more parties, each is shown when it is asked for.
_MOST_OPEN = 4


def dispute_form(
    document: Any, entries: Entries, sentences: Sentences | None = None
) -> tuple[FormPart, ...]:
    """The parts of the form.

    Parameters
    ----------
    document
        Plain values that have the types that the schema allows; None where there are none.
    entries
        Keys of the entries of lists.
    sentences
        What the formulas say that have a meaning.

    Returns
    -------
    tuple of Node
    """
    if not isinstance(document, Mapping) or not isinstance(document.get("parties"), Mapping):
        words = (
            Words("head", "This file cannot be shown as a form.", "title"),
            Words("way", "What is wrong, and in which line, stands beside.", "plain"),
        )
        return (PartGroup("no form", "panel", words),)
    around = surroundings(document, entries, sentences)
    parties = document["parties"]
    return (
        *_missing(document),
        PartGroup(
            "top",
            "panel",
            (
                _field("title", ("dispute",), "Title", "Title", document.get("dispute")),
                _field(
                    "about",
                    ("about",),
                    "About",
                    "About",
                    document.get("about"),
                    form="area",
                    optional=True,
                ),
                _reference_class(document.get("reference_class")),
            ),
            "The dispute",
        ),
        *(
            _party(
                around,
                str(party),
                entry if isinstance(entry, Mapping) else {},
                open_=len(parties) <= _MOST_OPEN,
            )
            for party, entry in parties.items()
        ),
        PartGroup(
            "new party",
            "panel",
            (Words("head", "Another party", "heading"), _new_party(parties)),
            "Another party",
        ),
        _status_quo(around),
        *(section(around, key) for key in _sections()),
    )


def _reference_class(value: object) -> FormPart:
    """The past cases that a forecast is shown beside."""
    trail = ("reference_class",)
    choices = (("", "None"), *((rate.id, rate.of) for rate in base_rates()))
    return Choice(
        "reference class",
        trail,
        "Past cases beside a forecast",
        "Past cases",
        str(value) if value in dict(choices) else "",
        choices,
        lambda new: Put(trail, new) if new else Remove(trail),
    )


def _sections() -> tuple[str, ...]:
    """The other keys of a dispute file: those that matter most first, then all that there are."""
    rest = [key for key in schema()["properties"] if key not in (*_ELSEWHERE, *_SECTIONS)]
    return (*_SECTIONS, *rest)


def _missing(document: Mapping[str, Any]) -> Iterator[FormPart]:
    """Where something is named that is not there, with a way out."""
    found = dangling(document)
    if not found:
        return
    units = units_to_remove(document, found)
    names = sorted({one.name for one in found})
    lines = [f"{dotted(unit)}" for unit in units[:_MOST_LISTED]]
    if len(units) > _MOST_LISTED:
        lines.append(f"and {len(units) - _MOST_LISTED} more")
    verb = "is" if len(names) == 1 else "are"
    yield PartGroup(
        "missing",
        "alert",
        (
            Words("what", f"Named, but not there: {', '.join(names)}.", "heading"),
            Words("where", f"What names {'it' if verb == 'is' else 'them'}: {'; '.join(lines)}."),
            Press(
                "clean",
                "Remove what names it",
                "delete_sweep",
                _cleaned,
                text="Remove what names it",
            ),
        ),
        "Named, but not there",
    )


def _cleaned(text: str) -> str:
    """A text without what names something that is not there."""
    while True:
        document = read(text)[0]
        found = dangling(document)
        if not found:
            return text
        for unit in reversed(units_to_remove(document, found)):
            text = editing.remove(text, unit)


# Parties ------------------------------------------------------------------------------------


def _party(around: Surroundings, party: str, entry: Mapping[str, Any], *, open_: bool) -> FormPart:
    trail: Trail = ("parties", party)
    number = list(around.known["party"]).index(party) + 1
    name = str(entry.get("name", party))
    own: Any = entry.get("options")
    options = own if isinstance(own, Mapping) else {}
    remove = Press("remove", f"Remove {name}", "delete_outline", Remove(trail))

    def inside() -> tuple[FormPart, ...]:
        return (
            _headed("Options", "option"),
            *(
                _option(around, party, f"Option {place} of {name}", str(key), value)
                for place, (key, value) in enumerate(options.items(), start=1)
            ),
            Adder(
                "new option",
                f"New option of {name}",
                "a name, such as Test a missile",
                partial(_new_option, trail, options),
            ),
            *_preferences(around, trail, name, entry.get("preferences")),
            _more_of_party(around, trail, entry),
        )

    head = PartGroup(
        "head",
        "row",
        (
            PartGroup(
                "name",
                "grow",
                (_field("name", (*trail, "name"), f"Name of party {number}", "Party", name),),
            ),
            renaming(around, "party", party),
            Words("help", "party", "help"),
            remove,
        ),
    )
    body: tuple[FormPart, ...] = inside() if open_ else (Folded("all", f"All of {name}", inside),)
    return PartGroup(f"party {party}", "panel", (Words("party", name, "unseen"), head, *body), name)


def _more_of_party(around: Surroundings, trail: Trail, entry: Mapping[str, Any]) -> FormPart:
    rest = partial(
        fields,
        around,
        "party",
        trail,
        entry,
        leave_out=("name", "options", "preferences", "preferences_from"),
    )
    return Folded("rest", "More on this party", rest)


def _new_option(trail: Trail, options: Mapping[str, Any], name: str) -> Edit:
    new = id_from_name(name, options, otherwise="option")
    return Put((*trail, "options", new), {"name": name})


def _new_party(parties: Mapping[str, Any]) -> FormPart:
    def add(name: str) -> Edit:
        new = id_from_name(name, parties, otherwise="party")
        return Put(("parties", new), {"name": name, "options": {}, "preferences": []})

    return Adder("new party", "New party", "a name, such as South Korea", add)


def _option(around: Surroundings, party: str, label: str, option: str, value: Any) -> FormPart:
    trail: Trail = ("parties", party, "options", option)
    whole = isinstance(value, Mapping)
    at: Trail = (*trail, "name") if whole else trail
    name = str(value.get("name", option) if whole else value)
    irreversible = value.get("irreversible", False) if whole else False
    way = {True: "up", None: "no", False: "no"}.get(irreversible, str(irreversible))

    def change(new: str) -> Edit:
        return Put((*trail, "irreversible"), False if new == "no" else new, "name")

    key = f"{party}.{option}"
    choices = (("no", "both ways"), ("up", "up only"), ("down", "down only"))
    levels = around.levels(key)
    shown = () if levels == ("no", "yes") else (Words("levels", f"Levels: {' < '.join(levels)}"),)
    rest = partial(fields, around, "option", trail, value, leave_out=("name", "irreversible"))
    return PartGroup(
        f"option {option}",
        "column",
        (
            PartGroup(
                "row",
                "row",
                (
                    PartGroup("name", "grow", (_field("name", at, label, "Option", name),)),
                    Choice(
                        "way",
                        (*trail, "irreversible"),
                        f"How “{name}” of {around.called('party', party)} can change",
                        "Can change",
                        way if way in ("no", "up", "down") else "no",
                        choices,
                        change,
                    ),
                    rename_button(around, "option", key),
                    Press("remove", f"Remove {name}", "delete_outline", Remove(trail)),
                ),
            ),
            *shown,
            Folded("rest", f"More on {name}", rest),
        ),
    )


# Preferences --------------------------------------------------------------------------------


def _preferences(around: Surroundings, party: Trail, name: str, value: Any) -> tuple[FormPart, ...]:
    """Statements or an explicit order, which can be dragged."""
    trail: Trail = (*party, "preferences")
    ordered = isinstance(value, Mapping)
    given = value.get("order", []) if isinstance(value, Mapping) else value
    entries = given if isinstance(given, list) else []
    at: Trail = (*trail, "order") if ordered else trail
    rows = tuple(
        _statement(around, key, at, name, number, entry, len(entries))
        for number, (key, entry) in enumerate(zip(around.entries(at), entries, strict=False))
    )
    head = "Order, best first" if ordered else "Preferences, most important first"
    parts: tuple[FormPart, ...] = (
        _headed(head, "preference statement"),
        PartGroup("statements", "list", rows, f"Preferences of {name}", sort=at),
    )
    if ordered:
        rest = partial(fields, around, "preferences", trail, value, leave_out=("order",))
        return (*parts, Folded("rest of order", "More on the order", rest))
    weighted = any(isinstance(entry, Mapping) and "weight" in entry for entry in entries)

    def add(new: str) -> Edit:
        statement: Any = {"prefer": new, "weight": 1} if weighted else new
        return Insert(at, len(entries), statement)

    hint = "a formula, such as not us.strike"
    compare = Press(
        "compare",
        f"Order the statements of {name} by comparisons",
        "balance",
        act="compare",
        given={"trail": at, "entries": tuple(map(_statement_text, entries)), "name": name},
        enabled=len(entries) > 1,
        text="Order by comparisons",
    )
    return (
        *parts,
        Adder(
            "new statement",
            f"New statement of {name}",
            hint,
            add,
            formula=True,
            party=str(party[1]),
        ),
        compare,
    )


def statements_of(party: Any) -> tuple[str, ...]:
    """The statements of a party in the order of the file; none where it orders states."""
    given = party.get("preferences") if isinstance(party, Mapping) else None
    return tuple(map(_statement_text, given)) if isinstance(given, list) else ()


def _statement_text(entry: Any) -> str:
    return _shown(entry.get("prefer") if isinstance(entry, Mapping) else entry)


def _statement(
    around: Surroundings, key: str, at: Trail, name: str, number: int, entry: Any, count: int
) -> FormPart:
    trail: Trail = (*at, number)
    what = f"Preference {number + 1} of {name}"
    buttons: tuple[FormPart, ...] = (
        Press(
            "up",
            f"{what}: move up",
            "arrow_upward",
            Move(at, number, number - 1),
            enabled=number > 0,
        ),
        Press(
            "down",
            f"{what}: move down",
            "arrow_downward",
            Move(at, number, number + 1),
            enabled=number + 1 < count,
        ),
        Press("remove", f"Remove {what}", "delete_outline", Remove(trail)),
    )
    if isinstance(entry, list | int) and not isinstance(entry, bool):
        equal = entry if isinstance(entry, list) else [entry]
        body: tuple[FormPart, ...] = (
            PartGroup(
                "text", "grow", (Words("state", "State " + " ~ ".join(map(str, equal)), "plain"),)
            ),
        )
    else:
        formula = editing.statement_trail(trail, entry, "prefer")
        value = _statement_text(entry)
        said = around.said(str(at[1]), value)
        hint = "Prefers states in which"
        field = _field("text", formula, what, hint, value, form="formula", said=said)
        rest = partial(fields, around, "statement", trail, entry, leave_out=("prefer",))
        build = Press(
            "build",
            f"Build: {what}",
            "construction",
            act="build",
            given={"trail": formula, "value": value, "party": str(at[1])},
        )
        basis = _basis(around, entry)
        body = (
            PartGroup(
                "text",
                "grow",
                (
                    field,
                    *((Words("basis", basis),) if basis else ()),
                    *_comments(entry),
                    Folded("rest", f"More on {what[:1].lower()}{what[1:]}", rest),
                ),
            ),
            build,
        )
    place = (Words("handle", "", "handle"), Words("number", str(number + 1), "number"))
    return PartGroup(key, "item", (*place, *body, *buttons))


def _comments(entry: Any) -> Iterator[FormPart]:
    """What others have remarked on a statement."""
    given = entry.get("comments") if isinstance(entry, Mapping) else None
    for number, one in enumerate(given if isinstance(given, list) else ()):
        if isinstance(one, Mapping):
            by = f" of {one['by']}" if one.get("by") else ""
            on = f", {one['on']}" if one.get("on") else ""
            yield Words(f"comment {number}", f"Comment{by}{on}: {one.get('says', '')}")


def _basis(around: Surroundings, entry: Any) -> str:
    """What a statement rests on, in a line."""
    if not isinstance(entry, Mapping):
        return ""
    parts = []
    if entry.get("weight") is not None:
        parts.append(f"weight {entry['weight']}")
    if entry.get("confidence") is not None:
        parts.append(f"confidence {entry['confidence']}")
    source = entry.get("source")
    for one in source if isinstance(source, list) else [source] if source else []:
        if isinstance(one, Mapping):
            at = one.get("at") or {}
            place = f", paragraph {at['paragraph']}" if "paragraph" in at else ""
            parts.append(f"{around.called('source', str(one.get('id')))}{place}")
    if entry.get("judgement"):
        parts.append("the analyst's judgement")
    return " · ".join(parts)


# The rest -----------------------------------------------------------------------------------


def _status_quo(around: Surroundings) -> FormPart:
    """Where things stand: a level for every option, each under its party."""
    given = around.document.get("status_quo")
    quo = given if isinstance(given, Mapping) else {}
    parties = []
    for party, name in around.choices("party"):
        own = [key for key in around.known["option"] if key.startswith(f"{party}.")]
        rows = tuple(_level_now(around, key, quo) for key in own)
        if rows:
            head = Words("head", name, "heading")
            parties.append(PartGroup(party, "column", (head, *rows)))
    return PartGroup(
        "status quo",
        "panel",
        (
            _headed("Status quo", "status quo", "title"),
            PartGroup("levels", "levels", tuple(parties), "Levels"),
        ),
        "Status quo",
    )


def _level_now(around: Surroundings, key: str, quo: Mapping[str, Any]) -> FormPart:
    """An option beside the level at which it stands."""
    called = around.called("option", key)
    allowed = around.levels(key)
    now = word(quo.get(key, allowed[0]))
    shown = allowed if now in allowed else (*allowed, now)
    level = Choice(
        key,
        ("status_quo", key),
        f"Status quo of {called}",
        "",
        now,
        tuple((one, one) for one in shown),
        partial(_set_level, key),
    )
    option = Words("option", around.option_name(key), "plain")
    return PartGroup(f"{key} row", "row", (PartGroup("name", "grow", (option,)), level))


def _set_level(key: str, level: str) -> Edit:
    return Put(("status_quo", key), level)


def _headed(text: str, term: str, kind: Literal["heading", "title"] = "heading") -> FormPart:
    """A heading, with what its term means."""
    return PartGroup(
        f"{term} head", "row", (Words("head", text, kind), Words("help", term, "help"))
    )


def _field(
    key: str,
    trail: Trail,
    label: str,
    hint: str,
    value: object,
    *,
    form: str = "line",
    optional: bool = False,
    said: str = "",
) -> TextField:
    edit: Callable[[str, str], Edit] = partial(_typed, trail, optional)
    return TextField(key, trail, label, hint, _shown(value), edit, form, optional, said)  # type: ignore[arg-type]


def _typed(trail: Trail, optional: bool, new: str, was: str) -> Edit:
    return Put(trail, new, None, was, optional)


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else word(value)
