"""What follows from a dispute as it stands: states, equilibria, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlencode

from nicegui import ui

from detente.report.equilibria import CANNOT_BE_LEFT
from detente.stability.concept_registry import usual_concepts
from detente.workbench.addresses import address
from detente.workbench.pages.browser_parts import DrawnApart
from detente.workbench.pages.elements import labelled, styled
from detente.workbench.pages.faults import show_fault
from detente.workbench.pages.session import Session
from detente.workbench.pages.sheet import Cell, Row, Sheet, column_heads, text_row
from detente.workbench.pages.terms import explain_term
from detente.workbench.workers import Failed

__all__ = ["CONCEPTS", "NOWHERE", "levels_table", "results", "show_state", "why"]

CONCEPTS = usual_concepts()
NOWHERE = "-"
"""Stands in an address for the states that belong to no outcome."""
_SHOWN = 12


def results(
    session: Session,
    *,
    shown: int = _SHOWN,
    on_fault: Callable[[dict[str, Any] | None], bool] | None = None,
) -> None:
    """A panel that shows what follows and keeps up with every edit.

    Parameters
    ----------
    session
        The window on the file.
    shown
        How many equilibria are shown at most.
    on_fault
        Given what is wrong in the dispute, or None; tells whether it is shown elsewhere.
    """
    panel = DrawnApart("section").classes("panel").props('aria-label="Results"')
    with panel:
        with ui.row().classes("items-center w-full no-wrap"):
            ui.label("What follows").classes("section-title").props('role="heading" aria-level="2"')
            ui.space()
            busy = ui.spinner(size="1.2rem").props('aria-label="Computing"')
        packages = ui.switch(
            "Packages count as moves",
            value=session.packages,
            on_change=lambda event: session.count_packages(bool(event.value)),
        )
        body = DrawnApart().classes("w-full").props('aria-live="polite"')
    latest = {"run": 0}

    async def refresh() -> None:
        latest["run"] += 1
        this = latest["run"]
        busy.set_visibility(True)
        fault: dict[str, Any] | None = None
        found: dict[str, Any] = {}
        try:
            found = await session.compute(
                "overview", concepts=CONCEPTS, packages=session.packages, shown=shown
            )
        except Failed as error:
            fault = {**error.details, "kind": error.kind}
        await session.is_read()
        if this != latest["run"] or panel.is_deleted:
            # Another edit has been made meanwhile, whose own results come; or nobody looks.
            return
        busy.set_visibility(False)
        packages.set_visibility(session.packages or _has_packages(session))
        elsewhere = on_fault(fault) if on_fault else False
        body.clear()
        with body:
            if fault is not None and fault["kind"] in ("busy", "timed-out"):
                _not_now(fault, refresh)
            elif fault is not None:
                show_fault(
                    session,
                    fault,
                    "Nothing can be computed until this is corrected:",
                    marked=elsewhere,
                )
            else:
                _overview(session, found)

    session.at_once.append(refresh)


def _has_packages(session: Session) -> bool:
    document = session.document
    return isinstance(document, dict) and bool(document.get("packages"))


def _not_now(fault: dict[str, Any], again: Callable[[], Awaitable[None]]) -> None:
    """The server had no time; nothing is wrong with the dispute."""
    with ui.element("div").classes("fault").props('role="alert"'):
        ui.label("What follows is not known: the server is busy.").classes("text-weight-bold")
        ui.label(f"The server says: {fault['message']}.")
        ui.button("Try again", on_click=again).props("outline dense no-caps")


def _overview(session: Session, found: dict[str, Any]) -> None:
    count = found["state_count"]
    quo = found["status_quo"]
    with ui.row().classes("figures"):
        _figure(f"{count:,}", "feasible states", "feasible")
        _figure(f"{found['any_equilibrium']:,}", "equilibria under some concept", "equilibrium")
    with ui.element("div").classes("scroll"):
        _counts_table(session, found)
    if quo is not None:
        with ui.row().classes("items-center"):
            ui.label(f"The status quo is state {quo}.")
            explain_term("status quo")
            ui.button("Does it hold, and why?", on_click=lambda: show_state(session, quo)).props(
                "flat dense no-caps"
            )
    if found["states"]:
        left = found["any_equilibrium"] - len(found["states"])
        text = "Equilibria in option form. Choose a state to see why it holds."
        if left:
            text += f" {left:,} more are equilibria under fewer concepts or come later."
        ui.label(text).classes("quiet")
        levels_table(session, found, found["states"])
    else:
        ui.label("No state is an equilibrium under any of these concepts.")


def _counts_table(session: Session, found: dict[str, Any]) -> None:
    counts, concepts = found["equilibria_counts"], found["concepts"]
    heads = column_heads(["Outcome" if found["by_outcome"] else "", *concepts])
    rows = []
    for row in found["by_outcome"]:
        cells = [
            _states_link(
                session,
                row["equilibria"][concept],
                row["name"],
                {"outcome": row["outcome"] or NOWHERE, "concept": concept},
            )
            for concept in concepts
        ]
        rows.append(Row((Cell(row["name"], "row"), *cells)))
    name = "All equilibria"
    cells = [
        replace(
            _states_link(session, counts[concept], name, {"concept": concept}), equilibria=concept
        )
        for concept in concepts
    ]
    rows.append(Row((Cell(name, "row"), *cells), "total"))
    held = found["cannot_be_left"]["equilibrium_counts"]
    if any(held.values()):
        rows.append(text_row([CANNOT_BE_LEFT, *(f"{held[concept]:,}" for concept in concepts)]))
    caption = "Number of equilibria under each concept"
    Sheet(heads, rows, caption=caption, unseen=True).classes("sheet")


def _states_link(session: Session, count: int, name: str, asked: dict[str, str]) -> Cell:
    """A number of equilibria, which leads to their list."""
    if not count:
        return Cell("0")
    return Cell(
        f"{count:,}",
        link=address(session.opened.name, f"states?{urlencode(asked)}"),
        label=f"{count:,} under {asked['concept']}: {name}; list them",
    )


def levels_table(
    session: Session, heading: dict[str, Any], states: Sequence[dict[str, Any]]
) -> None:
    """States in option form, each with a button that explains it.

    Parameters
    ----------
    session
        The window on the file.
    heading
        ``parties``, ``options`` and ``names`` of the dispute.
    states
        States as an analysis document lists them.
    """
    names = heading["names"]
    heads = [Cell("State", "col")]
    for state in states:
        number = state["id"]
        here = number == heading["status_quo"]
        heads.append(
            Cell(
                str(number),
                "col",
                "quo" if here else "",
                press=partial(show_state, session, number),
                label=f"Why: state {number}",
                title="The status quo" if here else "",
            )
        )
    width = len(heads)
    rows = []
    for party in heading["parties"]:
        own = [key for key in heading["options"] if key.partition(".")[0] == party]
        if own:
            rows.append(_group(names["parties"][party], width))
        for key in own:
            levels = [_level(state["options"][key]) for state in states]
            rows.append(Row((Cell(names["options"][key], "row"), *levels)))
    if any("equilibrium" in state for state in states):
        rows.append(_group("Equilibrium under", width))
        for concept in heading["concepts"]:
            marks = [
                Cell("✓", mark="mark") if concept in state.get("equilibrium", ()) else ""
                for state in states
            ]
            rows.append(Row((Cell(concept, "row"), *marks)))
    with ui.element("div").classes("scroll"):
        Sheet(heads, rows, caption="States in option form", unseen=True).classes("sheet states")


def _level(level: str | None) -> Cell | str:
    if level is None:
        return "–"
    if level in ("yes", "no"):
        return Cell("Y" if level == "yes" else "N", mark=level)
    return level


def _group(text: str, columns: int) -> Row:
    return Row((Cell(text, "colgroup", span=columns),), "group")


def _figure(number: str, what: str, name: str) -> None:
    with ui.element("div").classes("figure"):
        ui.label(number).classes("number")
        with ui.element("div").classes("quiet with-help"):
            ui.label(what)
            explain_term(name)


# Why ---------------------------------------------------------------------------------------


async def show_state(session: Session, number: int) -> None:
    """Show all about a state in a dialog."""
    dialog = labelled(ui.dialog(), f"State {number}")
    dialog.on("hide", dialog.delete)
    with dialog, ui.card().classes("dialog wide") as card:
        with ui.row().classes("w-full items-center no-wrap"):
            ui.label(f"State {number}").classes("section-title").props(
                'role="heading" aria-level="2"'
            )
            ui.space()
            ui.button(icon="close", on_click=dialog.close).props(
                'flat round dense aria-label="Close"'
            )
        waits = ui.spinner(size="1.4rem").props('aria-label="Computing"')
    # At once: whoever has pressed sees that it was heard.
    dialog.open()
    with card:
        await why(session, number, waits)


def _option_names(document: dict[str, Any]) -> dict[str, str]:
    """What options are called; where several are called the same, with their party."""
    called: dict[str, tuple[str, str]] = {}
    for party, entry in document["parties"].items():
        who = str((entry or {}).get("name", party))
        for option, one in ((entry or {}).get("options") or {}).items():
            name = one if isinstance(one, str) else (one or {}).get("name", option)
            called[f"{party}.{option}"] = (who, str(name))
    often = Counter(name for _, name in called.values())
    return {
        key: f"{who}: {name}" if often[name] > 1 else name for key, (who, name) in called.items()
    }


async def why(session: Session, number: int, waits: ui.spinner | None = None) -> None:
    """All about a state: its levels, for whom it is stable, and why.

    What is shown until then goes; where somebody has closed it already, nothing is shown.
    """
    try:
        found = await session.compute(
            "state", number=number, concepts=CONCEPTS, packages=session.packages
        )
    except Failed as error:
        if waits is not None and not waits.is_deleted:
            waits.delete()
        ui.label(str(error.details["message"])).classes("fault")
        return
    if waits is not None:
        if waits.is_deleted:
            return
        waits.delete()
    document = session.document
    parties = {key: (entry or {}).get("name", key) for key, entry in document["parties"].items()}
    chosen = {key: level for key, level in found["options"].items() if level not in (None, "no")}
    names = _option_names(document)
    with ui.element("div").classes("chips"):
        for key, level in chosen.items():
            ui.label(names[key] if level == "yes" else f"{names[key]}: {level}").classes("chip")
        if not chosen:
            ui.label("Every option is at its lowest level.").classes("quiet")
    with ui.element("div").classes("quiet with-help"):
        ui.label("For whom is it stable? Choose a mark to see why.")
        explain_term("stable")

    async def explain(party: str, concept: str) -> None:
        try:
            told = await session.compute(
                "explain",
                concept=concept,
                packages=session.packages,
                party=party,
                state=number,
                limit=10,
            )
        except Failed as error:
            told = {"text": str(error.details["message"])}
        text.clear()
        with text:
            for line in str(told["text"]).split("\n"):
                depth = len(line) - len(line.lstrip(" "))
                styled(ui.label(line.strip() or "\u00a0"), "margin-left", f"{depth / 2}rem")

    rows = []
    for party, name in parties.items():
        marks = []
        for concept in CONCEPTS:
            stable = party in found["stable"][concept]
            marks.append(
                Cell(
                    "✓" if stable else "✗",
                    mark="yes" if stable else "no",
                    press=partial(explain, party, concept),
                    label=f"{concept}, {name}: {'stable' if stable else 'not stable'}; why?",
                )
            )
        rank = f"{found['ranks'][party]} of {found['most_ranks'][party]}"
        rows.append(Row((Cell(name, "row"), rank, *marks)))
    with ui.element("div").classes("scroll whole"):
        Sheet(column_heads(["Party", "Rank", *CONCEPTS]), rows).classes("sheet")
    text = ui.element("div").classes("explanation").props('aria-live="polite"')

    credible_first = sorted(CONCEPTS, key=lambda concept: concept != "SEQ")
    unstable = [(p, c) for c in credible_first for p in parties if p not in found["stable"][c]]
    await explain(*(unstable[0] if unstable else (next(iter(parties)), "SEQ")))
