"""An analysis as tables for a terminal, with states in option form.

Parties are blocks, options rows and states columns, as the field prints them. Where the states
do not fit beside each other, several tables follow one another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from rich.box import HORIZONTALS
from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from detente.dispute.dispute import Dispute, Option
from detente.dispute.names import party_number
from detente.report.equilibria import (
    IN_NO_OUTCOME,
    counts_by_outcome,
    equilibria_shown,
    held_everywhere_sentences,
    left_apart,
    trap_sentences,
)
from detente.report.words import counted, joined
from detente.space.graph_model import GraphModel
from detente.space.option_form import level_symbol, option_form
from detente.stability.analysis import Analysis

__all__ = [
    "DEFAULT_LIMIT",
    "MARK",
    "FootBlock",
    "analysis_tables",
    "counted",
    "joined",
    "opening",
    "opening_sentences",
    "option_form_tables",
    "options_table",
    "party_tables",
    "plain_table",
    "size_and_concepts",
    "state_tables",
]

# As many states as are shown where the user does not say how many.
DEFAULT_LIMIT = 24

MARK = "✓"

# How many patterns of equilibria are shown for each concept.
_PATTERNS = 3
_INDENT = "  "
# Blanks between columns: one of padding and one that divides the columns.
_GAP = 2
_LEAST_LABEL = 24


@dataclass(frozen=True, slots=True)
class FootBlock:
    """Rows at the foot of a table of states, under a heading.

    Attributes
    ----------
    heading
        What the rows have in common.
    rows
        For each row its label and its cell in each state's column.
    """

    heading: str
    rows: Mapping[str, Sequence[str]]


# Tables of states --------------------------------------------------------------------------


def option_form_tables(
    model: GraphModel, states: Sequence[int], foot: Sequence[FootBlock] = (), *, width: int = 80
) -> list[Table]:
    """States in option form, in as many tables as the width needs.

    Parameters
    ----------
    model
        The graph model.
    states
        Numbers of the states, one column each.
    foot
        Rows below the options.
    width
        Columns of text that a table may take up.

    Returns
    -------
    list of rich.table.Table
    """
    blocks: list[_Block] = [
        (block.name, [(row.name, row.symbols) for row in block.rows])
        for block in option_form(model, states)
    ]
    blocks += [(block.heading, list(block.rows.items())) for block in foot if block.rows]
    labels = [label for heading, rows in blocks for label in (heading, *_labels(rows))]
    label_width = max((cell_len(label) for label in labels), default=0)
    label_width = min(label_width, max(_LEAST_LABEL, width * 2 // 5))
    widths = [
        max(len(str(state)), *(cell_len(cells[column]) for _, rows in blocks for _, cells in rows))
        for column, state in enumerate(states)
    ]
    return [
        _state_table(states, blocks, columns, label_width)
        for columns in _columns_that_fit(widths, width - label_width)
    ]


_Block = tuple[str, list[tuple[str, Sequence[str]]]]


def _labels(rows: Iterable[tuple[str, Sequence[str]]]) -> list[str]:
    return [_INDENT + label for label, _ in rows]


def _columns_that_fit(widths: Sequence[int], width: int) -> list[range]:
    """Split columns into runs that fit the width, each of at least one column."""
    runs = []
    first, used = 0, 0
    for column, needed in enumerate(widths):
        used += needed + _GAP
        if used > width and column > first:
            runs.append(range(first, column))
            first, used = column, needed + _GAP
    if widths:
        runs.append(range(first, len(widths)))
    return runs


def _state_table(
    states: Sequence[int], blocks: Sequence[_Block], columns: range, label_width: int
) -> Table:
    table = plain_table()
    table.add_column(Text("State"), width=label_width, overflow="fold")
    for column in columns:
        table.add_column(Text(str(states[column])), justify="right", no_wrap=True)
    for heading, rows in blocks:
        table.add_row(Text(heading, style="bold"))
        for label, cells in rows:
            table.add_row(_indented(label), *(Text(cells[column]) for column in columns))
        table.add_section()
    return table


def plain_table() -> Table:
    """An empty table in the style of all tables."""
    return Table(
        box=HORIZONTALS,
        show_edge=False,
        padding=(0, 0, 0, 1),
        pad_edge=False,
        header_style="bold",
    )


def _indented(label: str) -> RenderableType:
    from rich.padding import Padding

    return Padding(Text(label, overflow="fold"), (0, 0, 0, len(_INDENT)))


def opening(dispute: Dispute, count: int, concepts: Sequence[str]) -> list[RenderableType]:
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
    list of rich renderables
    """
    return [
        Text(dispute.title, style="bold"),
        Text(
            f"{counted(len(dispute.parties), 'party', 'parties')}, "
            f"{counted(count, 'feasible state')}. Concepts: {', '.join(concepts)}."
        ),
        Text(),
    ]


