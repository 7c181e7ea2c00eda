"""Where the documents of detente are that messages name, such as ``docs/concepts/brief.md``."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

__all__ = ["documents_folder", "is_installed"]


def is_installed() -> bool:
    """Whether this is an installed copy, which has the documents in a folder of its own."""
    return _own().is_dir()


def documents_folder() -> Path:
    """The folder ``docs``: that of an installed copy, or else that beside ``src``."""
    return _own() if is_installed() else _own().parents[2] / "docs"


def _own() -> Path:
    return Path(str(files("detente"))) / "docs"
