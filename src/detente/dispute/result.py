"""What the result of every analysis can do, whatever the analysis is.

Ctrl-C is dealt with in one way. Whoever works is struck by :class:`KeyboardInterrupt`. A function
that has found something by then returns it, as a result that says so (:attr:`Result.partial`);
where nothing is known yet, the exception goes on. Who needs the whole takes it by :func:`whole`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import polars

__all__ = ["ByConcept", "Result", "whole"]


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

    def to_polars(self) -> polars.DataFrame:
        """The rows of the result as a data frame.

        Returns
        -------
        polars.DataFrame
            One row for each entry of the part of :meth:`to_dict` that lists what was found, such
            as the stages of a plan; its keys are the columns.

        Raises
        ------
        TypeError
            If the result has no rows.
        """
        frame: polars.DataFrame = _told().frame_of(self)
        return frame

    @property
    def partial(self) -> bool:
        """Whether the work was interrupted, so that this is what was known by then."""
        return bool(getattr(self, "interrupted", False))

    def _repr_html_(self) -> str | None:
        html: str | None = _told().html_of(self)
        return html


class ByConcept(Result):
    """A result that is worked out concept by concept.

    A partial one has the concepts that were finished.
    """

    __slots__ = ()

    @property
    def left_out(self) -> str | None:
        """What a partial result has, in words; None for a whole one."""
        if not self.partial:
            return None
        finished = ", ".join(getattr(self, "concepts", ()))
        return f"Interrupted after {finished}; what is known of these follows."


_Whole = TypeVar("_Whole", bound=Result)


def whole(result: _Whole) -> _Whole:
    """A result of which a part is of no use.

    Raises
    ------
    KeyboardInterrupt
        If the work was interrupted: whoever asked for it stops too.
    """
    if result.partial:
        raise KeyboardInterrupt
    return result


def _told() -> Any:
    # By name: results stand below the registry, which knows how each is told.
    return import_module("detente.analyses.notebook")
