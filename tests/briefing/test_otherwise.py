"""Assumptions that a reader moves, against files in which the statements are left out."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import detente
from detente.briefing.brief import brief
from detente.briefing.expected import planned
from detente.briefing.mixture import mean_over
from detente.briefing.otherwise import Doubted, doubted_statements, ways_to_play
from detente.report.otherwise import changed_chances, next_mover_sentence

STATEMENTS = {"a": ["not b.y", "x"], "b": ["a.x if y", "not y"]}


def document(statements: dict[str, list[str]]) -> dict[str, Any]:
    return {
        "dispute": "Two parties",
        "parties": {
            "a": {"options": {"x": "X"}, "preferences": statements["a"]},
            "b": {"options": {"y": "Y"}, "preferences": statements["b"]},
        },
        "status_quo": {"a.x": False, "b.y": True},
        "outcomes": {"done": "a.x and not b.y", "halfway": "a.x"},
    }


@given(
    values=st.lists(st.floats(0, 1), min_size=8, max_size=8),
    confidence=st.lists(st.floats(0, 1), min_size=3, max_size=3),
)
def test_a_mean_is_the_sum_over_all_ways(values: list[float], confidence: list[float]) -> None:
    wanted = 0.0
    for value, holding in zip(values, product((False, True), repeat=3), strict=True):
        chance = 1.0
        for holds, one in zip(holding, confidence, strict=True):
            chance *= one if holds else 1 - one
        wanted += chance * value
    assert mean_over(values, confidence) == pytest.approx(wanted)


def test_each_way_is_what_a_file_without_the_failing_statements_gives() -> None:
    doubted = (Doubted("a", 2, 0.7, "dropped"), Doubted("b", 1, 0.6, "dropped"))
    plan, prepared = planned(detente.build_dispute(document(STATEMENTS)))
    tempo = (("a", 1.0), ("b", 3.0))
    found = ways_to_play(plan, prepared, doubted, odds=5.0, tempo=tempo)
    for row, (first, second) in zip(found.chances, product((False, True), repeat=2), strict=True):
        kept = {
            "a": STATEMENTS["a"] if first else STATEMENTS["a"][:1],
            "b": STATEMENTS["b"] if second else STATEMENTS["b"][1:],
        }
        other = detente.forecast(
            detente.build_dispute(document(kept)), odds=5, draws=0, tempo=dict(tempo)
        )
        assert row == pytest.approx(other.by[-1], abs=1e-5)


def test_what_is_held_for_certain_is_as_stated() -> None:
    page = brief(detente.build_dispute(document(STATEMENTS)), draws=4)
    doubted = doubted_statements(page)
    assert doubted
    plan, prepared = page.forecast.plan, page.forecast.prepared
    found = ways_to_play(plan, prepared, doubted, odds=plan.assumptions.middle_odds)
    assert mean_over(found.chances, [1.0] * len(doubted)) == pytest.approx(page.as_stated, abs=1e-5)
    for number, one in enumerate(doubted):
        alone = next(
            other
            for other in page.assumptions
            if (other.party, other.statement) == (one.party, one.statement)
        )
        certain = [1.0] * len(doubted)
        certain[number] = 0.0
        assert mean_over(found.chances, certain) == pytest.approx(np.array(alone.chances), abs=1e-5)


def test_changes_are_told_by_their_words_first() -> None:
    told, still = changed_chances(["Peace", "War", "Talks"], [0.5, 0.04, 0.301], [0.46, 0.5, 0.302])
    assert told == (
        "“War” was almost no chance and is now roughly even chance: 4% becomes 50%.",
        "“Peace” stays roughly even chance: 50% becomes 46%.",
    )
    assert still == 1
    names = {"a": "Upper", "b": "Lower"}
    assert (
        next_mover_sentence(names, {"a": 0.5, "b": 0.2}, {"a": 0.1, "b": 0.3})
        == "Likeliest to move next is now Lower (30%), no longer Upper."
    )
    assert next_mover_sentence(names, {}, {}) is None
