"""``detente bargain``: positions on issues, and what one issue has to do with another."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from detente.cli.arguments import (
    case_argument,
    load_case,
    output_option,
    picture_option,
)
from detente.cli.exit_codes import INTERRUPTED
from detente.cli.output import show, working, write_json, write_text

__all__ = ["command"]


@click.command(short_help="What parties could trade between issues, and where these end.")
@case_argument
@click.option("--draws", default=1000, show_default=True, help="Draws of the numbers; 0 for none.")
@click.option(
    "--confidence",
    default=0.8,
    show_default=True,
    help="Of numbers without one of their own: that they are as stated.",
)
@click.option("--seed", default=0, show_default=True, help="Of the random numbers.")
@click.option("--limit", default=10, show_default=True, help="Show at most so many exchanges.")
@click.option(
    "--csv",
    "csv_form",
    type=click.Choice(["ktab", "decide"]),
    help="Write the table of positions instead, as KTAB or decide-exchange-model read it.",
)
@click.option(
    "--picture-of",
    type=click.Choice(["positions", "exchanges", "chances"]),
    default="positions",
    show_default=True,
    help="What --picture draws.",
)
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
@output_option
@picture_option
def command(
    case: str,
    draws: int,
    confidence: float,
    seed: int,
    limit: int,
    csv_form: str | None,
    picture_of: str,
    form: str,
    output: Path | None,
    picture: Path | None,
) -> None:
    """Tell where issues end, who could trade what on one for what on another, and who pays.

    CASE is the name of a shipped case, the path of a dispute file with issues, or the path of a
    CSV file of KTAB or of decide-exchange-model (its name ends in .csv).
    docs/concepts/linkage.md has the definitions.
    """
    from detente.forecast.linkage.bargain import bargain, bargain_over
    from detente.forecast.linkage.csv_files import positions_csv, read_positions
    from detente.forecast.linkage.table import positions_of
    from detente.report.bargain import bargain_document, bargain_tables

    if case.lower().endswith(".csv"):
        table, notes = read_positions(Path(case))
        dispute = None
    else:
        dispute = load_case(case)
        table, notes = positions_of(dispute), ()
    if csv_form is not None:
        content, more = positions_csv(table, csv_form)  # type: ignore[arg-type]
        _tell((*notes, *more))
        write_text([content], output)
        return
    _tell(notes)
    options = {"draws": draws, "confidence": confidence, "seed": seed}
    with working("Drawing") as progress:
        if dispute is None:
            found = bargain_over(table, **options, progress=progress)  # type: ignore[arg-type]
        else:
            found = bargain(dispute, **options, progress=progress)  # type: ignore[arg-type]
    if picture is not None:
        from detente.report.plots.bargain import bargain_picture
        from detente.report.plots.picture import write_picture

        write_picture(bargain_picture(found, picture_of), picture)
    if form == "json":
        write_json(bargain_document(found), output)
    else:
        show(bargain_tables(found, limit=limit), output)
    if found.drawn is not None and found.drawn.interrupted:
        click.echo("interrupted", err=True)
        sys.exit(INTERRUPTED)


def _tell(notes: tuple[str, ...]) -> None:
    for note in notes:
        click.echo(f"note: {note}", err=True)
