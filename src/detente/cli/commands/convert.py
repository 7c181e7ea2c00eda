"""``detente convert``: between dispute files and ``.gmcr`` files."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import click

from detente.cli.arguments import case_argument, load_case
from detente.cli.output import refuse_own_input

__all__ = ["command"]

_YAML = (".yaml", ".yml")


@click.command(short_help="Convert between dispute files and .gmcr files.")
@case_argument
@click.argument("output", metavar="OUT", type=click.Path(path_type=Path, dir_okay=False))
def command(case: str, output: Path) -> None:
    """Write a dispute as OUT, a .gmcr file or a dispute file (.yaml).

    CASE is the name of a shipped case, the path of a dispute file or of a .gmcr file. What OUT
    cannot carry is listed.
    """
    refuse_own_input(case, output)
    suffix = output.suffix.lower()
    if suffix == ".gmcr":
        from detente.model.gmcr import write

        notes = write(load_case(case), output)
    elif suffix in _YAML:
        notes = _write_yaml(case, output)
    else:
        raise click.UsageError(f"OUT must end in .gmcr or .yaml; found {output.name!r}")
    click.echo(f"{output} written.")
    for note in notes:
        click.echo(f"not carried over: {note}")


def _write_yaml(case: str, output: Path) -> tuple[str, ...]:
    from detente.model.files import build, save

    if case.lower().endswith(".gmcr"):
        from detente.model.gmcr import read_document

        document, notes = read_document(case)
        # Building it first keeps a file that could not be read again from being written.
        build(document)
        save(output, document)
        return notes
    dispute = load_case(case)
    if dispute.path is None:
        raise click.UsageError(f"{case} is not a file")
    from detente.model.whole_file import write_whole

    # Comments and layout stay as they are.
    content = dispute.path.read_bytes()

    def write(stream: BinaryIO) -> None:
        stream.write(content)

    write_whole(output, write)
    return ()
