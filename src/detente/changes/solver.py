"""The solver CP-SAT of OR-Tools, without the tables that its module offers beside.

That module imports pandas, for tables of variables that nothing here uses, and this takes longer
than most of what the solver is asked.
"""

from __future__ import annotations

import sys
from threading import active_count
from types import ModuleType
from typing import Any

__all__ = ["cp_sat"]


def cp_sat() -> Any:
    """The module ``ortools.sat.python.cp_model``.

    Raises
    ------
    ModuleNotFoundError
        If OR-Tools is not installed.
    """
    # No other thread may meet the stand-in.
    if "pandas" not in sys.modules and active_count() == 1:
        sys.modules["pandas"] = _StandIn("pandas")
        try:
            return _imported()
        except Exception:
            # A version that asks more of pandas gets it below.
            pass
        finally:
            del sys.modules["pandas"]
    return _imported()


def _imported() -> Any:
    from ortools.sat.python import cp_model

    return cp_model


class _StandIn(ModuleType):
    """What OR-Tools meets as pandas: classes of which nothing is an instance."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})
