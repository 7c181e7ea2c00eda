"""``detente claims``: what the sources say will happen, beside what the model gives."""

from __future__ import annotations

from pathlib import Path

import click

from detente.cli.arguments import case_argument, load_case, output_option
from detente.cli.output import show, to_standard_output, working, write_json

__all__ = ["command"]


@click.command(short_help="Compare what the sources say with what the model gives.")
@case_argument
@click.option(
    "--quick", is_flag=True, help="Do not find out whether one statement alone gives an answer."
)
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
@output_option
def command(case: str, quick: bool, form: str, output: Path | None) -> None:
    """Answer the question of each claim, and compare the answer with the source's.

    CASE is the name of a shipped case or the path of a dispute file. An answer that differs is a
    finding about the model or the source, and no error.
    """
    from detente.evidence.claims import ClaimsInterrupted, check_claims
    from detente.report.claims import claims_document, claims_tables
    from detente.stability.memory import check_memory
    from detente.stability.prepared_model import graph_model

    dispute = load_case(case)
    check_memory(dispute, ["SEQ"])
    try:
        with working("Claims") as progress:
            checked = check_claims(dispute, origins=not quick, progress=progress)
    except ClaimsInterrupted as stopped:
        if form == "table" and to_standard_output(output) and stopped.checked:
            left = len(dispute.claims) - len(stopped.checked)
            click.echo(f"Interrupted before {left} of the claims; the rest follows.", err=True)
            show(claims_tables(graph_model(dispute), stopped.checked))
        raise
    model = graph_model(dispute)
    if form == "json":
        write_json(claims_document(model, checked), output)
    else:
        show(claims_tables(model, checked), output)
