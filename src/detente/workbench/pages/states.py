"""The page of states: any of them in option form, those that one asks for, page by page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nicegui import ui

from detente.workbench.pages.arrival import file_page
from detente.workbench.pages.elements import labelled
from detente.workbench.pages.faults import show_fault
from detente.workbench.pages.results import (
    CONCEPTS,
    NOWHERE,
    levels_table,
    results,
    show_state,
)
from detente.workbench.pages.session import Session
from detente.workbench.services import Services
from detente.workbench.workers import Failed

__all__ = ["add"]

_PAGE = 30


def add(work: Services) -> None:
    """Make the page."""

    def lay_out(session: Session) -> None:
        asked = dict(ui.context.client.request.query_params)
        with ui.element("div").classes("two even"):
            states = _States(session, asked)
            with ui.element("div").classes("stack"):
                states.lay_out()
            with ui.element("div").classes("stack side"):
                results(session)
        session.refresh.append(states.fetch)

    file_page(work, "states", lay_out)


class _States:
    """The states that one window asks for."""

    def __init__(self, session: Session, asked: dict[str, str]) -> None:
        self.session = session
        self.where = asked.get("where", "")
        self.outcome = asked.get("outcome", "")
        self.concept = asked.get("concept", "")
        self.first = 0
        self.found: dict[str, Any] | None = None
        self.fault: Mapping[str, Any] | None = None

    def lay_out(self) -> None:
        """The filter, and the states below."""
        with ui.element("section").classes("panel").props('aria-label="States"'):
            ui.label("States").classes("section-title").props('role="heading" aria-level="2"')
            with ui.element("div").classes("form-row"):
                number = ui.number("State number", value=1, min=1, precision=0)
                number.props("outlined dense").classes("narrow")

                async def look_up() -> None:
                    await show_state(self.session, int(number.value or 1))

                number.on("keydown.enter", look_up)
                ui.button("Look it up", on_click=look_up).props("outline")
            self._filter()
            self.table()

    def _filter(self) -> None:
        outcomes = {"": "any outcome"}
        document = self.session.document
        given = document.get("outcomes") if isinstance(document, dict) else None
        for key, value in (given or {}).items():
            outcomes[key] = str(value.get("name", key)) if isinstance(value, dict) else key
        outcomes[NOWHERE] = "no outcome"

        async def choose(key: str, value: Any) -> None:
            setattr(self, key, str(value or ""))
            self.first = 0
            await self.fetch()

        with ui.element("div").classes("filter"):
            field = ui.input("In which", placeholder="a formula", value=self.where)
            field.props("outlined dense debounce=400").classes("mono")
            field.on_value_change(lambda event: choose("where", event.value))
            for key, label, options in (
                ("outcome", "Outcome", outcomes),
                ("concept", "Equilibria under", {"": "all states"} | {c: c for c in CONCEPTS}),
            ):
                now = getattr(self, key)
                select = ui.select(
                    options,
                    value=now if now in options else "",
                    label=label,
                    on_change=lambda event, key=key: choose(key, event.value),
                )
                labelled(select.props("outlined dense"), label)

    async def fetch(self) -> None:
        """Fetch the states, for the dispute as it stands."""
        try:
            self.found = await self.session.compute(
                "listed_states",
                concepts=CONCEPTS,
                where=self.where,
                outcome=self.outcome,
                concept=self.concept,
                first=self.first,
                count=_PAGE,
                packages=self.session.packages,
            )
            self.fault = None
        except Failed as error:
            self.fault = error.details
        self.table.refresh()

    async def turn(self, by: int) -> None:
        """Go to another page."""
        self.first = max(0, self.first + by)
        await self.fetch()

    @ui.refreshable_method
    def table(self) -> None:
        """The states of this page."""
        if self.fault is not None:
            show_fault(self.session, self.fault, "These states cannot be shown.")
            return
        if self.found is None:
            ui.spinner()
            return
        total, shown = self.found["total"], len(self.found["states"])
        with ui.row().classes("items-center").props('role="status"'):
            if shown:
                told = f"{self.first + 1:,} to {self.first + shown:,} of {total:,} states"
            else:
                told = "No state is like this. Change the formula, the outcome or the concept."
            ui.label(told)
        if total > _PAGE:
            with ui.row():
                for label, by, able in (
                    ("Earlier", -_PAGE, self.first > 0),
                    ("Later", _PAGE, self.first + shown < total),
                ):
                    button = ui.button(label, on_click=lambda by=by: self.turn(by))
                    button.props("outline dense no-caps").set_enabled(able)
        if shown:
            levels_table(self.session, self.found, self.found["states"])
