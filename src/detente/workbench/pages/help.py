"""The page of help: where to begin, keys, and every term in a sentence."""

from __future__ import annotations

from nicegui import ui

from detente.report.glossary import glossary
from detente.workbench.documentation import document_address, document_title, documents
from detente.workbench.looking import looked_at
from detente.workbench.pages.arrival import arrived
from detente.workbench.pages.elements import valued
from detente.workbench.pages.file_dialogs import start_from
from detente.workbench.pages.frame import frame, may_only_look
from detente.workbench.pages.terms import anchor
from detente.workbench.services import Services

__all__ = ["EXAMPLE", "add"]

EXAMPLE = "korea-2017"
"""The shipped case that is shown as an example."""

_BEGIN = (
    "Open an example and look at what follows from it.",
    "Start a dispute of your own: give it a title, name the parties, what each can do, and what "
    "each would like most, second and so on.",
    "Name an outcome or two, such as war or an agreement. Forecasts and briefs speak of outcomes.",
    "Ask: what is stable, who breaks a plan, what comes next, and what all this depends on. "
    "“Questions” lists what can be asked.",
    "Say where each judgement comes from, under Sources. A report and a brief then say so.",
)
_KEYS = (
    ("Tab, Shift+Tab", "go to the next and to the previous field or button"),
    ("Enter", "adds what is written in a field with a plus"),
    ("Ctrl+Z, Ctrl+Shift+Z", "undo and redo, outside of a field"),
    ("Escape", "closes a dialog, or the sentence of a term"),
    ("A, E, R, N, P", "on “Read”: accept, edit, reject, next and previous proposal"),
)


def add(work: Services) -> None:
    """Make the page."""

    @ui.page("/help")
    async def page() -> None:
        if not await arrived("Help"):
            return
        shown = looked_at(work) if may_only_look() else work
        with frame("Help"):
            ui.label("Help").classes("page-title").props('role="heading" aria-level="1"')
            with ui.element("section").classes("panel").props('aria-label="Where to begin"'):
                _heading("Where to begin")
                with ui.element("ol").classes("nested"):
                    for line in _BEGIN:
                        with ui.element("li"):
                            ui.label(line)
                example = ui.button("Open an example", on_click=lambda: start_from(shown, EXAMPLE))
                example.props("outline no-caps").classes("self-start")
                example.set_visibility(not may_only_look())
            with ui.element("section").classes("panel").props('aria-label="Keys"'):
                _heading("Keys")
                _entries([(keys, what, "") for keys, what in _KEYS])
            with ui.element("section").classes("panel").props('aria-label="Terms"'):
                _heading("Terms")
                ui.label(
                    "The link under a term leads to its definition. On the command line: detente "
                    "--explain TERM."
                ).classes("quiet")
                _terms()
            with ui.element("section").classes("panel").props('aria-label="Documents"'):
                _heading("Documents")
                with ui.element("ul").classes("nested"):
                    for name in documents():
                        with ui.element("li"):
                            ui.link(document_title(name), document_address(name) or "")


def _heading(text: str) -> None:
    ui.label(text).classes("section-title").props('role="heading" aria-level="2"')


def _terms() -> None:
    with ui.element("dl").classes("terms"):
        for term in glossary():
            with valued(ui.element("dt"), "id", anchor(term)):
                ui.label(", ".join((term.name, *term.also)))
            with ui.element("dd"):
                ui.label(term.meaning)
                address = document_address(term.page)
                if address is not None:
                    ui.link(f"Definition: {document_title(term.page)}", address)


def _entries(entries: list[tuple[str, str, str]]) -> None:
    with ui.element("dl").classes("terms"):
        for name, meaning, more in entries:
            with ui.element("dt"):
                ui.label(name)
            with ui.element("dd"):
                ui.label(meaning)
                if more:
                    ui.label(more).classes("quiet")
