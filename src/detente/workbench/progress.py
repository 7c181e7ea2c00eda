"""How a computation stands, for whoever waits for it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Standing"]


@dataclass
class Standing:
    """How a computation stands.

    Attributes
    ----------
    what, share
        What is being worked on, and the share done, from 0 to 1; None where nothing is told.
    """

    what: str = ""
    share: float | None = None

    def tell(self, what: str, share: float) -> None:
        """Take down how far it is."""
        self.what, self.share = what, share
