"""What the result of every analysis can do, whatever the analysis is."""

from __future__ import annotations

from importlib import import_module

__all__ = ["Result"]


class Result:
    """The result of an analysis: a notebook shows it in words and tables."""

    __slots__ = ()

    def _repr_html_(self) -> str | None:
        # By name: results stand below the registry, which knows how each is told.
        shown = import_module("detente.analyses.notebook")
        html: str | None = shown.html_of(self)
        return html
