"""A first model in three steps: what is proposed, to be ticked and entered together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from nicegui import ui

from detente.workbench.pages.elements import labelled, valued
from detente.workbench.pages.reading.formula_field import formula_choices, formula_field
from detente.workbench.pages.reading.state import ReadingSession

__all__ = ["FirstModel"]

_STEPS = (
    (
        ("party", "option"),
        "1. Who, and what they could do",
        "Tick what belongs into the model; “now” says that it is so in the status quo.",
    ),
    (
        ("preference",),
        "2. What they want",
        "For each party, the most important comes first. Choose the option that a passage is "
        "about.",
    ),
    (
        ("outcome",),
        "3. Outcomes to follow",
        "The brief says how likely each of these is. One or two options make an outcome.",
    ),
)

_NONE_YET = "Nothing is proposed here; the steps before may bring something."

Row = dict[str, Any]


class FirstModel:
    """The steps on a page.

    What somebody has ticked or written stays while the file changes; what was left when a step
    was entered goes under *less likely*.
    """

    def __init__(self, reading: ReadingSession) -> None:
        self.reading = reading
        self._decided: dict[str, Row] = {}
        self._done: set[int] = set()
        self._shown: dict[int, Any] = {}
        self._fields: dict[int, list[tuple[Row, Callable[[], Row]]]] = {}
        reading.on_report.append(self._another)
        reading.on_change.append(self.update)

    def lay_out(self) -> None:
        """Lay out the panel; the steps are filled in as the reading goes on."""
        panel = ui.element("section").classes("panel steps").props('aria-label="First model"')
        self.panel = panel
        with panel:
            ui.label("A first model").classes("section-title").props(
                'role="heading" aria-level="2"'
            )
            ui.label(
                "Each line is one decision and rests on the passages that it quotes. Nothing "
                "enters the file before you say so, and undo takes a step out again."
            ).classes("quiet")
            self.steps = []
            for number, (_, title, _) in enumerate(_STEPS):
                with ui.expansion(title, value=number == 0).classes("folded step") as step:
                    self.steps.append((step, ui.element("div").classes("form-column")))
                # A step that is closed is laid out when somebody opens it.
                step.on_value_change(self.update)

    def _another(self) -> None:
        self._decided, self._done, self._shown = {}, set(), {}
        for number, (step, place) in enumerate(self.steps):
            place.clear()
            step.set_value(number == 0)

    def update(self) -> None:
        """Show the rows as things stand."""
        now = self.reading.now
        if now is None:
            return
        options = [(one["key"], one["name"]) for one in now["options"]]
        for number, (parts, _, _) in enumerate(_STEPS):
            rows = [row for row in now["first"] if row["part"] in parts]
            known = options if number else None
            shown = (rows, known, list(now["parties"]) if number else None, number in self._done)
            if self._shown.get(number) != shown and self.steps[number][0].value:
                self._shown[number] = shown
                self._keep(number)
                self._step(number, rows)

    def _keep(self, number: int) -> None:
        """Keep what somebody has decided on before the rows are made again."""
        for row, read in self._fields.get(number, ()):
            told = read()
            if told != row:
                changed = {key: value for key, value in told.items() if value != row[key]}
                self._decided[_key(row)] = changed

    def _step(self, number: int, rows: list[Row]) -> None:
        _, title, told = _STEPS[number]
        self._fields[number] = fields = []
        likely = [row for row in rows if row["likely"] and number not in self._done]
        rest = [row for row in rows if row not in likely]
        with self._emptied(number):
            if not rows:
                ui.label(_NONE_YET if number not in self._done else "All is judged.").classes(
                    "quiet"
                )
                return
            ui.label(told).classes("quiet")
            with ui.element("ul").classes("ticks"):
                fields += [self._row(row) for row in likely]
            if rest:
                self._less_likely(number, rest)
            entering = ui.button(
                "Enter the ticked ones", color=None, on_click=partial(self.enter, number)
            )
            labelled(entering.classes("filled").props("unelevated"), f"Enter: {title}")

    def _emptied(self, number: int) -> Any:
        place = self.steps[number][1]
        place.clear()
        return place

    def _less_likely(self, number: int, rows: list[Row]) -> None:
        """Rows that are made when somebody wants to see them."""
        title = f"Less likely ({len(rows)})"
        with ui.expansion(title).classes("folded").props("dense") as more:
            place = ui.element("ul").classes("ticks")

        def show() -> None:
            if more.value and not place.default_slot.children:
                with place:
                    self._fields[number] += [self._row({**row, "ticked": False}) for row in rows]

        more.on_value_change(show)

    # Rows ------------------------------------------------------------------------------------

    def _row(self, row: Row) -> tuple[Row, Callable[[], Row]]:
        """A row on the page, and what reads how it was decided."""
        decided = {**row, **self._decided.get(_key(row), {})}
        part, inputs = row["part"], {}
        with ui.element("li").classes("tick"):
            with ui.element("div").classes("form-row"):
                tick = ui.checkbox(value=decided["ticked"]).props("dense")
                labelled(tick, f"Take {part} {row['party']}: {row['name']}")
                inputs["ticked"] = tick
                if part == "party":
                    ui.label(row["name"]).classes("grow")
                elif part == "option":
                    inputs["party"] = self._party(decided, row)
                    inputs["name"] = self._name(decided, row)
                    under_way = ui.checkbox("now", value=decided["under_way"]).props("dense")
                    inputs["under_way"] = under_way
                    labelled(under_way, f"Now so: {row['name']}")
                    valued(under_way, "title", "It is so in the status quo")
                elif part == "preference":
                    inputs["party"] = self._party(decided, row)
                    ui.label(self._told(row)).classes("grow")
                else:
                    inputs["name"] = self._name(decided, row)
            if part in ("preference", "outcome"):
                inputs["formula"] = self._formula(row, decided, tick)
            self._quote(row)

        def read() -> Row:
            found = {key: field.value for key, field in inputs.items()}
            return {**row, **{key: _plain(key, value) for key, value in found.items()}}

        return row, read

    def _party(self, decided: Row, row: Row) -> Any:
        """Whose it is; the reader may have taken another for it."""
        named = [name for one in self.reading.proposals for name in one["parties"][:1]]
        known = (self.reading.now or {"parties": {}})["parties"].values()
        # Who stands in the file already can want something; who is only proposed can act.
        offered = known if row["part"] == "preference" else (*known, *named)
        names = list(dict.fromkeys([decided["party"], *offered]))
        # A party that no report names may be written: companies, a movement.
        field = ui.select(names, value=decided["party"], new_value_mode="add-unique")
        field.props("dense borderless hide-dropdown-icon").classes("whose")
        return labelled(field, f"Party of {row['part']}: {row['name']}")

    def _name(self, decided: Row, row: Row) -> Any:
        field = ui.input(value=decided["name"]).props("dense").classes("grow")
        return labelled(field, f"Name of {row['part']}: {row['name']}")

    def _told(self, row: Row) -> str:
        head = self.reading.proposals[row["group"]]
        told = f"is {head['direction']}: {head['about']}"
        if head.get("condition"):
            told += f" ({'unless' if head.get('negated') else 'if'} {head['condition']})"
        return told

    def _formula(self, row: Row, decided: Row, tick: Any) -> Any:
        now = self.reading.now or {}
        choices = formula_choices(now.get("options", ()))
        party = None
        if row["part"] == "preference":
            head = self.reading.proposals[row["group"]]
            party = next(
                (key for key, name in now["parties"].items() if name == row["party"]), None
            )
            # Those of whom the passage speaks come first.
            spoken = sorted(now["parties"].items(), key=lambda one: one[1] not in head["parties"])
            for key, name in spoken:
                choices[f"new:{key}"] = f"a new option of {name}: {row['name']}"
                choices[f"not new:{key}"] = f"not a new option of {name}: {row['name']}"
        what = f"Formula of {row['part']}: {row['name']}"
        field = formula_field(
            self.reading.session, choices, str(decided["formula"]), label=what, party=party
        )
        # Whoever chooses a formula wants the row.
        field.on_value_change(lambda event: tick.set_value(bool(event.value)))
        return field

    def _quote(self, row: Row) -> None:
        if row["group"] is None:
            return
        number = row["group"]
        head = self.reading.proposals[number]
        at = head["at"]
        more = len(head.get("also") or ())
        told = f"{at['paragraph']}.{at['sentence']} “{' '.join(str(head['quote']).split())}”"
        if more:
            told += f" and {more} more"
        quote = ui.element("button").classes("passage-link").props('type="button" tabindex="-1"')
        with quote:
            ui.label(told)
        quote.on("click", lambda: self.reading.go(number))

    # Entering --------------------------------------------------------------------------------

    def _ticked(self, number: int) -> Iterator[Row]:
        for _, read in self._fields.get(number, ()):
            row = read()
            if row["ticked"]:
                yield row

    async def enter(self, number: int) -> None:
        """Enter the rows of a step that are ticked."""
        # Preferences stand in the order of their weight, wherever they were shown.
        places = {_key(row): place for place, row in enumerate((self.reading.now or {})["first"])}
        rows = sorted(self._ticked(number), key=lambda row: places.get(_key(row), len(places)))
        if not rows:
            ui.notify("Nothing is ticked.", position="top")
            return
        empty = [row["name"] for row in rows if row["part"] in _NEED_FORMULA and not row["formula"]]
        if empty:
            ui.notify(f"Choose a formula first for: {'; '.join(empty)}", position="top")
            return
        before = self._done
        self._done = before | {number}
        self.steps[number][0].set_value(False)
        if number + 1 < len(self.steps):
            self.steps[number + 1][0].set_value(True)
        self.panel.run_method("scrollIntoView", {"block": "start"})
        self._keep(number)
        found = await self.reading.change(
            "enter_first",
            report=self.reading.report,
            proposals=self.reading.proposals,
            rows=rows,
        )
        if found is None:
            self._done = before
            self.steps[number][0].set_value(True)
            self.update()
            return
        # What stands under another party now is proposed for the first one still, unticked.
        self._fields.pop(number, None)
        self._shown.pop(number, None)
        for row in rows:
            self._decided.pop(_key(row), None)
        count = len(rows) - len(found["left"])
        stand = "entry stands" if count == 1 else "entries stand"
        self.reading.said = f"{count} {stand} in the file now. Undo takes them out again."
        if found["left"]:
            left = "; ".join(found["left"])
            ui.notify(f"These could not be entered: {left}", type="warning", position="top")
        self.reading.changed()


_NEED_FORMULA = ("preference", "outcome")


def _key(row: Row) -> str:
    formula = row["formula"] if row["group"] is None else ""
    return f"{row['part']} {row['group']} {formula}"


def _plain(key: str, value: Any) -> Any:
    return bool(value) if key in ("ticked", "under_way") else str(value or "").strip()
