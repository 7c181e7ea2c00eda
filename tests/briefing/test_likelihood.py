"""The seven bands of Intelligence Community Directive 203."""

from __future__ import annotations

import pytest

from detente.briefing.likelihood import BANDS, band, likelihood_words
from detente.report.words import percentage


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (0.0, "almost no chance"),
        (0.049, "almost no chance"),
        (0.05, "very unlikely"),
        (0.19, "very unlikely"),
        (0.2, "unlikely"),
        (0.449, "unlikely"),
        (0.45, "roughly even chance"),
        (0.5, "roughly even chance"),
        (0.55, "likely"),
        (0.8, "very likely"),
        (0.95, "almost certain"),
        (1.0, "almost certain"),
    ],
)
def test_each_probability_has_the_words_of_its_band(probability: float, words: str) -> None:
    assert likelihood_words(probability) == words


def test_the_bands_are_those_of_the_directive() -> None:
    assert [(low, high) for _, low, high in BANDS] == [
        (1, 5), (5, 20), (20, 45), (45, 55), (55, 80), (80, 95), (95, 99),
    ]  # fmt: skip


def test_sums_that_fall_short_by_rounding_are_at_the_limit() -> None:
    assert band(sum([0.1] * 8)) == band(0.8)


def test_percentages_never_say_none_or_all_where_it_is_only_nearly_so() -> None:
    assert [percentage(one) for one in (0.0, 0.004, 0.126, 0.996, 1.0)] == [
        "0%", "<1%", "13%", ">99%", "100%",
    ]  # fmt: skip
