"""``detente version``: what is installed, as far as results may depend on it."""

from __future__ import annotations

import click

from detente.cli.arguments import read_case
from detente.cli.completion import completed_case
from detente.cli.output import write_json, write_text

__all__ = ["command"]


@click.command(short_help="Say which version this is, and what results may depend on.")
@click.argument("case", metavar="[CASE]", required=False, shell_complete=completed_case)
@click.option("--full", is_flag=True, help="Show all that is needed to compute a result again.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def command(case: str | None, full: bool, form: str) -> None:
    """Say which version of detente this is.

    With --full it also shows the Python version and platform, the libraries on which numbers
    depend, and how each thing is computed. With a CASE, a shipped case or a file, it shows the
    digest (SHA-256) of the file too. The last annex of every report
    has the same.
    """
    from hashlib import sha256

    from detente import __version__
    from detente.report.reproduction import reproduction_facts

    facts = reproduction_facts() if full else (("detente", __version__),)
    if case is not None:
        content, _ = read_case(case)
        facts = (*facts, ("Case", case), ("SHA-256 of the file", sha256(content).hexdigest()))
    if form == "json":
        write_json(dict(facts), None)
    else:
        write_text((f"{term}: {fact}\n" for term, fact in facts), None)
