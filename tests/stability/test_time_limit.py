"""Work on single states ends in time: what is done is delivered, and what is not is named."""

from __future__ import annotations

import json
import time
from threading import Event, Thread
from typing import Any

import pytest
from click.testing import CliRunner

import detente
from detente.cli import detente as command_line
from detente.queries.parsing import parse_query
from detente.queries.symbolic_evaluation import SymbolicAsking, ask_symbolically
from detente.report.answers import answer_document
from detente.stability.symbolic_analysis import Budget
from detente.stability.symbolic_explain import _Explaining
from detente.stability.time_limit import ended_early


def test_work_that_ends_by_itself_and_work_that_does_not() -> None:
    found: list[int] = []

    def work(pause: Any) -> None:
        found.append(1)
        while True:
            pause()

    assert ended_early(60.0, lambda pause: found.append(0)) is None
    assert ended_early(0.0, work) == "time"
    assert found == [0, 1]

    def wrong(pause: Any) -> None:
        raise ValueError("it fails")

    with pytest.raises(ValueError, match="it fails"):
        ended_early(60.0, wrong)


class Clock:
    """A clock that jumps ahead when it is told to."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self.ahead

    def time_is_over(self, pause: Any) -> None:
        self.ahead = 1e6
        while True:
            pause()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("detente.stability.time_limit.time", made)
    return made


def test_parts_that_were_answered_in_time(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    dispute = detente.load("prisoners-dilemma")
    query = parse_query(dispute, "stable for first under Nash; stable for second under Nash")
    answer = SymbolicAsking.answer

    def halting(self: SymbolicAsking, query: Any) -> Any:
        if "second" in query.parts[0].text:
            clock.time_is_over(self.game.diagrams.pause)
        return answer(self, query)

    monkeypatch.setattr(SymbolicAsking, "answer", halting)
    told, found = ask_symbolically(dispute, query, budget=Budget(seconds=600.0))
    assert [part.text for part in found.parts] == ["stable for first under Nash"]
    assert (found.unanswered, found.why) == (("stable for second under Nash",), "time")
    assert not found.partial
    assert answer_document(told, found)["unanswered"] == ["stable for second under Nash"]
    clock.ahead = 0.0
    with pytest.raises(detente.LimitError, match="not answered in 0 seconds"):
        ask_symbolically(dispute, query, budget=Budget(seconds=0.0))


def test_moves_that_were_explained_in_time(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    def halting(self: _Explaining, limit: int) -> None:
        clock.time_is_over(self.game.diagrams.pause)

    monkeypatch.setattr(_Explaining, "explain_moves", halting)
    words = ["explain", "prisoners-dilemma", "--party", "first", "--state", "1"]
    words += ["--concept", "Nash", "--engine", "symbolic", "--seconds", "600", "--format", "json"]
    result = CliRunner().invoke(command_line, words)
    assert result.exit_code == 0, result.output
    told = json.loads(result.output)
    assert (told["stable"], told["move_count"], told["moves"]) == (False, 1, [])
    assert "1 more move not explained: time ran out." in told["text"]


def test_ctrl_c_keeps_what_was_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    reached = Event()

    def halting(self: _Explaining, limit: int) -> None:
        reached.set()
        while True:
            self.game.diagrams.pause()

    def join(thread: Thread, timeout: float | None = None) -> None:
        assert reached.wait(60)
        raise KeyboardInterrupt

    monkeypatch.setattr(_Explaining, "explain_moves", halting)
    monkeypatch.setattr("detente.stability.time_limit.threading.Thread.join", join)
    dispute = detente.load("prisoners-dilemma")
    found = detente.explain(dispute, "first", 1, "Nash", engine="symbolic")
    assert found.partial
    assert not found.stable
