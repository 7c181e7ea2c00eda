"""The page of states: the equilibria in option form, and any state by its number."""

from __future__ import annotations

from nicegui import ui

from detente.workbench.pages.arrival import file_page
from detente.workbench.pages.results import results, show_state
from detente.workbench.pages.session import Session
from detente.workbench.services import Services

__all__ = ["add"]

_SHOWN = 40


def add(work: Services) -> None:
    """Make the page."""

    def lay_out(session: Session) -> None:
        with ui.row().classes("items-center"):
            number = ui.number("State number", value=1, min=1, precision=0)
            number.props("outlined dense").classes("narrow")

            async def look_up() -> None:
                await show_state(session, int(number.value or 1))

            number.on("keydown.enter", look_up)
            ui.button("Look it up", on_click=look_up).props("outline")
        results(session, shown=_SHOWN)

    file_page(work, "states", lay_out)
