"""Fields of a question: what there is in the dispute is chosen by its name, not typed as an id."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from nicegui import ui

from detente.analyses.parameters import Parameter
from detente.changes.references import NamedKind
from detente.stability.concept_registry import offered_names
from detente.workbench.forms.surroundings import surroundings
from detente.workbench.pages.elements import labelled
from detente.workbench.pages.form_view import Act
from detente.workbench.pages.session import Session
from detente.workbench.pages.terms import explain_term
from detente.workbench.pages.words import show_words

__all__ = ["question_field"]

_NAMED: Mapping[str, NamedKind] = {
    "party": "party",
    "parties": "party",
    "outcome": "outcome",
    "roadmap": "roadmap",
    "format": "format",
}
_FORMULAS = ("formula", "state")
_NOW = "status_quo"


def question_field(
    session: Session,
    acts: Mapping[str, Act],
    one: Parameter,
    value: Any,
    keep: Callable[[Any], None],
    start: Callable[[], object],
) -> None:
    """A field that suits a parameter, with what it means.

    Parameters
    ----------
    session
        The window on the file.
    acts
        What buttons can have the page do, by name; of these it wants ``build``.
    one
        The parameter.
    value
        Its value now.
    keep
        Called with each new value: text, a number, whether it is chosen, or a list of names.
    start
        Asks the question.
    """
    name = one.name.replace("_", " ").capitalize()
    if one.type is bool:
        box = ui.checkbox(name, value=bool(value), on_change=lambda event: keep(event.value))
        labelled(box, f"{name}: {one.help}")
    else:
        offered = _offered(session, one)
        if offered:
            _choice(one, name, offered, value, keep)
        else:
            _text(session, acts, one, name, value, keep, start)
    with ui.element("div").classes("quiet with-help"):
        show_words(one.help)
        explain_term(one.name)


def _offered(session: Session, one: Parameter) -> dict[str, str]:
    """What can be chosen, with what it is called; nothing where anything can be written."""
    if one.choices:
        return {choice: choice for choice in one.choices}
    if one.asked.kind in ("concept", "concepts"):
        return {name: name for name in offered_names()}
    kind = _NAMED.get(one.asked.kind)
    return _named(session, kind) if kind else {}


def _named(session: Session, kind: NamedKind) -> dict[str, str]:
    """What the dispute has of a kind, with what it is called."""
    if not isinstance(session.document, Mapping):
        return {}
    return dict(surroundings(session.document, session.entries).choices(kind))


def _choice(
    one: Parameter,
    name: str,
    offered: dict[str, str],
    value: Any,
    keep: Callable[[Any], None],
) -> None:
    given = list(value or ()) if one.listed else value
    # What an address asks for may be unknown: it is shown, and the answer says what is wrong.
    for each in given if one.listed else [given]:
        if each not in (None, ""):
            offered.setdefault(str(each), str(each))
    field = ui.select(
        offered,
        value=given,
        label=name,
        multiple=one.listed,
        clearable=not one.required and not one.listed and one.default is None,
        on_change=lambda event: keep(event.value),
    )
    labelled(field.props("outlined dense").classes("field"), f"{name}: {one.help}")
    if one.listed:
        field.props("use-chips")


def _text(
    session: Session,
    acts: Mapping[str, Act],
    one: Parameter,
    name: str,
    value: Any,
    keep: Callable[[Any], None],
    start: Callable[[], object],
) -> None:
    shown = ", ".join(map(str, value)) if one.listed else "" if value is None else str(value)
    with ui.element("div").classes("form-row"):
        field = ui.input(name, value=shown, on_change=lambda event: keep(event.value))
        field.on("keydown.enter", start)
        labelled(field.props("outlined dense").classes("grow"), f"{name}: {one.help}")
        if one.asked.kind not in _FORMULAS or one.listed:
            return
        outcomes = _named(session, "outcome")
        if one.asked.kind == "state" or one.name == "start":
            outcomes = {_NOW: "where things stand now", **outcomes}
        if outcomes:
            chosen = ui.select(
                outcomes,
                label="Choose an outcome",
                value=value if value in outcomes else None,
                on_change=lambda event: event.value and field.set_value(event.value),
            )
            labelled(chosen.props("outlined dense").classes("wider"), f"{name}: an outcome")
        if one.asked.kind == "formula":
            build = ui.button(icon="construction", on_click=partial(_build, acts, field)).props(
                "outline dense"
            )
            labelled(build.classes("add"), f"Build: {name}").tooltip("Build a formula")


async def _build(acts: Mapping[str, Act], field: ui.input) -> None:
    async def take(formula: str) -> None:
        field.set_value(formula)

    build: Callable[[Mapping[str, Any]], Awaitable[None]] = acts["build"]
    value = "" if field.value == _NOW else field.value
    await build({"take": take, "value": value, "party": None})
