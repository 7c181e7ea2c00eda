"""The page on which a report is read: its text with marks, and what is proposed beside it."""

from __future__ import annotations

from typing import Any

from nicegui import background_tasks, events, ui

from detente.workbench.pages.arrival import file_page
from detente.workbench.pages.elements import labelled
from detente.workbench.pages.frame import address
from detente.workbench.pages.reading.add_report import report_dialog
from detente.workbench.pages.reading.first_model import FirstModel
from detente.workbench.pages.reading.left_blanks import LeftBlanks
from detente.workbench.pages.reading.marked_text import MarkedText
from detente.workbench.pages.reading.outcomes import Outcomes
from detente.workbench.pages.reading.proposals import ProposalsPanel
from detente.workbench.pages.reading.state import ReadingSession
from detente.workbench.pages.session import Session
from detente.workbench.services import Services

__all__ = ["add"]

_HELP = (
    "Keys, while the focus is in the text or a proposal: A accepts, E edits, R rejects, N shows "
    "the next, P the one before; Ctrl+Z takes the last change of the file back."
)
_HELP_LOOKING = (
    "Keys, while the focus is in the text or a proposal: N shows the next, P the one before."
)
_ADD = "You can add a report."
_CHOOSE = (
    "Choose a source whose text stands beside the file. Entries are proposed from it, each with "
    "its sentence; nothing is decided for you."
)
_STATUSES = {
    "moved": "stands elsewhere now",
    "alike": "is gone; a sentence is nearly the same",
    "lost": "is gone",
    "unquoted": "is not quoted, so that nobody can tell where it stands now",
}


def add(work: Services) -> None:
    """Make the page."""

    def lay_out(session: Session) -> None:
        asked = ui.context.client.request.query_params.get("source")
        _Page(session).lay_out(asked)

    file_page(work, "read", lay_out)


