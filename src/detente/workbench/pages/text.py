"""The page on which a dispute file is edited as text."""

from __future__ import annotations

from typing import Any

from nicegui import events, ui

from detente.workbench.pages.arrival import file_page
from detente.workbench.pages.results import results
from detente.workbench.pages.session import Session
from detente.workbench.services import Services

__all__ = ["add"]


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
                # What people type in comes late, without a name, and as no stop for keys. The
                # address may ask for a line: the cursor goes there.
                ui.run_javascript(
                    """
                    const named = () => {
                      const text = document.querySelector(".code .cm-content");
                      if (!text) return setTimeout(named, 50);
                      text.setAttribute("aria-label", "Text of the file");
                      text.setAttribute("tabindex", "0");
                      const line = Number(new URLSearchParams(location.search).get("line"));
                      const view = (text.cmView ?? text.cmTile)?.view;
                      if (!line || line < 1 || !view) return;
                      const lines = view.state.doc;
                      const { from, to } = lines.line(Math.min(Math.floor(line), lines.lines));
                      view.dispatch({
                        selection: { anchor: from, head: to }, scrollIntoView: true,
                      });
                      view.focus();
                    };
                    named();
                    """
                )
            with ui.element("div").classes("stack side"):
                results(session)

        def again() -> None:
            if session.opened.text != shown["text"]:
                shown["text"] = session.opened.text
                editor.set_value(session.opened.text)

        session.rebuild.append(again)

    file_page(work, "text", lay_out)
