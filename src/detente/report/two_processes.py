"""Work shared with a second process, a copy of this one.

This process begins with the first piece of work and goes forwards, the copy begins with the last
and goes backwards. A pipe holds one byte for each piece, and who takes a byte may go on to the
next: so they meet wherever their speed brings them, and neither waits for the other before the
end. A copy has all that this process has at hand, loaded and worked out, and needs no message.
"""

from __future__ import annotations

import os
import pickle
import sys
import threading
import warnings
from collections.abc import Callable, Sequence
from signal import SIGKILL
from typing import Final, NoReturn, TypeVar

from detente.space.shared_work import processors
from detente.space.threads import undisturbed

__all__ = ["can_be_shared", "shared_with_a_copy"]

_Result = TypeVar("_Result")

# Two processes take the memory of two: up to so many states that is little.
_MOST_STATES: Final = 2**20


def can_be_shared(states: int) -> bool:
    """Whether work on so many states can be shared with a copy of this process, and gains by it.

    Other systems than Linux have no copies, or such as cannot use their libraries. A copy has none
    of the other threads, so work that others wait for, such as a server's, is not shared; the
    threads that show progress end with the process and nobody waits for them.
    """
    others = (one for one in threading.enumerate() if one is not threading.current_thread())
    return (
        sys.platform == "linux"
        and processors() > 1
        and states <= _MOST_STATES
        and all(one.daemon for one in others)
    )


def shared_with_a_copy(
    pieces: Sequence[Callable[[], _Result]], begins: Callable[[int], None]
) -> list[_Result]:
    """Do pieces of work that do not need each other, together with a copy of this process.

    Parameters
    ----------
    pieces
        The pieces; their results can be pickled. What the copy fails to do, for whatever reason,
        is done here, as if there had been no copy.
    begins
        Called with the number of each piece that is begun here.

    Returns
    -------
    list
        The result of each piece.
    """
    turns, given = os.pipe()
    os.write(given, bytes(len(pieces)))
    os.close(given)
    answers, told = os.pipe()
    # Ctrl-C reaches both processes; it is for this one to end the other.
    with undisturbed():
        copy = _forked()
        if not copy:
            _as_the_copy(pieces, turns, told)
    os.close(told)
    found: dict[int, _Result] = {}
    try:
        for number, piece in enumerate(pieces):
            if not os.read(turns, 1):
                break
            begins(number)
            found[number] = piece()
        found |= _answers(answers)
    finally:
        with undisturbed():
            os.kill(copy, SIGKILL)
            os.waitpid(copy, 0)
            os.close(turns)
            os.close(answers)
    for number, piece in enumerate(pieces):
        if number not in found:
            begins(number)
            found[number] = piece()
    return [found[number] for number in range(len(pieces))]


def _forked() -> int:
    with warnings.catch_warnings():
        # Of threads that the libraries for numbers keep, and which know of copies.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _as_the_copy(pieces: Sequence[Callable[[], object]], turns: int, told: int) -> NoReturn:
    """Work from the last piece backwards, write what was found and warned of, and end."""
    try:
        found: dict[int, object] = {}
        with warnings.catch_warnings(record=True) as warned:
            for number in reversed(range(len(pieces))):
                if not os.read(turns, 1):
                    break
                try:
                    found[number] = pieces[number]()
                except BaseException:
                    # The other process will meet the same, and tells it.
                    continue
        content = pickle.dumps((found, [(one.message, one.category) for one in warned]))
        with os.fdopen(told, "wb") as stream:
            stream.write(content)
    finally:
        # Nothing of this process's own is put away here: the other one does.
        os._exit(0)


def _answers(answers: int) -> dict[int, _Result]:
    """What the copy found; nothing where it ended before it told."""
    with os.fdopen(answers, "rb", closefd=False) as stream:
        content = stream.read()
    if not content:
        return {}
    try:
        found, warned = pickle.loads(content)
    except (EOFError, pickle.UnpicklingError):
        return {}
    for message, category in warned:
        warnings.warn(message, category, stacklevel=2)
    made: dict[int, _Result] = found
    return made
