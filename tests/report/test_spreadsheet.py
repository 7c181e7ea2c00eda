"""Tables of answers as files for a spreadsheet: names, numbers, and no formula from elsewhere."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

import detente
from detente.cli import detente as command_line
from detente.dispute.errors import DisputeError
from detente.report.content import Group, Outline, Prose, Table
from detente.report.render.spreadsheet import states_file, tables_file
from hostile import ATTACKS

FORMULA = '=HYPERLINK("http://evil.example")'
ANSWER = (
    Prose("War is unlikely."),
    Outline(((0, "one"), (1, "two"))),
    Table(
        "Outcomes [as stated]",
        ("Outcome", "At\nstep 3", "Mean"),
        (
            Group((("War", "1,234", "12.5%"), (FORMULA, "-0.5", "none"))),
            Group((("Мир; да", "\u22123", "="),), "Later"),
        ),
    ),
    Table("Outcomes [as stated]", ("Party", "Rank"), (Group((("+", "7"),)),)),
)
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def rows_of(content: bytes, separator: str) -> list[list[str]]:
    text = content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=separator))


def test_csv_holds_each_table_and_nothing_that_is_computed() -> None:
    content = tables_file(ANSWER, "csv")
    assert not content.startswith(b"\xef\xbb\xbf")
    assert rows_of(content, ",") == [
        ["Outcomes [as stated]"],
        ["", "Outcome", "At step 3", "Mean"],
        ["", "War", "1234", "12.5%"],
        ["", f"'{FORMULA}", "-0.5", "none"],
        ["Later", "Мир; да", "-3", "="],
        [],
        ["Outcomes [as stated]"],
        ["Party", "Rank"],
        ["+", "7"],
    ]


def test_for_excel_there_are_semicolons_and_a_mark() -> None:
    content = tables_file(ANSWER, "excel-csv")
    assert content.startswith(b"\xef\xbb\xbf")
    found, plain = rows_of(content, ";"), rows_of(tables_file(ANSWER, "csv"), ",")
    # There 1,234 would be read as a little more than one, and 0.5 as a day in May.
    assert found[2] == ["", "War", "1234", "12,5%"]
    assert found[3] == ["", f"'{FORMULA}", "-0,5", "none"]
    assert found[:2] + found[4:] == plain[:2] + plain[4:]


def cells_of(content: bytes, sheet: int) -> dict[str, tuple[str, str]]:
    """Kind and value of each cell, texts in full."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        shared = ET.fromstring(book.read("xl/sharedStrings.xml"))
        texts = ["".join(one.itertext()) for one in shared]
        root = ET.fromstring(book.read(f"xl/worksheets/sheet{sheet}.xml"))
        assert not list(root.iter(f"{MAIN}f")), "there is a formula"
        assert not list(root.iter(f"{MAIN}hyperlink")), "there is a link"
    found = {}
    for cell in root.iter(f"{MAIN}c"):
        value = cell.findtext(f"{MAIN}v")
        if value is not None:
            kind = cell.get("t", "n")
            found[str(cell.get("r"))] = (kind, texts[int(value)] if kind == "s" else value)
    return found


def test_a_workbook_has_words_first_and_numbers_as_numbers() -> None:
    content = tables_file(ANSWER, "xlsx")
    assert cells_of(content, 1) == {
        "A1": ("s", "War is unlikely."),
        "A2": ("s", "one"),
        "A3": ("s", "    two"),
    }
    cells = cells_of(content, 2)
    assert cells["B4"] == ("s", "War")
    assert cells["C4"] == ("n", "1234")
    assert cells["D4"] == ("n", "0.125")
    assert cells["B5"] == ("s", FORMULA)
    assert cells["C5"] == ("n", "-0.5")
    assert cells["C6"] == ("n", "-3")
    assert cells["A6"] == ("s", "Later")
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheets = ET.fromstring(book.read("xl/workbook.xml")).iter(f"{MAIN}sheet")
        assert [one.get("name") for one in sheets] == [
            "Answer",
            "Outcomes  as stated",
            "Outcomes  as stated 2",
        ]


@pytest.mark.parametrize("attack", ATTACKS)
def test_whatever_names_say_they_are_texts(attack: str) -> None:
    for caption in ("history", "'", "[]:*?/\\", "x" * 40, attack):
        table = Table(caption, (attack, "x"), (Group(((attack, attack),), attack),))
        cells = cells_of(tables_file([table, table], "xlsx"), 2)
        assert ("s", attack) in cells.values()


def test_words_alone_are_no_table() -> None:
    with pytest.raises(DisputeError, match="no table"):
        tables_file([Prose("Nothing.")], "csv")


def test_a_command_writes_what_the_name_of_its_file_says(tmp_path: Path) -> None:
    file = tmp_path / "robust.xlsx"
    case = "prisoners-dilemma"
    run = CliRunner().invoke(command_line, ["robust", case, "--draws", "5", "-o", str(file)])
    assert run.exit_code == 0, run.output
    assert file.read_bytes().startswith(b"PK")
    run = CliRunner().invoke(
        command_line, ["robust", case, "--draws", "5", "--format", "excel-csv"]
    )
    assert run.exit_code == 0, run.output
    assert run.stdout_bytes.startswith(b"\xef\xbb\xbf")
    assert b";" in run.stdout_bytes.splitlines()[0]


def test_states_are_written_with_names_for_excel() -> None:
    option = {"name": FORMULA}
    written = {
        "dispute": "Two of one name",
        "parties": {
            "a": {"name": "=Same", "options": {"x": option}, "preferences": ["x"]},
            "b": {"name": "=Same", "options": {"x": option}, "preferences": ["not a.x"]},
        },
        "outcomes": {"both": {"when": "a.x and b.x", "name": "Both do"}},
    }
    analysis = detente.analyse(detente.build_dispute(written), ["Nash"])
    content = states_file(analysis, [1, 4])
    assert content.startswith(b"\xef\xbb\xbf")
    head, *rows = rows_of(content, ";")
    assert head == [
        "State",
        f"'=Same: {FORMULA}",
        f"'=Same: {FORMULA} (b.x)",
        "Outcome: Both do",
        "Rank for =Same",
        "Rank for =Same (rank:b)",
        "Nash: stable for =Same",
        "Nash: stable for =Same (Nash:b)",
        "Nash: equilibrium",
    ]
    assert [row[0] for row in rows] == ["1", "4"]
    assert rows[1][1:4] == ["yes", "yes", "true"]
