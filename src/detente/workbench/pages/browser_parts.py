"""Elements with a part of their own in the browser."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nicegui import events
from nicegui.element import Element

__all__ = ["DrawnApart", "SavedSign", "Typed", "TypedField"]

Typed = Callable[[str, str], Awaitable[tuple[str, int] | None]]
"""Saves what is typed, given it and the text with which the typing began. Gives what then stands
there and the revision of the file, or None where it could not be saved."""


class TypedField(Element, component="typed_field.js"):
    """A field whose text is never lost; see ``typed_field.js``."""

    def __init__(
        self,
        *,
        place: str,
        label: str,
        hint: str,
        value: str,
        revision: int,
        form: str,
        said: str = "",
        told: str = "",
        on_typed: Typed,
        readonly: bool = False,
    ) -> None:
        """Make the field.

        Parameters
        ----------
        place
            Where its text stands, for what is kept in the browser.
        label, hint
            What it is called for those who do not see where it stands, and for those who do.
        value, revision
            The text, and the revision of the file in which it stands.
        form
            ``line``, ``area``, ``formula`` or ``number``.
        said
            What a formula says, as a sentence. Its text is then shown when it is asked for.
        told
            What the field is, shown where the pointer is on it.
        on_typed
            Saves what is typed.
        readonly
            Whether nothing can be typed.
        """
        super().__init__()
        self._on_typed = on_typed
        # The number of what is being saved, or was last, and what was answered.
        self._serial: str | None = None
        self._answer: dict[str, object] | None = None
        self._props.update(area=form == "area", numeric=form == "number", readonly=readonly)
        self._props.update(formula=form == "formula", told=told)
        self._props.update(fault="", answer=None)
        self.update_text(
            place=place, label=label, hint=hint, value=value, revision=revision, said=said
        )
        self.classes("field")
        self.on("typed", self._typed)

    def update_text(
        self, *, place: str, label: str, hint: str, value: str, revision: int, said: str = ""
    ) -> None:
        """Show another text, or the same at another place; what is typed is merged in."""
        self._props.update(place=place, label=label, hint=hint, value=value, revision=revision)
        self._props.update(said=said)

    @property
    def error(self) -> str | None:
        """What is wrong with the text, shown under the field."""
        return str(self._props["fault"]) or None

    @error.setter
    def error(self, message: str | None) -> None:
        if self._props["fault"] != (message or ""):
            self._props.update(fault=message or "")

    async def _typed(self, event: events.GenericEventArguments) -> None:
        told = event.args
        if told["serial"] == self._serial:
            # It is sent again, as its answer is late: nothing is saved twice.
            if self._answer is not None:
                self._props.update(answer=dict(self._answer))
            return
        self._serial, self._answer = told["serial"], None
        saved = await self._on_typed(str(told["value"]), str(told["was"]))
        if self.is_deleted:
            return
        self._answer = {"serial": told["serial"], "saved": saved is not None}
        if saved is not None:
            self._answer |= {"value": saved[0], "revision": saved[1]}
        self._props.update(answer=self._answer)


class DrawnApart(Element, component="drawn_apart.js"):
    """A part of a page that is drawn anew only when it changes; see ``drawn_apart.js``.

    Without it, each change anywhere costs the browser the whole page, a fifth of a second for the
    form of a large dispute.
    """

    def __init__(self, tag: str = "div") -> None:
        """Make the part, as an element of HTML that listens to nothing itself."""
        super().__init__()
        self._props.update(tag=tag, part=self.id)


class SavedSign(Element, component="saved_sign.js"):
    """Says whether all is saved; see ``saved_sign.js``."""

    def __init__(self) -> None:
        super().__init__()
        self._props.update(saved=True, why="")

    def show(self, *, saved: bool, why: str | None) -> None:
        """Say whether the server has saved all that it got, and why not."""
        self._props.update(saved=saved, why=why or "")
