"""The server ends soon after it is told to, and leaves no process behind."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from real_server import running
from test_workers import SLOW, slow_text


@contextmanager
def computing(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A server that computes for a client who waits."""
    (folder / "slow.yaml").write_text(slow_text(), "utf-8")
    with running(folder) as server, socket.create_connection(server.place) as client:
        body = f'{{"dispute": {{"file": "slow.yaml"}}, "concepts": ["{SLOW}"]}}'
        client.sendall(
            f"POST /api/v1/analyse HTTP/1.1\r\nHost: localhost\r\n"
            f"Content-Length: {len(body)}\r\nContent-Type: application/json\r\n\r\n"
            f"{body}".encode()
        )
        yield server.process


def processes_of(server: subprocess.Popen[str]) -> list[psutil.Process]:
    """The processes of a server, as soon as one of them is busy."""
    for _ in range(200):
        children = psutil.Process(server.pid).children(recursive=True)
        if any(child.cpu_times().user > 0.3 for child in children):
            return children
        time.sleep(0.1)
    pytest.fail("nothing is computed")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_the_server_ends_within_three_seconds_and_leaves_no_process(
    tmp_path: Path, how: signal.Signals
) -> None:
    with computing(tmp_path) as server:
        children = processes_of(server)
        started = time.monotonic()
        server.send_signal(how)
        server.wait(timeout=20)
        assert psutil.wait_procs(children, timeout=3)[1] == []
        assert time.monotonic() - started < 3