def size_and_concepts(
    dispute: Dispute, count: int, concepts: Sequence[str], *, packages: bool
) -> str:
    """How large a dispute is, and which concepts were analysed, as a sentence each."""
    return (
        f"{counted(len(dispute.parties), 'party', 'parties')}, "
        f"{counted(len(dispute.options), 'option')}, "
        f"{counted(count, 'feasible state')}. "
        f"Concepts: {', '.join(concepts)}{', with packages as moves' if packages else ''}."
    )


_LISTED = " Engine: a list of the feasible states."


def opening_sentences(analysis: Analysis) -> str:
    """How large an analysed dispute is, what was analysed, and how states are held."""
    told = size_and_concepts(
        analysis.dispute, analysis.count, analysis.concepts, packages=analysis.packages
    )
    return f"{told}{_LISTED if analysis.model.engine == 'list' else ''}"


# Whole reports -----------------------------------------------------------------------------


def analysis_tables(
    analysis: Analysis, *, limit: int = DEFAULT_LIMIT, width: int = 80, mark: str = MARK
) -> list[RenderableType]:
    """An analysis as text and tables: the dispute, its status quo and its equilibria.

    Parameters
    ----------
    analysis
        The analysis.
    limit
        Show at most this many equilibria.
    width
        Columns of text that a table may take up.
    mark
        What stands in a table for "yes".

    Returns
    -------
    list of rich renderables
    """
    dispute = analysis.dispute
    parts: list[RenderableType] = [
        Text(dispute.title, style="bold"),
        Text(opening_sentences(analysis)),
        Text(),
        options_table(dispute),
        Text(),
    ]
    if analysis.status_quo is None:
        parts += [Text("The dispute names no status quo."), Text()]
    else:
        parts += [*_status_quo(analysis, analysis.status_quo, mark), Text()]
    return parts + _equilibria(analysis, limit, width, mark)


def options_table(dispute: Dispute) -> Table:
    """Parties and options with their ids, and each option's level in the status quo."""
    table = plain_table()
    table.add_column("Party and option", overflow="fold")
    table.add_column("Id", overflow="fold")
    levels_differ = any(_levels(option) for option in dispute.options)
    if levels_differ:
        table.add_column("Levels", overflow="fold")
    if dispute.status_quo is not None:
        table.add_column("Status quo")
    for party in dispute.parties:
        table.add_row(Text(party.name, style="bold"), Text(party.id))
        for option in party.options:
            cells = [_indented(option.name), Text(option.key)]
            if levels_differ:
                cells.append(Text(_levels(option)))
            if dispute.status_quo is not None:
                level = dispute.status_quo[dispute.option_numbers[option.key]]
                cells.append(Text(level_symbol(option.levels, level)))
            table.add_row(*cells)
        table.add_section()
    return table


def _levels(option: Option) -> str:
    """What is unusual about an option's levels; nothing for a plain yes or no."""
    parts = [] if option.levels == ("no", "yes") else [" < ".join(option.levels)]
    if option.irreversible:
        parts.append(f"{option.irreversible} only")
    return ", ".join(parts)


def _status_quo(analysis: Analysis, state: int, mark: str) -> list[RenderableType]:
    outcomes = [outcome.name for outcome in analysis.outcomes(state)]
    belongs = f" ({joined(outcomes)})" if outcomes else ""
    return [
        Text(f"The status quo is state {state}{belongs}. It is stable for:"),
        Text(),
        _stability_table(analysis, state, mark),
    ]


