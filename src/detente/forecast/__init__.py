"""Play over time: what comes next, when, how likely, and how well it was foretold.

``detente.forecast(...)`` is :func:`detente.forecast.analysis.forecast`. That function has the name
of this package, so the package can be called in its place: which of the two the name means depends
on what was imported first.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

__all__: list[str] = []


class _Callable(ModuleType):
    """A package that is called as its function of the same name."""

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        from detente.forecast.analysis import forecast

        return forecast(*arguments, **named)


sys.modules[__name__].__class__ = _Callable
