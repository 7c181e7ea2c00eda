"""Work on diagrams that ends in time, and by Ctrl-C."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Literal, TypeAlias

from detente.space.symbolic.diagrams import Diagrams
from detente.space.threads import left_to_itself

__all__ = ["TimeOver", "Why", "end_of_share", "ended_early", "in_shares", "share_of_time"]

Why: TypeAlias = Literal["time", "nodes", "interrupted"]
"""What ran out."""

_TICK = 0.05

# Seconds beyond the time allowed for an operation to come to its end. Single operations can take
# many seconds; such a one is left behind.
_GRACE = 0.25

# The share of what is left of the time that a task may have even if many wait.
_MOST_FOR_ONE = 0.25


class TimeOver(Exception):
    """The time for a piece of work is over; other work may go on."""


class _Halted(Exception):
    """The work is to end."""


@contextmanager
def share_of_time(diagrams: Diagrams, until: float) -> Iterator[Callable[[], None]]:
    """Let a piece of work on diagrams have its time, by :func:`time.monotonic`.

    Parameters
    ----------
    diagrams
        On what.
    until
        When the time is over. From then on operations that may take long raise :class:`TimeOver`.

    Yields
    ------
    callable
        What is to be called before other work that may take long.
    """
    before = diagrams.pause

    def pause() -> None:
        before()
        if time.monotonic() > until:
            raise TimeOver
        diagrams.tidy()

    diagrams.pause = pause
    try:
        yield pause
    finally:
        diagrams.pause = before


def end_of_share(until: float, tasks: int) -> float:
    """When the next of some tasks is to end, all of which have the time until then.

    What is quick leaves its time to the rest; nothing takes it all while others wait.

    Parameters
    ----------
    until
        When the time is over, by :func:`time.monotonic`.
    tasks
        How many are left, the next among them.
    """
    now = time.monotonic()
    return now + max((until - now) / tasks, _MOST_FOR_ONE * (until - now))


def in_shares(diagrams: Diagrams, until: float, tasks: Sequence[Callable[[], None]]) -> None:
    """Do some tasks, each in its share of the time; those for which it is too little come again.

    Parameters
    ----------
    diagrams
        On what.
    until
        When the time is over, by :func:`time.monotonic`.
    tasks
        What is done, in order.
    """
    late = []
    for number, task in enumerate(tasks):
        try:
            with share_of_time(diagrams, end_of_share(until, len(tasks) - number)):
                task()
        except TimeOver:
            late.append(task)
    for task in late:
        task()


def ended_early(seconds: float, work: Callable[[Callable[[], None]], None]) -> Why | None:
    """Do some work for so many seconds at most.

    Operations on diagrams cannot be interrupted, so a thread does them. What it has found by then
    is for the work to keep where the caller finds it.

    Parameters
    ----------
    seconds
        How long.
    work
        Given what is to be called between operations, which ends the work when it has to end;
        see :attr:`detente.space.symbolic.diagrams.Diagrams.pause`.

    Returns
    -------
    {"time", "interrupted"} or None
        What ended it; None where it came to its end.
    """
    halt = threading.Event()
    failures: list[BaseException] = []
    deadline = time.monotonic() + seconds

    def pause() -> None:
        if threading.current_thread() is not thread:
            # What was found may be looked at afterwards.
            return
        if halt.is_set() or time.monotonic() > deadline:
            halt.set()
            raise _Halted

    def run() -> None:
        try:
            work(pause)
        except _Halted:
            halt.set()
        except BaseException as error:
            failures.append(error)

    thread = left_to_itself(run)
    thread.start()
    try:
        while thread.is_alive() and time.monotonic() < deadline + _GRACE:
            thread.join(_TICK)
    except KeyboardInterrupt:
        halt.set()
        return "interrupted"
    if failures:
        raise failures[0]
    ended = halt.is_set() or thread.is_alive()
    halt.set()
    return "time" if ended else None
