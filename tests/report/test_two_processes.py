"""Work that two processes share gives what one process finds."""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import pytest

import detente
from detente.report import two_processes
from detente.report.two_processes import can_be_shared, shared_with_a_copy
from detente.report.write import make_report, report_beside

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no copies of processes here")


def untold(number: int) -> None:
    """What begins is not asked for."""


def waiting_for(path: Path, value: int) -> int:
    """Done once somebody else has done something: a pipe in the file system waits for it."""
    path.read_bytes()
    return value


def freeing(path: Path, value: int) -> int:
    path.write_bytes(b"done")
    return value


def test_both_work_and_the_order_stays(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    # The first piece ends only when the other process has come to the second.
    pieces = [partial(waiting_for, gate, 1), partial(freeing, gate, 2), os.getpid]
    begun: list[int] = []
    first, second, process = shared_with_a_copy(pieces, begun.append)
    assert (first, second) == (1, 2)
    assert process != os.getpid()
    assert begun == [0]


def in_the_copy_only(own: int, what: Callable[[], object]) -> str:
    if os.getpid() != own:
        what()
    return "done"


def end() -> None:
    os._exit(3)


def interrupt() -> None:
    raise KeyboardInterrupt


def fail() -> None:
    raise ValueError("only here")


@pytest.mark.parametrize("failure", [end, interrupt, fail])
def test_what_the_copy_cannot_do_is_done_here(failure: Callable[[], object]) -> None:
    pieces = [partial(in_the_copy_only, os.getpid(), failure) for _ in range(4)]
    assert shared_with_a_copy(pieces, untold) == ["done"] * 4


def test_a_result_that_cannot_be_sent_is_found_here() -> None:
    gave = shared_with_a_copy([threading.Lock] * 3, untold)
    assert len(gave) == 3


def test_an_error_here_ends_the_copy(tmp_path: Path) -> None:
    never = tmp_path / "never"
    os.mkfifo(never)

    def failing() -> int:
        raise ValueError("told")

    # Nobody opens the pipe: the copy would wait for ever.
    with pytest.raises(ValueError, match="told"):
        shared_with_a_copy([failing, partial(waiting_for, never, 1)], untold)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_what_the_copy_warned_of_is_told(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)

    def warning() -> int:
        warnings.warn("letters are missing", UserWarning, stacklevel=1)
        return freeing(gate, 2)

    with pytest.warns(UserWarning, match="letters are missing"):
        assert shared_with_a_copy([partial(waiting_for, gate, 1), warning], untold) == [1, 2]


def test_work_that_others_wait_for_is_not_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(two_processes, "processors", lambda: 2)
    monkeypatch.setattr(two_processes.sys, "platform", "linux")
    monkeypatch.setattr(two_processes.threading, "enumerate", lambda: [threading.current_thread()])
    assert can_be_shared(1000)
    assert not can_be_shared(2**24)
    server, progress = threading.Thread(), threading.Thread(daemon=True)
    for other, shared in ((progress, True), (server, False)):
        both = [threading.current_thread(), other]
        monkeypatch.setattr(two_processes.threading, "enumerate", lambda both=both: both)
        assert can_be_shared(1000) == shared
    monkeypatch.undo()
    monkeypatch.setattr(two_processes, "processors", lambda: 1)
    assert not can_be_shared(1000)


def test_the_report_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    analysis = detente.analyse(detente.load("prisoners-dilemma"))
    written = {}
    for shared in (None, "md"):
        monkeypatch.setattr("detente.report.write.can_be_shared", lambda _: True)
        report = make_report(analysis, on=date(2026, 11, 27), shared_as=shared)
        with report_beside(report, "md", tmp_path / "r.md") as content:
            written[shared] = content
        pictures = sorted((tmp_path / "r-pictures").iterdir())
        written[shared] += b"".join(one.read_bytes() for one in pictures)
        assert len(pictures) > 1
    assert written[None] == written["md"]
