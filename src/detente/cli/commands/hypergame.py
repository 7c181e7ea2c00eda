"""``detente hypergame``: what is stable where parties misperceive one another."""

from __future__ import annotations

from pathlib import Path

import click

from detente.cli.arguments import case_argument, concepts_option, limit_option, output_option
from detente.cli.two_ranks import show_two_ranks

__all__ = ["command"]


@click.command(short_help="Find what is stable where parties misperceive one another.")
@case_argument
@concepts_option("Solution concepts, such as Nash,SEQ. Left out: Nash, GMR, SMR, SEQ and SSEQ.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
@output_option
@limit_option("Show at most so many equilibria, and so many surprises.", 12)
def command(
    case: str, concepts: tuple[str, ...], form: str, output: Path | None, limit: int
) -> None:
    """Find what is stable where parties misperceive one another.

    CASE is the name of a shipped case or the path of a dispute file, in which `perceives:` says
    what a party takes another to prefer, or to be able to do. docs/concepts/hypergame.md has the
    definitions.
    """
    from detente.report.hypergame import hypergame_document, hypergame_tables
    from detente.stability.hypergame import analyse_hypergame

    show_two_ranks(
        case,
        concepts,
        form,
        output,
        limit,
        analyse_hypergame,
        hypergame_tables,
        hypergame_document,
    )
