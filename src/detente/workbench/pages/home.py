"""The first page: the disputes of the folder, the shipped cases, and a new dispute."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from nicegui import run, ui

from detente.dispute.errors import DetenteError
from detente.files.dispute_file import case_names
from detente.files.yaml_text import written
from detente.workbench.pages.arrival import arrived
from detente.workbench.pages.elements import labelled
from detente.workbench.pages.frame import address, frame
from detente.workbench.pages.reading.add_report import report_dialog
from detente.workbench.pages.reading.state import opened_report
from detente.workbench.pages.session import compute
from detente.workbench.services import Services, case_text, title_of

__all__ = ["add"]


def add(work: Services) -> None:
    """Make the page."""

    @ui.page("/")
    async def page() -> None:
        if not await arrived("Disputes"):
            return
        with frame("Disputes"):
            with ui.row().classes("w-full items-center justify-between"):
                ui.label("Disputes").classes("page-title").props('role="heading" aria-level="1"')
                with ui.row():
                    ui.button("From a report", on_click=lambda: _from_report(work)).props("outline")
                    ui.button(
                        "New dispute", icon="add", color=None, on_click=lambda: _new(work)
                    ).classes("filled").props("unelevated")
            own = await asyncio.to_thread(_titles, work)
            _own(work, own)
            ui.label("Shipped cases").classes("section-title").props(
                'role="heading" aria-level="2"'
            )
            ui.label("Templates: a copy goes into your folder, and is yours to change.").classes(
                "quiet"
            )
            _cases(work, await asyncio.to_thread(_case_titles))


def _titles(work: Services) -> dict[str, str | None]:
    """The titles of the folder's files; None where one cannot be read."""
    found: dict[str, str | None] = {}
    for name in work.folder.names():
        try:
            found[name] = title_of(work.folder.read(name).text)
        except DetenteError:
            found[name] = None
    return found


def _case_titles() -> dict[str, str]:
    return {case: title_of(case_text(case)) or case for case in case_names()}


def _own(work: Services, titles: Mapping[str, str | None]) -> None:
    ui.label(str(work.folder.root)).classes("quiet mono")
    if not titles:
        with ui.element("div").classes("empty"):
            ui.icon("folder_open", size="2rem").props('aria-hidden="true"')
            ui.label("No dispute file is here yet. Start a new one, or copy a shipped case.")
        return
    with ui.element("ul").classes("cards"):
        for name, title in titles.items():
            with ui.element("li"), ui.link(target=address(name)).classes("card-link"):
                ui.label(title or name).classes("card-title")
                ui.label(name if title else "This file cannot be read as it stands").classes(
                    "quiet mono"
                )


def _cases(work: Services, titles: Mapping[str, str]) -> None:
    with ui.element("ul").classes("cards"):
        for case, title in titles.items():
            with ui.element("li"), ui.element("div").classes("card-link template"):
                ui.label(title).classes("card-title")
                with ui.row().classes("items-center justify-between w-full no-wrap"):
                    ui.label(case).classes("quiet mono")
                    button = ui.button(
                        "Copy",
                        icon="content_copy",
                        on_click=lambda case=case: _start(work, case, case_text(case)),
                    ).props("flat dense no-caps")
                    labelled(button, f"Copy {title}")


def _new(work: Services) -> None:
    with ui.dialog() as dialog, ui.card().classes("dialog"):
        ui.label("New dispute").classes("section-title")
        title = ui.input("Title").classes("w-full").props("outlined autofocus")

        def start() -> None:
            name = (title.value or "").strip()
            if not name:
                title.error = "A dispute needs a title."
                return
            document = {
                "dispute": name,
                "parties": {
                    "first": {
                        "name": "First party",
                        "options": {"act": {"name": "Act"}},
                        "preferences": ["act"],
                    },
                    "second": {
                        "name": "Second party",
                        "options": {"respond": {"name": "Respond"}},
                        "preferences": ["not first.act", "respond iff first.act"],
                    },
                },
                "status_quo": {"first.act": "no", "second.respond": "no"},
            }
            _start(work, name, written(document))

        title.on("keydown.enter", start)
        with ui.row().classes("w-full justify-end"):
            ui.button("Cancel", on_click=dialog.close).props("flat")
            ui.button("Start", color=None, on_click=start).classes("filled").props("unelevated")
    dialog.open()


def _from_report(work: Services) -> None:
    """A dispute that begins empty, with a report to read beside it."""

    def more() -> dict[str, Any]:
        field = ui.input("Title of the dispute (else the report's)").props("outlined")
        return {"title": field.classes("w-full")}

    async def bring(name: str, content: bytes, values: dict[str, Any]) -> bool:
        try:
            opened = await opened_report(work, name, content)
            kept = await run.io_bound(work.folder.create_report, name, content)
            made = await compute(
                work,
                "started_from",
                text="",
                name=str(kept),
                report=opened,
                title=str(values["title"] or "").strip(),
            )
            version = work.folder.create_called(made["title"], made["text"])
        except DetenteError as error:
            ui.notify(error.message, type="negative", position="top")
            return False
        ui.navigate.to(address(version.name, "read"))
        return True

    report_dialog("New dispute from a report", bring, more).open()


def _start(work: Services, stem: str, text: str) -> None:
    try:
        version = work.folder.create_called(stem, text)
    except DetenteError as error:
        ui.notify(error.message, type="negative", position="top")
        return
    ui.navigate.to(address(version.name))