def _stability_table(
    analysis: Analysis,
    state: int,
    mark: str,
    *,
    ranks: bool = False,
    parties: Sequence[str] | None = None,
) -> Table:
    """For whom a state is stable, by party and concept."""
    table = plain_table()
    table.add_column("Party", overflow="fold")
    if ranks:
        table.add_column("Rank", justify="right")
    for concept in analysis.concepts:
        table.add_column(concept, justify="center")
    stable = {concept: analysis.stable_parties(concept, state) for concept in analysis.concepts}
    shown = [p for p in analysis.dispute.parties if parties is None or p.id in parties]
    for party in shown:
        own = analysis.ranks(party.id)
        rank = [f"{own[state - 1]} of {own.max()}"] if ranks else []
        marks = [mark if party.id in stable[concept] else "" for concept in analysis.concepts]
        table.add_row(Text(party.name), *rank, *marks)
    if parties is None:
        table.add_section()
        everyone = len(analysis.dispute.parties)
        marks = [mark if len(stable[concept]) == everyone else "" for concept in analysis.concepts]
        table.add_row("All: an equilibrium", *([""] if ranks else []), *marks)
    return table


def _equilibria(analysis: Analysis, limit: int, width: int, mark: str) -> list[RenderableType]:
    found = equilibria_shown(analysis, limit)
    if not found.states:
        return [Text("No state is an equilibrium under any of these concepts.")]
    shown = found.states
    parts: list[RenderableType] = [
        Text("Number of equilibria under each concept, by outcome:"),
        Text(),
        _count_table(analysis),
        Text(),
        *(Text(one) for one in [*trap_sentences(analysis), *held_everywhere_sentences(analysis)]),
    ]
    if isinstance(parts[-1], Text) and parts[-1].plain:
        parts.append(Text())
    if found.left_out:
        parts += [*_patterns(analysis), Text()]
        parts.append(
            Text(
                f"Equilibria in option form: {len(shown)} of {counted(found.all, 'state')}, "
                f"those that are equilibria under most concepts; {found.left_out:,} left out "
                "(--limit shows more)."
            )
        )
    else:
        parts.append(Text("Equilibria in option form:"))
    places = np.array(shown) - 1
    members = {
        concept: [mark if member else "" for member in analysis.is_equilibrium(concept)[places]]
        for concept in analysis.concepts
    }
    foot = [
        FootBlock("Equilibrium under", members),
        *_outcome_block(analysis, shown, mark),
    ]
    return parts + _spaced(option_form_tables(analysis.model, shown, foot, width=width))


def _patterns(analysis: Analysis) -> list[RenderableType]:
    """The equilibria under each concept as a few partial assignments."""
    table = plain_table()
    table.add_column("Concept")
    table.add_column("New", justify="right")
    table.add_column("All", justify="right")
    table.add_column("Pattern (options that are not named are free)", overflow="fold")
    options = analysis.dispute.options
    for concept in analysis.concepts:
        found = analysis.patterns(concept, limit=_PATTERNS)
        for position, pattern in enumerate(found.patterns):
            settings = ", ".join(
                f"{options[option].key} = {options[option].levels[level]}"
                for option, level in pattern.settings.items()
            )
            table.add_row(
                Text(concept if position == 0 else ""),
                Text(f"{pattern.new:,}"),
                Text(f"{pattern.states:,}"),
                Text(settings or "every state"),
            )
        if found.left_out:
            table.add_row(
                Text(""), Text(f"{found.left_out:,}"), Text(""), Text("in other patterns")
            )
        table.add_section()
    return [
        Text(
            "Patterns of equilibria: every state that fits one is an equilibrium. New are those "
            "that fit no pattern before it."
        ),
        Text(),
        table,
    ]


def _count_table(analysis: Analysis) -> Table:
    """How many equilibria there are under each concept: in all, and in each outcome."""
    table = plain_table()
    table.add_column("Outcome", overflow="fold")
    for concept in analysis.concepts:
        table.add_column(concept, justify="right")
    counts = counts_by_outcome(analysis)
    for outcome in analysis.dispute.outcomes:
        table.add_row(Text(outcome.name), *_thousands(counts[outcome.id]))
    if counts:
        table.add_row(IN_NO_OUTCOME, *_thousands(counts[""]))
        table.add_section()
    everywhere = [
        int(np.count_nonzero(analysis.is_equilibrium(concept))) for concept in analysis.concepts
    ]
    table.add_row("All equilibria", *_thousands(everywhere))
    for label, numbers in left_apart(analysis).items():
        table.add_row(_indented(label), *_thousands(numbers))
    return table


