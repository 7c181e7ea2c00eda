"""Who sends nothing shuts nobody out."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from real_server import Running, running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("served")) as server:
        yield server


def ends(client: socket.socket, seconds: float) -> bool:
    """Whether the server closes a connection within a time, without or after an answer."""
    client.settimeout(seconds)
    try:
        while client.recv(65_536):
            pass
    except TimeoutError:
        return False
    except OSError:
        return True
    return True


def is_cut_off(client: socket.socket, piece: bytes, *, times: int, pause: float) -> bool:
    """Whether a client that goes on sending is not let to."""
    try:
        for _ in range(times):
            client.sendall(piece)
            time.sleep(pause)
    except OSError:
        return True
    return False


def answers(server: Running) -> bool:
    answer = httpx.get(f"{server.address}/api/v1/", timeout=60)
    return answer.status_code == 200


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: localhost\r\n"])
def test_half_open_connections_shut_nobody_out(server: Running, sent: bytes) -> None:
    with ExitStack() as opened:
        for _ in range(400):
            client = opened.enter_context(socket.create_connection(server.place))
            client.sendall(sent)
        assert answers(server)
        assert answers(server)


@pytest.mark.long
def test_a_connection_that_waits_is_closed(server: Running) -> None:
    started = time.monotonic()
    with ExitStack() as opened:
        clients = [opened.enter_context(socket.create_connection(server.place)) for _ in range(3)]
        clients[1].sendall(b"GET /api/v1/ HTTP/1.1\r\nHost: localhost\r\n")
        # After an answer, the half of another request.
        clients[2].sendall(b"GET /api/v1/ HTTP/1.1\r\nHost: localhost\r\n\r\nGET /")
        assert all(ends(client, 14) for client in clients)
    assert time.monotonic() - started > 4
    assert answers(server)


@pytest.mark.long
def test_a_letter_now_and_then_keeps_no_connection_open(server: Running) -> None:
    with socket.create_connection(server.place) as client:
        client.sendall(b"GET /api/v1/ HTTP/1.1\r\nHost: localhost\r\nx: ")
        assert is_cut_off(client, b"x", times=30, pause=0.5)


def test_a_head_has_a_limit(server: Running) -> None:
    with socket.create_connection(server.place) as client:
        client.sendall(b"GET /api/v1/ HTTP/1.1\r\nHost: localhost\r\n")
        assert is_cut_off(client, b"x: " + b"y" * 4096 + b"\r\n", times=200, pause=0.005)
    assert answers(server)
