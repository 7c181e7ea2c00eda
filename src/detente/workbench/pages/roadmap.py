"""The page of roadmaps: built stage by stage, and where each breaks."""

from __future__ import annotations

from typing import Any

from nicegui import ui

from detente.workbench.pages.frame import dispute_title, frame, not_found, open_session
from detente.workbench.services import Services

__all__ = ["add"]


def add(work: Services) -> None:
    """Make the page."""

    @ui.page("/dispute/{name}/roadmap")
    def page(name: str) -> Any:
        session = open_session(work, name)
        if session is None:
            return not_found(name)
        with frame(dispute_title(session), session, "roadmap"):
            ui.label("Roadmaps")
        session.start()
        return None
