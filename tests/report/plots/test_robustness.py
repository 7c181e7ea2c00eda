"""The tornado and the heat map of what survives uncertain preferences."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import detente
from detente.report.plots.robustness import heat_map_picture, tornado_picture
from detente.robustness.draws import Uncertainty


def drawn(names: tuple[str, str], draws: int = 400) -> detente.Robustness:
    """Draws of a dispute in which one party's only statement decides one of two outcomes."""
    parties: dict[str, Any] = {
        "a": {"options": {"x": "x"}, "preferences": [{"prefer": "x", "confidence": 0.5}]},
        "b": {"options": {"y": "y"}, "preferences": ["y", "a.x"]},
    }
    outcomes = {
        "done": {"name": names[0], "when": "not a.x"},
        "always": {"name": names[1], "when": "b.y and a.x"},
    }
    dispute = detente.build_dispute({"dispute": "Two", "parties": parties, "outcomes": outcomes})
    return detente.analyse_robustness(
        dispute, draws, uncertainty=Uncertainty(confidence=1), concepts=["Nash"], seed=1
    )


def test_a_tornado_leaves_out_what_may_be_chance() -> None:
    result = drawn(("Done", "Always"))
    place = result.finding("outcome", "done", "Nash")
    picture = tornado_picture(result, place)
    assert "a, preference 1: “x”: 0.0% as stated, 100.0% otherwise." in picture.description
    assert "b.1" not in picture.description
    assert "b.2^" not in picture.description
    (axis,) = picture.figure.axes
    assert [label.get_text() for label in axis.get_yticklabels()] == ["a, preference 1: “x”"]


def test_no_name_is_cut() -> None:
    name = "An outcome of a very long name " * 5
    result = drawn((name.strip(), "Always"))
    picture = tornado_picture(result, result.finding("outcome", "done", "Nash"))
    title = picture.figure.get_suptitle()
    assert " ".join(title.split()).startswith(name.strip())
    assert max(map(len, title.splitlines())) <= 100
    (axis,) = heat_map_picture(result).figure.axes
    assert " ".join(axis.get_yticklabels()[0].get_text().split()) == name.strip()


def test_a_tornado_of_what_nothing_moves_says_so() -> None:
    result = drawn(("Done", "Always"))
    picture = tornado_picture(result, result.finding("outcome", "always", "Nash"))
    (axis,) = picture.figure.axes
    assert [text.get_text() for text in axis.texts] == [
        "Chance may explain every effect on the share."
    ]


def test_outcomes_that_share_a_name_have_a_row_each() -> None:
    picture = heat_map_picture(drawn(("Same", "Same")))
    (axis,) = picture.figure.axes
    labels = [label.get_text() for label in axis.get_yticklabels()]
    assert labels[:2] == ["Same", "Same"]
    assert len(labels) == 6
    assert len(axis.texts) == 6
    shown = picture.figure.get_suptitle()
    assert " ".join(shown.split()) == "Two: share of 400 draws in which each finding holds"


def test_a_share_is_all_or_nothing_only_where_it_is_so() -> None:
    result = drawn(("Done", "Always"))
    few = result.held.copy()
    few[:3] = (1, 399, 400)
    (axis,) = heat_map_picture(replace(result, held=few)).figure.axes
    assert [text.get_text() for text in axis.texts][:3] == ["<1%", ">99%", "100%"]
