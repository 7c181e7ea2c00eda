"""What buttons of a form do beyond a single edit: each opens a dialog."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from nicegui import ui

from detente.changes.comparisons import ComparisonAnswer, most_questions, next_question
from detente.changes.references import rename_id
from detente.dispute.errors import DetenteError
from detente.files.yaml_text import Trail
from detente.workbench.edits import Move, Put
from detente.workbench.forms.completions import completions
from detente.workbench.forms.sentences import sentences_in
from detente.workbench.forms.surroundings import Surroundings, surroundings
from detente.workbench.pages.elements import labelled
from detente.workbench.pages.form_view import Act
from detente.workbench.pages.reports_at_hand import report_of
from detente.workbench.pages.session import Session

__all__ = ["form_acts"]


def form_acts(session: Session) -> Mapping[str, Act]:
    """What buttons can do, by name."""
    return {
        "rename": partial(_rename, session),
        "build": partial(_build, session),
        "compare": partial(_compare, session),
        "passage": partial(_passage, session),
    }


@contextmanager
def _dialog(session: Session, title: str, *, wide: bool = False) -> Iterator[ui.dialog]:
    """A dialog of the page, whatever becomes of the button that opened it."""
    with session.client, ui.dialog() as dialog, ui.card().classes("dialog") as card:
        if wide:
            card.classes("wide")
        labelled(dialog, title)
        dialog.on("hide", dialog.delete)
        with ui.element("div").classes("form-row"):
            heading = ui.label(title).classes("section-title grow")
            heading.props('role="heading" aria-level="2"')
            close = ui.button(icon="close", on_click=dialog.close).props("flat round dense")
            labelled(close, "Close")
        yield dialog
    dialog.open()


async def _rename(session: Session, given: Mapping[str, Any]) -> None:
    """Give something another id, everywhere at once."""
    kind, name = given["kind"], str(given["name"])
    with _dialog(session, f"Change the id of {given['called']}") as dialog:
        ui.label(
            "The id changes wherever it stands: in formulas, packages, plans and claims."
        ).classes("quiet")
        new = ui.input("New id", value=name.rpartition(".")[2])
        new.props("outlined autofocus").classes("field mono")

        async def rename() -> None:
            wanted = str(new.value or "").strip()
            if await session.edit(partial(_renamed, kind, name, wanted)):
                dialog.close()

        new.on("keydown.enter", rename)
        with ui.row().classes("w-full justify-end"):
            ui.button("Cancel", on_click=dialog.close).props("flat")
            ui.button("Change it", color=None, on_click=rename).classes("filled").props(
                "unelevated"
            )


def _renamed(kind: Any, old: str, new: str, text: str) -> str:
    return rename_id(text, kind, old, new)


# Formulas -----------------------------------------------------------------------------------


async def _build(session: Session, given: Mapping[str, Any]) -> None:
    """Build a formula: a party's option, its level, and how it goes on."""
    around = surroundings(session.document, session.entries)
    party = given.get("party")
    with _dialog(session, "Build a formula", wide=True) as dialog:
        text = ui.input("Formula", value=str(given.get("value") or ""))
        text.props("outlined dense debounce=300").classes("field mono")
        offers = ui.element("div").classes("chips").props('role="group" aria-label="Completions"')
        said = ui.label().classes("explanation").props('role="status"')
        parts = dict(around.choices("option"))
        parts |= {name: f"Outcome: {called}" for name, called in around.choices("outcome")}
        with ui.element("div").classes("form-row"):
            option = ui.select(parts, label="Option or outcome", with_input=True)
            labelled(option.props("outlined dense").classes("grow"), "Option or outcome")
            level = ui.select({}, label="Stands at")
            labelled(level.props("outlined dense").classes("wider"), "Stands at")

        def offer() -> None:
            level.set_options(_levels(around, str(option.value or "")))
            level.set_value(next(iter(level.options), None))

        option.on_value_change(offer)

        async def say() -> None:
            try:
                found = await session.compute("in_words", formula=text.value or "", party=party)
                words = f"{found['words']} ({found['states']:,} of {found['of']:,} states)"
            except DetenteError as error:
                # What is wrong may be something else in the dispute; then the formula is read.
                key = (party, str(text.value or ""))
                read = await asyncio.to_thread(sentences_in, session.document, [key])
                words = read.get(key, error.message)
            said.set_text(words)

        def complete() -> None:
            whole = str(text.value or "")
            offers.clear()
            with offers:
                for name, completed in completions(whole, _names(around, party)):
                    button = ui.button(name, on_click=partial(text.set_value, completed))
                    labelled(button.props("flat dense no-caps"), f"Complete: {name}")

        text.on_value_change(complete)
        text.on_value_change(say)

        def put(before: str) -> None:
            if option.value:
                new = _literal(str(option.value), str(level.value or ""))
                whole = str(text.value or "")
                # What a new outcome begins with says nothing.
                begun = whole not in ("", "true", "false")
                text.set_value(f"{whole} {before} {new}" if begun else new)

        with ui.row():
            for label, word in (
                ("Put it in", "and"),
                ("or", "or"),
                ("if", "if"),
                ("exactly when", "iff"),
            ):
                button = ui.button(label, on_click=partial(put, word)).props(
                    "outline dense no-caps"
                )
                how = "Put it in" if word == "and" else f"Put it in after “{label}”"
                labelled(button, how)
            for label, change in (
                ("not ( … )", lambda: text.set_value(f"not ({text.value})")),
                ("( … )", lambda: text.set_value(f"({text.value})")),
                ("Empty", lambda: text.set_value("")),
            ):
                ui.button(label, on_click=change).props("flat dense no-caps")

        async def take() -> None:
            new = str(text.value or "").strip()
            if "take" in given:
                await given["take"](new)
                dialog.close()
                return
            trail: Trail = given["trail"]
            edit = given["put"](new, None) if "put" in given else Put(trail, new)
            if await session.edit(edit):
                dialog.close()

        with ui.row().classes("w-full justify-end"):
            ui.button("Cancel", on_click=dialog.close).props("flat")
            ui.button("Take it", color=None, on_click=take).classes("filled").props("unelevated")
        if text.value:
            await say()


