"""The first page of a dispute: the brief, and the assumptions on which it hangs as sliders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nicegui import ui

from detente.analyses.parameters import parameters_of
from detente.analyses.registry import analysis_named
from detente.report.words import counted
from detente.workbench.addresses import address
from detente.workbench.briefs import AskedBrief, Briefs
from detente.workbench.pages.arrival import file_page
from detente.workbench.pages.blocks import show_blocks
from detente.workbench.pages.faults import show_fault
from detente.workbench.pages.session import Session
from detente.workbench.pages.what_if import WhatIf
from detente.workbench.services import Services
from detente.workbench.workers import Failed

__all__ = ["add"]

_LOOK_EVERY = 0.4

# What its choices are called: as wherever a brief is asked for.
_LABELS = {one.name: one.label for one in parameters_of(analysis_named("brief").parameters)}

_COUNTED = {"party": "parties", "outcome": "outcomes", "source": "sources", "roadmap": "roadmaps"}


def add(work: Services) -> None:
    """Make the page."""
    briefs = Briefs(work.workers)

    def lay_out(session: Session) -> None:
        page = _FirstPage(session, briefs)
        page.lay_out()
        session.refresh += [page.refresh, page.look_first]

    file_page(work, "brief", lay_out)


class _FirstPage:
    """One window on a brief."""

    def __init__(self, session: Session, briefs: Briefs) -> None:
        self.session = session
        self.briefs = briefs
        self.asked = AskedBrief("")
        self.party: str | None = None
        self.about: str | None = None
        self.found: Mapping[str, Any] | None = None
        self.fault: Mapping[str, Any] | None = None
        self.first: Mapping[str, Any] | None = None
        self.writing = True

    def lay_out(self) -> None:
        """The brief on the left, the sliders on the right."""
        with ui.element("div").classes("two"):
            with ui.element("section").classes("panel").props('aria-label="Brief"'):
                ui.label("Brief").classes("section-title").props('role="heading" aria-level="2"')
                with ui.element("div").classes("brief-for"):
                    self.for_party = ui.select(
                        {"": "nobody in particular"},
                        label=_LABELS["party"],
                        value="",
                        on_change=self._ask,
                    )
                    self.about_outcome = ui.select(
                        {"": "the best for whoever is worst off"},
                        label=_LABELS["about"],
                        value="",
                        on_change=self._ask,
                    )
                    for select in (self.for_party, self.about_outcome):
                        select.props("outlined dense").classes("field")
                self.busy = ui.element("div").classes("busy").props('role="status"')
                with self.busy:
                    with ui.row().classes("items-center no-wrap"):
                        ui.spinner(size="1.3rem").props('aria-hidden="true"')
                        self.doing = ui.label("The brief is being written.")
                    self.bar = ui.linear_progress(0, show_value=False)
                    self.bar.props('aria-label="How far the brief has come"')
                self.brief()
            with ui.element("div").classes("stack side"):
                self.beside()
        ui.timer(_LOOK_EVERY, self._tell)

    def _tell(self) -> None:
        if self.writing:
            what, share = self.briefs.progress(self.asked)
            old = "The file has changed. A new brief is being written" if self.found else what
            self.doing.set_text(f"{old} …")
            self.bar.set_value(round(share, 2))

    async def refresh(self) -> None:
        """Write the brief anew, unless it stands already."""
        self._choices()
        asked = AskedBrief(self.session.opened.text, self.party, self.about)
        if asked == self.asked and not self.writing:
            return
        same_file = asked.text == self.asked.text and self.found is not None
        self.asked, self.writing = asked, True
        self.busy.set_visibility(self.briefs.written(asked) is None)
        found, fault = None, None
        try:
            found = await self.briefs.of(asked)
        except Failed as error:
            fault = error.details
        if asked != self.asked:
            # Another edit has been made meanwhile; its own brief comes.
            return
        self.found, self.fault, self.writing = found, fault, False
        self.busy.set_visibility(False)
        self.brief.refresh()
        if not same_file or fault is not None:
            # The sliders stay as they are moved while the file is the same.
            self.beside.refresh()

    def _choices(self) -> None:
        """For whom, and about what, as the file has parties and outcomes now."""
        document = self.session.document
        if not isinstance(document, Mapping):
            return
        for select, key, none in (
            (self.for_party, "parties", "nobody in particular"),
            (self.about_outcome, "outcomes", "the best for whoever is worst off"),
        ):
            entries = document.get(key) or {}
            choices = {"": none} | {
                str(name): str(one.get("name", name)) if isinstance(one, Mapping) else str(name)
                for name, one in entries.items()
            }
            if choices != select.options:
                select.set_options(choices, value=select.value if select.value in choices else "")

    async def _ask(self) -> None:
        party, about = self.for_party.value or None, self.about_outcome.value or None
        if (party, about) != (self.party, self.about):
            self.party, self.about = party, about
            await self.refresh()

    async def look_first(self) -> None:
        """What is known before the brief is there."""
        text = self.session.opened.text
        if self.briefs.written(AskedBrief(text)) or (self.found and text == self.asked.text):
            return
        try:
            self.first = await self.session.compute("overview", concepts=["SEQ"], shown=0)
        except Failed:
            self.first = None
        if self.found is None:
            self.brief.refresh()

    @ui.refreshable_method
    def brief(self) -> None:
        """The brief; until it is there, what is known already."""
        if self.fault is not None:
            self._hindered(self.fault)
        elif self.found is not None:
            if not self._names_outcomes():
                ui.label(
                    "The file names no outcomes, so single states stand in their place. Name what "
                    "could come of the dispute in the form, which suggests outcomes."
                ).classes("quiet")
            show_blocks(self.found["blocks"])
        else:
            self._known_already()

    def _hindered(self, fault: Mapping[str, Any]) -> None:
        name = self.session.opened.name
        show_fault(self.session, fault, "There is no brief yet.")
        if not self._names_outcomes():
            ui.label(
                "A brief follows outcomes. Name what could come of the dispute; the form suggests "
                "outcomes from the states that can hold."
            )
        if not fault.get("line"):
            ui.link("Go on in the form", address(name))

    def _names_outcomes(self) -> bool:
        document = self.session.document
        return not isinstance(document, Mapping) or bool(document.get("outcomes"))

    def _known_already(self) -> None:
        document = self.session.document
        if isinstance(document, Mapping):
            counts = ", ".join(
                counted(len(document.get(several) or ()), one, several)
                for one, several in _COUNTED.items()
            )
            ui.label(f"The file has {counts}.")
        first = self.first
        if first is None:
            return
        by_outcome = first["by_outcome"]
        ui.label(
            f"{first['state_count']:,} states are feasible. {first['equilibria_counts']['SEQ']:,} "
            "of them can hold if each party counts on what the others could credibly do against "
            f"it (equilibria under SEQ){':' if by_outcome else '.'}"
        )
        if not by_outcome:
            return
        with ui.element("ul").classes("nested"):
            for row in by_outcome:
                count = row["equilibria"]["SEQ"]
                with ui.element("li"):
                    ui.label(f"{row['name']}: " + (f"{count:,} of these" if count else "none"))

    @ui.refreshable_method
    def beside(self) -> None:
        """The sliders, once there is a brief."""
        name = self.session.opened.name
        if self.found is not None and self.fault is None:
            with ui.element("section").classes("panel").props('aria-label="What if?"'):
                WhatIf(self.session, self.asked.text, self.found["assumed"]).lay_out()
        with ui.element("section").classes("panel").props('aria-label="Go on"'):
            ui.label("Go on").classes("section-title").props('role="heading" aria-level="2"')
            for text, view in (
                ("Change the dispute in a form", ""),
                ("See how play moves between the outcomes", "graph"),
                ("Check a roadmap", "roadmap"),
                ("Ask a question of the model", "analyses"),
            ):
                ui.link(text, address(name, view))
