"""``detente strength``: strong and weak stability, where preferences are strong or mild."""

from __future__ import annotations

from pathlib import Path

import click

from detente.cli.arguments import case_argument, concepts_option, limit_option, output_option
from detente.cli.two_ranks import show_two_ranks

__all__ = ["command"]


@click.command(short_help="Find which states are strongly, and which weakly, stable.")
@case_argument
@concepts_option("Of GMR, SMR and SEQ, such as SMR,SEQ. Left out: all three.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
@output_option
@limit_option("Show at most so many equilibria.", 12)
def command(
    case: str, concepts: tuple[str, ...], form: str, output: Path | None, limit: int
) -> None:
    """Find which states are strongly and which only weakly stable.

    CASE is the name of a shipped case or the path of a dispute file, in which strong statements
    are marked `strength: strong`.
    """
    from detente.report.uncertain import strength_document, strength_tables
    from detente.stability.strength import analyse_strength

    show_two_ranks(
        case,
        concepts,
        form,
        output,
        limit,
        analyse_strength,
        strength_tables,
        strength_document,
    )
