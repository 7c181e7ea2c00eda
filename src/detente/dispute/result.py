"""What the result of every analysis can do, whatever the analysis is."""

from __future__ import annotations

from importlib import import_module
from typing import Any

__all__ = ["Result"]


class Result:
    """The result of an analysis: a notebook shows it in words and tables."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """The JSON document of the analysis, whole: what its command writes without a limit.

        Returns
        -------
        dict
            Ready for :func:`json.dump`; ``detente schema`` prints what each key means.
        """
        document: dict[str, Any] = _told().document_of(self)
        return document

    @property
    def partial(self) -> bool:
        """Whether the work was interrupted, so that this is what was known by then."""
        partial: bool = _told().is_partial(self)
        return partial

    def _repr_html_(self) -> str | None:
        html: str | None = _told().html_of(self)
        return html


def _told() -> Any:
    # By name: results stand below the registry, which knows how each is told.
    return import_module("detente.analyses.notebook")
