"""Work that this process shares with a copy of itself, so that two processors are at work.

The copy is begun early. It gets ready and does what can be done ahead, while this process reads and
works out what the rest is about. Of the pieces of work the copy then does the first, and goes on
forwards, while this process begins with the last and goes backwards. A pipe holds a byte for each
further piece, and who takes one may go on: so they meet wherever their speed brings them, and
neither waits for the other before the end.
"""

from __future__ import annotations

import os
import pickle
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from signal import SIGKILL
from tempfile import TemporaryFile
from typing import Any, BinaryIO, NoReturn, TypeAlias

from detente.space.shared_work import processors
from detente.space.threads import undisturbed

__all__ = ["Beside", "can_be_shared", "process_beside"]

Piece: TypeAlias = Callable[[Any], Any]
"""A piece of work, given what was done ahead, or None where that is not at hand."""


def can_be_shared() -> bool:
    """Whether work can be shared with a copy of this process, and gains by it.

    Other systems than Linux have no copies, or such as cannot use their libraries. A copy has none
    of the other threads, so the work of a process that has some, such as a server's, is not shared.
    """
    return sys.platform == "linux" and processors() > 1 and threading.active_count() == 1


@dataclass(frozen=True, eq=False)
class Beside:
    """A copy of this process, as this one sees it.

    What is asked of it, and what it finds, can be pickled. Where it fails, for whatever reason,
    this process does the work as if there were no copy, and so meets the same error.

    Attributes
    ----------
    asked
        Where a byte tells the copy that there is something to do ahead, and the end that the pieces
        of work are there.
    ahead, pieces
        The files in which it finds them. They hold much, for which a pipe has no room.
    takes, gives
        The ends of the pipe of turns: from the first both take them.
    found
        Where it writes what it found.
    """

    asked: BinaryIO
    ahead: BinaryIO
    pieces: BinaryIO
    takes: BinaryIO
    gives: BinaryIO
    found: BinaryIO

    def do_ahead(self, work: Callable[[], Any]) -> None:
        """Have something worked out now that pieces of the work will take; asked once, or never."""
        with suppress(OSError, TypeError, AttributeError, pickle.PicklingError):
            pickle.dump(work, self.ahead)
            self.ahead.flush()
            self.asked.write(b"a")

    def share(self, pieces: Sequence[Piece], begins: Callable[[int], None]) -> list[Any]:
        """Do pieces of work that do not need each other, together with the copy.

        Parameters
        ----------
        pieces
            The pieces, that which takes what was done ahead first.
        begins
            Called with the number of each piece that is begun here.

        Returns
        -------
        list
            The result of each piece.
        """
        self._tell(pieces)
        found: dict[int, Any] = {}
        for number in reversed(range(1, len(pieces))):
            if not self.takes.read(1):
                break
            begins(number)
            found[number] = pieces[number](None)
        found |= self._answers()
        for number, piece in enumerate(pieces):
            if number not in found:
                begins(number)
                found[number] = piece(None)
        return [found[number] for number in range(len(pieces))]

    def _tell(self, pieces: Sequence[Piece]) -> None:
        self.gives.write(bytes(max(0, len(pieces) - 1)))
        self.gives.close()
        with suppress(OSError, TypeError, AttributeError, pickle.PicklingError):
            pickle.dump(pieces, self.pieces)
        self.pieces.flush()
        with suppress(OSError):
            self.asked.close()

    def _answers(self) -> dict[int, Any]:
        """What the copy found; nothing where it ended before it told."""
        try:
            found, warned = pickle.load(self.found)
        except (OSError, EOFError, pickle.UnpicklingError):
            return {}
        for message, category in warned:
            warnings.warn(message, category, stacklevel=3)
        made: dict[int, Any] = found
        return made


@contextmanager
def process_beside(prepare: Callable[[], object]) -> Iterator[Beside | None]:
    """Have a copy of this process get ready for work that it will share.

    Parameters
    ----------
    prepare
        What the copy begins with, such as importing what the work needs.

    Yields
    ------
    Beside or None
        The copy, which ends with the block, whatever it is doing; None where work is not shared.
    """
    if not can_be_shared():
        yield None
        return
    with ExitStack() as stack:
        reads, asks = os.pipe()
        hears, tells = os.pipe()
        takes, gives = os.pipe()
        ahead, pieces = (stack.enter_context(TemporaryFile()) for _ in range(2))
        # Ctrl-C reaches both processes; it is for this one to end the other.
        with undisturbed():
            copy = _forked()
            if not copy:
                for end in (asks, hears, gives):
                    os.close(end)
                _as_the_copy(prepare, os.fdopen(reads, "rb"), (ahead, pieces), takes, tells)
        for end in (reads, tells):
            os.close(end)
        stack.callback(_ended, copy)
        yield Beside(
            stack.enter_context(os.fdopen(asks, "wb", buffering=0)),
            ahead,
            pieces,
            stack.enter_context(os.fdopen(takes, "rb", buffering=0)),
            stack.enter_context(os.fdopen(gives, "wb", buffering=0)),
            stack.enter_context(os.fdopen(hears, "rb")),
        )


def _forked() -> int:
    with warnings.catch_warnings():
        # Of threads that the libraries for numbers keep, and which know of copies.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _ended(copy: int) -> None:
    with undisturbed():
        os.kill(copy, SIGKILL)
        os.waitpid(copy, 0)


def _as_the_copy(
    prepare: Callable[[], object],
    asked: BinaryIO,
    files: tuple[BinaryIO, BinaryIO],
    takes: int,
    tells: int,
) -> NoReturn:
    """Get ready, work from the first piece on, write what was found and warned of, and end."""
    try:
        with warnings.catch_warnings(record=True) as warned:
            prepare()
            ahead = None
            if asked.read(1):
                # Where it fails, the piece that takes it will tell.
                with suppress(Exception):
                    ahead = _read_whole(files[0])()
                asked.read()
            found: dict[int, object] = {}
            for number, piece in enumerate(_read_whole(files[1])):
                if number and not os.read(takes, 1):
                    break
                # The other process will do it, meet the same and tell it.
                with suppress(Exception):
                    found[number] = piece(ahead)
        content = pickle.dumps((found, [(one.message, one.category) for one in warned]))
        with os.fdopen(tells, "wb") as stream:
            stream.write(content)
    finally:
        # Nothing of this process's own is put away here: the other one does.
        os._exit(0)


def _read_whole(file: BinaryIO) -> Any:
    file.seek(0)
    return pickle.load(file)
