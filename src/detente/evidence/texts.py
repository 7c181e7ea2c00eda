"""Texts of sources, as they stand in plain files."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from detente.dispute.errors import DisputeError, LimitError, unreadable

__all__ = ["SourceText", "read_text"]

# Far more than any article or treaty; a larger file was named by mistake.
_MOST_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class SourceText:
    """The text of a source: its file, the SHA-256 of the file's bytes, and its characters."""

    path: Path
    sha256: str
    text: str


def read_text(path: Path) -> SourceText:
    """Read the text of a source.

    Parameters
    ----------
    path
        A UTF-8 text file.

    Returns
    -------
    SourceText

    Raises
    ------
    DisputeError
        If there is no such file, or it is not UTF-8 text.
    LimitError
        If it is larger than 8 MiB.
    EnvironmentFault
        If the system does not let it be read.
    """
    try:
        if not path.exists():
            raise DisputeError(f"there is no file {path}")
        # Before it is opened: a pipe or a device would block, or never end.
        if not path.is_file():
            raise DisputeError(f"{path} is not a file")
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise unreadable(error, path) from error
    if len(data) > _MOST_BYTES:
        raise LimitError(
            f"{path} is larger than {_MOST_BYTES // 1024**2} MiB, too large for the text of a "
            "source"
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DisputeError(
            f"{path} is not UTF-8 text (byte {error.start + 1} does not fit)"
        ) from error
    if "\0" in text:
        raise DisputeError(f"{path} is not text: it has a null byte")
    return SourceText(path, hashlib.sha256(data).hexdigest(), text)
