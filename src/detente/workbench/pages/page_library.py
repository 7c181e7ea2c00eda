"""What of the page library is done otherwise here."""

from __future__ import annotations

from collections.abc import Callable
from types import MethodType
from typing import Any

from nicegui import Client, helpers

__all__ = ["mend_page_library"]


def mend_page_library() -> None:
    """Let no press pass unheard, and elements be made in half the time; to be called once."""
    _hear_lost_presses()
    _remember_signatures()


def _hear_lost_presses() -> None:
    """Have what is pressed while the server makes it anew pressed again; see ``presses.js``.

    The page library drops an event of a part that is gone without a word, though the person saw
    the part when it was pressed. The browser is asked for what stands there now.
    """
    handle_event = Client.handle_event

    def hear(client: Client, message: dict[str, Any]) -> None:
        if message["id"] in client.elements:
            handle_event(client, message)
        else:
            with client:
                client.run_javascript("window.detentePressAgain?.()")

    Client.handle_event = hear  # type: ignore[assignment, method-assign]


def _remember_signatures() -> None:
    """Ask once for each method whether it takes arguments.

    For each element that is made, the page library asks Python three times about the same three
    methods, which is near half of the time that the element takes.
    """
    asked = helpers.expects_arguments
    known: dict[Any, bool] = {}

    def expects_arguments(function: Callable[..., Any]) -> bool:
        if not isinstance(function, MethodType):
            return asked(function)
        method = function.__func__
        if method not in known:
            known[method] = asked(function)
        return known[method]

    helpers.expects_arguments = expects_arguments  # type: ignore[assignment]
