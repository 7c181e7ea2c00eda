"""Briefs of dispute texts: each is written once, however many windows show it.

A brief takes seconds to a minute. So one is written at a time, for the other processes to answer
everybody else; and it is given up when nobody waits for it any more.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from detente.workbench.workers import Workers

__all__ = ["AskedBrief", "Briefs"]

_KEPT = 12


@dataclass(frozen=True, slots=True)
class AskedBrief:
    """What a brief is written of.

    Attributes
    ----------
    text
        The dispute file.
    party, about
        Ids of the party for which it is written, and of the outcome that is wished for.
    """

    text: str
    party: str | None = None
    about: str | None = None


@dataclass
class _Writing:
    """A brief that is being written, or that waits for others."""

    task: asyncio.Task[dict[str, Any]]
    waiting: int = 0
    told: tuple[str, float] | None = None


@dataclass
class Briefs:
    """The briefs of one server.

    Attributes
    ----------
    workers
        The processes that write them.
    """

    workers: Workers
    _written: OrderedDict[AskedBrief, dict[str, Any]] = field(
        default_factory=OrderedDict, repr=False
    )
    _begun: dict[AskedBrief, _Writing] = field(default_factory=dict, repr=False)
    _turn: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1), repr=False)

    def written(self, asked: AskedBrief) -> dict[str, Any] | None:
        """The brief, if there is one already."""
        return self._written.get(asked)

    def progress(self, asked: AskedBrief) -> tuple[str, float]:
        """What is being done for a brief, and which share of all is done."""
        begun = self._begun.get(asked)
        if begun is not None and begun.told is not None:
            return begun.told
        before = list(self._begun).index(asked) if asked in self._begun else 0
        if before:
            return f"{before} more {'brief is' if before == 1 else 'briefs are'} written first", 0.0
        return "The dispute is being read", 0.0

    async def of(self, asked: AskedBrief) -> dict[str, Any]:
        """The brief, as the task ``brief`` gives it.

        Raises
        ------
        Failed
            As :meth:`detente.workbench.workers.Workers.compute`.
        """
        if asked in self._written:
            self._written.move_to_end(asked)
            return self._written[asked]
        if asked not in self._begun:
            self._begun[asked] = _Writing(asyncio.ensure_future(self._write(asked)))
        begun = self._begun[asked]
        begun.waiting += 1
        try:
            return await asyncio.shield(begun.task)
        finally:
            begun.waiting -= 1
            if not begun.waiting:
                begun.task.cancel()
                if self._begun.get(asked) is begun:
                    del self._begun[asked]

    async def _write(self, asked: AskedBrief) -> dict[str, Any]:
        async with self._turn:
            found = await self.workers.compute_limited(
                "brief",
                tell=self._teller(asked),
                text=asked.text,
                party=asked.party,
                about=asked.about,
            )
        self._written[asked] = found
        while len(self._written) > _KEPT:
            self._written.popitem(last=False)
        return found

    def _teller(self, asked: AskedBrief) -> Any:
        furthest = 0.0

        def tell(what: str, share: float) -> None:
            # What is looked at last counts its own steps from nothing.
            nonlocal furthest
            furthest = max(furthest, share)
            begun = self._begun.get(asked)
            if begun is not None:
                begun.told = (what[:1].upper() + what[1:], furthest)

        return tell
