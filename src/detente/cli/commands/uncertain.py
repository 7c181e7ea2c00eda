"""``detente uncertain``: stability where it is unknown which states a party prefers."""

from __future__ import annotations

from pathlib import Path

import click

from detente.cli.arguments import case_argument, concepts_option, limit_option, output_option
from detente.cli.two_ranks import show_two_ranks

__all__ = ["command"]


@click.command(short_help="Find what is stable where some preferences are unknown.")
@case_argument
@concepts_option("Of Nash, GMR, SMR and SEQ, such as Nash,SEQ. Left out: all four.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
@output_option
@limit_option("Show at most so many equilibria.", 12)
def command(
    case: str, concepts: tuple[str, ...], form: str, output: Path | None, limit: int
) -> None:
    """Find what is stable where it is unknown which way some statements are preferred.

    CASE is the name of a shipped case or the path of a dispute file, in which such statements
    are marked `unknown: true`.
    """
    from detente.report.uncertain import uncertain_document, uncertain_tables
    from detente.stability.unknown import analyse_unknown

    show_two_ranks(
        case,
        concepts,
        form,
        output,
        limit,
        analyse_unknown,
        uncertain_tables,
        uncertain_document,
    )
