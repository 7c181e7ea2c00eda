"""Work shared with a copy of this process, so that two processors are at work.

The copy has all that this process has in memory, so nothing has to be told to it, and what it finds
comes back through a pipe.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from signal import SIGKILL
from typing import IO, TYPE_CHECKING, Any, NoReturn, TypeVar

from detente.space.shared_work import is_a_copy, processors
from detente.space.threads import is_one_of_several, undisturbed

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

__all__ = ["SHARED_FROM", "can_be_shared", "forked", "with_a_copy"]

_Result = TypeVar("_Result")

SHARED_FROM = 2**14
"""Of a dispute with fewer combinations of options, a copy would take longer than it saves."""

# Bytes for the number of a piece of work, and how many numbers surely fit into a pipe.
_NUMBER = 2
_MOST_PIECES = 2**11


def can_be_shared() -> bool:
    """Whether work can be shared with copies of this process, and gains by it.

    Other systems than Linux have no copies, or such as cannot use their libraries. A copy has none
    of the other threads, so the work of a process that has some, such as a server's, is not shared;
    a thread that only waits to say a word of progress is no hindrance. Nor is the work of a copy
    shared, which leaves the other processor to the process that it is one of.
    """
    return (
        sys.platform == "linux" and processors() > 1 and not is_one_of_several() and not is_a_copy()
    )


def forked() -> int:
    """Make a copy of this process: 0 in the copy, and its number in this process."""
    with warnings.catch_warnings():
        # Of threads that the libraries for numbers keep, and which know of copies.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


@contextmanager
def with_a_copy(
    work: Callable[[int], _Result], pieces: int
) -> Iterator[Iterator[tuple[int, _Result]]]:
    """Do pieces of work that do not need each other, in this process and a copy of it.

    Parameters
    ----------
    work
        Does the piece of a number. What it gives can be pickled.
    pieces
        How many there are, at most 2,048, from 0.

    Yields
    ------
    iterator of tuple
        The number and the result of each piece, as they are done. The copy begins at once with the
        first piece and ends with the block, whatever it is doing; this process does pieces as
        results are asked for. What fails in the copy is done by this process, which so meets the
        same error.
    """
    # Imported here because it takes longer than small work.
    from multiprocessing.connection import Pipe

    if pieces > _MOST_PIECES:
        raise ValueError(f"at most {_MOST_PIECES:,} pieces of work, not {pieces:,}")
    with ExitStack() as stack:
        takes, gives = (
            stack.enter_context(os.fdopen(end, mode, buffering=0))
            for end, mode in zip(os.pipe(), ("rb", "wb"), strict=True)
        )
        gives.write(b"".join(number.to_bytes(_NUMBER) for number in range(pieces)))
        gives.close()
        found, tells = (stack.enter_context(end) for end in Pipe(duplex=False))
        # Ctrl-C is for this process, which ends the other: that is a group of its own.
        with undisturbed():
            copy = forked()
            if not copy:
                _as_copy(work, takes, tells)
            with suppress(OSError):
                os.setpgid(copy, copy)
            stack.callback(_ended, copy)
        tells.close()
        yield _done(work, pieces, takes, found)


def _ended(copy: int) -> None:
    with undisturbed():
        with suppress(OSError):
            os.killpg(copy, SIGKILL)
        os.waitpid(copy, 0)


def _as_copy(work: Callable[[int], object], takes: IO[bytes], tells: Connection) -> NoReturn:
    """Do pieces of work until none is left, or one fails: the other process will do that again."""
    try:
        with suppress(OSError):
            os.setpgid(0, 0)
        while turn := takes.read(_NUMBER):
            number = int.from_bytes(turn)
            tells.send((number, work(number)))
    finally:
        # Nothing of this process's own is put away here: the one that it is a copy of does.
        os._exit(0)


def _done(
    work: Callable[[int], _Result], pieces: int, takes: IO[bytes], found: Connection
) -> Iterator[tuple[int, _Result]]:
    """What this process does and what the copy has done, as it comes."""
    left = dict.fromkeys(range(pieces))
    while turn := takes.read(_NUMBER):
        number = int.from_bytes(turn)
        del left[number]
        yield number, work(number)
        for other, result in _told(found, wait=False):
            del left[other]
            yield other, result
    for other, result in _told(found, wait=True):
        del left[other]
        yield other, result
    # The copy has failed at these.
    for number in left:
        yield number, work(number)


def _told(found: Connection, *, wait: bool) -> Iterator[tuple[int, Any]]:
    """What the copy has told and nobody has read, where asked for until it ends."""
    with suppress(EOFError, OSError):
        while wait or found.poll():
            yield found.recv()
