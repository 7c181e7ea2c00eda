"""Where a command's output goes: the terminal, a pipe, or a file written whole."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, BinaryIO, Final, TextIO

import click

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

__all__ = [
    "STANDARD_OUTPUT",
    "page_width",
    "refuse_own_input",
    "refuse_useless_paths",
    "show",
    "symbol",
    "to_standard_output",
    "working",
    "wrapped",
    "write_bytes",
    "write_json",
    "write_text",
]

STANDARD_OUTPUT: Final = Path("-")
"""What stands for the standard output where a command is to write to a file."""

# Tables in files have this many columns of text.
_FILE_WIDTH = 100

# Seconds of work that need no word of progress.
_UNNOTICED = 2.0


def to_standard_output(output: Path | None) -> bool:
    """Whether a command writes to the standard output: no file is named, or ``-``."""
    return output is None or output == STANDARD_OUTPUT


def page_width(output: Path | None = None) -> int:
    """Columns of text that a table may take up, on the terminal or in a file."""
    return _console().width if to_standard_output(output) else _FILE_WIDTH


def symbol(wanted: str, otherwise: str, output: Path | None = None) -> str:
    """A symbol, or another where the terminal's encoding lacks it."""
    try:
        wanted.encode(_encoding(output))
    except UnicodeEncodeError:
        return otherwise
    return wanted


def show(parts: Iterable[RenderableType], output: Path | None = None) -> None:
    """Show text and tables on the terminal, or write them to a file.

    Parameters
    ----------
    parts
        Anything that rich can render.
    output
        The file; the terminal where left out.
    """
    console = _console()
    if to_standard_output(output) and console.is_terminal:
        for part in parts:
            console.print(part)
        return
    # Tables fill their lines with blanks, which only a terminal has a use for.
    page = io.TextIOWrapper(io.BytesIO(), _encoding(output), errors="replace", newline="\n")
    plain = _console(page, page_width(output))
    for part in parts:
        plain.print(part)
    page.seek(0)
    write_text([line.rstrip() + "\n" for line in page], output)


def _encoding(output: Path | None) -> str:
    """The encoding of what is written: rich draws with letters that it has."""
    if not to_standard_output(output):
        return "utf-8"
    return getattr(sys.stdout, "encoding", None) or "utf-8"


def _console(file: TextIO | None = None, width: int | None = None) -> Console:
    from rich.console import Console

    # Names come from files: nothing in them is markup, and no word of them is to be coloured.
    return Console(file=file or sys.stdout, width=width, markup=False, highlight=False, emoji=False)


def write_text(pieces: Iterable[str], output: Path | None) -> None:
    """Write text to the standard output, or to a file, whole or not at all."""
    if to_standard_output(output):
        for piece in pieces:
            click.echo(piece, nl=False)
        return

    def encoded() -> Iterator[bytes]:
        for piece in pieces:
            yield piece.encode()

    write_bytes(lambda stream: stream.writelines(encoded()), output)


def write_bytes(write: Callable[[BinaryIO], None], output: Path | None) -> None:
    """Write what is no text to the standard output, or to a file, whole or not at all.

    Parameters
    ----------
    write
        Writes the contents to the binary stream that it is given.
    output
        The file.
    """
    from detente.files.whole_file import write_into, write_whole

    if output is None or to_standard_output(output):
        sys.stdout.flush()
        write_into(lambda: nullcontext(sys.stdout.buffer), write)
    else:
        write_whole(output, write)


def write_json(content: object, output: Path | None) -> None:
    """Write a JSON document to the standard output, or to a file, whole or not at all."""
    import json

    write_text([json.dumps(content, indent=2, ensure_ascii=False) + "\n"], output)


def refuse_own_input(case: str, output: Path | None) -> None:
    """Refuse to write a command's output over the dispute file that it reads."""
    # Nothing else can be replaced: what is written into is no harm to what is read from.
    if output is None or to_standard_output(output):
        return
    if output.is_file() and Path(case).is_file() and output.samefile(case):
        raise click.UsageError(f"{output} is the dispute file itself; name another file")


def refuse_useless_paths(*paths: Path | None) -> None:
    """Refuse, before long work begins, paths to which its results could not be written.

    Raises
    ------
    DisputeError
        If a path's folder does not exist.
    click.UsageError
        If two of the paths are the same.
    """
    from detente.dispute.errors import DisputeError

    given = [path for path in paths if path is not None and not to_standard_output(path)]
    for path in given:
        if not path.parent.is_dir():
            raise DisputeError("the file cannot be written: there is no such folder", path=path)
    if len({path.resolve() for path in given}) < len(given):
        raise click.UsageError("two results would be written to the same file; name another")


@contextmanager
def working(what: str, *, share: bool = True) -> Iterator[Callable[[str, float], None] | None]:
    """Say on the terminal what is being worked on, and, if `share`, how much of it is done.

    What is done within two seconds is done without a word.

    Yields
    ------
    callable or None
        To be called with what is being done and the share done, from 0 to 1; None where the
        messages would go to no terminal.
    """
    if not sys.stderr.isatty():
        yield None
        return
    from threading import Timer

    from rich.console import Console

    status = Console(stderr=True).status(f"{what} ...")
    appears = Timer(_UNNOTICED, status.start)
    appears.daemon = True
    appears.start()
    try:
        yield lambda name, done: status.update(
            f"{what}: {name}" + (f" ({done:.0%} done)" if share else "")
        )
    finally:
        appears.cancel()
        appears.join()
        status.stop()


def wrapped(line: str, width: int) -> str:
    """A line broken to the width, with what follows its first line under that line's words."""
    start = len(line) - len(line.lstrip(" -0123456789."))
    return fill(line, width, subsequent_indent=" " * start, break_on_hyphens=False)
