"""Formulas said back in words, pairs of states to compare, and passages to cite."""

from __future__ import annotations

from typing import Any

import pytest

from detente.dispute.names import formula_from
from detente.files.dispute_file import load_text
from detente.report.formula_words import formula_words
from detente.workbench.tasks import TASKS

TEXT = """\
dispute: Small
parties:
  a:
    name: Upper
    options: {dam: {name: Build the dam}, flow: {name: Let flow, levels: [none, some, full]}}
    preferences: [dam, flow = full]
  b: {options: {go: Protest}, preferences: ["not a.dam", go iff a.dam]}
outcomes: {calm: not a.dam and not b.go}
status_quo: {a.dam: no, a.flow: none, b.go: no}
"""
MOST = {"states": 2**18, "memory_bytes": 2**30}


@pytest.mark.parametrize(
    ("formula", "wanted"),
    [
        ("a.dam", "“Build the dam” of Upper is chosen."),
        ("not a.dam", "“Build the dam” of Upper is not chosen."),
        ("a.flow >= some", "“Let flow” of Upper is at “some” or higher."),
        ("a.flow <= some", "“Let flow” of Upper is at “some” or lower."),
        ("a.flow != some", "“Let flow” of Upper is at “none” or “full”."),
        ("not a.flow = full", "“Let flow” of Upper is at “some” or lower."),
        (
            "b.go if a.dam",
            "If “Build the dam” of Upper is chosen, then “Protest” of b is chosen.",
        ),
        (
            "b.go iff (a.dam or a.flow = none)",
            "“Protest” of b is chosen exactly when (either “Build the dam” of Upper is chosen or "
            "“Let flow” of Upper is at “none”).",
        ),
        ("not (a.dam and b.go)", "It is not so that (both “Build the dam” of Upper is chosen and "
            "“Protest” of b is chosen)."),
        ("false", "No state is meant."),
    ],
)  # fmt: skip
def test_a_formula_is_said_back(formula: str, wanted: str) -> None:
    dispute = load_text(TEXT)
    assert formula_words(formula_from(dispute, formula).expression, dispute) == wanted


def test_words_come_with_the_number_of_states() -> None:
    found = TASKS["in_words"](TEXT, "dam", "a", MOST)
    assert (found["states"], found["of"]) == (6, 12)


def test_two_states_that_are_compared_differ_in_what_tells_and_in_little_else() -> None:
    statements = ["not a.dam", "go iff a.dam"]
    pairs: dict[str, Any] = TASKS["pairs_to_compare"](TEXT, "b", statements, MOST)["pairs"]
    left, right = pairs["0 1"]
    # In the one there is no dam but a protest; in the other a dam and a protest.
    assert left == ["“Build the dam” of Upper is not chosen."]
    assert right == ["“Build the dam” of Upper is chosen."]
    same = TASKS["pairs_to_compare"](TEXT, "b", ["a.dam", "a.dam"], MOST)["pairs"]
    assert same == {"0 1": None}


def test_passages_are_counted_as_citations_count_them() -> None:
    report = {"text": "One. Two!\n\nThree."}
    found = TASKS["passages"](TEXT, report, MOST)["sentences"]
    assert [(one["paragraph"], one["sentence"], one["text"]) for one in found] == [
        (1, 1, "One."),
        (1, 2, "Two!"),
        (2, 1, "Three."),
    ]
