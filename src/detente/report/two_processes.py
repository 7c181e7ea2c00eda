"""Work in copies of this process, so that two processors are at work from begin to end.

A *process beside* gets ready, which takes long where libraries are large, while this one reads and
works out what the work is about. Then it does the work together with a copy of its own.

Of two that share work, one begins with the first piece and goes forwards, the other begins with the
last and goes backwards. A pipe holds one byte for each piece, and who takes a byte may go on to the
next: so they meet wherever their speed brings them, and neither waits for the other before the
end. A copy has all that its process has at hand, loaded and worked out, and needs no message.
"""

from __future__ import annotations

import os
import pickle
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from signal import SIGKILL
from typing import Any, BinaryIO, NoReturn, TypeAlias, TypeVar

from detente.space.shared_work import processors
from detente.space.threads import undisturbed

__all__ = ["Ask", "can_be_shared", "process_beside", "shared_with_a_copy"]

_Result = TypeVar("_Result")
_Pieces: TypeAlias = Sequence[Callable[[], Any]]

Ask: TypeAlias = Callable[[_Pieces, Callable[[int], None]], list[Any] | None]
"""Has pieces of work done, as :func:`shared_with_a_copy` does; None where that did not succeed."""


def can_be_shared() -> bool:
    """Whether work can be shared with a copy of this process, and gains by it.

    Other systems than Linux have no copies, or such as cannot use their libraries. A copy has none
    of the other threads, so the work of a process that has some, such as a server's, is not shared.
    """
    return sys.platform == "linux" and processors() > 1 and threading.active_count() == 1


@contextmanager
def process_beside(prepare: Callable[[], object]) -> Iterator[Ask | None]:
    """Have a copy of this process get ready for work that this one will ask of it.

    Parameters
    ----------
    prepare
        What the copy begins with, such as importing what the work needs.

    Yields
    ------
    callable or None
        Asks the copy to do pieces of work, which can be pickled, and so can their results. None
        where work is not shared. The copy ends with the block, whatever it is doing.
    """
    if not can_be_shared():
        yield None
        return
    asked, asking = os.pipe()
    answering, answers = os.pipe()
    # Ctrl-C reaches all processes of a terminal; it is for this one to end the others.
    with undisturbed():
        copy = _forked()
        if not copy:
            os.close(asking)
            os.close(answering)
            _beside(prepare, asked, answers)
    os.close(asked)
    os.close(answers)
    with os.fdopen(asking, "wb") as to_copy, os.fdopen(answering, "rb") as from_copy:
        try:
            yield partial(_ask, to_copy, from_copy)
        finally:
            with undisturbed():
                # Its own copy too: they are a group of processes.
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(copy, SIGKILL)
                os.kill(copy, SIGKILL)
                os.waitpid(copy, 0)


def _beside(prepare: Callable[[], object], asked: int, answers: int) -> NoReturn:
    """Get ready, do what is asked for, tell, and end."""
    try:
        os.setpgid(0, 0)
        prepare()
        with os.fdopen(asked, "rb") as stream, os.fdopen(answers, "wb", buffering=0) as told:
            pieces = pickle.load(stream)

            def begins(number: int) -> None:
                told.write(pickle.dumps(number))

            with warnings.catch_warnings(record=True) as warned:
                found = shared_with_a_copy(pieces, begins)
            told.write(pickle.dumps((found, [(one.message, one.category) for one in warned])))
    finally:
        # Nothing of this process's own is put away here: the first one does.
        os._exit(0)


def _ask(
    to_copy: BinaryIO, from_copy: BinaryIO, pieces: _Pieces, begins: Callable[[int], None]
) -> list[Any] | None:
    try:
        pickle.dump(pieces, to_copy)
        to_copy.flush()
        while isinstance(told := pickle.load(from_copy), int):
            begins(told)
    except (OSError, EOFError, TypeError, AttributeError, pickle.PickleError):
        # It cannot be told, or it ended over the work: this process will do it and meet the same.
        return None
    found, warned = told
    _warn(warned)
    made: list[Any] = found
    return made


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
    _warn(warned)
    made: dict[int, _Result] = found
    return made


def _warn(warned: Sequence[tuple[Warning | str, type[Warning]]]) -> None:
    for message, category in warned:
        warnings.warn(message, category, stacklevel=3)
