"""``detente ask``: questions about states and play."""

from __future__ import annotations

from pathlib import Path

import click

from detente.cli.arguments import case_argument, load_case, output_option
from detente.cli.output import show, symbol, write_json

__all__ = ["command"]


@click.command(short_help="Ask what parties do, and what play comes to.")
@case_argument
@click.argument("question", metavar="QUESTION")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
@output_option
def command(case: str, question: str, form: str, output: Path | None) -> None:
    """Ask what parties do where a formula holds, and what play must, may or cannot come to.

    CASE is the name of a shipped case or the path of a dispute file. The language of QUESTION is
    described in docs/reference/query-language.md; for example:

    \b
    where china.concede: russia must choose talk
    where status_quo: may reach settlement with packages
    count freeze: stable for everyone under SEQ
    """  # noqa: D301 (click's mark, a real backspace, for lines to keep as they are)
    from detente.queries.evaluation import evaluate
    from detente.queries.parsing import parse_query
    from detente.queries.steps import Ground
    from detente.report.answers import answer_document, answer_tables
    from detente.report.tables import MARK
    from detente.stability.memory import check_memory
    from detente.stability.prepared_model import graph_model

    dispute = load_case(case)
    query = parse_query(dispute, question)
    check_memory(dispute, ["SEQ"])
    model = graph_model(dispute)
    answer = evaluate(query, Ground(model))
    if form == "json":
        write_json(answer_document(model, answer), output)
    else:
        show(answer_tables(model, answer, mark=symbol(MARK, "x", output)), output)
