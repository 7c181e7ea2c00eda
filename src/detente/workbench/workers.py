"""Processes that compute, each killed and replaced where a request takes too long."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from detente.dispute.errors import DisputeError
from detente.workbench.limits import Limits

__all__ = ["Busy", "Failed", "TimedOut", "Workers"]


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
class Workers:
    """A few processes, started when they are first needed.

    Attributes
    ----------
    limits
        How many, how long a request may take and how many may wait.
    """

    limits: Limits = field(default_factory=Limits)
    _idle: list[subprocess.Popen[bytes]] = field(default_factory=list, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _free: threading.Semaphore = field(init=False, repr=False)
    _waiting: int = field(default=0, repr=False)
    _closed: bool = field(default=False, repr=False)

    def __post_init__(self) -> None:
        """Make as many places as there are workers."""
        self._free = threading.Semaphore(self.limits.workers)

    def run(self, task: str, **arguments: Any) -> dict[str, Any]:
        """Compute in a process of its own, and wait for it; to be called in a thread.

        Parameters
        ----------
        task
            One of :data:`detente.workbench.tasks.TASKS`.
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
        end = time.monotonic() + self.limits.seconds
        with self._lock:
            if self._waiting >= self.limits.waiting + self.limits.workers:
                raise Busy("busy", {"message": "the server is busy; try again in a moment"})
            self._waiting += 1
        try:
            if not self._free.acquire(timeout=self.limits.seconds):
                raise self._too_late()
            try:
                return self._ask({"task": task, "arguments": arguments}, end)
            finally:
                self._free.release()
        finally:
            with self._lock:
                self._waiting -= 1

    def limited(self, task: str, **arguments: Any) -> dict[str, Any]:
        """The same for a task that analyses, with the limits on the dispute's size."""
        most = {"states": self.limits.states, "memory_bytes": self.limits.memory_bytes}
        return self.run(task, **arguments, most=most)

    def close(self) -> None:
        """End all processes."""
        with self._lock:
            self._closed = True
            processes, self._idle = self._idle, []
        for process in processes:
            _end(process)

    def _ask(self, request: dict[str, Any], end: float) -> dict[str, Any]:
        process = self._process()
        assert process.stdin is not None
        assert process.stdout is not None
        late = threading.Event()

        def stop() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(max(end - time.monotonic(), 0.0), stop)
        timer.daemon = True
        timer.start()
        line = b""
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except OSError:
            pass
        finally:
            timer.cancel()
            if late.is_set() or not line.endswith(b"\n"):
                _end(process)
            else:
                self._keep(process)
        if late.is_set():
            raise self._too_late()
        if not line.endswith(b"\n"):
            raise Failed("fault", {"message": "the process that computes ended unexpectedly"})
        answer = json.loads(line)
        if "error" in answer:
            raise Failed(answer["error"]["kind"], answer["error"])
        result: dict[str, Any] = answer["result"]
        return result

    def _too_late(self) -> TimedOut:
        return TimedOut(
            "timed-out",
            {"message": f"this takes more than {self.limits.seconds:g} seconds, so it was ended"},
        )

    def _process(self) -> subprocess.Popen[bytes]:
        with self._lock:
            while self._idle:
                process = self._idle.pop()
                if process.poll() is None:
                    return process
                _end(process)
        return subprocess.Popen(
            [sys.executable, "-m", "detente.workbench.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def _keep(self, process: subprocess.Popen[bytes]) -> None:
        with self._lock:
            if not self._closed:
                self._idle.append(process)
                return
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(OSError):
                stream.close()
