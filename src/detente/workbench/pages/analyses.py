"""The page of questions: each analysis of the registry, asked by a form from its declaration."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode

from nicegui import background_tasks, ui
from starlette.datastructures import QueryParams

from detente.analyses.declaration import Declaration
from detente.analyses.parameters import Parameter, parameters_of
from detente.analyses.registry import all_analyses, analysis_named
from detente.dispute.errors import DetenteError
from detente.workbench.addresses import address, prefix_of
from detente.workbench.declared_tasks import command_line
from detente.workbench.pages.answer_downloads import AnswerDownloads
from detente.workbench.pages.arrival import file_page
from detente.workbench.pages.blocks import show_blocks
from detente.workbench.pages.faults import show_fault
from detente.workbench.pages.form_dialogs import form_acts
from detente.workbench.pages.question_fields import question_field
from detente.workbench.pages.session import Session
from detente.workbench.pages.words import show_words
from detente.workbench.progress import Standing
from detente.workbench.services import Services

__all__ = ["add"]

_LOOK_EVERY = 0.5


def add(work: Services) -> None:
    """Make the page."""

    def lay_out(session: Session) -> None:
        _Asking(session, ui.context.client.request.query_params).lay_out()

    file_page(work, "analyses", lay_out)


class _Asking:
    """One window's question and its answer."""

    def __init__(self, session: Session, asked: QueryParams) -> None:
        self.session = session
        self.prefix = prefix_of(ui.context.client.request.headers)
        self.acts = form_acts(session)
        self.values: dict[str, Any] = {}
        self.found: Mapping[str, Any] | None = None
        self.cancelled = False
        # Somebody has cancelled it, and it ends with what it has found.
        self.ending = False
        self.known = ""
        self.fault: Mapping[str, Any] | None = None
        self.of_question = False
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
                given = asked.getlist(one.name) if one.asked.repeated else asked[one.name]
                self.values[one.name] = _typed(one, given)

    def parameters(self) -> list[Parameter]:
        """The parameters that a page asks for."""
        return [one for one in parameters_of(self.declaration.parameters) if one.asked.served]

    def lay_out(self) -> None:
        """The question on the left, the answer on the right."""
        with ui.element("div").classes("two asking"):
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
        if self.lacks is None and (
            self.values or not any(one.required for one in self.parameters())
        ):
            self.start()

    def choose(self, name: str) -> None:
        """Ask another question."""
        self.stop()
        self.declaration = analysis_named(name)
        self.values, self.found, self.fault, self.cancelled = {}, None, None, False
        self.form.refresh()
        self.answer.refresh()

    @ui.refreshable_method
    def form(self) -> None:
        """A field for each parameter."""
        with ui.element("div").classes("quiet"):
            show_words(self.declaration.about)
        rare = [one for one in self.parameters() if one.asked.rare]
        for one in self.parameters():
            if not one.asked.rare:
                self.field(one)
        if rare:
            # What somebody has set stays in view.
            opened = any(one.name in self.values for one in rare)
            with ui.expansion("More", value=opened).classes("folded").props("dense"):
                for one in rare:
                    self.field(one)
        with ui.row():
            ui.button("Answer", color=None, on_click=self.start).classes("filled").props(
                "unelevated"
            )
            ui.button("Cancel", on_click=self.cancel).props("outline")
        ui.label("The same on the command line:").classes("quiet")
        line = command_line(self.declaration, self.session.opened.name, self.values)
        ui.label(line).classes("mono")
        ui.link("Address of this answer", self.own_address())

    def field(self, one: Parameter) -> None:
        """The field of a parameter."""
        question_field(
            self.session,
            self.acts,
            one,
            self.values.get(one.name, one.default),
            partial(self.keep, one),
            self.start,
        )

    def own_address(self) -> str:
        """What opens this question and its answer again."""
        texts = _texts(self.parameters(), self.values)
        query = urlencode({"analysis": self.declaration.path, **texts}, doseq=True)
        return address(self.session.opened.name, f"analyses?{query}")

    def keep(self, one: Parameter, given: Any) -> None:
        """Keep what a field has."""
        self.values[one.name] = _typed(one, given)

    def start(self) -> None:
        """Work the answer out in another process."""
        self.stop()
        self.found, self.fault, self.cancelled, self.known = None, None, False, ""
        self.standing = Standing()
        self.running = background_tasks.create(self.compute(), context=ui.context.client)
        # Loading the page again, and going back to it, shows this answer again.
        ui.navigate.history.replace(self.prefix + self.own_address())
        self.form.refresh()
        self.answer.refresh()

    def cancel(self) -> None:
        """End what is being worked out with what has been found; if pressed again, at once."""
        if self.running is None or self.ending:
            self.stop()
        elif self.session.work.workers.interrupt(self.standing.tell):
            self.ending = True
            self.stand()
        else:
            self.stop()

    def stop(self) -> None:
        """End what is being worked out at once."""
        self.ending = False
        if self.running is not None:
            self.running.cancel()
            self.running, self.cancelled = None, True
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
            self.fail(error)
        self.running = None
        self.answer.refresh()

    def fail(self, error: DetenteError) -> None:
        """Keep why there is no answer: it was cancelled, or something is wrong."""
        kind = getattr(error, "kind", "")
        if kind == "interrupted" or (self.ending and kind == "fault"):
            self.cancelled = True
            self.known = error.message if kind == "interrupted" else ""
            return
        # Of workers there is more to tell: the line of the file, and what is near.
        details = getattr(error, "details", {"message": error.message, "key": error.key})
        called = {one.name: one.label for one in self.parameters()}
        self.of_question = details.get("key") in called
        self.fault = {**details, "key": called.get(str(details.get("key")), details.get("key"))}

    @ui.refreshable_method
    def answer(self) -> None:
        """The answer, what hinders it, or that it is being worked out."""
        if self.running is not None:
            with ui.row().classes("items-center").props('role="status"'):
                ui.spinner(size="1.4rem").props('aria-hidden="true"')
                self.said = ui.label(self.standing_in_words())
            return
        if self.fault is not None:
            self.hindered(self.fault)
            return
        if self.found is None and self.lacks is not None:
            self.nothing_to_answer(self.lacks)
            return
        if self.found is None:
            begin = "Fill in the question at the left, and press Answer."
            if self.cancelled:
                begin = "This was cancelled before there was an answer. Answer begins it again."
            if self.known:
                begin += f" This was known by then: {self.known}."
            ui.label(begin).classes("quiet").props('role="status"')
            return
        if self.found["partial"]:
            ended = "You cancelled the work." if self.ending else "The work ended early."
            kept = self.found["left_out"] or "This is what had been found by then."
            ui.label(f"{ended} {kept}").classes("unsaved").props('role="status"')
        AnswerDownloads(
            self.session,
            self.declaration,
            _plain(self.values),
            self.found["blocks"],
            self.found["document"],
        ).lay_out()
        show_blocks(self.found["blocks"])

    def hindered(self, fault: Mapping[str, Any]) -> None:
        """Say why there is no answer, and where it can be put right."""
        show_fault(
            self.session, fault, "There is no answer to this question.", marked=self.of_question
        )
        if not fault.get("line"):
            ui.label("Change the question at the left, and press Answer again.").classes("quiet")
            ui.link("Or change the dispute in the form", address(self.session.opened.name))

    @property
    def lacks(self) -> str | None:
        """What the dispute would have to have for an answer; None where it has it."""
        needs, document = self.declaration.needs, self.session.document
        if needs is None or not isinstance(document, Mapping) or document.get(needs):
            return None
        return needs

    def nothing_to_answer(self, needs: str) -> None:
        """Say what the dispute has none of yet, and where to give it."""
        name = self.session.opened.name
        with ui.element("div").classes("empty"):
            ui.icon("help_outline", size="2rem").props('aria-hidden="true"')
            with ui.element("div").classes("form-column"):
                ui.label(
                    f"This question is about {needs}, and the dispute has no {needs} yet. "
                    f"Once it has, ask again."
                )
                if needs == "roadmaps":
                    ui.link("Build a roadmap, stage by stage", address(name, "roadmap"))
                else:
                    ui.link(f"Add {needs} in the form", address(name))

    def stand(self) -> None:
        """Say how the work stands: how many come before, or how much of it is done."""
        if self.running is None or self.said is None or self.said.is_deleted:
            return
        self.said.set_text(self.standing_in_words())

    def standing_in_words(self) -> str:
        """How the work stands, in a sentence or two."""
        if self.ending:
            return "It is being ended. What has been found follows in a moment."
        ahead = self.session.work.workers.ahead_of(self.standing.tell)
        if ahead is not None:
            return f"Waiting for a free place: {ahead} come before. Cancel ends it."
        if self.standing.share is None:
            return "Working on it. Cancel ends it, and what has been found by then is shown."
        done = f"{self.standing.what} ({self.standing.share:.0%} done)"
        return f"{done}. Cancel ends it, and what has been found by then is shown."


def _typed(one: Parameter, given: Any) -> Any:
    """A value as the parameter has it, from what a field or an address gives."""
    if one.type is bool:
        return given in (True, "True", "true", "1", "yes")
    if given is None or given == "":
        return None
    if isinstance(given, list | tuple):
        return tuple(given)
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


def _texts(
    parameters: Sequence[Parameter], values: Mapping[str, Any]
) -> dict[str, str | list[str]]:
    """Values as an address has them; those of what may be repeated each by itself."""
    found: dict[str, str | list[str]] = {}
    for one in parameters:
        value = values.get(one.name)
        if value is None or value == ():
            continue
        if not isinstance(value, tuple):
            found[one.name] = str(value)
        elif one.asked.repeated:
            found[one.name] = [str(each) for each in value]
        else:
            found[one.name] = ",".join(map(str, value))
    return found
