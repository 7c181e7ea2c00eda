"""The page on which a dispute file is edited as text."""

from __future__ import annotations

from typing import Any

from nicegui import events, ui

from detente.workbench.pages.arrival import file_page
from detente.workbench.pages.results import results
from detente.workbench.pages.session import Session
from detente.workbench.services import Services

__all__ = ["add"]

# Puts the cursor into a line and shows it, once the editor is there.
_GO_TO_LINE = """
const go = (tries) => {
  const text = document.querySelector(".code .cm-content");
  const view = text && (text.cmView ?? text.cmTile)?.view;
  if (!view) return tries && setTimeout(() => go(tries - 1), 50);
  const line = view.state.doc.line(Math.min(LINE, view.state.doc.lines));
  view.dispatch({ selection: { anchor: line.from, head: line.to }, scrollIntoView: true });
  view.focus();
};
go(100);
"""


def add(work: Services) -> None:
    """Make the page."""

    def lay_out(session: Session) -> None:
        with ui.element("div").classes("two"):
            with ui.element("div").classes("stack"):
                shown = {"text": session.opened.text}

                async def changed(event: events.ValueChangeEventArguments[Any]) -> None:
                    new = str(event.value or "")
                    if new != session.opened.text:
                        shown["text"] = new
                        await session.edit(lambda _: new, field="text", layout=False)

                editor = ui.codemirror(
                    session.opened.text,
                    language="YAML",
                    theme="githubLight",
                    line_wrapping=True,
                    on_change=changed,
                )
                editor.classes("code")
                editor.set_enabled(not session.looks_only)
                # What people type in comes late, without a name, and as no stop for keys.
                ui.run_javascript(
                    """
                    const named = () => {
                      const text = document.querySelector(".code .cm-content");
                      if (!text) return setTimeout(named, 50);
                      text.setAttribute("aria-label", "Text of the file");
                      text.setAttribute("tabindex", "0");
                    };
                    named();
                    """
                )
                line = _line_asked()
                if line is not None:
                    ui.run_javascript(_GO_TO_LINE.replace("LINE", str(line)))
            with ui.element("div").classes("stack side"):
                results(session)

        def again() -> None:
            if session.opened.text != shown["text"]:
                shown["text"] = session.opened.text
                editor.set_value(session.opened.text)

        session.rebuild.append(again)

    file_page(work, "text", lay_out)


def _line_asked() -> int | None:
    """The line that the address asks for, from 1."""
    asked = ui.context.client.request.query_params.get("line", "")
    return int(asked) if asked.isascii() and asked.isdigit() and 0 < len(asked) < 8 else None
