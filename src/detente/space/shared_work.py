"""Compiled work on many independent parts, shared out among threads where there is enough of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, TypeVar

__all__ = ["in_parts", "is_a_copy", "processors", "worked_out_once"]

_Result = TypeVar("_Result")


if TYPE_CHECKING:
    # Type checkers know this one.
    worked_out_once = cached_property
else:

    class worked_out_once(cached_property):
        """A property that is worked out once for each object, in several threads at a time.

        Before Python 3.12 the one of :mod:`functools` has a lock that all objects share: a thread
        would wait while another works out the property of another object.
        """

        def __get__(self, instance, owner=None):
            if instance is None:
                return self
            values = vars(instance)
            if self.attrname not in values:
                values[self.attrname] = self.func(instance)
            return values[self.attrname]


# Below this many numbers to be worked on, sharing them out costs more than it saves.
_SHARED_FROM = 2**17

# Parts for each thread: as some take longer than others.
_PARTS = 4


# A copy of the process finds another number here than its own.
_PROCESS = os.getpid()


def is_a_copy() -> bool:
    """Whether this process was made as a copy of one that had begun."""
    return os.getpid() != _PROCESS


def processors() -> int:
    """Number of processors that this process may use.

    A copy leaves half of them to the process that it is one of, or to another copy.
    """
    if hasattr(os, "sched_getaffinity"):
        found = len(os.sched_getaffinity(0))
    else:
        found = os.cpu_count() or 1
    return max(1, found // 2) if is_a_copy() else found


def in_parts(work: Callable[[int, int], _Result], count: int, numbers: int) -> list[_Result]:
    """Work on all of some independent things.

    Parameters
    ----------
    work
        Is given the number of a first thing, and of that after the last. It is compiled, and runs
        in all threads at once.
    count
        How many things there are.
    numbers
        How many numbers are read or written in all.

    Returns
    -------
    list
        What the work on each part gave.
    """
    threads = processors()
    if numbers < _SHARED_FROM or threads == 1 or count < 2:
        return [work(0, count)]
    parts = min(count, _PARTS * threads)
    bounds = [part * count // parts for part in range(parts + 1)]
    return list(_threads(os.getpid(), threads).map(work, bounds[:-1], bounds[1:]))


@lru_cache(maxsize=1)
def _threads(process: int, threads: int) -> ThreadPoolExecutor:
    """Threads that wait for work; those of another process are gone where it made this one."""
    return ThreadPoolExecutor(threads)
