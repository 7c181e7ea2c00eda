"""What is left to fill in, one blank after the other."""

from __future__ import annotations

from typing import Any

from nicegui import ui

from detente.workbench.pages.elements import labelled
from detente.workbench.pages.form_dialogs import form_acts
from detente.workbench.pages.reading.formula_field import formula_choices
from detente.workbench.pages.reading.state import ReadingSession

__all__ = ["LeftBlanks"]

_WANTS = {
    "formula": "Formula: the option that it speaks of, such as not us.strike",
    "option": "Option that is set",
    "party": "Party",
    "date": "Day, as 2018-04-21",
    "number": "Weight",
    "question": "Question of the claim",
    "answer": "What the claim says",
}
_PARTS = {
    "parties": "Preference",
    "outcomes": "Outcome",
    "packages": "Package",
    "roadmaps": "Stage of a roadmap",
    "formats": "Format",
    "claims": "Claim",
    "history": "History",
}


class LeftBlanks:
    """The blanks of the file on a page."""

    def __init__(self, reading: ReadingSession) -> None:
        self.reading = reading
        self._number = 0
        self._shown: Any = None
        reading.on_change.append(self.update)

    def lay_out(self) -> None:
        """Lay out the panel."""
        with ui.element("section").classes("panel").props('aria-label="Left to fill in"'):
            ui.label("Left to fill in").classes("section-title").props(
                'role="heading" aria-level="2"'
            )
            self.count = ui.label().classes("quiet")
            self.place = ui.element("div").classes("stack")
            with ui.row():
                self.buttons = [
                    ui.button("Fill in", on_click=self.fill).props("outline"),
                    ui.button("Remove the entry", on_click=self.remove).props("outline"),
                    ui.button("Next blank", on_click=self.next).props("outline"),
                    ui.button("Remove all entries with blanks", on_click=self.remove_all).props(
                        "outline"
                    ),
                ]

    @property
    def blanks(self) -> list[dict[str, Any]]:
        """The blanks as they stand."""
        return [] if self.reading.now is None else self.reading.now["blanks"]

    @property
    def blank(self) -> dict[str, Any] | None:
        """The blank that is shown."""
        return self.blanks[self._number % len(self.blanks)] if self.blanks else None

    def update(self) -> None:
        """Show how many there are, and the one at hand unless somebody is filling it in."""
        blanks = self.blanks
        for button in self.buttons:
            button.set_enabled(bool(blanks))
        if not blanks:
            self.count.set_text("No blanks are left.")
        else:
            position = self._number % len(blanks) + 1
            self.count.set_text(f"Blank {position} of {len(blanks)}. Undo brings back an entry.")
        shown = (self.blank, len((self.reading.now or {}).get("options", ())))
        if shown != self._shown:
            self._shown = shown
            self._show()

    def _show(self) -> None:
        self.place.clear()
        blank = self.blank
        if blank is None or self.reading.now is None:
            return
        with self.place:
            part = _PARTS.get(str(blank["trail"][0]), "Entry")
            owner = ""
            if blank["trail"][0] == "parties":
                party = str(blank["trail"][1])
                owner = f" of {self.reading.now['parties'].get(party, party)}"
            ui.label(f"{part}{owner}: {blank['about']}").classes("card-title")
            if blank["passage"] and blank["passage"] != blank["about"]:
                with ui.element("blockquote").classes("quote"):
                    ui.label(blank["passage"])
            wants = blank["wants"]
            options = self.reading.now["options"]
            if wants in ("formula", "option"):
                self._choice(wants, options)
            offered = list(self.reading.now["parties"]) if wants == "party" else None
            with ui.element("div").classes("form-row"):
                self.field = ui.input(
                    _WANTS[wants], value=blank["suggestion"] or "", autocomplete=offered
                ).props("outlined dense")
                self.field.classes("field mono grow").on("keydown.enter", self.fill)
                if wants == "formula":
                    build = ui.button(icon="construction", on_click=self.build)
                    labelled(build.props("outline dense").classes("add"), "Build the formula")
            self.level: Any = None
            if wants == "option":
                self.level = ui.input("Level", value="yes").props("outlined dense")

    def _choice(self, wants: str, options: list[dict[str, Any]]) -> None:
        """A list from which the field is filled by a click."""
        choices = formula_choices(options)
        if wants != "formula":
            choices = {one["key"]: choices[one["key"]] for one in options}
        ui.select(
            choices,
            label="Choose an option of the file",
            on_change=lambda event: self.field.set_value(str(event.value)),
            with_input=True,
        ).props("outlined dense").classes("field")

    async def build(self) -> None:
        """Build a formula; what is taken fills the blank in."""
        blank = self.blank
        if blank is None:
            return
        party = str(blank["trail"][1]) if blank["trail"][0] == "parties" else None

        async def take(formula: str) -> None:
            self.field.set_value(formula)
            await self.fill()

        given = {"take": take, "value": str(self.field.value or ""), "party": party}
        await form_acts(self.reading.session)["build"](given)

    async def fill(self) -> None:
        """Fill the blank in."""
        blank = self.blank
        if blank is None:
            return
        await self.reading.change(
            "fill_blank",
            trail=blank["trail"],
            value=str(self.field.value or ""),
            level=None if self.level is None else str(self.level.value or "yes"),
        )

    async def remove(self) -> None:
        """Remove the entry in which the blank stands."""
        blank = self.blank
        if blank is not None:
            await self.reading.change("remove_entry", entry=blank["entry"])

    async def remove_all(self) -> None:
        """Remove all entries that have blanks."""
        await self.reading.change("remove_blanks")

    def next(self) -> None:
        """Show the next blank."""
        if self.blanks:
            self._number = (self._number + 1) % len(self.blanks)
            self.update()
