"""Running text on pages: documents that it names are links, and what is code looks like code."""

from __future__ import annotations

import re

from nicegui import ui

from detente.workbench.documentation import document_address, document_title

__all__ = ["show_words"]

_MARKED = re.compile(r"(docs/[a-z][a-z0-9/-]*\.md|`[^`]+`)")


def show_words(text: str) -> None:
    """Show a text in which ``docs/concepts/brief.md`` leads there, and code looks like code."""
    parts = _MARKED.split(text)
    if len(parts) == 1:
        ui.label(text)
        return
    with ui.element("div").classes("words"):
        # What matches stands at the odd places.
        for place, part in enumerate(parts):
            name = part.removeprefix("docs/")
            address = document_address(name) if place % 2 else None
            if address is not None:
                ui.link(f"“{document_title(name)}”", address)
            elif place % 2 and part.startswith("`"):
                ui.label(part[1:-1]).classes("mono")
            elif part:
                ui.label(part)
