"""A field for a formula: chosen from the options of a file, or built in the formula builder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from nicegui import ui

from detente.workbench.pages.elements import labelled, valued
from detente.workbench.pages.form_dialogs import form_acts
from detente.workbench.pages.session import Session

__all__ = ["formula_choices", "formula_field"]


def formula_choices(options: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Each option and its negative, by the formula that says it."""
    choices = {one["key"]: f"{one['key']}: {one['name']}" for one in options}
    return choices | {f"not {key}": f"not {told}" for key, told in choices.items()}


def formula_field(
    session: Session,
    choices: Mapping[str, str],
    formula: str,
    *,
    label: str,
    party: str | None = None,
) -> Any:
    """A list of formulas to choose from, with a button that opens the builder.

    Parameters
    ----------
    session
        The window on the file.
    choices
        Formulas, with what each says.
    formula
        The one that is chosen; empty where none is.
    label
        What the formula is of, for those who do not see the page.
    party
        Id of the party whose formula it is, so that its options need no party.

    Returns
    -------
    element
        Its value is the formula; None where none is chosen.
    """
    offered = dict(choices)
    if formula:
        offered.setdefault(formula, formula)
    with ui.element("div").classes("form-row"):
        field = ui.select(offered, value=formula or None, with_input=True, clearable=True)
        labelled(field.props("outlined dense").classes("grow"), label)

        async def take(new: str) -> None:
            if new:
                offered.setdefault(new, new)
                field.set_options(offered, value=new)

        async def build() -> None:
            chosen = str(field.value or "")
            begun = "" if "new:" in chosen else chosen
            await form_acts(session)["build"]({"take": take, "value": begun, "party": party})

        button = ui.button(icon="construction", on_click=build).props("outline dense")
        valued(labelled(button.classes("add"), f"Build: {label}"), "title", "Build it")
    return field
