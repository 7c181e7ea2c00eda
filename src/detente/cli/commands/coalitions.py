"""``detente coalitions``: which states coalitions would leave together."""

from __future__ import annotations

import json
from pathlib import Path

import click

from detente.cli.arguments import (
    case_argument,
    concepts_option,
    limit_option,
    listed,
    load_case,
    named_concepts,
    output_option,
    packages_option,
    state_number,
)
from detente.cli.output import page_width, show, symbol, working, write_utf8

__all__ = ["command"]


@click.command(short_help="Find which states coalitions would leave together.")
@case_argument
@click.option(
    "--coalition",
    "coalitions",
    multiple=True,
    metavar="IDS",
    help="Only this coalition, such as us,china; all where left out. May be repeated.",
)
@click.option(
    "--acting-as-one",
    multiple=True,
    metavar="IDS",
    help="This coalition always moves as one, and no other forms. May be repeated.",
)
@packages_option()
@concepts_option("Of Nash, GMR, SMR and SEQ, such as Nash,SEQ. Left out: all four.")
@click.option("--state", metavar="N", help="Who would leave this state: its number, or status_quo.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
@output_option
@limit_option("Show at most so many states.", 12)
def command(
    case: str,
    coalitions: tuple[str, ...],
    acting_as_one: tuple[str, ...],
    packages: bool,
    concepts: tuple[str, ...],
    state: str | None,
    form: str,
    output: Path | None,
    limit: int,
) -> None:
    """Find which states coalitions would leave together, and which hold against all of them.

    CASE is the name of a shipped case or the path of a dispute file; docs/concepts/coalitions.md
    has the definitions.
    """
    from detente.report.coalitions import coalitions_document, coalitions_tables
    from detente.report.tables import MARK
    from detente.space.package_moves import package_moves
    from detente.stability.coalitions import (
        COALITION_CONCEPTS,
        analyse_coalitions_of,
        coalition_concepts,
    )
    from detente.stability.prepared_model import graph_model

    asked = named_concepts(concepts)
    names = coalition_concepts(asked or COALITION_CONCEPTS)
    model = graph_model(load_case(case))
    number = None if state is None else state_number(model, state)
    with working("Analysing") as progress:
        analysis = analyse_coalitions_of(
            model,
            [_members(one) for one in coalitions] or None,
            names,
            acting_as_one=[_members(one) for one in acting_as_one],
            packages=package_moves(model) if packages else (),
            progress=progress,
        )
    if form == "json":
        content = json.dumps(coalitions_document(analysis, number), ensure_ascii=False)
        write_utf8([content + "\n"], output)
        return
    mark = symbol(MARK, "x", output)
    tables = coalitions_tables(
        analysis, state=number, limit=limit, width=page_width(output), mark=mark
    )
    show(tables, output)


def _members(text: str) -> list[str]:
    return listed(text)
