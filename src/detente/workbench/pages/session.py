"""One window on an open file: its edits, and what it shows when something changes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from nicegui import background_tasks, run, ui

from detente.dispute.errors import DetenteError
from detente.files.schema_check import fitting
from detente.files.yaml_text import parse
from detente.workbench.open_files import OpenFile
from detente.workbench.services import Services

__all__ = ["Session", "compute"]

_LOOK_EVERY = 1.0


async def compute(work: Services, task: str, **arguments: Any) -> dict[str, Any]:
    """Compute for the window that is open, for as long as it is.

    Raises
    ------
    Failed
        As :meth:`detente.workbench.workers.Workers.compute`.
    """
    running = asyncio.ensure_future(work.workers.compute_limited(task, **arguments))
    handlers = ui.context.client.delete_handlers

    def leave() -> None:
        running.cancel()

    handlers.append(leave)
    try:
        return await running
    finally:
        running.cancel()
        handlers.remove(leave)


@dataclass
class Session:
    """One window on an open file.

    Attributes
    ----------
    work
        What the server works with.
    opened
        The file.
    rebuild
        Called where the page must be laid out anew: after undo, or an edit in another window.
    refresh
        Called after every change, to compute and show what follows from it.
    packages
        Whether packages count as moves of all their members in what is computed.
    """

    work: Services
    opened: OpenFile
    rebuild: list[Callable[[], object]] = field(default_factory=list)
    refresh: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    packages: bool = False
    _seen: int = -1
    _computing: list[asyncio.Task[Any]] = field(default_factory=list)

    def start(self) -> None:
        """Follow the file from now on."""
        self._seen = self.opened.revision
        self.opened.windows += 1
        ui.context.client.on_delete(self._closed)
        self._compute()
        ui.timer(_LOOK_EVERY, self._look)

    def _closed(self) -> None:
        self.opened.windows -= 1

    @property
    def document(self) -> Any:
        """What of the document can be shown, as plain values; None where the text is not YAML."""
        try:
            found = parse(self.opened.text)[0]
            return fitting(found) if isinstance(found, dict) else None
        except DetenteError:
            return None

    def edit(
        self, change: Callable[[str], str], *, field: str | None = None, layout: bool = True
    ) -> bool:
        """Make an edit and save it.

        Parameters
        ----------
        change
            Gives the new text from the current one.
        field
            The field in which a person types.
        layout
            Whether the page has to be laid out anew; not while somebody types in it.

        Returns
        -------
        bool
            Whether it could be made; a person has been told otherwise.
        """
        try:
            self._seen = self.opened.edit(change, field=field)
        except DetenteError as error:
            ui.notify(str(error.message), type="negative", position="top")
            return False
        self._changed(layout)
        return True

    def count_packages(self, packages: bool) -> None:
        """From now on count packages as moves, or not."""
        self.packages = packages
        self._compute()

    def step(self, act: Callable[[], object]) -> None:
        """Undo, redo, or settle a conflict."""
        try:
            act()
        except DetenteError as error:
            ui.notify(error.message, type="negative", position="top")
        self._seen = self.opened.revision
        self._changed(layout=True)

    async def compute(self, task: str, **arguments: Any) -> dict[str, Any]:
        """Compute in another process without keeping the pages waiting.

        Raises
        ------
        Failed
            As :meth:`detente.workbench.workers.Workers.run`.
        """
        return await compute(self.work, task, text=self.opened.text, **arguments)

    async def _look(self) -> None:
        await run.io_bound(self.opened.look)
        if self.opened.revision != self._seen:
            self._seen = self.opened.revision
            self._changed(layout=True)

    def _changed(self, layout: bool) -> None:
        if layout:
            for rebuild in self.rebuild:
                rebuild()
        self._compute()

    def _compute(self) -> None:
        # What followed from an older version is of no use any more.
        for task in self._computing:
            task.cancel()
        self._computing = [
            background_tasks.create(refresh(), context=ui.context.client)
            for refresh in self.refresh
        ]