def _names(around: Surroundings, party: Any) -> dict[str, str]:
    """What a formula can name, with what it is called; own options without their party first."""
    called = {name: around.called("option", name) for name in around.known["option"]}
    own = {
        name.partition(".")[2]: words
        for name, words in called.items()
        if name.startswith(f"{party}.")
    }
    outcomes = {name: around.called("outcome", name) for name in around.known["outcome"]}
    return {**own, **called, **outcomes}


def _levels(around: Any, name: str) -> dict[str, str]:
    if not name:
        return {}
    if name not in around.known["option"]:
        return {"yes": "holds", "no": "does not hold"}
    levels = around.levels(name)
    if levels == ("no", "yes"):
        return {"yes": "chosen", "no": "not chosen"}
    found = {f"= {one}": f"“{one}”" for one in levels}
    found |= {f">= {one}": f"“{one}” or higher" for one in levels[1:-1]}
    return found | {f"<= {one}": f"“{one}” or lower" for one in levels[1:-1]}


def _literal(name: str, level: str) -> str:
    if level == "no":
        return f"not {name}"
    return name if level in ("", "yes") else f"{name} {level}"


# An order of statements ---------------------------------------------------------------------


async def _compare(session: Session, given: Mapping[str, Any]) -> None:
    """Order a party's statements by comparisons of two states."""
    trail: Trail = given["trail"]
    statements = [str(one) for one in given["entries"]]
    seen = session.seen
    party, name = str(trail[1]), str(given["name"])
    with _dialog(session, f"What does {name} prefer?", wide=True) as dialog:
        waits = ui.spinner()
        body = ui.element("div").classes("form-column").props('aria-live="polite"')
    try:
        found = await session.compute("pairs_to_compare", party=party, statements=statements)
    except DetenteError as error:
        with body:
            ui.label(error.message).classes("fault")
        waits.delete()
        return
    waits.delete()
    answers: list[ComparisonAnswer] = []

    def answer(first: int, second: int, goes_first: bool) -> None:
        answers.append(ComparisonAnswer(first, second, goes_first))
        ask()

    def take_back() -> None:
        answers.pop()
        ask()

    async def save(order: tuple[int, ...]) -> None:
        for edit in _moves(trail, order):
            if not await session.edit(edit):
                return
        dialog.close()

    def ask() -> None:
        now = next_question(len(statements), answers)
        while now.question is not None:
            first, second = now.question
            pair = found["pairs"].get(f"{min(now.question)} {max(now.question)}")
            if pair is not None:
                break
            # No two states tell: they stay as they stand.
            answers.append(ComparisonAnswer(first, second, first < second))
            now = next_question(len(statements), answers)
        body.clear()
        with body:
            if now.question is None:
                _settled(statements, now.order, save)
                return
            first, second = now.question
            sides = pair if first < second else pair[::-1]
            most = most_questions(len(statements))
            ui.label(
                f"All else is the same in both. Which of the two does {name} prefer? "
                f"(Question {len(answers) + 1} of at most {most}.)"
            )
            with ui.element("div").classes("two even"):
                for words, goes_first in ((sides[0], True), (sides[1], False)):
                    with ui.element("div").classes("form-column"):
                        for line in words:
                            ui.label(line)
                        side = "the first" if goes_first else "the second"
                        button = ui.button(
                            f"Prefers {side}",
                            on_click=partial(answer, first, second, goes_first),
                        )
                        button.props("outline no-caps")
            if answers:
                ui.button("Take the last answer back", on_click=take_back).props("flat no-caps")

    if session.seen != seen:
        with body:
            ui.label("The statements have changed meanwhile; open this again.").classes("fault")
        return
    ask()


