"""A process that computes: ``python -m detente.workbench.worker``.

It reads one request a line, as JSON, and answers each with one line. It is started and, where a
request takes too long, killed by :mod:`detente.workbench.workers`. It ends itself too: when its
time is up, and when the process that started it is there no more. Ctrl-C, or a signal like it,
ends what it works on and not the process: the answer is then what had been found.
"""

from __future__ import annotations

import faulthandler
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from types import FrameType
from typing import Any, TextIO

from detente.dispute.errors import DetenteError, EnvironmentFault, LimitError

__all__ = ["TOLD", "answer", "main"]

TOLD = b"told "
"""So begins a line that is no answer yet, but says how far a task has come."""

_TELL_EVERY = 0.2
# So much less urgent than the server, which answers everybody, where all processors are busy.
_NICER = 5
# With it everything is used once that an overview needs.
_SMALL_DISPUTE = """\
dispute: Small
parties:
  a: {options: {act: Act}, preferences: [b.act, not act]}
  b: {options: {act: Act}, preferences: [a.act, not act]}
outcomes: {calm: not (a.act or b.act)}
status_quo: {a.act: no, b.act: no}
"""


def answer(
    request: dict[str, Any], tell: Callable[[str, float], object] | None = None
) -> dict[str, Any]:
    """Carry out one request: ``task`` with ``arguments``.

    Parameters
    ----------
    request
        The request.
    tell
        Called as the work goes on, where the task tells how far it has come.
    """
    from detente.workbench.tasks import TASKS, TELLING_TASKS

    name, arguments = request["task"], request["arguments"]
    if name in TELLING_TASKS:
        arguments = {**arguments, "progress": tell}
    try:
        return {"result": TASKS[name](**arguments)}
    except DetenteError as error:
        kind = "dispute"
        if isinstance(error, LimitError):
            kind = "too-large"
        elif isinstance(error, EnvironmentFault):
            kind = "environment"
        return {"error": {"kind": kind, **described(error)}}
    except KeyboardInterrupt as stop:
        # What it says is what was known before there was a result.
        return {"error": {"kind": "interrupted", "message": str(stop)}}
    except (MemoryError, RecursionError):
        return {"error": {"kind": "too-large", "message": "this dispute needs too much memory"}}
    except Exception as error:
        # A fault of detente: said to the person, told in full on the server's terminal.
        sys.excepthook(*sys.exc_info())
        return {"error": {"kind": "fault", "message": f"unexpected {type(error).__name__}"}}


def _answered(
    request: dict[str, Any], tell: Callable[[str, float], object] | None
) -> dict[str, Any]:
    """The same, where Ctrl-C ends what is worked on."""
    try:
        with _interruptible():
            return answer(request, tell)
    except KeyboardInterrupt:
        # It struck beside the work.
        return {"error": {"kind": "interrupted", "message": ""}}


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let Ctrl-C end what is done, once: what was found by then is put together undisturbed."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def described(error: DetenteError) -> dict[str, Any]:
    """What a page or a client needs of an error."""
    return {
        "message": error.message,
        "key": error.key,
        "line": error.place.line if error.place else None,
        "column": error.place.column if error.place else None,
        "excerpt": error.excerpt,
        "nearest": error.nearest,
        "allowed": list(error.allowed[:12]),
    }


def main() -> None:
    """Answer requests until the standard input ends, or whoever started this process does."""
    _end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(_NICER)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    # What a library may print must not stand between answers.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    requests: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_read, args=[requests], daemon=True).start()
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        spare = _for_the_first()
        while True:
            _use_the_time(spare, requests)
            request = json.loads(requests.get())
            # In the library's own thread, which ends the process whatever else goes on in it.
            faulthandler.dump_traceback_later(request["seconds"], exit=True, file=nowhere)
            line = json.dumps(_answered(request, _teller(answers))) + "\n"
            faulthandler.cancel_dump_traceback_later()
            answers.write(line)
            answers.flush()
            spare = _for_the_next(request["arguments"])


def _for_the_first() -> Iterator[None]:
    """What can be done for any question before one is asked: much is loaded for the first one."""
    from detente.stability.concept_registry import usual_concepts
    from detente.workbench.kernels_at_hand import kernels_ahead
    from detente.workbench.tasks import overview

    yield
    most = {"states": 2**10, "memory_bytes": 2**30}
    overview(_SMALL_DISPUTE, usual_concepts(), 1, most)
    yield
    yield from kernels_ahead(_SMALL_DISPUTE, most)


def _for_the_next(asked: dict[str, Any]) -> Iterator[None]:
    """What can be done for the next question about a dispute while nobody asks one."""
    if not {"text", "most"} <= asked.keys():
        return
    from detente.workbench.kernels_at_hand import kernels_for

    try:
        yield from kernels_for(asked["text"], asked["most"])
    except DetenteError:
        # What is wrong with it has been answered.
        return


def _use_the_time(spare: Iterator[None], requests: SimpleQueue[bytes]) -> None:
    """Go on with what can be done meanwhile, until somebody asks or it is done."""
    while requests.empty():
        try:
            next(spare)
        except StopIteration:
            return


def _teller(answers: TextIO) -> Callable[[str, float], None]:
    """What passes on how far a task has come, now and then."""
    last = 0.0

    def tell(what: str, share: float) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _TELL_EVERY:
            last = now
            answers.write(f"{TOLD.decode()}{json.dumps([what, share])}\n")
            answers.flush()

    return tell


def _read(requests: SimpleQueue[bytes]) -> None:
    """Pass requests on; the end of them ends the process, also while it computes."""
    for line in sys.stdin.buffer:
        requests.put(line)
    os._exit(0)


def _end_with_parent() -> None:
    """Have the system kill this process when the thread that started it ends, on Linux.

    Elsewhere, and in any case, the end of the standard input ends it; but that is noticed only
    between two steps of Python.
    """
    if not sys.platform.startswith("linux"):
        return
    import ctypes

    set_parent_death_signal = 1
    ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)
    if len(sys.argv) > 1 and os.getppid() != int(sys.argv[1]):
        # It had ended before.
        os._exit(0)


if __name__ == "__main__":
    try:
        main()
    except (KeyboardInterrupt, BrokenPipeError):
        sys.exit(130)
