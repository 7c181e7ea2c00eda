"""Processes that compute, each killed and replaced where a request takes too long.

A process ends when the time is up, soon after the client leaves, when the server ends, and when the
server is killed. See :mod:`detente.workbench.worker` for its part.

What a person waits for comes first. A process is kept free for it, which knows the dispute from the
question before, and answers several times as fast as a new one.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from detente.dispute.errors import DisputeError
from detente.workbench.limits import Limits
from detente.workbench.worker import TOLD

# A process ends itself so much later than its request is ended from here.
_GRACE = 1.0
# What nobody waits for any more may take so much longer: somebody who types leaves a question with
# every letter, and a process that has to be replaced is slow at the next one.
_PATIENCE = 3.0
# Who is told to end with what he has found may take so much longer for it, and is told again and
# again: in the midst of some steps he does not hear it.
_ENDS_WITHIN = 15.0
_TOLD_AGAIN = 0.3
# So many processes are ready where some are started ahead: for what a person waits for, and for
# what is checked and suggested after it.
_READY = 2
# What a person waits for, and what takes a second at most of all but the largest disputes.
_QUICK = {"check", "explain", "in_words", "listed_states", "overview", "path", "state"}
# What somebody asks for by a button, and knows to take its time: it can be called off.
_EXPORTS = {"picture", "report", "shown", "table"}
# What a page shows when it is done, and is useful before.
_IN_THE_BACKGROUND = {"answers_changed", "brief", "course", "regions", "suggestions", "ways"}

__all__ = ["Busy", "Failed", "Tell", "TimedOut", "Workers"]

Tell = Callable[[str, float], object]
"""Told what a task is doing, and which share of it is done; called in another thread."""


class Failed(DisputeError):
    """A computation did not end well.

    Attributes
    ----------
    kind
        ``dispute`` (something is wrong in it), ``too-large``, ``timed-out``, ``busy``,
        ``interrupted`` (before there was a result), or ``fault`` (of detente itself).
    details
        ``message``, ``key``, ``line``, ``column``, ``excerpt``, ``nearest`` and ``allowed``, as
        far as they are known.
    """

    def __init__(self, kind: str, details: dict[str, Any]) -> None:
        super().__init__(str(details["message"]), key=details.get("key"))
        self.kind = kind
        self.details = details


class TimedOut(Failed):
    """A computation was ended since its time was up."""


class Busy(Failed):
    """Too many computations are waiting already."""


@dataclass(eq=False)
class _Job:
    """One request, and the process that works on it."""

    task: str
    arguments: dict[str, Any]
    end: float
    tell: Tell | None = None
    answer: Future[dict[str, Any]] = field(default_factory=Future)
    process: subprocess.Popen[bytes] | None = None
    # Nobody wants its answer.
    stopped: bool = False
    killed: bool = False

    @property
    def quick(self) -> bool:
        """Whether a person waits for it, and not for long."""
        return self.task in _QUICK

    @property
    def text(self) -> str:
        """The dispute file that it is about."""
        return str(self.arguments.get("text"))


@dataclass
class Workers:
    """A few processes, started when they are first needed.

    Attributes
    ----------
    limits
        How many, how long a request may take and how many may wait.
    """

    limits: Limits = field(default_factory=Limits)
    _idle: list[subprocess.Popen[bytes]] = field(default_factory=list, repr=False)
    # The text that each process has worked on last, of which it knows much by now.
    _texts: dict[int, str] = field(default_factory=dict, repr=False)
    # The process that was asked last what a person waits for.
    _at_hand: int | None = field(default=None, repr=False)
    _waiting: list[_Job] = field(default_factory=list, repr=False)
    _begun: list[_Job] = field(default_factory=list, repr=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)
    _threads: ThreadPoolExecutor = field(init=False, repr=False)
    _starts_ahead: bool = field(default=False, repr=False)
    _closed: bool = field(default=False, repr=False)

    def __post_init__(self) -> None:
        """Make as many threads as there are processes: a process ends with its thread."""
        self._threads = ThreadPoolExecutor(self.limits.workers, "computing")

    def start_ahead(self) -> None:
        """From now on have a process ready before it is needed."""
        self._starts_ahead = True
        self._threads.submit(self._start_another)

    async def compute(
        self, task: str, *, tell: Tell | None = None, **arguments: Any
    ) -> dict[str, Any]:
        """Compute in a process of its own; to be cancelled where nobody wants the answer.

        Parameters
        ----------
        task
            One of :data:`detente.workbench.tasks.TASKS`.
        tell
            Called as the work goes on, where the task tells how far it has come.
        **arguments
            What it takes, as plain values.

        Returns
        -------
        dict
            What the task gives.

        Raises
        ------
        Failed
            If the dispute is wrong or too large, time is up, or too many requests wait.
        """
        job = self._submit(task, arguments, tell)
        seconds = self._seconds(task)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(job.answer), seconds)
        except TimeoutError:
            self._kill(job)
            raise self._too_late(seconds) from None
        finally:
            self._stop(job)

    async def compute_limited(
        self, task: str, *, tell: Tell | None = None, **arguments: Any
    ) -> dict[str, Any]:
        """The same for a task that analyses, with the limits on the dispute's size."""
        return await self.compute(task, tell=tell, **arguments, most=self._most())

    def ahead_of(self, tell: Tell) -> int | None:
        """How many computations come before one that waits; None where it is being worked on."""
        with self._lock:
            waiting = sorted(self._waiting, key=lambda job: not job.quick)
        return next((place for place, job in enumerate(waiting) if job.tell == tell), None)

    def interrupt(self, tell: Tell) -> bool:
        """Have a computation end with what it has found by now.

        Parameters
        ----------
        tell
            What the computation tells how far it has come.

        Returns
        -------
        bool
            Whether it will: its answer comes soon then, or it is ended. Otherwise it has not begun,
            or such a thing cannot be done on this system.
        """
        with self._lock:
            job = next((one for one in self._begun if one.tell == tell), None)
            begun = job is not None and job.process is not None and not job.killed
        if job is None or not begun or os.name != "posix":
            return False
        self._interrupt(job, time.monotonic() + _ENDS_WITHIN)
        return True

    def _interrupt(self, job: _Job, until: float) -> None:
        with self._lock:
            if job.process is None or job.killed:
                return
            if time.monotonic() >= until:
                self._kill(job)
                return
            job.process.send_signal(signal.SIGINT)
        _later(_TOLD_AGAIN, lambda job: self._interrupt(job, until), job)

    def run(self, task: str, **arguments: Any) -> dict[str, Any]:
        """The same as :meth:`compute`, for a thread that waits."""
        job = self._submit(task, arguments)
        seconds = self._seconds(task)
        try:
            return job.answer.result(seconds)
        except TimeoutError:
            job.answer.cancel()
            self._kill(job)
            raise self._too_late(seconds) from None
        finally:
            self._stop(job)

    def limited(self, task: str, **arguments: Any) -> dict[str, Any]:
        """The same as :meth:`compute_limited`, for a thread that waits."""
        return self.run(task, **arguments, most=self._most())

    def close(self) -> None:
        """End all processes, and all that wait for one."""
        with self._lock:
            self._closed = True
            processes, self._idle = self._idle, []
            waiting, self._waiting = self._waiting, []
            begun = list(self._begun)
        for job in waiting:
            job.answer.cancel()
        for job in begun:
            self._kill(job)
        for process in processes:
            _end(process)
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _most(self) -> dict[str, int]:
        return {"states": self.limits.states, "memory_bytes": self.limits.memory_bytes}

    def _submit(self, task: str, arguments: dict[str, Any], tell: Tell | None = None) -> _Job:
        job = _Job(task, arguments, time.monotonic() + self._seconds(task), tell)
        with self._lock:
            if self._closed:
                raise Busy("busy", {"message": "the server is being ended"})
            wanted = len(self._waiting) + sum(not one.stopped for one in self._begun)
            if wanted >= self.limits.waiting + self.limits.workers:
                raise Busy("busy", {"message": "the server is busy; try again in a moment"})
            self._waiting.append(job)
            self._begin_next()
        return job

    def _begin_next(self) -> None:
        """Begin what is next, as far as there is room."""
        with self._lock:
            while not self._closed and (job := self._next()) is not None:
                self._waiting.remove(job)
                self._begun.append(job)
                self._threads.submit(self._work_on, job)

    def _next(self) -> _Job | None:
        """What is to be begun now: first what a person waits for; one process is kept for that."""
        if len(self._begun) >= self.limits.workers:
            return None
        lasting = sum(not job.quick for job in self._begun)
        has_room = lasting < max(1, self.limits.workers - 1)
        quick = (job for job in self._waiting if job.quick)
        return next(quick, self._waiting[0] if self._waiting and has_room else None)

    def _work_on(self, job: _Job) -> None:
        """Find the answer to a job; in one of the threads."""
        try:
            if not job.answer.set_running_or_notify_cancel():
                return
            try:
                found = self._ask(job)
            except BaseException as error:
                job.answer.set_exception(error)
            else:
                job.answer.set_result(found)
        finally:
            with self._lock:
                self._begun.remove(job)
            self._begin_next()

    def _stop(self, job: _Job) -> None:
        """Let a job go that nobody waits for; one that has ended stays as it is."""
        with self._lock:
            job.stopped = True
            if job in self._waiting:
                self._waiting.remove(job)
            elif job in self._begun and not job.killed and not job.answer.done():
                _later(_PATIENCE, self._kill, job)

    def _kill(self, job: _Job) -> None:
        """End a job at once, wherever it is."""
        with self._lock:
            job.stopped = job.killed = True
            if job.process is not None:
                job.process.kill()

    def _ask(self, job: _Job) -> dict[str, Any]:
        """Give a job to a process, and wait for its answer; in one of the threads."""
        left = job.end - time.monotonic()
        if left <= 0:
            raise self._too_late(self._seconds(job.task))
        process = self._process(job)
        assert process.stdin is not None
        assert process.stdout is not None
        request = {"task": job.task, "arguments": job.arguments, "seconds": left + _GRACE}
        timer = _later(left, self._kill, job)
        line = b""
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
            line = process.stdout.readline()
            while line.startswith(TOLD):
                if job.tell is not None:
                    job.tell(*json.loads(line.removeprefix(TOLD)))
                line = process.stdout.readline()
        except OSError:
            pass
        finally:
            timer.cancel()
            self._give_back(job, process, whole=line.endswith(b"\n"))
        if not line.endswith(b"\n"):
            if time.monotonic() >= job.end:
                raise self._too_late(self._seconds(job.task))
            raise Failed("fault", {"message": "the process that computes ended unexpectedly"})
        answer = json.loads(line)
        if "error" in answer:
            raise Failed(answer["error"]["kind"], answer["error"])
        result: dict[str, Any] = answer["result"]
        return result

    def _seconds(self, task: str) -> float:
        if task in _EXPORTS:
            return max(self.limits.seconds, self.limits.export_seconds)
        if task in _IN_THE_BACKGROUND:
            return max(self.limits.seconds, self.limits.background_seconds)
        return self.limits.seconds

    def _too_late(self, seconds: float) -> TimedOut:
        return TimedOut(
            "timed-out",
            {"message": f"this takes more than {seconds:g} seconds, so it was ended"},
        )

    def _process(self, job: _Job) -> subprocess.Popen[bytes]:
        """A process for a job: an idle one, or a new one."""
        process: subprocess.Popen[bytes] | None = None
        with self._lock:
            while process is None and (place := self._fittest(job)) is not None:
                process = self._idle.pop(place)
                if process.poll() is not None:
                    self._texts.pop(process.pid, None)
                    _end(process)
                    process = None
        if process is None:
            process = _new_process()
        with self._lock:
            job.process = process
            self._texts[process.pid] = job.text
            if job.quick:
                self._at_hand = process.pid
            if job.killed:
                process.kill()
        return process

    def _fittest(self, job: _Job) -> int | None:
        """The place of the idle process that suits a job best; None where a new one suits better.

        One knows the text, or was asked for the same kind of thing before. What lasts is kept from
        the process that answers what a person waits for.
        """
        others = [place for place, one in enumerate(self._idle) if one.pid != self._at_hand]
        spared = not job.quick and (others or self._count() < self.limits.workers)
        places = others if spared else range(len(self._idle))

        def fitness(place: int) -> tuple[bool, bool, int]:
            process = self._idle[place].pid
            suits = (process == self._at_hand) == job.quick
            return self._texts.get(process) == job.text, suits, place

        return max(places, key=fitness, default=None)

    def _count(self) -> int:
        """How many processes there are."""
        return len(self._idle) + sum(job.process is not None for job in self._begun)

    def _start_another(self) -> None:
        """Have one process more ready, if there may be one and few are; in one of the threads."""
        with self._lock:
            count = self._count()
            if self._closed or len(self._idle) >= _READY or count >= self.limits.workers:
                return
            self._idle.insert(0, _new_process())

    def _give_back(self, job: _Job, process: subprocess.Popen[bytes], *, whole: bool) -> None:
        """Keep a process that has answered; end one that has not, or that was told to end."""
        with self._lock:
            job.process = None
            kept = whole and not job.killed and not self._closed
            if kept:
                self._idle.append(process)
            else:
                self._texts.pop(process.pid, None)
        if not kept:
            _end(process)
        if self._starts_ahead:
            # Not before: it would take the time of the one that somebody waited for.
            self._start_another()


def _later(seconds: float, act: Callable[[_Job], None], job: _Job) -> threading.Timer:
    """Do something with a job after a while."""
    timer = threading.Timer(seconds, act, [job])
    timer.daemon = True
    timer.start()
    return timer


def _new_process() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "detente.workbench.worker", str(os.getpid())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(OSError):
                stream.close()
