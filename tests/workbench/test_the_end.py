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
from urllib.parse import urlsplit

import psutil
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from test_workers import SLOW, slow_text


@contextmanager
def computing(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A server that computes for a client who waits."""
    (folder / "slow.yaml").write_text(slow_text(), "utf-8")
    start = [sys.executable, "-c", "from detente.cli import main; main()"]
    with subprocess.Popen(
        [*start, "serve", str(folder), "--port", "0", "--no-browser"],
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        line = next(line for line in server.stdout if "http://" in line)
        address = urlsplit(line.strip())
        body = f'{{"dispute": {{"file": "slow.yaml"}}, "concepts": ["{SLOW}"]}}'
        with socket.create_connection((address.hostname, address.port)) as client:
            client.sendall(
                f"POST /api/v1/analyse HTTP/1.1\r\nHost: {address.netloc}\r\n"
                f"Content-Length: {len(body)}\r\nContent-Type: application/json\r\n\r\n"
                f"{body}".encode()
            )
            try:
                yield server
            finally:
                server.kill()


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
