"""Work that two processes do beside this one gives what one process finds."""

from __future__ import annotations

import os
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import detente
from detente.report import two_processes
from detente.report.content import Illustration, ReportContent
from detente.report.plots.picture import picture_bytes
from detente.report.two_processes import Beside, processes_beside
from detente.report.write import make_report, report_beside, sections_beside
from detente.space import copies
from detente.space.copies import can_be_shared

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no copies of processes here")


@pytest.fixture(autouse=True)
def shared(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Work is shared whatever machine this is, and no copy is left at the end."""
    copies: list[int] = []
    forked = two_processes.forked

    def counted() -> int:
        copies.append(forked())
        return copies[-1]

    monkeypatch.setattr(two_processes, "can_be_shared", lambda: True)
    monkeypatch.setattr(two_processes, "forked", counted)
    yield
    for copy in copies:
        with pytest.raises(ChildProcessError):
            os.waitpid(copy, os.WNOHANG)


def nothing() -> None:
    """What needs no getting ready."""


def untold(number: int) -> None:
    """What begins is not asked for."""


def shared_by(beside: Beside | None, pieces: list[Any]) -> list[Any]:
    assert beside is not None
    return beside.share(pieces, untold)


def waiting_for(path: Path, given: object) -> int:
    """Done once another process has done something: a pipe in the file system waits for it."""
    return len(path.read_bytes())


def freeing(path: Path, given: object) -> int:
    return path.write_bytes(b"done")


def process(given: object) -> int:
    return os.getpid()


def test_both_work_and_the_order_stays(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    begun: list[int] = []
    with processes_beside(nothing) as beside:
        assert beside is not None
        # The first piece ends only when the second process has come to the piece after it.
        pieces = [partial(waiting_for, gate), partial(freeing, gate), process]
        *both, other = beside.share(pieces, begun.append)
    assert both == [4, 4]
    assert other != os.getpid()
    assert sorted(begun) == [0, 1, 2]


def given(number: object) -> object:
    return number


@pytest.mark.parametrize("large", [0, 1_000_000])
def test_what_was_done_ahead_is_given_to_the_first_piece(large: int) -> None:
    with processes_beside(nothing) as beside:
        assert beside is not None
        beside.do_ahead(partial(given, "x" * large))
        first, last = shared_by(beside, [given, process])
    assert first == "x" * large
    assert last != os.getpid()


def ready() -> tuple[str, ...]:
    return ("one", "two")


def test_what_getting_ready_gave_is_told() -> None:
    with processes_beside(ready) as beside:
        assert beside is not None
        assert beside.made_ready() == ("one", "two")


def in_the_copy_only(own: int, what: Callable[[], object], given: object = None) -> str:
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
@pytest.mark.parametrize("when", ["ready", "ahead", "pieces"])
def test_what_they_cannot_do_is_done_here(failure: Callable[[], object], when: str) -> None:
    failing = partial(in_the_copy_only, os.getpid(), failure)
    with processes_beside(failing if when == "ready" else nothing) as beside:
        assert beside is not None
        beside.do_ahead(failing if when == "ahead" else nothing)
        found = shared_by(beside, [failing if when == "pieces" else given] * 4)
    assert found == (["done"] * 4 if when == "pieces" else [None] * 4)


def lock(given: object) -> object:
    return threading.Lock()


@pytest.mark.parametrize("failure", [end, fail, lambda: lambda: None])
def test_getting_ready_that_fails_gives_nothing(failure: Callable[[], object]) -> None:
    with processes_beside(failure) as beside:
        assert beside is not None
        assert beside.made_ready() is None
        assert shared_by(beside, [given]) == [None]


def test_what_cannot_be_told_is_done_here() -> None:
    with processes_beside(nothing) as beside:
        assert beside is not None
        beside.do_ahead(partial(given, threading.Lock()))
        assert len(shared_by(beside, [lock] * 3)) == 3
    with processes_beside(nothing) as beside:
        assert len(shared_by(beside, [lambda given: 1] * 3)) == 3
    with processes_beside(nothing) as beside:
        assert shared_by(beside, []) == []


def interrupted(number: int) -> None:
    raise KeyboardInterrupt


def test_an_interrupt_ends_them(tmp_path: Path) -> None:
    never = tmp_path / "never"
    os.mkfifo(never)
    # Nobody opens the pipe: they would wait for ever.
    with processes_beside(nothing) as beside:
        assert beside is not None
        with pytest.raises(KeyboardInterrupt):
            beside.share([partial(waiting_for, never)] * 4, interrupted)
    with pytest.raises(KeyboardInterrupt), processes_beside(partial(waiting_for, never, 1)):
        raise KeyboardInterrupt


def warning(given: object) -> int:
    warnings.warn("letters are missing", UserWarning, stacklevel=1)
    return 2


def test_what_they_warned_of_is_told() -> None:
    with (
        processes_beside(nothing) as beside,
        pytest.warns(UserWarning, match="letters are missing"),
    ):
        assert shared_by(beside, [warning]) == [2]


def test_work_of_a_process_with_threads_is_not_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(copies, "processors", lambda: 2)
    monkeypatch.setattr(copies.sys, "platform", "linux")
    for threads in (1, 2):
        monkeypatch.setattr(threading, "active_count", lambda count=threads: count)
        assert can_be_shared() == (threads == 1)
    with processes_beside(interrupt) as beside:
        assert beside is None
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    monkeypatch.setattr(copies, "processors", lambda: 1)
    assert not can_be_shared()


@pytest.mark.parametrize("form", ["md", "docx"])
def test_the_report_is_the_same(tmp_path: Path, form: str) -> None:
    dispute = detente.load("prisoners-dilemma")
    analysis = detente.analyse(dispute)
    written = []
    for other in (nullcontext(), sections_beside(form)):
        with other as beside:
            if beside is not None:
                beside.begin_brief(dispute, None, None, None)
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
