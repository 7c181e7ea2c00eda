"""Edits of a file's text change what they name and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.dispute.errors import DisputeError
from detente.files.yaml_text import Trail, parse
from detente.workbench import editing

TEXT = """\
# On top.
dispute: A border   # the title
parties:
  north:
    name: "North"
    options:
      patrol: {name: Patrol, irreversible: no}
    # Most important first.
    preferences:
      - "not south.patrol"   # from May
      - {prefer: 'patrol', confidence: 0.5}
      - "patrol or south.patrol"
  south: {name: South, options: {patrol: Patrol}}

constraints: []  # none yet
# At the end.
"""
PREFERENCES: Trail = ("parties", "north", "preferences")


def values(text: str) -> Any:
    return parse(text)[0]


def comments(text: str) -> list[str]:
    return sorted(line.partition("# ")[2] for line in text.splitlines() if "# " in line)


def test_put_keeps_all_else() -> None:
    edited = editing.put(TEXT, (*PREFERENCES, 1, "prefer"), "not patrol")
    assert edited == TEXT.replace("'patrol'", "'not patrol'")
    edited = editing.put(TEXT, ("dispute",), "A river")
    assert edited == TEXT.replace("A border ", "A river  ")


def test_put_makes_what_is_missing() -> None:
    edited = editing.put(TEXT, ("status_quo", "north.patrol"), "yes")
    assert values(edited) == {**values(TEXT), "status_quo": {"north.patrol": "yes"}}
    assert comments(edited) == comments(TEXT)


@given(st.integers(0, 2), st.integers(-1, 4))
def test_move(old: int, new: int) -> None:
    edited = editing.move(TEXT, PREFERENCES, old, new)
    wanted = values(TEXT)
    entries = wanted["parties"]["north"]["preferences"]
    entries.insert(max(0, min(new, 2)), entries.pop(old))
    assert values(edited) == wanted
    assert comments(edited) == comments(TEXT)


def test_lines_of_a_list_move_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [
        '"not   south.patrol"   # from May\n',
        "{prefer:  'patrol',\n         confidence: 0.5}\n",
    ]
    text = TEXT.replace("      - {prefer: 'patrol', confidence: 0.5}\n", f"      -  {lines[1]}")
    text = text.replace('"not south.patrol"   # from May\n', lines[0])
    items = [f"      - {lines[0]}", f"      -  {lines[1]}", '      - "patrol or south.patrol"\n']

    def never(_: str) -> None:
        raise AssertionError("the list is written anew")

    monkeypatch.setattr(editing, "editable", never)
    for old, new in ((0, 1), (0, 2), (2, 0), (1, 1), (2, -1), (1, 9)):
        order = [*items]
        order.insert(max(0, min(new, 2)), order.pop(old))
        wanted = text.replace("".join(items), "".join(order))
        assert editing.move(text, PREFERENCES, old, new) == wanted
    # To which of them a comment belongs has to be found out.
    with pytest.raises(AssertionError):
        editing.move(text.replace(items[1], f"      # Of old.\n{items[1]}"), PREFERENCES, 0, 1)
    # Not in lines of their own.
    with pytest.raises(AssertionError):
        editing.move(text.replace("[]  # none yet", "[a, b]"), ("constraints",), 0, 1)


def test_a_comment_moves_with_its_statement() -> None:
    edited = editing.move(TEXT, PREFERENCES, 0, 2)
    line = next(line for line in edited.splitlines() if "from May" in line)
    assert "not south.patrol" in line


@given(st.integers(0, 3), st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs"))))
def test_insert_then_remove_is_nothing(index: int, text: str) -> None:
    inserted = editing.insert(TEXT, PREFERENCES, index, text)
    assert values(inserted)["parties"]["north"]["preferences"][index] == text
    assert values(editing.remove(inserted, (*PREFERENCES, index))) == values(TEXT)


def test_insert_into_a_list_that_is_not_there() -> None:
    edited = editing.insert(TEXT, ("parties", "south", "preferences"), 0, "patrol")
    assert values(edited)["parties"]["south"]["preferences"] == ["patrol"]


# From the key on, without what stands before and after it in the same layout.
ODD = {
    "beside its key": "  a:\n    preferences:\n    - x  # one\n    - y\n",
    "a comment at the edge": "  a:\n    preferences:\n      - x\n# one\n      - y\n",
    "in one line": "  a: {preferences: [x, y]}\n  # one\n",
    "in brackets": "  a: {\n    preferences: [x,\n y]}\n  # one\n",
    "known by an anchor": "  a:\n    preferences: &one\n      - x\n      - y\n  # one\n",
    "with other ends of lines": "  a:\r\n    preferences:\r\n    - x  # one\r\n    - y\r\n",
    "many lines": "  a:\n    preferences:\n      - |\n        x\n         z\n\n      - >-\n"
    "        # one\n",
}


@pytest.mark.parametrize("last", ["", "\n  c: {}\n"], ids=["last", "before another"])
@pytest.mark.parametrize("layout", ODD)
def test_lists_of_every_layout_are_edited(layout: str, last: str) -> None:
    text = f"parties:\n  b: {{}}  # one\n{ODD[layout]}" + last
    at: Trail = ("parties", "a", "preferences")
    first, second = values(text)["parties"]["a"]["preferences"]
    for edited, wanted in (
        (editing.move(text, at, 0, 1), [second, first]),
        (editing.insert(text, at, 1, "new"), [first, "new", second]),
        (editing.remove(text, (*at, 1)), [first]),
        (editing.put(text, (*at, 1), "no"), [first, "no"]),
    ):
        found = values(edited)
        assert found == {"parties": {**values(text)["parties"], "a": {"preferences": wanted}}}
        assert "# one" in edited


def test_lines_elsewhere_stay_as_they_are() -> None:
    text = TEXT.replace("options: {patrol: Patrol}", "options:   {patrol:   Patrol}")
    edited = editing.insert(text, PREFERENCES, 3, "patrol")
    assert edited == text.replace(
        'south.patrol"\n  south', 'south.patrol"\n      - patrol\n  south'
    )


def test_remove() -> None:
    edited = editing.remove(TEXT, ("parties", "south"))
    assert list(values(edited)["parties"]) == ["north"]
    assert "# On top." in edited


@pytest.mark.parametrize(
    "act",
    [
        lambda: editing.remove(TEXT, ("parties", "east")),
        lambda: editing.remove(TEXT, (*PREFERENCES, 7)),
        lambda: editing.move(TEXT, PREFERENCES, 7, 0),
        lambda: editing.move(TEXT, ("dispute",), 0, 1),
        lambda: editing.put(TEXT, (*PREFERENCES, 7), "x"),
        lambda: editing.put(TEXT, ("dispute", "x"), "x"),
        lambda: editing.insert(TEXT, ("parties",), 0, "x"),
        lambda: editing.put("[1]", ("dispute",), "x"),
        lambda: editing.put("{", ("dispute",), "x"),
    ],
    ids=[str(number) for number in range(9)],
)
def test_an_edit_that_cannot_be_made_is_told(act: Any) -> None:
    with pytest.raises(DisputeError):
        act()