def _thousands(numbers: Iterable[int]) -> list[str]:
    return [f"{number:,}" for number in numbers]


def _outcome_block(analysis: Analysis, shown: Sequence[int], mark: str) -> list[FootBlock]:
    """Rows for the named outcomes to which some of the states belong."""
    rows: dict[str, list[str]] = {}
    for outcome in analysis.dispute.outcomes:
        inside = analysis.in_outcome(outcome.id)
        if any(inside[state - 1] for state in shown):
            label = outcome.name if outcome.name not in rows else f"{outcome.name} ({outcome.id})"
            rows[label] = [mark if inside[state - 1] else "" for state in shown]
    return [FootBlock("Outcome", rows)] if rows else []


def _spaced(tables: Iterable[Table]) -> list[RenderableType]:
    return [Group(Text(), table) for table in tables]


def party_tables(
    analysis: Analysis,
    party: str,
    *,
    limit: int = DEFAULT_LIMIT,
    width: int = 80,
    mark: str = MARK,
) -> list[RenderableType]:
    """The states that are stable for one party, best first, with its ranks.

    Parameters
    ----------
    analysis
        The analysis.
    party
        Id of the party.
    limit
        Show at most this many states.
    width
        Columns of text that a table may take up.
    mark
        What stands in a table for "yes".

    Returns
    -------
    list of rich renderables

    Raises
    ------
    DisputeError
        If there is no such party.
    """
    name = analysis.dispute.parties[party_number(analysis.dispute, party)].name
    stable = {concept: analysis.stable(concept, party) for concept in analysis.concepts}
    ranks = analysis.ranks(party)
    anywhere = np.logical_or.reduce(list(stable.values()))
    states = np.flatnonzero(anywhere)
    states = states[np.argsort(-ranks[states], kind="stable")]
    shown = (states[:limit] + 1).tolist()
    sizes = [f"{concept} {np.count_nonzero(stable[concept]):,}" for concept in analysis.concepts]
    parts: list[RenderableType] = [
        Text(f"{analysis.dispute.title}: {name}", style="bold"),
        Text(
            f"States stable for {name} among {analysis.count:,}, best first. Number under each "
            f"concept: {', '.join(sizes)}."
        ),
        Text(f"Ranks run from 1 (worst) to {ranks.max()} (best)."),
    ]
    left_out = states.size - len(shown)
    if left_out:
        parts.append(
            Text(
                f"{counted(states.size, 'state')} in all; {len(shown)} shown; {left_out:,} left "
                "out (--limit shows more)."
            )
        )
    foot = [
        FootBlock(name, {"Rank": [str(ranks[state - 1]) for state in shown]}),
        FootBlock(
            "Stable under",
            {
                concept: [mark if stable[concept][state - 1] else "" for state in shown]
                for concept in analysis.concepts
            },
        ),
        *_outcome_block(analysis, shown, mark),
    ]
    return parts + _spaced(option_form_tables(analysis.model, shown, foot, width=width))


def state_tables(
    analysis: Analysis, state: int, *, party: str | None = None, width: int = 80, mark: str = MARK
) -> list[RenderableType]:
    """All about one state: its options, outcomes, ranks, and for whom it is stable.

    Parameters
    ----------
    analysis
        The analysis.
    state
        Number of the state.
    party
        Id of the only party whose rank and stability are shown; all parties where left out.
    width
        Columns of text that a table may take up.
    mark
        What stands in a table for "yes".

    Returns
    -------
    list of rich renderables

    Raises
    ------
    DisputeError
        If there is no such state or party.
    """
    outcomes = [outcome.name for outcome in analysis.outcomes(state)]
    if party is not None:
        party_number(analysis.dispute, party)
    is_status_quo = " (the status quo)" if state == analysis.status_quo else ""
    return [
        Text(f"{analysis.dispute.title}: state {state}{is_status_quo}", style="bold"),
        Text(f"Outcomes: {', '.join(outcomes) if outcomes else 'none'}."),
        *_spaced(option_form_tables(analysis.model, [state], width=width)),
        Text(),
        Text("Ranks (higher is better) and for whom the state is stable:"),
        Text(),
        _stability_table(
            analysis, state, mark, ranks=True, parties=None if party is None else [party]
        ),
    ]
