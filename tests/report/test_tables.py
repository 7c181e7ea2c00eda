"""Tables for a terminal."""

from __future__ import annotations

import io

import pytest
from rich.console import Console, RenderableType

import detente
from detente.report.tables import (
    FootBlock,
    analysis_tables,
    counted,
    joined,
    option_form_tables,
    party_tables,
)


def printed(*parts: RenderableType, width: int = 80) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(*parts, sep="\n")
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def case(parties: dict[str, object], **more: object) -> detente.Analysis:
    return detente.analyse(
        detente.build_dispute({"dispute": "A case", "parties": parties, **more}), ["Nash"]
    )


def test_words() -> None:
    assert counted(1, "party", "parties") == "1 party"
    assert counted(2304, "state") == "2,304 states"
    assert [joined("abc"[:n]) for n in range(4)] == ["", "a", "a and b", "a, b and c"]


def test_every_state_stands_in_one_table_within_the_width() -> None:
    analysis = detente.analyse(detente.load("garrison-diversion"), ["Nash"])
    states = list(range(1, 65))
    foot = [FootBlock("Foot", {"Row": [str(n % 10) for n in states]})]
    for width in (44, 60, 80, 200):
        tables = option_form_tables(analysis.model, states, foot, width=width)
        headers = [str(column.header) for table in tables for column in table.columns[1:]]
        assert headers == [str(n) for n in states]
        text = "".join(printed(table, width=200) for table in tables)
        assert max(len(line.rstrip()) for line in text.splitlines()) <= width


def test_narrower_than_a_column_still_shows_it() -> None:
    analysis = case({"a": {"options": {"x": {"name": "X", "levels": ["none", "considerable"]}}}})
    (table,) = option_form_tables(analysis.model, [2], width=5)
    assert "considerable" in printed(table)


def test_options_that_are_not_plain() -> None:
    analysis = case(
        {
            "a": {
                "options": {
                    "x": {"name": "X", "levels": ["none", "small", "large"]},
                    "y": {"name": "Y", "irreversible": "up"},
                }
            }
        }
    )
    text = printed(*analysis_tables(analysis))
    assert "none < small < large" in text
    assert "up only" in text
    assert "names no status quo" in text


def test_no_equilibria() -> None:
    # Matching pennies: whatever happens, one of the two would change it.
    analysis = case(
        {
            "a": {"options": {"x": "X"}, "preferences": ["x iff b.y"]},
            "b": {"options": {"y": "Y"}, "preferences": ["not (y iff a.x)"]},
        }
    )
    assert "No state is an equilibrium" in printed(*analysis_tables(analysis))


def test_outcomes_of_one_name_have_rows_of_their_own() -> None:
    analysis = case(
        {"a": {"options": {"x": "X"}}},
        outcomes={
            "one": {"when": "a.x", "name": "Same"},
            "two": {"when": "not a.x", "name": "Same"},
        },
    )
    text = printed(*analysis_tables(analysis)).split("option form")[1]
    assert "Same " in text
    assert "Same (two)" in text


def test_counts_by_outcome_add_up_over_disjoint_outcomes() -> None:
    analysis = case(
        {"a": {"options": {"x": "X", "z": "Z"}}},
        outcomes={"both": "a.x and a.z", "neither": "not a.x and not a.z"},
    )
    rows = [line.split() for line in printed(*analysis_tables(analysis)).splitlines()]
    assert ["both", "1"] in rows
    assert ["neither", "1"] in rows
    assert ["None", "of", "these", "2"] in rows
    assert ["All", "equilibria", "4"] in rows


def test_an_unknown_party() -> None:
    analysis = case({"a": {"options": {"x": "X"}}})
    with pytest.raises(detente.DisputeError, match="there is no party 'b'"):
        party_tables(analysis, "b")


def test_a_dispute_without_options() -> None:
    analysis = case({"a": {"name": "A"}})
    text = printed(*analysis_tables(analysis))
    assert "1 party, 0 options, 1 feasible state" in text
