"""What ``detente validate`` finds, beside the form and at its fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nicegui import ui

from detente.workbench.pages.browser_parts import DrawnApart
from detente.workbench.pages.reports_at_hand import reports_at_hand
from detente.workbench.pages.session import Session
from detente.workbench.workers import Failed

__all__ = ["validation"]


def validation(session: Session, mark: Callable[[list[Mapping[str, Any]]], None]) -> None:
    """A panel that keeps up with every edit.

    Parameters
    ----------
    session
        The window on the file.
    mark
        Marks the fields in which something is wrong.
    """
    panel = DrawnApart("section").classes("panel").props('aria-label="Checked"')
    with panel:
        ui.label("Checked").classes("section-title").props('role="heading" aria-level="2"')
        body = ui.element("div").classes("form-column").props('aria-live="polite"')
        with ui.expansion("Worth a look").classes("folded") as more:
            looked = ui.element("div").classes("form-column")
    latest = {"run": 0}

    async def refresh() -> None:
        latest["run"] += 1
        this = latest["run"]
        reports, unread = await reports_at_hand(session)
        try:
            found = await session.compute("validated", reports=reports)
        except Failed:
            # What is wrong with the file itself is told above.
            found = None
        if this != latest["run"] or panel.is_deleted:
            return
        panel.set_visibility(found is not None)
        body.clear()
        looked.clear()
        more.set_visibility(found is not None)
        faults = [one for one in found["findings"] if one["fault"]] if found else []
        mark(faults)
        if found is not None:
            with body:
                _findings(found, unread)
        if more.value:
            await look()

    async def look() -> None:
        looked.clear()
        with looked:
            waits = ui.spinner()
        try:
            found = await session.compute("looked_at")
        except Failed as error:
            found = {"lint": [], "left_out": 0}
            with looked:
                ui.label(error.message).classes("quiet")
        waits.delete()
        with looked:
            for one in found["lint"]:
                ui.label(f"{one['about']} {one['words']}. {one['advice']}.")
            if not found["lint"]:
                ui.label("Nothing else is worth a look.").classes("quiet")

    async def opened() -> None:
        if more.value:
            await look()

    more.on_value_change(opened)
    session.afterwards.append(refresh)


def _findings(found: Mapping[str, Any], unread: list[str]) -> None:
    faults = [one for one in found["findings"] if one["fault"]]
    for one in found["findings"]:
        label = ui.label(f"{one['about']}: {one['message']}" if one["about"] else one["message"])
        label.classes("fault" if one["fault"] else "quiet")
    for message in unread:
        ui.label(message).classes("quiet")
    if found["left_out"]:
        ui.label(f"and {found['left_out']} more").classes("quiet")
    if not faults:
        ui.label("No citation and no question of a claim is at fault.").classes("good")
    if found["without_basis"]:
        count = found["without_basis"]
        verb = "judgement names" if count == 1 else "judgements name"
        ui.label(f"{count} {verb} no basis.").classes("quiet")
