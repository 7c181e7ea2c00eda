"""Outcomes that the brief is to follow: named and put as options by the analyst."""

from __future__ import annotations

from nicegui import ui

from detente.workbench.pages.form_dialogs import form_acts
from detente.workbench.pages.reading.formula_field import formula_choices
from detente.workbench.pages.reading.state import ReadingSession

__all__ = ["Outcomes"]


class Outcomes:
    """The outcomes of the file on a page, and a form for another."""

    def __init__(self, reading: ReadingSession) -> None:
        self.reading = reading
        self._choices: dict[str, str] = {}
        reading.on_change.append(self.update)

    def lay_out(self) -> None:
        """Lay out the panel; its fields stay for as long as the page does."""
        with ui.element("section").classes("panel").props('aria-label="Outcomes"'):
            ui.label("Outcomes to follow").classes("section-title").props(
                'role="heading" aria-level="2"'
            )
            self.told = ui.label().classes("quiet")
            self.name = ui.input("Name of an outcome, such as War").props("outlined dense")
            self.name.classes("field")
            self.option = ui.select({}, label="It is so where", with_input=True)
            self.option.props("outlined dense").classes("field")
            self.formula = ui.input("Formula").props("outlined dense").classes("field mono")
            self.formula.on("keydown.enter", self.add)
            self.option.on_value_change(self._choose)
            self.cited = ui.checkbox("Cite the passage that was accepted last", value=True)
            with ui.row():
                ui.button("Add the outcome", on_click=self.add).props("outline")
                ui.button("Build the formula", on_click=self.build).props("outline")

    def _choose(self) -> None:
        """Put the option that is chosen beside what the formula says already."""
        chosen, before = str(self.option.value or ""), str(self.formula.value or "").strip()
        if chosen:
            self.formula.set_value(f"{before} and {chosen}" if before else chosen)

    def update(self) -> None:
        """Show the outcomes that there are, and the options of which one can be made."""
        now = self.reading.now
        if now is None:
            self.told.set_text("")
            return
        accepted = self.reading.accepted
        self.cited.set_visibility(accepted is not None)
        if accepted is not None:
            quote = " ".join(str(accepted["quote"]).split())
            self.cited.set_text(f"Its source is what was accepted last: “{quote}”")
        names = now["outcomes"]
        self.told.set_text(
            f"The file names: {', '.join(names)}."
            if names
            else "None is named yet. The brief says how likely each is; name at least one."
        )
        choices = formula_choices(now["options"])
        if choices != self._choices:
            self._choices = choices
            self.option.set_options(choices)

    async def build(self) -> None:
        """Build the formula; what is taken is added where the outcome has a name."""

        async def take(formula: str) -> None:
            self.formula.set_value(formula)
            await self.add()

        given = {"take": take, "value": str(self.formula.value or "")}
        await form_acts(self.reading.session)["build"](given)

    async def add(self) -> None:
        """Add the outcome with the citation that was accepted last, or as one's own judgement."""
        name, formula = str(self.name.value or "").strip(), str(self.formula.value or "").strip()
        if not name or not formula:
            (self.formula if name else self.name).error = "Nothing is written here yet."
            return
        cited = self.reading.accepted if self.cited.value else None
        made = await self.reading.change(
            "add_outcome",
            report=self.reading.report,
            name=name,
            formula=formula,
            proposal=cited,
        )
        if made is not None:
            for field in (self.name, self.formula):
                field.error = None
                field.set_value("")
