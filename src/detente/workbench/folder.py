"""The dispute files of one folder, and nothing outside it.

Every read and write of the workbench and of its API goes through :class:`Folder`. Whoever writes
holds a lock that other servers on the same folder, in other processes, ask for too; a file is
compared with what the writer had read, and replaced, while the lock is held.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from detente.dispute.errors import DetenteError, DisputeError, EnvironmentFault, LimitError, shown
from detente.files.whole_file import is_unfinished
from detente.files.yaml_text import MOST_BYTES
from detente.workbench.file_names import (
    NAME_RULE,
    ends_as_dispute,
    is_dispute_name,
    is_report_name,
    name_from,
)
from detente.workbench.held_folder import HeldFolder, LeadsOut, hold

__all__ = [
    "MOST_REPORT_BYTES",
    "FileChanged",
    "FileExists",
    "Folder",
    "FolderBusy",
    "NoSuchFile",
    "TextVersion",
    "tag_of",
]

MOST_REPORT_BYTES = 16 * 1024 * 1024
"""The largest report; far more than any article or treaty."""
# Locks stand beside what they protect, so that all who share a folder share its lock.
_LOCK = ".detente.lock"
_PATIENCE = 10.0

_Result = TypeVar("_Result")


class NoSuchFile(DisputeError):
    """The folder has no dispute file of this name."""


class FileExists(DisputeError):
    """A file of this name is there already."""


class FileChanged(DisputeError):
    """The file is no longer what the writer had read."""


class FolderBusy(EnvironmentFault):
    """Another program has been writing into the folder for long."""


@dataclass(frozen=True, slots=True)
class TextVersion:
    """The text of a file as it stood at one time."""

    name: str
    text: str
    tag: str


def tag_of(content: bytes) -> str:
    """The tag of a file's content: its SHA-256."""
    return hashlib.sha256(content).hexdigest()


