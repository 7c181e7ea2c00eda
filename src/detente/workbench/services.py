"""What pages and API share: the folder, its open files, and the processes that compute."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from detente.dispute.errors import DisputeError
from detente.dispute.names import unknown_name
from detente.files.loading import list_cases
from detente.files.yaml_text import parse
from detente.workbench.documents import title_in
from detente.workbench.folder import Folder
from detente.workbench.limits import Limits
from detente.workbench.open_files import OpenFiles
from detente.workbench.workers import Workers

__all__ = ["Services", "case_text", "services", "title_of"]


@dataclass(frozen=True)
class Services:
    """What one server works with.

    Attributes
    ----------
    folder, open_files, workers, limits
        The folder, its open files, the processes that compute, and what is allowed.
    looking_token
        What somebody shows who may look and ask, and change nothing; None where nobody can.
    rejected
        Proposals that a person has put aside, by dispute file and digest of the report.
    """

    folder: Folder
    open_files: OpenFiles
    workers: Workers
    limits: Limits
    looking_token: str | None = None
    rejected: dict[tuple[str, str], set[str]] = field(default_factory=dict, repr=False)


def services(folder: Path, limits: Limits | None = None) -> Services:
    """Set up a server's work on a folder.

    Raises
    ------
    DisputeError
        If there is no such folder.
    """
    opened = Folder.at(folder)
    with suppress(DisputeError):
        # In a folder that can only be read, nothing is left to clear.
        opened.clear_unfinished()
    chosen = limits or Limits()
    return Services(opened, OpenFiles(opened), Workers(chosen), chosen)


def case_text(name: str) -> str:
    """The text of a shipped case.

    Raises
    ------
    DisputeError
        If there is no such case.
    """
    if name not in list_cases():
        raise unknown_name("shipped case", name, list(list_cases()))
    return (files("detente") / "cases" / f"{name}.yaml").read_text(encoding="utf-8")


@lru_cache(maxsize=256)
def title_of(text: str) -> str | None:
    """The title that a dispute file gives, if it can be read at all; not for the pages' loop."""
    try:
        document: Any = parse(text)[0]
    except DisputeError:
        return None
    return title_in(document)
