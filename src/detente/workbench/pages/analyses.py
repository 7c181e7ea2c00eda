"""The page of questions: each analysis of the registry, asked by a form from its declaration."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from nicegui import background_tasks, ui

from detente.analyses.declaration import Declaration
from detente.analyses.parameters import Parameter, parameters_of
from detente.analyses.registry import all_analyses, analysis_named
from detente.dispute.errors import DetenteError
from detente.workbench.declared_tasks import command_line
from detente.workbench.pages.answer_downloads import AnswerDownloads
from detente.workbench.pages.arrival import file_page
from detente.workbench.pages.blocks import show_blocks
from detente.workbench.pages.elements import labelled
from detente.workbench.pages.frame import address
from detente.workbench.pages.session import Session
from detente.workbench.pages.terms import explain_term
from detente.workbench.progress import Standing
from detente.workbench.services import Services

__all__ = ["add"]

_LOOK_EVERY = 0.5


def add(work: Services) -> None:
    """Make the page."""

    def lay_out(session: Session) -> None:
        asked = dict(ui.context.client.request.query_params)
        _Asking(session, asked).lay_out()

    file_page(work, "analyses", lay_out)


class _Asking:
    """One window's question and its answer."""

    def __init__(self, session: Session, asked: Mapping[str, str]) -> None:
        self.session = session
        self.values: dict[str, Any] = {}
        self.found: Mapping[str, Any] | None = None
        self.fault: str | None = None
        self.running: asyncio.Task[None] | None = None
        self.standing = Standing()
        self.said: ui.label | None = None
        self.declaration: Declaration
        try:
            self.declaration = analysis_named(asked.get("analysis", ""))
        except DetenteError:
            self.declaration = all_analyses()[0]
        for one in self.parameters():
            if one.name in asked:
                self.values[one.name] = _typed(one, asked[one.name])

    def parameters(self) -> list[Parameter]:
        """The parameters that a page asks for."""
        return [one for one in parameters_of(self.declaration.parameters) if one.asked.served]

    def lay_out(self) -> None:
        """The question on the left, the answer on the right."""
        with ui.element("div").classes("two"):
            with ui.element("section").classes("panel").props('aria-label="Question"'):
                questions = {one.name: one.question for one in all_analyses()}
                ui.select(
                    questions,
                    value=self.declaration.name,
                    label="Question",
                    on_change=lambda event: self.choose(str(event.value)),
                ).props("outlined").classes("field")
                self.form()
            with ui.element("section").classes("panel").props('aria-label="Answer"'):
                self.answer()
        ui.timer(_LOOK_EVERY, self.stand)
        if self.values or not any(one.required for one in self.parameters()):
            self.start()

    def choose(self, name: str) -> None:
        """Ask another question."""
        self.stop()
        self.declaration = analysis_named(name)
        self.values, self.found, self.fault = {}, None, None
        self.form.refresh()
        self.answer.refresh()

    @ui.refreshable_method
    def form(self) -> None:
        """A field for each parameter."""
        ui.label(self.declaration.about).classes("quiet")
        for one in self.parameters():
            self.field(one)
        with ui.row():
            ui.button("Answer", color=None, on_click=self.start).classes("filled").props(
                "unelevated"
            )
            ui.button("Cancel", on_click=self.stop).props("outline")
        ui.label("The same on the command line:").classes("quiet")
        line = command_line(self.declaration, self.session.opened.name, self.values)
        ui.label(line).classes("mono")
        query = urlencode({"analysis": self.declaration.path, **_texts(self.values)})
        ui.link("Address of this answer", address(self.session.opened.name, f"analyses?{query}"))

    def field(self, one: Parameter) -> None:
        """A field that suits a parameter."""
        value = self.values.get(one.name, one.default)
        name = one.name.replace("_", " ").capitalize()

        def keep(given: Any) -> None:
            self.values[one.name] = _typed(one, given)

        if one.type is bool:
            box = ui.checkbox(name, value=bool(value), on_change=lambda event: keep(event.value))
            box.tooltip(one.help)
            return
        offered = self.offered(one)
        if offered and not one.listed:
            shown = value if value in offered else None
            field: Any = ui.select(
                offered, value=shown, label=name, on_change=lambda event: keep(event.value)
            )
        else:
            text = ", ".join(map(str, value)) if one.listed else "" if value is None else str(value)
            field = ui.input(name, value=text, on_change=lambda event: keep(event.value))
            field.on("keydown.enter", self.start)
        labelled(field.props("outlined dense").classes("field"), f"{name}: {one.help}")
        with ui.element("div").classes("quiet with-help"):
            ui.label(one.help)
            explain_term(one.name)

    def offered(self, one: Parameter) -> list[str]:
        """What there is in the dispute that a parameter can name."""
        if one.choices:
            return list(one.choices)
        document = self.session.document
        if not isinstance(document, Mapping):
            return []
        part = document.get({"party": "parties", "roadmap": "roadmaps"}.get(one.asked.kind, ""))
        return [str(name) for name in part] if isinstance(part, Mapping) else []

    def start(self) -> None:
        """Work the answer out in another process."""
        self.stop()
        self.found, self.fault = None, None
        self.standing = Standing()
        self.running = background_tasks.create(self.compute(), context=ui.context.client)
        self.form.refresh()
        self.answer.refresh()

    def stop(self) -> None:
        """End what is being worked out."""
        if self.running is not None:
            self.running.cancel()
            self.running = None
            self.answer.refresh()

    async def compute(self) -> None:
        """Fetch the answer and show it."""
        try:
            self.found = await self.session.compute(
                "shown",
                tell=self.standing.tell,
                name=self.declaration.name,
                parameters=_plain(self.values),
            )
        except DetenteError as error:
            where = f"{error.key}: " if error.key else ""
            self.fault = where + error.message
        self.running = None
        self.answer.refresh()

    @ui.refreshable_method
    def answer(self) -> None:
        """The answer, what hinders it, or that it is being worked out."""
        if self.running is not None:
            with ui.row().classes("items-center").props('role="status"'):
                ui.spinner(size="1.4rem").props('aria-hidden="true"')
                self.said = ui.label(_standing_in_words(self.session, self.standing))
            return
        if self.fault is not None:
            ui.label(self.fault).classes("unsaved").props('role="alert"')
            return
        if self.found is None:
            ui.label("Fill in the question at the left and press Answer.").classes("quiet")
            return
        if self.found["partial"]:
            ui.label("The work ended early. This is what had been found by then.").classes(
                "unsaved"
            )
        show_blocks(self.found["blocks"])
        AnswerDownloads(
            self.session, self.declaration, _plain(self.values), self.found["blocks"]
        ).lay_out()

    def stand(self) -> None:
        """Say how the work stands: how many come before, or how much of it is done."""
        if self.running is None or self.said is None or self.said.is_deleted:
            return
        self.said.set_text(_standing_in_words(self.session, self.standing))


def _standing_in_words(session: Session, standing: Standing) -> str:
    ahead = session.work.workers.ahead_of(standing.tell)
    if ahead is not None:
        return f"Waiting for a free place: {ahead} come before. Cancel ends it."
    if standing.share is None:
        return "Working on it. Cancel ends it."
    return f"{standing.what} ({standing.share:.0%} done). Cancel ends it."


def _typed(one: Parameter, given: Any) -> Any:
    """A value as the parameter has it, from what a field or an address gives."""
    if one.type is bool:
        return given in (True, "True", "true", "1", "yes")
    if given is None or given == "":
        return None
    if one.listed:
        divide = [given] if one.asked.repeated else one.divided(str(given))
        return tuple(_number(one, part) for part in divide)
    return _number(one, given)


def _number(one: Parameter, given: Any) -> Any:
    if one.type not in (int, float):
        return str(given)
    try:
        return one.type(given)
    except ValueError:
        # The check of the parameters says what is wrong.
        return given


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in values.items()
        if value is not None
    }


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
        for name, value in values.items()
        if value is not None
    }
