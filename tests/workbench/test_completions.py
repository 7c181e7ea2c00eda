"""What a formula that is being typed could go on with."""

from __future__ import annotations

import pytest

from detente.workbench.forms.completions import completions

NAMES = {"test": "Test a missile", "north.test": "North: Test a missile", "war": "War breaks out"}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("not te", ["test", "north.test"]),
        ("not north.t", ["north.test"]),
        ("breaks", ["war"]),
        ("WA", ["war"]),
        # A whole name, what joins names, and nothing yet.
        ("not test", []),
        ("test and", []),
        ("test ", []),
        ("", []),
        ("elsewhere", []),
    ],
)
def test_completions(text: str, names: list[str]) -> None:
    assert [name for name, _ in completions(text, NAMES)] == names


def test_the_rest_of_the_formula_stays() -> None:
    assert completions("test iff (no", NAMES)[0] == ("north.test", "test iff (north.test")
