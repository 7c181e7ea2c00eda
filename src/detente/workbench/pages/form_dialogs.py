"""What buttons of a form do beyond a single edit: each opens a dialog."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from nicegui import ui

from detente.changes.references import rename_id
from detente.workbench.pages.form_view import Act
from detente.workbench.pages.session import Session

__all__ = ["form_acts"]


def form_acts(session: Session) -> Mapping[str, Act]:
    """What buttons can do, by name."""
    return {"rename": partial(_rename, session)}


async def _rename(session: Session, given: Mapping[str, Any]) -> None:
    """Give something another id, everywhere at once."""
    kind, name = given["kind"], str(given["name"])
    with session.client, ui.dialog() as dialog, ui.card().classes("dialog"):
        dialog.on("hide", dialog.delete)
        ui.label(f"Rename {name}").classes("section-title").props('role="heading" aria-level="2"')
        ui.label(
            "The id changes wherever it stands: in formulas, packages, plans and claims."
        ).classes("quiet")
        new = ui.input("New id", value=name.rpartition(".")[2])
        new.props("outlined autofocus").classes("field mono")

        async def rename() -> None:
            wanted = str(new.value or "").strip()
            change = partial(_renamed, kind, name, wanted)
            if await session.edit(change):
                dialog.close()

        new.on("keydown.enter", rename)
        with ui.row().classes("w-full justify-end"):
            ui.button("Cancel", on_click=dialog.close).props("flat")
            ui.button("Rename", color=None, on_click=rename).classes("filled").props("unelevated")
    dialog.open()


def _renamed(kind: Any, old: str, new: str, text: str) -> str:
    return rename_id(text, kind, old, new)
