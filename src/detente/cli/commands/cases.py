"""``detente cases``: the shipped cases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from detente.cli.output import write_json, write_text

if TYPE_CHECKING:
    from detente.dispute.dispute import Dispute

__all__ = ["command"]


@click.command(short_help="List the shipped cases.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def command(form: str) -> None:
    """List the shipped cases: name, title, size and source."""
    from detente.files.loading import list_cases, load
    from detente.space.states import state_space

    rows: list[dict[str, Any]] = []
    for name in list_cases():
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
        write_json(rows, None)
        return
    write_text((line + "\n" for row in rows for line in _lines(row)), None)


def _lines(row: dict[str, Any]) -> Iterator[str]:
    """A case in words: its name and size, its title, and where it comes from."""
    from detente.report.words import counted

    size = (
        f"{counted(row['parties'], 'party', 'parties')}, {counted(row['options'], 'option')}, "
        f"{counted(row['states'], 'state')}"
    )
    yield f"{row['name']}: {size}"
    yield f"    {row['title']}"
    if row["source"]:
        yield f"    Source: {row['source']}"


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
