"""``detente diff``: what differs in two versions of a dispute, and which answers it moves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from detente.cli.arguments import (
    ignore_option,
    ignored_keys,
    noted_case,
    output_option,
    unread_told,
)
from detente.cli.exit_codes import INTERRUPTED
from detente.cli.output import working, wrapped, write_json, write_text

if TYPE_CHECKING:
    from detente.evidence.attribution import Answering

__all__ = ["command"]


@click.command(short_help="Compare two versions of a dispute: the model, then its answers.")
@click.argument("older", metavar="OLD", callback=noted_case)
@click.argument("newer", metavar="NEW", callback=noted_case)
@click.option("--model-only", is_flag=True, help="Show only the differences, and no answers.")
@click.option("--quick", is_flag=True, help="Leave out which difference changes which answer.")
@click.option(
    "--forecast",
    "foretold",
    is_flag=True,
    help="Compare what the forecast says of each outcome too, for preferences as stated.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@output_option
@ignore_option
@click.pass_context
def command(
    ctx: click.Context,
    older: str,
    newer: str,
    model_only: bool,
    quick: bool,
    foretold: bool,
    form: str,
    output: Path | None,
) -> None:
    """Compare two versions of a dispute.

    OLD and NEW are shipped cases, dispute files, .gmcr files, or such a file as it was at a
    revision of git, FILE@REV, such as dispute.yaml@HEAD~1. The command shows the differences of
    the model in words, then the answers that differ, then which difference changes which answer.
    For this, each difference is made alone in OLD.
    """
    if foretold and model_only:
        raise click.UsageError("--forecast compares answers: leave --model-only out")

    from detente.analyses.doubts import doubts_of_versions
    from detente.changes.versions import read_version
    from detente.evidence.attribution import compare_versions
    from detente.report.versions import comparison_document, comparison_lines

    with unread_told():
        versions = [read_version(one, ignore=ignored_keys()) for one in (older, newer)]
    with working("Comparing") as progress:
        found = compare_versions(
            *versions,
            switch=not quick,
            ask=not model_only,
            answering=_with_forecast() if foretold else None,
            progress=progress,
        )
    if form == "json":
        write_json(comparison_document(found), output)
    else:
        doubts = () if model_only else doubts_of_versions(versions[1].dispute)
        lines = [*comparison_lines(found), *doubts]
        write_text((wrapped(line, 80) + "\n" for line in lines), output)
    if found.partial:
        ctx.exit(INTERRUPTED)


def _with_forecast() -> Answering:
    from detente.forecast.forecast_answers import answers_with_forecast

    return answers_with_forecast
