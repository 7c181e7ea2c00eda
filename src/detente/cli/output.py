"""Where a command's output goes: the terminal, a pipe, or a file written whole."""

from __future__ import annotations

import io
import sys
from codecs import lookup
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from shutil import get_terminal_size
from textwrap import fill
from typing import TYPE_CHECKING, BinaryIO, Final, TextIO

import click

from detente.cli.terminal_text import carries, with_plain_marks
from detente.dispute.visible_text import visible

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from detente.report.content import Block

__all__ = [
    "STANDARD_OUTPUT",
    "page_width",
    "show",
    "show_blocks",
    "symbol",
    "to_standard_output",
    "working",
    "wrapped",
    "write_bytes",
    "write_json",
    "write_text",
    "write_utf8",
]

STANDARD_OUTPUT: Final = Path("-")
"""What stands for the standard output where a command is to write to a file."""

# Tables in files have this many columns of text.
_FILE_WIDTH = 100
# A file has any number of lines. Where rich is told none, it asks for the terminal's at each part.
_FILE_HEIGHT = 100

# Where nobody says how wide the terminal is, and on the narrowest that tables still fit.
_UNKNOWN_WIDTH = 80
_LEAST_WIDTH = 20

# Seconds of work that need no word of progress.
_UNNOTICED = 2.0


def to_standard_output(output: Path | None) -> bool:
    """Whether a command writes to the standard output: no file is named, or ``-``."""
    return output is None or output == STANDARD_OUTPUT


def page_width(output: Path | None = None) -> int:
    """Columns of text that a table may take up, on the terminal or in a file."""
    return _terminal_width() if to_standard_output(output) else _FILE_WIDTH


def _terminal_width() -> int:
    # As rich finds it, but that COLUMNS=0, which some programs leave behind, says nothing.
    found = _console().width
    if found < 1:
        found = get_terminal_size((_UNKNOWN_WIDTH, 25)).columns
    return max(found, _LEAST_WIDTH)


def symbol(wanted: str, otherwise: str, output: Path | None = None) -> str:
    """A symbol, or another where the terminal's encoding lacks it."""
    return wanted if carries(_encoding(output), wanted) else otherwise


def show(parts: Iterable[RenderableType], output: Path | None = None) -> None:
    """Show text and tables on the terminal, or write them to a file.

    Parameters
    ----------
    parts
        Anything that rich can render.
    output
        The file; by default the terminal.
    """
    console = _console(width=_terminal_width())
    encoding = _encoding(output)
    if to_standard_output(output) and console.is_terminal and encoding == "utf-8":
        for part in parts:
            console.print(_to_be_seen(part))
        return
    # Tables fill their lines with blanks, which only a terminal has a use for.
    page = _Page(encoding)
    plain = _console(page, page_width(output), _FILE_HEIGHT)
    # All is written at once, which takes less time than each part.
    with plain:
        for part in parts:
            plain.print(part)
    page.seek(0)
    write_text([line.rstrip() + "\n" for line in page], output)


def show_blocks(blocks: Iterable[Block], output: Path | None = None) -> None:
    """Show blocks on the terminal, or write them to a file as text.

    Parameters
    ----------
    blocks
        The blocks.
    output
        As in :func:`show`.
    """
    from detente.report.content import MARK
    from detente.report.render.terminal import terminal_parts

    mark = symbol(MARK, "x", output)
    show(terminal_parts(blocks, width=page_width(output), mark=mark), output)


def _to_be_seen(part: RenderableType) -> RenderableType:
    """The same for a terminal, which obeys no character of it; its own colours stay."""
    from rich.console import ConsoleOptions
    from rich.measure import Measurement
    from rich.segment import Segment

    class Seen:
        def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
            for text, style, control in console.render(part, options):
                yield Segment(text if control else visible(text), style, control)

        def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
            return Measurement.get(console, options, part)

    return Seen()


class _Page(io.StringIO):
    """Text for which rich draws lines that an encoding has, and which keeps its letters."""

    def __init__(self, encoding: str) -> None:
        super().__init__(newline="\n")
        self._encoding = encoding

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._encoding


def _encoding(output: Path | None) -> str:
    """The encoding of text, in small letters."""
    found = getattr(sys.stdout, "encoding", None) if to_standard_output(output) else None
    try:
        return lookup(found or "utf-8").name
    except LookupError:
        return "utf-8"


def _console(
    file: TextIO | None = None, width: int | None = None, height: int | None = None
) -> Console:
    from rich.console import Console

    # Names come from files: nothing in them is markup, and no word of them is to be coloured.
    return Console(
        file=file or sys.stdout,
        width=width,
        height=height,
        markup=False,
        highlight=False,
        emoji=False,
    )


def write_text(pieces: Iterable[str], output: Path | None) -> None:
    """Write text for people to the standard output, or to a file, whole or not at all.

    On the standard output, marks that its encoding lacks are replaced. Where it lacks letters,
    the text is written in UTF-8, which is said: a letter is never lost.
    """
    pieces = map(visible, pieces)
    encoding = _encoding(output)
    if not to_standard_output(output) or encoding == "utf-8":
        write_utf8(pieces, output)
        return
    text = with_plain_marks("".join(pieces), encoding)
    if carries(encoding, text):
        click.echo(text, nl=False)
        return
    click.echo(
        f"The encoding {encoding} lacks letters of this text: it is written in UTF-8.", err=True
    )
    write_utf8([text], output)


def write_utf8(pieces: Iterable[str], output: Path | None) -> None:
    """Write text for programs, in UTF-8 whatever the terminal's encoding.

    Parameters
    ----------
    pieces
        The text; on the standard output each piece is written as it comes.
    output
        The file, which is written whole or not at all; by default the standard output.
    """
    if to_standard_output(output) and sys.stdout.isatty():
        pieces = map(visible, pieces)
    # What a name in a file system cannot be in UTF-8 is told as JSON tells it.
    encoded = (piece.encode("utf-8", "backslashreplace") for piece in pieces)
    if not to_standard_output(output):
        write_bytes(lambda stream: stream.writelines(encoded), output)
        return
    sys.stdout.flush()
    for piece in encoded:
        sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()


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

    write_utf8([visible(json.dumps(content, indent=2, ensure_ascii=False)) + "\n"], output)


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
    from rich.console import Console
    from rich.text import Text

    from detente.space.threads import waiting

    # A terminal without a width gets one: rich would show nothing.
    width = max(Console(stderr=True).width, _LEAST_WIDTH)
    status = Console(stderr=True, width=width).status(Text(f"{what} ..."))
    appears = waiting(_UNNOTICED, status.start)
    appears.start()
    try:
        # Names come from files: nothing in them is markup.
        yield lambda name, done: status.update(
            Text(f"{what}: {name}" + (f" ({done:.0%} done)" if share else ""))
        )
    finally:
        appears.cancel()
        appears.join()
        status.stop()


def wrapped(line: str, width: int) -> str:
    """A line broken to the width, with what follows its first line under that line's words."""
    start = len(line) - len(line.lstrip(" -0123456789."))
    return fill(line, width, subsequent_indent=" " * start, break_on_hyphens=False)