class _Page:
    """One window on a report."""

    def __init__(self, session: Session) -> None:
        self.reading = ReadingSession(session)
        self.text = MarkedText(self.reading)
        self.first = FirstModel(self.reading)
        self.proposals = ProposalsPanel(self.reading)
        self.blanks = LeftBlanks(self.reading)
        self.outcomes = Outcomes(self.reading)
        self._told: Any = None
        self.reading.on_report.append(lambda: _refreshed(self.top))
        self.reading.on_change.append(self.update)

    def lay_out(self, source: str | None) -> None:
        """The report on the left, the proposals on the right."""
        self.top()
        with ui.element("div").classes("two reading") as both:
            with ui.element("section").classes("panel").props('aria-label="Report"'):
                ui.label(_HELP_LOOKING if self.reading.session.looks_only else _HELP).classes(
                    "quiet"
                )
                self._legend()
                with (
                    ui.element("div")
                    .classes("report")
                    .props('role="region" aria-label="Text of the report" tabindex="0"')
                ):
                    self.text.lay_out()
            with ui.element("div").classes("stack"):
                with ui.element("div").classes("stack") as beginning:
                    self.first.lay_out()
                beginning.set_visibility(not self.reading.session.looks_only)
                self.proposals.lay_out()
                with ui.element("div").classes("stack") as filling:
                    self.blanks.lay_out()
                    self.outcomes.lay_out()
                filling.set_visibility(not self.reading.session.looks_only)
        # Letters alone are keys, and none that somebody types into a field.
        both.on(
            "keydown",
            self._press,
            js_handler="""(e) => {
                if (e.ctrlKey || e.metaKey || e.altKey || e.repeat) return;
                if (e.target.closest('input, textarea, select, .editing, .q-menu')) return;
                const key = e.key.toLowerCase();
                if (key.length === 1 && 'aernp'.includes(key)) { e.preventDefault(); emit(key); }
            }""",
        )
        self.changed()
        session = self.reading.session
        session.refresh.append(self.reading.follow)
        background_tasks.create(self.reading.open(source), context=ui.context.client)

    async def _press(self, event: events.GenericEventArguments) -> None:
        await self.proposals.press(str(event.args))

    @staticmethod
    def _legend() -> None:
        with ui.element("p").classes("legend"):
            ui.label("proposed from").classes("passage waits")
            ui.label("something in the file rests on it").classes("passage rests")
            ui.label("shown at the right").classes("passage now")

    # Above -----------------------------------------------------------------------------------

    @ui.refreshable_method
    def top(self) -> None:
        """Which report it is, how to bring another, and how far it has come."""
        with ui.element("section").classes("panel").props('aria-label="Reports and progress"'):
            with ui.row().classes("items-center w-full"):
                if self.reading.report is not None:
                    ui.label(f"Source: {self.reading.report['source']}").classes("section-title")
                else:
                    ui.label("No report is open").classes("section-title")
                ui.space()
                ui.button("Another source", on_click=self._choose).props("outline")
                add = ui.button("Add a report", color=None, on_click=self._add)
                add.classes("filled").props("unelevated")
                add.set_visibility(not self.reading.session.looks_only)
            self.progress = ui.label()
            self.status = ui.label(self.reading.said).classes("quiet").props('role="status"')
            self.file = ui.element("div")
        self._told = None
        self.update()

    def update(self) -> None:
        """Show how far it has come."""
        reading = self.reading
        self.status.set_text(reading.said)
        now = reading.now
        if reading.fault is not None:
            self.progress.set_text(reading.fault)
        elif reading.report is None:
            looks_only = reading.session.looks_only
            self.progress.set_text(_CHOOSE if looks_only else f"{_ADD} {_CHOOSE}")
        elif now is None:
            self.progress.set_text("The report is being read.")
        else:
            left = reading.left()
            self.progress.set_text(
                f"{left} of {len(reading.proposals)} proposals are left to judge. The file rests "
                f"on {len(now['cited'])} of {len(reading.sentences)} sentences."
            )
        fault = None if now is None else now["fault"]
        told = (fault, now is None, bool(now and now["outcomes"]))
        if told != self._told:
            self._told = told
            self._loads(fault, now)
        self.changed.refresh()

    def _loads(self, fault: str | None, now: dict[str, Any] | None) -> None:
        self.file.clear()
        if now is None:
            return
        with self.file:
            if fault is None and not now["outcomes"]:
                ui.label("For a brief, name an outcome to follow, below.").classes("quiet")
            elif fault is None:
                ui.link(
                    "Show the brief",
                    address(self.reading.session.opened.name, "brief"),
                )
            else:
                ui.label(f"The file cannot be analysed yet: {fault}").classes("quiet")

    @ui.refreshable_method
    def changed(self) -> None:
        """What has become of the citations of a text that has changed."""
        now = self.reading.now
        found = None if now is None else now["changed"]
        if found is None and not self.reading.lost:
            return
        with ui.element("section").classes("conflict").props('role="alert"'):
            if found is None:
                ui.label("These citations were not found in the new text; look at each.")
                _citations(self.reading.lost)
                return
            ui.label("This text is not the one that was cited: its SHA-256 is another.")
            moved = [one for one in found if one["status"] != "kept"]
            kept = len(found) - len(moved)
            ui.label(f"{kept} of {len(found)} citations stand where they stood.")
            _citations(moved)
            ui.button("Carry the citations over", on_click=self.reading.carry_over).props("outline")

    # Other reports -----------------------------------------------------------------------------

    async def _choose(self) -> None:
        listed = (await self.reading.session.compute("sources"))["sources"]
        with ui.dialog() as dialog, ui.card().classes("dialog wide"):
            labelled(dialog, "Sources")
            ui.label("Sources").classes("section-title").props('role="heading" aria-level="2"')
            if not listed:
                ui.label("The file has no sources yet.")
            for one in listed:
                with ui.row().classes("items-center w-full"):

                    async def choose(source: str = one["id"]) -> None:
                        dialog.close()
                        await self.reading.open(source)

                    ui.label(f"{one['id']}: {one['title']}").classes("grow")
                    if one["path"]:
                        ui.button("Read", on_click=choose).props("outline dense")
                    else:
                        ui.label("Its text is not here; add it.").classes("quiet")
            ui.button("Close", on_click=dialog.close).props("flat")
        dialog.open()

    async def _add(self) -> None:
        listed = (await self.reading.session.compute("sources"))["sources"]
        choices = {"": "a new source", **{one["id"]: f"the text of {one['id']}" for one in listed}}

        def more() -> dict[str, Any]:
            field = ui.select(choices, label="It is", value="").props("outlined dense")
            return {"source": field.classes("field w-full")}

        async def bring(name: str, content: bytes, values: dict[str, Any]) -> bool:
            return await self.reading.add(name, content, values["source"] or None)

        report_dialog("Add a report", bring, more).open()


def _refreshed(part: Any) -> None:
    part.refresh()


def _citations(found: list[dict[str, Any]]) -> None:
    with ui.element("ul").classes("nested"):
        for one in found:
            at = one["at"]
            place = f" (paragraph {at[0]}, sentence {at[1]})" if at else ""
            with ui.element("li"):
                ui.label(f"{one['key']} {_STATUSES[one['status']]}{place}: {one['quote'] or ''}")
