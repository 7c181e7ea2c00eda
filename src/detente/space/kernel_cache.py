"""Where compiled kernels are kept: in the user's cache folder, known by what they are made from.

Numba keeps compiled code beside the source. An installation that nobody may write to would then
compile anew each time, and so would each new copy of the source. Here all copies of the same source
share one folder, and a kernel is also made again if a module that its own module imports has
changed.

What is kept is run without a further check. So the folder must belong to the user, and neither it
nor a folder above it may be open to others. If one is, kernels are kept beside the source.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import platformdirs

__all__ = ["KernelFolder", "kernel_folder", "kernel_root", "locked", "open_to_others"]

_LOG = logging.getLogger(__name__)

_PACKAGE = Path(__file__).parents[1]

# An import at the start of a line: those for type checkers alone stand further in.
_IMPORT = re.compile(r"^from (detente(?:\.\w+)*) import", re.MULTILINE)

# As many versions of a module's kernels are kept: of several copies of the source, say.
_VERSIONS = 8


@lru_cache(maxsize=1)
def kernel_root() -> Path | None:
    """The folder for compiled kernels, made where it is missing.

    It is in the user's cache folder, or in the one that ``NUMBA_CACHE_DIR`` names. Where that
    cannot be, it is beside the source, which is as safe as the source itself.

    Returns
    -------
    pathlib.Path or None
        None where neither can be written to.
    """
    named = os.environ.get("NUMBA_CACHE_DIR")
    try:
        cache = Path(named) if named else platformdirs.user_cache_path("detente", appauthor=False)
        root = _made(cache.absolute() / "kernels")
        shared = open_to_others(root)
        if shared is None:
            return root
        _LOG.warning("compiled code is not kept in %s: others may write to %s", root, shared)
    except (OSError, RuntimeError) as error:
        _LOG.info("compiled code is kept beside the source: %s", error)
    try:
        return _made(_PACKAGE / "__pycache__" / "kernels")
    except OSError as error:
        _LOG.info("compiled code is not kept: %s", error)
        return None


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


@cache
def _source(module: str) -> bytes:
    """The text of a module of detente, empty where there is none."""
    place = _PACKAGE.joinpath(*module.split(".")[1:])
    for path in (place.with_suffix(".py"), place / "__init__.py"):
        if path.is_file():
            return path.read_bytes()
    return b""


def _made_from(module: str) -> str:
    """A digest of a module and of all modules of detente that it needs."""
    found: dict[str, bytes] = {}
    waiting = [module]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found[one] = _source(one)
            waiting += _IMPORT.findall(found[one].decode())
    digest = hashlib.sha256()
    for one in sorted(found):
        digest.update(f"{one} {len(found[one])} ".encode() + found[one])
    return digest.hexdigest()


@cache
def kernel_folder(module: str) -> Path | None:
    """The folder for what is compiled from a module as it now is; None where there can be none."""
    root = kernel_root()
    if root is None:
        return None
    folder = root / f"{module}-{_made_from(module)[:20]}"
    try:
        if not folder.is_dir():
            folder.mkdir(mode=0o700, exist_ok=True)
            _forget_older(root, module)
    except OSError as error:
        _LOG.info("compiled code is not kept: %s", error)
        return None
    return folder


def _forget_older(root: Path, module: str) -> None:
    """Remove a module's kernels but those of the newest versions."""
    import shutil

    versions = sorted(root.glob(f"{module}-*"), key=lambda path: path.stat().st_mtime)
    for folder in versions[:-_VERSIONS]:
        shutil.rmtree(folder, ignore_errors=True)


class KernelFolder:
    """Tells Numba where a function of detente is kept; a cache locator in Numba's words."""

    def __init__(self, folder: Path, path: str, line: int) -> None:
        self._folder = folder
        # Numba names the file in its warnings.
        self._py_file = path
        self._line = line

    @classmethod
    def from_function(cls, function: Callable[..., Any], path: str) -> KernelFolder | None:
        """The place of a function; None for others than those of detente, and without a folder."""
        if not function.__module__.startswith("detente."):
            return None
        folder = kernel_folder(function.__module__)
        if folder is None:
            return None
        return cls(folder, path, function.__code__.co_firstlineno)

    def get_cache_path(self) -> str:
        """The folder, which is another one for every version of the source."""
        return str(self._folder)

    def get_source_stamp(self) -> str:
        """What the function is made from."""
        return self._folder.name

    def get_disambiguator(self) -> str:
        """What tells functions of one name apart."""
        return str(self._line)

    def ensure_cache_path(self) -> None:
        """Make the folder, where somebody removed it meanwhile."""
        self._folder.mkdir(mode=0o700, exist_ok=True)


@contextmanager
def locked(function: Callable[..., Any]) -> Iterator[None]:
    """Let no two processes compile a function at the same time: the second finds it compiled.

    Numba's own cache would also mix up two signatures that two processes write at once.
    """
    folder = kernel_folder(function.__module__)
    if folder is None:
        yield
        return
    from filelock import FileLock

    lock = FileLock(folder / f"{function.__name__}.lock")
    try:
        lock.acquire()
    except (OSError, NotImplementedError) as error:
        _LOG.info("no lock in %s: %s", folder, error)
        yield
        return
    try:
        yield
    finally:
        lock.release()
