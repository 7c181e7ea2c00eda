"""Tables of positions in the CSV files of other programs, in and out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import detente
from detente.dispute.errors import DisputeError
from detente.forecast.linkage.csv_files import CsvForm, positions_csv, read_positions
from detente.forecast.linkage.table import Positions, positions_of

# The layout of examples/smp/doc/dummyData_3Dim.csv of KTAB; the content is made up.
KTAB = """\
Two towns ,"A made-up table",2,2,
Actor,Description,Power,Pstn1,Sal1,Pstn2,Sal2,
North, The northern town, 60, 10.5, 40, 90, 25,
South,, 40, 100, 80, 0, 5,
"""

# The layout of data/input/copenhagen.csv of decide-exchange-model; the content is made up.
DECIDE = """\
'#A'	'North'	'The northern town'	''
'#A'	'South'	'South'	''
'#P'	'Water'	'Water'	''
'#M'	'Water'	0
'#M'	'Water'	100
'#P'	'Road'	'Road'	''
'#M'	'Road'	-10
'#M'	'Road'	10
'#D'	'North'	'Water'	10.5	0.4	0.6
'#D'	'North'	'Road'	-10	0.25	0.6
'#D'	'South'	'Water'	100	0.8	0.4
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "table.csv"
    path.write_text(text)
    return path


def same(one: Positions, other: Positions) -> bool:
    arrays = ("position", "salience", "capability")
    return one.actors == other.actors and all(
        np.allclose(getattr(one, name), getattr(other, name), equal_nan=True) for name in arrays
    )


def test_ktab_in(tmp_path: Path) -> None:
    table, notes = read_positions(written(tmp_path, KTAB))
    assert (table.title, table.actors) == ("Two towns", ("North", "South"))
    assert table.position.tolist() == [[10.5, 100], [90, 0]]
    assert table.salience.tolist() == [[0.4, 0.8], [0.25, 0.05]]
    assert table.capability.tolist() == [[60, 40], [60, 40]]
    assert notes == ("saliences are taken as per cent, as one is greater than 1",)


def test_decide_in(tmp_path: Path) -> None:
    table, notes = read_positions(written(tmp_path, DECIDE))
    assert table.actor_names == ("The northern town", "South")
    assert table.issues == ("Water", "Road")
    assert table.position[0].tolist() == [10.5, 100]
    assert table.position[1, 0] == 0
    assert np.isnan(table.position[1, 1])
    assert table.salience.tolist() == [[0.4, 0.8], [0.25, 0]]
    assert notes == ("positions on Road, from -10 to 10, are told from 0 to 100",)


@pytest.mark.parametrize("form", ["ktab", "decide"])
@pytest.mark.parametrize("text", [KTAB, DECIDE])
def test_out_and_in_again(tmp_path: Path, form: CsvForm, text: str) -> None:
    table, _ = read_positions(written(tmp_path, text))
    content, notes = positions_csv(table, form)
    again, _ = read_positions(written(tmp_path, content))
    if form == "ktab" and text == DECIDE:
        assert notes == ("South stands at 50 with salience 0 where it takes no part",)
        assert np.allclose(again.weight, table.weight)
    else:
        assert notes == ()
        assert same(again, table)


def test_what_ktab_cannot_hold_is_told(tmp_path: Path) -> None:
    table = positions_of(detente.load("korea-2017"))
    content, notes = positions_csv(table, "ktab")
    again, _ = read_positions(written(tmp_path, content))
    assert np.allclose(again.weight, table.weight)
    assert any(note.startswith("russia has one power, 65") for note in notes)
    assert any("ends of the scales" in note for note in notes)


@pytest.mark.parametrize(
    ("text", "old", "new", "place", "told"),
    [
        (KTAB, "10.5", "x", "3:4", "a position is a number, found 'x'"),
        (KTAB, "10.5", "101", "3:4", "from 0 to 100"),
        (KTAB, " 60,", " -60,", "3:3", "of 0 or more"),
        (KTAB, ", 5,", ", 5, 7,", "4:1", "the headings are 7, and this line has 8"),
        (KTAB, "South,", "North,", "4:1", "two actors are called 'North'"),
        (KTAB, "Pstn2,Sal2", "Pstn2", "2:1", "a position and a salience for each"),
        (KTAB, " 80,", " 180,", "1:1", "0 to 100 at most"),
        (KTAB, KTAB, "just a line\n", "1:1", "a line for each actor"),
        (DECIDE, "'#D'\t'South'", "'#X'\t'South'", "11:1", "not with '#X'"),
        (DECIDE, "'#D'\t'South'", "'#D'\t'Suoth'", "11:2", "did you mean 'South'"),
        (DECIDE, "-10\t0.25", "-11\t0.25", "10:4", "is not on the scale of Road"),
        (DECIDE, "\t0.8\t0.4", "\t0.8", "11:1", "at least 6 entries"),
        (DECIDE, "\t0.25\t0.6", "\t0.25\t0", "1:1", "nobody has any weight on the issue Road"),
    ],
)
def test_a_fault_is_told_with_its_place(
    tmp_path: Path, text: str, old: str, new: str, place: str, told: str
) -> None:
    assert old in text
    with pytest.raises(DisputeError) as caught:
        read_positions(written(tmp_path, text.replace(old, new, 1)))
    assert f"table.csv:{place}: " in str(caught.value)
    assert told in str(caught.value)


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b"#A\xff")
    with pytest.raises(DisputeError, match="not UTF-8"):
        read_positions(path)
