"""Shows the parts of a form, and when they change, changes those that differ and no others."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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
from detente.workbench.pages.browser_parts import TypedField
from detente.workbench.pages.elements import labelled, marked, valued
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

    node: Any
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
        self.around = ui.element("div").classes("stack")
        self.shown: dict[str, _Shown] = {}
        self.fields: dict[str, Any] = {}
        self._begun = False
        self._fault: Mapping[str, Any] | None = None
        self._findings: tuple[Mapping[str, Any], ...] = ()

    async def begin(self, nodes: Callable[[], Sequence[FormPart]]) -> None:
        """Show parts for the first time, one after the other: others are served in between."""
        for node in nodes():
            if self.around.is_deleted:
                return
            with self.around:
                self.shown[node.key] = self._made(node)
            await asyncio.sleep(0)
        self._begun = True
        self.show(nodes())

    def show(self, nodes: Sequence[FormPart]) -> None:
        """Show these parts from now on."""
        if not self._begun:
            return
        self._fit(self.around, self.shown, nodes)
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

    def _fit(self, around: Element, shown: dict[str, _Shown], nodes: Sequence[FormPart]) -> None:
        wanted = {node.key: node for node in nodes}
        for key in list(shown):
            if key not in wanted or not _same_kind(shown[key].node, wanted[key]):
                shown.pop(key).element.delete()
        for place, node in enumerate(nodes):
            one = shown.get(node.key)
            if one is None:
                with around:
                    one = shown[node.key] = self._made(node)
            elif one.node != node or isinstance(node, PartGroup | Folded):
                self._changed(one, node)
            else:
                one.node = node
            if around.default_slot.children[place] is not one.element:
                one.element.move(target_index=place)

    # Making ---------------------------------------------------------------------------------

    def _made(self, node: FormPart) -> _Shown:
        match node:
            case Words():
                return _Shown(node, _words(node))
            case TextField():
                return self._text_field(node)
            case Choice() | Ticks():
                return self._choice(node)
            case Press():
                return self._press(node)
            case Adder():
                return self._adder(node)
            case Folded():
                return self._folded(node)
            case PartGroup():
                return self._group(node)

    def _text_field(self, node: TextField) -> _Shown:
        shown: _Shown

        async def typed(value: str, was: str) -> tuple[str, int] | None:
            now = shown.node
            seen = self.session.seen
            key = dotted(now.trail)
            if not await self.session.edit(now.edit(value, was), field=key, seen=seen):
                return None
            trail = self.session.opened.carried(now.trail, seen) or now.trail
            saved = value_at(self.session.document, trail)
            return _text(saved), self.session.seen

        element = TypedField(
            place=dotted(node.trail),
            label=node.label,
            hint=node.hint,
            value=node.value,
            revision=self.session.seen,
            form=node.form,
            on_typed=typed,
            readonly=self.session.looks_only,
        )
        shown = _Shown(node, element)
        return shown

    def _choice(self, node: Choice | Ticks) -> _Shown:
        shown: _Shown
        several = isinstance(node, Ticks)

        async def choose(event: Any) -> None:
            now = shown.node
            value = tuple(event.value or ()) if several else event.value
            if value is not None and value != (now.values if several else now.value):
                await self.session.edit(now.edit(value))

        select = ui.select(
            dict(node.choices),
            value=_chosen(node),
            label=node.hint,
            multiple=several,
            on_change=choose,
        )
        select.props("outlined dense").classes("choice")
        if self.session.looks_only:
            select.props("readonly")
        if several:
            select.props("use-chips").classes("field")
        shown = _Shown(node, labelled(select, node.label))
        return shown

    def _press(self, node: Press) -> _Shown:
        shown: _Shown

        async def press() -> None:
            now = shown.node
            if now.act is not None:
                await self.acts[now.act](now.given)
            elif now.change is not None:
                await self.session.edit(now.change)

        if node.text:
            button = ui.button(node.text, icon=node.icon or None, on_click=press)
            button.props("outline dense no-caps")
        else:
            button = ui.button(icon=node.icon, on_click=press).props('flat round dense size="sm"')
            button.classes("remove")
            valued(button, "title", node.label)
        button.set_enabled(node.enabled)
        button.set_visibility(not self.session.looks_only)
        shown = _Shown(node, labelled(button, node.label))
        return shown

    def _adder(self, node: Adder) -> _Shown:
        shown: _Shown
        with ui.element("div").classes("adder form-row") as element:
            element.set_visibility(not self.session.looks_only)
            if node.choices:
                entry: Any = ui.select(dict(node.choices), label=node.label, with_input=True)
            else:
                entry = ui.input(node.label, placeholder=node.hint)
            entry.props("outlined dense").classes("grow")
            labelled(entry, node.label)
            if node.formula:
                entry.classes("mono")

            async def add() -> None:
                now = shown.node
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
            labelled(button, f"Add: {node.label}")
            if node.formula:
                build = ui.button(
                    icon="construction",
                    on_click=lambda: self.acts["build"](
                        {"take": entry.set_value, "value": entry.value, "party": node.party}
                    ),
                ).props("outline dense")
                valued(labelled(build.classes("add"), f"Build: {node.label}"), "title", "Build it")
        shown = _Shown(node, element, entry)
        return shown

    def _folded(self, node: Folded) -> _Shown:
        shown: _Shown
        with ui.expansion(node.title) as element:
            around = ui.element("div").classes("form-column")
        element.classes("folded").props("dense")

        def turn() -> None:
            if element.value:
                self._fit(around, shown.inside, shown.node.inside())
            else:
                self._fit(around, shown.inside, ())
            self.fields = dict(_fields(self.shown.values()))

        element.on_value_change(turn)
        element.set_text(_title(node))
        shown = _Shown(node, element, around)
        return shown

    def _group(self, node: PartGroup) -> _Shown:
        made: Any = ui.column() if node.kind == "list" else ui.element(_TAGS.get(node.kind, "div"))
        element: Any = marked(made, *_CLASSES[node.kind])
        shown = _Shown(node, element, element)
        if node.label:
            labelled(element, node.label)
        if node.kind == "list":
            element.props('role="list"')
        elif node.kind == "item":
            element.props('role="listitem"')
        elif node.kind == "alert":
            element.props('role="alert"')
        elif node.kind == "levels":
            element.props('role="group"')
        self._fit(element, shown.inside, node.inside)
        if node.sort is not None:

            async def dragged(event: Any) -> None:
                at = shown.node.sort
                # The browser has moved it already; so have the parts on the server's side.
                await self.session.edit(Move(at, event.old_index, event.new_index))

            element.make_sortable(handle=".handle", on_end=dragged)
        return shown

    # Changing -------------------------------------------------------------------------------

    def _changed(self, shown: _Shown, node: FormPart) -> None:
        element: Any = shown.element
        before, shown.node = shown.node, node
        match node:
            case Words():
                element.set_text(node.text)
            case TextField():
                element.update_text(
                    place=dotted(node.trail),
                    label=node.label,
                    hint=node.hint,
                    value=node.value,
                    revision=self.session.seen,
                )
            case Choice() | Ticks():
                labelled(element, node.label)
                element.set_label(node.hint)
                value = _chosen(node)
                if before.choices != node.choices:
                    element.set_options(dict(node.choices), value=value)
                elif element.value != value:
                    element.set_value(value)
            case Press():
                labelled(element, node.label)
                if not node.text:
                    valued(element, "title", node.label)
                element.set_enabled(node.enabled)
            case PartGroup():
                if node.label:
                    labelled(element, node.label)
                assert shown.around is not None
                self._fit(shown.around, shown.inside, node.inside)
            case Folded():
                if _title(before) != _title(node):
                    element.set_text(_title(node))
                if element.value:
                    assert shown.around is not None
                    self._fit(shown.around, shown.inside, node.inside())
            case Adder():
                control: Any = shown.around
                labelled(control, node.label)
                if node.choices and before.choices != node.choices:
                    control.set_options(dict(node.choices), value=None)


def _chosen(node: Choice | Ticks) -> Any:
    """What is chosen, for the element; nothing where it is none of what there is to choose."""
    if isinstance(node, Ticks):
        return list(node.values)
    return node.value if node.value in dict(node.choices) else None


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


def _words(node: Words) -> Element:
    if node.kind == "handle":
        return ui.icon("drag_indicator").classes("handle").props('aria-hidden="true"')
    if node.kind == "help":
        with ui.element("div") as around:
            explain_term(node.text)
        return around
    label = marked(ui.label(node.text), *_WORDS[node.kind])
    if node.kind == "heading":
        label.props('role="heading" aria-level="3"')
    elif node.kind in ("title", "unseen"):
        label.props('role="heading" aria-level="2"')
    elif node.kind == "id":
        valued(label, "title", "Id in formulas")
    return label


def _title(node: Folded) -> str:
    return f"{node.title} ({node.count})" if node.count else node.title


def _fields(shown: Iterable[_Shown]) -> Iterable[tuple[str, Any]]:
    for one in shown:
        if isinstance(one.node, TextField | Choice):
            yield dotted(one.node.trail), one.element
        yield from _fields(one.inside.values())


def _text(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
