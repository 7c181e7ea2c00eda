"""``detente cases``: the shipped cases."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from detente.cli.output import show, write_text

if TYPE_CHECKING:
    from detente.model.dispute import Dispute

__all__ = ["command"]


@click.command(short_help="List the shipped cases.")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
def command(form: str) -> None:
    """List the shipped cases: name, title, size and source."""
    from detente.model.files import case_names, load
    from detente.model.states import state_space

    rows: list[dict[str, Any]] = []
    for name in case_names():
        dispute = load(name)
        rows.append(
            {
                "name": name,
                "title": dispute.title,
                "parties": len(dispute.parties),
                "options": len(dispute.options),
                "states": state_space(dispute).count,
                "source": _source(dispute),
            }
        )
    if form == "json":
        write_text([json.dumps(rows, indent=2, ensure_ascii=False) + "\n"], None)
        return
    from rich.box import HORIZONTALS
    from rich.table import Table
    from rich.text import Text

    table = Table(
        box=HORIZONTALS,
        show_edge=False,
        padding=(0, 0, 0, 1),
        pad_edge=False,
        header_style="bold",
    )
    table.add_column("Name", no_wrap=True)
    table.add_column("Title")
    for heading in ("Parties", "Options", "States"):
        table.add_column(heading, justify="right")
    table.add_column("Source")
    for row in rows:
        cells = [f"{cell:,}" if isinstance(cell, int) else cell for cell in row.values()]
        table.add_row(*(Text(cell) for cell in cells))
    show([table])


def _source(dispute: Dispute) -> str:
    """The first source, as author or publisher, year and title."""
    if not dispute.sources:
        return ""
    first = dispute.sources[0]
    who = first.author or first.publisher
    about = ", ".join(str(part) for part in (who, first.year) if part is not None)
    more = len(dispute.sources) - 1
    text = f"{about}: {first.title}" if about else first.title
    return f"{text} (and {more} more)" if more else text
