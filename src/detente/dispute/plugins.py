"""What other packages add to detente, by their entry points."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = ["entry_points_of"]

# How the entry points of detente's groups begin in a package's metadata.
_GROUPS = b"[detente."


def entry_points_of(group: str) -> Iterable[EntryPoint]:
    """The entry points of a group that installed packages name.

    Parameters
    ----------
    group
        Such as ``detente.analyses``.

    Notes
    -----
    Python's reader of metadata takes a twentieth of a second, which every command would wait for.
    It is asked only where a package may add something.
    """
    if not _may_add():
        return ()
    from importlib.metadata import entry_points

    return entry_points(group=group)


def _may_add() -> bool:
    """Whether an installed package may add something; for sure not, where this is false."""
    others = [finder for finder in sys.meta_path if hasattr(finder, "find_distributions")]
    return others != [PathFinder] or any(map(_may_have_plugin, sys.path))


def _may_have_plugin(folder: str) -> bool:
    try:
        names = os.listdir(folder or os.curdir)
    except FileNotFoundError:
        return False
    except OSError:
        # An archive, say, which Python's reader looks into.
        return True
    return any(name.lower().endswith("-info") and _names_group(folder, name) for name in names)


def _names_group(folder: str, package: str) -> bool:
    try:
        with open(os.path.join(folder, package, "entry_points.txt"), "rb") as file:
            return _GROUPS in file.read()
    except (FileNotFoundError, NotADirectoryError):
        return False
