"""An analysis as a Polars table, a NetworkX graph and a piece of HTML."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detente.dispute.errors import LimitError
from detente.space.graph_model import GraphModel
from detente.space.option_form import option_form

if TYPE_CHECKING:
    import networkx
    import polars

    from detente.stability.analysis import Analysis

__all__ = ["MOST_MOVES", "to_html", "to_networkx", "to_polars"]

# A graph of so many edges takes a few seconds.
MOST_MOVES = 500_000

# A notebook shows at most this many states.
_HTML_STATES = 30


def to_polars(analysis: Analysis, states: Sequence[int] | None = None) -> polars.DataFrame:
    """States of an analysis as a table.

    Parameters
    ----------
    analysis
        The analysis.
    states
        Numbers of the states; by default all states.

    Returns
    -------
    polars.DataFrame
        One row for each state: ``state`` (its number); the level of each option under the
        option's full name (null where the members of a coalesced state differ); ``outcome:ID``;
        ``rank:PARTY``; ``CONCEPT:PARTY`` (is the state stable for the party) and
        ``CONCEPT`` (is it an equilibrium).
    """
    import polars as pl

    model = analysis.model
    rows: slice | NDArray[np.int64] = slice(None)
    numbers = np.arange(1, analysis.count + 1)
    if states is not None:
        numbers = np.asarray(states, dtype=np.int64)
        for state in states:
            analysis.state_index(state)
        rows = numbers - 1
    table = model.space.assignments(numbers - 1)
    columns: list[pl.Series] = [pl.Series("state", numbers)]
    for number, option in enumerate(analysis.dispute.options):
        levels = pl.Series(option.key, table[:, number])
        names = pl.Series(list(option.levels), dtype=pl.Enum(list(option.levels)))
        # Not strict: level -1, where the members of a coalesced state differ, becomes null.
        columns.append(names.gather(levels.cast(pl.UInt32, strict=False)).alias(option.key))
    for outcome in analysis.dispute.outcomes:
        columns.append(pl.Series(f"outcome:{outcome.id}", analysis.in_outcome(outcome.id)[rows]))
    parties = [party.id for party in analysis.dispute.parties]
    for party in parties:
        columns.append(pl.Series(f"rank:{party}", analysis.ranks(party)[rows]))
    for concept in analysis.concepts:
        stable = [analysis.stable(concept, party)[rows] for party in parties]
        for party, values in zip(parties, stable, strict=True):
            columns.append(pl.Series(f"{concept}:{party}", values))
        columns.append(pl.Series(concept, np.logical_and.reduce(stable)))
    return pl.DataFrame(columns)


def to_networkx(
    model: GraphModel, most_moves: int | None = MOST_MOVES
) -> networkx.MultiDiGraph[int]:
    """A graph model as a NetworkX multigraph.

    Parameters
    ----------
    model
        The graph model; meant for disputes small enough to draw or to walk through.
    most_moves
        Build no graph that may have more edges than this; None for any number.

    Returns
    -------
    networkx.MultiDiGraph
        Nodes are state numbers with one attribute for each option and ``ranks``, a map of party
        to rank. An edge is a unilateral move, keyed by its party, with ``improvement`` set where
        the move is one.
    """
    import networkx as nx

    moves = model.moves_at_most
    if most_moves is not None and moves > most_moves:
        raise LimitError(
            f"the graph has up to {moves:,} moves between {model.space.count:,} states; as objects "
            f"they would take long and much memory (at most {most_moves:,} are built; "
            "most_moves=None builds any number). Questions about so many states are for ask, paths "
            "and explain, or for the arrays of the analysis"
        )
    graph: nx.MultiDiGraph[int] = nx.MultiDiGraph(name=model.dispute.title)
    space = model.space
    parties = [party.id for party in model.dispute.parties]
    ranks = [model.ranks(number) for number in range(len(parties))]
    assignments = space.assignments(np.arange(space.count))
    for index in range(space.count):
        levels = {
            option.key: option.levels[level] if level >= 0 else None
            for option, level in zip(model.dispute.options, assignments[index], strict=True)
        }
        own_ranks = {party: int(ranks[n][index]) for n, party in enumerate(parties)}
        graph.add_node(index + 1, **levels, ranks=own_ranks)
    for index in range(space.count):
        for number, party in enumerate(parties):
            for end in model.moves_from(index, number).tolist():
                better = bool(ranks[number][end] > ranks[number][index])
                graph.add_edge(index + 1, end + 1, key=party, improvement=better)
    return graph


def to_html(analysis: Analysis) -> str:
    """The equilibria of an analysis in option form, as an HTML table for notebooks."""
    found = {concept: analysis.is_equilibrium(concept) for concept in analysis.concepts}
    anywhere = np.logical_or.reduce([np.zeros(analysis.count, dtype=np.bool_), *found.values()])
    states = np.flatnonzero(anywhere) + 1
    shown = states[:_HTML_STATES].tolist()
    left_out = len(states) - len(shown)
    heading = "".join(f"<th>{number}</th>" for number in shown)
    rows = [f"<tr><th>Party</th><th>Option</th>{heading}</tr>"]
    for block in option_form(analysis.model, shown):
        for position, row in enumerate(block.rows):
            party = f"<th>{escape(block.name) if position == 0 else ''}</th>"
            cells = "".join(f"<td>{escape(symbol)}</td>" for symbol in row.symbols)
            rows.append(f"<tr>{party}<td>{escape(row.name)}</td>{cells}</tr>")
    for concept in analysis.concepts:
        cells = "".join(f"<td>{'✓' if found[concept][n - 1] else ''}</td>" for n in shown)
        rows.append(f"<tr><th>{escape(concept)}</th><td>equilibrium</td>{cells}</tr>")
    more = f"<p>{left_out:,} more equilibria are not shown.</p>" if left_out else ""
    names = escape(", ".join(analysis.concepts))
    under = names if len(analysis.concepts) == 1 else f"at least one of {names}"
    return (
        f"<table><caption>{escape(analysis.dispute.title)}: {len(states):,} states of "
        f"{analysis.count:,} are equilibria under {under}</caption>{''.join(rows)}</table>{more}"
    )
