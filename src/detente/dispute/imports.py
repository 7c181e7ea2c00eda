"""Import of a library without one that it loads beside and that nothing here uses."""

from __future__ import annotations

import sys
from importlib import import_module
from threading import active_count
from types import ModuleType

__all__ = ["imported_without"]


def imported_without(module: str, absent: str, stand_in: ModuleType | None = None) -> ModuleType:
    """A module, imported while another cannot be had.

    Where other threads run, where the module is loaded already and where it cannot do without the
    other, this is the usual import: no thread may miss what it needs.

    Parameters
    ----------
    module
        Full name of the module.
    absent
        Name of the package that takes long to load and is not needed.
    stand_in
        What the module meets in its place. None lets the import of it fail.

    Returns
    -------
    module

    Raises
    ------
    ModuleNotFoundError
        If the module, or what it needs, is not installed.
    """
    if module not in sys.modules and active_count() == 1:
        loaded = {absent: sys.modules[absent]} if absent in sys.modules else {}
        sys.modules[absent] = stand_in  # type: ignore[assignment]  # documented: None ends an import
        try:
            return import_module(module)
        except Exception:
            # A version that asks more of the other gets it below.
            pass
        finally:
            del sys.modules[absent]
            sys.modules.update(loaded)
    return import_module(module)
