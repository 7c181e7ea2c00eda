"""A slider over a list of values."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nicegui import events
from nicegui.element import Element

__all__ = ["RangeField"]

# Moves come as they are made, but not more often than this.
_SECONDS = 0.08


class RangeField(Element, component="range_field.js"):
    """A slider; see ``range_field.js``."""

    def __init__(
        self,
        label: str,
        values: Sequence[float],
        texts: Sequence[str],
        value: float,
        on_moved: Callable[[float], object],
    ) -> None:
        """Make the slider.

        Parameters
        ----------
        label
            What it is called.
        values, texts
            What it runs over, and the words for each.
        value
            Where it stands at first: one of the values.
        on_moved
            Called with the value to which it was moved.
        """
        super().__init__()
        self._values = tuple(values)
        self._serial = 0
        self._props.update(
            label=label, texts=list(texts), place=self._values.index(value), serial=0
        )

        def moved(event: events.GenericEventArguments) -> object:
            return on_moved(self._values[int(event.args)])

        self.on("moved", moved, throttle=_SECONDS)

    def put(self, value: float) -> None:
        """Put it to a value, whatever a person has moved it to."""
        self._serial += 1
        self._props.update(place=self._values.index(value), serial=self._serial)
