"""``detente explain``: why a state is stable, or not, for a party."""

from __future__ import annotations

from pathlib import Path

import click

from detente.cli.arguments import (
    case_argument,
    limit_option,
    load_case,
    output_option,
    packages_option,
    state_number,
)
from detente.cli.output import (
    page_width,
    working,
    wrapped,
    write_json,
    write_text,
)

__all__ = ["command"]


@click.command(short_help="Say why a state is stable, or not, for a party.")
@case_argument
@click.option("--party", required=True, metavar="ID", help="The party whose choice it is.")
@click.option(
    "--state",
    default="status_quo",
    show_default=True,
    metavar="N",
    help="The state: its number, or status_quo.",
)
@click.option(
    "--concept",
    default="SEQ",
    show_default=True,
    metavar="NAME",
    help="Nash, GMR, SMR, SEQ, SSEQ, SIM, L2, L3, ..., NM.",
)
@packages_option("; for Nash, GMR, SMR, SEQ and SSEQ")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@output_option
@limit_option("Explain at most so many moves.", 20)
def command(
    case: str,
    party: str,
    state: str,
    concept: str,
    packages: bool,
    form: str,
    output: Path | None,
    limit: int,
) -> None:
    """Say why a state is stable, or not, for a party: each improvement, and what deters it.

    CASE is the name of a shipped case or the path of a dispute file.
    """
    from detente.dispute.names import party_number
    from detente.report.explanations import explanation_document, explanation_lines
    from detente.stability.analysis import concept_names
    from detente.stability.explain import explain
    from detente.stability.prepared_model import graph_model

    (name,) = concept_names([concept])
    dispute = load_case(case)
    number_of_party = party_number(dispute, party)
    with working("Explaining") as progress:
        model = graph_model(dispute, [name], progress=progress)
        number = state_number(model, state)
        if progress:
            progress(f"{name} at state {number}", 0.0)
        explanation = explain(
            model, name, number_of_party, number - 1, limit=limit, packages=packages
        )
    if form == "json":
        write_json(explanation_document(model, explanation), output)
    else:
        lines = explanation_lines(model, explanation)
        width = page_width(output)
        write_text((wrapped(line, width) + "\n" for line in lines), output)
