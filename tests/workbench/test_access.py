"""The token, as a person and other programs of the machine meet it."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx
import psutil
import pytest
from click.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parent))

from real_server import Running, running

from detente.cli import detente
from detente.workbench.access import redirect_file


def outside(server: Running) -> str:
    return server.address.partition("/?")[0]


def test_other_programs_of_the_machine_are_not_let_in(tmp_path: Path) -> None:
    with running(tmp_path, "--port", "0") as server:
        token = unquote(server.address.partition("token=")[2])
        assert len(token) >= 32
        for path in ("/", "/api/v1/", "/dispute/a.yaml", "/_nicegui_ws/socket.io/?EIO=4"):
            assert httpx.get(outside(server) + path, timeout=60).status_code == 401
        headers = {"authorization": f"Bearer {token}"}
        assert (
            httpx.get(f"{outside(server)}/api/v1/", headers=headers, timeout=60).status_code == 200
        )
        # Everybody can read the list of processes.
        told = [part for child in [psutil.Process(server.process.pid)] for part in child.cmdline()]
        assert not any(token in part for part in told)


def ask_for_what_is_not_there(address: str) -> None:
    """Ask in all the ways that a server likes to log."""
    place = urlsplit(address)
    held = {"authorization": "Bearer the-token-of-the-tests"}
    with httpx.Client(base_url=address, headers=held, timeout=60) as client:
        for path in ("/nothing/%1b%5b31m?", "/dispute/%1b.yaml?", "/compare?first=%0d%0a&"):
            for query in ("token=the-token-of-the-tests", "x=the-token-of-the-tests"):
                client.get(path + query)
                client.post(path + query)
    with socket.create_connection((place.hostname, place.port), timeout=60) as raw:
        raw.sendall(b"GET \x1b[31m the-token-of-the-tests\r\n\r\n")
        raw.recv(1000)


def test_no_token_is_logged_and_nothing_raw_reaches_the_terminal(tmp_path: Path) -> None:
    start = [sys.executable, "-c", "from detente.cli import main; main()", "serve", str(tmp_path)]
    environment = {**os.environ, "DETENTE_TOKEN": "the-token-of-the-tests"}
    with subprocess.Popen(
        [*start, "--port", "0", "--no-browser"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        assert process.stdout is not None
        try:
            line = next(line for line in process.stdout if "http://" in line)
            ask_for_what_is_not_there(line.strip().partition("/?")[0])
            process.terminate()
            rest, errors = process.communicate(timeout=30)
        finally:
            process.kill()
    assert "the-token-of-the-tests" not in rest + errors
    assert "\x1b" not in rest + errors


def test_the_file_that_leads_a_browser_in_is_its_owners_alone() -> None:
    with redirect_file("http://127.0.0.1:1/?token=a&b") as address:
        path = Path(unquote(urlsplit(address).path))
        assert "token=a&amp;b" in path.read_text("utf-8")
        if os.name == "posix":
            assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert not path.parent.exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--no-token", "--host", "0.0.0.0"], "--no-token is for this machine itself"),
        (["--no-token", "--token", "x" * 20], "not both"),
        (["--token", "short"], "at least 16 characters"),
    ],
)
def test_what_would_let_everybody_in_is_refused(
    tmp_path: Path, options: list[str], words: str
) -> None:
    result = CliRunner().invoke(detente, ["serve", str(tmp_path), *options])
    assert (result.exit_code, words in result.output) == (2, True)
