"""Arguments and options that several commands share."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from detente.cli.completion import completed_case, completion_of
from detente.cli.output import STANDARD_OUTPUT
from detente.dispute.errors import (
    DisputeError,
    EnvironmentFault,
    environment_fault,
)
from detente.dispute.visible_text import visible
from detente.files.whole_file import is_stream

if TYPE_CHECKING:
    from detente.dispute.dispute import Dispute

__all__ = [
    "InputFile",
    "OutputFile",
    "PictureFile",
    "asked_of_case",
    "case_argument",
    "case_option",
    "concepts_option",
    "engine_option",
    "ignore_option",
    "ignored_keys",
    "limit_option",
    "listed",
    "load_case",
    "named_concepts",
    "noted_case",
    "output_option",
    "packages_option",
    "picture_option",
    "read_case",
    "seed_option",
    "source_option",
    "source_paths",
    "unread_told",
]

_MEAN_STANDARD_INPUT = ("-", "/dev/stdin")
# What error messages call it; a path that a dispute file names is sought in the current folder.
_STANDARD_INPUT = Path("<stdin>")

_IGNORED = "detente.ignored"
_HISTORY = "detente.history"
_DAY = "detente.day"
_BESIDE_CASE = {"--history": _HISTORY, "--as-of": _DAY}

_Command = TypeVar("_Command", bound=Callable[..., Any])


# Where a command's parameters tell one another which files it reads and writes.
_READ = "detente.read"
_WRITTEN = "detente.written"


class OutputFile(click.Path):
    """A file to write to; ``-`` becomes :data:`STANDARD_OUTPUT`.

    Before any work is done it is refused if its folder is missing or may not be written to, if
    the command reads it, or if it writes something else to it.
    """

    name = "file"

    def __init__(self) -> None:
        super().__init__(dir_okay=False, allow_dash=True, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The path; ``./-`` is a file of that name."""
        if os.fspath(value) == "-":
            return STANDARD_OUTPUT
        path = Path(value)
        try:
            # A link's target is what is written.
            target = Path(os.path.realpath(path))
            target.exists()
            if not is_stream(path):
                _refuse_useless(path, target)
        except OSError as error:
            raise environment_fault(error, "the file cannot be written", path) from error
        super().convert(value, param, ctx)
        if ctx is not None:
            _refuse_clash(ctx, written=path)
        return path.absolute() if path == STANDARD_OUTPUT else path


class PictureFile(OutputFile):
    """A file to draw a picture to, whose name says in which format."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The path."""
        from detente.report.plots.picture import picture_format

        picture_format(Path(value))
        return super().convert(value, param, ctx)


