"""The form in which a proposal is changed before it is accepted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nicegui import ui

from detente.evidence.reading.proposals import KINDS
from detente.workbench.pages.reading.state import ReadingSession

__all__ = ["EditForm"]

_BY_WORDS = "as the words say"


class EditForm:
    """The form; it is made when somebody opens it, and is gone when it is closed."""

    def __init__(self, reading: ReadingSession, on_close: Callable[[], None]) -> None:
        self.reading = reading
        self.on_close = on_close
        self.number = -1
        self._fields: dict[str, Any] = {}

    def lay_out(self) -> None:
        """Make the place where the form stands."""
        self.place = ui.element("div").classes("editing")
        # Escape closes it from every field.
        self.place.on("keydown.escape", self.close)

    async def open(self) -> None:
        """Open the form for the proposal that is shown."""
        # What was accepted just now is to be among the options.
        await self.reading.settled()
        proposal, now = self.reading.proposal, self.reading.now
        if proposal is None or now is None or self._fields:
            return
        self.number = self.reading.current
        names = list(dict.fromkeys([*now["parties"].values(), *self._named()]))
        with self.place:
            ui.label("Change it, and accept").classes("heading")
            self._select("kind", "Kind", {one: one for one in KINDS}, proposal["kind"])
            who = proposal["parties"]
            self._text("party", "Party", who[0] if who else "", names)
            self._text("others", "Other parties, with commas", ", ".join(who[1:]), names)
            self._text("about", "What it is about", proposal.get("about") or "")
            self._select(
                "direction",
                "For or against",
                {"": "not told", "for": "for", "against": "against"},
                proposal.get("direction") or "",
            )
            options = {one["key"]: f"{one['key']}: {one['name']}" for one in now["options"]}
            new = {f"new:{key}": f"a new option of {name}" for key, name in now["parties"].items()}
            choices = {"": _BY_WORDS, **options, **new}
            self._select("speaks_of", "The option that it speaks of", choices, "")
            self._text("condition", "If …", proposal.get("condition") or "")
            self._fields["negated"] = ui.checkbox(
                "Unless, not if", value=bool(proposal.get("negated"))
            )
            self._select("hangs_on", "The option that it depends on", choices, "")
            formula = now["formulas"][self.reading.current] or ""
            self._text("formula", "Formula (may be left empty)", "", [formula] if formula else [])
            self._text("on", "Day, as 2018-04-21", proposal.get("on") or "")
            self._fields["kind"].on_value_change(self._suit)
            self._suit()
            with ui.row():
                ui.button("Accept as changed", color=None, on_click=self.accept).classes(
                    "filled"
                ).props("unelevated")
                ui.button("Cancel", on_click=self.close).props("outline")
        self._fields["party" if proposal["kind"] == "party" else "about"].run_method("focus")

    def _named(self) -> list[str]:
        return [name for one in self.reading.proposals for name in one["parties"]]

    def _select(self, key: str, label: str, choices: dict[str, str], value: str) -> None:
        field = ui.select(choices, label=label, value=value)
        self._fields[key] = field.props("outlined dense").classes("field")

    def _text(self, key: str, label: str, value: str, offered: list[str] | None = None) -> None:
        field = ui.input(label, value=value, autocomplete=offered or None)
        field.on("keydown.enter", self.accept)
        self._fields[key] = field.props("outlined dense").classes("field")

    def _suit(self) -> None:
        """Show the fields that the kind has."""
        kind = self._fields["kind"].value
        wanted = {
            "direction": kind in ("stance", "condition"),
            "speaks_of": kind in ("stance", "condition"),
            "condition": kind == "condition",
            "negated": kind == "condition",
            "hangs_on": kind == "condition",
            "formula": kind in ("stance", "condition", "outcome"),
            "on": kind == "history",
            "about": kind != "party",
        }
        for key, so in wanted.items():
            self._fields[key].set_visibility(so)

    async def accept(self) -> None:
        """Enter the proposal as the form has it."""
        given = {key: field.value for key, field in self._fields.items()}
        proposal = self.reading.proposal
        if not given or proposal is None:
            return
        kind = given["kind"]
        party = str(given["party"] or "").strip()
        if kind not in ("stage", "outcome", "claim") and not party:
            self._fields["party"].error = "Whose is it? A party is needed."
            return
        if kind in ("stance", "condition") and not given["direction"]:
            self._fields["direction"].error = "For or against?"
            return
        changed = dict(proposal)
        others = [one.strip() for one in str(given["others"] or "").split(",")]
        changed["kind"] = kind
        changed["parties"] = [one for one in (party, *others) if one]
        for key in ("about", "direction", "condition", "on"):
            changed[key] = str(given[key] or "").strip() or None
        changed["negated"] = bool(given["negated"])
        if kind not in ("stance", "condition"):
            changed["direction"] = None
        choices = {
            key: str(given[key] or "").strip() for key in ("speaks_of", "hangs_on", "formula")
        }
        self.close()
        # The button that was pressed is gone.
        with self.place:
            await self.reading.accept(changed, **choices)

    def keep_up(self) -> None:
        """Close the form of a proposal that is shown no more."""
        if self._fields and self.number != self.reading.current:
            self.close(focus=False)

    def close(self, *, focus: bool = True) -> None:
        """Close the form."""
        if not self._fields:
            return
        self._fields = {}
        self.place.clear()
        if focus:
            self.on_close()
