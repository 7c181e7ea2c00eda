"""A path from state to state: who moves, who gains, and whether it holds there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nicegui import ui

from detente.workbench.pages.elements import marked
from detente.workbench.pages.faults import show_fault
from detente.workbench.pages.move_buttons import MoveButtons, ShownMove
from detente.workbench.pages.results import CONCEPTS, show_state
from detente.workbench.pages.session import Session
from detente.workbench.workers import Failed

__all__ = ["PathPage"]

_LISTED = 60


class PathPage:
    """A path that a person builds; it starts at the status quo where there is one."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.states: list[int] = []
        self.found: dict[str, Any] = {"steps": []}
        self.here: dict[str, Any] = {"moves": []}
        self.fault: Mapping[str, Any] | None = None
        self.party: str | None = None

    async def refresh(self) -> None:
        """Compute the path anew, for the dispute as it stands."""
        try:
            if not self.states:
                overview = await self.session.compute("overview", concepts=["Nash"], shown=1)
                self.states = [overview["status_quo"] or 1]
            self.found = await self.session.compute("path", states=self.states, concepts=CONCEPTS)
            self.here = await self.session.compute(
                "state", number=self.states[-1], concepts=["Nash"]
            )
            self.fault = None
        except Failed as error:
            self.fault = error.details
            if "no state" in str(self.fault["message"]):
                self.states = self.states[:1]
        self.lay_out.refresh()

    async def extend(self, start: int | None, end: int) -> None:
        """Go on to a state; from another one where `start` is on the path or begins a new one."""
        if start is not None and start in self.states:
            self.states = self.states[: self.states.index(start) + 1]
        elif start is not None:
            self.states = [start]
        if self.states[-1:] != [end]:
            self.states = [*self.states, end][-50:]
        await self.refresh()

    @ui.refreshable_method
    def lay_out(self) -> None:
        """Show the path."""
        with ui.element("section").classes("panel").props('aria-label="Path"'):
            with ui.row().classes("items-center w-full no-wrap"):
                ui.label("Path").classes("section-title").props('role="heading" aria-level="2"')
                ui.space()
                ui.button("Step back", on_click=self.back).props("flat dense no-caps")
                ui.button("Start again", on_click=self.restart).props("flat dense no-caps")
            if self.fault:
                show_fault(self.session, self.fault, "There is no path to show.")
                return
            if not self.states:
                ui.spinner()
                return
            with ui.element("ol").classes("path"):
                self._stop(self.states[0], None)
                for step in self.found["steps"]:
                    self._stop(step["after"], step)
        self._next_moves()

    def _stop(self, state: int, step: dict[str, Any] | None) -> None:
        with ui.element("li"):
            if step is not None:
                moves = step["moves"]
                if moves:
                    for move in moves:
                        ui.label(f"{self._mover(move)}: {move['changes']}")
                else:
                    ui.label("No single move leads here: no party, and no package.").classes("bad")
                with ui.element("div").classes("gains"):
                    for party, (before, after) in step["ranks"].items():
                        sign = "▲" if after > before else "▼" if after < before else "="
                        how = "up" if after > before else "down" if after < before else "level"
                        words = {"up": "gains", "down": "loses", "level": "indifferent"}[how]
                        gain = ui.label(f"{sign} {self._name(party)}").classes("gain")
                        marked(gain, how).tooltip(f"{words}: rank {before} → {after}")
            with ui.row().classes("items-center"):
                ui.button(f"State {state}", on_click=lambda: show_state(self.session, state)).props(
                    "flat dense no-caps"
                )
                if step is not None and step["equilibrium"]:
                    ui.label(f"holds under {', '.join(step['equilibrium'])}").classes("good")

    def _next_moves(self) -> None:
        with ui.element("section").classes("panel").props('aria-label="Moves from here"'):
            ui.label(f"Moves from state {self.states[-1]}").classes("heading")
            parties = {None: "Everybody"} | {
                key: self._name(key) for key in self.session.document["parties"]
            }
            ui.select(parties, value=self.party, label="Party", on_change=self._choose).props(
                "outlined dense"
            ).classes("w-full")
            moves = [m for m in self.here["moves"] if self.party in (None, m["party"])]
            better = [m for m in moves if m["party"] and _gain(m) > 0]
            rest = [m for m in moves if m not in better]
            shown = [
                ShownMove(f"{self._mover(move)}: {move['changes']}", move["state"], how)
                for some, how in ((better, True), (rest, False))
                for move in some
            ]
            MoveButtons(shown[:_LISTED], "Go to state", lambda target: self.extend(None, target))
            left = len(moves) - _LISTED + self.here.get("moves_left_out", 0)
            if left > 0:
                ui.label(f"{left} more moves; choose a party to see fewer.").classes("quiet")
            if not moves:
                ui.label("There is no move from here.").classes("quiet")

    def _mover(self, move: dict[str, Any]) -> str:
        return self._name(move["party"]) if move["party"] else str(move["package"])

    async def _choose(self, event: Any) -> None:
        self.party = event.value
        self.lay_out.refresh()

    async def back(self) -> None:
        """Take the last step back."""
        self.states = self.states[:-1] or self.states
        await self.refresh()

    async def restart(self) -> None:
        """Start again at the status quo."""
        self.states = []
        await self.refresh()

    def _name(self, party: str) -> str:
        entry = self.session.document["parties"].get(party)
        return str((entry or {}).get("name", party))


def _gain(move: dict[str, Any]) -> int:
    before, after = move["ranks"][move["party"]]
    return int(after) - int(before)
