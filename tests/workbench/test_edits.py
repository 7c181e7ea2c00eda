"""Edits that come late are made on what was seen, and no letter that is typed is lost."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.dispute.errors import DisputeError
from detente.files.yaml_text import parse, written
from detente.workbench.edits import Edit, Insert, Move, Put, Remove, carry_by_content, value_at
from detente.workbench.folder import Folder
from detente.workbench.history import EditHistory
from detente.workbench.merging import merged
from detente.workbench.open_files import OpenFile

TEXTS = st.text("ab c", max_size=8)


@given(was=TEXTS, start=st.integers(0, 8), end=st.integers(0, 8), mine=TEXTS, theirs=TEXTS)
def test_letters_typed_at_two_places_are_all_there(
    was: str, start: int, end: int, mine: str, theirs: str
) -> None:
    first, second = sorted((min(start, len(was)), min(end, len(was))))
    one = was[:first] + mine.upper() + was[first:]
    other = was[:second] + theirs + "!" + was[second:]
    both = merged(was, one, other)
    assert "".join(letter for letter in both if letter.isupper()) == mine.upper().replace(" ", "")
    assert sorted(both) == sorted(was + mine.upper() + theirs + "!")


@st.composite
def typed(draw: st.DrawFn, was: str, letters: str) -> str:
    """A text with letters put in at several places."""
    now = was
    for letter in draw(st.text(letters, max_size=4)):
        place = draw(st.integers(0, len(now)))
        now = now[:place] + letter + now[place:]
    return now


@given(data=st.data(), was=TEXTS)
def test_letters_typed_at_many_places_are_there_once(data: st.DataObject, was: str) -> None:
    mine, theirs = data.draw(typed(was, "1a")), data.draw(typed(was, "2b"))
    both = Counter(merged(was, mine, theirs))
    # As if the same was done by both, where both have done the same.
    wanted = Counter(mine) + Counter(theirs) - Counter(was)
    assert both == (wanted if mine != theirs else Counter(mine))


@given(data=st.data(), was=TEXTS, gone=st.sets(st.integers(0, 7)))
def test_what_one_takes_out_is_gone_and_what_the_other_types_is_there(
    data: st.DataObject, was: str, gone: set[int]
) -> None:
    mine = data.draw(typed(was, "1a"))
    theirs = "".join(letter for place, letter in enumerate(was) if place not in gone)
    wanted = Counter(mine) - (Counter(was) - Counter(theirs))
    assert Counter(merged(was, mine, theirs)) == wanted
    assert Counter(merged(was, theirs, mine)) == wanted


@given(was=TEXTS, mine=TEXTS, theirs=TEXTS)
def test_a_merge_takes_what_only_one_has_changed(was: str, mine: str, theirs: str) -> None:
    assert merged(was, mine, was) == mine
    assert merged(was, was, theirs) == theirs
    assert merged(was, mine, mine) == mine


def document(names: list[str]) -> dict[str, Any]:
    return {"dispute": "D", "all": [{"prefer": name} for name in names]}


@st.composite
def edits(draw: st.DrawFn, count: int) -> Edit:
    kind = draw(st.sampled_from(["insert", "move", "remove", "put"]))
    place = draw(st.integers(0, max(count - 1, 0)))
    if kind == "insert" or count == 0:
        return Insert(("all",), draw(st.integers(0, count)), {"prefer": "new"})
    if kind == "move":
        return Move(("all",), place, draw(st.integers(0, count - 1)))
    if kind == "remove":
        return Remove(("all", place))
    return Put(("all", place, "confidence"), 0.5)


def opened(tmp: Path, names: list[str]) -> OpenFile:
    text = written(document(names))
    (tmp / "a.yaml").write_text(text, "utf-8")
    folder = Folder.at(tmp)
    return OpenFile(folder, "a.yaml", EditHistory((text,)), folder.read("a.yaml").tag)


def names_in(file: OpenFile) -> list[str]:
    return [entry["prefer"] for entry in parse(file.text)[0]["all"]]


@given(data=st.data())
def test_a_late_edit_is_made_on_what_was_seen(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    names = ["one", "two", "three", "four"][: data.draw(st.integers(1, 4))]
    file = opened(tmp_path_factory.mktemp("late"), names)
    for _ in range(data.draw(st.integers(0, 3))):
        file.edit(data.draw(edits(len(names_in(file)))))
    place = data.draw(st.integers(0, len(names) - 1))
    late = Put(("all", place, "prefer"), names[place] + "!", was=names[place])
    there = names[place] in names_in(file)
    before = names_in(file)
    if not there:
        with pytest.raises(DisputeError, match="has been removed"):
            file.edit(late, seen=0)
        return
    file.edit(late, seen=0)
    assert names_in(file) == [name + "!" * (name == names[place]) for name in before]
    trail = file.carried(("all", place, "prefer"), 0)
    assert trail is not None
    assert value_at(parse(file.text)[0], trail) == names[place] + "!"


def test_a_statement_in_short_becomes_a_mapping_under_a_field_that_is_typed_in(
    tmp_path: Path,
) -> None:
    text = 'dispute: D\nall:\n  - "one"   # why\n  - two\n'
    (tmp_path / "a.yaml").write_text(text, "utf-8")
    folder = Folder.at(tmp_path)
    file = OpenFile(folder, "a.yaml", EditHistory((text,)), folder.read("a.yaml").tag)
    file.edit(Put(("all", 0, "confidence"), 0.5, "prefer"))
    file.edit(Put(("all", 0), "one more", was="one"), seen=0)
    assert parse(file.text)[0]["all"][0] == {"prefer": "one more", "confidence": 0.5}


@given(st.permutations(["a", "b", "c", "d"]), st.integers(0, 3))
def test_after_an_undo_entries_are_known_by_what_they_hold(order: list[str], place: int) -> None:
    carry = carry_by_content({"all": ["a", "b", "c", "d"]}, {"all": order})
    trail = carry(("all", place))
    assert trail is not None
    assert order[int(trail[-1])] == "abcd"[place]
