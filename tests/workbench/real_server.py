"""The real server in a process of its own, as a person starts it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psutil


@dataclass(frozen=True)
class Running:
    """A server that runs.

    Attributes
    ----------
    process
        Its process.
    address
        Where it is, without a slash at the end.
    """

    process: subprocess.Popen[str]
    address: str

    @property
    def place(self) -> tuple[str, int]:
        """Host and port."""
        parts = urlsplit(self.address)
        assert parts.hostname is not None
        assert parts.port is not None
        return parts.hostname, parts.port

    def memory(self) -> float:
        """How many MiB it takes up."""
        return float(psutil.Process(self.process.pid).memory_info().rss / 2**20)


@contextmanager
def running(folder: Path, *options: str) -> Iterator[Running]:
    """Start `detente serve` on a free port."""
    start = [sys.executable, "-c", "from detente.cli import main; main()"]
    with subprocess.Popen(
        [*start, "serve", str(folder), "--port", "0", "--no-browser", *(options or ["--no-token"])],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            line = next((line for line in process.stdout if "http://" in line), None)
            assert line is not None, "the server did not start"
            yield Running(process, line.strip().rstrip("/"))
        finally:
            process.kill()
