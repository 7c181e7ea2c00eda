"""The graph that is explored in a notebook: its state, and how a browser shows it."""

from __future__ import annotations

import json
import re
from importlib.resources import files

import pytest

import detente
from detente.dispute.errors import DisputeError

pytest.importorskip("anywidget")


def test_the_widget_has_every_state_and_every_move() -> None:
    analysis = detente.analyse(detente.load("elmira"), ["Nash", "SEQ"])
    widget = analysis.explore()
    assert widget.title == "Elmira groundwater contamination: equilibria under SEQ"
    assert widget.state == analysis.status_quo == 1
    assert {node["id"] for node in widget.nodes if node["equilibrium"]} == {5, 8, 9}
    assert [node["id"] for node in widget.nodes if node["status_quo"]] == [1]
    parties = [party.id for party in analysis.dispute.parties]
    assert {
        (one["source"], one["target"], parties[one["party"]], one["improvement"])
        for one in widget.edges
    } == {
        (start, end, party, move["improvement"])
        for start, end, party, move in analysis.to_networkx().edges(keys=True, data=True)
    }
    assert len({(node["x"], node["y"]) for node in widget.nodes}) == analysis.count
    # What is sent to the browser is plain JSON.
    json.dumps(widget.get_state(["nodes", "edges", "told"]))


def test_what_is_told_follows_the_state() -> None:
    analysis = detente.analyse(detente.load("elmira"), ["Nash", "SEQ"])
    widget = analysis.explore("Nash")
    nodes = widget.nodes
    widget.state = 5
    assert widget.told[0].startswith("State 5: an equilibrium under Nash")
    assert widget.nodes == nodes
    moves = sum(analysis.model.moves_from(4, number).size for number in range(3))
    assert sum(line.endswith("better off") for line in widget.told) == moves
    with pytest.raises(DisputeError, match="there is no state 10"):
        widget.state = 10


def test_of_a_large_dispute_one_state_and_its_neighbours_are_shown() -> None:
    analysis = detente.analyse(detente.load("korea-2017"), ["Nash"])
    widget = analysis.explore()
    assert analysis.count > 40
    assert widget.state in {node["id"] for node in widget.nodes}
    assert len(widget.nodes) <= 61
    before = widget.nodes
    widget.state = next(one["target"] for one in widget.edges if one["source"] == widget.state)
    assert widget.nodes != before
    ids = {node["id"] for node in widget.nodes}
    assert {one[end] for one in widget.edges for end in ("source", "target")} <= ids


def test_without_a_concept_there_is_nothing_to_mark() -> None:
    with pytest.raises(DisputeError, match="no concept"):
        detente.analyse(detente.load("chicken"), []).explore()
    with pytest.raises(DisputeError, match="SEQ was not analysed"):
        detente.analyse(detente.load("chicken"), ["Nash"]).explore("SEQ")


def test_the_script_asks_for_no_network_and_makes_no_markup_of_text() -> None:
    script = files("detente.stability").joinpath("explorer.js").read_text("utf-8")
    addresses = re.findall(r"https?://[^\s\"']+", script)
    assert addresses == ["http://www.w3.org/2000/svg"]
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", "import ", "fetch("):
        assert word not in script
