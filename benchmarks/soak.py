"""Tries what detente promises (docs/reference/promises.md), for about a minute, or for hours."""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import httpx
import psutil

# The ways in, and what wrong inputs look like, are those of the tests.
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from detente.workbench.folder import FileChanged, Folder
from detente.workbench.services import case_text
from fuzzing import SURFACES, fuzz

MOST_SECONDS = 10.0


def in_a_child(work: Callable[[], None]) -> int:
    """Start a process that does something; no more than a copy of this one."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    return child


def kills(rounds: int, chance: random.Random) -> str:
    """Kill a writer at any moment: what it said it had written is there, whole."""
    with tempfile.TemporaryDirectory() as place:
        folder = Folder.at(Path(place))
        size = 40_000
        folder.create("a.yaml", "0\n".ljust(size))
        said = 0
        for _ in range(rounds):
            reading, writing = os.pipe()

            def write(pipe: int = writing) -> None:
                while True:
                    version = folder.read("a.yaml")
                    number = int(version.text) + 1
                    folder.write("a.yaml", f"{number}\n".ljust(size), replacing=version.tag)
                    os.write(pipe, f"{number}\n".encode())

            child = in_a_child(write)
            os.close(writing)
            time.sleep(chance.uniform(0, 0.2))
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            with os.fdopen(reading, "rb") as told:
                numbers = told.read().split()
            said = int(numbers[-1]) if numbers else said
            text = folder.read("a.yaml").text
            assert len(text) == size, "half a file"
            assert int(text) in (said, said + 1), (
                f"{said} was acknowledged, {text.strip()} is there"
            )
            said = int(text)
        left = folder.clear_unfinished()
        return f"{rounds} kills over {said} writes: nothing lost; {left} unfinished files cleared"


def writers(rounds: int) -> str:
    """Two processes replace the same version at the same moment: one is told no."""
    with tempfile.TemporaryDirectory() as place:
        folder = Folder.at(Path(place))
        folder.create("a.yaml", "start")
        won: Counter[str] = Counter()
        for number in range(rounds):
            tag = folder.read("a.yaml").tag
            pipes = [os.pipe() for _ in range(2)]
            start = time.time() + 0.004
            children = []
            for which, (_, pipe) in enumerate(pipes):

                def write(which: int = which, pipe: int = pipe) -> None:
                    while time.time() < start:  # noqa: B023 (waited for in this round)
                        pass
                    try:
                        folder.write("a.yaml", f"{which} in {number}", replacing=tag)  # noqa: B023
                        os.write(pipe, b"yes")
                    except FileChanged:
                        os.write(pipe, b"no")

                children.append(in_a_child(write))
            for child in children:
                os.waitpid(child, 0)
            answers = [os.read(reading, 10).decode() for reading, _ in pipes]
            for pipe in (end for pair in pipes for end in pair):
                os.close(pipe)
            assert sorted(answers) == ["no", "yes"], answers
            winner = answers.index("yes")
            assert folder.read("a.yaml").text == f"{winner} in {number}"
            won[str(winner)] += 1
        return f"{rounds} rounds of two writers: one won each, {dict(won)}, and its text is there"


def requests(count: int, pages: int) -> str:
    """Many requests and pages: the memory is what it was."""
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / "elmira.yaml").write_text(case_text("elmira"), "utf-8")
        start = [sys.executable, "-c", "from detente.cli import main; main()", "serve", place]
        with subprocess.Popen(
            [*start, "--port", "0", "--no-browser", "--no-token"], stdout=subprocess.PIPE, text=True
        ) as server:
            assert server.stdout is not None
            address = next(line.strip() for line in server.stdout if "http://" in line)
            process = psutil.Process(server.pid)
            asked = [
                lambda: client.get("api/v1/disputes"),
                lambda: client.get("api/v1/disputes/elmira.yaml"),
                lambda: client.post(
                    "api/v1/analyse", json={"dispute": {"file": "elmira.yaml"}, "limit": 5}
                ),
                lambda: client.get("nothing"),
            ]
            with httpx.Client(base_url=address, timeout=60) as client:
                for ask in asked:
                    ask()
                client.get("dispute/elmira.yaml")
                before = process.memory_info().rss
                for number in range(count):
                    assert asked[number % len(asked)]().status_code in (200, 404)
                for _ in range(pages):
                    assert client.get("dispute/elmira.yaml").status_code == 200
                grown = (process.memory_info().rss - before) / 2**20
            children = process.children(recursive=True)
            began = time.monotonic()
            server.terminate()
            server.wait()
            took = time.monotonic() - began
            assert grown < 50, f"{grown:.0f} MiB more"
            assert took < 3, f"it took {took:.1f} s to end"
            assert not psutil.wait_procs(children, timeout=1)[1], "a process was left"
        return f"{count} requests, {pages} pages: {grown:+.0f} MiB; ended in {took:.1f} s"


def fuzzed(name: str, count: int, chance: random.Random, kept: Path | None) -> str:
    """Wrong inputs of one surface are refused with a message, soon."""
    began = time.process_time()
    tally = fuzz(name, count, chance)
    took = time.process_time() - began
    if kept is not None:
        with kept.open("a", encoding="utf-8") as file:
            for what, text in tally.failures.items():
                file.write(json.dumps({"surface": name, "what": what, "input": text}) + "\n")
            if tally.slowest[0] >= MOST_SECONDS:
                slow = {"surface": name, "what": "slow", "input": tally.slowest[1]}
                file.write(json.dumps(slow) + "\n")
    else:
        assert not tally.failures, tally.failures
    seconds, slowest = tally.slowest
    assert seconds < MOST_SECONDS or kept is not None, f"{seconds:.1f} s: {slowest[:200]!r}"
    return (
        f"{name}: {count} inputs, {dict(tally.kinds)}, {len(tally.failures)} kinds of failure; "
        f"{count / max(took, 0.001):.0f} for each second of this process; "
        f"the slowest took {seconds:.2f} s"
    )


# So many of a million inputs, by what one costs.
SHARES = {
    "structure": 0.12,
    "yaml": 0.08,
    "gmcr": 0.20,
    "formula": 0.28,
    "question": 0.25,
    "command": 0.015,
    "http": 0.05,
    "page": 0.005,
}


assert SHARES.keys() == SURFACES.keys()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--long", action="store_true", help="for hours")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--inputs", type=int, metavar="N", help="only N wrong inputs, all surfaces")
    parser.add_argument("--keep", type=Path, metavar="FILE", help="write down what failed; go on")
    given = parser.parse_args()
    chance = random.Random(given.seed)
    long = given.long
    inputs = given.inputs or (1_000_000 if long else 1_000)
    parts: list[Callable[[], str]] = [
        lambda name=name, share=share: fuzzed(  # type: ignore[misc]
            name, max(1, round(inputs * share)), chance, given.keep
        )
        for name, share in SHARES.items()
    ]
    if given.inputs is None:
        parts += [
            lambda: kills(500 if long else 60, chance),
            lambda: writers(1000 if long else 60),
            lambda: requests(10_000 if long else 200, 1000 if long else 100),
        ]
    for part in parts:
        print(part(), flush=True)


if __name__ == "__main__":
    main()
