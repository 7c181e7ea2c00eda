"""Where compiled kernels are kept: in the user's cache folder, known by what they are made from.

Numba keeps compiled code beside the source. An installation that nobody may write to would then
compile anew each time, and so would each new copy of the source. Here all copies of the same source
share one folder, and a kernel is also made again if a module that its own module imports has
changed.

What is kept is run without a further check, so the folder may not be open to others.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

__all__ = ["KernelFolder", "kernel_folder", "kernel_root", "locked"]

_LOG = logging.getLogger(__name__)

_PACKAGE = Path(__file__).parents[1]

# An import at the start of a line: those for type checkers alone stand further in. What is imported
# late, but is part of what is compiled, is named by a comment.
_IMPORT = re.compile(r"^(?:from|# Needs) (detente(?:\.\w+)*)(?: import|\.?$)", re.MULTILINE)

# As many versions of a module's kernels are kept: of several copies of the source, say.
_VERSIONS = 8


@lru_cache(maxsize=1)
def kernel_root() -> Path | None:
    """The folder for compiled kernels; see :func:`detente.dispute.cache_folder.cache_folder`.

    It is in the user's cache folder, or in the one that ``NUMBA_CACHE_DIR`` names.

    Returns
    -------
    pathlib.Path or None
        None where nothing can be written to.
    """
    # Imported here so that kernels do not hang on that module.
    from detente.dispute.cache_folder import cache_folder

    return cache_folder("kernels", os.environ.get("NUMBA_CACHE_DIR"))


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
