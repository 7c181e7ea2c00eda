"""What is pressed while the server makes it anew is pressed again; see ``presses.js``."""

from __future__ import annotations

from typing import Any

from nicegui import Client

__all__ = ["hear_lost_presses"]


def hear_lost_presses() -> None:
    """Let no event of a part that is gone pass unheard; to be called once.

    The page library drops such an event without a word, though the person saw the part when it was
    pressed. The browser is asked for what stands there now.
    """
    handle_event = Client.handle_event

    def hear(client: Client, message: dict[str, Any]) -> None:
        if message["id"] in client.elements:
            handle_event(client, message)
        else:
            with client:
                client.run_javascript("window.detentePressAgain?.()")

    Client.handle_event = hear  # type: ignore[assignment, method-assign]
