"""Files that are written whole or not at all; and what is no file, which is written into.

One writer for the whole project: what stands at the target decides.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import IO, BinaryIO, cast

from detente.dispute.errors import DisputeError, EnvironmentFault, environment_fault

__all__ = [
    "is_abandoned",
    "is_stream",
    "is_unfinished",
    "made_folder",
    "write_into",
    "write_whole",
]

# What is being written has this at the end of its name, and is hidden.
_UNFINISHED = ".unfinished"
_UNFINISHED_NAME = re.compile(r"\..+\.[0-9a-f]{16}\.unfinished")

# What goes into a stream is made in full first: up to so many bytes in memory, then on disk.
_MOST_IN_MEMORY = 64 * 1024**2

# An empty file that is so many seconds old is nobody's who is about to lock it.
_SOON = 60.0

# As many links as systems follow.
_MOST_LINKS = 40

# Folders with a process's open files, by number: on Linux, and on macOS and the BSDs.
_OPEN_FILES = re.compile(r"/proc/(?:self|thread-self|(\d+)(?:/task/\d+)?)/fd|/dev/fd")


def write_whole(path: Path, write: Callable[[BinaryIO], None]) -> None:
    """Write a file so that nobody ever sees a part of it.

    The contents go to an unfinished file in the same folder, which then takes the place of
    `path`. If anything goes wrong, what stood at `path` stays as it was. A symbolic link stays
    too: what it points to is replaced.

    What is no regular file is never replaced but written into, once all the contents are made: a
    pipe, a terminal or another character device, and a file that this process has open, such as
    ``/dev/stdout`` or what a shell gives for ``>(...)``.

    Parameters
    ----------
    path
        The file; an older one is replaced.
    write
        Writes the contents to the binary stream that it is given.

    Raises
    ------
    DisputeError
        If its folder is missing, or a folder, a disk or a socket stands there.
    EnvironmentFault
        If the system does not let the file be written.
    BrokenPipeError
        If `path` is the standard output and nobody reads it any more.
    """
    number = _open_file(path)
    try:
        if number is not None:
            write_into(lambda: _stream(os.dup(number)), write)
        elif _is_special(path):
            # Neither made nor cut short: whatever it has become meanwhile, it is written into.
            flags = os.O_WRONLY | getattr(os, "O_NOCTTY", 0)
            write_into(lambda: _stream(os.open(path, flags)), write)
        else:
            _replace(path, write)
    except BrokenPipeError:
        if number == 1:
            raise
        message = "the file cannot be written: nobody reads it any more"
        raise EnvironmentFault(message, path=path) from None
    except (FileNotFoundError, NotADirectoryError) as error:
        message = "the file cannot be written: there is no such folder"
        raise DisputeError(message, path=path) from error
    except OSError as error:
        raise environment_fault(error, "the file cannot be written", path) from error


def write_into(
    stream: Callable[[], AbstractContextManager[BinaryIO]], write: Callable[[BinaryIO], None]
) -> None:
    """Write into a stream once all the contents are made, so that nothing half made gets there.

    Parameters
    ----------
    stream
        Opens the stream.
    write
        Writes the contents to the binary stream that it is given; this one can be sought in.
    """
    with tempfile.SpooledTemporaryFile(_MOST_IN_MEMORY) as made:
        write(cast(BinaryIO, made))
        made.seek(0)
        with stream() as target:
            shutil.copyfileobj(cast(IO[bytes], made), target)
            target.flush()


@contextmanager
def made_folder(path: Path) -> Iterator[None]:
    """Make a folder for what is written in the block; if that fails, nothing of it stays.

    Raises
    ------
    EnvironmentFault
        If the system does not let the folder be made.
    """
    made = None
    try:
        for folder in (path, *path.parents):
            if folder.exists():
                break
            made = folder
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        if made is not None:
            shutil.rmtree(made, ignore_errors=True)
        raise environment_fault(error, "the folder cannot be made", path) from error
    try:
        yield
    except BaseException:
        if made is not None:
            shutil.rmtree(made, ignore_errors=True)
        raise


def is_stream(path: Path) -> bool:
    """Whether a path leads to no file of its own, but to a pipe, a device or an open file."""
    try:
        return _open_file(path) is not None or _is_special(path)
    except (OSError, DisputeError):
        return False


def _open_file(path: Path) -> int | None:
    """The number of the process's open file that a path leads to, if it leads to one.

    A path such as ``/dev/stdout`` may lead to a regular file, but the process has that open for
    going on at a certain place, and it may be shared.
    """
    current = os.path.abspath(path)
    for _ in range(_MOST_LINKS):
        folder, name = os.path.split(current)
        folder = os.path.realpath(folder)
        found = _OPEN_FILES.fullmatch(folder)
        if found and name.isascii() and name.isdigit():
            return int(name) if found[1] in (None, str(os.getpid())) else None
        current = os.path.join(folder, name)
        if not os.path.islink(current):
            return None
        current = os.path.join(folder, os.readlink(current))
    return None


def _is_special(path: Path) -> bool:
    """Whether this is a pipe or a character device.

    Raises
    ------
    DisputeError
        If it is something that can be neither replaced nor written into.
    """
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return False
    if stat.S_ISFIFO(mode) or stat.S_ISCHR(mode):
        return True
    if stat.S_ISREG(mode):
        return False
    kind = (
        "a folder"
        if stat.S_ISDIR(mode)
        else "a disk"
        if stat.S_ISBLK(mode)
        else "a socket"
        if stat.S_ISSOCK(mode)
        else "something else"
    )
    raise DisputeError(f"this is {kind}, not a file", path=path)


def _stream(number: int) -> BinaryIO:
    for standard in (sys.stdout, sys.stderr):
        # What was said before comes before.
        with suppress(AttributeError, ValueError):
            standard.flush()
    return os.fdopen(number, "wb")


def _replace(path: Path, write: Callable[[BinaryIO], None]) -> None:
    # A link stays a link: what it points to is replaced.
    target = Path(os.path.realpath(path))
    try:
        older: int | None = target.stat().st_mode & 0o777
    except FileNotFoundError:
        older = None

    def private(file: str, flags: int) -> int:
        # Never more open than the older file is.
        return os.open(file, flags, 0o666 if older is None else older)

    _clear_abandoned(target)
    unfinished = target.with_name(f".{target.name[:40]}.{secrets.token_hex(8)}{_UNFINISHED}")
    try:
        with open(unfinished, "xb", opener=private) as stream:
            _claim(stream.fileno())
            write(stream)
            # On disk before it takes the older file's place, so that a crash loses neither.
            stream.flush()
            os.fsync(stream.fileno())
        if older is not None:
            unfinished.chmod(older)
        unfinished.replace(target)
        _name_on_disk(target.parent)
    except BaseException:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise


def _claim(file: int) -> None:
    """Lock an unfinished file for as long as it is open, also against a kill of this process.

    Whoever clears away asks for the lock. In the moment before it is held, the file is empty and
    new.
    """
    _locked(file, shared=True)


def _locked(file: int, *, shared: bool) -> bool:
    """Lock an open file, where the system can; tell whether it is locked now."""
    if sys.platform == "win32":
        return False
    import fcntl

    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def is_abandoned(file: int) -> bool:
    """Whether an open unfinished file is one that nobody writes any more, as far as is known."""
    if not _locked(file, shared=False):
        return False
    found = os.stat(file)
    return found.st_size > 0 or time.time() - found.st_mtime > _SOON


def _clear_abandoned(target: Path) -> None:
    """Remove what killed programs left of this file."""
    start = f".{target.name[:40]}."
    with suppress(OSError):
        left = [
            entry.path
            for entry in os.scandir(target.parent)
            if entry.name.startswith(start) and is_unfinished(entry.name)
        ]
        for path in left:
            file = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
            try:
                if is_abandoned(file):
                    os.unlink(path)
            finally:
                os.close(file)


def is_unfinished(name: str) -> bool:
    """Whether a file's name is that of one whose writing was not ended."""
    return _UNFINISHED_NAME.fullmatch(name) is not None


def _name_on_disk(folder: Path) -> None:
    """Have a new name on the disk, where the system can."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
