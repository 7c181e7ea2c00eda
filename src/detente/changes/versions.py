"""Versions of a dispute: a shipped case, a file, or a file as it was at a revision of git."""

from __future__ import annotations

import os
import subprocess
import warnings
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from detente.dispute.dispute import Dispute
from detente.dispute.errors import DisputeError, LimitError, UnreadWarning
from detente.files.dispute_file import build_dispute, load_text
from detente.files.loading import is_gmcr, read_case
from detente.files.yaml_text import MOST_BYTES, Places, parse

__all__ = ["Version", "read_version", "version_of"]

_SECONDS_FOR_GIT = 20


@dataclass(frozen=True)
class Version:
    """One version of a dispute, with its document.

    Attributes
    ----------
    name
        What the user called it.
    dispute
        The dispute.
    document
        Plain values of its document.
    places
        Where these stand in its text; None where there is no such text.
    """

    name: str
    dispute: Dispute
    document: Mapping[str, Any] = field(repr=False)
    places: Places | None = field(default=None, repr=False)


def version_of(text: str | bytes, name: str, path: Path | None = None) -> Version:
    """A version from the text of a dispute file.

    Raises
    ------
    DisputeError
        If something is wrong in the text.
    """
    dispute = load_text(text, path=path)
    document, places = parse(text, path)
    return Version(name, dispute, document, places)


def read_version(source: str | os.PathLike[str], *, ignore: Collection[str] = ()) -> Version:
    """Read a version of a dispute.

    Parameters
    ----------
    source
        The name of a shipped case, or the path of a dispute file or of a ``.gmcr`` file. A path
        may end in ``@`` and a revision of git, such as ``dispute.yaml@HEAD~3``. A file whose name
        has an ``@`` comes first.
    ignore
        Keys without which a ``.gmcr`` file is to be read although preferences may be lost.

    Returns
    -------
    Version

    Raises
    ------
    DisputeError
        If there is no such file or revision, or something is wrong in it.

    Warns
    -----
    UnreadWarning
        For each thing in a ``.gmcr`` file that is not read.
    """
    name = os.fspath(source)
    file, at, revision = name.rpartition("@")
    if at and file and not Path(name).exists():
        content, path = _at_revision(Path(file), revision), Path(file)
        # Messages tell which version they are about; its lines are not those of the file of today.
        called: Path = Path(name)
    else:
        content, path = read_case(source)
        called = path
    if path.suffix.lower() != ".gmcr" and not is_gmcr(content):
        return version_of(content, name, called)
    from detente.files.gmcr import read_document

    document, notes = read_document(called, content, ignore=ignore)
    for note in notes:
        warnings.warn(f"{called}: {note}", UnreadWarning, stacklevel=2)
    return Version(name, build_dispute(document, path=called), document)


def _at_revision(path: Path, revision: str) -> bytes:
    """The content of a file at a revision of the repository in which it is."""
    if not revision or revision.startswith("-") or ":" in revision:
        raise DisputeError("after '@' comes a revision of git, such as HEAD~1", path=path)
    folder = path.parent if str(path.parent) else Path()
    try:
        found = subprocess.run(
            ["git", "cat-file", "blob", f"{revision}:./{path.name}"],
            cwd=folder,
            capture_output=True,
            timeout=_SECONDS_FOR_GIT,
            check=False,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
        )
    except FileNotFoundError:
        what = "git is not installed" if folder.is_dir() else "there is no such folder"
        raise DisputeError(what, path=path) from None
    except subprocess.TimeoutExpired:
        raise DisputeError("git does not answer", path=path) from None
    if found.returncode:
        said = found.stderr.decode(errors="replace").strip().splitlines()
        reason = said[-1].removeprefix("fatal: ") if said else "git gives no reason"
        raise DisputeError(f"git has no version {revision!r} of this file: {reason}", path=path)
    if len(found.stdout) > MOST_BYTES:
        raise LimitError(f"a dispute file has at most {MOST_BYTES:,} bytes", path=path)
    return found.stdout
