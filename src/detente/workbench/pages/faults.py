"""What is wrong in a dispute, wherever a page meets it: the same words, and a way to mend it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nicegui import ui

from detente.workbench.addresses import address
from detente.workbench.pages.session import Session

__all__ = ["fault_sentence", "show_fault"]


def fault_sentence(fault: Mapping[str, Any]) -> str:
    """What is wrong and where, as a sentence.

    Parameters
    ----------
    fault
        ``message``, and where they are known ``key``, ``line`` and ``column``; as
        :attr:`detente.workbench.workers.Failed.details` has them.

    Examples
    --------
    >>> fault_sentence({"message": "the key 'nam' is not known here", "line": 9, "column": 5})
    "Line 9, column 5: the key 'nam' is not known here."
    """
    places = []
    if fault.get("line"):
        column = f", column {fault['column']}" if fault.get("column") else ""
        places.append(f"line {fault['line']}{column}")
    if fault.get("key"):
        places.append(str(fault["key"]))
    text = f"{' at '.join(places)}: {fault['message']}" if places else str(fault["message"])
    end = "" if text.endswith((".", "!", "?")) else "."
    return f"{text[:1].upper()}{text[1:]}{end}"


def show_fault(
    session: Session, fault: Mapping[str, Any], heading: str, *, marked: bool = False
) -> None:
    """Show what is wrong, with the line of the file and a way to it.

    Parameters
    ----------
    session
        The window on the file.
    fault
        As for :func:`fault_sentence`, and where they are known ``nearest`` and ``excerpt``.
    heading
        What cannot be done because of it.
    marked
        Whether the field that is at fault is marked on this page.
    """
    name = session.opened.name
    with ui.element("div").classes("fault").props('role="alert"'):
        ui.label(heading).classes("text-weight-bold")
        ui.label(fault_sentence(fault))
        if fault.get("nearest"):
            ui.label(f"Did you mean “{fault['nearest']}”?")
        if fault.get("excerpt"):
            ui.label(str(fault["excerpt"])).classes("excerpt mono")
        if marked:
            ui.label("The field is marked.").classes("quiet")
        with ui.row():
            if fault.get("line"):
                line = int(fault["line"])
                ui.link(f"Go to line {line} of the text", address(name, f"text?line={line}"))
            if fault.get("key") and not marked:
                ui.link("Go to the form", address(name))
