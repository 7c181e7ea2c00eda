"""``detente convert``: between dispute files, ``.gmcr`` files and those of other programs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from detente.cli.arguments import (
    OutputFile,
    case_argument,
    ignored_keys,
    read_case,
    unread_told,
)
from detente.cli.output import to_standard_output, write_bytes
from detente.dispute.visible_text import visible

if TYPE_CHECKING:
    from detente.dispute.dispute import Dispute

__all__ = ["command"]

_FORMATS = {
    ".gmcr": "gmcr",
    ".yaml": "yaml",
    ".yml": "yaml",
    ".nfg": "nfg",
    ".efg": "efg",
    ".dot": "dot",
    ".gv": "dot",
    ".gexf": "gexf",
}
_TABLES = ("ktab", "decide")


@click.command(short_help="Convert between dispute files and those of other programs.")
@case_argument
@click.argument("output", metavar="OUT", type=OutputFile())
@click.option(
    "--format",
    "form",
    type=click.Choice([*dict.fromkeys(_FORMATS.values()), *_TABLES]),
    help="By default the ending of OUT decides.",
)
def command(case: str, output: Path, form: str | None) -> None:
    """Write a dispute as OUT, a file of another program or a dispute file (.yaml).

    The name of OUT says which: .gmcr for GMCR+; .nfg or .efg for Gambit, as a game of one choice
    in strategic or in extensive form; .dot for Graphviz and .gexf for Gephi, as a graph of states
    and moves.

    CASE is the name of a shipped case, the path of a dispute file or of a .gmcr file, or a table
    of positions (.csv) of KTAB or of decide-exchange-model, which becomes a dispute file with
    issues. With --format ktab or decide, OUT is such a table, of the dispute's issues. The
    command lists what OUT cannot hold. With --format, OUT may be -, the standard output.
    """
    from detente.files.whole_file import is_stream

    form = form or _FORMATS.get(output.suffix.lower())
    if form is None:
        raise click.UsageError(
            f"OUT must end in {', '.join(_FORMATS)}, or --format says which (for a table of "
            f"positions ktab or decide); found {output.name!r}"
        )
    content, notes = _converted(case, form)
    write_bytes(lambda stream: stream.writelines([content]), output)
    # Nothing may stand between the lines of the file, where OUT is what this goes to as well.
    aside = to_standard_output(output) or is_stream(output)
    if not to_standard_output(output):
        click.echo(visible(f"{output} written."), err=aside)
    for note in notes:
        click.echo(visible(f"not carried over: {note}"), err=aside)


def _converted(case: str, form: str) -> tuple[bytes, tuple[str, ...]]:
    """The dispute in the other format, and what that cannot carry."""
    from detente.files import gmcr
    from detente.files.dispute_file import build_dispute, load_text
    from detente.files.loading import is_gmcr
    from detente.files.whole_file import is_stream
    from detente.files.yaml_text import written

    content, path = read_case(case)
    if path.suffix.lower() == ".csv" or form in _TABLES:
        return _positions(content, path, form)
    # The name of a pipe does not tell what comes through it.
    piped = is_stream(path) or not path.exists()
    from_gmcr = is_gmcr(content) if piped else path.suffix.lower() == ".gmcr"
    if form != "yaml":
        if not from_gmcr:
            return _writer(form)(load_text(content, path=path))
        with unread_told():
            return _writer(form)(gmcr.read(path, content, ignore=ignored_keys()))
    if from_gmcr:
        document, notes = gmcr.read_document(path, content, ignore=ignored_keys())
        # Building it first keeps a file that could not be read again from being written.
        build_dispute(document)
        return written(document).encode(), notes
    # Comments and layout stay as they are.
    load_text(content, path=path)
    return content, ()


def _writer(form: str) -> Callable[[Dispute], tuple[bytes, tuple[str, ...]]]:
    """What writes a dispute in a format, with notes of what that cannot carry."""
    from detente.files import games, gmcr
    from detente.stability import graph_files

    writers: dict[str, Callable[[Dispute], tuple[bytes, tuple[str, ...]]]] = {
        "gmcr": gmcr.written,
        "nfg": games.convert_to_nfg,
        "efg": games.efg_written,
        "dot": graph_files.dot_written,
        "gexf": graph_files.gexf_written,
    }
    return writers[form]


def _positions(content: bytes, path: Path, form: str) -> tuple[bytes, tuple[str, ...]]:
    """A table of positions as a dispute file, or the other way round."""
    from detente.files.dispute_file import build_dispute, load_text
    from detente.files.yaml_text import written
    from detente.forecast.linkage.csv_files import (
        positions_csv,
        positions_document,
        positions_from,
    )
    from detente.forecast.linkage.table import positions_of

    notes: tuple[str, ...] = ()
    if path.suffix.lower() == ".csv":
        table, notes = positions_from(content, path)
        if form not in ("yaml", *_TABLES):
            raise click.UsageError(f"a table of positions has no states for a .{form} file to hold")
        if form == "yaml":
            document, more = positions_document(table)
            build_dispute(document)
            return written(document).encode(), (*notes, *more)
    else:
        table = positions_of(load_text(content, path=path))
    text, more = positions_csv(table, form)  # type: ignore[arg-type]
    return text.encode(), (*notes, *more)
