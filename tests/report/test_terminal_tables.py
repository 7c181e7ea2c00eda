"""What a terminal would show, as blocks of a report: nothing is lost on the way."""

from __future__ import annotations

import pytest
from rich.console import Group as RenderableGroup
from rich.table import Table as TerminalTable
from rich.text import Text

import detente
from detente.report.content import Group, Prose, Table
from detente.report.tables import analysis_tables
from detente.report.terminal_tables import blocks_of


def terminal_table() -> TerminalTable:
    table = TerminalTable()
    table.add_column(Text("Party"))
    table.add_column("Rank", justify="right")
    table.add_row("alone", "1")
    table.add_row(Text("A heading", style="bold"))
    table.add_row("inside", Text("2"))
    table.add_section()
    table.add_row("after", "3")
    return table


def test_rows_keep_their_headings() -> None:
    parts = [Text("Title", style="bold"), Text("Words"), Text(), RenderableGroup(terminal_table())]
    words, table = blocks_of(parts, ["What it shows"])
    assert words == Prose("Words")
    assert table == Table(
        "What it shows",
        ("Party", "Rank"),
        (
            Group((("alone", "1"),)),
            Group((("inside", "2"),), "A heading"),
            Group((("after", "3"),)),
        ),
    )


def test_every_table_of_an_analysis_is_taken_over() -> None:
    analysis = detente.analyse(detente.load("elmira"))
    captions = ["options", "status quo", "counts", "equilibria"]
    tables = [b for b in blocks_of(analysis_tables(analysis), captions) if isinstance(b, Table)]
    assert [table.caption for table in tables] == captions
    assert [group.heading for group in tables[3].groups] == [
        *(party.name for party in analysis.dispute.parties),
        "Equilibrium under",
        "Outcome",
    ]
    assert tables[2].groups[-1].rows[0][0] == "All equilibria"


@pytest.mark.parametrize("captions", [[], ["one", "two"]])
def test_each_table_has_one_caption(captions: list[str]) -> None:
    with pytest.raises(ValueError, match="captions"):
        blocks_of([terminal_table()], captions)


def test_what_is_not_known_is_refused() -> None:
    with pytest.raises(TypeError):
        blocks_of([object()], [])  # type: ignore[list-item]
