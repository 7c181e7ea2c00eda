"""What of the page library is done otherwise does the same."""

from __future__ import annotations

from nicegui import helpers
from nicegui.element import Element

from detente.workbench.pages import page_library


def test_whether_a_method_takes_arguments_is_told_as_before() -> None:
    asked = helpers.expects_arguments
    try:
        page_library._remember_signatures()

        class One:
            def nothing(self) -> None: ...

            def optional(self, value: int = 1, *more: int) -> None: ...

            def one(self, value: int) -> None: ...

        for _ in range(2):
            for method in (One().nothing, One().optional, One().one, Element.update):
                assert helpers.expects_arguments(method) == asked(method)
            assert helpers.expects_arguments(lambda value: value)
            assert not helpers.expects_arguments(lambda: None)
    finally:
        helpers.expects_arguments = asked