@dataclass(frozen=True)
class Folder:
    """A folder of dispute files.

    Attributes
    ----------
    root
        The folder, links resolved.
    """

    root: Path
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    @classmethod
    def at(cls, path: Path) -> Folder:
        """Open a folder.

        Raises
        ------
        DisputeError
            If there is no such folder.
        """
        if not path.is_dir():
            raise DisputeError("there is no such folder", path=path)
        return cls(Path(os.path.realpath(path)))

    def names(self) -> tuple[str, ...]:
        """Names of the dispute files, in alphabetical order."""

        def files(held: HeldFolder) -> list[str]:
            return [name for name in held.names() if is_dispute_name(name) and held.is_file(name)]

        return tuple(sorted(self._with(None, files), key=str.casefold))

    def names_not_served(self) -> tuple[str, ...]:
        """Names that end as those of dispute files do and cannot be served, in order."""

        def files(held: HeldFolder) -> list[str]:
            return [
                name
                for name in held.names()
                if ends_as_dispute(name)
                and not name.startswith(".")
                and not (is_dispute_name(name) and held.is_file(name))
            ]

        return tuple(sorted(self._with(None, files), key=str.casefold))

    def read(self, name: str) -> TextVersion:
        """Read a file.

        Raises
        ------
        NoSuchFile
            If it is not there.
        DisputeError
            If the name is not allowed, or the file is not text or too large.
        """
        content = self._with(name, lambda held: _content(held, name))
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            raise DisputeError(f"{shown(name)} is not text in UTF-8") from None
        return TextVersion(name, text, tag_of(content))

    def has(self, name: str) -> bool:
        """Whether there is a file of this name that could be read."""
        try:
            return self._with(name, partial(HeldFolder.is_file, name=name))
        except DetenteError:
            return False

    def tag(self, name: str) -> str | None:
        """The tag of a file as it stands, or None where it is gone or unreadable."""
        try:
            return self.read(name).tag
        except DetenteError:
            return None

    def write(self, name: str, text: str, *, replacing: str) -> TextVersion:
        """Replace a file whose content is known.

        Parameters
        ----------
        name
            The file.
        text
            The new text.
        replacing
            The tag of the content that the writer had read.

        Raises
        ------
        FileChanged
            If the file's content has another tag by now.
        NoSuchFile
            If it is gone.
        FolderBusy
            If another program goes on writing into the folder.
        """
        content = _encoded(text)

        def replace(held: HeldFolder) -> None:
            check = partial(_refuse_if_changed, held, name, replacing)
            check()
            # Once more at the last moment: an editor asks for no lock.
            held.write(name, content, check)

        self._with(name, replace, locked=True)
        return TextVersion(name, text, tag_of(content))

    def create(self, name: str, text: str) -> TextVersion:
        """Write a new file.

        Raises
        ------
        FileExists
            If there is one of this name.
        FolderBusy
            If another program goes on writing into the folder.
        """
        content = _encoded(text)
        try:
            self._with(name, lambda held: held.write(name, content, None), locked=True)
        except FileExistsError:
            raise FileExists(f"there is a file {shown(name)} already") from None
        return TextVersion(name, text, tag_of(content))

    def create_called(self, stem: str, text: str) -> TextVersion:
        """Write a new file under a name that no file has yet, from a stem such as a title."""
        while True:
            try:
                return self.create(self.free_name(stem), text)
            except FileExists:
                # Somebody else has just taken the name.
                continue

    def rename(self, name: str, new: str) -> None:
        """Give a file another name.

        Raises
        ------
        NoSuchFile
            If it is not there.
        FileExists
            If there is one of the new name.
        FolderBusy
            If another program goes on writing into the folder.
        """
        if not is_dispute_name(new):
            raise DisputeError(
                f"{shown(new)} cannot be the name of a dispute file here; it ends in .yaml, and "
                f"{NAME_RULE}"
            )

        def act(held: HeldFolder) -> None:
            if not held.is_file(name):
                raise _no_such_file(name)
            held.rename(name, new)

        try:
            self._with(name, act, locked=True)
        except FileExistsError:
            raise FileExists(f"there is a file {shown(new)} already") from None

    def remove(self, name: str, *, known: str) -> None:
        """Delete a file whose content is known.

        Parameters
        ----------
        name
            The file.
        known
            The tag of the content that whoever deletes it had read.

        Raises
        ------
        FileChanged
            If the file's content has another tag by now.
        NoSuchFile
            If it is gone.
        FolderBusy
            If another program goes on writing into the folder.
        """

        def act(held: HeldFolder) -> None:
            _refuse_if_changed(held, name, known)
            held.remove(name)

        self._with(name, act, locked=True)

    def free_name(self, stem: str, ending: str = ".yaml") -> str:
        """A name that no file has yet, from a stem such as a title."""
        plain = name_from(stem)
        candidate, count = f"{plain}{ending}", 1
        while self._with(None, partial(HeldFolder.exists, name=candidate)):
            count += 1
            candidate = f"{plain}-{count}{ending}"
        return candidate

    def report(self, name: str) -> bytes:
        """Read a report that stands in the folder.

        Raises
        ------
        NoSuchFile
            If it is not there.
        DisputeError
            If the name is not that of a report, or the file is too large.
        """
        if not is_report_name(name):
            raise DisputeError(
                f"{shown(name)} cannot be read here; a report stands in the folder itself, and its "
                f"name ends in .txt, .html, .htm, .pdf or .docx; {NAME_RULE}"
            )
        return self._with(None, lambda held: _report_content(held, name))

    def create_report(self, name: str, content: bytes) -> str:
        """Write a report under a name that no file has yet.

        Parameters
        ----------
        name
            The name that it has elsewhere; its ending says what it is.
        content
            Its bytes.

        Returns
        -------
        str
            The name that it has here.

        Raises
        ------
        DisputeError
            If it is no report by its ending, or too large.
        """
        stem, dot, ending = name.rpartition(".")
        ending = dot + ending.lower()
        if not is_report_name(f"report{ending}"):
            raise DisputeError(
                f"{shown(name)} is no report that can be read; its name must end in .txt, .html, "
                ".htm, .pdf or .docx"
            )
        if len(content) > MOST_REPORT_BYTES:
            raise _report_too_large(name)
        while True:
            free = self.free_name(stem, ending)
            try:
                self._with(
                    None,
                    partial(HeldFolder.write, name=free, content=content, check=None),
                    locked=True,
                )
            except FileExistsError:
                # Somebody else has just taken the name.
                continue
            return free

    def clear_unfinished(self) -> int:
        """Remove what killed programs left of files that they were writing.

        Returns
        -------
        int
            How many files that were.
        """
        if not any(map(is_unfinished, self._with(None, HeldFolder.names))):
            return 0

        def clear(held: HeldFolder) -> int:
            left = [name for name in held.names() if is_unfinished(name)]
            return sum(map(held.remove_abandoned, left))

        # Nobody is writing while the lock is held, so whatever is unfinished stays so.
        return self._with(None, clear, locked=True)

    def _with(
        self, name: str | None, act: Callable[[HeldFolder], _Result], *, locked: bool = False
    ) -> _Result:
        """Do something in the folder; what the system says against it becomes a message."""
        if name is not None and not is_dispute_name(name):
            raise DisputeError(
                f"{shown(name)} cannot be the name of a dispute file here; it ends in .yaml, and "
                f"{NAME_RULE}"
            )
        try:
            if not locked:
                with hold(self.root) as held:
                    return act(held)
            with self._lock, self._locked(), hold(self.root) as held:
                return act(held)
        except FileExistsError:
            raise
        except LeadsOut:
            raise DisputeError(f"{shown(name or '')} leads out of the folder") from None
        except OSError as error:
            if error.errno == errno.ELOOP:
                # A link, where a file was looked for.
                raise DisputeError(f"{shown(name or '')} leads out of the folder") from None
            reason = error.strerror or str(error)
            what = f"{shown(name)} cannot be" if name is not None else "the folder cannot be"
            done = "written" if locked else "read"
            raise EnvironmentFault(f"{what} {done}: {reason}") from None

    @contextmanager
    def _locked(self) -> Iterator[None]:
        from filelock import FileLock, Timeout

        # Whoever may write into the folder may hold its lock.
        mode = stat.S_IMODE(os.stat(self.root).st_mode) & 0o666
        lock = FileLock(self.root / _LOCK, timeout=_PATIENCE, mode=mode, poll_interval=0.01)
        try:
            with lock:
                yield
        except Timeout:
            raise FolderBusy(
                f"another program has been writing into the folder for {_PATIENCE:g} seconds"
            ) from None


