"""Shows the parts of a form, and when they change, changes those that differ and no others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from nicegui import ui
from nicegui.element import Element

from detente.files.yaml_text import dotted
from detente.workbench.edits import Move, value_at
from detente.workbench.forms.form_parts import (
    Adder,
    Choice,
    Folded,
    FormPart,
    PartGroup,
    Press,
    TextField,
    Ticks,
    Words,
)
from detente.workbench.pages.browser_parts import DrawnApart, TypedField
from detente.workbench.pages.elements import labelled, marked, valued
from detente.workbench.pages.pieces import Pieces
from detente.workbench.pages.session import Session
from detente.workbench.pages.terms import explain_term

__all__ = ["FormView"]

Act = Callable[[Mapping[str, Any]], Awaitable[None]]

_CLASSES = {
    "panel": ("panel",),
    "row": ("entry", "form-row"),
    "column": ("form-column",),
    "grow": ("grow",),
    "list": ("statements", "form-column"),
    "item": ("statement", "form-row"),
    "levels": ("levels",),
    "alert": ("conflict",),
}
_TAGS = {"panel": "section", "alert": "section"}
# What is large, or one of many.
_DRAWN_APART = {"panel", "item"}
_WORDS = {
    "heading": ("heading",),
    "title": ("section-title",),
    "quiet": ("quiet",),
    "id": ("id", "mono"),
    "plain": ("plain",),
    "number": ("number",),
    "handle": ("handle",),
    "fault": ("fault",),
    "unseen": ("unseen",),
}


@dataclass
class _Shown:
    """A part as it is shown."""

    part: Any
    element: Element
    # Where parts inside it stand, and those parts.
    around: Element | None = None
    inside: dict[str, _Shown] = field(default_factory=dict)


class FormView:
    """A form on one page.

    Parameters
    ----------
    session
        The window on the file.
    acts
        What buttons can have the page do, by name.
    """

    def __init__(self, session: Session, acts: Mapping[str, Act]) -> None:
        self.session = session
        self.acts = acts
        self.around = DrawnApart().classes("stack by-place")
        self.shown: dict[str, _Shown] = {}
        self.fields: dict[str, Any] = {}
        self._begun = False
        self._fault: Mapping[str, Any] | None = None
        self._findings: tuple[Mapping[str, Any], ...] = ()

    async def begin(self, parts: Callable[[], Sequence[FormPart]]) -> None:
        """Show parts for the first time, piece by piece: others are served in between."""
        pieces = Pieces()
        for part in parts():
            if self.around.is_deleted:
                return
            await self._grow(self.around, self.shown, part, pieces)
        self._begun = True
        self.show(parts())

    def show(self, parts: Sequence[FormPart]) -> None:
        """Show these parts from now on."""
        if not self._begun:
            return
        self._fit(self.around, self.shown, parts)
        self.fields = dict(_fields(self.shown.values()))
        self._mark()

    def mark(self, fault: Mapping[str, Any] | None) -> bool:
        """Mark the field in which the file is wrong; tell whether there is one."""
        self._fault = fault
        return self._mark()

    def mark_all(self, findings: Sequence[Mapping[str, Any]]) -> None:
        """Mark the fields of what does not stand in the sources, or has no meaning."""
        self._findings = tuple(findings)
        self._mark()

    def _mark(self) -> bool:
        messages: dict[str, str] = {}
        for one in (*self._findings, *([self._fault] if self._fault else [])):
            key = self._field_of(one.get("key"))
            if key is not None:
                nearest = one.get("nearest")
                hint = f"; did you mean “{nearest}”?" if nearest else ""
                messages[key] = f"{one['message']}{hint}"
        for own, field_ in self.fields.items():
            field_.error = messages.get(own)
        return self._fault is not None and self._field_of(self._fault.get("key")) is not None

    def _field_of(self, key: str | None) -> str | None:
        """The field at a key, or else the first one of the entry around it."""
        while key:
            if key in self.fields:
                return key
            for own in self.fields:
                if own.startswith((f"{key}.", f"{key}[")) and key.count(".") + key.count("[") > 1:
                    return own
            key = key[: max(key.rfind("."), key.rfind("["), 0)]
        return None

    def _fit(self, around: Element, shown: dict[str, _Shown], parts: Sequence[FormPart]) -> None:
        wanted = {part.key: part for part in parts}
        for key in list(shown):
            if key not in wanted or not _same_kind(shown[key].part, wanted[key]):
                shown.pop(key).element.delete()
        for place, part in enumerate(parts):
            one = shown.get(part.key)
            if one is None:
                with around:
                    one = shown[part.key] = self._made(part)
            elif one.part != part or isinstance(part, PartGroup | Folded):
                self._changed(one, part)
            else:
                one.part = part
            if around.default_slot.children[place] is not one.element:
                one.element.move(target_index=place)

    # Making ---------------------------------------------------------------------------------

    async def _grow(
        self, around: Element, shown: dict[str, _Shown], part: FormPart, pieces: Pieces
    ) -> None:
        """Make a part piece by piece.

        In between it may be changed, or removed with what is around it; whoever calls this fits
        the whole in the end.
        """
        inside = part.inside if isinstance(part, PartGroup) else ()
        with around:
            bare = replace(part, inside=()) if isinstance(part, PartGroup) else part
            one = shown[part.key] = self._made(bare)
        one.part = part
        await pieces.rest()
        for inner in inside:
            if one.element.is_deleted:
                return
            if inner.key not in one.inside:
                await self._grow(one.element, one.inside, inner, pieces)

    def _made(self, part: FormPart) -> _Shown:
        match part:
            case Words():
                return _Shown(part, _words(part))
            case TextField():
                return self._text_field(part)
            case Choice() | Ticks():
                return self._choice(part)
            case Press():
                return self._press(part)
            case Adder():
                return self._adder(part)
            case Folded():
                return self._folded(part)
            case PartGroup():
                return self._group(part)

    def _text_field(self, part: TextField) -> _Shown:
        shown: _Shown

        async def typed(value: str, was: str) -> tuple[str, int] | None:
            now = shown.part
            seen = self.session.seen
            key = dotted(now.trail)
            if not await self.session.edit(now.edit(value, was), field=key, seen=seen):
                return None
            trail = self.session.opened.carried(now.trail, seen) or now.trail
            saved = value_at(self.session.document, trail)
            return _text(saved), self.session.seen

        element = TypedField(
            place=dotted(part.trail),
            label=part.label,
            hint=part.hint,
            value=part.value,
            revision=self.session.seen,
            form=part.form,
            said=part.said,
            told=part.help,
            on_typed=typed,
            readonly=self.session.looks_only,
        )
        shown = _Shown(part, element)
        return shown

    def _choice(self, part: Choice | Ticks) -> _Shown:
        shown: _Shown
        several = isinstance(part, Ticks)

        async def choose(event: Any) -> None:
            now = shown.part
            value = tuple(event.value or ()) if several else event.value
            if value is not None and value != (now.values if several else now.value):
                await self.session.edit(now.edit(value))

        select = ui.select(
            dict(part.choices),
            value=_chosen(part),
            label=part.hint or None,
            multiple=several,
            on_change=choose,
        )
        select.props("outlined dense").classes("choice")
        if self.session.looks_only:
            select.props("readonly")
        if several:
            select.props("use-chips").classes("field")
        if part.help:
            valued(select, "title", part.help)
        shown = _Shown(part, labelled(select, part.label))
        return shown

    def _press(self, part: Press) -> _Shown:
        shown: _Shown

        async def press() -> None:
            now = shown.part
            if now.act is not None:
                await self.acts[now.act](now.given)
            elif now.change is not None:
                await self.session.edit(now.change)

        if part.text:
            button = ui.button(part.text, icon=part.icon or None, on_click=press)
            button.props("outline dense no-caps")
        else:
            button = ui.button(icon=part.icon, on_click=press).props('flat round dense size="sm"')
            button.classes("remove")
            valued(button, "title", part.label)
        button.set_enabled(part.enabled)
        button.set_visibility(not self.session.looks_only)
        shown = _Shown(part, labelled(button, part.label))
        return shown

    def _adder(self, part: Adder) -> _Shown:
        shown: _Shown
        with ui.element("div").classes("adder form-row") as element:
            element.set_visibility(not self.session.looks_only)
            if part.choices:
                entry: Any = ui.select(dict(part.choices), label=part.label, with_input=True)
            else:
                entry = ui.input(part.label, placeholder=part.hint)
            entry.props("outlined dense").classes("grow")
            labelled(entry, part.label)
            if part.formula:
                entry.classes("mono")

            async def add() -> None:
                now = shown.part
                new = str(entry.value or "").strip()
                if not new:
                    entry.error = "Nothing is written here yet."
                    return
                change = now.edit(new)
                if isinstance(change, str):
                    entry.error = change
                    return
                entry.error = None
                entry.set_value(None if now.choices else "")
                await self.session.edit(change)

            entry.on("keydown.enter", add)
            button = ui.button(icon="add", on_click=add).props("outline dense").classes("add")
            labelled(button, f"Add: {part.label}")
            if part.formula:

                async def take(formula: str) -> None:
                    # What is built and taken is added: it was looked at in the builder.
                    entry.set_value(formula)
                    await add()

                build = ui.button(
                    icon="construction",
                    on_click=lambda: self.acts["build"](
                        {"take": take, "value": entry.value, "party": part.party}
                    ),
                ).props("outline dense")
                valued(labelled(build.classes("add"), f"Build: {part.label}"), "title", "Build it")
        shown = _Shown(part, element, entry)
        return shown

    def _folded(self, part: Folded) -> _Shown:
        shown: _Shown
        with ui.expansion(part.title) as element:
            around = DrawnApart().classes("form-column")
        element.classes("folded").props("dense")

        async def turn() -> None:
            pieces = Pieces()
            for one in shown.part.inside() if element.value else ():
                if one.key not in shown.inside:
                    await self._grow(around, shown.inside, one, pieces)
                if around.is_deleted or not element.value:
                    return
            self._fit(around, shown.inside, shown.part.inside() if element.value else ())
            self.fields = dict(_fields(self.shown.values()))

        element.on_value_change(turn)
        element.set_text(_title(part))
        shown = _Shown(part, element, around)
        return shown

    def _group(self, part: PartGroup) -> _Shown:
        element: Any = marked(_around(part), *_CLASSES[part.kind])
        shown = _Shown(part, element, element)
        if part.label:
            labelled(element, part.label)
        if part.kind == "list":
            element.props('role="list"')
        elif part.kind == "item":
            element.props('role="listitem"')
        elif part.kind == "alert":
            element.props('role="alert"')
        elif part.kind == "levels":
            element.props('role="group"')
        self._fit(element, shown.inside, part.inside)
        if part.sort is not None and not self.session.looks_only:

            async def dragged(event: Any) -> None:
                at = shown.part.sort
                # The browser has moved it already; so have the parts on the server's side.
                await self.session.edit(Move(at, event.old_index, event.new_index))

            element.make_sortable(handle=".handle", on_end=dragged)
        return shown

    # Changing -------------------------------------------------------------------------------

    def _changed(self, shown: _Shown, part: FormPart) -> None:
        element: Any = shown.element
        before, shown.part = shown.part, part
        match part:
            case Words():
                element.set_text(part.text)
            case TextField():
                element.update_text(
                    place=dotted(part.trail),
                    label=part.label,
                    hint=part.hint,
                    value=part.value,
                    revision=self.session.seen,
                    said=part.said,
                )
            case Choice() | Ticks():
                labelled(element, part.label)
                element.set_label(part.hint or None)
                value = _chosen(part)
                if before.choices != part.choices:
                    element.set_options(dict(part.choices), value=value)
                elif element.value != value:
                    element.set_value(value)
            case Press():
                labelled(element, part.label)
                if not part.text:
                    valued(element, "title", part.label)
                element.set_enabled(part.enabled)
            case PartGroup():
                if part.label:
                    labelled(element, part.label)
                assert shown.around is not None
                self._fit(shown.around, shown.inside, part.inside)
            case Folded():
                if _title(before) != _title(part):
                    element.set_text(_title(part))
                if element.value:
                    assert shown.around is not None
                    self._fit(shown.around, shown.inside, part.inside())
            case Adder():
                control: Any = shown.around
                labelled(control, part.label)
                if part.choices and before.choices != part.choices:
                    control.set_options(dict(part.choices), value=None)


def _chosen(part: Choice | Ticks) -> Any:
    """What is chosen, for the element; nothing where it is none of what there is to choose."""
    if isinstance(part, Ticks):
        return list(part.values)
    return part.value if part.value in dict(part.choices) else None


def _same_kind(before: FormPart, now: FormPart) -> bool:
    """Whether a part can be changed into another one."""
    if type(before) is not type(now):
        return False
    match now:
        case Words():
            return before.kind == now.kind  # type: ignore[union-attr]
        case TextField():
            return before.form == now.form  # type: ignore[union-attr]
        case Press():
            return (before.icon, before.text) == (now.icon, now.text)  # type: ignore[union-attr]
        case Adder():
            return bool(before.choices) == bool(now.choices)  # type: ignore[union-attr]
        case PartGroup():
            return (before.kind, before.sort is None) == (now.kind, now.sort is None)  # type: ignore[union-attr]
        case _:
            return True


def _around(part: PartGroup) -> Element:
    """What stands around the parts of a group."""
    if part.kind == "list":
        return ui.column()
    tag = _TAGS.get(part.kind, "div")
    return DrawnApart(tag) if part.kind in _DRAWN_APART else ui.element(tag)


def _words(part: Words) -> Element:
    if part.kind == "handle":
        return ui.icon("drag_indicator").classes("handle").props('aria-hidden="true"')
    if part.kind == "help":
        with ui.element("div") as around:
            explain_term(part.text)
        return around
    label = marked(ui.label(part.text), *_WORDS[part.kind])
    if part.kind == "heading":
        label.props('role="heading" aria-level="3"')
    elif part.kind in ("title", "unseen"):
        label.props('role="heading" aria-level="2"')
    elif part.kind == "id":
        valued(label, "title", "Id in formulas")
    return label


def _title(part: Folded) -> str:
    return f"{part.title} ({part.count})" if part.count else part.title


def _fields(shown: Iterable[_Shown]) -> Iterable[tuple[str, Any]]:
    for one in shown:
        if isinstance(one.part, TextField | Choice):
            yield dotted(one.part.trail), one.element
        yield from _fields(one.inside.values())


def _text(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
