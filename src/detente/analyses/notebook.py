"""Results as notebooks and programs get them, by what their analysis declares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from detente.analyses.declaration import Declaration
from detente.analyses.parameters import AnalysisParameters, parameters_of
from detente.analyses.registry import analysis_of_result

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars

    from detente.report.content import Block

__all__ = ["document_of", "frame_of", "html_of"]

# Of how many states, moves and so on a document tells where it is to tell of all.
_ALL = 10**9

_STYLE = (
    "<style>.detente table{border-collapse:collapse}.detente caption{text-align:left}"
    ".detente th{text-align:left;font-weight:normal}.detente .problem{font-style:italic}</style>"
)


def html_of(result: object) -> str | None:
    """A result as a piece of HTML.

    Parameters
    ----------
    result
        What a function of detente gave.

    Returns
    -------
    str or None
        The sentences first, then tables, at the length that commands show by default. None where
        no analysis declares such a result, or the extra that makes pages is not installed: a
        notebook then shows the result's own short text.
    """
    try:
        from detente.report.render.html import html_blocks

        blocks = _blocks(result)
        if blocks is None:
            return None
        told = html_blocks(blocks)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "detente":
            raise
        return None
    return f'{_STYLE}<div class="detente">{told}</div>'


def _blocks(result: object) -> Iterable[Block] | None:
    declaration = analysis_of_result(result)
    if declaration is not None:
        return declaration.blocks(result, _usual(declaration.parameters))
    # Two results that are no answers about one dispute, which no analysis declares.
    from detente.evidence.attribution import ComparedVersions
    from detente.evidence.reading.readers import Reading

    if isinstance(result, ComparedVersions):
        from detente.report.content import Prose
        from detente.report.versions import comparison_lines

        return tuple(Prose(line) for line in comparison_lines(result) if line)
    if isinstance(result, Reading):
        from detente.report.reading import reading_blocks

        return tuple(reading_blocks(result))
    return None


def document_of(result: object) -> dict[str, Any]:
    """A result as its JSON document, whole.

    Raises
    ------
    TypeError
        If no analysis declares such a result.
    """
    declaration = _declared(result)
    return dict(declaration.document(result, _usual(declaration.parameters, limit=_ALL)))


def frame_of(result: object) -> polars.DataFrame:
    """The rows of a result as a data frame.

    Raises
    ------
    TypeError
        If no analysis declares such a result, or it has no rows.
    """
    import polars

    declaration = _declared(result)
    if declaration.rows is None:
        raise TypeError(f"a result of {declaration.name} has no rows")
    document = document_of(result)
    rows = document[declaration.rows] if isinstance(declaration.rows, str) else None
    listed = rows if rows is not None else declaration.rows(document)  # type: ignore[operator]
    return polars.DataFrame(list(listed), infer_schema_length=None, strict=False)


def _declared(result: object) -> Declaration:
    declaration = analysis_of_result(result)
    if declaration is None:
        raise TypeError(f"no analysis declares a result of type {type(result).__name__}")
    return declaration


def _usual(model: type[AnalysisParameters], *, limit: int | None = None) -> AnalysisParameters:
    """Parameters as they are by default: a result has been worked out, and is only told."""
    blank: dict[type, Any] = {bool: False, int: 0, float: 0.0, str: ""}
    parameters = parameters_of(model)
    needed = {
        one.name: () if one.listed else one.choices[0] if one.choices else blank[one.type]
        for one in parameters
        if one.required
    }
    if limit is not None and any(one.name == "limit" for one in parameters):
        needed["limit"] = limit
    return msgspec.convert(needed, type=model)
