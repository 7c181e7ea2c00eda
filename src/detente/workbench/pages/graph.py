"""The page of the graph: outcomes as regions, the flows of play between them, and paths."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nicegui import ui

from detente.report.words import percentage
from detente.stability.concept_registry import usual_concepts
from detente.workbench.addresses import address
from detente.workbench.pages.arrival import file_page
from detente.workbench.pages.elements import labelled, styled
from detente.workbench.pages.faults import show_fault
from detente.workbench.pages.graph_drawing import (
    LEAST_FLOWS,
    colour_of,
    drawn_graph,
    flow_words,
    region_words,
    usual_least,
)
from detente.workbench.pages.graph_view import GraphView
from detente.workbench.pages.move_buttons import MoveButtons, ShownMove
from detente.workbench.pages.paths import PathPage
from detente.workbench.pages.range_field import RangeField
from detente.workbench.pages.session import Session
from detente.workbench.pages.sheet import Sheet, column_heads, text_row
from detente.workbench.services import Services
from detente.workbench.workers import Failed

__all__ = ["add"]

_NOW = "now"
"""Stands among the places of the graph for the status quo."""

_MOST_FLOWS = 60


def add(work: Services) -> None:
    """Make the page."""

    def lay_out(session: Session) -> None:
        path = PathPage(session)
        graph = _Graph(session, path)
        graph.lay_out()
        with ui.element("div").classes("two even"):
            with ui.element("div").classes("stack"):
                graph.way()
                graph.tables()
            with ui.element("div").classes("stack"):
                path.lay_out()
        session.refresh += [graph.refresh, path.refresh]

    file_page(work, "graph", lay_out)


class _Graph:
    """One window on a graph."""

    def __init__(self, session: Session, path: PathPage) -> None:
        self.session = session
        self.path = path
        self.found: dict[str, Any] | None = None
        self.names: dict[str, str] = {}
        self.outcomes: list[str] | None = None
        self.opened: list[str] | None = None
        self.concept = "SEQ"
        self.parties: list[str] | None = None
        self.holding_only = False
        self.least: float | None = None
        self.least_chosen = False
        self.least_field: RangeField | None = None
        self.places: list[str | None] = [_NOW, None]
        self.course: Mapping[str, Any] | None = None
        self.asking = 0
        self.fault: Mapping[str, Any] | None = None

    # The picture -------------------------------------------------------------------------------

    def lay_out(self) -> None:
        """The filters, the graph, and what its colours mean."""
        self.view: GraphView
        with ui.element("section").classes("panel").props('aria-label="Graph"'):
            with ui.row().classes("items-center w-full"):
                ui.label("Graph").classes("section-title").props('role="heading" aria-level="2"')
                self.busy = ui.spinner(size="1.2rem").props('aria-label="Computing"')
                ui.space()
                for icon, label, act in (
                    ("zoom_in", "Larger", lambda: self.view.run_method("larger")),
                    ("zoom_out", "Smaller", lambda: self.view.run_method("smaller")),
                    ("fit_screen", "All of it", lambda: self.view.run_method("fit")),
                ):
                    button = ui.button(icon=icon, on_click=act).props("flat round dense")
                    labelled(button, label).tooltip(label)
                ui.button(
                    "SVG", icon="download", on_click=lambda: self.view.run_method("svg")
                ).props("outline dense no-caps")
                ui.button(
                    "PNG", icon="download", on_click=lambda: self.view.run_method("png")
                ).props("outline dense no-caps")
            self.filters = ui.element("div").classes("graph-filters")
            self.told = ui.label().classes("quiet").props('role="status"')
            self.wrong = ui.element("div")
            stem = self.session.opened.name.rpartition(".")[0]
            self.view = GraphView(stem, self._press, self.turn)
            self.legend = ui.element("div").classes("legend")

    async def refresh(self) -> None:
        """Compute the graph anew, for the dispute as it stands."""
        self.asking += 1
        this = self.asking
        self.busy.set_visibility(True)
        try:
            found = await self.session.compute(
                "regions", outcomes=self.outcomes, opened=self.opened, concept=self.concept
            )
        except Failed as error:
            if this == self.asking:
                self.busy.set_visibility(False)
                self.fault = error.details
                self.told.set_text("")
                self.wrong.clear()
                with self.wrong:
                    show_fault(self.session, error.details, "There is no graph.")
                self.way.refresh()
            return
        self.fault = None
        if this != self.asking:
            return
        self.wrong.clear()
        self.busy.set_visibility(False)
        entries = self.session.document["parties"]
        names = {key: str((entry or {}).get("name", key)) for key, entry in entries.items()}
        first = self.found is None or names != self.names
        self.found, self.names = found, names
        if self.opened is None:
            self.opened = [one["id"] for one in found["regions"] if one["opened"]]
        there = {one["id"] for one in (*found["regions"], *found["states"])} | {_NOW, None}
        self.places = [place if place in there else None for place in self.places]
        if not self.least_chosen:
            self.least = usual_least(found["flows"])
            if self.least_field is not None:
                self.least_field.put(self.least)
        if first:
            self.parties = list(names)
            self._filters()
        self.draw()

    def draw(self) -> None:
        """Draw what is there, by the filters."""
        found = self.found
        if found is None:
            return
        least = LEAST_FLOWS[0] if self.least is None else self.least
        graph = drawn_graph(
            found,
            self.names,
            parties=self.parties or (),
            least=least,
            holding_only=self.holding_only,
            way=self._way_nodes(),
        )
        words = self._in_words(len(graph["edges"]))
        self.told.set_text(words)
        self.view.show(graph, words)
        self._legend()
        self.way.refresh()
        self.tables.refresh()

    def _in_words(self, arrows: int) -> str:
        found = self.found
        assert found is not None
        likely = max(found["regions"], key=lambda one: one["chance"])
        text = (
            f"{len(found['regions'])} regions, {arrows} arrows. After {found['steps']} steps play "
            f"is likeliest in “{likely['name']}” ({percentage(likely['chance'])}). An arrow is as "
            "thick as a party's expected number of moves from one region into another."
        )
        if found["suggested"]:
            text += (
                " The dispute names no outcomes, so the regions are patterns of what can hold; the "
                "form suggests these as outcomes."
            )
        if found["covered"]:
            text += f" Drawn inside others: {', '.join(found['covered'])}."
        return text

    def _legend(self) -> None:
        self.legend.clear()
        with self.legend:
            for number, name in enumerate(self.names.values()):
                _key(colour_of(number), f"moves of {name}")
            _key("#006b50", "something in it can hold", large=True)
            _key("#4f6172", "nothing in it can hold", large=True)
            _key("#e69f00", "border: play is here now", large=True)

    def _filters(self) -> None:
        found = self.found
        assert found is not None
        self.filters.clear()
        with self.filters:
            outcomes = self.session.document.get("outcomes") or {}
            if outcomes:
                named = {
                    str(key): str(one.get("name", key)) if isinstance(one, Mapping) else str(key)
                    for key, one in outcomes.items()
                }
                self._several("Outcomes", named, list(named), self._choose_outcomes)
            self._several("Parties", self.names, list(self.names), self._choose_parties)
            concepts = ui.select(
                list(usual_concepts()),
                label="Holds under",
                value=self.concept,
                on_change=lambda event: self._choose_concept(str(event.value)),
            )
            labelled(concepts.props("outlined dense").classes("field"), "Holds under")
            ui.switch("Only what can hold", value=self.holding_only, on_change=self._only_holding)
            assert self.least is not None
            self.least_field = RangeField(
                "Arrows from so many expected moves on",
                LEAST_FLOWS,
                [f"{one:g}" for one in LEAST_FLOWS],
                self.least,
                self._choose_least,
            )

    def _several(self, label: str, choices: dict[str, str], value: list[str], act: Any) -> None:
        select = ui.select(
            choices,
            label=label,
            value=value,
            multiple=True,
            on_change=lambda event: act(event.value),
        )
        labelled(select.props("outlined dense options-dense").classes("field one-line"), label)

    async def _choose_outcomes(self, chosen: list[str]) -> None:
        self.outcomes, self.opened, self.course = list(chosen), [], None
        await self.refresh()

    def _choose_parties(self, chosen: list[str]) -> None:
        self.parties = list(chosen)
        self.draw()

    async def _choose_concept(self, concept: str) -> None:
        self.concept = concept
        await self.refresh()

    def _only_holding(self, event: Any) -> None:
        self.holding_only = bool(event.value)
        self.draw()

    def _choose_least(self, least: float) -> None:
        self.least, self.least_chosen = least, True
        self.draw()

    async def turn(self, region: str) -> None:
        """Show a region state by state, or as one again."""
        opened = self.opened or []
        without = [one for one in opened if one != region]
        self.opened = without if region in opened else [*opened, region]
        await self.refresh()

    async def _press(self, start: str | None, end: str) -> None:
        """A node is pressed, or dragged to from another one: the path goes on there."""
        numbers = [_number(start), _number(end)]
        if numbers[1] is not None:
            await self.path.extend(numbers[0], numbers[1])
        elif self.found is not None:
            self.places = [start or self.places[0], end.removesuffix("-others")]
            self.course = None
            self.way.refresh()

    # Ways --------------------------------------------------------------------------------------

    def _places(self) -> dict[str, str]:
        assert self.found is not None
        places = {_NOW: "where play is now"}
        places |= {one["id"]: one["name"] for one in self.found["regions"]}
        places |= {
            one["id"]: f"state {one['number']}: {one['label']}" for one in self.found["states"]
        }
        return places

    @ui.refreshable_method
    def way(self) -> None:
        """The search of a way from one place of the graph to another."""
        with ui.element("section").classes("panel").props('aria-label="Ways"'):
            ui.label("Find a way").classes("section-title").props('role="heading" aria-level="2"')
            if self.found is None:
                waits = "The graph is being computed."
                if self.fault is not None:
                    waits = "There is no graph in which to find a way."
                ui.label(waits).classes("quiet")
                return
            places = self._places()
            for number, label in enumerate(("From", "To")):

                def choose(event: Any, number: int = number) -> None:
                    self.places[number] = event.value
                    self.course = None

                select = ui.select(
                    places,
                    label=label,
                    value=self.places[number],
                    on_change=choose,
                    with_input=True,
                )
                labelled(select.props("outlined dense").classes("field"), label)
            ui.button("Find the likeliest way", on_click=self.search).props("outline no-caps")
            if self.course is not None:
                self._told_course(self.course)

    def _told_course(self, course: Mapping[str, Any]) -> None:
        assert self.found is not None
        names = {one["id"]: one["name"] for one in self.found["regions"]}
        with ui.element("div").props('role="status"'):
            if course["there"]:
                ui.label("It is there already.")
                return
            if not course["moves"]:
                ui.label("No way was found among the likeliest few thousand states.")
                return
            chance = percentage(course["probability"])
            ui.label(
                f"The likeliest way begins in state {course['start']} "
                f"({names[course['region']]}). It leaves out turns in which nobody moves. The "
                f"chance that the first moves are exactly these is {chance}."
            )
        with ui.element("ol").classes("path"):
            for move in course["moves"]:
                with ui.element("li"):
                    ui.label(
                        f"{self.names[move['party']]}: {move['words']} "
                        f"({percentage(move['chance'])} of the moves from there)"
                    )
                    ui.label(f"State {move['state']}, {names[move['region']]}").classes("quiet")
        ui.button("Go this way in the path", on_click=self._follow).props("flat dense no-caps")

    async def _follow(self) -> None:
        assert self.course is not None
        self.path.states = [self.course["start"], *(one["state"] for one in self.course["moves"])]
        await self.path.refresh()

    async def search(self) -> None:
        """Find the likeliest way between the places that are chosen."""
        start, end = self.places
        if end is None or end == _NOW:
            self.session.tell("Choose where the way is to lead.")
            return
        try:
            self.course = await self.session.compute(
                "course",
                outcomes=self.outcomes,
                concept=self.concept,
                start=None if start in (None, _NOW) else start,
                end=end,
            )
        except Failed as error:
            self.session.tell(str(error.details["message"]))
            return
        self.draw()

    def _way_nodes(self) -> list[str]:
        """The nodes that the way goes through, as the graph is drawn now."""
        if self.course is None or self.found is None:
            return []
        drawn = {one["id"] for one in self.found["states"]}
        opened = {one["id"] for one in self.found["regions"] if one["opened"]}
        nodes: list[str] = []
        for state, region in [
            (self.course["start"], self.course["region"]),
            *((one["state"], one["region"]) for one in self.course["moves"]),
        ]:
            node = f"s{state}"
            if node not in drawn:
                node = f"{region}-others" if region in opened else region
            if nodes[-1:] != [node]:
                nodes.append(node)
        return nodes

    # The same as tables ------------------------------------------------------------------------

    @ui.refreshable_method
    def tables(self) -> None:
        """All that is drawn, in words and numbers."""
        found = self.found
        if found is None:
            return
        with ui.element("section").classes("panel").props('aria-label="Regions"'):
            ui.label("The same as a table").classes("section-title").props(
                'role="heading" aria-level="2"'
            )
            with ui.element("ul").classes("nested regions"):
                for region in found["regions"]:
                    with ui.element("li"), ui.row().classes("items-center no-wrap w-full"):
                        ui.label(region_words(region, found)).classes("grow")
                        self._region_button(region)
            if found["suggested"]:
                ui.link("Name outcomes in the form", address(self.session.opened.name))
            with ui.element("details"):
                with ui.element("summary"):
                    ui.label("Flows, and states that are drawn")
                self._flow_table(found)
                self._state_list(found)

    def _region_button(self, region: Mapping[str, Any]) -> None:
        key = str(region["id"])
        text, label = ("Close", "Close") if region["opened"] else ("Open", "Show the states of")
        button = ui.button(text, on_click=lambda: self.turn(key)).props("flat dense no-caps")
        labelled(
            button,
            f"{text}: {label} {region['name']}" if text != label else f"{text}: {region['name']}",
        )

    def _flow_table(self, found: Mapping[str, Any]) -> None:
        called = self._places()
        called |= {f"{one['id']}-others": f"others of {one['name']}" for one in found["regions"]}
        rows = sorted(
            (one for one in found["flows"] if one["party"] in (self.parties or ())),
            key=lambda one: -one["moves"],
        )[:_MOST_FLOWS]
        told = []
        for one in rows:
            ends = [called[one["source"]], called[one["target"]]]
            told.append(text_row([*ends, self.names[one["party"]], flow_words(one["moves"])]))
        scroll = ui.element("div").classes("scroll")
        with scroll.props('role="region" aria-label="Flows" tabindex="0"'):
            heads = column_heads(("From", "To", "Party", "Expected moves"))
            Sheet(heads, told).classes("found")

    def _state_list(self, found: Mapping[str, Any]) -> None:
        # As a whole: an element for each would keep the loop that serves the pages busy.
        numbers = [(int(one["number"]), str(one["words"])) for one in found["states"]]
        moves = [ShownMove(f"State {number}: {words}", number) for number, words in numbers]
        MoveButtons(moves, "Let the path go on to state", self._go)

    async def _go(self, number: int) -> None:
        await self.path.extend(None, number)


def _number(node: str | None) -> int | None:
    """The number of the state that a node is; None for a region."""
    number = (node or "").removeprefix("s")
    return int(number) if node and number != node and number.isdigit() else None


def _key(colour: str, text: str, *, large: bool = False) -> None:
    with ui.element("span").classes("key"):
        swatch = ui.element("span").classes("swatch")
        if large:
            swatch.classes("large")
        styled(swatch, "background", colour)
        ui.label(text)
