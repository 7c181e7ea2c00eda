"""Pictures of the graph and of ranks: what they say in words is what the analysis says."""

from __future__ import annotations

import numpy as np
import pytest

import detente
from detente import DisputeError
from detente.dispute.errors import LimitError
from detente.report.plots.graph import MOST_STATES, graph_picture, outcome_graph_picture
from detente.report.plots.picture import picture_bytes
from detente.report.plots.ranks import outcome_standing, ranks_picture
from detente.stability.analysis import Analysis

# A dollar would be mathematics to Matplotlib.
DOLLARS = {
    "dispute": "Costs $x_ and $y",
    "parties": {
        "a": {"name": "A$x_", "options": {"go": "G$x_"}, "preferences": ["go"]},
        "b": {"name": "B$", "options": {"go": "G"}, "preferences": ["a.go"]},
    },
    "outcomes": {
        "one": {"name": "$x_{ one", "when": "a.go"},
        "two": {"name": "Two$", "when": "not a.go"},
        "never": {"name": "Never", "when": "a.go and not a.go"},
    },
}


@pytest.fixture
def elmira() -> Analysis:
    return detente.analyse(detente.load("elmira"))


def test_states_in_words(elmira: Analysis) -> None:
    words = graph_picture(elmira, "SEQ").description
    assert "9 states" in words
    assert "State 1 is the status quo." in words
    assert "Equilibria under SEQ: 5, 8 and 9." in words
    graph = elmira.to_networkx()
    for party in elmira.dispute.parties:
        own = [
            f"{start} to {end}"
            for start, end, mover, data in graph.edges(keys=True, data=True)
            if mover == party.id and data["improvement"]
        ]
        told = words.split(f"Improvements of {party.name}: ")[1].split(".")[0]
        assert sorted(told.replace(" and ", ", ").split(", ")) == sorted(own or ["none"])


def test_outcomes_in_words(elmira: Analysis) -> None:
    words = outcome_graph_picture(elmira, "SEQ").description
    assert "Uniroyal delays: 4 states, 1 equilibrium under SEQ, the status quo among them." in words
    assert "from Uniroyal accepts the original order to Uniroyal abandons its operation" in words


@pytest.mark.parametrize("form", ["svg", "png"])
def test_names_are_text(form: str) -> None:
    analysis = detente.analyse(detente.build_dispute(DOLLARS))
    for draw in (
        lambda: graph_picture(analysis, "SEQ"),
        lambda: outcome_graph_picture(analysis, "SEQ"),
        lambda: ranks_picture(analysis),
    ):
        content = picture_bytes(draw(), form)
        assert content == picture_bytes(draw(), form)


def test_too_many_states_are_not_drawn() -> None:
    analysis = detente.analyse(detente.load("garrison-diversion"), ["Nash"])
    with pytest.raises(LimitError, match=f"at most {MOST_STATES}"):
        graph_picture(analysis, "Nash")


@pytest.mark.parametrize("picture", [ranks_picture, lambda a: outcome_graph_picture(a, "SEQ")])
def test_without_outcomes_there_is_nothing_to_draw(picture: object) -> None:
    described = {key: value for key, value in DOLLARS.items() if key != "outcomes"}
    analysis = detente.analyse(detente.build_dispute(described))
    assert callable(picture)
    with pytest.raises(DisputeError, match="names no outcomes"):
        picture(analysis)


def test_standing_is_the_share_of_states_liked_less() -> None:
    analysis = detente.analyse(detente.build_dispute(DOLLARS))
    table = outcome_standing(analysis)
    # Both parties like the two states of “one” better than the other two.
    assert table[:2].tolist() == [[0.5, 0.5], [0.0, 0.0]]
    assert np.isnan(table[2]).all()
    korea = detente.analyse(detente.load("korea-2017"), ["Nash"])
    ranks = korea.ranks("china")
    inside = korea.in_outcome("settlement")
    row = [outcome.id for outcome in korea.dispute.outcomes].index("settlement")
    below = [np.count_nonzero(ranks < rank) / korea.count for rank in np.unique(ranks)]
    by_rank = dict(zip(np.unique(ranks).tolist(), below, strict=True))
    expected = np.median([by_rank[rank] for rank in ranks[inside].tolist()])
    assert outcome_standing(korea)[row, 2] == pytest.approx(expected)
