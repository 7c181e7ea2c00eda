"""``detente paths``: the shortest legal sequences of moves between states."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from detente.cli.arguments import (
    case_argument,
    limit_option,
    load_case,
    output_option,
    packages_option,
    picture_option,
)
from detente.cli.output import show, working, write_json

__all__ = ["command"]

_MEANS = "status_quo, a state's number, an outcome's id or a formula"


@click.command(short_help="Find the shortest legal sequences of moves between states.")
@case_argument
@click.option(
    "--from", "start", default="status_quo", show_default=True, metavar="STATE", help=_MEANS + "."
)
@click.option("--to", "end", metavar="STATE", help=f"Where paths lead: {_MEANS}.")
@click.option(
    "--moves",
    type=click.Choice(["any", "improvements"]),
    default="any",
    show_default=True,
    help="Any moves, or improvements of their movers only.",
)
@click.option("--improvements-only", is_flag=True, help="The same as --moves improvements.")
@packages_option()
@click.option("--by", multiple=True, metavar="PARTY", help="Only this party moves. Repeatable.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
@output_option
@picture_option
@limit_option("Show and draw at most so many paths, those that change least first.", 3)
def command(
    case: str,
    start: str,
    end: str | None,
    moves: Literal["any", "improvements"],
    improvements_only: bool,
    packages: bool,
    by: tuple[str, ...],
    form: str,
    output: Path | None,
    picture: Path | None,
    limit: int,
) -> None:
    """Find the shortest legal sequences of moves from some states to others.

    CASE is the name of a shipped case or the path of a dispute file. In a legal sequence nobody
    moves twice in a row. Told besides: how near each named outcome is.
    """
    from detente.report.paths import paths_document, paths_tables
    from detente.stability.paths import analyse_paths

    dispute = load_case(case)
    with working("Searching") as progress:
        analysis = analyse_paths(
            dispute,
            start,
            end,
            moves="improvements" if improvements_only else moves,
            packages=packages,
            parties=by or None,
            limit=limit,
            progress=progress,
        )
    if picture is not None:
        from detente.report.plots.paths import paths_picture
        from detente.report.plots.picture import write_picture

        write_picture(paths_picture(analysis), picture)
    if form == "json":
        write_json(paths_document(analysis), output)
    else:
        show(paths_tables(analysis), output)
