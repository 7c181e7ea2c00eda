"""Results as notebooks show them, by the words and tables that their analysis declares."""

from __future__ import annotations

from typing import Any

import msgspec

from detente.analyses.parameters import AnalysisParameters, parameters_of
from detente.analyses.registry import analysis_of_result

__all__ = ["html_of"]

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
    declaration = analysis_of_result(result)
    if declaration is None:
        return None
    try:
        from detente.report.render.html import html_blocks

        told = html_blocks(declaration.blocks(result, _usual(declaration.parameters)))
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "detente":
            raise
        return None
    return f'{_STYLE}<div class="detente">{told}</div>'


def _usual(model: type[AnalysisParameters]) -> AnalysisParameters:
    """Parameters as they are by default: a result has been worked out, and is only told."""
    blank: dict[type, Any] = {bool: False, int: 0, float: 0.0, str: ""}
    needed = {
        one.name: () if one.listed else one.choices[0] if one.choices else blank[one.type]
        for one in parameters_of(model)
        if one.required
    }
    return msgspec.convert(needed, type=model)
