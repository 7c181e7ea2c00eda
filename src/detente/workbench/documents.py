"""Dispute files as plain values: each text is read once, whoever asks for it.

Reading takes time, a fifth of a second for a large file. So none of this is called in the loop
that serves the pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from detente.dispute.errors import DetenteError
from detente.files.schema_check import fitting
from detente.files.yaml_text import Places, parse

__all__ = ["plain_document", "read", "shown_document", "title_in"]

# The versions that windows of several files may be looking at.
_KEPT = 12


@lru_cache(maxsize=_KEPT)
def read(text: str) -> tuple[Any, Places]:
    """Read a text; the values are shared, and not to be changed.

    Raises
    ------
    DisputeError
        As :func:`detente.files.yaml_text.parse`.
    """
    return parse(text)


def plain_document(text: str) -> Any:
    """The plain values of a text; None where it is not YAML."""
    try:
        return read(text)[0]
    except DetenteError:
        return None


@lru_cache(maxsize=_KEPT)
def shown_document(text: str) -> Any:
    """What of a text can be shown, as plain values; None where it is not YAML."""
    found = plain_document(text)
    return fitting(found) if isinstance(found, dict) else None


def title_in(document: Any) -> str | None:
    """The title in a document's plain values, if there is one."""
    title = document.get("dispute") if isinstance(document, Mapping) else None
    return title if isinstance(title, str) else None
