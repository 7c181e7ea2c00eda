"""What the commands ``uncertain``, ``strength`` and ``hypergame`` have in common."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from detente.cli.arguments import (
    load_case,
    named_concepts,
)
from detente.cli.output import (
    page_width,
    show,
    symbol,
    to_standard_output,
    working,
    write_json,
)

__all__ = ["show_two_ranks"]


def show_two_ranks(
    case: str,
    concepts: tuple[str, ...],
    form: str,
    output: Path | None,
    limit: int,
    analyse: Callable[..., Any],
    tables: Callable[..., Any],
    document: Callable[[Any], dict[str, Any]],
) -> None:
    """Analyse a case by one of these analyses and show the result."""
    from detente.report.tables import MARK
    from detente.stability.analysis import Interrupted

    asked = named_concepts(concepts)
    dispute = load_case(case)
    mark = symbol(MARK, "x", output)

    def show_tables(analysis: Any) -> None:
        show(tables(analysis, limit=limit, width=page_width(output), mark=mark), output)

    try:
        with working("Analysing") as progress:
            analysis = analyse(dispute, asked or None, progress=progress)
    except Interrupted as stopped:
        if form == "table" and to_standard_output(output) and stopped.analysis.concepts:
            click.echo(
                f"Interrupted after {', '.join(stopped.analysis.concepts)}; what is known of "
                "these follows.",
                err=True,
            )
            show_tables(stopped.analysis)
        raise
    if form == "json":
        write_json(document(analysis), output)
    else:
        show_tables(analysis)
