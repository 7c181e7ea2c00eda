"""The graph of a dispute in files of other programs: Graphviz (``.dot``) and GEXF (``.gexf``).

States are nodes, unilateral moves are edges. ``docs/how-to/neighbours.md`` says what they carry.
"""

from __future__ import annotations

import io
import re

from detente.dispute.dispute import Dispute
from detente.dispute.visible_text import visible
from detente.files.left_behind import parts_left_behind
from detente.space.graph_model import GraphModel
from detente.stability.export import to_networkx
from detente.stability.prepared_model import graph_model

__all__ = ["MOST_DRAWN", "dot_written", "gexf_written"]

MOST_DRAWN = 20_000
"""Largest number of moves in a file for Graphviz, which is to be drawn."""

# Colours of parties that stay apart for people who see few (Okabe and Ito 2008).
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")

# What XML 1.0 cannot hold, beyond what a terminal obeys.
_NOT_IN_XML = re.compile("[\ufffe\uffff\ud800-\udfff]")


def dot_written(dispute: Dispute) -> tuple[bytes, tuple[str, ...]]:
    """The graph of a dispute for Graphviz, as the library ``graphviz`` writes it.

    Parameters
    ----------
    dispute
        The dispute, with at most :data:`MOST_DRAWN` moves.

    Returns
    -------
    bytes
        What goes into the file, in UTF-8. A state is a node with its number; what its options
        are set to is its tooltip; the status quo has a double line. A move is an edge of its
        party's colour: a solid line where the party betters itself, else a dashed one.
    tuple of str
        What the file does not carry.

    Raises
    ------
    LimitError
        If there may be more moves.
    """
    import graphviz

    model = graph_model(dispute, [])
    found = to_networkx(model, MOST_DRAWN)
    names = {party.id: _shown(party.name) for party in dispute.parties}
    colours = {
        party.id: _COLOURS[number % len(_COLOURS)] for number, party in enumerate(dispute.parties)
    }
    drawn = graphviz.Digraph(
        graph_attr={"label": graphviz.escape(_shown(dispute.title)), "labelloc": "t"},
        node_attr={"shape": "circle"},
    )
    for state in found:
        twice = {"peripheries": "2"} if model.status_quo == state - 1 else {}
        drawn.node(
            str(state), tooltip=graphviz.escape(_settings(model, found.nodes[state])), **twice
        )
    for start, end, party, move in found.edges(keys=True, data=True):
        drawn.edge(
            str(start),
            str(end),
            color=colours[party],
            style="solid" if move["improvement"] else "dashed",
            tooltip=graphviz.escape(names[party]),
        )
    return drawn.source.encode(), _not_carried(dispute)


def gexf_written(dispute: Dispute) -> tuple[bytes, tuple[str, ...]]:
    """The graph of a dispute in GEXF, which Gephi and others read, as NetworkX writes it.

    Parameters
    ----------
    dispute
        The dispute, with at most :data:`detente.stability.export.MOST_MOVES` moves.

    Returns
    -------
    bytes
        What goes into the file, in UTF-8. A node has the level of each option under its full
        name, ``rank:PARTY`` for each party and ``status_quo``; an edge has ``party``, its name,
        and ``improvement``.
    tuple of str
        What the file does not carry.

    Raises
    ------
    LimitError
        If there may be more moves.
    """
    import networkx as nx

    model = graph_model(dispute, [])
    found = to_networkx(model)
    names = {party.id: _shown(party.name) for party in dispute.parties}
    plain: nx.MultiDiGraph[int] = nx.MultiDiGraph()
    for state, values in found.nodes(data=True):
        ranks = {f"rank:{party}": rank for party, rank in values["ranks"].items()}
        levels = {
            key: level for key, level in values.items() if key != "ranks" and level is not None
        }
        at_start = model.status_quo == state - 1
        plain.add_node(state, label=str(state), **levels, **ranks, status_quo=at_start)
    for start, end, party, move in found.edges(keys=True, data=True):
        plain.add_edge(start, end, party=party, name=names[party], improvement=move["improvement"])
    stream = io.BytesIO()
    nx.write_gexf(plain, stream)
    return stream.getvalue(), ("the title", *_not_carried(dispute))


def _not_carried(dispute: Dispute) -> tuple[str, ...]:
    return (
        "what parties prefer, except whether a move makes its party better off, and each party's "
        "rank",
        *parts_left_behind(dispute),
    )


def _settings(model: GraphModel, node: dict[str, object]) -> str:
    """What the options of a state are set to, a line for each."""
    return "\n".join(
        f"{_shown(party.name)}: {_shown(option.name)} = {node[option.key] or '(either)'}"
        for party in model.dispute.parties
        for option in party.options
    )


def _shown(text: str) -> str:
    return _NOT_IN_XML.sub(lambda found: f"\\u{ord(found[0]):04x}", visible(text))
