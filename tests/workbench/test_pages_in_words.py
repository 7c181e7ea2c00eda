"""What pages say where a dispute is at fault, and what tables send to the browser."""

from __future__ import annotations

import pytest

from detente.workbench.pages.faults import fault_sentence
from detente.workbench.pages.sheet import Cell, Sheet


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"message": "no"}, "No."),
        ({"message": "no", "line": 3}, "Line 3: no."),
        ({"message": "no", "line": 3, "column": 7}, "Line 3, column 7: no."),
        (
            {"message": "is it?", "line": 3, "column": 7, "key": "parties.a"},
            "Line 3, column 7 at parties.a: is it?",
        ),
    ],
)
def test_a_fault_says_where_it_is(fault: dict[str, object], told: str) -> None:
    assert fault_sentence(fault) == told


def test_a_cell_without_a_text_shows_nothing_else() -> None:
    sheet = object.__new__(Sheet)
    assert sheet._cell(Cell("", "col")) == {"text": "", "scope": "col"}
