"""All tables of an analysis, as a terminal shows them."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

import detente
from detente.report.analysis_tables import analysis_blocks, options_table, party_blocks
from detente.report.content import Block, Table, rows_table
from detente.report.option_forms import group_of_rows, option_form_table
from detente.report.render.terminal import terminal_parts
from detente.report.words import counted, joined


def printed(*blocks: Block, width: int = 80) -> str:
    console = Console(file=io.StringIO(), width=max(width, 80))
    console.print(*terminal_parts(blocks, width=width), sep="\n")
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
    foot = [group_of_rows("Foot", {"Row": [str(n % 10) for n in states]})]
    table = option_form_table(analysis.model, states, foot)
    for width in (44, 60, 80, 200):
        lines = [line.rstrip() for line in printed(table, width=width).splitlines()]
        heads = [line.split()[1:] for line in lines if line.startswith("State")]
        assert [one for head in heads for one in head] == [str(n) for n in states]
        assert max(map(len, lines)) <= width


def test_narrower_than_a_column_still_shows_it() -> None:
    analysis = case({"a": {"options": {"x": {"name": "X", "levels": ["none", "considerable"]}}}})
    assert "considerable" in printed(option_form_table(analysis.model, [2]), width=5)


def test_columns_that_belong_together_are_not_divided() -> None:
    columns = ("Party", *(f"{name} {kind}" for name in ("first", "second") for kind in "abc"))
    table = rows_table(columns, [("A", *"123456")], numeric=True, together=3)
    heads = [one for one in printed(table, width=44).splitlines() if one.startswith("Party")]
    assert [head.count("first") + head.count("second") for head in heads] == [3, 3]


def test_a_row_without_a_mark_is_a_row() -> None:
    analysis = detente.analyse(detente.load("elmira"))
    table = next(
        one
        for one in analysis_blocks(analysis)
        if isinstance(one, Table) and one.columns[0] == "Party"
    )
    names = [row[0] for row in table.groups[0].rows]
    assert names == [party.name for party in analysis.dispute.parties]
    assert all(len(row) == len(table.columns) for group in table.groups for row in group.rows)


def test_what_stands_under_something_is_indented() -> None:
    table = options_table(detente.load("elmira"))
    lines = printed(table).splitlines()
    place = next(n for n, line in enumerate(lines) if line.startswith("Uniroyal"))
    assert lines[place + 1].startswith("  ")


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
    text = printed(*analysis_blocks(analysis))
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
    assert "No state is an equilibrium" in printed(*analysis_blocks(analysis))


def test_outcomes_of_one_name_have_rows_of_their_own() -> None:
    analysis = case(
        {"a": {"options": {"x": "X"}}},
        outcomes={
            "one": {"when": "a.x", "name": "Same"},
            "two": {"when": "not a.x", "name": "Same"},
        },
    )
    text = printed(*analysis_blocks(analysis)).split("option form")[1]
    assert "Same " in text
    assert "Same (two)" in text


def test_counts_by_outcome_add_up_over_disjoint_outcomes() -> None:
    analysis = case(
        {"a": {"options": {"x": "X", "z": "Z"}}},
        outcomes={"both": "a.x and a.z", "neither": "not a.x and not a.z"},
    )
    rows = [line.split() for line in printed(*analysis_blocks(analysis)).splitlines()]
    assert ["both", "1"] in rows
    assert ["neither", "1"] in rows
    assert ["None", "of", "these", "2"] in rows
    assert ["All", "equilibria", "4"] in rows


def test_an_unknown_party() -> None:
    analysis = case({"a": {"options": {"x": "X"}}})
    with pytest.raises(detente.DisputeError, match="there is no party 'b'"):
        party_blocks(analysis, "b")


def test_a_dispute_without_options() -> None:
    analysis = case({"a": {"name": "A"}})
    text = printed(*analysis_blocks(analysis))
    assert "1 party, 0 options, 1 feasible state" in text
