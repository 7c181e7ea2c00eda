"""``detente claims``: what the sources say will happen, beside what the model gives."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from detente.cli.arguments import case_argument, load_case, output_option
from detente.cli.output import refuse_own_input, show, write_text

if TYPE_CHECKING:
    from detente.stability.analysis import Progress

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
    refuse_own_input(case, output)

    from detente.evidence.claims import check_claims
    from detente.report.claims import claims_document, claims_tables
    from detente.stability.graph_model import graph_model
    from detente.stability.memory import check_memory

    dispute = load_case(case)
    check_memory(dispute, ["SEQ"])
    with _progress() as progress:
        checked = check_claims(dispute, origins=not quick, progress=progress)
    model = graph_model(dispute)
    if form == "json":
        content = claims_document(model, checked)
        write_text([json.dumps(content, indent=2, ensure_ascii=False) + "\n"], output)
    else:
        show(claims_tables(model, checked), output)


@contextmanager
def _progress() -> Iterator[Progress | None]:
    """Say on the terminal which claim is being worked on."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console

    with Console(stderr=True).status("Claims ...") as status:
        yield lambda name, share: status.update(f"Claims: {name} ({share:.0%} done)")
