"""One window on an open file: its edits, and what it shows when something changes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from nicegui import Client, background_tasks, ui

from detente.dispute.errors import DetenteError
from detente.files.yaml_text import Trail
from detente.workbench.edits import Edit, value_at
from detente.workbench.forms.sentences import sentences_in
from detente.workbench.forms.surroundings import Sentences
from detente.workbench.looking import LOOKS_ONLY
from detente.workbench.open_files import OpenFile
from detente.workbench.services import Services

__all__ = ["Session", "compute"]

_LOOK_EVERY = 1.0
# What nobody waits for begins so much later than what somebody does: an edit is mostly followed by
# another, which would have to share the processors with it.
_LEFT_ALONE = 0.7


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
    follow
        Called after every change, to show the document as it is now.
    rebuild
        Called where the page must be laid out anew: after undo, or an edit in another window.
    refresh
        Called after every change, to compute and show what follows from it.
    afterwards
        The same for what nobody waits for: once all at once is shown, and no other edit comes.
    at_once
        The same for what waits for nothing but the text: it is computed while the document is still
        read here, and uses the document only after :meth:`is_read`.
    looks_only
        Whether the window may change nothing.
    packages
        Whether packages count as moves of all their members in what is computed.
    document
        What of the document can be shown, as plain values; None where the text is not YAML.
    seen
        The revision of the file that this is.
    sentences
        What its formulas say.
    """

    work: Services
    opened: OpenFile
    follow: list[Callable[[], object]] = field(default_factory=list)
    rebuild: list[Callable[[], object]] = field(default_factory=list)
    refresh: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    at_once: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    afterwards: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    looks_only: bool = False
    packages: bool = False
    document: Any = None
    seen: int = -1
    sentences: Sentences = field(default_factory=dict)
    # What a button did may have removed the button; what follows is the page's.
    client: Client = field(default_factory=lambda: ui.context.client)
    _names: dict[Trail, str] = field(default_factory=dict)
    _named: int = 0
    _computing: list[asyncio.Task[Any]] = field(default_factory=list)
    _reading: asyncio.Task[None] | None = None
    # The newest revision that is being read, and how many edits of this window are being made.
    _asked: int = -1
    _editing: int = 0

    async def prepare(self) -> None:
        """Read the file as it is now; nothing is read in the loop that serves the pages."""
        revision, document, sentences = await asyncio.to_thread(self._read)
        if revision < self.seen:
            # A later one has been read meanwhile.
            return
        # An entry that is no longer written in short stands where it stood, and its text in it.
        self._names = {
            now[: len(trail)]: name
            for trail, name in self._names.items()
            if (now := self.opened.carried(trail, self.seen, revision)) is not None
        }
        self.seen, self.document, self.sentences = revision, document, sentences

    def _read(self) -> tuple[int, Any, Sentences]:
        revision, document = self.opened.current()
        return revision, document, sentences_in(document)

    def entries(self, trail: Trail) -> tuple[str, ...]:
        """Keys of the entries of a list; each stays while its entry is the same."""
        found = value_at(self.document, trail)
        keys = []
        for number in range(len(found) if isinstance(found, list) else 0):
            at = (*trail, number)
            if at not in self._names:
                self._named += 1
                self._names[at] = f"entry {self._named}"
            keys.append(self._names[at])
        return tuple(keys)

    def start(self) -> None:
        """Follow the file from now on."""
        self.opened.windows += 1
        ui.context.client.on_delete(self._closed)
        self._compute()
        ui.timer(_LOOK_EVERY, self._look)

    def _closed(self) -> None:
        self.opened.windows -= 1
        self._stop()

    async def edit(
        self,
        change: Edit | Callable[[str], str],
        *,
        field: str | None = None,
        layout: bool = True,
        seen: int | None = None,
    ) -> bool:
        """Make an edit and save it.

        Parameters
        ----------
        change
            The edit, of what the page shows; or what gives the new text from the current one.
        field
            The field in which a person types.
        layout
            Whether the page has to be laid out anew; not while somebody types in it.
        seen
            The revision that the page showed when the edit was decided on.

        Returns
        -------
        bool
            Whether it could be made; a person has been told otherwise.
        """
        if self.looks_only:
            self.tell(LOOKS_ONLY)
            return False
        seen = self.seen if seen is None else seen

        def make() -> object:
            return self.opened.edit(change, field=field, seen=seen)

        return await self._make(make, layout)

    async def _make(self, act: Callable[[], object], layout: bool) -> bool:
        """Change the file, and show what it has become; tell whether it could be changed."""
        self._editing += 1
        try:
            async with self.opened.turn:
                try:
                    await asyncio.to_thread(act)
                except DetenteError as error:
                    self.tell(error.message)
                    return False
            changed = self._changed(layout)
        finally:
            self._editing -= 1
        await changed
        return True

    def count_packages(self, packages: bool) -> None:
        """From now on count packages as moves, or not."""
        self.packages = packages
        self._compute()

    def tell(self, message: str) -> None:
        """Tell a person that something could not be done, and why."""
        with self.client:
            ui.notify(message, type="negative", position="top")

    async def step(self, act: Callable[[], object]) -> None:
        """Undo, redo, or settle a conflict."""
        if self.looks_only:
            self.tell(LOOKS_ONLY)
            return
        if not await self._make(act, layout=True):
            await self._changed(layout=True)

    async def compute(self, task: str, **arguments: Any) -> dict[str, Any]:
        """Compute in another process without keeping the pages waiting.

        Raises
        ------
        Failed
            As :meth:`detente.workbench.workers.Workers.run`.
        """
        return await compute(self.work, task, text=self.opened.text, **arguments)

    async def _look(self) -> None:
        await asyncio.to_thread(self.opened.look)
        being_read = (
            self._asked == self.opened.revision
            and self._reading is not None
            and not self._reading.done()
        )
        # An edit of this window is shown by whoever made it.
        if self.opened.revision != self.seen and not being_read and not self._editing:
            await self._changed(layout=True)

    async def is_read(self) -> None:
        """Wait until the document is that of the newest text that was asked about."""
        if self._reading is not None:
            await asyncio.shield(self._reading)

    async def _changed(self, layout: bool) -> None:
        self._asked = self.opened.revision
        self._reading = reading = asyncio.create_task(self.prepare())
        self._stop()
        first = self._begin(self.at_once)
        await self.is_read()
        if self.client.is_deleted:
            return
        with self.client:
            for follow in self.follow:
                follow()
            if layout:
                for rebuild in self.rebuild:
                    rebuild()
        if self._reading is reading:
            self._begin(self.refresh)
            self._begin(self.afterwards, after=first)

    def _compute(self) -> None:
        self._stop()
        first = self._begin(self.at_once)
        self._begin(self.refresh)
        self._begin(self.afterwards, after=first)

    def _stop(self) -> None:
        # What followed from an older version is of no use any more.
        for task in self._computing:
            task.cancel()
        self._computing = []

    def _begin(
        self,
        refresh: Sequence[Callable[[], Awaitable[None]]],
        *,
        after: Sequence[asyncio.Task[Any]] = (),
    ) -> list[asyncio.Task[Any]]:
        async def one(what: Callable[[], Awaitable[None]]) -> None:
            if after:
                await asyncio.gather(*after, return_exceptions=True)
                await asyncio.sleep(_LEFT_ALONE)
            await what()

        begun = [background_tasks.create(one(what), context=self.client) for what in refresh]
        self._computing += begun
        return begun
