"""The dispute files of one folder, and nothing outside it.

Every read and write of the workbench and of its API goes through :class:`Folder`.
"""

from __future__ import annotations

import hashlib
import os
import re
import threading
from dataclasses import dataclass, field
from pathlib import Path

from detente.dispute.errors import DisputeError, shown
from detente.files.whole_file import write_whole
from detente.files.yaml_text import read_text

__all__ = ["FileChanged", "FileExists", "Folder", "NoSuchFile", "Version", "tag_of"]

# One plain file name: no separators, no leading dot, nothing that a shell or Windows minds.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._()-]{0,90}\.ya?ml")
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


class NoSuchFile(DisputeError):
    """The folder has no dispute file of this name."""


class FileExists(DisputeError):
    """A file of this name is there already."""


class FileChanged(DisputeError):
    """The file is no longer what the writer had read."""


@dataclass(frozen=True, slots=True)
class Version:
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
        found = []
        for entry in self.root.iterdir():
            try:
                self.path(entry.name)
            except DisputeError:
                continue
            if entry.is_file():
                found.append(entry.name)
        return tuple(sorted(found, key=str.casefold))

    def path(self, name: str) -> Path:
        """Path of a file of the folder, which need not exist.

        Raises
        ------
        DisputeError
            If the name is not a plain name of a dispute file, or leads out of the folder.
        """
        if not _NAME.fullmatch(name) or _RESERVED.fullmatch(name):
            raise DisputeError(
                f"{shown(name)} cannot be the name of a dispute file here; a name is letters, "
                "digits, blanks and '._()-', begins with a letter or digit and ends in .yaml"
            )
        path = self.root / name
        # A link may stand in the folder, but what it points to must too.
        if Path(os.path.realpath(path)).parent != self.root:
            raise DisputeError(f"{shown(name)} leads out of the folder")
        return path

    def read(self, name: str) -> Version:
        """Read a file.

        Raises
        ------
        NoSuchFile
            If it is not there.
        DisputeError
            If the name is not allowed, or the file is not text or too large.
        """
        path = self.path(name)
        if not path.is_file():
            raise NoSuchFile(f"there is no dispute file {shown(name)} in this folder")
        try:
            content = read_text(path)
        except DisputeError as error:
            raise DisputeError(error.message) from None
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            raise DisputeError(f"{shown(name)} is not text in UTF-8") from None
        return Version(name, text, tag_of(content))

    def tag(self, name: str) -> str | None:
        """The tag of a file as it stands, or None where it is gone or unreadable."""
        try:
            return self.read(name).tag
        except DisputeError:
            return None

    def write(self, name: str, text: str, *, replacing: str) -> Version:
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
        """
        with self._lock:
            if self.read(name).tag != replacing:
                raise FileChanged(f"{shown(name)} was changed by another program meanwhile")
            return self._write(name, text)

    def create(self, name: str, text: str) -> Version:
        """Write a new file.

        Raises
        ------
        FileExists
            If there is one of this name.
        """
        with self._lock:
            if os.path.lexists(self.path(name)):
                raise FileExists(f"there is a file {shown(name)} already")
            return self._write(name, text)

    def _write(self, name: str, text: str) -> Version:
        content = text.encode("utf-8")
        try:
            write_whole(self.path(name), lambda stream: stream.writelines([content]))
        except DisputeError as error:
            raise DisputeError(error.message) from None
        return Version(name, text, tag_of(content))

    def free_name(self, stem: str) -> str:
        """A name that no file has yet, from a stem such as a title."""
        plain = re.sub(r"[^A-Za-z0-9]+", "-", stem).strip("-").lower()[:60] or "dispute"
        if _RESERVED.fullmatch(plain):
            plain = f"{plain}-dispute"
        candidate, count = f"{plain}.yaml", 1
        while os.path.lexists(self.root / candidate):
            count += 1
            candidate = f"{plain}-{count}.yaml"
        return candidate
