"""The proposal that is shown, what can be done with it, and the list of all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nicegui import ui

from detente.workbench.looking import LOOKS_ONLY
from detente.workbench.pages.elements import labelled
from detente.workbench.pages.reading.edit_form import EditForm
from detente.workbench.pages.reading.state import ReadingSession, what

__all__ = ["ProposalsPanel"]

_LIKELY = 0.5
# Around the proposal that is shown; a browser holds an element for each.
_MOST_LISTED = 60
_TOLD = {"open": "Not judged yet", "entered": "Stands in the file", "rejected": "Put aside"}
_SIGNS = {"open": "○", "entered": "✓", "rejected": "✗"}
_BECOMES = {
    "party": "A party",
    "option": "An option of the party",
    "act": "An option of the party; set in the status quo where it goes on now",
    "stance": "A preference statement of the party",
    "condition": "A preference statement of the party",
    "package": "A package",
    "stage": "A stage of a roadmap",
    "format": "A format",
    "outcome": "An outcome",
    "claim": "A claim",
    "history": "An entry of the history",
}


class ProposalsPanel:
    """The proposals on a page."""

    def __init__(self, reading: ReadingSession) -> None:
        self.reading = reading
        self.form = EditForm(reading, on_close=self.take_focus)
        self._rows: dict[int, tuple[Any, Any]] = {}
        self._shown: dict[int, tuple[str, bool]] = {}
        self._current: int | None = None
        reading.on_report.append(self._another)
        reading.on_change.append(self.update)

    # Laying out -------------------------------------------------------------------------------

    def lay_out(self) -> None:
        """Lay out the proposal, its buttons and the list.

        These elements stay for as long as the page does, so that whoever has the focus on one of
        them keeps it.
        """
        with ui.element("section").classes("panel").props('aria-label="Proposal"'):
            with ui.element("div").classes("proposal").props('role="group" tabindex="0"') as card:
                self.card = card
                self.position = ui.label().classes("quiet")
                self.heading = ui.label().classes("card-title")
                self.told = ui.label()
                with ui.element("blockquote").classes("quote"):
                    self.quote = ui.label()
                self.also = ui.label().classes("quiet")
                self.becomes = ui.label().classes("quiet")
            with ui.row().classes("items-center"):
                self.buttons = [
                    self._button("Accept (A)", self.accept, filled=True),
                    self._button("Edit (E)", self.edit),
                    self._button("Reject (R)", self.reject),
                    self._button("Previous (P)", self.previous),
                    self._button("Next (N)", self.next),
                ]
            for button in self.buttons[:3]:
                button.set_visibility(not self.reading.session.looks_only)
            self.form.lay_out()
        with ui.element("section").classes("panel").props('aria-label="All proposals"'):
            with ui.row().classes("items-center w-full"):
                ui.label("All proposals").classes("section-title").props(
                    'role="heading" aria-level="2"'
                )
                ui.space()
                likely = ui.button("Accept the likely ones", on_click=self.accept_likely)
                likely.props("outline dense").tooltip(
                    "Those of which the reader is at least 0.5 sure; undo takes them out again"
                )
                likely.set_visibility(not self.reading.session.looks_only)
                self.buttons.append(likely)
            with ui.element("ol").classes("proposals").props('aria-label="Proposals"') as rows:
                self.rows = rows
            with ui.expansion().classes("folded").props("dense") as more:
                with (
                    ui.element("ol")
                    .classes("proposals")
                    .props('aria-label="Less likely proposals"') as rest
                ):
                    self.rest = rest
                self.more = more

    def _button(self, label: str, act: Callable[[], Any], *, filled: bool = False) -> ui.button:
        if filled:
            return ui.button(label, color=None, on_click=act).classes("filled").props("unelevated")
        return ui.button(label, on_click=act).props("outline")

    # What the keys and buttons do ---------------------------------------------------------------

    async def press(self, key: str) -> None:
        """Do what a key stands for."""
        if key in "aer" and self.reading.session.looks_only:
            self.reading.session.tell(LOOKS_ONLY)
        elif key == "a":
            await self.accept()
        elif key == "e":
            await self.edit()
        elif key == "r":
            self.reject()
        elif key == "n":
            self.next()
        elif key == "p":
            self.previous()

    async def accept(self) -> None:
        """Accept as it is."""
        await self.reading.accept()

    async def accept_likely(self) -> None:
        """Accept all those that the reader is surer of."""
        await self.reading.accept_likely(_LIKELY)

    async def edit(self) -> None:
        """Open the form."""
        await self.form.open()

    def reject(self) -> None:
        """Put it aside."""
        self.reading.reject()

    def next(self) -> None:
        """Show the next one."""
        self.reading.go(self.reading.current + 1)

    def previous(self) -> None:
        """Show the one before."""
        self.reading.go(self.reading.current - 1)

    def take_focus(self) -> None:
        """Let the keys work from here on."""
        # The page stays where it is: a first model stands above.
        self.card.run_method("focus", {"preventScroll": True})

    # Showing ----------------------------------------------------------------------------------

    def _another(self) -> None:
        self.form.close(focus=False)
        self._current = None
        self._list()
        if self.reading.proposals:
            self.take_focus()

    def _list(self) -> None:
        """List the proposals around the one that is shown."""
        self.rows.clear()
        self.rest.clear()
        self._rows, self._shown = {}, {}
        rest = sum(not one.get("matters") for one in self.reading.proposals)
        self.more.set_text(f"Less likely, or not needed for a first model ({rest})")
        self.more.set_visibility(rest > 0)
        count = len(self.reading.proposals)
        first = max(0, min(self.reading.current - _MOST_LISTED // 2, count - _MOST_LISTED))
        for number in range(first, min(count, first + _MOST_LISTED)):
            proposal = self.reading.proposals[number]
            with self.rows if proposal.get("matters") else self.rest:
                with ui.element("li"):
                    row = ui.element("button").classes("row").props('type="button" tabindex="-1"')
                    row.on("click", lambda number=number: self.reading.go(number))
                    with row:
                        at = proposal["at"]
                        sign = ui.label().classes("sign")
                        ui.label(f"{at['paragraph']}.{at['sentence']}").classes("mono place")
                        ui.label(proposal["kind"]).classes("kind")
                        who = ", ".join(proposal["parties"])
                        ui.label(f"{who}: {what(proposal)}" if who else what(proposal))
                self._rows[number] = (row, sign)

    def update(self) -> None:
        """Show the proposal and the list as things stand."""
        reading = self.reading
        proposal = reading.proposal
        self.form.keep_up()
        for button in self.buttons:
            button.set_enabled(proposal is not None)
        if proposal is None:
            self.heading.set_text("Nothing is proposed.")
            return
        count = len(reading.proposals)
        status = reading.status(reading.current)
        at = proposal["at"]
        who = ", ".join(proposal["parties"])
        self.position.set_text(
            f"Proposal {reading.current + 1} of {count} · paragraph {at['paragraph']}, sentence "
            f"{at['sentence']} · sure {proposal['confidence']:.2f} · {_TOLD[status]}"
        )
        kind = proposal["kind"].capitalize()
        self.heading.set_text(f"{kind}: {who}" if who else kind)
        self.told.set_text(what(proposal))
        self.quote.set_text(" ".join(str(proposal["quote"]).split()))
        self.also.set_text(_also(proposal))
        if not proposal.get("matters"):
            self.more.set_value(True)
        self.becomes.set_text(self._becomes(proposal))
        labelled(self.card, f"Proposal {reading.current + 1} of {count}: {kind} {who}")
        if reading.current not in self._rows:
            self._list()
        for number in self._rows:
            self._mark(number)

    def _becomes(self, proposal: dict[str, Any]) -> str:
        becomes = _BECOMES[proposal["kind"]]
        if proposal["kind"] in ("stance", "condition") and self.reading.now is not None:
            formula = self.reading.now["formulas"][self.reading.current]
            if formula:
                return f"{becomes}: {formula}"
            return f"{becomes}. No option of the file fits yet: edit to choose or make one."
        return f"{becomes}."

    def _mark(self, number: int) -> None:
        status = self.reading.status(number)
        here = number == self.reading.current
        if self._shown.get(number) == (status, here):
            return
        before = self._shown.get(number, ("", False))
        self._shown[number] = (status, here)
        row, sign = self._rows[number]
        sign.set_text(_SIGNS[status])
        proposal = self.reading.proposals[number]
        labelled(
            row,
            f"{_TOLD[status]}: {proposal['kind']} {', '.join(proposal['parties'])}: "
            f"{what(proposal)}",
        )
        if here:
            row.classes("now").props('aria-current="true" tabindex="0"')
            if self._current is not None:
                # Whoever arrives begins at the top of the page.
                row.run_method("scrollIntoView", {"block": "nearest"})
            self._current = number
        elif before[1]:
            row.classes(remove="now").props(remove="aria-current").props('tabindex="-1"')


def _also(proposal: dict[str, Any]) -> str:
    """Where else the same is said."""
    places = [one["at"] for one in proposal.get("also") or ()]
    if not places:
        return ""
    told = ", ".join(f"{at['paragraph']}.{at['sentence']}" for at in places)
    return f"The same is said in {told}; all are cited together."
