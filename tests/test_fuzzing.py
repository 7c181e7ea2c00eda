"""Wrong inputs of every kind are answered or refused; what once failed does so no more."""

from __future__ import annotations

import json
import random

import pytest

from fuzzing import CORPUS, SURFACES, fuzz, tried

# A few hundredths of a second each; `benchmarks/soak.py --long` tries a million.
COUNTS = {
    "structure": 30,
    "yaml": 25,
    "gmcr": 100,
    "formula": 200,
    "question": 150,
    "command": 8,
    "http": 20,
    "page": 5,
}


@pytest.mark.parametrize("name", SURFACES)
def test_what_is_wrong_is_refused_in_words(name: str) -> None:
    tally = fuzz(name, COUNTS[name], random.Random(20261126))
    assert not tally.failures, tally.failures
    assert sum(tally.kinds.values()) == COUNTS[name]
    # A page shows whatever stands in a file, with its faults.
    assert tally.kinds["refused"] or name == "page"
    assert tally.slowest[0] < 10


def once_failed() -> list[tuple[str, str]]:
    lines = CORPUS.read_text("utf-8").splitlines()
    return [(one["surface"], one["input"]) for one in map(json.loads, lines)]


@pytest.mark.parametrize(("name", "text"), once_failed())
def test_what_once_failed(name: str, text: str) -> None:
    assert tried(name, text) in ("accepted", "refused")
