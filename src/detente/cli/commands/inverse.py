"""``detente inverse``: the smallest changes of preferences that make a target an equilibrium."""

from __future__ import annotations

from pathlib import Path

import click

from detente.cli.arguments import (
    case_argument,
    limit_option,
    listed,
    load_case,
    output_option,
    packages_option,
)
from detente.cli.exit_codes import INTERRUPTED
from detente.cli.output import (
    page_width,
    working,
    wrapped,
    write_json,
    write_text,
)

__all__ = ["command"]


@click.command(short_help="Find the smallest changes of preferences that make a target stable.")
@case_argument
@click.option(
    "--make",
    "target",
    required=True,
    metavar="TARGET",
    help="A state's number, status_quo, an outcome's id, or a formula.",
)
@click.option(
    "--concept",
    default="SEQ",
    show_default=True,
    metavar="NAME",
    help="Nash, GMR, SMR, SEQ or SSEQ.",
)
@packages_option("; the search takes longer")
@click.option("--parties", metavar="IDS", help="Only these parties change, such as us,china.")
@click.option("--kinds", metavar="KINDS", help="Of flip, drop and move, those that are allowed.")
@click.option(
    "--max",
    "most",
    type=click.IntRange(min=1),
    default=3,
    show_default=True,
    metavar="N",
    help="Look for at most so many changes.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@output_option
@limit_option("List at most so many ways.", 20)
def command(
    case: str,
    target: str,
    concept: str,
    packages: bool,
    parties: str | None,
    kinds: str | None,
    most: int,
    form: str,
    output: Path | None,
    limit: int,
) -> None:
    """Find the smallest changes of preferences that make a target an equilibrium.

    CASE is the name of a shipped case or the path of a dispute file. A change turns a statement
    of a party round, drops it, or moves it in the party's order. Ctrl-C ends the search and
    shows what was found. docs/concepts/inverse.md has the definitions.
    """
    from detente.changes.inverse import inverse
    from detente.changes.statements import CHANGE_KINDS
    from detente.report.inverse import inverse_document, inverse_lines

    dispute = load_case(case)
    with working("Searching", share=False) as progress:
        found = inverse(
            dispute,
            target,
            concept,
            parties=_names("--parties", parties),
            kinds=_names("--kinds", kinds) or CHANGE_KINDS,  # type: ignore[arg-type]
            most=most,
            limit=limit,
            packages=packages,
            progress=progress,
        )
    if form == "json":
        write_json(inverse_document(found), output)
    else:
        width = page_width(output)
        write_text((wrapped(line, width) + "\n" for line in inverse_lines(found)), output)
    if found.interrupted:
        raise click.exceptions.Exit(INTERRUPTED)


def _names(option: str, text: str | None) -> list[str] | None:
    names = None if text is None else listed(text)
    if names == []:
        raise click.UsageError(f"{option} names nothing")
    return names
