"""The command line.

The command of an analysis is made from its declaration (:mod:`detente.analyses`). The few that are
special are modules of :mod:`detente.cli.commands`, found by their files' names: a module
``evidence_map.py`` there that defines a click command called ``command`` is the command
``detente evidence-map``. Such a module imports only click and its like at its top, and what it
works with inside its functions, so that no command waits for what another one needs.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pkgutil import iter_modules
from traceback import print_exc
from typing import Any

import click

from detente import __version__
from detente.cli import commands
from detente.cli.exit_codes import INTERRUPTED, TOO_LARGE, UNEXPECTED
from detente.cli.extras import missing_extra
from detente.cli.interruption import was_interrupted
from detente.dispute.errors import DetenteError, DetenteWarning, environment_fault, nearest
from detente.dispute.visible_text import visible
from detente.report.face import on_command_line

__all__ = ["detente", "main"]


def _special_commands() -> set[str]:
    """Names of the commands that are modules of their own."""
    return {info.name.replace("_", "-") for info in iter_modules(commands.__path__)}


class _Failure(click.ClickException):
    """A message for stderr and an exit code."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        setattr(self, "exit_code", exit_code)  # noqa: B010 (declared by click for the class)

    def show(self, file: Any = None) -> None:
        click.echo(visible(self.message), file=file, err=True)


class _Commands(click.Group):
    """The commands, each imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        from detente.analyses.registry import all_analyses

        declared = {declaration.name.partition(" ")[0] for declaration in all_analyses()}
        return sorted(declared | _special_commands())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in _special_commands():
            module = import_module(f"{commands.__name__}.{cmd_name.replace('-', '_')}")
            command: click.Command = module.command
            return command
        from detente.analyses.registry import analyses_of_command
        from detente.cli.declared_command import command_of, group_of

        found = analyses_of_command(cmd_name)
        if [one.name for one in found] == [cmd_name]:
            return command_of(found[0])
        return group_of(cmd_name, found) if found else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        # Only where there is no such command are all of them listed, which loads every analysis.
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            names = self.list_commands(ctx)
            close = nearest(args[0], names)
            hint = f"Did you mean {close!r}?" if close else f"There are: {', '.join(names)}."
            ctx.fail(f"No such command {args[0]!r}. {hint}")
        return super().resolve_command(ctx, args)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        from detente.report.documentation import documents_folder

        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(
                "Help texts name pages such as docs/concepts/brief.md. `detente serve` shows them, "
                "under Help."
            )
            formatter.write(f"{' ' * formatter.current_indent}Their folder: {documents_folder()}\n")

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        try:
            return super().make_context(*args, **kwargs)
        except KeyboardInterrupt:
            # click would call it aborted, with the exit code of a finding.
            raise _Failure("interrupted", INTERRUPTED) from None

    def invoke(self, ctx: click.Context) -> Any:
        try:
            with on_command_line(), _warnings_told():
                return super().invoke(ctx)
        except DetenteError as error:
            raise _Failure(f"detente: {error}", error.exit_code) from error
        except KeyboardInterrupt as stop:
            # What is known by then, where something is.
            told = "".join(f": {one}" for one in stop.args)
            raise _Failure(f"interrupted{told}", INTERRUPTED) from None
        except MemoryError as error:
            raise _Failure(f"detente: {_out_of_memory(error)}", TOO_LARGE) from None
        except click.ClickException as error:
            other = _why_no_such_option(error)
            if other is not None:
                raise other from None
            # Such as a name on the command line, which another program may have made.
            setattr(error, "message", visible(error.message))  # noqa: B010 (declared final)
            raise
        except (click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except ModuleNotFoundError as error:
            fault = missing_extra(error)
            if fault is None:
                raise
            raise _Failure(f"detente: {fault}", fault.exit_code) from error
        except OSError as error:
            if ctx.params["traceback"]:
                print_exc()
            fault = environment_fault(error, "the system refused this")
            raise _Failure(f"detente: {fault}", fault.exit_code) from error
        except Exception as error:
            if was_interrupted(error):
                raise _Failure("interrupted", INTERRUPTED) from None
            if ctx.params["traceback"]:
                print_exc()
            raise _Failure(
                f"detente: unexpected {type(error).__name__}: {error}\n"
                "This is a fault of detente; please report it, with what the same command "
                "prints as: detente --traceback ...",
                UNEXPECTED,
            ) from error


def _why_no_such_option(error: click.ClickException) -> click.UsageError | None:
    """Why an analysis lacks an option that others have; None where there is no more to say."""
    if not isinstance(error, click.NoSuchOption) or error.ctx is None:
        return None
    from detente.analyses.running import not_asked_of_sets

    why = not_asked_of_sets(error.ctx.command_path.partition(" ")[2], error.option_name)
    return None if why is None else click.UsageError(why, error.ctx)


def _out_of_memory(error: MemoryError) -> str:
    from detente.space.symbolic.diagrams import TooLarge

    if isinstance(error, TooLarge):
        return "the diagrams would have needed more nodes than allowed; more (--nodes) may do"
    return "not enough memory for this dispute"


def _explained(ctx: click.Context, _: click.Parameter, term: str | None) -> None:
    """Print what a term means, instead of running a command."""
    if term is None or ctx.resilient_parsing:
        return
    from detente.report.documentation import documents_folder, is_installed
    from detente.report.glossary import term_called

    try:
        found = term_called(term)
    except DetenteError as error:
        raise _Failure(f"detente: {error}", error.exit_code) from None
    also = f" (also: {', '.join(found.also)})" if found.also else ""
    page = documents_folder() / found.page if is_installed() else f"docs/{found.page}"
    click.echo(f"{found.name}{also}\n{found.meaning}\nDefined in {page}.")
    ctx.exit()


@contextmanager
def _warnings_told() -> Iterator[None]:
    """Tell detente's own warnings on stderr, as messages like all others."""
    seen: set[str] = set()

    def told(message: Warning | str, category: type[Warning], *where: Any) -> None:
        if issubclass(category, DetenteWarning):
            if str(message) in seen:
                return
            seen.add(str(message))
            click.echo(visible(f"detente: {message}"), err=True)
        else:
            usual(message, category, *where)

    with warnings.catch_warnings():
        usual = warnings.showwarning
        warnings.simplefilter("always", DetenteWarning)
        warnings.showwarning = told  # type: ignore[assignment]
        yield


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, package_name="detente", prog_name="detente")
@click.option(
    "--explain",
    metavar="TERM",
    callback=_explained,
    expose_value=False,
    is_eager=True,
    help="Explain a term of the glossary in a sentence, and exit.",
)
@click.option("--traceback", is_flag=True, help="Show where an unexpected error came from.")
@click.option(
    "--log",
    type=click.Choice(["debug", "info", "warning"], case_sensitive=False),
    help="Say on the standard error what is being done, from this level on.",
)
@click.pass_context
def detente(ctx: click.Context, traceback: bool, log: str | None) -> None:
    """Analyse disputes: which outcomes can hold, for whom, and why.

    A CASE is the name of a shipped case (see `detente cases`), the path of a dispute file or of a
    .gmcr file, or - for the standard input.
    """
    if log is not None:
        from detente.cli.log import logged

        ctx.with_resource(logged(log))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; this is the entry of the ``detente`` script.

    Parameters
    ----------
    arguments
        The command line without the program's name; by default the process's own.
    """
    for stream in (sys.stdout, sys.stderr):
        # Of a letter that a terminal lacks, its number is shown: two names stay two.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    detente.main(args=None if arguments is None else list(arguments), prog_name="detente")
