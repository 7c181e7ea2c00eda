"""Long work in the loop that serves the pages, done in pieces: others are served in between."""

from __future__ import annotations

import asyncio
from time import thread_time

__all__ = ["Pieces"]

# Of processor time. A ping is to be answered in ten times as long, on a busy machine too.
_LONGEST = 0.02


class Pieces:
    """Work that is begun now, and done in pieces that are short enough."""

    def __init__(self) -> None:
        self._begun = thread_time()

    async def rest(self) -> None:
        """Let others be served, where this piece has taken long enough."""
        if thread_time() - self._begun >= _LONGEST:
            await asyncio.sleep(0)
            self._begun = thread_time()
