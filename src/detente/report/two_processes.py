"""Work that two processes do beside this one, so that two processors are at work all the time.

They are copies of this process. The first is begun early and gets ready, while this process reads
and works out what the work is about; then it makes the second, a copy of itself, which so is ready
too. The first does what can be done ahead. Of the pieces of work it does the first then and goes
on forwards, while the second begins with the last and goes backwards. A pipe holds a byte for each
further piece, and who takes one may go on: so they meet wherever their speed brings them, and
neither waits for the other.
"""

from __future__ import annotations

import gc
import os
import pickle
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from signal import SIGKILL
from tempfile import TemporaryFile
from typing import IO, Any, NoReturn, TypeAlias

from detente.space.copies import can_be_shared, forked
from detente.space.threads import undisturbed

__all__ = ["Beside", "processes_beside"]

Piece: TypeAlias = Callable[[Any], Any]
"""A piece of work, given what was done ahead, or None where that is not at hand."""

# Of what cannot be pickled, or not by name.
_UNTOLD = (OSError, TypeError, AttributeError, pickle.PicklingError)


@dataclass(frozen=True, eq=False)
class Beside:
    """Two processes beside this one, as this one sees them.

    What is asked of them, and what they find, can be pickled. Where they fail, for whatever reason,
    this process does the work as if there were none, and so meets the same error.

    Attributes
    ----------
    told
        What getting ready gave is told by the first here.
    to_first, to_second
        A byte tells the first that there is something to do ahead. The end of each tells a process
        that the pieces of work are there.
    takes, gives
        The ends of the pipe of turns; from the first only those processes read.
    begun
        The number of each piece that one of them begins, as a byte.
    ahead, pieces, found
        The files that hold what there is to do, and what each of the two found.
    """

    told: IO[bytes]
    to_first: IO[bytes]
    to_second: IO[bytes]
    takes: IO[bytes]
    gives: IO[bytes]
    begun: IO[bytes]
    ahead: IO[bytes]
    pieces: IO[bytes]
    found: tuple[IO[bytes], IO[bytes]]

    def made_ready(self) -> Any:
        """What getting ready gave, as soon as the first process is ready; None where it failed."""
        with suppress(EOFError, *_UNTOLD):
            return pickle.loads(self.told.read())
        return None

    def do_ahead(self, work: Callable[[], Any]) -> None:
        """Have something worked out now that the first piece will take; asked once, or never."""
        with suppress(*_UNTOLD):
            _write(work, self.ahead)
            self.to_first.write(b"a")

    def share(
        self,
        pieces: Sequence[Piece],
        begins: Callable[[int], None],
        meanwhile: Callable[[], object] | None = None,
    ) -> list[Any]:
        """Have pieces of work done that do not need each other.

        Parameters
        ----------
        pieces
            At most 256 pieces, that which takes what was done ahead first.
        begins
            Called with the number of each piece that is begun.
        meanwhile
            What this process does before it waits for the others.

        Returns
        -------
        list
            The result of each piece.
        """
        with suppress(*_UNTOLD):
            _write(pieces, self.pieces)
            self.gives.write(bytes(max(0, len(pieces) - 1)))
        for pipe in (self.gives, self.to_first, self.to_second):
            pipe.close()
        if meanwhile is not None:
            meanwhile()
        while number := self.begun.read(1):
            begins(number[0])
        found: dict[int, Any] = {}
        for file in self.found:
            found |= _answers(file)
        for place, piece in enumerate(pieces):
            if place not in found:
                begins(place)
                found[place] = piece(None)
        return [found[place] for place in range(len(pieces))]


