"""The first page: the disputes of the folder, the shipped cases, and a new dispute."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping

from nicegui import ui

from detente.dispute.errors import DetenteError
from detente.dispute.visible_text import visible
from detente.files.loading import list_cases
from detente.files.yaml_text import MOST_BYTES
from detente.workbench.file_names import NAME_RULE
from detente.workbench.looking import looked_at
from detente.workbench.pages.arrival import arrived
from detente.workbench.pages.elements import labelled
from detente.workbench.pages.file_chooser import file_chooser
from detente.workbench.pages.file_dialogs import (
    ask_to_delete,
    ask_to_rename,
    bring_file,
    duplicate,
    new_dispute,
    new_from_report,
    start_from,
)
from detente.workbench.pages.frame import address, frame, may_only_look
from detente.workbench.pages.help import EXAMPLE
from detente.workbench.services import Services, case_text, title_of

__all__ = ["add", "read_ahead"]


def add(work: Services) -> None:
    """Make the page."""

    @ui.page("/")
    async def page() -> None:
        if not await arrived("Disputes"):
            return
        looking = may_only_look()
        shown = looked_at(work) if looking else work
        with frame("Disputes"):
            with ui.row().classes("w-full items-center justify-between"):
                ui.label("Disputes").classes("page-title").props('role="heading" aria-level="1"')
                with ui.row() as new:
                    new.set_visibility(not looking)
                    file_chooser(
                        "Bring a file",
                        (".yaml", ".yml", ".gmcr"),
                        MOST_BYTES,
                        lambda name, content: bring_file(shown, name, content),
                    )
                    ui.button("From a report", on_click=lambda: new_from_report(shown)).props(
                        "outline"
                    )
                    ui.button(
                        "New dispute", icon="add", color=None, on_click=lambda: new_dispute(shown)
                    ).classes("filled").props("unelevated")
            own = _OwnFiles(shown, writes=not looking)
            own.around = ui.element("div").classes("stack")
            await own.show()
            ui.label("Shipped cases").classes("section-title").props(
                'role="heading" aria-level="2"'
            )
            if not looking:
                ui.label(
                    "Templates: a copy goes into your folder, and is yours to change."
                ).classes("quiet")
            _cases(shown, await asyncio.to_thread(_case_titles), writes=not looking)


def read_ahead(work: Services) -> None:
    """Read the titles that the first page shows: the files are large, and read once only."""
    _titles(work)
    _case_titles()


def _titles(work: Services) -> dict[str, str | None]:
    """The titles of a folder's files, None where one cannot be read."""
    found: dict[str, str | None] = {}
    for name in work.folder.names():
        try:
            found[name] = title_of(work.folder.read(name).text)
        except DetenteError:
            found[name] = None
    return found


def _case_titles() -> dict[str, str]:
    return {case: title_of(case_text(case)) or case for case in list_cases()}


class _OwnFiles:
    """The files of the folder, as one window shows them."""

    around: ui.element

    def __init__(self, work: Services, *, writes: bool) -> None:
        self.work = work
        self.writes = writes

    async def show(self) -> None:
        """Show the files that are there now."""
        titles, left_out = await asyncio.to_thread(self._read)
        self.around.clear()
        with self.around:
            ui.label(str(self.work.folder.root)).classes("quiet mono")
            if titles:
                with ui.element("ul").classes("cards"):
                    for name, title in titles.items():
                        with ui.element("li").classes("card"):
                            self._card(name, title)
            else:
                self._nothing()
            if left_out:
                _not_served(left_out)

    def _read(self) -> tuple[dict[str, str | None], tuple[str, ...]]:
        """The titles of the folder's files, and names that are not served."""
        return _titles(self.work), self.work.folder.names_not_served()

    def _card(self, name: str, title: str | None) -> None:
        # What cannot be read is put right in its form.
        with ui.link(target=address(name, "brief" if title else "")).classes("card-link"):
            ui.label(title or name).classes("card-title")
            ui.label(name if title else "This file cannot be read as it stands").classes(
                "quiet mono"
            )
        if not self.writes:
            return
        button = ui.button(icon="more_vert").props("flat round dense").classes("card-menu")
        labelled(button, f"More on {title or name}")
        with button, ui.menu():
            ui.menu_item("Duplicate", lambda: duplicate(self.work, name))
            ui.menu_item("Rename the file", lambda: ask_to_rename(self.work, name, self.show))
            ui.menu_item("Delete", lambda: ask_to_delete(self.work, name, title, self.show))

    def _nothing(self) -> None:
        with ui.element("div").classes("empty"):
            ui.icon("folder_open", size="2rem").props('aria-hidden="true"')
            with ui.element("div").classes("form-column"):
                if not self.writes:
                    ui.label("There is no dispute file here yet.")
                    return
                ui.label(
                    "No dispute file is here yet. Look at an example first, start a new dispute, "
                    "begin from a report, or bring a file that you have."
                )
                ui.button("Open an example", on_click=lambda: start_from(self.work, EXAMPLE)).props(
                    "outline no-caps"
                )


def _not_served(names: tuple[str, ...]) -> None:
    """Say which files stand in the folder and cannot be opened here, and why."""
    with ui.element("div").classes("fault").props('role="note"'):
        ui.label(
            f"These files cannot be opened here. They are links, or have names that are not "
            f"served: {NAME_RULE}."
        )
        with ui.element("ul").classes("nested"):
            for name in names[:20]:
                with ui.element("li"):
                    # A name need not be text.
                    ui.label(visible(os.fsencode(name).decode(errors="replace"))).classes("mono")
        if len(names) > 20:
            ui.label(f"and {len(names) - 20:,} more").classes("quiet")


def _cases(work: Services, titles: Mapping[str, str], *, writes: bool) -> None:
    with ui.element("ul").classes("cards"):
        for case, title in titles.items():
            with ui.element("li"), ui.element("div").classes("card-link template"):
                ui.label(title).classes("card-title")
                with ui.row().classes("items-center justify-between w-full no-wrap"):
                    ui.label(case).classes("quiet mono")
                    if not writes:
                        continue
                    button = ui.button(
                        "Copy",
                        icon="content_copy",
                        on_click=lambda case=case: start_from(work, case),
                    ).props("flat dense no-caps")
                    labelled(button, f"Copy {title}")