def _settled(statements: list[str], order: tuple[int, ...], save: Any) -> None:
    ui.label("This is the order that the answers give:")
    with ui.element("ol").classes("nested"):
        for number in order:
            with ui.element("li"):
                ui.label(statements[number]).classes("mono")
    button = ui.button("Put them in this order", color=None, on_click=lambda: save(order))
    button.classes("filled").props("unelevated no-caps")


def _moves(trail: Trail, order: tuple[int, ...]) -> Iterator[Move]:
    """Moves that bring a list into an order."""
    now = list(range(len(order)))
    for place, wanted in enumerate(order):
        old = now.index(wanted)
        if old != place:
            now.insert(place, now.pop(old))
            yield Move(trail, old, place)


# Passages -----------------------------------------------------------------------------------


async def _passage(session: Session, given: Mapping[str, Any]) -> None:
    """Choose a passage in the text of a source: its place and its words make the citation."""
    trail: Trail = given["trail"]
    with _dialog(session, "Choose the passage", wide=True) as dialog:
        waits = ui.spinner()
        body = ui.element("div").classes("form-column passages")
    try:
        report = await report_of(session, str(given["source"]))
        found = await session.compute("passages", report=report)
    except DetenteError as error:
        with body:
            ui.label(error.message).classes("fault")
        waits.delete()
        return
    waits.delete()

    async def choose(one: Mapping[str, Any]) -> None:
        at = {"paragraph": one["paragraph"], "sentence": one["sentence"]}
        if await session.edit(Put((*trail, "at"), at)) and await session.edit(
            Put((*trail, "quote"), one["text"])
        ):
            dialog.close()

    with body:
        for one in found["sentences"]:
            button = ui.button(one["text"], on_click=partial(choose, one))
            button.props('flat dense no-caps align="left"').classes("sentence")
            label = f"Paragraph {one['paragraph']}, sentence {one['sentence']}: {one['text']}"
            labelled(button, label)
        if found["left_out"]:
            ui.label(f"{found['left_out']:,} more sentences are not shown.").classes("quiet")
