"""Outcomes that a dispute could name, beside its form: patterns of what can hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nicegui import ui

from detente.files.template import id_from
from detente.report.words import counted
from detente.workbench.edits import Put
from detente.workbench.pages.browser_parts import DrawnApart
from detente.workbench.pages.elements import labelled
from detente.workbench.pages.session import Session
from detente.workbench.workers import Failed

__all__ = ["suggestions"]

_CONCEPT = "SEQ"
_MOST_WORDS = 5


def suggestions(session: Session) -> None:
    """A panel that suggests outcomes: by itself while there are none, and when it is opened."""
    panel = DrawnApart("section").classes("panel").props('aria-label="Suggested outcomes"')
    with panel, ui.expansion("Suggest outcomes").classes("folded") as more:
        body = ui.element("div").classes("form-column").props('aria-live="polite"')
    latest = {"run": 0, "opened": False}

    async def refresh() -> None:
        latest["run"] += 1
        this = latest["run"]
        document = session.document
        if not isinstance(document, Mapping):
            return
        if not document.get("outcomes") and not latest["opened"]:
            # Once: whoever folds it afterwards wants it folded.
            latest["opened"] = True
            more.set_value(True)
        if not more.value:
            body.clear()
            return
        try:
            found = await session.compute("suggestions", concept=_CONCEPT)
        except Failed:
            # What is wrong with the file is told above.
            found = None
        if this != latest["run"] or panel.is_deleted:
            return
        body.clear()
        if found is not None:
            with body:
                _told(session, found)

    more.on_value_change(refresh)
    session.afterwards.append(refresh)


def _told(session: Session, found: Mapping[str, Any]) -> None:
    listed = found["suggestions"]
    if not listed:
        ui.label(
            "Nothing more to suggest: outcomes are suggested from the states that can hold, where "
            "some do and some do not."
        ).classes("quiet")
        return
    holding = counted(found["equilibria"], "state")
    ui.label(
        f"{holding} can hold (equilibria under {_CONCEPT}). First come one or two options that "
        "some of them have and some have not, then whole patterns of them. None has a name yet; "
        "give one a name of your own once it is in the form."
    ).classes("quiet")
    with ui.element("ul").classes("suggested"):
        for one in listed:
            with ui.element("li"):
                ui.label(one["name"]).classes("text-weight-bold")
                ui.label(f"{one['words']} ({counted(one['states'], 'state')})").classes("quiet")

                if session.looks_only:
                    continue

                async def add(one: Mapping[str, Any] = one) -> None:
                    await _add(session, str(one["name"]), str(one["formula"]))

                button = ui.button("Add", icon="add", on_click=add).props("outline dense no-caps")
                labelled(button, f"Add the outcome {one['name']}")


async def _add(session: Session, name: str, formula: str) -> None:
    outcomes = session.document.get("outcomes") or {}
    key = id_from(name, outcomes, most_words=_MOST_WORDS)
    entry = {"name": name, "when": formula, "judgement": True}
    await session.edit(Put(("outcomes", key), entry))
