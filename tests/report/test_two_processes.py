"""Work that two processes share gives what one process finds."""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Callable
from contextlib import nullcontext
from datetime import date
from functools import partial
from pathlib import Path

import pytest

import detente
from detente.report import two_processes
from detente.report.content import Illustration, ReportContent
from detente.report.plots.picture import picture_bytes
from detente.report.two_processes import can_be_shared, process_beside, shared_with_a_copy
from detente.report.write import make_report, report_beside, sections_beside

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


def test_work_of_a_process_with_threads_is_not_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(two_processes, "processors", lambda: 2)
    monkeypatch.setattr(two_processes.sys, "platform", "linux")
    for threads, shared in ((1, True), (2, False)):
        monkeypatch.setattr(two_processes.threading, "active_count", lambda count=threads: count)
        assert can_be_shared() == shared
    monkeypatch.setattr(two_processes.threading, "active_count", lambda: 1)
    monkeypatch.setattr(two_processes, "processors", lambda: 1)
    assert not can_be_shared()
    with process_beside(interrupt) as ask:
        assert ask is None


def told_number(number: int) -> tuple[int, int]:
    return number, os.getpid()


def test_a_process_beside_does_what_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(two_processes, "can_be_shared", lambda: True)
    begun: list[int] = []
    with process_beside(lambda: None) as ask:
        assert ask is not None
        found = ask([partial(told_number, number) for number in range(5)], begun.append)
    assert found is not None
    assert [number for number, _ in found] == list(range(5))
    assert os.getpid() not in {process for _, process in found}
    assert begun == list(range(len(begun)))


@pytest.mark.parametrize("failing", ["preparing", "working", "asking"])
def test_where_a_process_beside_fails_nothing_is_found(
    monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    monkeypatch.setattr(two_processes, "can_be_shared", lambda: True)
    prepare, work = (fail if failing == one else os.getpid for one in ("preparing", "working"))
    pieces = [threading.Lock()] if failing == "asking" else [work] * 3
    with process_beside(prepare) as ask:
        assert ask is not None
        assert ask(pieces, untold) is None  # type: ignore[arg-type]


def test_an_interrupt_ends_the_process_beside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(two_processes, "can_be_shared", lambda: True)
    never = tmp_path / "never"
    os.mkfifo(never)
    with pytest.raises(KeyboardInterrupt), process_beside(partial(waiting_for, never, 1)):
        raise KeyboardInterrupt
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.mark.parametrize("form", ["md", "docx"])
def test_the_report_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    monkeypatch.setattr(two_processes, "can_be_shared", lambda: True)
    analysis = detente.analyse(detente.load("prisoners-dilemma"))
    written = []
    for other in (nullcontext(), sections_beside(form)):
        with other as beside:
            report = make_report(analysis, on=date(2026, 11, 27), beside=beside)
        if form == "docx":
            written.append([picture_bytes(one.picture, "png") for one in pictures_of(report)])
            continue
        with report_beside(report, form, tmp_path / "r.md") as content:
            files = sorted((tmp_path / "r-pictures").iterdir())
            written.append([content, *(one.read_bytes() for one in files)])
    assert len(written[0]) > 1
    assert written[0] == written[1]


def pictures_of(report: ReportContent) -> list[Illustration]:
    return [
        block
        for section in report.sections
        for block in section.blocks
        if isinstance(block, Illustration)
    ]
