"""Files that are open: every edit is saved at once, and changes by other programs are noticed.

A file has one state however many windows show it. Nothing that somebody wrote is ever
overwritten unseen: where another program has changed the file meanwhile, edits are kept in
memory until the person has chosen between the two.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from detente.dispute.errors import DetenteError
from detente.files.yaml_text import Trail
from detente.workbench.documents import plain_document, shown_document, title_in
from detente.workbench.edits import Carry, Edit, carried, carry_by_content
from detente.workbench.folder import FileChanged, Folder, NoSuchFile, TextVersion
from detente.workbench.history import EditHistory

__all__ = ["OpenFile", "OpenFiles"]

_MOST_OPEN = 100
# An edit that comes later than so many others is one on a page that was asleep.
_MOST_REMEMBERED = 200


@dataclass
class OpenFile:
    """One open file.

    Attributes
    ----------
    folder, name
        Where it is.
    history
        The versions made here.
    saved
        The tag of the file's content as it was last read or written here.
    theirs
        What another program has made of the file meanwhile; None where nobody has. Its text is
        empty and its tag is empty where the file is gone.
    their_title
        What that calls the dispute, if it can be read.
    unsaved
        Why the current text could not be saved, where that is so.
    revision
        Grows with every change of anything above.
    windows
        How many windows show the file.
    turn
        Whoever edits in the loop that serves the pages takes turns, first come, first served.
    """

    folder: Folder
    name: str
    history: EditHistory
    saved: str
    theirs: TextVersion | None = None
    their_title: str | None = None
    unsaved: str | None = None
    revision: int = 0
    windows: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)
    _carries: tuple[tuple[int, Carry], ...] = field(default=(), repr=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    @property
    def text(self) -> str:
        """The current text."""
        return self.history.text

    def edit(
        self,
        change: Edit | Callable[[str], str],
        *,
        field: str | None = None,
        seen: int | None = None,
    ) -> int:
        """Change the text and save it.

        Parameters
        ----------
        change
            Gives the new text from the current one.
        field
            The field in which a person types; fast edits of one field are undone together.
        seen
            The revision on which somebody decided to make the edit; the current one where left
            out. The edit is made on what he saw, wherever that stands now.

        Returns
        -------
        int
            The revision that this made.

        Raises
        ------
        DisputeError
            If `change` cannot be made; nothing has changed then.
        """
        with self._lock:
            carry: Carry | None = None
            if isinstance(change, Edit):
                if seen is not None:
                    change = carried(change, self._since(seen))
                carry = change.carry(plain_document(self.text))
            new = change(self.text)
            then = self.history.then(new, field=field, time=time.monotonic())
            return self._step(then, carry)

    def carried(self, trail: Trail, seen: int, until: int | None = None) -> Trail | None:
        """Where what stood at a trail in an older revision stands now; None where it is gone.

        Parameters
        ----------
        trail, seen
            The trail in that revision.
        until
            The revision that is now; the newest where left out.
        """
        now: Trail | None = trail
        for revision, carry in self._carries:
            if seen < revision and (until is None or revision <= until):
                now = carry(now) if now is not None else None
        return now

    def current(self) -> tuple[int, Any]:
        """The revision, and what of its text can be shown, as plain values."""
        with self._lock:
            revision, text = self.revision, self.text
        return revision, shown_document(text)

    def _since(self, seen: int) -> list[Carry]:
        return [carry for revision, carry in self._carries if revision > seen]

    def undo(self) -> int:
        """Go back one version and save it."""
        with self._lock:
            return self._step(self.history.undone())

    def redo(self) -> int:
        """Go forward one version and save it."""
        with self._lock:
            return self._step(self.history.redone())

    def look(self) -> bool:
        """Look at the file on disk.

        Returns
        -------
        bool
            Whether anything changed: the revision has grown then.
        """
        with self._lock:
            try:
                now = self.folder.read(self.name)
            except NoSuchFile:
                now = TextVersion(self.name, "", "")
            except DetenteError:
                return False
            if now.tag == self.saved:
                changed = self.theirs is not None
                self.theirs = None
            elif self.theirs is None or self.theirs.tag != now.tag:
                changed = True
                self.theirs = now
                self.their_title = title_in(shown_document(now.text))
            else:
                changed = False
            self.revision += changed
            return changed

    # Ways out, where another program has changed the file

    def keep_mine(self) -> int:
        """Write the text as it is here over the other program's; theirs can be had by undo."""
        with self._lock:
            if self.theirs is None:
                return self.revision
            theirs, mine = self.theirs, self.text
            if theirs.tag:
                self.history = self.history.then(theirs.text).then(mine)
            self._accept(theirs)
            return self._step(self.history)

    def take_theirs(self) -> int:
        """Go on with the other program's text; one's own can be had by undo."""
        with self._lock:
            if self.theirs is None or not self.theirs.tag:
                return self.revision
            theirs = self.theirs
            self._accept(theirs)
            return self._step(self.history.then(theirs.text))

    def save_copy(self) -> str:
        """Write the text as it is here to a new file beside, and take theirs.

        Returns
        -------
        str
            The copy's name.
        """
        with self._lock:
            stem = f"{self.name.rpartition('.')[0]}-copy"
            copy = self.folder.create_called(stem, self.text)
            self.take_theirs()
            return copy.name

    def _accept(self, theirs: TextVersion) -> None:
        self.theirs = None
        self.saved = theirs.tag

    def _step(self, history: EditHistory, carry: Carry | None = None) -> int:
        before = self.history.text
        self.history = history
        self.revision += 1
        if carry is None and history.text != before:
            carry = carry_by_content(plain_document(before), plain_document(history.text))
        if carry is not None:
            self._carries = (*self._carries, (self.revision, carry))[-_MOST_REMEMBERED:]
        self._save()
        return self.revision

    def _save(self) -> None:
        if self.theirs is not None:
            return
        try:
            if self.saved:
                version = self.folder.write(self.name, self.text, replacing=self.saved)
            else:
                version = self.folder.create(self.name, self.text)
        except (FileChanged, NoSuchFile):
            self.look()
        except DetenteError as error:
            self.unsaved = error.message
        else:
            self.saved = version.tag
            self.unsaved = None


@dataclass
class OpenFiles:
    """All open files of a folder."""

    folder: Folder
    _files: dict[str, OpenFile] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def get(self, name: str) -> OpenFile:
        """Open a file, or give it where it is open.

        Raises
        ------
        DisputeError
            As :meth:`detente.workbench.folder.Folder.read`.
        """
        with self._lock:
            opened = self._files.pop(name, None)
            if opened is not None and not opened.windows and not self._up_to_date(opened):
                opened = None
            if opened is None:
                version = self.folder.read(name)
                opened = OpenFile(self.folder, name, EditHistory((version.text,)), version.tag)
            self._files[name] = opened
            for other in list(self._files):
                if len(self._files) <= _MOST_OPEN:
                    break
                # What is on disk is not lost by being closed; what is not stays open.
                if self._files[other].theirs is None and self._files[other].unsaved is None:
                    del self._files[other]
        opened.look()
        return opened

    def _up_to_date(self, opened: OpenFile) -> bool:
        """Let a file that no window shows be as it is on disk; tell whether it is there."""
        opened.look()
        if opened.theirs is None or opened.unsaved is not None:
            return True
        opened.take_theirs()
        return opened.theirs is None