def _refuse_if_changed(held: HeldFolder, name: str, known: str) -> None:
    if tag_of(_content(held, name)) != known:
        raise FileChanged(f"{shown(name)} was changed by another program meanwhile")


def _content(held: HeldFolder, name: str) -> bytes:
    try:
        content = held.read(name, MOST_BYTES + 1)
    except FileNotFoundError:
        content = None
    if content is None:
        raise _no_such_file(name)
    if len(content) > MOST_BYTES:
        raise LimitError(f"{shown(name)} has more than {MOST_BYTES:,} bytes")
    return content


def _no_such_file(name: str) -> NoSuchFile:
    return NoSuchFile(f"there is no dispute file {shown(name)} in this folder")


def _report_content(held: HeldFolder, name: str) -> bytes:
    try:
        content = held.read(name, MOST_REPORT_BYTES + 1)
    except FileNotFoundError:
        content = None
    if content is None:
        raise NoSuchFile(f"there is no report {shown(name)} in this folder")
    if len(content) > MOST_REPORT_BYTES:
        raise _report_too_large(name)
    return content


def _report_too_large(name: str) -> LimitError:
    return LimitError(
        f"{shown(name)} is larger than {MOST_REPORT_BYTES // 1024**2} MiB, too large to read"
    )


def _encoded(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise DisputeError(
            f"character {error.start + 1} of the text is half of a character and cannot be written"
        ) from None
