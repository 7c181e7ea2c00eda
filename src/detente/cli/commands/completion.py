"""``detente completion``: a shell completes commands, options, cases and names."""

from __future__ import annotations

import click

__all__ = ["command"]


@click.command(short_help="Have a shell complete what is typed.")
@click.argument("shell", metavar="SHELL", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print what SHELL, bash, zsh or fish, needs to complete commands of detente.

    For bash put `eval "$(detente completion bash)"` into ~/.bashrc, for zsh `eval "$(detente
    completion zsh)"` into ~/.zshrc; for fish write it to ~/.config/fish/completions/detente.fish.
    Then the Tab key completes commands and options, shipped cases and files, concepts, and
    the parties, outcomes and roadmaps of the case that is named before.
    """
    from click.shell_completion import get_completion_class

    from detente.cli import detente

    made = get_completion_class(shell)
    assert made is not None, "click knows these three"
    click.echo(made(detente, {}, "detente", "_DETENTE_COMPLETE").source())
