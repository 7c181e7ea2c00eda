"""The page of roadmaps: built stage by stage, and where each breaks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from nicegui import ui

from detente.changes.references import id_from_name
from detente.files.yaml_text import Trail
from detente.stability.concept_registry import concepts_serving
from detente.workbench.addresses import address
from detente.workbench.edits import Insert, Move, Put, Remove
from detente.workbench.pages.arrival import file_page
from detente.workbench.pages.elements import labelled, marked
from detente.workbench.pages.faults import show_fault
from detente.workbench.pages.session import Session
from detente.workbench.pages.terms import explain_term
from detente.workbench.services import Services
from detente.workbench.workers import Failed

__all__ = ["add"]

_FORESIGHTS = {"roadmap": "where the roadmap ends", "myopic": "what the stage itself brings"}
_CHECKS = ("possible", "willing", "holding")


def add(work: Services) -> None:
    """Make the page."""

    def lay_out(session: Session) -> None:
        builder = _Builder(session)
        builder.lay_out()
        session.rebuild.append(builder.lay_out.refresh)
        session.refresh.append(builder.check)

    file_page(work, "roadmap", lay_out)


class _Builder:
    """The roadmap that one window shows."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.roadmap: str | None = None
        self.concept = "SEQ"
        self.foresight = "roadmap"
        self.found: dict[str, Any] | None = None
        self.fault: Mapping[str, Any] | None = None

    @property
    def roadmaps(self) -> Mapping[str, Any]:
        """The roadmaps of the file."""
        return self.part("roadmaps")

    def part(self, key: str) -> Mapping[str, Any]:
        """A mapping of the document."""
        document = self.session.document
        value = document.get(key) if isinstance(document, Mapping) else None
        return value if isinstance(value, Mapping) else {}

    async def check(self) -> None:
        """Check the roadmap that is chosen."""
        self.found, self.fault = None, None
        if self.stages():
            try:
                self.found = await self.session.compute(
                    "roadmap",
                    roadmap=self.roadmap or "",
                    concept=self.concept,
                    foresight=self.foresight,
                )
            except Failed as error:
                self.fault = error.details
        self.show.refresh()

    def trail(self) -> Trail:
        """Where the stages of the roadmap stand."""
        assert self.roadmap is not None
        entry = self.roadmaps[self.roadmap]
        at: Trail = ("roadmaps", self.roadmap)
        return (*at, "stages") if isinstance(entry, Mapping) else at

    def stages(self) -> list[Any]:
        """The stages of the roadmap as they stand in the file."""
        entry = self.roadmaps.get(self.roadmap or "")
        stages = entry.get("stages") if isinstance(entry, Mapping) else entry
        return stages if isinstance(stages, list) else []

    @ui.refreshable_method
    def lay_out(self) -> None:
        """Show the roadmap, what can be added to it, and where it breaks."""
        if self.roadmap not in self.roadmaps:
            self.roadmap = next(iter(self.roadmaps), None)
        if not isinstance(self.session.document, Mapping):
            with ui.element("div").classes("empty"):
                ui.label("This file cannot be read, so it has no roadmaps to show.")
                ui.link("See what is wrong in the form", address(self.session.opened.name))
            return
        self._choice()
        if self.roadmap is None:
            with ui.element("div").classes("empty"):
                text = "This dispute has no roadmap yet."
                if not self.session.looks_only:
                    text += (
                        " Give one a name above, then add its stages: each is a package, or a "
                        "move of one party."
                    )
                ui.label(text)
            return
        self.show()
        if not self.session.looks_only:
            self._new_stage()

    @ui.refreshable_method
    def show(self) -> None:
        """Show the stages, and where the roadmap breaks; fields are left alone."""
        self._verdict()
        with ui.element("ol").classes("stages"):
            stages = self.stages()
            for number, stage in enumerate(stages):
                self._stage(number, stage if isinstance(stage, Mapping) else {}, len(stages))

    def _choice(self) -> None:
        if self.session.looks_only and not self.roadmaps:
            return
        with ui.element("section").classes("panel").props('aria-label="Roadmap"'):
            with ui.row().classes("items-start w-full"):
                if self.roadmaps:
                    names = {
                        key: str(entry.get("name", key)) if isinstance(entry, Mapping) else key
                        for key, entry in self.roadmaps.items()
                    }
                    shown = self.roadmap if self.roadmap in names else None
                    self._select("Roadmap", names, shown, "roadmap", "grow")
                    self._select(
                        "Stages hold under",
                        list(concepts_serving("deterrence")),
                        self.concept,
                        "concept",
                    )
                    self._select("Parties look at", _FORESIGHTS, self.foresight, "foresight")
            if not self.session.looks_only:
                self._new_roadmap()

    def _new_roadmap(self) -> None:
        with ui.row().classes("adder items-start no-wrap w-full"):
            field = ui.input("New roadmap", placeholder="its name, such as Pause first")
            field.props("outlined dense").classes("grow")

            async def start() -> None:
                name = " ".join(str(field.value or "").split())
                if not name:
                    field.error = "Give the roadmap a name."
                    return
                new = id_from_name(name, self.roadmaps)
                self.roadmap = new
                whole = {"name": name, "stages": []}
                await self.session.edit(Put(("roadmaps", new), whole))

            field.on("keydown.enter", start)
            ui.button(icon="add", on_click=start).props(
                'outline dense aria-label="Add: New roadmap"'
            ).classes("add")

    def _select(
        self, label: str, options: Any, value: Any, attribute: str, width: str = "wider"
    ) -> None:
        async def choose(event: Any) -> None:
            setattr(self, attribute, event.value)
            await self.check()

        select = ui.select(options, value=value, label=label, on_change=choose)
        marked(select.props("outlined dense"), width)

    def _verdict(self) -> None:
        if self.fault:
            show_fault(self.session, self.fault, "The roadmap cannot be checked.")
        elif self.found is not None:
            holds = self.found["holds"]
            with ui.element("div").classes("verdict " + ("holds" if holds else "breaks")):
                ui.icon("check_circle" if holds else "report").props('aria-hidden="true"')
                with ui.element("div").props('role="status"'):
                    # Why it breaks stands at the stage.
                    ui.label(self.found["words"]["verdict"][0])
        elif self.stages():
            ui.spinner()

    def _stage(self, number: int, stage: Mapping[str, Any], count: int) -> None:
        found = None
        if self.found is not None and number < len(self.found["stages"]):
            found = self.found["stages"][number]
        failed = next((check for check in _CHECKS if found and not found[check]), None)
        # Until it is checked a stage neither passes nor fails.
        verdict = () if found is None else ("failed" if failed else "passed",)
        with marked(ui.element("li"), "stage", *verdict):
            with ui.row().classes("items-center no-wrap w-full"):
                ui.label(str(number + 1)).classes("stage-number")
                with ui.element("div").classes("grow"):
                    ui.label(str(stage.get("stage", ""))).classes("card-title")
                    ui.label(self._what(stage)).classes("quiet")
                if not self.session.looks_only:
                    self._changing(number, count)
            if found is None or self.found is None:
                return
            with ui.element("div").classes("checks"):
                passed = True
                for check in _CHECKS:
                    if check == failed:
                        passed = False
                    sign, mark = ("✓", "good") if passed else ("–", "quiet")
                    with ui.element("div").classes("with-help"):
                        said = ui.label(f"✗ {check}" if check == failed else f"{sign} {check}")
                        marked(said, "check", "bad" if check == failed else mark)
                        explain_term(check)
            for line in self.found["words"]["stages"][number]:
                ui.label(line).classes("under-stage")

    def _changing(self, number: int, count: int) -> None:
        trail = self.trail()
        for icon, label, new in (
            ("arrow_upward", "earlier", number - 1),
            ("arrow_downward", "later", number + 1),
        ):
            button = ui.button(icon=icon, on_click=partial(self._move, trail, number, new))
            button.props('flat round dense size="sm"')
            labelled(button, f"Stage {number + 1}: {label}")
            button.set_enabled(0 <= new < count)
        button = ui.button(
            icon="delete_outline", on_click=partial(self._remove, (*trail, number))
        ).props('flat round dense size="sm"')
        labelled(button, f"Remove stage {number + 1}")

    def _what(self, stage: Mapping[str, Any]) -> str:
        if "package" in stage:
            package = self.part("packages").get(stage["package"])
            name = package.get("name") if isinstance(package, Mapping) else None
            return f"Package: {name or stage['package']}"
        move = stage.get("move")
        if isinstance(move, Mapping):
            return "Move: " + ", ".join(f"{key} = {_word(level)}" for key, level in move.items())
        return ""

    async def _move(self, trail: Trail, old: int, new: int) -> None:
        await self.session.edit(Move(trail, old, new))

    async def _remove(self, trail: Trail) -> None:
        await self.session.edit(Remove(trail))

    def _new_stage(self) -> None:
        """A package, or a change of one party's option, becomes the next stage."""
        choices: dict[str, str] = {}
        values: dict[str, dict[str, Any]] = {}
        for key, package in self.part("packages").items():
            name = package.get("name", key) if isinstance(package, Mapping) else key
            choices[f"package {key}"] = f"Package: {name}"
            values[f"package {key}"] = {"stage": str(name), "package": key}
        for party, entry in self.part("parties").items():
            options = entry.get("options") if isinstance(entry, Mapping) else None
            for option, value in (options or {}).items():
                whole = isinstance(value, Mapping)
                name = value.get("name", option) if whole else value
                levels = value.get("levels", ("no", "yes")) if whole else ("no", "yes")
                for level in map(_word, levels):
                    chosen = f"move {party}.{option} {level}"
                    who = entry.get("name", party)
                    choices[chosen] = f"{who}: {name} → {level}"
                    values[chosen] = {
                        "stage": f"{name}: {level}",
                        "move": {f"{party}.{option}": level},
                    }
        with ui.element("section").classes("panel").props('aria-label="Next stage"'):
            ui.label("Next stage").classes("heading").props('role="heading" aria-level="3"')
            with ui.row().classes("items-start no-wrap w-full"):
                select = ui.select(choices, label="A package, or a party's move", with_input=True)
                select.props("outlined dense").classes("grow")

                async def append() -> None:
                    if select.value in values:
                        trail, count = self.trail(), len(self.stages())
                        new = values[select.value]
                        await self.session.edit(Insert(trail, count, new))

                ui.button(icon="add", on_click=append).props(
                    'outline dense aria-label="Add the stage"'
                ).classes("add")


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
