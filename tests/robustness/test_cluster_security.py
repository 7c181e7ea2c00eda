"""Local processes talk to nobody without their key; addresses that are no use are told plainly."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

import detente
from detente.dispute.errors import DisputeError, EnvironmentFault
from detente.robustness.run import cluster

distributed = pytest.importorskip("distributed")
START = [sys.executable, "-c", "from detente.cli import main; main()"]


ATTACK = """
import asyncio, os, sys, distributed
async def attack(address):
    security = distributed.Security.temporary() if address.startswith("tls") else None
    try:
        client = await distributed.Client(
            address, asynchronous=True, timeout="3s", security=security)
        print("let in", address, await client.run_on_scheduler(eval, "1 + 1"), flush=True)
    except Exception:
        pass
async def attack_all():
    await asyncio.wait([asyncio.ensure_future(attack(one)) for one in sys.argv[1:]], timeout=10)
    print("tried", flush=True)
    os._exit(0)
asyncio.run(attack_all())
"""


@pytest.mark.long
def test_the_ports_of_local_processes_let_nobody_in() -> None:
    """Every port that is opened is tried without the key, as any program of the machine could."""
    import dask

    own = psutil.Process()
    before = {connection.laddr.port for connection in own.net_connections("tcp")}
    opened = cluster._local_cluster(distributed, dask, 1)
    try:
        ports: set[int] = set()
        for process in [own, *own.children(recursive=True)]:
            connections = process.net_connections("tcp")
            ports |= {one.laddr.port for one in connections if one.status == psutil.CONN_LISTEN}
        addresses = [f"{kind}://127.0.0.1:{p}" for p in ports - before for kind in ("tcp", "tls")]
        assert opened.scheduler_address in addresses
        assert len(addresses) >= 6
        done = subprocess.run(
            [sys.executable, "-c", ATTACK, *addresses], capture_output=True, text=True, check=True
        )
        assert done.stdout == "tried\n"
        # With the key, it is what runs code.
        with distributed.Client(opened, set_as_default=False) as client:
            assert client.run_on_scheduler(eval, "1 + 1") == 2
    finally:
        opened.close()


@pytest.mark.long
@pytest.mark.parametrize(
    ("address", "code", "words"),
    [
        ("nope://x", 2, "is like tcp://127.0.0.1:8786"),
        ("ucx://127.0.0.1:1", 2, "is like tcp://127.0.0.1:8786"),
        ("inproc://x", 2, "is like tcp://127.0.0.1:8786"),
        ("tcp://", 2, "is like tcp://127.0.0.1:8786"),
        ("tcp://127.0.0.1:1", 4, "there is no Dask scheduler at tcp://127.0.0.1:1"),
        ("tls://127.0.0.1:1", 4, "needs a certificate"),
    ],
)
def test_an_address_of_no_use_gives_one_message(address: str, code: int, words: str) -> None:
    done = subprocess.run(
        [*START, "robust", "elmira", "-n", "20", "--scheduler", address],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) <= 2


def scheduler_of_its_own(folder: Path, *options: str) -> tuple[subprocess.Popen[bytes], str]:
    """A scheduler in a process, and its address."""
    told = folder / "scheduler.json"
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1"),
            *("--port", "0", "--no-dashboard", "--scheduler-file", str(told), *options),
        ],
        stderr=subprocess.DEVNULL,
    )
    for _ in range(300):
        if told.exists() and told.stat().st_size:
            import json

            return process, str(json.loads(told.read_text())["address"])
        time.sleep(0.1)
    pytest.fail("no scheduler was started")


@pytest.mark.long
def test_a_scheduler_with_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = distributed.Security.temporary()
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    certificate.write_text(made.tls_ca_file)
    key.write_text(made.tls_client_key)
    files = ["--tls-ca-file", certificate, "--tls-cert", certificate, "--tls-key", key]
    process, address = scheduler_of_its_own(tmp_path, "--protocol", "tls", *map(str, files))
    worker = subprocess.Popen(
        [
            *(sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1"),
            *("--no-nanny", "--no-dashboard", *map(str, files)),
        ],
        stderr=subprocess.DEVNULL,
    )
    settings = dict(zip(cluster._TLS_SETTINGS, (certificate, key, certificate), strict=True))
    try:
        assert address.startswith("tls://")
        done = subprocess.run(
            [*START, "robust", "elmira", "-n", "40", "--scheduler", address],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, **{name: str(file) for name, file in settings.items()}},
        )
        assert (done.returncode, done.stderr) == (0, "")
    finally:
        worker.kill()
        process.kill()
        worker.wait()
        process.wait()


def test_where_all_workers_are_gone_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_ALONE", 2.0)
    process, address = scheduler_of_its_own(tmp_path)
    told: list[str] = []
    try:
        with pytest.raises(EnvironmentFault, match="there has been no worker at"):
            detente.analyse_robustness(
                detente.load("elmira"),
                200,
                scheduler=address,
                progress=lambda what, done: told.append(what),
            )
        assert any("no worker" in what for what in told)
    finally:
        process.kill()
        process.wait()


def test_a_scheduler_that_is_killed_is_told(tmp_path: Path) -> None:
    process, address = scheduler_of_its_own(tmp_path)
    killing = threading.Timer(3.0, process.send_signal, [signal.SIGKILL])
    killing.start()
    try:
        with pytest.raises(EnvironmentFault, match="was lost"):
            detente.analyse_robustness(detente.load("elmira"), 200, scheduler=address)
    finally:
        killing.cancel()
        process.kill()
        process.wait()


def test_threads_need_no_address() -> None:
    with pytest.raises(DisputeError, match="a scheduler is threads, local"):
        detente.analyse_robustness(detente.load("elmira"), 10, scheduler="nowhere")
