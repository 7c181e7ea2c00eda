"""The page on which two variants of a dispute stand side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nicegui import ui

from detente.dispute.errors import DetenteError
from detente.files.loading import list_cases
from detente.report.words import counted
from detente.workbench.addresses import address
from detente.workbench.pages.arrival import arrived
from detente.workbench.pages.elements import labelled, marked, valued
from detente.workbench.pages.faults import fault_sentence
from detente.workbench.pages.frame import frame
from detente.workbench.pages.results import CONCEPTS
from detente.workbench.pages.session import compute
from detente.workbench.pages.sheet import Sheet, column_heads, text_row
from detente.workbench.services import Services, case_text
from detente.workbench.workers import Failed

__all__ = ["add"]

_CASE = "case:"


def add(work: Services) -> None:
    """Make the page."""

    @ui.page("/compare")
    async def page(first: str = "", second: str = "") -> None:
        if not await arrived("Compare"):
            return
        choices = {name: name for name in work.folder.names()}
        choices |= {f"{_CASE}{case}": f"{case} (shipped)" for case in list_cases()}
        chosen = {
            "first": first if first in choices else None,
            "second": second if second in choices else None,
        }
        with frame("Compare"):
            ui.label("Compare two variants").classes("page-title").props(
                'role="heading" aria-level="1"'
            )

            async def choose(which: str, value: str | None) -> None:
                chosen[which] = value
                await show()

            with ui.element("div").classes("two even"):
                for which, label in (("first", "First"), ("second", "Second")):
                    ui.select(
                        choices,
                        value=chosen[which],
                        label=label,
                        with_input=True,
                        on_change=lambda event, which=which: choose(which, event.value),
                    ).props("outlined").classes("w-full")
            body = ui.element("div").classes("compared")

            async def show() -> None:
                body.clear()
                if not (chosen["first"] and chosen["second"]):
                    with body:
                        ui.label(
                            "Choose two disputes above: two files, or a file and a shipped case. "
                            "To make a variant, duplicate a file on the page of disputes."
                        ).classes("quiet")
                    return
                try:
                    texts = [_text(work, str(chosen[which])) for which in ("first", "second")]
                    found = await compute(
                        work, "compare", first=texts[0], second=texts[1], concepts=CONCEPTS
                    )
                except Failed as error:
                    with body:
                        await _show_fault(work, chosen, error.details)
                except DetenteError as error:
                    with body:
                        ui.label(error.message).classes("fault")
                else:
                    with body:
                        _show(found)

        ui.timer(0.05, show, once=True)


async def _show_fault(
    work: Services, chosen: Mapping[str, str | None], fault: Mapping[str, Any]
) -> None:
    """Say what is wrong, and in which of the two, with a way to it."""
    for name in chosen.values():
        if not name or name.startswith(_CASE):
            continue
        try:
            await work.workers.compute("check", text=_text(work, name))
        except Failed as error:
            if error.details.get("message") != fault.get("message"):
                continue
            with ui.element("div").classes("fault").props('role="alert"'):
                ui.label(f"“{name}” cannot be compared.").classes("text-weight-bold")
                ui.label(fault_sentence(fault))
                line = f"?line={fault['line']}" if fault.get("line") else ""
                ui.link("Go to its text", address(name, f"text{line}"))
            return
    ui.label(fault_sentence(fault)).classes("fault")


def _text(work: Services, choice: str) -> str:
    if choice.startswith(_CASE):
        return case_text(choice.removeprefix(_CASE))
    return work.folder.read(choice).text


def _show(found: dict[str, Any]) -> None:
    _differences(found["differences"])
    with ui.element("section").classes("panel"):
        ui.label("Equilibria").classes("section-title").props('role="heading" aria-level="2"')
        if not found["comparable"]:
            ui.label(
                "The variants have different options, so their states cannot be matched; only "
                "numbers are shown."
            ).classes("quiet")
        heads = ["Concept", "First", "Second"]
        if found["comparable"]:
            heads += ["In both", "Only first", "Only second"]
        scroll = ui.element("div").classes("scroll")
        scroll.props('role="region" tabindex="0" aria-label="Numbers of equilibria"')
        rows = []
        for row in found["equilibria"]:
            counts = [*row["counts"]]
            if found["comparable"]:
                counts += [row["both"], row["only_first"]["count"], row["only_second"]["count"]]
            rows.append(text_row([row["concept"], *(f"{count:,}" for count in counts)]))
        with scroll:
            Sheet(column_heads(heads), rows).classes("sheet")
        if found["comparable"]:
            _alone(found)
    for party in found["parties"]:
        _sides(party["name"], party)
    _sides("Constraints", found["constraints"])


def _differences(found: list[dict[str, Any]]) -> None:
    """Whatever differs in the two files, what can change an answer first."""
    with labelled(ui.element("section").classes("panel"), "Differences"):
        ui.label("Differences").classes("section-title").props('role="heading" aria-level="2"')
        if not found:
            ui.label("The two say the same.").classes("quiet")
        for of_model, about in (
            (True, "In the model, which can change what is computed:"),
            (False, "In names, descriptions, sources and reasons, which cannot:"),
        ):
            told = [one for one in found if one["of_model"] == of_model]
            if not told:
                continue
            ui.label(about).classes("quiet")
            with labelled(ui.element("ol").classes("diff"), about):
                for one in told:
                    with ui.element("li"):
                        ui.label(one["words"])
                        where = [
                            f"line {line} of the {which}"
                            for which, line in zip(("first", "second"), one["lines"], strict=True)
                            if line is not None
                        ]
                        ui.label(", ".join(where)).classes("how")


def _alone(found: dict[str, Any]) -> None:
    for row in found["equilibria"]:
        for key, which in (("only_first", "first"), ("only_second", "second")):
            states = row[key]["states"]
            if not states:
                continue
            with ui.expansion(
                f"{row['concept']}: {counted(row[key]['count'], 'equilibrium', 'equilibria')} of "
                f"the {which} only"
            ).classes("w-full"):
                for state in states:
                    where = f" ({', '.join(state['outcomes'])})" if state["outcomes"] else ""
                    chosen = "; ".join(state["chosen"]) or "every option is at its lowest level"
                    ui.label(f"State {state['id']}{where}: {chosen}")


def _sides(name: str, both: dict[str, Any]) -> None:
    if not both["first"] and not both["second"]:
        return
    with labelled(ui.element("section").classes("panel"), name):
        with ui.row().classes("items-center"):
            ui.label(name).classes("heading").props('role="heading" aria-level="3"')
            ui.label("the same in both" if both["same"] else "differs").classes("quiet")
        with ui.element("div").classes("two even"):
            for side in ("first", "second"):
                with labelled(ui.element("ol").classes("diff"), f"{name}, {side}"):
                    for entry in both[side]:
                        how = entry["how"]
                        with marked(ui.element("li"), how.replace(" ", "-")):
                            valued(ui.label(entry["words"]), "title", entry["text"])
                            if how != "same":
                                ui.label(how).classes("how")
