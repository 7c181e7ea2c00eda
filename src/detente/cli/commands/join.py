"""``detente join``: several disputes as one file."""

from __future__ import annotations

from pathlib import Path

import click

from detente.cli.arguments import OutputFile
from detente.cli.output import STANDARD_OUTPUT, to_standard_output, write_utf8
from detente.dispute.visible_text import visible

__all__ = ["command"]


@click.command(short_help="Join several disputes into one.")
@click.argument("cases", metavar="CASE CASE...", nargs=-1, required=True)
@click.option(
    "--link",
    "links",
    multiple=True,
    metavar="FILE",
    help="What joins them: constraints, preferences across them, and more; the name of a shipped "
    "link or a file. May be repeated.",
)
@click.option("--title", metavar="TEXT", help="Title of the whole.")
@click.option(
    "--output",
    "-o",
    type=OutputFile(),
    default=STANDARD_OUTPUT,
    metavar="FILE",
    help="Write to this file, completely or not at all; by default, or with -, to standard output.",
)
def command(
    cases: tuple[str, ...], links: tuple[str, ...], title: str | None, output: Path
) -> None:
    """Put several disputes into one dispute file.

    Parties of the same id are one party. Ids that clash get the name of their file before them.
    Sources and claims are copied. The command says what it renamed or decided.
    docs/how-to/join-disputes.md says what a link may hold.

    CASE is the name of a shipped case or the path of a dispute file.
    """
    from detente.dispute.errors import DisputeError
    from detente.files.joining import join
    from detente.files.yaml_text import written

    aside = to_standard_output(output)
    read = _files((*cases, *links))
    if not aside and output.exists() and any(output.samefile(one) for one in read):
        raise DisputeError("this file is one of those that are read; name another", path=output)
    folder = Path.cwd() if aside else output.resolve().parent
    joined = join(cases, links, title=title, folder=folder)
    write_utf8([written(joined.document)], output)
    if not aside:
        click.echo(visible(f"{output} written."))
    for note in joined.notes:
        click.echo(visible(f"note: {note}"), err=aside)


def _files(names: tuple[str, ...]) -> list[Path]:
    return [Path(name) for name in names if Path(name).exists()]
