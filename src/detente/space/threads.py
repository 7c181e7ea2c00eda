"""Work in threads of this process, which Ctrl-C ends."""

from __future__ import annotations

import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from detente.space.shared_work import processors

__all__ = [
    "in_threads",
    "is_one_of_several",
    "left_to_itself",
    "undisturbed",
    "waiting",
    "work_is_left",
    "work_is_left_behind",
    "workers_on",
]

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


# Each thread that works on arrays of so many states needs room of its own for some more.
_SHARED_UP_TO = 2**20


def workers_on(states: int) -> int:
    """How many threads are to work on arrays of so many states: one where these are large."""
    return processors() if states <= _SHARED_UP_TO else 1


# Names the threads that work on diagrams.
_LEFT_TO_ITSELF = "work on diagrams"

# Names the threads that only wait.
_WAITING = "waiting"


def left_to_itself(work: Callable[[], None]) -> threading.Thread:
    """A thread for work that cannot be interrupted, and may go on when nobody waits for it."""
    return threading.Thread(target=work, name=_LEFT_TO_ITSELF, daemon=True)


def waiting(seconds: float, work: Callable[[], None]) -> threading.Timer:
    """A thread that only waits so long, and then does a little; copies may be made meanwhile."""
    timer = threading.Timer(seconds, work)
    timer.name = _WAITING
    timer.daemon = True
    return timer


def is_one_of_several() -> bool:
    """Whether other threads than this are at work, not counted those that wait."""
    return threading.active_count() > 1 + sum(
        thread.name == _WAITING for thread in threading.enumerate()
    )


def work_is_left() -> bool:
    """Whether such work goes on. It would crash while the interpreter shuts down."""
    return any(thread.name == _LEFT_TO_ITSELF for thread in threading.enumerate())


def work_is_left_behind() -> bool:
    """Whether such work goes on in another thread than this."""
    return threading.current_thread().name != _LEFT_TO_ITSELF and work_is_left()


def in_threads(
    work: Callable[[_Item], _Result],
    items: Iterable[_Item],
    workers: int,
    *,
    halt: threading.Event | None = None,
) -> Generator[_Result]:
    """Do work on each item in threads, and give the results in the order of the items.

    Items are taken up a few ahead of the results that are asked for, so that neither pile up.
    Ended early, by Ctrl-C or as its results are no longer wanted, it waits only for what is in
    work at that moment.

    Parameters
    ----------
    work
        What is done; compiled code runs in all threads at once.
    items
        On what.
    workers
        Number of threads.
    halt
        Set where it is ended early, so that work that takes long can look at it and end too.

    Yields
    ------
    object
        The result for each item.
    """
    pool = ThreadPoolExecutor(workers)
    waiting: deque[Future[_Result]] = deque()
    try:
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) > 2 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        with undisturbed():
            if halt is not None:
                halt.set()
            pool.shutdown(cancel_futures=True)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Ignore Ctrl-C while something is put away that must not be left half done."""
    # Only the main thread is told of Ctrl-C, and may say what becomes of it.
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        # None: a handler that was not set from Python, and cannot be from here.
        signal.signal(signal.SIGINT, signal.SIG_DFL if before is None else before)
