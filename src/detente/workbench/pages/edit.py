"""The page on which a dispute is edited, with what follows from it beside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from nicegui import events, ui

from detente.files.yaml_text import Trail, dotted
from detente.workbench import editing
from detente.workbench.pages.arrival import file_page
from detente.workbench.pages.elements import labelled
from detente.workbench.pages.results import results
from detente.workbench.pages.session import Session
from detente.workbench.services import Services

__all__ = ["add"]


def add(work: Services) -> None:
    """Make the page."""

    def lay_out(session: Session) -> None:
        with ui.element("div").classes("two"):
            with ui.element("div").classes("stack"):
                editor = _Editor(session)
                editor.lay_out()
            with ui.element("div").classes("stack side"):
                results(session, on_fault=editor.mark)
        session.rebuild.append(editor.lay_out.refresh)

    file_page(work, "", lay_out)


class _Editor:
    """The fields of one window, by the key under which the loader tells of a fault."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.fields: dict[str, Any] = {}

    def mark(self, fault: dict[str, Any] | None) -> bool:
        """Mark the field in which something is wrong; tell whether there is one."""
        key = fault.get("key") if fault else None
        message = None
        if fault is not None:
            message = str(fault["message"])
            if fault.get("nearest"):
                message += f"; did you mean “{fault['nearest']}”?"
        for own, field in self.fields.items():
            field.error = message if own == key else None
        return key in self.fields

    @ui.refreshable_method
    def lay_out(self) -> None:
        """Lay out the fields for the document as it stands."""
        self.fields.clear()
        document = self.session.document
        parties = document.get("parties") if isinstance(document, Mapping) else None
        if not isinstance(parties, Mapping):
            with ui.element("section").classes("panel"):
                ui.label("This file cannot be shown as a form.").classes("section-title")
                ui.label("Its text can be put right under “Text”.")
            return
        with ui.element("section").classes("panel"):
            self.text("Title", ("dispute",), document.get("dispute"))
            self.text("About", ("about",), document.get("about"), area=True)
        for party, entry in parties.items():
            self.party(str(party), entry if isinstance(entry, Mapping) else {})
        self.new_party(parties)
        self.constraints(document.get("constraints"))
        self.status_quo(document, parties)

    # One field ------------------------------------------------------------------------------

    def text(
        self,
        label: str,
        trail: Trail,
        value: object,
        *,
        area: bool = False,
        mono: bool = False,
        hint: str | None = None,
    ) -> Any:
        """A field for the text at a trail; every edit of it is saved."""
        make = ui.textarea if area else ui.input
        shown = "" if value is None else str(value)
        if isinstance(value, bool):
            shown = shown.lower()
        made = make(hint or label, value=shown)
        field: Any = made
        labelled(field.props("outlined dense debounce=250"), label)
        field.props("autogrow" if area else "").classes("field" + (" mono" if mono else ""))
        key = dotted(trail)
        self.fields[key] = field

        def changed(event: events.ValueChangeEventArguments[Any]) -> None:
            new = str(event.value or "")
            if not new and trail[-1] in ("about", "because"):
                if value is not None or self.has(trail):
                    self.session.edit(lambda text: editing.remove(text, trail), layout=False)
                return
            self.session.edit(lambda text: editing.put(text, trail, new), field=key, layout=False)

        field.on_value_change(changed)
        return field

    def has(self, trail: Trail) -> bool:
        """Whether something stands at a trail now."""
        value = self.session.document
        for step in trail:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                return False
        return True

    def act(self, change: Callable[[str], str]) -> None:
        """Make an edit that changes the form."""
        self.session.edit(change)

    # Parties --------------------------------------------------------------------------------

    def party(self, party: str, entry: Mapping[str, Any]) -> None:
        """A party: its name, its options, its preferences."""
        trail: Trail = ("parties", party)
        name = str(entry.get("name", party))
        with labelled(ui.element("section").classes("panel"), name):
            ui.label(name).classes("unseen").props('role="heading" aria-level="2"')
            with ui.row().classes("items-center w-full no-wrap"):
                self.text(f"Name of {party}", (*trail, "name"), name, hint="Party")
                ui.label(party).classes("id mono").tooltip("Id in formulas")
                self.more(f"Remove {name}", lambda text: editing.remove(text, trail))
            self.heading("Options")
            options = entry.get("options")
            for option, value in (options if isinstance(options, Mapping) else {}).items():
                self.option(party, str(option), value)
            self.adder(
                "New option",
                "id, such as test",
                lambda new: (
                    lambda text: editing.put(
                        text, (*trail, "options", new), {"name": new.replace("_", " ").capitalize()}
                    )
                ),
                is_id=True,
            )
            self.preferences(party, name, entry.get("preferences"))

    def option(self, party: str, option: str, value: Any) -> None:
        """An option: its name, and in which direction it can change."""
        trail: Trail = ("parties", party, "options", option)
        whole = isinstance(value, Mapping)
        at = (*trail, "name") if whole else trail
        name = value.get("name", option) if whole else value
        with ui.row().classes("entry items-start no-wrap w-full"):
            self.text(f"Option {party}.{option}", at, name, hint=f"{party}.{option}")
            irreversible = value.get("irreversible", False) if whole else False
            choice = {True: "up", None: "no", False: "no"}.get(irreversible, str(irreversible))
            select = ui.select(
                {"no": "both ways", "up": "up only", "down": "down only"},
                value=choice if choice in ("no", "up", "down") else "no",
                label="Can change",
                on_change=lambda event: self.irreversible(trail, value, event.value),
            )
            select.props("outlined dense").classes("narrow")
            labelled(select, f"How {party}.{option} can change")
            self.more(f"Remove {name}", lambda text: editing.remove(text, trail))
        if whole and "levels" in value:
            levels = " < ".join(str(level) for level in value["levels"])
            ui.label(f"Levels: {levels}").classes("quiet under")

    def irreversible(self, trail: Trail, value: Any, choice: str) -> None:
        """Set in which direction an option can change."""
        new: object = False if choice == "no" else choice
        if isinstance(value, Mapping):
            self.act(lambda text: editing.put(text, (*trail, "irreversible"), new))
        else:
            whole = {"name": value, "irreversible": new}
            self.act(lambda text: editing.put(text, trail, whole))

    def preferences(self, party: str, name: str, value: Any) -> None:
        """Preferences: statements or an explicit order, which can be dragged."""
        trail: Trail = ("parties", party, "preferences")
        ordered = isinstance(value, Mapping)
        entries = value.get("order", []) if isinstance(value, Mapping) else value or []
        at: Trail = (*trail, "order") if ordered else trail
        self.heading("Preferences, most important first" if not ordered else "Order, best first")
        with ui.column().classes("statements w-full") as rows:
            for number, entry in enumerate(entries):
                self.statement(at, name, number, entry, len(entries))
        labelled(rows.props('role="list"'), f"Preferences of {name}")
        rows.make_sortable(
            handle=".handle",
            on_end=lambda event: self.act(
                lambda text: editing.move(text, at, event.old_index, event.new_index)
            ),
        )
        if not ordered:
            weighted = any(isinstance(entry, Mapping) and "weight" in entry for entry in entries)
            self.adder(
                f"New statement of {name}",
                "a formula, such as not us.strike",
                lambda new: (
                    lambda text: editing.insert(
                        text, at, len(entries), {"prefer": new, "weight": 1} if weighted else new
                    )
                ),
            )

    def statement(self, at: Trail, name: str, number: int, entry: Any, count: int) -> None:
        """One statement, with a handle to drag it and buttons that move it."""
        trail = (*at, number)
        what = f"Preference {number + 1} of {name}"
        with ui.row().classes("statement items-start no-wrap w-full").props('role="listitem"'):
            ui.icon("drag_indicator").classes("handle").props('aria-hidden="true"')
            ui.label(str(number + 1)).classes("number")
            if isinstance(entry, list | int) and not isinstance(entry, bool):
                equal = entry if isinstance(entry, list) else [entry]
                ui.label("State " + " ~ ".join(map(str, equal))).classes("plain")
                ui.space()
            else:
                formula = editing.statement_trail(trail, entry, "prefer")
                value = entry.get("prefer") if isinstance(entry, Mapping) else entry
                with ui.element("div").classes("grow"):
                    self.text(what, formula, value, mono=True, hint="Prefers states in which")
                    self.basis(entry)
            for icon, label, new in (
                ("arrow_upward", "up", number - 1),
                ("arrow_downward", "down", number + 1),
            ):
                button = ui.button(
                    icon=icon,
                    on_click=partial(self.act, partial(_moved, at, number, new)),
                )
                labelled(button.props('flat round dense size="sm"'), f"{what}: move {label}")
                button.set_enabled(0 <= new < count)
            self.more(f"Remove {what}", lambda text: editing.remove(text, trail))

    def basis(self, entry: Any) -> None:
        """What a statement rests on, in a line."""
        if not isinstance(entry, Mapping):
            return
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
                parts.append(f"{one.get('id')}{place}")
        if entry.get("judgement"):
            parts.append("the analyst's judgement")
        if parts:
            ui.label(" · ".join(parts)).classes("quiet")

    # The rest -------------------------------------------------------------------------------

    def new_party(self, parties: Mapping[str, Any]) -> None:
        """A field that adds a party."""
        with ui.element("section").classes("panel"):
            self.heading("Another party")
            self.adder(
                "New party",
                "id, such as rok",
                lambda new: (
                    lambda text: editing.put(
                        text,
                        ("parties", new),
                        {
                            "name": new.replace("_", " ").capitalize(),
                            "options": {},
                            "preferences": [],
                        },
                    )
                ),
                is_id=True,
                taken=parties,
            )

    def constraints(self, value: Any) -> None:
        """What cannot be."""
        entries = value if isinstance(value, list) else []
        with ui.element("section").classes("panel").props('aria-label="Constraints"'):
            self.heading("Constraints")
            for number, entry in enumerate(entries):
                if not isinstance(entry, Mapping):
                    continue
                kind = "always" if "always" in entry else "never"
                trail: Trail = ("constraints", number)
                with ui.row().classes("entry items-start no-wrap w-full"):
                    with ui.element("div").classes("grow"):
                        self.text(
                            f"Constraint {number + 1}",
                            (*trail, kind),
                            entry.get(kind),
                            mono=True,
                            hint=f"{kind.capitalize()}",
                        )
                        if entry.get("because"):
                            ui.label(str(entry["because"])).classes("quiet")
                    self.more(
                        f"Remove constraint {number + 1}",
                        partial(_removed, trail),
                    )
            self.adder(
                "New constraint",
                "never: a formula",
                lambda new: (
                    lambda text: editing.insert(
                        text, ("constraints",), len(entries), {"never": new}
                    )
                ),
            )

    def status_quo(self, document: Mapping[str, Any], parties: Mapping[str, Any]) -> None:
        """Where things stand: a level for every option."""
        given = document.get("status_quo")
        quo = given if isinstance(given, Mapping) else {}
        with ui.element("section").classes("panel").props('aria-label="Status quo"'):
            self.heading("Status quo")
            with ui.element("div").classes("levels"):
                for party, entry in parties.items():
                    options = entry.get("options") if isinstance(entry, Mapping) else None
                    for option, value in (options or {}).items():
                        self.level(f"{party}.{option}", value, quo)

    def level(self, key: str, value: Any, quo: Mapping[str, Any]) -> None:
        """The level of one option in the status quo."""
        whole = isinstance(value, Mapping)
        levels = [_word(one) for one in value.get("levels", ("no", "yes"))] if whole else []
        levels = levels or ["no", "yes"]
        name = value.get("name", key) if whole else value
        now = _word(quo.get(key, levels[0]))
        select = ui.select(
            levels,
            value=now if now in levels else levels[0],
            label=str(name),
            on_change=lambda event: self.act(
                lambda text: editing.put(text, ("status_quo", key), event.value)
            ),
        )
        labelled(select.props("outlined dense").classes("level"), f"Status quo of {key}")

    # Small parts ----------------------------------------------------------------------------

    def heading(self, text: str) -> None:
        """A heading inside a panel."""
        ui.label(text).classes("heading").props('role="heading" aria-level="3"')

    def more(self, label: str, change: Callable[[str], str]) -> None:
        """A button that removes an entry; undo brings it back."""
        button = ui.button(icon="delete_outline", on_click=lambda: self.act(change))
        labelled(button.props('flat round dense size="sm"').classes("remove"), label)

    def adder(
        self,
        label: str,
        hint: str,
        change: Callable[[str], Callable[[str], str]],
        *,
        is_id: bool = False,
        taken: Mapping[str, Any] | None = None,
    ) -> None:
        """A field in which a new entry is written, and a button that adds it."""
        with ui.row().classes("adder items-start no-wrap w-full"):
            field = ui.input(label, placeholder=hint).props("outlined dense").classes("grow mono")

            def add_entry() -> None:
                new = str(field.value or "").strip()
                if is_id and not (new[:1].isalpha() and new.replace("_", "a").isalnum()):
                    field.error = "An id is letters, digits and '_', and begins with a letter."
                    return
                if not new:
                    field.error = "Nothing is written here yet."
                    return
                if taken is not None and new in taken:
                    field.error = "This id is taken."
                    return
                self.act(change(new))

            field.on("keydown.enter", add_entry)
            button = ui.button(icon="add", on_click=add_entry).props("outline dense")
            labelled(button.classes("add"), f"Add: {label}")


def _moved(trail: Trail, old: int, new: int, text: str) -> str:
    return editing.move(text, trail, old, new)


def _removed(trail: Trail, text: str) -> str:
    return editing.remove(text, trail)


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