@contextmanager
def processes_beside(prepare: Callable[[], object]) -> Iterator[Beside | None]:
    """Have two processes get ready for work.

    Parameters
    ----------
    prepare
        What they begin with, such as importing what the work needs. What it gives, which can be
        pickled, is told by :meth:`Beside.made_ready`.

    Yields
    ------
    Beside or None
        The processes, which end with the block, whatever they are doing; None where work is not
        shared.
    """
    if not can_be_shared():
        yield None
        return
    with ExitStack() as stack:
        ends = [
            stack.enter_context(os.fdopen(end, mode, buffering=0))
            for _ in range(5)
            for end, mode in zip(os.pipe(), ("rb", "wb"), strict=True)
        ]
        told, to_first, to_second, turns, begun = zip(ends[::2], ends[1::2], strict=True)
        ahead, pieces, *found = (stack.enter_context(TemporaryFile()) for _ in range(4))
        beside = Beside(
            told[0],
            to_first[1],
            to_second[1],
            *turns,
            begun[0],
            ahead,
            pieces,
            (found[0], found[1]),
        )
        # Ctrl-C is for this process, which ends the others: they are a group of their own.
        with undisturbed():
            copy = forked()
            if not copy:
                for end in (told[0], to_first[1], to_second[1], turns[1], begun[0]):
                    end.close()
                _as_the_first(prepare, beside, told[1], to_first[0], to_second[0], begun[1])
            with suppress(OSError):
                os.setpgid(copy, copy)
        for end in (told[1], to_first[0], to_second[0], turns[0], begun[1]):
            end.close()
        stack.callback(_ended, copy)
        yield beside


def _ended(copy: int) -> None:
    with undisturbed():
        with suppress(OSError):
            os.killpg(copy, SIGKILL)
        os.waitpid(copy, 0)


def _as_the_first(
    prepare: Callable[[], object],
    beside: Beside,
    tells: IO[bytes],
    asked: IO[bytes],
    asked_of_second: IO[bytes],
    begun: IO[bytes],
) -> NoReturn:
    """Get ready, make the second process, and do what is asked of the first."""
    # It ends before there is much to clear up, and to look through what it was given takes long.
    gc.disable()
    try:
        with suppress(OSError):
            os.setpgid(0, 0)
        with warnings.catch_warnings(record=True) as warned:
            with tells:
                tells.write(pickle.dumps(prepare()))
            second = forked()
            if not second:
                _as_the_second(beside, asked_of_second, begun)
            ahead = None
            if asked.read(1):
                # Where it fails, the piece that takes it will tell.
                with suppress(Exception):
                    ahead = _read(beside.ahead)()
                asked.read()
            pieces = _read(beside.pieces)
            found = _done(pieces, range(len(pieces)), ahead, beside, begun)
        _write((found, _warnings(warned)), beside.found[0])
        os.waitpid(second, 0)
    finally:
        # Nothing of this process's own is put away here: the one that it is a copy of does.
        os._exit(0)


def _as_the_second(beside: Beside, asked: IO[bytes], begun: IO[bytes]) -> NoReturn:
    """Do what is asked of the second process."""
    try:
        with warnings.catch_warnings(record=True) as warned:
            asked.read()
            pieces = _read(beside.pieces)
            found = _done(pieces, reversed(range(1, len(pieces))), None, beside, begun)
        _write((found, _warnings(warned)), beside.found[1])
    finally:
        os._exit(0)


def _done(
    pieces: Sequence[Piece], order: Iterable[int], ahead: object, beside: Beside, begun: IO[bytes]
) -> dict[int, object]:
    """What comes of the pieces that one of the two does; the first piece needs no turn."""
    found: dict[int, object] = {}
    for number in order:
        if number and not beside.takes.read(1):
            break
        begun.write(bytes([number]))
        # Who asked will do it, meet the same and tell it.
        with suppress(Exception):
            found[number] = pieces[number](ahead)
    return found


def _warnings(warned: Sequence[warnings.WarningMessage] | None) -> list[Any]:
    return [(one.message, one.category) for one in warned or ()]


def _answers(file: IO[bytes]) -> dict[int, Any]:
    """What a process found; nothing where it ended before it told."""
    try:
        found, warned = _read(file)
    except (OSError, EOFError, ValueError, pickle.UnpicklingError):
        return {}
    for message, category in warned:
        warnings.warn(message, category, stacklevel=3)
    made: dict[int, Any] = found
    return made


def _write(content: object, file: IO[bytes]) -> None:
    # Whole or not at all.
    file.write(pickle.dumps(content))
    file.flush()


def _read(file: IO[bytes]) -> Any:
    """What a file holds, wherever other processes read or write it."""
    with mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        return pickle.loads(content)
