"""Undo and redo."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from detente.workbench.history import EditHistory


@given(st.lists(st.sampled_from(["undo", "redo", "a", "b", "c"]), max_size=30))
def test_undo_and_redo_are_a_list_and_a_place(steps: list[str]) -> None:
    history = EditHistory(("",))
    texts, place = [""], 0
    for step in steps:
        if step == "undo":
            history, place = history.undone(), max(place - 1, 0)
        elif step == "redo":
            history, place = history.redone(), min(place + 1, len(texts) - 1)
        elif step != texts[place]:
            texts = [*texts[: place + 1], step]
            place += 1
            history = history.then(step)
        assert history.text == texts[place]
        assert history.can_undo == (place > 0)
        assert history.can_redo == (place + 1 < len(texts))


def test_fast_typing_in_one_field_is_one_step() -> None:
    history = EditHistory(("",))
    for time, text in enumerate(["n", "no", "not"]):
        history = history.then(text, field="a", time=time / 4)
    assert history.undone().text == ""
    history = history.then("not x", field="a", time=60.0)
    assert history.undone().text == "not"
    history = history.then("not x", field="a", time=60.1).then("other", field="b", time=60.2)
    assert history.undone().text == "not x"


def test_typing_after_undo_does_not_swallow_the_older_version() -> None:
    history = EditHistory(("",)).then("a", field="f", time=0.0).then("b", field="f", time=9.0)
    history = history.undone().then("c", field="f", time=9.1)
    assert history.undone().text == "a"


def test_a_long_history_forgets_its_beginning() -> None:
    history = EditHistory(("",))
    for number in range(1000):
        history = history.then(str(number))
    assert history.text == "999"
    assert len(history.texts) <= 200
