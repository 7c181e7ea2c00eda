"""Disputes from files of either kind, from pipes and from the shipped cases."""

from __future__ import annotations

import os
from collections.abc import Collection
from functools import cache
from importlib.resources import files
from logging import getLogger
from pathlib import Path

from detente.dispute.dispute import Dispute
from detente.dispute.errors import DisputeError, nearest
from detente.files.dispute_file import build_at, load_text
from detente.files.whole_file import is_stream
from detente.files.yaml_text import parse, read_text

__all__ = ["is_gmcr", "list_cases", "load", "load_piped", "read_case"]

_log = getLogger(__name__)


def load(source: str | os.PathLike[str], *, ignore: Collection[str] = ()) -> Dispute:
    """Read a dispute.

    Parameters
    ----------
    source
        Path of a dispute file or a ``.gmcr`` file, or the name of a shipped case. A pipe may
        hold either kind of file.
    ignore
        Keys without which a ``.gmcr`` file is to be read although preferences may be lost.

    Returns
    -------
    Dispute
        The dispute.

    Raises
    ------
    DisputeError
        If there is no such file or case, or something is wrong in it.

    Warns
    -----
    UnreadWarning
        For each thing in a ``.gmcr`` file that is not read.
    """
    content, path = read_case(source)
    _log.info("reading %s: %d bytes", path, len(content))
    if path.suffix.lower() == ".gmcr":
        from detente.files.gmcr import read

        return read(path, content, ignore=ignore)
    if is_stream(path):
        return load_piped(content, path, ignore=ignore)
    document, places = parse(content, path)
    return build_at(document, places, path, beside=path.parent)


def read_case(source: str | os.PathLike[str]) -> tuple[bytes, Path]:
    """What is in a dispute file, a ``.gmcr`` file or a shipped case, and its path.

    Raises
    ------
    DisputeError
        If there is no such file or case, or it cannot be read.
    """
    if isinstance(source, str) and source in list_cases():
        path = Path(str(files("detente") / "cases" / f"{source}.yaml"))
    else:
        path = Path(source)
    try:
        return read_text(path), path
    except DisputeError as error:
        if isinstance(source, str) and not path.suffix and path.name == source:
            raise _no_case(source, error) from None
        raise


def load_piped(content: bytes, path: Path, *, ignore: Collection[str] = ()) -> Dispute:
    """Read a dispute from what came through a pipe, whose name does not tell its format.

    Parameters
    ----------
    content
        The bytes of a dispute file or of a ``.gmcr`` file.
    path
        What error messages call the pipe.
    ignore
        As of :func:`load`.

    Returns
    -------
    Dispute

    Raises
    ------
    DisputeError
        If something is wrong in it.
    """
    if is_gmcr(content):
        from detente.files.gmcr import read

        return read(path, content, ignore=ignore)
    return load_text(content, path=path)


def is_gmcr(content: bytes) -> bool:
    """Whether this is the text of a ``.gmcr`` file: no dispute file has its key."""
    return (
        content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and b'"decisionMakers"' in content
    )


@cache
def list_cases() -> tuple[str, ...]:
    """List the names of the shipped cases, in alphabetical order."""
    folder = files("detente") / "cases"
    if not folder.is_dir():
        return ()
    found = (entry.name for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    return tuple(sorted(name.removesuffix(".yaml") for name in found))


def _no_case(name: str, error: DisputeError) -> DisputeError:
    if error.message != "there is no such file":
        return error
    return DisputeError(
        "there is no such file, and no shipped case of this name",
        path=error.path,
        found=name,
        allowed=list_cases(),
        nearest=nearest(name, list_cases()),
    )
