"""How long whole commands on the Korean case take, an earlier revision beside this one.

    ./dev python benchmarks/commands.py [COMMAND ...] [--old REVISION] [--draws N]

COMMAND is the first word or words of one below, such as ``claims``; all of them where left out.
Each command runs once to compile its kernels and once to be measured, revision by revision, so that
both are measured on the machine as it is then. Times are seconds of the processor for the whole
process, all its threads together, then seconds on the clock. Robustness is measured on few draws
and told for 100,000: what a draw takes does not depend on how many there are.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]

CASE = "korea-2017"
TARGET = "settlement and six_party_table and not exercises"
COMMANDS: tuple[tuple[float | None, tuple[str, ...]], ...] = (
    (2, ("claims", CASE)),
    (2, ("coalitions", CASE)),
    (2, ("roadmap", "repair", CASE, "russia_2017")),
    (2, ("formats", CASE)),
    (2, ("analyse", CASE)),
    (2, ("roadmap", "find", CASE, "--to", TARGET)),
    (4, ("report", CASE)),
)
ALL_DRAWS = 100_000
DRAWS_MARK = 45.0


def run(source: Path, kernels: Path, command: Sequence[str], scratch: Path) -> tuple[float, float]:
    """Seconds of the processor and on the clock that a command takes, by the code in a folder."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": str(source), "NUMBA_CACHE_DIR": str(kernels)}
    done = subprocess.run(
        [sys.executable, "-m", "detente", *command],
        env=environment,
        cwd=scratch,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: {done.stderr.decode()}")
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used, wall


def measured(sources: Sequence[Path], command: Sequence[str], folder: Path) -> str:
    """A command's times by each of some folders, once kernels are compiled."""
    times = []
    for number, source in enumerate(sources):
        kernels = folder / f"kernels-{number}"
        run(source, kernels, command, folder)
        times.append(run(source, kernels, command, folder))
    return "".join(f"{used:9.2f}{wall:9.2f}" for used, wall in times)


def draws_measured(sources: Sequence[Path], draws: int, folder: Path) -> str:
    """The times of all draws, from those of a few and of twice as many."""
    times = []
    for number, source in enumerate(sources):
        kernels = folder / f"kernels-{number}"
        command = ("robust", CASE, "--draws")
        run(source, kernels, (*command, "64"), folder)
        few = run(source, kernels, (*command, str(draws)), folder)
        more = run(source, kernels, (*command, str(2 * draws)), folder)
        times.append(
            [
                one + (other - one) * (ALL_DRAWS - draws) / draws
                for one, other in zip(few, more, strict=True)
            ]
        )
    return "".join(f"{used:9.1f}{wall:9.1f}" for used, wall in times)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("commands", nargs="*", help="only these, such as: claims robust")
    parser.add_argument("--old", help="a git revision to be measured beside this one")
    parser.add_argument("--draws", type=int, default=5000, help="of robustness")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        sources = [ROOT / "src"]
        if asked.old:
            archive = subprocess.run(
                ["git", "archive", asked.old, "src"], cwd=ROOT, capture_output=True, check=True
            )
            subprocess.run(["tar", "-x", "-C", folder], input=archive.stdout, check=True)
            sources.insert(0, folder / "src")
        heads = [f"{asked.old} s", "clock", "this s", "clock"] if asked.old else ["s", "clock"]
        print(f"{'command':24}", *(f"{one:>8.8}" for one in heads), "   mark")
        for mark, command in COMMANDS:
            name = " ".join(command[: command.index(CASE)])
            if not asked.commands or name in asked.commands:
                print(f"{name:24}{measured(sources, command, folder)}   {mark:g}", flush=True)
        if not asked.commands or "robust" in asked.commands:
            told = draws_measured(sources, asked.draws, folder)
            print(f"{f'robust, {ALL_DRAWS:,} draws':24}{told}   {DRAWS_MARK:g}", flush=True)


if __name__ == "__main__":
    main()
