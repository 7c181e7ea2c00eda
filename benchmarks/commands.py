"""How long whole commands on the Korean case take, an earlier revision beside this one.

    ./dev python benchmarks/commands.py [--only COMMAND ...] [--old REVISION] [--runs N]
        [--draws N] [--record]

COMMAND is the first word or words of one below, such as ``claims`` or ``"roadmap find"``; all of
them where left out. Each command runs once to compile its kernels. Then revisions take turns, so
that what else the machine does meets both, and the least of several runs counts. Times are seconds
of the processor for the whole process, all its threads together, then seconds on the clock. What is
in the working tree is measured as "this". The earlier revision runs with the libraries of this
environment, from a temporary folder.

Robustness is measured on few draws and told for 100,000, on 5,000 at least. That is somewhat too
much, as more draws let more be worked out once for all, and far too much from fewer;
``--draws 100000`` measures it, which takes minutes. Its first run is told with the
time that compiling took. After ``detente compile`` a first run is like any other.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from recording import asked_to_record, record

ROOT = Path(__file__).parents[1]

CASE = "korea-2017"
TARGET = "settlement and six_party_table and not exercises"

# Each with the time on the clock, in seconds, that it is to take at most.
COMMANDS: tuple[tuple[float, tuple[str, ...]], ...] = (
    (2, ("claims", CASE)),
    (2, ("coalitions", CASE)),
    (2, ("roadmap", "repair", CASE, "russia_2017")),
    (2, ("formats", CASE)),
    (2, ("analyse", CASE)),
    (2, ("roadmap", "find", CASE, "--to", TARGET)),
    (4, ("report", CASE, "--output", "report.html")),
)
ALL_DRAWS = 100_000
FEWEST_DRAWS = 5000
DRAWS_MARK = 45.0

# Draws of which compiling is most of the work.
_FEW_DRAWS = 64


class Times(NamedTuple):
    """Seconds of the processor, and on the clock."""

    used: float
    clock: float


class Revision(NamedTuple):
    """A folder with the package `detente`, and one for what it compiles."""

    name: str
    source: Path
    kernels: Path

    def run(self, command: Sequence[str], folder: Path) -> Times:
        """Run a command in a folder."""
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "detente", *command],
            env={
                **os.environ,
                "PYTHONPATH": str(self.source),
                "NUMBA_CACHE_DIR": str(self.kernels),
            },
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        clock, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode:
            raise SystemExit(
                f"{self.name}: {' '.join(command)} ends with {done.returncode}:\n"
                f"{done.stderr.decode()}"
            )
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return Times(used, clock)


def least(
    revisions: Sequence[Revision], command: Sequence[str], runs: int, folder: Path
) -> list[Times]:
    """The least times of each revision, which take turns."""
    found: list[list[Times]] = [[] for _ in revisions]
    for _ in range(runs):
        for times, revision in zip(found, revisions, strict=True):
            times.append(revision.run(command, folder))
    return [Times(*map(min, zip(*times, strict=True))) for times in found]


def whole(
    revisions: Sequence[Revision], command: Sequence[str], runs: int, folder: Path
) -> list[Times]:
    """The times of a command by each revision, once kernels are compiled."""
    for revision in revisions:
        revision.run(command, folder)
    return least(revisions, command, runs, folder)


def draws(
    revisions: Sequence[Revision], count: int, runs: int, folder: Path
) -> Iterator[tuple[str, list[Times]]]:
    """The times of all draws, from those of a count and of twice as many; warm, then at first."""
    command = ("robust", CASE, "--draws")
    first = [revision.run((*command, str(_FEW_DRAWS)), folder) for revision in revisions]
    warm, told = (
        least(revisions, (*command, str(number)), runs, folder) for number in (_FEW_DRAWS, count)
    )
    if count < ALL_DRAWS:
        more = least(revisions, (*command, str(2 * count)), runs, folder)
        told = [
            Times(*(a + (b - a) * (ALL_DRAWS - count) / count for a, b in zip(*both, strict=True)))
            for both in zip(told, more, strict=True)
        ]
    yield f"robust, {ALL_DRAWS:,} draws", told
    yield (
        "the same, first run",
        [
            Times(*(a + b - c for a, b, c in zip(*three, strict=True)))
            for three in zip(told, first, warm, strict=True)
        ],
    )


def line(name: str, times: Sequence[Times], mark: float) -> str:
    """One line of the table."""
    cells = "".join(f"{one.used:9.2f}{one.clock:9.2f}" for one in times)
    if len(times) == 2:
        old, new = times
        cells += f"{old.used / new.used:8.1f}x"
    return f"{name:24}{cells}{mark:8g}"


def measured(
    names: Sequence[str], revisions: Sequence[Revision], runs: int, count: int, folder: Path
) -> Iterator[tuple[str, list[Times], float]]:
    """What stands in each line of the table, as it is known."""
    # First, so that its first run compiles all that it needs.
    if not names or "robust" in names:
        for name, times in draws(revisions, count, runs, folder):
            yield name, times, DRAWS_MARK
    for mark, command in COMMANDS:
        name = " ".join(command[: command.index(CASE)])
        if not names or name in names:
            yield name, whole(revisions, command, runs, folder), mark


def exported(revision: str, folder: Path) -> Revision:
    """A revision of the package, in a folder of its own."""
    archive = subprocess.run(
        ["git", "archive", revision, "src"], cwd=ROOT, capture_output=True, check=False
    )
    if archive.returncode:
        raise SystemExit(f"git has no revision {revision}: {archive.stderr.decode()}")
    target = folder / "old"
    target.mkdir()
    subprocess.run(["tar", "-x", "-C", target], input=archive.stdout, check=True)
    return Revision(revision, target / "src", folder / "old-kernels")


def main() -> None:
    recording = asked_to_record()
    names = [" ".join(command[: command.index(CASE)]) for _, command in COMMANDS] + ["robust"]
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", action="append", choices=names, default=[], metavar="COMMAND")
    parser.add_argument("--old", help="a git revision to be measured beside this one")
    parser.add_argument("--runs", type=int, default=3, help="of each, of which the least counts")
    parser.add_argument("--draws", type=int, default=FEWEST_DRAWS, help="of robustness")
    asked = parser.parse_args()
    if asked.draws < FEWEST_DRAWS:
        parser.error(f"--draws {asked.draws}: {ALL_DRAWS:,} cannot be told from so few")
    count = min(asked.draws, ALL_DRAWS)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        revisions = [Revision("this", ROOT / "src", folder / "kernels")]
        heads = ["s", "clock"]
        if asked.old:
            revisions.insert(0, exported(asked.old, folder))
            heads = ["old s", "clock", "this s", "clock"]
        print(f"{'command':24}" + "".join(f"{head:>9}" for head in heads), end="")
        print(f"{'old/this':>9}" * bool(asked.old) + f"{'mark':>8}", flush=True)
        series: dict[str, dict[float | str, float]] = {one.name: {} for one in revisions}
        series["at most"] = {}
        for name, times, mark in measured(asked.only, revisions, asked.runs, count, folder):
            print(line(name, times, mark), flush=True)
            for one, found in zip(revisions, times, strict=True):
                series[one.name][name] = found.clock
            series["at most"][name] = mark
    if recording:
        record(
            "commands",
            "Whole commands on the Korean case, 61,440 states",
            "command",
            "seconds on the clock",
            series,
            logarithmic=(False, True),
        )


if __name__ == "__main__":
    main()
