"""What the page of disputes does with files: new ones, copies, other names, and away with them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from nicegui import run, ui

from detente.dispute.errors import DetenteError, DisputeError
from detente.files.yaml_text import written
from detente.workbench.file_names import is_dispute_name
from detente.workbench.folder import FileExists, TextVersion
from detente.workbench.pages.elements import labelled
from detente.workbench.pages.frame import address
from detente.workbench.pages.reading.add_report import report_dialog
from detente.workbench.pages.reading.state import opened_report
from detente.workbench.pages.session import compute
from detente.workbench.services import Services, case_text

__all__ = [
    "ask_to_delete",
    "ask_to_rename",
    "bring_file",
    "duplicate",
    "new_dispute",
    "new_from_report",
    "start_from",
]

Done = Callable[[], Awaitable[None]]


@contextmanager
def _dialog(title: str) -> Iterator[ui.dialog]:
    with ui.dialog() as dialog, ui.card().classes("dialog"):
        labelled(dialog, title)
        dialog.on("hide", dialog.delete)
        heading = ui.label(title).classes("section-title")
        heading.props('role="heading" aria-level="2"')
        yield dialog
    dialog.open()


def _buttons(dialog: ui.dialog, label: str, act: Callable[[], object]) -> None:
    with ui.row().classes("w-full justify-end"):
        ui.button("Cancel", on_click=dialog.close).props("flat")
        ui.button(label, color=None, on_click=act).classes("filled").props("unelevated")


def _tell(error: DetenteError) -> None:
    where = f"{error.key}: " if error.key else ""
    ui.notify(where + error.message, type="negative", position="top")


# New files ----------------------------------------------------------------------------------


def new_dispute(work: Services) -> None:
    """Ask for a title, and start a dispute of two parties."""
    with _dialog("New dispute") as dialog:
        title = ui.input("Title").classes("w-full").props("outlined autofocus")

        async def start() -> None:
            name = (title.value or "").strip()
            if not name:
                title.error = "A dispute needs a title."
                return
            await _create(work, name, written(_begun(name)))

        title.on("keydown.enter", start)
        _buttons(dialog, "Start", start)


def _begun(title: str) -> dict[str, Any]:
    """The dispute from which a person begins."""
    return {
        "dispute": title,
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


def new_from_report(work: Services) -> None:
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
            _tell(error)
            return False
        ui.navigate.to(address(version.name, "read"))
        return True

    report_dialog("New dispute from a report", bring, more).open()


async def start_from(work: Services, case: str) -> None:
    """Copy a shipped case into the folder, and show it."""
    await _create(work, case, case_text(case))


async def _create(work: Services, stem: str, text: str) -> None:
    try:
        version = await asyncio.to_thread(work.folder.create_called, stem, text)
    except DetenteError as error:
        _tell(error)
        return
    ui.navigate.to(address(version.name))


async def bring_file(work: Services, name: str, content: bytes) -> None:
    """Put a person's file into the folder; a file of GMCR+ becomes a dispute file."""
    try:
        version, notes = await _brought(work, name, content)
    except DetenteError as error:
        _tell(error)
        return
    if not notes:
        ui.navigate.to(address(version.name))
        return
    with _dialog(f"{version.name} is here") as dialog:
        ui.label("What the file holds and a dispute file cannot carry:")
        with ui.element("ul").classes("nested"):
            for note in notes:
                with ui.element("li"):
                    ui.label(note)
        _buttons(dialog, "Show the dispute", lambda: ui.navigate.to(address(version.name)))


async def _brought(work: Services, name: str, content: bytes) -> tuple[TextVersion, list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DisputeError("the file is not text in UTF-8; save it as UTF-8") from None
    notes: list[str] = []
    stem, _, ending = name.rpartition(".")
    if ending.lower() == "gmcr":
        made = await compute(work, "from_gmcr", text=text, name=name)
        text, notes = made["text"], made["notes"]
    elif is_dispute_name(name):
        try:
            return await asyncio.to_thread(work.folder.create, name, text), notes
        except FileExists:
            # Nothing of that name is ever replaced; this one gets a name of its own.
            pass
    return await asyncio.to_thread(work.folder.create_called, stem, text), notes


# Files that are there -----------------------------------------------------------------------


async def duplicate(work: Services, name: str) -> None:
    """Copy a file, and show the copy."""
    try:
        text = (await asyncio.to_thread(work.folder.read, name)).text
    except DetenteError as error:
        _tell(error)
        return
    await _create(work, f"{name.rpartition('.')[0]} copy", text)


def ask_to_rename(work: Services, name: str, done: Done) -> None:
    """Ask for another name of a file."""
    stem, dot, ending = name.rpartition(".")
    with _dialog(f"Rename {name}") as dialog:
        field = ui.input("New name", value=stem, suffix=dot + ending)
        field.props("outlined autofocus").classes("w-full mono")

        async def rename() -> None:
            new = str(field.value or "").strip()
            if not new.casefold().endswith((".yaml", ".yml")):
                new += dot + ending
            try:
                await asyncio.to_thread(work.folder.rename, name, new)
            except DetenteError as error:
                field.error = error.message
                return
            dialog.close()
            await done()

        field.on("keydown.enter", rename)
        _buttons(dialog, "Rename", rename)


async def ask_to_delete(work: Services, name: str, title: str | None, done: Done) -> None:
    """Ask whether a file is to go for good."""
    try:
        tag = (await asyncio.to_thread(work.folder.read, name)).tag
    except DetenteError as error:
        _tell(error)
        return
    with _dialog(f"Delete {name}?") as dialog:
        ui.label(f"“{title or name}” goes for good; this cannot be taken back.")

        async def delete() -> None:
            try:
                await asyncio.to_thread(work.folder.remove, name, known=tag)
            except DetenteError as error:
                _tell(error)
                return
            dialog.close()
            await done()

        _buttons(dialog, "Delete", delete)
