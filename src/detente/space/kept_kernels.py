"""Which kernels an earlier process has compiled, so that they need only be loaded."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from detente.space.kernel_cache import kernel_folder
from detente.space.ready_code import tried

__all__ = ["KEPT_FROM", "compiled_once", "kept_kernels"]

KEPT_FROM = 2**15
"""Kept kernels are used for so many positions at least: loading them takes a little."""


@cache
def kept_kernels(module: str) -> frozenset[str]:
    """Names of the kernels of a module that are kept, for whatever kinds of arguments.

    Parameters
    ----------
    module
        The module, such as ``detente.space.kernels``, which is not imported.
    """
    folder = kernel_folder(module) if tried() else None
    if folder is None:
        return frozenset()
    return frozenset(place.name.partition("-")[0] for place in folder.glob("*.code"))


def compiled_once(module: str, positions: int) -> None:
    """Have the kernels of a module compiled and kept where it pays from the next time on.

    This takes some seconds the first time, so it is for commands that then compile others too.

    Parameters
    ----------
    module
        The module.
    positions
        How many positions they are to work on.
    """
    if tried() and positions >= KEPT_FROM:
        import_module(module)