class InputFile(click.Path):
    """A file that a command reads beside its case, which it then does not write to."""

    name = "file"

    def __init__(self) -> None:
        super().__init__(dir_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The path."""
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        if ctx is not None:
            _refuse_clash(ctx, read=path)
        return path


def _refuse_useless(path: Path, target: Path) -> None:
    if not target.parent.is_dir():
        raise DisputeError("the file cannot be written: there is no such folder", path=path)
    if not os.access(target.parent, os.W_OK | os.X_OK):
        raise EnvironmentFault(
            "the file cannot be written: its folder may not be written to", path=path
        )


def _refuse_clash(
    ctx: click.Context, *, read: Path | None = None, written: Path | None = None
) -> None:
    """Note what a command reads or writes, and refuse to write over one of these files."""
    reads: list[Path] = ctx.meta.setdefault(_READ, [])
    writes: list[Path] = ctx.meta.setdefault(_WRITTEN, [])
    if read is not None:
        reads.append(read)
    if written is not None:
        target = os.path.realpath(written)
        if not is_stream(written) and target in map(os.path.realpath, writes):
            raise click.UsageError(f"two results would be written to {written}; name another file")
        writes.append(written)
    for one in writes:
        if any(_same(one, other) for other in reads):
            what = "the dispute file itself" if _same(one, reads[0]) else "a file that is read"
            raise click.UsageError(f"{one} is {what}; name another file")


def _same(one: Path, other: Path) -> bool:
    """Whether two paths are the same regular file: a pipe may well be used twice."""
    try:
        return one.samefile(other) and not is_stream(one)
    except OSError:
        return False


def case_argument(command: _Command) -> _Command:
    """The argument CASE, passed as ``case``: a shipped case's name or a file's path.

    With it come :func:`ignore_option` and the options ``--history FILE`` and ``--as-of DATE``,
    which :func:`load_case` heeds.
    """
    history = click.option(
        "--history",
        type=InputFile(),
        metavar="FILE",
        expose_value=False,
        callback=_keep_history,
        help="A file that says what was observed since the status quo, if the case does not.",
    )
    day = click.option(
        "--as-of",
        metavar="DATE",
        expose_value=False,
        callback=_keep_day,
        help="Start from the state at the end of this day, such as 2018-04-21, by the history.",
    )
    # Options first are listed last: few need them.
    command = _listed_last(_listed_last(ignore_option(command), history), day)
    return click.argument(
        "case", metavar="CASE", callback=noted_case, shell_complete=completed_case
    )(command)


def _listed_last(command: _Command, option: Callable[[_Command], _Command]) -> _Command:
    command = option(command)
    declared: list[click.Parameter] = vars(command)["__click_params__"]
    declared.insert(0, declared.pop())
    return command


def ignore_option(command: _Command) -> _Command:
    """The option ``--ignore KEY``, which :func:`load_case` heeds; see :func:`ignored_keys`."""
    ignore = click.option(
        "--ignore",
        multiple=True,
        metavar="KEY",
        expose_value=False,
        callback=_keep_ignored,
        help="Read a .gmcr file without this key, though preferences may be lost. May be repeated.",
    )
    return _listed_last(command, ignore)


def noted_case(ctx: click.Context, param: click.Parameter, case: str) -> str:
    """Note what a command reads, so that nothing is written over it; a callback of click's."""
    del param
    ctx.meta.setdefault(_READ, []).insert(0, Path(case))
    _refuse_clash(ctx)
    return case


def case_option(name: str, what: str) -> Callable[[_Command], _Command]:
    """An option that names a case, passed as ``case``; the command reads it where it is given."""

    def noted(ctx: click.Context, param: click.Parameter, case: str | None) -> str | None:
        return None if case is None else noted_case(ctx, param, case)

    return click.option(
        name, "case", metavar="CASE", callback=noted, shell_complete=completed_case, help=what
    )


def _keep_ignored(ctx: click.Context, _: click.Parameter, value: tuple[str, ...]) -> None:
    ctx.meta[_IGNORED] = value


def _keep_history(ctx: click.Context, _: click.Parameter, value: Path | None) -> None:
    ctx.meta[_HISTORY] = value


def _keep_day(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    from datetime import date

    if value is None:
        return
    try:
        ctx.meta[_DAY] = date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(
            f"{value!r} is no day, such as 2018-04-21", ctx=ctx, param=param
        ) from None


def _dated(dispute: Dispute) -> Dispute:
    """The dispute with the history, and from the day, that the command was given."""
    context = click.get_current_context(silent=True)
    meta = context.meta if context is not None else {}
    path, day = meta.get(_HISTORY), meta.get(_DAY)
    if path is not None:
        from detente.files.history_file import load_history, with_history

        dispute = with_history(dispute, load_history(path, dispute))
    if day is not None:
        from detente.forecast.history import as_of

        dispute = as_of(dispute, day)
    return dispute


def asked_of_case() -> list[str]:
    """The options that came with CASE, as words of a command line."""
    context = click.get_current_context(silent=True)
    meta = context.meta if context is not None else {}
    return [
        *(f"--ignore={key}" for key in meta.get(_IGNORED, ())),
        *(f"{name}={meta[key]}" for name, key in _BESIDE_CASE.items() if meta.get(key)),
    ]


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
        help="Write to this file, completely or not at all; - is the standard output.",
    )(command)


def picture_option(command: _Command) -> _Command:
    """The option ``--picture FILE``, passed as ``picture``."""
    return click.option(
        "--picture",
        type=PictureFile(),
        metavar="FILE",
        help="Draw it to this file, .svg, .png or .pdf.",
    )(command)


def concepts_option(what: str) -> Callable[[_Command], _Command]:
    """The option ``--concepts NAMES``, which may be repeated, passed as ``concepts``."""
    return click.option(
        "--concepts",
        "-c",
        multiple=True,
        metavar="NAMES",
        shell_complete=completion_of("concepts"),
        help=what,
    )


def engine_option(command: _Command) -> _Command:
    """The option ``--engine NAME``, passed as ``engine``."""
    return click.option(
        "--engine",
        type=click.Choice(["cube", "list", "symbolic"]),
        help="How states are stored: as a cube of all combinations, a list of the feasible ones, "
        "or symbolic sets. By default: a list if few states of a large cube are feasible, "
        "symbolic sets if the cube does not fit.",
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


def seed_option() -> Callable[[_Command], _Command]:
    """The option ``--seed N``, passed as ``seed``."""
    return click.option(
        "--seed",
        type=click.IntRange(0),
        default=0,
        show_default=True,
        metavar="N",
        help="Seed of the draws.",
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
        _refuse_clash(click.get_current_context(), read=paths[name])
    return paths


def load_case(case: str) -> Dispute:
    """Load a shipped case, a dispute file, or a ``.gmcr`` file; ``-`` is the standard input."""
    from detente.files.loading import load, load_piped

    with unread_told():
        if case in _MEAN_STANDARD_INPUT:
            return _dated(load_piped(*read_case(case), ignore=ignored_keys()))
        return _dated(load(case, ignore=ignored_keys()))


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
                click.echo(visible(f"detente: {one.message}"), err=True)


def read_case(case: str) -> tuple[bytes, Path]:
    """What is in a shipped case, a file or the standard input, and what error messages call it."""
    if case in _MEAN_STANDARD_INPUT:
        from detente.files.yaml_text import read_stream

        path = _STANDARD_INPUT
        return read_stream(sys.stdin.buffer, path), path
    from detente.files import loading as files

    return files.read_case(case)
