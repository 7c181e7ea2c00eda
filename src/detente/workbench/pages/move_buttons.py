"""A list of moves, each with a button, sent to the browser as a whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nicegui import events
from nicegui.element import Element

__all__ = ["MoveButtons", "ShownMove"]


@dataclass(frozen=True, slots=True)
class ShownMove:
    """A move that can be taken.

    Attributes
    ----------
    text
        Who makes it, and what changes.
    target
        The number of the state to which it leads.
    better
        Whether it betters whoever makes it.
    """

    text: str
    target: int
    better: bool = False


class MoveButtons(Element, component="move_buttons.js"):
    """Moves; see ``move_buttons.js``."""

    def __init__(
        self, moves: Sequence[ShownMove], label: str, on_taken: Callable[[int], object]
    ) -> None:
        """Make the list.

        Parameters
        ----------
        moves
            The moves.
        label
            What the buttons are called, before the number of the state.
        on_taken
            Given the number of the state to which the move leads that is taken.
        """
        super().__init__()
        told = [
            {"text": one.text, "better": one.better, "label": f"{label} {one.target}"}
            for one in moves
        ]
        self._props.update(moves=tuple(told))

        def taken(event: events.GenericEventArguments) -> object:
            return on_taken(moves[int(event.args)].target)

        self.on("taken", taken)
