"""``detente compile``: kernels compiled before an analysis waits for them."""

from __future__ import annotations

import click

from detente.cli.output import working

__all__ = ["command"]


@click.command(short_help="Compile numerical code now, for quick first runs.")
def command() -> None:
    """Compile the numerical code of all analyses now, so that no first run waits for it.

    Such code is compiled for this machine when it is first used, and kept in your cache folder.
    This command runs each analysis once on a shipped case, in two processes, and throws the answers
    away. A second time it does nothing, until another version of detente is installed. A dispute
    that differs much from the shipped cases may need a little more, compiled when it is met.
    """
    from detente.analyses.kernels_ahead import compile_ahead
    from detente.report.words import counted

    with working("Compiling") as progress:
        ahead = compile_ahead(progress=progress)
    if ahead.done_before:
        click.echo(f"Nothing to do: all is compiled, and kept in {ahead.folder}")
        return
    functions = counted(ahead.compiled, "function")
    click.echo(f"Compiled {functions} in {ahead.seconds:.0f} seconds. Kept in {ahead.folder}")
