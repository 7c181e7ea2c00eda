"""Work shared with a copy of this process gives what one process finds."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from detente.cli.output import working
from detente.space import copies
from detente.space.copies import can_be_shared, with_a_copy
from detente.space.shared_work import processors

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no copies of processes here")


@pytest.fixture(autouse=True)
def ended(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No copy is left at the end."""
    made: list[int] = []
    forked = copies.forked

    def counted() -> int:
        made.append(forked())
        return made[-1]

    monkeypatch.setattr(copies, "forked", counted)
    yield
    for copy in made:
        with pytest.raises(ChildProcessError):
            os.waitpid(copy, os.WNOHANG)


def test_both_processes_work_and_each_piece_is_done_once(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)

    def work(number: int) -> int:
        # The first piece, which the copy takes, ends only when this process has come to another.
        if number == 0:
            gate.read_bytes()
        elif number == 1:
            gate.write_bytes(b"done")
        return os.getpid()

    with with_a_copy(work, 5) as done:
        found = dict(done)
    assert sorted(found) == [0, 1, 2, 3, 4]
    assert found[0] != os.getpid() or found[1] != os.getpid()
    assert found[0] != found[1]


def test_what_the_copy_fails_at_is_done_here() -> None:
    here = os.getpid()

    def work(number: int) -> int:
        if os.getpid() != here:
            raise ValueError
        return number

    with with_a_copy(work, 4) as done:
        assert dict(done) == {number: number for number in range(4)}


def test_what_cannot_be_told_is_done_here() -> None:
    with with_a_copy(lambda number: lambda: number, 3) as done:
        assert {number: own() for number, own in done} == {0: 0, 1: 1, 2: 2}


def test_a_copy_ends_with_the_block(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    here = os.getpid()

    def work(number: int) -> None:
        if os.getpid() == here:
            raise KeyboardInterrupt
        # Nobody ever writes.
        gate.read_bytes()

    with pytest.raises(KeyboardInterrupt), with_a_copy(work, 3) as done:
        list(done)


def test_a_copy_shares_no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "processors", lambda: 2)
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    monkeypatch.setattr(copies.sys, "platform", "linux")
    assert can_be_shared()
    reads, writes = os.pipe()
    if not copies.forked():
        os.write(writes, b"shares" if can_be_shared() else b"alone")
        os._exit(0)
    os.wait()
    assert os.read(reads, 10) == b"alone"


def test_a_copy_leaves_half_of_the_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(6)), raising=False)
    assert processors() == 6
    reads, writes = os.pipe()
    if not copies.forked():
        os.write(writes, str(processors()).encode())
        os._exit(0)
    os.wait()
    assert os.read(reads, 10) == b"3"


def test_too_many_pieces_are_refused() -> None:
    with pytest.raises(ValueError, match="at most 2,048"), with_a_copy(os.getpgid, 3000):
        pass


def test_a_word_of_progress_that_waits_is_no_hindrance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "processors", lambda: 2)
    monkeypatch.setattr(copies.sys, "platform", "linux")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    # Threads of whatever runs the tests are not those of a command.
    before = len(threading.enumerate()) - 1
    monkeypatch.setattr(threading, "active_count", lambda: len(threading.enumerate()) - before)
    with working("Checking claims") as progress:
        assert progress is not None
        assert threading.active_count() == 2
        assert can_be_shared()
        end = threading.Event()
        other = threading.Thread(target=end.wait)
        other.start()
        try:
            assert not can_be_shared()
        finally:
            end.set()
            other.join()
