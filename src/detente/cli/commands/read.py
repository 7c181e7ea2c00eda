"""``detente read``: what reports propose for a dispute file, each with its sentence."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from detente.cli.arguments import InputFile, case_option, load_case, output_option
from detente.cli.output import show_blocks, working, write_json, write_utf8
from detente.report.words import counted

if TYPE_CHECKING:
    from detente.dispute.dispute import Dispute
    from detente.evidence.reading.readers import Reading

__all__ = ["command"]


@click.command(short_help="Propose entries of a dispute file from reports.")
@click.argument("texts", metavar="TEXT...", nargs=-1, required=True, type=InputFile())
@case_option("--into", "The dispute file for which they are read.")
@click.option(
    "--reader",
    default="rules",
    metavar="NAME",
    help="Who reads: rules, spacy (rules, with names from a model), or the reader of a package.",
)
@click.option(
    "--least",
    type=click.FloatRange(0, 1),
    default=None,
    metavar="SHARE",
    help="Leave out proposals of which the reader is less sure (by default 0.5 with --format "
    "yaml).",
)
@click.option("--format", "form", type=click.Choice(["table", "json", "yaml"]), default="table")
@output_option
def command(
    texts: tuple[Path, ...],
    case: str | None,
    reader: str,
    least: float | None,
    form: str,
    output: Path | None,
) -> None:
    """Read reports and print what an analyst might take from them.

    TEXT is a text, web page (.html), PDF or Word document (.docx). Every proposal names its
    paragraph and sentence and quotes its passage. Nothing is decided, and no file is changed.
    With --format yaml the proposals are in a dispute file, new or that of --into, with a
    blank (___) for what a person has to fill in.
    """
    from detente.evidence.reading.readers import read_files
    from detente.report.reading import reading_blocks, reading_document

    dispute = None if case is None else load_case(case)
    with working("Reading") as progress:
        reading = read_files(texts, dispute, reader=reader, progress=progress)
    reading = _sure(reading, least if least is not None else 0.0)
    if form == "json":
        write_json(reading_document(reading), output)
    elif form == "yaml":
        write_utf8([_drafted(reading, dispute, least)], output)
    else:
        show_blocks(reading_blocks(reading), output)


def _sure(reading: Reading, least: float) -> Reading:
    from dataclasses import replace

    kept = tuple(one for one in reading.proposals if one.confidence >= least)
    return replace(reading, proposals=kept)


def _drafted(reading: Reading, dispute: Dispute | None, least: float | None) -> str:
    from detente.evidence.reading.blanks import blanks
    from detente.evidence.reading.draft import draft
    from detente.files.yaml_text import load_round_trip, written

    path = None if dispute is None else dispute.path
    document = None if path is None else load_round_trip(path)
    made = draft(
        reading.reports,
        reading.proposals,
        document,
        least=0.5 if least is None else least,
    )
    count = sum(1 for _ in blanks(made))
    head = (
        "# Proposed from reports; nothing here has been judged yet. Entries quote their passages.\n"
        f"# {counted(count, 'blank')} (___) to be filled in, or to be removed with the entry.\n"
    )
    return head + written(made)
