"""Load on the HTTP API: requests a second, and how that compares with a trivial answer.

    ./dev python benchmarks/http_api.py

It starts a server on a free port of 127.0.0.1, asks it a bounded number of times for a bounded
time, and stops it.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from statistics import median

import httpx
from recording import asked_to_record, record

CLIENTS = 4
MOST_REQUESTS = 400
MOST_SECONDS = 8.0

ELMIRA = {"case": "elmira"}
KOREA = {"case": "korea-2017"}
OPERATIONS = [
    ("trivial answer", "GET", "/api/v1/", None),
    ("list of cases", "GET", "/api/v1/cases", None),
    ("validate Elmira", "POST", "/api/v1/validate", "text"),
    ("analyse Elmira, 9 states", "POST", "/api/v1/analyse", {"dispute": ELMIRA}),
    (
        "explain a state of Elmira",
        "POST",
        "/api/v1/explain",
        {"dispute": ELMIRA, "party": "moe", "state": 1},
    ),
    ("analyse Korea, 61,440 states", "POST", "/api/v1/analyse", {"dispute": KOREA, "limit": 1}),
]


def load(address: str, method: str, path: str, body: object) -> tuple[int, float, float]:
    """Requests answered, seconds, and the median time of one in milliseconds."""
    numbers = count()
    end = time.monotonic() + MOST_SECONDS
    times: list[float] = []

    def ask() -> None:
        with httpx.Client(base_url=address, timeout=60) as client:
            while next(numbers) < MOST_REQUESTS and time.monotonic() < end:
                started = time.monotonic()
                client.request(method, path, json=body).raise_for_status()
                times.append(time.monotonic() - started)

    started = time.monotonic()
    with ThreadPoolExecutor(CLIENTS) as pool:
        for done in [pool.submit(ask) for _ in range(CLIENTS)]:
            done.result()
    return len(times), time.monotonic() - started, 1000 * median(times)


def main() -> None:
    recording = asked_to_record()
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", "from detente.cli import main; main()", "serve", folder]
        with subprocess.Popen(
            [*command, "--port", "0", "--no-browser", "--no-token"],
            stdout=subprocess.PIPE,
            text=True,
        ) as server:
            assert server.stdout is not None
            try:
                address = next(line.strip() for line in server.stdout if "http://" in line)
                elmira = httpx.get(f"{address}api/v1/cases/elmira", timeout=60).json()["text"]
                print(f"{CLIENTS} clients, at most {MOST_REQUESTS} requests or {MOST_SECONDS:g} s")
                print(f"{'':30}{'requests/s':>12}{'median ms':>11}{'of trivial':>12}")
                trivial = 0.0
                rates: dict[float | str, float] = {}
                for name, method, path, body in OPERATIONS:
                    given = {"text": elmira} if body == "text" else body
                    load_once = httpx.request(method, address + path[1:], json=given, timeout=60)
                    load_once.raise_for_status()  # processes have started, and code is compiled
                    answered, seconds, middle = load(address, method, path, given)
                    rate = answered / seconds
                    trivial = trivial or rate
                    rates[name] = rate
                    print(f"{name:30}{rate:12,.1f}{middle:11,.1f}{rate / trivial:12.3f}")
                if recording:
                    record(
                        "http_api",
                        f"The HTTP API, asked by {CLIENTS} clients at a time",
                        "request",
                        "requests a second",
                        {"requests a second": rates},
                        logarithmic=(False, True),
                    )
            finally:
                server.terminate()


if __name__ == "__main__":
    main()
