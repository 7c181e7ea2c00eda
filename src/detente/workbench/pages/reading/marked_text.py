"""The text of a report, with marks on what is proposed from it and on what rests on it."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement

from detente.workbench.pages.reading.state import ReadingSession

__all__ = ["MarkedText"]

# More sentences than this are shown in parts: a browser holds an element for each.
_MOST_SENTENCES = 300

Place = tuple[int, int]


class MarkedText:
    """The text on a page; see :class:`detente.workbench.pages.reading.state.ReadingSession`."""

    def __init__(self, reading: ReadingSession) -> None:
        self.reading = reading
        self._marks: dict[Place, TextElement] = {}
        self._shown: dict[Place, frozenset[str]] = {}
        self._part = 0
        reading.on_report.append(self._another)
        reading.on_change.append(self.update)

    def _another(self) -> None:
        self._part = 0
        self.lay_out.refresh()

    @ui.refreshable_method
    def lay_out(self) -> None:
        """Lay out the part of the text in which the proposal that is shown stands."""
        self._marks, self._shown = {}, {}
        parts = self._parts()
        if not parts:
            return
        proposed: dict[Place, int] = {}
        for number, one in enumerate(self.reading.proposals):
            proposed.setdefault(_place(one["at"]), number)
        if len(parts) > 1:
            ui.label(f"Part {self._part + 1} of {len(parts)}").classes("quiet")
        for number, group in groupby(parts[self._part], lambda one: one["at"][0]):
            with ui.element("div").classes("paragraph"):
                ui.label(str(number)).classes("locator mono").props('aria-hidden="true"')
                with ui.element("p"):
                    for sentence in group:
                        self._sentence(sentence, proposed.get(tuple(sentence["at"])))

    def _sentence(self, sentence: dict[str, Any], number: int | None) -> None:
        element = TextElement(
            tag="span" if number is None else "mark", text=f"{sentence['text']} "
        ).classes("passage")
        if number is not None:
            element.on("click", lambda: self.reading.go(number))
        self._marks[_place(sentence["at"])] = element

    def _parts(self) -> list[list[dict[str, Any]]]:
        """The sentences in parts, each of whole paragraphs."""
        parts: list[list[dict[str, Any]]] = []
        for _, group in groupby(self.reading.sentences, lambda one: one["at"][0]):
            paragraph = list(group)
            if not parts or len(parts[-1]) + len(paragraph) > _MOST_SENTENCES:
                parts.append([])
            parts[-1] += paragraph
        return parts

    def update(self) -> None:
        """Mark the text as things stand."""
        reading = self.reading
        if reading.proposal is None or reading.now is None:
            return
        here = _place(reading.proposal["at"])
        if here not in self._marks:
            for number, part in enumerate(self._parts()):
                if any(_place(one["at"]) == here for one in part):
                    self._part = number
            self.lay_out.refresh()
        cited = {_place(at) for at in reading.now["cited"]}
        waiting = {
            _place(one["at"])
            for number, one in enumerate(reading.proposals)
            if reading.status(number) == "open"
        }
        for place, element in self._marks.items():
            marks = frozenset(
                name
                for name, so in (
                    ("waits", place in waiting),
                    ("rests", place in cited),
                    ("now", place == here),
                )
                if so
            )
            before = self._shown.get(place, frozenset())
            if marks == before:
                continue
            self._shown[place] = marks
            _set(element, marks)
            if "now" in marks - before:
                element.run_method("scrollIntoView", {"block": "nearest"})


def _set(element: TextElement, marks: frozenset[str]) -> None:
    element.classes("waits") if "waits" in marks else element.classes(remove="waits")
    element.classes("rests") if "rests" in marks else element.classes(remove="rests")
    element.classes("now") if "now" in marks else element.classes(remove="now")


def _place(at: Any) -> Place:
    if isinstance(at, dict):
        return at["paragraph"], at["sentence"]
    return at[0], at[1]
