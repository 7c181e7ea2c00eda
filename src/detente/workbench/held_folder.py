"""Files of one folder, opened through the folder itself.

A path is walked anew at every use, so that a check of a path says nothing of what is opened next:
somebody who swaps links quickly enough had a file outside the folder served. Here the folder is
opened once for each operation, and files are opened in it by their plain names, never through a
link; a link in the folder is read, and the file that it names is opened in its place.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from detente.files.whole_file import is_abandoned

__all__ = ["HeldFolder", "LeadsOut", "hold"]

# Windows has neither handles of folders nor this kind of link for everybody.
_BY_HANDLE = os.open in os.supports_dir_fd and hasattr(os, "O_NOFOLLOW")
_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
_PLAIN = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_MOST_LINKS = 8


class LeadsOut(OSError):
    """A link names something that is no file of the folder."""


@dataclass(frozen=True, slots=True)
class HeldFolder:
    """A folder that is open.

    Attributes
    ----------
    root
        Its path, links resolved.
    handle
        Its handle; None where the system has none, and paths are used instead.
    """

    root: Path
    handle: int | None

    def names(self) -> list[str]:
        """Names of all that stands in it."""
        return os.listdir(self.root if self.handle is None else self.handle)

    def target(self, name: str) -> str:
        """The file for which a name stands: itself, or what the link of this name leads to.

        Raises
        ------
        LeadsOut
            If a link leads out of the folder, or goes in circles.
        """
        for _ in range(_MOST_LINKS):
            try:
                link = os.readlink(self._path(name), dir_fd=self.handle)
            except FileNotFoundError:
                return name
            except OSError as error:
                if error.errno == errno.EINVAL or self.handle is None:
                    # It is no link.
                    return name
                raise
            place = Path(os.path.normpath(self.root / link))
            if place.parent != self.root:
                raise LeadsOut(errno.EACCES, "leads out of the folder")
            name = place.name
        raise LeadsOut(errno.ELOOP, "leads out of the folder")

    def is_file(self, name: str) -> bool:
        """Whether a name stands for a plain file of the folder."""
        try:
            found = os.stat(
                self._path(self.target(name)), dir_fd=self.handle, follow_symlinks=False
            )
        except OSError:
            return False
        return stat.S_ISREG(found.st_mode)

    def exists(self, name: str) -> bool:
        """Whether anything has this name, a link that leads nowhere too."""
        try:
            os.stat(self._path(name), dir_fd=self.handle, follow_symlinks=False)
        except FileNotFoundError:
            return False
        return True

    def read(self, name: str, most: int) -> bytes | None:
        """Read at most `most` bytes of a file; None where it is no plain file.

        Raises
        ------
        OSError
            If it cannot be opened or read.
        """
        with self._open(self.target(name), _READ) as file:
            if not stat.S_ISREG(os.fstat(file).st_mode):
                return None
            pieces: list[bytes] = []
            while most > 0 and (piece := os.read(file, min(most, 1 << 20))):
                pieces.append(piece)
                most -= len(piece)
            return b"".join(pieces)

    def write(self, name: str, content: bytes, check: Callable[[], None] | None) -> None:
        """Write a file whole or not at all.

        Parameters
        ----------
        name
            The file.
        content
            All that it is to contain.
        check
            Called when everything is on the disk, immediately before the file takes its place;
            an error that it raises leaves all as it was. None for a new file.

        Raises
        ------
        FileExistsError
            If the file is to be new and there is one.
        OSError
            If it cannot be written.
        """
        target = self.target(name)
        if check is None:
            # A new file never takes the place of a link, or what the link is to name.
            target = name
        # A letter takes up to four bytes, and a name has 255 at most.
        unfinished = f".{target[:40]}.{secrets.token_hex(8)}.unfinished"
        try:
            with self._open(unfinished, _WRITE) as file:
                self._fill(file, content, self._mode(target) if check else None)
            if check:
                check()
                self._replace(unfinished, target)
            else:
                self._name_anew(unfinished, target)
            # The new name is on the disk before anybody is told so.
            if self.handle is not None:
                os.fsync(self.handle)
        finally:
            self.remove(unfinished)

    def remove_abandoned(self, name: str) -> bool:
        """Remove an unfinished file, unless a command is writing it; tell whether it was removed.

        Servers write under a lock that whoever calls this holds; commands lock their own file.
        """
        try:
            with self._open(name, _READ) as file:
                if _BY_HANDLE and not is_abandoned(file):
                    return False
        except OSError:
            return False
        self.remove(name)
        return True

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        with suppress(FileNotFoundError):
            os.unlink(self._path(name), dir_fd=self.handle)

    def rename(self, name: str, new: str) -> None:
        """Give a file, or a link, another name.

        Raises
        ------
        FileExistsError
            If something has the new name.
        OSError
            If it cannot be renamed.
        """
        if name == new:
            return
        self._name_anew(name, new)
        self.remove(name)
        if self.handle is not None:
            os.fsync(self.handle)

    def _path(self, name: str) -> str:
        return name if self.handle is not None else str(self.root / name)

    @contextmanager
    def _open(self, name: str, flags: int) -> Iterator[int]:
        file = os.open(self._path(name), flags | _PLAIN, 0o666, dir_fd=self.handle)
        try:
            yield file
        finally:
            os.close(file)

    def _mode(self, name: str) -> int:
        found = os.stat(self._path(name), dir_fd=self.handle, follow_symlinks=False)
        return stat.S_IMODE(found.st_mode) & 0o777

    @staticmethod
    def _fill(file: int, content: bytes, mode: int | None) -> None:
        if mode is not None and hasattr(os, "fchmod"):
            os.fchmod(file, mode)
        left = memoryview(content)
        while left:
            left = left[os.write(file, left) :]
        os.fsync(file)

    def _replace(self, source: str, target: str) -> None:
        os.replace(
            self._path(source), self._path(target), src_dir_fd=self.handle, dst_dir_fd=self.handle
        )

    def _name_anew(self, source: str, target: str) -> None:
        """Give a file its name, unless there is one of that name, in one step."""
        try:
            os.link(
                self._path(source),
                self._path(target),
                src_dir_fd=self.handle,
                dst_dir_fd=self.handle,
                follow_symlinks=False,
            )
        except FileExistsError:
            raise
        except (OSError, NotImplementedError):
            # A file system without links of this kind: the name is taken first, and then filled.
            with self._open(target, _WRITE):
                pass
            self._replace(source, target)


@contextmanager
def hold(root: Path) -> Iterator[HeldFolder]:
    """Open a folder.

    Raises
    ------
    OSError
        If there is no such folder any more.
    """
    if not _BY_HANDLE:
        if not root.is_dir():
            raise FileNotFoundError(errno.ENOENT, "there is no such folder", str(root))
        yield HeldFolder(root, None)
        return
    handle = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield HeldFolder(root, handle)
    finally:
        os.close(handle)
