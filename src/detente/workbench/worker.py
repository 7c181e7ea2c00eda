"""A process that computes: ``python -m detente.workbench.worker``.

It reads one request a line, as JSON, and answers each with one line. It is started and, where a
request takes too long, killed by :mod:`detente.workbench.workers`.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from detente.dispute.errors import DisputeError

__all__ = ["answer", "main"]


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Carry out one request: ``task`` with ``arguments``."""
    from detente.workbench.tasks import TASKS, TooLarge

    try:
        return {"result": TASKS[request["task"]](**request["arguments"])}
    except DisputeError as error:
        kind = "too-large" if isinstance(error, TooLarge) else "dispute"
        return {"error": {"kind": kind, **described(error)}}
    except (MemoryError, RecursionError):
        return {"error": {"kind": "too-large", "message": "this dispute needs too much memory"}}
    except Exception as error:
        # A fault of detente: said to the person, told in full on the server's terminal.
        sys.excepthook(*sys.exc_info())
        return {"error": {"kind": "fault", "message": f"unexpected {type(error).__name__}"}}


def described(error: DisputeError) -> dict[str, Any]:
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
    """Answer requests until the standard input ends."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    # What a library may print must not stand between answers.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    for line in sys.stdin.buffer:
        answers.write(json.dumps(answer(json.loads(line))) + "\n")
        answers.flush()


if __name__ == "__main__":
    try:
        main()
    except (KeyboardInterrupt, BrokenPipeError):
        sys.exit(130)
