"""The dialog by which a report is brought: from a file, or pasted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui

from detente.files.template import id_from
from detente.workbench.folder import MOST_REPORT_BYTES
from detente.workbench.pages.elements import labelled
from detente.workbench.pages.file_chooser import file_chooser

__all__ = ["report_dialog"]

_ENDINGS = (".txt", ".html", ".htm", ".pdf", ".docx")

_WORDS_OF_NAME = 6

OnReport = Callable[[str, bytes, dict[str, Any]], Awaitable[bool]]


def report_dialog(
    title: str, on_report: OnReport, more_fields: Callable[[], dict[str, Any]]
) -> ui.dialog:
    """Ask for a report.

    Parameters
    ----------
    title
        What the dialog is called.
    on_report
        Given the name and the bytes of a report and the values of further fields; tells whether
        it was taken.
    more_fields
        Makes further fields, by name.

    Returns
    -------
    ui.dialog
        To be opened.
    """
    with ui.dialog() as dialog, ui.card().classes("dialog wide"):
        labelled(dialog, title)
        heading = ui.label(title).classes("section-title")
        heading.props('role="heading" aria-level="2"')
        fields = more_fields()

        async def bring(name: str, content: bytes) -> None:
            values = {key: field.value for key, field in fields.items()}
            if await on_report(name, content, values):
                dialog.close()

        async def pasted() -> None:
            text = str(paste.value or "")
            if not text.strip():
                paste.error = "Nothing is pasted here yet."
                return
            await bring(f"{_name_of(text)}.txt", text.encode())

        file_chooser("Choose a file", _ENDINGS, MOST_REPORT_BYTES, bring)
        ui.label("Plain text, a saved web page, a PDF or a Word document.").classes("quiet")
        paste = ui.textarea("Or paste the text").props("outlined debounce=300")
        paste.classes("field w-full")
        with ui.row().classes("w-full justify-end"):
            ui.button("Cancel", on_click=dialog.close).props("flat")
            ui.button("Read the pasted text", color=None, on_click=pasted).classes("filled").props(
                "unelevated"
            )
    return dialog


def _name_of(text: str) -> str:
    """A pasted text is named by its heading, or by its first words."""
    first = next(line for line in text.splitlines() if line.strip())
    return id_from(first, (), most_words=_WORDS_OF_NAME).replace("_", "-")
