"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from detente.model.errors import DisputeError

__all__ = ["write_whole"]


def write_whole(path: Path, write: Callable[[BinaryIO], None]) -> None:
    """Write a file so that nobody ever sees a part of it.

    The contents go to an unfinished file in the same folder, which then takes the place of
    `path`. If anything goes wrong, what stood at `path` stays as it was.

    Parameters
    ----------
    path
        The file; an older one is replaced.
    write
        Writes the contents to the binary stream that it is given.

    Raises
    ------
    DisputeError
        If the file cannot be written.
    """
    # A link stays a link: what it points to is replaced.
    target = Path(os.path.realpath(path))
    unfinished: str | None = None
    try:
        if target.is_dir():
            raise DisputeError("this is a folder, not a file", path=path)
        handle, unfinished = tempfile.mkstemp(prefix=f".{target.name[:40]}.", dir=target.parent)
        with os.fdopen(handle, "wb") as stream:
            write(stream)
            # On disk before it takes the older file's place, so that a crash loses neither.
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(unfinished, _usual_mode(target))
        os.replace(unfinished, target)
        unfinished = None
    except OSError as error:
        reason = error.strerror or str(error)
        raise DisputeError(f"the file cannot be written: {reason}", path=path) from error
    finally:
        if unfinished is not None:
            Path(unfinished).unlink(missing_ok=True)


def _usual_mode(target: Path) -> int:
    """The older file's permissions, or those of any new file (temporary files are private)."""
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
