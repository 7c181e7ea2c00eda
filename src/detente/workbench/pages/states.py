"""The page of states: the equilibria in option form, and any state by its number."""

from __future__ import annotations

from typing import Any

from nicegui import ui

from detente.workbench.pages.frame import dispute_title, frame, not_found, open_session
from detente.workbench.pages.results import results, show_state
from detente.workbench.services import Services

__all__ = ["add"]

_SHOWN = 40


def add(work: Services) -> None:
    """Make the page."""

    @ui.page("/dispute/{name}/states")
    def page(name: str) -> Any:
        session = open_session(work, name)
        if session is None:
            return not_found(name)
        with frame(dispute_title(session), session, "states"):
            with ui.row().classes("items-center"):
                number = ui.number("State number", value=1, min=1, precision=0)
                number.props("outlined dense").classes("narrow")

                async def look_up() -> None:
                    await show_state(session, int(number.value or 1))

                number.on("keydown.enter", look_up)
                ui.button("Look it up", on_click=look_up).props("outline")
            results(session, shown=_SHOWN)
        session.start()
        return None
