"""Formulas and settings with names instead of ids."""

from __future__ import annotations

import pytest

import detente
from detente.report.formula_words import formula_by_names
from detente.report.words import settings_words

DISPUTE = detente.build_dispute(
    {
        "dispute": "Names",
        "parties": {
            "a": {"name": "Alba", "options": {"go": "Go home", "yes": "Say yes"}},
            "b": {
                "name": "Beta",
                "options": {"go": "Go home", "build": {"name": "Build", "levels": ["none", "go"]}},
            },
        },
        "outcomes": {"end": {"name": "The end", "when": "a.go and b.go"}},
    }
)


@pytest.mark.parametrize(
    ("text", "party", "told"),
    [
        ("not go", "a", "not “Go home”"),
        ("go if b.go", "a", "“Go home” if “Go home” (Beta)"),
        ("b.go and a.go", None, "“Go home” (Beta) and “Go home” (Alba)"),
        ("build = go", "b", "“Build” = go"),
        ("(yes or not end)", "a", "(“Say yes” or not “The end”)"),
        ("a.go   iff\n b.build>=go", "b", "“Go home” (Alba) iff “Build”>=go"),
    ],
)
def test_ids_give_way_to_names(text: str, party: str | None, told: str) -> None:
    assert formula_by_names(text, DISPUTE, party) == told


def test_settings_stand_behind_those_who_do_the_same() -> None:
    numbers = DISPUTE.option_numbers
    assert settings_words(DISPUTE, {numbers["a.go"]: 1}) == "start “Go home”"
    both = {numbers["a.go"]: 0, numbers["b.go"]: 0}
    assert settings_words(DISPUTE, both) == "Alba and Beta: stop “Go home”"
    apart = both | {numbers["b.build"]: 1}
    assert settings_words(DISPUTE, apart) == (
        "Alba: stop “Go home”; Beta: stop “Go home” and set “Build” to go"
    )
