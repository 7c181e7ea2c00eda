"""Fields of a question: what there is in the dispute is chosen by its name, not typed as an id."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from nicegui import ui

from detente.analyses.parameters import Kind, Parameter
from detente.changes.references import NamedKind
from detente.stability.concept_registry import concepts_serving, offered_names
from detente.workbench.forms.dispute_form import statements_of
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
    "coalitions": "party",
}
_CHOSEN = (*_NAMED, "statements")
_FORMULAS = ("formula", "state")
_NOW = "status_quo"
# How a field is filled in where a form helps with it.
_GIVEN: Mapping[Kind, str] = {
    "formula": "Choose an outcome, build a formula, or write a state's number.",
    "state": "Choose an outcome, or write a state's number, as the page of states shows it.",
}


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
    name, told = one.label, one.help
    offered = _offered(session, one)
    if one.asked.kind in _CHOSEN and not offered and not value and not one.required:
        # There is nothing of this kind to choose.
        return
    if one.type is bool:
        box = ui.checkbox(name, value=bool(value), on_change=lambda event: keep(event.value))
        labelled(box, f"{name}: {told}")
    elif one.asked.kind == "coalitions":
        _coalitions(one, offered, list(value or ()), keep)
    elif offered:
        _choice(one, name, offered, value, keep)
    else:
        told = f"{one.help} {_GIVEN.get(one.asked.kind, one.written)}".strip()
        _text(session, acts, one, name, value, keep, start)
    with ui.element("div").classes("quiet with-help"):
        show_words(told)
        explain_term(one.name)


def _offered(session: Session, one: Parameter) -> dict[str, str]:
    """What can be chosen, with what it is called; nothing where anything can be written."""
    words = dict(one.asked.words)
    if one.choices or words:
        return {choice: words.get(choice, choice) for choice in one.choices or words}
    if one.asked.kind in ("concept", "concepts"):
        use = one.asked.concepts_for
        return {name: name for name in (concepts_serving(use) if use else offered_names())}
    if one.asked.kind == "statements":
        return _statements(session)
    kind = _NAMED.get(one.asked.kind)
    return _named(session, kind) if kind else {}


def _named(session: Session, kind: NamedKind) -> dict[str, str]:
    """What the dispute has of a kind, with what it is called."""
    if not isinstance(session.document, Mapping):
        return {}
    return dict(surroundings(session.document, session.entries).choices(kind))


def _statements(session: Session) -> dict[str, str]:
    """The statements of all parties, by party and number, with what they say."""
    found: dict[str, str] = {}
    document = session.document
    for party, name in _named(session, "party").items():
        for number, said in enumerate(statements_of(document["parties"][party]), start=1):
            found[f"{party}.{number}"] = f"{name} {number}: {said}"
    return found


def _coalitions(
    one: Parameter, parties: dict[str, str], given: list[str], keep: Callable[[Any], None]
) -> None:
    """Coalitions, the members of each chosen by their names."""
    chosen = [text.replace(",", " ").split() for text in given] or [[]]

    def told(place: int, members: list[str]) -> None:
        chosen[place] = members
        keep([",".join(some) for some in chosen if some])

    @ui.refreshable
    def rows() -> None:
        for place, members in enumerate(chosen):
            name = one.label if len(chosen) == 1 else f"{one.label}: {place + 1}"
            field = ui.select(
                parties | {each: each for each in members if each not in parties},
                value=members,
                label=name,
                multiple=True,
                on_change=lambda event, place=place: told(place, list(event.value)),
            )
            field.props("outlined dense use-chips").classes("field")
            labelled(field, f"{name}: {one.help}")

    def more() -> None:
        chosen.append([])
        rows.refresh()

    rows()
    another = ui.button("One more coalition", icon="add", on_click=more).classes("self-start")
    labelled(another.props("flat dense no-caps"), f"{one.label}: one more coalition")


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
