"""The graph of a dispute as Graphviz and Gephi read it."""

from __future__ import annotations

import io
from xml.etree import ElementTree

import networkx as nx
import pytest
from hypothesis import given, settings

import detente
from detente.dispute.errors import LimitError
from detente.files.dispute_file import load_text
from detente.stability import graph_files
from detente.stability.graph_files import dot_written, gexf_written
from hostile import ATTACKS, hostile_text
from oracle.definitions import OracleDispute
from strategies import disputes, document

# pydot uses a name of its parser that is on its way out.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:pydot")
pydot = pytest.importorskip("pydot")


# What pydot takes for nodes, though it sets what all of them have.
DEFAULTS = {"graph", "node"}


@settings(max_examples=settings().max_examples // 2)
@given(drawn=disputes(most_states=16))
def test_gexf_has_every_state_and_every_move(drawn: OracleDispute) -> None:
    dispute = detente.build_dispute(document(drawn))
    analysis = detente.analyse(dispute, [])
    wanted = analysis.to_networkx()
    found = nx.read_gexf(io.BytesIO(gexf_written(dispute)[0]), node_type=int)
    assert set(found) == set(wanted)
    moves = {
        (start, end, move["party"], move["improvement"])
        for start, end, move in found.edges(data=True)
    }
    assert moves == {
        (start, end, party, move["improvement"])
        for start, end, party, move in wanted.edges(keys=True, data=True)
    }
    for state, values in found.nodes(data=True):
        assert {key: values.get(key) for key in analysis.levels(state)} == analysis.levels(state)
        for party in dispute.parties:
            assert values[f"rank:{party.id}"] == analysis.ranks(party.id)[state - 1]


def test_dot_has_every_state_and_every_move() -> None:
    dispute = detente.load("elmira")
    wanted = detente.analyse(dispute, []).to_networkx()
    (found,) = pydot.graph_from_dot_data(dot_written(dispute)[0].decode())
    assert {node.get_name() for node in found.get_nodes()} - DEFAULTS == set(map(str, wanted))
    styles = {True: "solid", False: "dashed"}
    assert sorted(
        (int(edge.get_source()), int(edge.get_destination()), edge.get("style"))
        for edge in found.get_edges()
    ) == sorted(
        (start, end, styles[move["improvement"]]) for start, end, move in wanted.edges(data=True)
    )


@pytest.mark.parametrize("attack", [*ATTACKS, "<b>bold</b>", "\\", "\\N \\G"])
def test_names_stay_names(attack: str) -> None:
    dispute = load_text(hostile_text(attack).encode())
    states = detente.analyse(dispute, []).count
    (drawn,) = pydot.graph_from_dot_data(dot_written(dispute)[0].decode())
    names = {node.get_name() for node in drawn.get_nodes()}
    assert names == {*DEFAULTS, *map(str, range(1, states + 1))}
    for node in drawn.get_nodes():
        if node.get_name() not in DEFAULTS:
            assert set(node.get_attributes()) <= {"tooltip", "peripheries"}
    root = ElementTree.fromstring(gexf_written(dispute)[0])
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags <= {
        *("gexf", "meta", "creator", "graph", "attributes", "attribute"),
        *("nodes", "node", "attvalues", "attvalue", "edges", "edge"),
    }


def test_a_graph_too_large_to_draw_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph_files, "MOST_DRAWN", 10)
    with pytest.raises(LimitError, match="at most 10"):
        dot_written(detente.load("elmira"))
