"""States in option form, as tables of a report.

Parties head the rows, options are rows and states columns, as the field prints them. A narrow page
divides such a table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from detente.dispute.dispute import Dispute
from detente.report.content import Block, Group, Prose, Subheading, Table
from detente.report.language import marked, say_told
from detente.report.words import counted
from detente.space.option_form import StatesOf, option_form

__all__ = ["SYMBOLS", "group_of_rows", "opening", "option_form_table", "option_rows"]

SYMBOLS = (marked("Y"), marked("N"))
"""What stands in option form for yes and no."""


def option_form_table(
    model: StatesOf, states: Sequence[int], foot: Iterable[Group] = (), *, caption: str = ""
) -> Table:
    """States in option form.

    Parameters
    ----------
    model
        The graph model, or what tells of states held as sets.
    states
        Numbers of the states, one column each.
    foot
        Rows below the options; groups without rows are left out.
    caption
        What the table shows.

    Returns
    -------
    Table
    """
    options = [Group(rows, heading) for heading, rows in option_rows(model, states)]
    groups = (*options, *(one for one in foot if one.rows))
    return Table(caption, ("State", *map(str, states)), groups)


def option_rows(
    model: StatesOf, states: Sequence[int]
) -> Iterator[tuple[str, tuple[tuple[str, ...], ...]]]:
    """Each party's name, and a row of levels by state for each of its options."""
    for block in option_form(model, states):
        yield block.name, tuple((row.name, *map(say_told, row.symbols)) for row in block.rows)


def group_of_rows(heading: str, rows: Mapping[str, Sequence[str]]) -> Group:
    """Rows of a table under a heading, by their labels."""
    return Group(tuple((label, *cells) for label, cells in rows.items()), heading)


def opening(dispute: Dispute, count: int, concepts: Sequence[str]) -> tuple[Block, ...]:
    """A dispute's title, its size, and the concepts that were analysed.

    Parameters
    ----------
    dispute
        The dispute.
    count
        Number of its feasible states.
    concepts
        Names of the concepts.

    Returns
    -------
    tuple of Block
    """
    return (
        Subheading(dispute.title),
        Prose(
            f"{counted(len(dispute.parties), 'party', 'parties')}, "
            f"{counted(count, 'feasible state')}. Concepts: {', '.join(concepts)}."
        ),
    )
