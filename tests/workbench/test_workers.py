"""Computations end, by themselves or by force, and never block the others for long."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from asking import run_apart

from detente.dispute.errors import LimitError
from detente.workbench.kernels_at_hand import kernels_for
from detente.workbench.limits import Limits
from detente.workbench.progress import Standing
from detente.workbench.services import case_text
from detente.workbench.workers import Busy, Failed, TimedOut, Workers, _Job

# Every horizon is worked out, and nothing is large.
SLOW = "L9999"


def slow_text() -> str:
    options = ", ".join(f"o{n}: O" for n in range(6))
    party = f"{{options: {{{options}}}, preferences: [{', '.join(f'o{n}' for n in range(6))}]}}"
    return f"dispute: Slow\nparties: {{a: {party}, b: {party.replace('[o0', '[not a.o0, o0')}}}\n"


@pytest.fixture
def workers() -> Iterator[Workers]:
    made = Workers(Limits(seconds=30.0, workers=1, waiting=1, states=2**40, memory_bytes=2**40))
    yield made
    made.close()


def test_a_task_is_computed(workers: Workers) -> None:
    found = workers.limited("overview", text=case_text("elmira"), concepts=["SEQ"], shown=9)
    assert found["state_count"] == 9
    assert [state["id"] for state in found["states"]] == [5, 8, 9]


def test_kernels_are_loaded_between_questions_about_large_disputes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # As in a process that has not loaded them: a test before may have.
    monkeypatch.delitem(sys.modules, "detente.space.kernels", raising=False)
    monkeypatch.delattr("detente.space.kernels", raising=False)
    limits = Limits()
    most = {"states": limits.states, "memory_bytes": limits.memory_bytes}
    assert list(kernels_for(case_text("elmira"), most)) == []
    options = ", ".join(f"o{number}: O" for number in range(6))
    two = f"{{options: {{{options}}}, preferences: [o0, not o1]}}"
    large = f"dispute: Large\nparties: {{a: {two}, b: {two}}}\n"
    assert len(list(kernels_for(large, most))) == 5
    assert "detente.space.kernels" in sys.modules
    # Once is enough.
    assert list(kernels_for(large, most)) == []
    with pytest.raises(LimitError, match="this server analyses"):
        list(kernels_for(large, {**most, "states": 1000}))


def test_how_far_it_is_and_how_many_come_before_is_told(workers: Workers) -> None:
    first, second = Standing(), Standing()

    async def compute() -> list[int | None]:
        asked: dict[str, Any] = {
            "text": case_text("elmira"),
            "name": "forecast",
            "parameters": {"draws": 60, "steps": 2},
        }
        one = asyncio.ensure_future(workers.compute_limited("shown", tell=first.tell, **asked))
        while not first.what:
            await asyncio.sleep(0.01)
        two = asyncio.ensure_future(workers.compute_limited("shown", tell=second.tell, **asked))
        await asyncio.sleep(0.01)
        ahead = [workers.ahead_of(first.tell), workers.ahead_of(second.tell)]
        two.cancel()
        assert not (await one)["partial"]
        return ahead

    assert run_apart(compute()) == [None, 0]
    assert first.share is not None
    assert 0 < first.share <= 1


def test_cancelled_work_ends_with_what_was_found_and_its_process_stays(workers: Workers) -> None:
    standing = Standing()

    async def interrupted(name: str, parameters: dict[str, Any], text: str) -> dict[str, Any]:
        asked: dict[str, Any] = {"text": text, "name": name, "parameters": parameters}
        one = asyncio.ensure_future(
            workers.compute_limited("shown", tell=standing.tell, **asked),
        )
        while name == "robust" and not (standing.share and "draws" in standing.what):
            await asyncio.sleep(0.01)
        while not workers.interrupt(standing.tell):
            await asyncio.sleep(0.01)
        return await one

    async def cancel() -> None:
        assert not workers.interrupt(standing.tell)
        found = await interrupted("robust", {"draws": 10**7}, case_text("chicken"))
        assert found["partial"]
        assert 0 < found["document"]["draws"] < 10**7
        process = workers._idle[0].pid
        with pytest.raises(Failed) as caught:
            await interrupted("analyse", {"concepts": [SLOW]}, slow_text())
        assert caught.value.kind == "interrupted"
        assert (await workers.compute("check", text=case_text("chicken")))["parties"] == 2
        assert [one.pid for one in workers._idle] == [process]

    run_apart(cancel())


def test_a_fault_in_the_dispute_is_told(workers: Workers) -> None:
    with pytest.raises(Failed) as caught:
        workers.run("check", text="dispute: x\nparties: {a: {preferences: [b.c]}}")
    assert caught.value.kind == "dispute"
    assert caught.value.details["key"] == "parties.a.preferences[0]"
    assert caught.value.details["line"] == 2


def test_what_takes_too_long_is_ended_and_the_next_is_computed(workers: Workers) -> None:
    workers.run("check", text=case_text("elmira"))  # the process is there
    impatient = Workers(Limits(seconds=0.2, workers=1, states=2**40, memory_bytes=2**40))
    started = time.monotonic()
    try:
        with pytest.raises(TimedOut):
            impatient.limited("overview", text=slow_text(), concepts=[SLOW], shown=1)
        assert time.monotonic() - started < 5
    finally:
        impatient.close()
    assert workers.run("check", text=case_text("elmira"))["parties"] == 3


def test_too_many_are_told_to_come_back() -> None:
    workers = Workers(Limits(seconds=1.0, workers=1, waiting=1, states=2**40, memory_bytes=2**40))
    outcomes: list[str] = []

    def compute() -> None:
        try:
            workers.limited("overview", text=slow_text(), concepts=[SLOW], shown=1)
            outcomes.append("done")
        except Busy:
            outcomes.append("busy")
        except TimedOut:
            outcomes.append("timed out")

    threads = [threading.Thread(target=compute) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    workers.close()
    # One is computed and one waits.
    assert (len(outcomes), outcomes.count("busy")) == (5, 3)


@pytest.mark.parametrize(
    ("limits", "concepts", "words"),
    [
        (Limits(states=1000), ["SEQ"], "this server analyses disputes of up to 1,000"),
        (Limits(memory_bytes=1000), ["SEQ"], "of memory"),
        (Limits(), ["SIM"], "SIM is computed here for disputes of up to"),
        (Limits(), ["L900"], "L900 is computed here for disputes of up to"),
    ],
    ids=["states", "memory", "slow concept", "long horizon"],
)
def test_what_is_too_large_is_refused_before_it_starts(
    limits: Limits, concepts: list[str], words: str
) -> None:
    workers = Workers(limits)
    try:
        with pytest.raises(Failed, match=words) as caught:
            workers.limited("overview", text=case_text("korea-2017"), concepts=concepts, shown=1)
        assert caught.value.kind == "too-large"
    finally:
        workers.close()


def test_what_a_person_waits_for_comes_first_and_one_process_is_kept_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    workers = Workers(Limits(workers=3))
    goes_on: dict[str, threading.Event] = {}
    begun: list[str] = []

    def asked(job: Any) -> dict[str, Any]:
        begun.append(job.text)
        assert goes_on[job.text].wait(20)
        return {"name": job.text}

    monkeypatch.setattr(workers, "_ask", asked)

    def compute(task: str, name: str) -> threading.Thread:
        goes_on[name] = threading.Event()
        thread = threading.Thread(target=workers.run, args=[task], kwargs={"text": name})
        thread.start()
        while not any(job.text == name for job in [*workers._begun, *workers._waiting]):
            thread.join(0.001)
        return thread

    def has_begun(*names: str) -> bool:
        for _ in range(2000):
            if sorted(begun) == sorted(names):
                return True
            ended[-1].join(0.001)
        return False

    ended = [compute("brief", name) for name in ("one", "two", "three")]
    # The third waits, though nothing else is asked for.
    assert has_begun("one", "two")
    ended.append(compute("state", "four"))
    assert has_begun("one", "two", "four")
    ended += [compute("overview", "five"), compute("overview", "six")]
    goes_on["one"].set()
    assert has_begun("one", "two", "four", "five")
    goes_on["four"].set()
    assert has_begun("one", "two", "four", "five", "six")
    goes_on["five"].set()
    assert has_begun("one", "two", "three", "four", "five", "six")
    for event in goes_on.values():
        event.set()
    for thread in ended:
        thread.join(20)
    assert not workers._begun
    workers.close()


class AtWork:
    """Stands for a process."""

    def __init__(self, pid: int) -> None:
        self.pid = pid


def test_what_lasts_is_kept_from_the_process_that_answers_a_person() -> None:
    workers = Workers(Limits(workers=3))

    def chosen(task: str, text: str, *idle: int) -> int | None:
        workers._idle = [AtWork(pid) for pid in idle]  # type: ignore[misc]
        place = workers._fittest(_Job(task, {"text": text}, 0.0))
        return None if place is None else idle[place]

    workers._texts = {1: "a", 2: "b", 3: "c"}
    workers._at_hand = 2
    assert chosen("overview", "new", 1, 2, 3) == 2
    assert chosen("state", "a", 1, 2, 3) == 1
    assert chosen("validated", "b", 1, 2, 3) == 3
    assert chosen("validated", "a", 1, 2, 3) == 1
    # A new process is better, as long as there may be one more.
    assert chosen("validated", "b", 2) is None
    assert chosen("overview", "b") is None
    one = Workers(Limits(workers=1))
    one._idle, one._at_hand = [AtWork(2)], 2  # type: ignore[list-item]
    assert one._fittest(_Job("validated", {"text": "b"}, 0.0)) == 0
    workers._idle, one._idle = [], []
    workers.close()
    one.close()


def test_what_is_left_ends_by_itself_and_its_process_stays(workers: Workers) -> None:
    async def leave() -> dict[str, Any]:
        await workers.compute("check", text=case_text("elmira"))
        process = workers._idle[0].pid
        asked = {"text": case_text("elmira"), "concepts": ["SEQ"], "shown": 1}
        left = asyncio.ensure_future(workers.compute_limited("overview", **asked))
        while not workers._begun:
            await asyncio.sleep(0)
        left.cancel()
        await asyncio.gather(left, return_exceptions=True)
        found = await workers.compute_limited("overview", **asked)
        assert [one.pid for one in workers._idle] == [process]
        return found

    assert run_apart(leave())["state_count"] == 9


def slow_task(workers: Workers) -> object:
    return workers.compute_limited("overview", text=slow_text(), concepts=[SLOW], shown=1)


def test_what_nobody_waits_for_is_ended_and_shuts_nobody_out(
    workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("detente.workbench.workers._PATIENCE", 0.2)

    async def hang_up_and_ask() -> None:
        # One is computed, one waits, and both clients leave, again and again.
        for _ in range(4):
            tasks = [asyncio.ensure_future(slow_task(workers)) for _ in range(2)]
            await asyncio.sleep(0.3)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        started = time.monotonic()
        assert (await workers.compute("check", text=case_text("elmira")))["parties"] == 3
        # The start of a process, and not the end of what was asked for before.
        assert time.monotonic() - started < 10

    run_apart(hang_up_and_ask())


def test_the_end_ends_what_is_being_computed(workers: Workers) -> None:
    # A browser that another test uses is a child of this process too.
    others = set(psutil.Process().children())

    async def ask_and_close() -> None:
        task = asyncio.ensure_future(slow_task(workers))
        await asyncio.sleep(1)
        children = list(set(psutil.Process().children()) - others)
        assert children
        started = time.monotonic()
        workers.close()
        with pytest.raises(Failed):
            await task
        assert time.monotonic() - started < 2
        assert psutil.wait_procs(children, timeout=2)[1] == []
        with pytest.raises(Busy, match="being ended"):
            await workers.compute("check", text="")

    run_apart(ask_and_close())


def test_a_process_ends_itself_when_its_time_is_up() -> None:
    most = {"states": 2**40, "memory_bytes": 2**40}
    arguments = {"text": slow_text(), "concepts": [SLOW], "shown": 1, "most": most}
    request = {"task": "overview", "arguments": arguments, "seconds": 0.5}
    with subprocess.Popen(
        [sys.executable, "-m", "detente.workbench.worker", str(os.getpid())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(request).encode() + b"\n")
        process.stdin.flush()
        # Nobody kills it, and its input stays open.
        assert process.wait(timeout=15) != 0
        assert process.stdout.read() == b""


STARTS_WORK = """
import sys, threading
sys.path.insert(0, sys.argv[1])
from test_workers import SLOW, slow_text
from detente.workbench.limits import Limits
from detente.workbench.workers import Workers
workers = Workers(Limits(seconds=60, states=2**40, memory_bytes=2**40))
print("ready", flush=True)
workers.limited("overview", text=slow_text(), concepts=[SLOW], shown=1)
"""


def test_however_the_server_ends_its_processes_do_too() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STARTS_WORK, os.path.dirname(__file__)],
        stdout=subprocess.PIPE,
    ) as server:
        assert server.stdout is not None
        server.stdout.readline()
        children: list[psutil.Process] = []
        for _ in range(200):
            children = psutil.Process(server.pid).children()
            if children and children[0].cpu_times().user > 0.5:
                break
            time.sleep(0.1)
        assert children
        server.send_signal(signal.SIGKILL)
        assert psutil.wait_procs(children, timeout=3)[1] == []
