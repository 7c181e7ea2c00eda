"""Look-ups by name, and formulas that a user writes."""

from __future__ import annotations

import pytest

import detente
from detente.dispute import names
from detente.dispute.formula import FormulaError

KOREA = detente.load("korea-2017")


def test_named_things_are_found() -> None:
    assert names.party_number(KOREA, "us") == 1
    assert KOREA.options[names.option_number(KOREA, "us.strike")].name == "Use force"
    assert names.outcome_named(KOREA, "war").name == "War"
    assert names.package_named(KOREA, "dual_freeze").parties == ("dprk", "us", "rok")
    assert len(names.roadmap_named(KOREA, "russia_2017").stages) == 3
    assert names.format_named(KOREA, "g2").parties == ("us", "china")


@pytest.mark.parametrize(
    ("look_up", "wrong", "meant"),
    [
        (names.party_number, "dprx", "dprk"),
        (names.option_number, "us.strke", "us.strike"),
        (names.outcome_named, "setlement", "settlement"),
        (names.package_named, "dual_freze", "dual_freeze"),
        (names.roadmap_named, "russia_2018", "russia_2017"),
        (names.format_named, "six_partys", "six_party"),
    ],
)
def test_a_wrong_name_is_one_error_with_the_nearest_name(look_up, wrong, meant) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(detente.DisputeError, match=f"did you mean '{meant}'"):
        look_up(KOREA, wrong)


def test_a_dispute_without_outcomes_says_so() -> None:
    with pytest.raises(detente.DisputeError, match="the dispute has none"):
        names.outcome_named(detente.build_dispute({"dispute": "D", "parties": {"a": {}}}), "peace")


def test_formulas_name_options_and_outcomes() -> None:
    formula = names.formula_from(KOREA, "settlement and not us.strike")
    own = names.formula_from(KOREA, "settlement and not strike", "us")
    assert formula.expression == own.expression
    with pytest.raises(FormulaError, match=r"did you mean 'us\.strike'"):
        names.formula_from(KOREA, "us.strke")
