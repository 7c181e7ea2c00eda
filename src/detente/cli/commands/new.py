"""``detente new``: a dispute file to start from."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from detente.cli.arguments import InputFile, OutputFile
from detente.cli.output import STANDARD_OUTPUT, working, write_utf8
from detente.report.words import counted

if TYPE_CHECKING:
    from detente.evidence.reading.reports import Report
    from detente.files.template import NewParty

__all__ = ["command"]


@click.command(short_help="Start a dispute file.")
@click.option("--title", metavar="TEXT", help="Title of the dispute.")
@click.option(
    "--party",
    "parties",
    multiple=True,
    metavar="NAME[: OPTION; ...]",
    help="A party and what it can do, such as 'Peru: close the port; lower the toll'. May be "
    "repeated.",
)
@click.option(
    "--source",
    "texts",
    multiple=True,
    type=InputFile(),
    metavar="TEXT",
    help="A report to cite. May be repeated.",
)
@click.option("--read", "reading", is_flag=True, help="Enter what the reports propose.")
@click.option("--from", "case", metavar="CASE", help="Start from a shipped case.")
@click.argument("output", metavar="FILE", type=OutputFile())
def command(
    title: str | None,
    parties: tuple[str, ...],
    texts: tuple[Path, ...],
    reading: bool,
    case: str | None,
    output: Path,
) -> None:
    """Write a new dispute file to FILE.

    If nothing is given, the command asks for the parties, their options and the sources. With
    --read the file has what the reports propose, each entry with its passage and blanks (___)
    for a person to fill in. With --from the file is a copy of a shipped case. A file that
    exists is never overwritten.
    """
    from detente.dispute.errors import DisputeError

    if output != STANDARD_OUTPUT and output.exists():
        raise DisputeError("this file exists already; name another", path=output)
    if case is not None and (title or parties or texts or reading):
        raise click.UsageError("--from copies a case as it is, without other options")
    if reading and not texts:
        raise click.UsageError("--read needs a report: --source TEXT")
    if case is not None:
        content, left = _copied(case), "It is the shipped case; change it as you like."
    elif reading:
        content, left = _read(title, parties, texts, output)
    else:
        content, left = _asked(title, parties, texts, output)
    write_utf8([content], output)
    if output != STANDARD_OUTPUT:
        click.echo(f"{output} written. {left}")
        click.echo(f"Next: detente validate {output}")


def _copied(case: str) -> str:
    from detente.dispute.errors import QueryError, nearest, shown
    from detente.files.loading import list_cases, read_case

    if case not in list_cases():
        raise QueryError(
            f"there is no shipped case {shown(case)}",
            found=case,
            allowed=list_cases(),
            nearest=nearest(case, list_cases()),
        )
    return read_case(case)[0].decode("utf-8")


def _asked(
    title: str | None, parties: tuple[str, ...], texts: tuple[Path, ...], output: Path
) -> tuple[str, str]:
    from detente.files.template import NewParty, template

    given = [_party(text) for text in parties]
    asking = not given and title is None and sys.stdin.isatty()
    if asking:
        title = click.prompt("Title of the dispute", default="A dispute")
        click.echo("Who are the parties? One a line; an empty line ends the list.")
        for name in _lines("Party"):
            click.echo(f"What can {name} do? One a line; an empty line ends the list.")
            given.append(NewParty(name, tuple(_lines("Option"))))
        if not texts:
            click.echo("Which reports do you cite? One file a line; an empty line ends the list.")
            texts = tuple(Path(line) for line in _lines("Report"))
    if not given:
        given = [NewParty("First party", ("Act",)), NewParty("Second party", ("Act",))]
    sources = [_source(report, output) for report in _reports(texts)]
    content = template(title or "A dispute", given, sources)
    return (
        content,
        "The preferences and the status quo are still missing; comments in the file say how to "
        "add them.",
    )


def _lines(what: str) -> list[str]:
    lines = []
    while line := click.prompt(what, default="", show_default=False).strip():
        lines.append(line)
    return lines


def _party(text: str) -> NewParty:
    from detente.files.template import NewParty

    name, _, listed = text.partition(":")
    options = tuple(" ".join(part.split()) for part in listed.split(";") if part.strip())
    if not name.strip():
        raise click.UsageError(f"--party wants a name, and options after a colon: {text}")
    return NewParty(" ".join(name.split()), options)


def _reports(texts: tuple[Path, ...]) -> tuple[Report, ...]:
    from detente.evidence.reading.documents import Documents
    from detente.evidence.reading.reports import reports_of

    with Documents() as documents:
        return reports_of([documents.read(path) for path in texts])


def _source(report: Report, output: Path) -> dict[str, Any]:
    source = {"id": report.id, "title": report.title, "sha256": report.sha256}
    folder = output.resolve().parent
    if output != STANDARD_OUTPUT and report.path.resolve().is_relative_to(folder):
        source["path"] = report.path.resolve().relative_to(folder).as_posix()
    return source


def _read(
    title: str | None, parties: tuple[str, ...], texts: tuple[Path, ...], output: Path
) -> tuple[str, str]:
    from detente.evidence.reading.blanks import blanks
    from detente.evidence.reading.draft import draft
    from detente.evidence.reading.readers import read_reports
    from detente.files.dispute_file import load_text
    from detente.files.template import template
    from detente.files.yaml_text import editable, written

    reports = _reports(texts)
    sources = [_source(report, output) for report in reports]
    start = template(title or reports[0].title, [_party(text) for text in parties], sources)
    dispute = load_text(start) if parties else None
    with working("Reading", share=False):
        reading = read_reports(reports, dispute)
    document: Any = editable(start) if parties else {"dispute": title or reports[0].title}
    document.setdefault("sources", sources)
    made = draft(reports, reading.proposals, document)
    count = sum(1 for _ in blanks(made))
    return written(made), (
        f"{len(reading.proposals)} proposals were read; the surer ones stand in it, with "
        f"{counted(count, 'blank')} (___) to fill in. Entries that do not hold are to be removed."
    )
