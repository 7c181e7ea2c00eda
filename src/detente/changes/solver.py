"""The solver CP-SAT of OR-Tools, without the tables that its module offers beside.

That module imports pandas, for tables of variables that nothing here uses, and this takes longer
than most of what the solver is asked.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from detente.dispute.imports import imported_without

__all__ = ["cp_sat"]


def cp_sat() -> Any:
    """The module ``ortools.sat.python.cp_model``.

    Raises
    ------
    ModuleNotFoundError
        If OR-Tools is not installed.
    """
    return imported_without("ortools.sat.python.cp_model", "pandas", _StandIn("pandas"))


class _StandIn(ModuleType):
    """What OR-Tools meets as pandas: classes of which nothing is an instance."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})
