"""The graph on a canvas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nicegui import events
from nicegui.element import Element

__all__ = ["GraphView"]


class GraphView(Element, component="graph_view.js"):
    """A graph whose nodes can be pressed; see ``graph_view.js``."""

    def __init__(
        self,
        file: str,
        on_press: Callable[[str | None, str], Any],
        on_open: Callable[[str], Any],
    ) -> None:
        """Make the canvas.

        Parameters
        ----------
        file
            The name of files that are kept of it, without an ending.
        on_press
            Called with the node from which somebody has dragged, or None, and the one pressed.
        on_open
            Called with the region of a node that is pressed twice.
        """
        super().__init__()
        self._props.update(graph={"nodes": [], "edges": []}, label="Graph", file=file)

        async def pressed(event: events.GenericEventArguments) -> None:
            await on_press(event.args["start"], str(event.args["end"]))

        async def opened(event: events.GenericEventArguments) -> None:
            await on_open(str(event.args))

        self.on("press", pressed)
        self.on("open", opened)

    def show(self, graph: Mapping[str, Any], label: str) -> None:
        """Draw a graph: ``nodes`` and ``edges``, and what it is for those who do not see it."""
        self._props.update(graph=dict(graph), label=label)
