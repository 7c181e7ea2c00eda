"""The texts of a dispute's sources that stand in the folder, opened once each."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from detente.dispute.errors import DetenteError, DisputeError
from detente.workbench.pages.reading.state import opened_report
from detente.workbench.pages.session import Session

__all__ = ["report_of", "reports_at_hand"]

_opened: dict[str, dict[str, Any]] = {}
_MOST_OPENED = 20


async def report_of(session: Session, source: str) -> dict[str, Any]:
    """The text of a source.

    Raises
    ------
    DisputeError
        If none stands in the folder, or it cannot be read.
    """
    for name, path in _named(session):
        if name == source:
            return await _read(session, path)
    raise DisputeError(
        "the source has no text here: put the text's file into the folder, and its name into the "
        "source's “Path”, or add it on the page “Read”"
    )


async def reports_at_hand(session: Session) -> tuple[dict[str, Any], list[str]]:
    """The texts by source, and of which sources they could not be read, with the reason."""
    found: dict[str, Any] = {}
    unread: list[str] = []
    for source, path in _named(session):
        try:
            found[source] = await _read(session, path)
        except DetenteError as error:
            unread.append(f"The text of {source} cannot be checked: {error.message}")
    return found, unread


def _named(session: Session) -> Iterator[tuple[str, str]]:
    document = session.document
    given = document.get("sources") if isinstance(document, Mapping) else None
    for source in given if isinstance(given, list) else ():
        path = source.get("path") if isinstance(source, Mapping) else None
        if isinstance(path, str) and path and isinstance(source.get("id"), str):
            yield source["id"], path


async def _read(session: Session, path: str) -> dict[str, Any]:
    content = await asyncio.to_thread(session.work.folder.report, path)
    digest = await asyncio.to_thread(_digest, content)
    if digest not in _opened:
        while len(_opened) >= _MOST_OPENED:
            _opened.pop(next(iter(_opened)))
        _opened[digest] = await opened_report(session.work, path, content)
    return {"name": path, **_opened[digest]}


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
