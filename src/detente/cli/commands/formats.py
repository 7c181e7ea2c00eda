"""``detente formats``: what formats can reach and hold, who is left out, and who can spoil it."""

from __future__ import annotations

from pathlib import Path

import click

from detente.cli.arguments import case_argument, load_case, output_option, picture_option
from detente.cli.output import show, symbol, working, write_json

__all__ = ["command"]


@click.command(short_help="Find what formats can settle, who is left out, who can spoil it.")
@case_argument
@click.option("--only", multiple=True, metavar="ID", help="Only this format. May be repeated.")
@click.option("--all", "every_subset", is_flag=True, help="Every set of parties besides.")
@click.option(
    "--concept",
    "-c",
    default="SEQ",
    show_default=True,
    metavar="NAME",
    help="Under which states hold: Nash, GMR, SMR or SEQ.",
)
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
@output_option
@picture_option
def command(
    case: str,
    only: tuple[str, ...],
    every_subset: bool,
    concept: str,
    form: str,
    output: Path | None,
    picture: Path | None,
) -> None:
    """Find what formats can reach and hold, who is left out, and who can spoil it.

    CASE is the name of a shipped case or the path of a dispute file. A format is a set of
    parties that move together, from the status quo; docs/concepts/formats.md has the definitions.
    """
    from detente.formats.analysis import analyse_formats
    from detente.report.formats import formats_document, formats_tables
    from detente.report.tables import MARK

    dispute = load_case(case)
    with working("Analysing") as progress:
        analysis = analyse_formats(
            dispute, only or None, concept=concept, every_subset=every_subset, progress=progress
        )
    if picture is not None:
        from detente.report.plots.formats import formats_picture
        from detente.report.plots.picture import write_picture

        write_picture(formats_picture(analysis), picture)
    if form == "json":
        write_json(formats_document(analysis), output)
    else:
        show(formats_tables(analysis, mark=symbol(MARK, "x", output)), output)
