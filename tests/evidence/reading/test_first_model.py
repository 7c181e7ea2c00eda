"""Rows of a first model: what is ticked, and what entering them makes of a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from detente.evidence.reading.draft import Draft
from detente.evidence.reading.first_model import FirstRow, enter_rows, first_rows
from detente.evidence.reading.groups import ProposalGroup, grouped
from detente.evidence.reading.reports import Report
from detente.evidence.reading.rules_reader import read_by_rules
from detente.files.dispute_file import load_text
from detente.files.yaml_text import editable, written

TEXT = """A canal

Peru has closed the port of Arica. Chile could block the canal. Brazil was told.

Peru will never accept that Chile blocks the canal. If Chile blocks the canal, Peru would expel
the envoys. Chile fears the closing of the port of Arica. Chile will not leave the strait.
"""


class Reading:
    """A file that grows out of a report."""

    def __init__(self, text: str = TEXT) -> None:
        self.report = Report("r", Path("r.txt"), "0" * 64, text)
        self.groups: tuple[ProposalGroup, ...] = grouped(read_by_rules([self.report]))
        started = {"dispute": "A canal", "sources": [], "parties": {}, "status_quo": {}}
        self.document: Any = editable(written(started))

    def rows(self, *parts: str) -> list[FirstRow]:
        return [one for one in first_rows(self.document, self.groups) if one.part in parts]

    def enter(self, rows: list[FirstRow]) -> tuple[str, ...]:
        return enter_rows(Draft(self.document, [self.report]), self.groups, rows)


@pytest.fixture
def reading() -> Reading:
    return Reading()


def test_who_only_is_named_is_not_ticked(reading: Reading) -> None:
    ticked = {one.name: one.ticked for one in reading.rows("party")}
    assert ticked == {"Peru": True, "Chile": True, "Brazil": False}


def test_what_was_done_and_stands_is_so_in_the_status_quo(reading: Reading) -> None:
    now = {one.name: one.under_way for one in reading.rows("option") if one.likely}
    assert now["Close the port of Arica"]
    assert not now["Block the canal"]


def test_three_steps_make_a_file_that_loads(reading: Reading) -> None:
    for parts in (("party", "option"), ("preference",), ("outcome",)):
        assert reading.enter([one for one in reading.rows(*parts) if one.ticked]) == ()
    dispute = load_text(written(reading.document))
    assert {party.name for party in dispute.parties} == {"Peru", "Chile"}
    stated = {
        (party.name, one.formula.text)
        for party in dispute.parties
        for one in party.preferences.statements  # type: ignore[union-attr]
    }
    assert ("Peru", "not chile.block_canal") in stated
    assert ("Chile", "not peru.close_port_arica") in stated
    assert dispute.outcomes
    assert dispute.status_quo is not None
    # What was entered is not asked again.
    assert all(not one.ticked for one in reading.rows("party", "option"))


def test_a_preference_brings_the_option_of_which_it_speaks(reading: Reading) -> None:
    reading.enter(reading.rows("party"))
    row = next(one for one in reading.rows("preference") if "leave the strait" in one.name)
    assert (row.formula, row.ticked) == ("not new:chile", False)
    reading.enter([row])
    chile = reading.document["parties"]["chile"]
    assert list(chile["options"]) == ["leave_strait"]
    assert [one["prefer"] for one in chile["preferences"]] == ["not chile.leave_strait"]
    assert "Chile will not leave the strait." in chile["preferences"][0]["source"]["quote"]


def test_what_nobody_can_do_yet_is_offered_as_an_option_of_whom_it_concerns() -> None:
    reading = Reading(
        "Peru could close the port. Chile could block the canal. Peru offers a larger quota. "
        "Chile rejects the new Peruvian radar. Peru wants to lift the toll."
    )
    reading.enter(reading.rows("party"))
    rows = {one.name: one for one in reading.rows("preference")}
    assert rows["a larger quota"].formula == "new:peru"
    radar = next(one for name, one in rows.items() if "radar" in name)
    assert (radar.party, radar.formula) == ("Chile", "not new:peru")
    toll = next(one for name, one in rows.items() if "toll" in name)
    assert toll.formula == "not new:peru"
    assert not any(one.ticked for one in (rows["a larger quota"], radar, toll))
    assert all(one.likely for one in (rows["a larger quota"], radar, toll))


def test_the_name_of_an_option_ends_with_its_clause() -> None:
    reading = Reading(
        "Peru and Chile are at odds. Peru could use the northern port as long as they quarrel. "
        "Chile could shut the southern strait in return for a toll."
    )
    names = {one.name for one in reading.rows("option")}
    assert {"Use the northern port", "Shut the southern strait"} <= names


def test_an_option_that_somebody_would_end_is_to_keep_it() -> None:
    reading = Reading("Peru and Chile are at odds. Peru would end the treaty.")
    (row,) = [one for one in reading.rows("option") if one.party == "Peru"]
    assert (row.name, row.under_way) == ("Keep the treaty", True)


def test_a_row_without_a_formula_is_not_entered(reading: Reading) -> None:
    reading.enter(reading.rows("party"))
    row = replace(reading.rows("preference")[0], formula="")
    assert reading.enter([row]) == (row.name,)
    assert reading.enter([FirstRow("outcome", None, True, True, "", "War")]) == ("War",)


def test_an_option_has_the_name_that_somebody_gives_it(reading: Reading) -> None:
    row = next(one for one in reading.rows("option") if one.name == "Block the canal")
    reading.enter([replace(row, name="Shut the canal", under_way=True)])
    assert reading.document["parties"]["chile"]["options"]["shut_canal"]["name"] == "Shut the canal"
    assert reading.document["status_quo"] == {"chile.shut_canal": "yes"}
