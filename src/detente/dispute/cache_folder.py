"""The user's cache folder, for what is run or trusted without a further check.

So the folder must belong to the user, and neither it nor a folder above it may be open to others.
If one is, such things are kept beside the source, which is as safe as the source itself.
"""

from __future__ import annotations

import logging
import os
import stat
from pathlib import Path

__all__ = ["cache_folder", "kept_grammar", "open_to_others"]

_LOG = logging.getLogger(__name__)

_PACKAGE = Path(__file__).parents[1]


def cache_folder(what: str, named: str | None = None) -> Path | None:
    """The folder for what is kept, made where it is missing.

    Parameters
    ----------
    what
        The folder's name within the user's cache folder, which says what is kept there.
    named
        Another folder than the user's cache folder, if one was named.

    Returns
    -------
    pathlib.Path or None
        Beside the source where it cannot be in the cache folder; None where neither can be written
        to.
    """
    # Imported here because `import detente` should not cost the time that it takes.
    import platformdirs

    try:
        cache = Path(named) if named else platformdirs.user_cache_path("detente", appauthor=False)
        folder = _made(cache.absolute() / what)
        shared = open_to_others(folder)
        if shared is None:
            return folder
        _LOG.warning("%s are not kept in %s: others may write to %s", what, folder, shared)
    except (OSError, RuntimeError) as error:
        _LOG.info("%s are kept beside the source: %s", what, error)
    try:
        return _made(_PACKAGE / "__pycache__" / what)
    except OSError as error:
        _LOG.info("%s are not kept: %s", what, error)
        return None


def kept_grammar(name: str) -> str | bool:
    """Where Lark keeps what it makes of a grammar, as its option ``cache`` takes it.

    Lark itself looks whether that was made from the same grammar, options and version, and makes
    it anew where it was not.

    Parameters
    ----------
    name
        Name of the grammar.

    Returns
    -------
    str or bool
        The path of a file; False where nothing can be kept.
    """
    folder = cache_folder("grammars")
    return False if folder is None else str(folder / f"{name}.pickle")


def _made(folder: Path) -> Path:
    """A folder without links in its path, made where it is missing, that can be written to."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        raise PermissionError(f"{folder} cannot be written to")
    return folder.resolve()


def open_to_others(folder: Path) -> Path | None:
    """The folder, or the one above it, in which others may put or replace files.

    Parameters
    ----------
    folder
        A folder without links in its path.

    Returns
    -------
    pathlib.Path or None
        None where there is no such folder. On Windows the user's own folders are open to nobody
        else, and nothing is looked at.
    """
    if not hasattr(os, "geteuid"):
        return None
    owners = {0, os.geteuid()}
    for place in (folder, *folder.parents):
        found = place.stat()
        others_write = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
        # In a folder such as /tmp nobody can replace what belongs to somebody else.
        kept_apart = place != folder and found.st_mode & stat.S_ISVTX
        if found.st_uid not in owners or (others_write and not kept_apart):
            return place
    return None
