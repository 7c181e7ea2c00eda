"""Arguments and options that several commands share."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from detente.cli.output import STANDARD_OUTPUT

if TYPE_CHECKING:
    from detente.dispute.dispute import Dispute
    from detente.space.graph_model import GraphModel

__all__ = [
    "OutputFile",
    "case_argument",
    "concepts_option",
    "engine_option",
    "ignored_keys",
    "limit_option",
    "listed",
    "load_case",
    "named_concepts",
    "output_option",
    "packages_option",
    "picture_option",
    "read_case",
    "source_option",
    "source_paths",
    "state_number",
    "unread_told",
]

_MEAN_STANDARD_INPUT = ("-", "/dev/stdin")
# What error messages call it; a path that a dispute file names is sought in the current folder.
_STANDARD_INPUT = Path("<stdin>")

_IGNORED = "detente.ignored"

_Command = TypeVar("_Command", bound=Callable[..., Any])


class OutputFile(click.Path):
    """A file to write to; ``-`` becomes :data:`STANDARD_OUTPUT`."""

    name = "file"

    def __init__(self) -> None:
        super().__init__(dir_okay=False, allow_dash=True, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path; ``./-`` is a file of that name."""
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        return path.absolute() if path == STANDARD_OUTPUT and os.fspath(value) != "-" else path


def case_argument(command: _Command) -> _Command:
    """The argument CASE, passed as ``case``: a shipped case's name or a file's path.

    With it comes the option ``--ignore KEY``, which :func:`load_case` heeds.
    """
    ignore = click.option(
        "--ignore",
        multiple=True,
        metavar="KEY",
        expose_value=False,
        callback=_keep_ignored,
        help="Read a .gmcr file without this key, though preferences may be lost. May be repeated.",
    )
    command = ignore(command)
    # It is listed last: few need it.
    declared: list[click.Parameter] = vars(command)["__click_params__"]
    declared.insert(0, declared.pop())
    return click.argument("case", metavar="CASE")(command)


def _keep_ignored(ctx: click.Context, _: click.Parameter, value: tuple[str, ...]) -> None:
    ctx.meta[_IGNORED] = value


def ignored_keys() -> tuple[str, ...]:
    """Keys of a ``.gmcr`` file without which the user wants it to be read."""
    ctx = click.get_current_context(silent=True)
    keys: tuple[str, ...] = () if ctx is None else ctx.meta.get(_IGNORED, ())
    return keys


def output_option(command: _Command) -> _Command:
    """The option ``--output FILE``, passed as ``output``; see :class:`OutputFile`."""
    return click.option(
        "--output",
        "-o",
        type=OutputFile(),
        metavar="FILE",
        help="Write to this file, whole or not at all; - is the standard output.",
    )(command)


def picture_option(command: _Command) -> _Command:
    """The option ``--picture FILE``, passed as ``picture``."""
    return click.option(
        "--picture",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="Draw it to this file, .svg, .png or .pdf.",
    )(command)


def concepts_option(what: str) -> Callable[[_Command], _Command]:
    """The option ``--concepts NAMES``, which may be repeated, passed as ``concepts``."""
    return click.option("--concepts", "-c", multiple=True, metavar="NAMES", help=what)


def engine_option(command: _Command) -> _Command:
    """The option ``--engine NAME``, passed as ``engine``."""
    return click.option(
        "--engine",
        type=click.Choice(["cube", "list"]),
        help="How states are held: the cube of all combinations, or a list of the feasible "
        "ones. By itself: the list where few states of a large cube are feasible.",
    )(command)


def listed(text: str) -> list[str]:
    """What a user lists, separated by commas or spaces."""
    return text.replace(",", " ").split()


def named_concepts(concepts: Sequence[str]) -> list[str]:
    """Names of concepts from what was given as ``--concepts``; none where it was left out."""
    names = [name for part in concepts for name in listed(part)]
    if concepts and not names:
        raise click.UsageError("--concepts names no concept")
    return names


def packages_option(more: str = "") -> Callable[[_Command], _Command]:
    """The option ``--packages``, passed as ``packages``; `more` goes on with its help."""
    return click.option(
        "--packages", is_flag=True, help=f"Packages count as moves of all their members{more}."
    )


def limit_option(what: str, default: int | None) -> Callable[[_Command], _Command]:
    """The option ``--limit N``, passed as ``limit``."""
    return click.option(
        "--limit", type=click.IntRange(min=1), metavar="N", default=default, help=what
    )


def source_option(purpose: str) -> Callable[[_Command], _Command]:
    """The option ``--source ID=PATH``, passed as ``sources``; see :func:`source_paths`."""
    return click.option(
        "--source",
        "sources",
        multiple=True,
        metavar="ID=PATH",
        help=f"The text of a source, {purpose}. May be repeated.",
    )


def source_paths(sources: Sequence[str]) -> dict[str, Path]:
    """Files by source id, from what the user gave as ``--source ID=PATH``."""
    paths: dict[str, Path] = {}
    for source in sources:
        name, equals, path = source.partition("=")
        if not (name and equals and path):
            raise click.UsageError(f"--source wants ID=PATH, such as article=article.txt: {source}")
        if name in paths:
            raise click.UsageError(f"--source gives two texts for {name}")
        paths[name] = Path(path)
    return paths


def load_case(case: str) -> Dispute:
    """Load a shipped case, a dispute file, or a ``.gmcr`` file; ``-`` is the standard input."""
    from detente.files.dispute_file import load, load_piped

    with unread_told():
        if case in _MEAN_STANDARD_INPUT:
            return load_piped(*read_case(case), ignore=ignored_keys())
        return load(case, ignore=ignored_keys())


@contextmanager
def unread_told() -> Iterator[None]:
    """Tell on stderr what a reader of files does not read."""
    import warnings

    from detente.dispute.errors import UnreadWarning

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UnreadWarning)
        try:
            yield
        finally:
            for one in caught:
                click.echo(f"detente: {one.message}", err=True)


def read_case(case: str) -> tuple[bytes, Path]:
    """What is in a shipped case, a file or the standard input, and what error messages call it."""
    if case in _MEAN_STANDARD_INPUT:
        from detente.files.yaml_text import read_stream

        path = _STANDARD_INPUT
        return read_stream(sys.stdin.buffer, path), path
    from detente.files import dispute_file as files

    return files.read_case(case)


def state_number(model: GraphModel, text: str) -> int:
    """The number of the state that a user means: a number, or ``status_quo``.

    Parameters
    ----------
    model
        The graph model.
    text
        What the user wrote.

    Returns
    -------
    int

    Raises
    ------
    DisputeError
        If there is no such state.
    """
    from detente.dispute.errors import DisputeError, shown

    count = model.space.count
    if text.lower().replace("-", "_") == "status_quo":
        if model.status_quo is None:
            raise DisputeError("this dispute names no status quo", path=model.dispute.path)
        return model.status_quo + 1
    # As many digits as any number of states has; more would only be slow to read.
    if text.isascii() and text.isdigit() and len(text) < 12 and 1 <= int(text) <= count:
        return int(text)
    raise DisputeError(
        f"there is no state {shown(text)}; the states are 1 to {count}, or status_quo"
    )
