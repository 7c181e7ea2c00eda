"""Processes that compute, each killed and replaced where a request takes too long.

A process ends with whoever wants its answer: when the time is up, when the client leaves, when
the server ends, and when the server is killed. See :mod:`detente.workbench.worker` for its part.
"""

from __future__ import annotations

import asyncio
import json
import os
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
# What somebody downloads, and knows to take its time.
_EXPORTS = {"picture", "report", "table"}
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
        ``dispute`` (something is wrong in it), ``too-large``, ``timed-out``, ``busy``, or
        ``fault`` (of detente itself).
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


@dataclass
class _Job:
    """One request, and the process that works on it."""

    task: str
    arguments: dict[str, Any]
    end: float
    tell: Tell | None = None
    process: subprocess.Popen[bytes] | None = None
    stopped: bool = False


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
    _jobs: list[_Job] = field(default_factory=list, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _threads: ThreadPoolExecutor = field(init=False, repr=False)
    _closed: bool = field(default=False, repr=False)

    def __post_init__(self) -> None:
        """Make as many threads as there are processes: a process ends with its thread."""
        self._threads = ThreadPoolExecutor(self.limits.workers, "computing")

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
        job, future = self._submit(task, arguments, tell)
        seconds = self._seconds(task)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), seconds)
        except TimeoutError:
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
            waiting = [job for job in self._jobs if job.process is None and not job.stopped]
        return next((place for place, job in enumerate(waiting) if job.tell == tell), None)

    def run(self, task: str, **arguments: Any) -> dict[str, Any]:
        """The same as :meth:`compute`, for a thread that waits."""
        job, future = self._submit(task, arguments)
        seconds = self._seconds(task)
        try:
            return future.result(seconds)
        except TimeoutError:
            future.cancel()
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
            jobs = list(self._jobs)
        for job in jobs:
            self._stop(job)
        for process in processes:
            _end(process)
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _most(self) -> dict[str, int]:
        return {"states": self.limits.states, "memory_bytes": self.limits.memory_bytes}

    def _submit(
        self, task: str, arguments: dict[str, Any], tell: Tell | None = None
    ) -> tuple[_Job, Future[dict[str, Any]]]:
        job = _Job(task, arguments, time.monotonic() + self._seconds(task), tell)
        with self._lock:
            if self._closed:
                raise Busy("busy", {"message": "the server is being ended"})
            if len(self._jobs) >= self.limits.waiting + self.limits.workers:
                raise Busy("busy", {"message": "the server is busy; try again in a moment"})
            self._jobs.append(job)
            future = self._threads.submit(self._ask, job)
        future.add_done_callback(lambda _: self._forget(job))
        return job, future

    def _forget(self, job: _Job) -> None:
        with self._lock:
            self._jobs.remove(job)

    def _stop(self, job: _Job) -> None:
        """End a job, wherever it is; one that has ended stays as it is."""
        with self._lock:
            job.stopped = True
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
        timer = threading.Timer(left, self._stop, [job])
        timer.daemon = True
        timer.start()
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
        text = str(job.arguments.get("text"))
        with self._lock:
            while self._idle and process is None:
                process = self._idle.pop(self._fittest(text))
                if process.poll() is not None:
                    self._texts.pop(process.pid, None)
                    _end(process)
                    process = None
        if process is None:
            process = subprocess.Popen(
                [sys.executable, "-m", "detente.workbench.worker", str(os.getpid())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        with self._lock:
            job.process = process
            self._texts[process.pid] = text
            if job.stopped:
                process.kill()
        return process

    def _fittest(self, text: str) -> int:
        """The place of the idle process that knows a text, or of the one that worked last."""
        known = [place for place, one in enumerate(self._idle) if self._texts.get(one.pid) == text]
        return known[-1] if known else -1

    def _give_back(self, job: _Job, process: subprocess.Popen[bytes], *, whole: bool) -> None:
        """Keep a process that has answered; end one that has not, or that was told to end."""
        with self._lock:
            job.process = None
            if whole and not job.stopped and not self._closed:
                self._idle.append(process)
                return
            self._texts.pop(process.pid, None)
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(OSError):
                stream.close()
