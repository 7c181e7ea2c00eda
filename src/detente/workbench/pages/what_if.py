"""The assumptions of a brief as sliders, and at once which answers change."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from nicegui import background_tasks, ui

from detente.briefing.likelihood import likelihood_words
from detente.briefing.mixture import mean_over
from detente.dispute.errors import DetenteError
from detente.report.otherwise import changed_chances, next_mover_sentence
from detente.report.words import percentage
from detente.stability.concept_registry import foresights, reaction_of
from detente.workbench.addresses import address
from detente.workbench.pages.range_field import RangeField
from detente.workbench.pages.session import Session
from detente.workbench.pages.sheet import Sheet, column_heads, text_row

__all__ = ["WhatIf"]

_HALF = 0.5
_CONFIDENCE = tuple(step / 20 for step in range(21))
_ODDS = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0, 15.0, 20.0, 30.0, 50.0, 100.0)
_TEMPO = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0)
_WORTH = {
    "rank": "by its rank",
    "share": "by the share of states ranked below it",
}


def _words_of_foresight(foresight: str) -> str:
    """How far ahead a party looks, in words."""
    reaction = reaction_of(foresight) if foresight != "myopic" else None
    if reaction is None:
        return "no further than its own move"
    words = "to what others could credibly" if reaction.improving else "to whatever others could"
    answer = ", and to its own answer" if reaction.counter_move else ""
    return f"{words} do against it{answer} ({foresight})"


_LOOKING_AHEAD = {foresight: _words_of_foresight(foresight) for foresight in foresights()}


class WhatIf:
    """One window's assumptions.

    Parameters
    ----------
    session
        The window on the file.
    text
        The dispute, as the brief was written of it.
    assumed
        What the file says, as the task ``brief`` gives it.
    """

    def __init__(self, session: Session, text: str, assumed: Mapping[str, Any]) -> None:
        self.session = session
        self.text = text
        self.assumed = assumed
        self.stated: list[float] = [one["confidence"] for one in assumed["statements"]]
        self.confidence = list(self.stated)
        self.play = self._stated_play()
        self.fields: list[tuple[RangeField, float]] = []
        self.choices: list[tuple[Any, str]] = []
        # What there is for these ways of play: by the ways of play, the answer of the task `ways`.
        self.base: Mapping[str, Any] | None = None
        self.now: Mapping[str, Any] | None = None
        # The ways of play that it is for.
        self.now_of: dict[str, Any] | None = None
        self.wanted: dict[str, Any] | None = None
        self.working = False
        self.fault: str | None = None
        # Which other answers change, for the statements with which they were looked for.
        self.answers: tuple[list[dict[str, Any]], list[str] | None] | None = None

    def _stated_play(self) -> dict[str, Any]:
        assumed = self.assumed
        return {
            "odds": assumed["odds"],
            "tempo": dict(assumed["tempo"]),
            "foresight": assumed["foresight"],
            "worth": assumed["worth"],
        }

    # The sliders -------------------------------------------------------------------------------

    def lay_out(self) -> None:
        """The sliders, and below them what follows."""
        ui.label("What if?").classes("section-title").props('role="heading" aria-level="2"')
        ui.label(
            "Move what you doubt. Only what stands here is varied; every other preference is "
            "taken as stated."
        ).classes("quiet")
        for number, one in enumerate(self.assumed["statements"]):
            self._statement(number, one)
        self._range(
            "Odds: how much likelier a party is to take a move that improves its worth by a tenth "
            "of its range than to stay",
            _ODDS,
            self.assumed["odds"],
            lambda value: f"{value:g} to 1",
            lambda value: self._play(odds=value),
        )
        with (
            ui.expansion("How play goes on: foresight, worth and salience")
            .classes("folded")
            .props("dense")
        ):
            self._choice("A party looks", _LOOKING_AHEAD, "foresight")
            self._choice("A state is worth", _WORTH, "worth")
            ui.label(
                "How often each party gets to move, in proportion. It begins at the party's tempo "
                "in the file, or at its salience on the issue of the dispute:"
            ).classes("quiet")
            for party, name in self.assumed["parties"].items():
                self._range(
                    name,
                    _TEMPO,
                    self.assumed["tempo"][party],
                    lambda value: f"{value:g}",
                    lambda value, party=party: self._play(
                        tempo={**self.play["tempo"], party: value}
                    ),
                )
        with ui.row():
            ui.button("Back to the file", on_click=self.back).props("outline dense no-caps")
            self.keep = ui.button("Save as a file", icon="save", on_click=self.save)
            self.keep.props("outline dense no-caps").set_visibility(not self.session.looks_only)
        self.saved = ui.element("div").props('role="status"')
        with ui.element("div").classes("changes").props('aria-live="polite"'):
            self.answer()
        self.others()
        self._play()

    def _statement(self, number: int, one: Mapping[str, Any]) -> None:
        def moved(value: float) -> None:
            self.confidence[number] = value
            self.answer.refresh()
            self.others.refresh()

        fails = "" if one["fails"] == "dropped" else " (or else the opposite)"
        self._range(
            f"{one['name']} prefers{fails}: {one['words']}",
            _CONFIDENCE,
            one["confidence"],
            lambda value: f"confidence {value:g}",
            moved,
        )

    def _range(
        self, label: str, values: tuple[float, ...], value: float, words: Any, moved: Any
    ) -> None:
        every = sorted({*values, value})
        field = RangeField(label, every, [words(one) for one in every], value, moved)
        self.fields.append((field, value))

    def _choice(self, label: str, choices: Mapping[str, str], key: str) -> None:
        def chosen(event: Any) -> None:
            if event.value != self.play[key]:
                self._play(**{key: event.value})

        select = ui.select(dict(choices), label=label, value=self.play[key], on_change=chosen)
        select.props("outlined dense").classes("field")
        self.choices.append((select, key))

    def back(self) -> None:
        """Take everything as the file has it."""
        self.confidence = list(self.stated)
        self.others.refresh()
        for field, value in self.fields:
            field.put(value)
        stated = self._stated_play()
        for select, key in self.choices:
            # Before it is put back, so that it asks for nothing.
            self.play[key] = stated[key]
            select.set_value(stated[key])
        self._play(**stated)

    # What follows ------------------------------------------------------------------------------

    def _play(self, **changed: Any) -> None:
        """Let play go on otherwise; what a person moves meanwhile comes next."""
        self.play = {**self.play, **changed}
        self.wanted = dict(self.play)
        if not self.working:
            self.working = True
            background_tasks.create(self._compute(), context=self.session.client)
        self.answer.refresh()

    async def _compute(self) -> None:
        try:
            while self.wanted is not None:
                asked, self.wanted = self.wanted, None
                try:
                    # It is not called off when the next comes: the process knows the dispute now.
                    found = await asyncio.shield(
                        asyncio.ensure_future(
                            self.session.work.workers.compute_limited(
                                "ways",
                                text=self.text,
                                statements=list(self.assumed["statements"]),
                                **asked,
                            )
                        )
                    )
                except DetenteError as error:
                    self.fault = error.message
                    continue
                self.fault, self.now, self.now_of = None, found, asked
                if self.base is None:
                    self.base = found
        finally:
            self.working = False
        if not self.session.client.is_deleted:
            self.answer.refresh()

    @ui.refreshable_method
    def answer(self) -> None:
        """Which answers change."""
        if self.fault is not None:
            ui.label(self.fault).classes("unsaved").props('role="alert"')
            return
        if self.base is None or self.now is None:
            with ui.row().classes("items-center"):
                ui.spinner(size="1.2rem").props('aria-hidden="true"')
                ui.label("Play is carried forward for these sliders.")
            return
        self.keep.set_enabled(any(self._for_a_file()))
        names = [one["name"] for one in self.now["outcomes"]]
        before = mean_over(self.base["chances"], self.stated).tolist()
        after = mean_over(self.now["chances"], self.confidence).tolist()
        if self.working:
            ui.spinner(size="1.2rem").props('aria-label="Computing"')
        differs = self.differences()
        if not differs:
            ui.label("Everything is as in the file. The chances are:").classes("text-weight-bold")
        else:
            ui.label("What you changed").classes("heading").props('role="heading" aria-level="3"')
            _sentences(differs)
            ui.label("What follows").classes("heading").props('role="heading" aria-level="3"')
            if self.now_of != self.play:
                # What is known so far is for other ways of play.
                ui.label("Play is carried forward for these sliders.")
                return
            self._consequences(names, before, after)
        _chances(names, before, after)

    def _consequences(self, names: list[str], before: list[float], after: list[float]) -> None:
        assert self.now is not None
        assert self.base is not None
        told, still = changed_chances(names, before, after)
        movers = self.now["movers"]
        mover = next_mover_sentence(
            self.assumed["parties"],
            dict(zip(movers, mean_over(self.base["moving"], self.stated).tolist(), strict=True)),
            dict(zip(movers, mean_over(self.now["moving"], self.confidence).tolist(), strict=True)),
        )
        rest = "No outcome moves by a per cent point or more." if not told else ""
        if told and still:
            rest = f"{still} more move{'s' if still == 1 else ''} by less than one per cent point."
        _sentences([*told, *filter(None, (rest, mover))])

    def _dropped(self) -> list[dict[str, Any]]:
        """The statements that are now likelier to fail than to hold, and were not before."""
        return [
            {"party": one["party"], "statement": one["statement"]}
            for one, was, now in zip(
                self.assumed["statements"], self.stated, self.confidence, strict=True
            )
            if now < _HALF <= was
        ]

    @ui.refreshable_method
    def others(self) -> None:
        """Other answers of the model, which know a statement only as held or not."""
        dropped = self._dropped()
        if not dropped:
            return
        with ui.element("div").classes("changes"):
            if self.answers is None or self.answers[0] != dropped:
                ui.label(
                    "Stability, roadmaps and claims take each preference either as held or as not "
                    "held. They may change if a preference is now more likely not to hold."
                ).classes("quiet")
                ui.button("Which other answers change?", on_click=self.look_at_others).props(
                    "outline dense no-caps"
                )
                return
            lines = self.answers[1]
            ui.label("Other answers").classes("heading").props('role="heading" aria-level="3"')
            if lines is None:
                with ui.row().classes("items-center").props('role="status"'):
                    ui.spinner(size="1.2rem").props('aria-hidden="true"')
                    ui.label("The model is asked anew.")
            else:
                _sentences(lines or ["No other answer of the model changes."])

    async def look_at_others(self) -> None:
        """Ask the model without the statements that are likelier to fail."""
        dropped = self._dropped()
        self.answers = (dropped, None)
        self.others.refresh()
        try:
            found = await self.session.work.workers.compute_limited(
                "answers_changed", text=self.text, dropped=dropped
            )
        except DetenteError as error:
            self.answers = None
            self.session.tell(error.message)
        else:
            if self._dropped() == dropped:
                self.answers = (dropped, list(found["lines"]))
        self.others.refresh()

    def differences(self) -> list[str]:
        """What is assumed otherwise than in the file, in sentences."""
        told = [
            f"{one['name']} prefers this with confidence {now:g}, not {was:g}: {one['words']}"
            for one, was, now in zip(
                self.assumed["statements"], self.stated, self.confidence, strict=True
            )
            if now != was
        ]
        stated = self._stated_play()
        if self.play["odds"] != stated["odds"]:
            told.append(f"The odds are {self.play['odds']:g}, not {stated['odds']:g}.")
        told += [
            f"{self.assumed['parties'][party]} gets to move in proportion {value:g}, not "
            f"{stated['tempo'][party]:g}."
            for party, value in self.play["tempo"].items()
            if value != stated["tempo"][party]
        ]
        for key, words, what in (
            ("foresight", _LOOKING_AHEAD, "A party looks"),
            ("worth", _WORTH, "A state is worth"),
        ):
            value = self.play[key]
            if value != stated[key]:
                told.append(f"{what} {words.get(value, value)}.")
        return told

    def _for_a_file(self) -> tuple[list[dict[str, Any]], dict[str, float]]:
        """Of what is assumed otherwise, what a dispute file can hold: confidences and tempos."""
        confidence = [
            {"party": one["party"], "statement": one["statement"], "confidence": now}
            for one, was, now in zip(
                self.assumed["statements"], self.stated, self.confidence, strict=True
            )
            if now != was
        ]
        tempo = {
            party: value
            for party, value in self.play["tempo"].items()
            if value != self.assumed["tempo"][party]
        }
        return confidence, tempo

    # Keeping -----------------------------------------------------------------------------------

    async def save(self) -> None:
        """Write what is assumed into a file beside this one."""
        session = self.session
        confidence, tempo = self._for_a_file()
        try:
            made = await session.work.workers.compute_limited(
                "variant", text=self.text, confidence=confidence, tempo=tempo
            )
            stem = session.opened.name.rpartition(".")[0]
            version = await asyncio.to_thread(
                session.work.folder.create_called, f"{stem} variant", made["text"]
            )
        except DetenteError as error:
            session.tell(error.message)
            return
        self.saved.clear()
        with self.saved, ui.element("p"):
            ui.label(f"Saved as {version.name}: {'; '.join(made['changes'])}.")
            left = len(self.differences()) - len(confidence) - len(tempo)
            if left:
                ui.label("Odds, foresight and worth are no part of a file, and are not saved.")
            ui.link("Open it", address(version.name, "brief"))


def _sentences(told: list[str]) -> None:
    with ui.element("ul").classes("nested"):
        for sentence in told:
            with ui.element("li"):
                ui.label(sentence)


def _chances(names: list[str], before: list[float], after: list[float]) -> None:
    rows = []
    for name, old, new in zip(names, before, after, strict=True):
        texts = [name, percentage(old), percentage(new), likelihood_words(new)]
        rows.append(text_row(texts, "moved-row" if abs(new - old) >= 0.01 else ""))
    scroll = ui.element("div").classes("scroll")
    with scroll.props('role="region" aria-label="Chances" tabindex="0"'):
        heads = column_heads(("Outcome", "As in the file", "Now", "Likelihood now"))
        Sheet(heads, rows).classes("found")
