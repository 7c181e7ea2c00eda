"""Time searches for plans on random disputes, and on the Korean case as a user starts them.

Each search on random disputes is for plans to a formula that about one state in eight satisfies,
in a process of its own, compiled kernels loaded. *cpu s* is what the process's threads took
together, which other work on the machine changes less than the time that passed.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
from multiprocessing import get_context

from generate import document
from recording import asked_to_record, record

import detente

SIGHT = {"myopic": "each stage", "roadmap": "the end"}

_COLUMNS = [
    "search",
    "parties",
    "variant",
    "seed",
    "foresight",
    "plans",
    "complete",
    "passed s",
    "cpu s",
    "peak GiB",
]


def main() -> None:
    recording = asked_to_record()
    series: dict[str, dict[float | str, float]] = {}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="12,16,18,20")
    parser.add_argument("--parties", type=int, default=6)
    parser.add_argument("--seeds", default="0")
    parser.add_argument("--variants", default="plain", help="of plain, ties, infeasible, ...")
    parser.add_argument("--foresight", default="myopic,roadmap")
    arguments = parser.parse_args()
    print("| " + " | ".join(_COLUMNS) + " |")
    print("|" + "---|" * len(_COLUMNS))
    commanded("check", "russia_2017")
    commanded("simulate", "russia_2017")
    for foresight in arguments.foresight.split(","):
        commanded("find", "--to", "settlement", "--foresight", foresight)
        for size in map(int, arguments.sizes.split(",")):
            for seed in map(int, arguments.seeds.split(",")):
                for variant in arguments.variants.split(","):
                    # A process of its own, so that the peak of memory is that of this search.
                    with get_context("spawn").Pool(1) as pool:
                        row = (size, arguments.parties, seed, variant, foresight)
                        told, cpu = pool.apply(searched, row)
                    print(told, flush=True)
                    name = f"parties look at {SIGHT[foresight]}, {variant}, seed {seed}"
                    series.setdefault(name, {})[2**size] = cpu
    if recording:
        record(
            "roadmaps",
            f"Search for plans to one state in eight, {arguments.parties} parties",
            "states",
            "seconds of processor time",
            series,
            logarithmic=(True, True),
        )


def commanded(command: str, *options: str) -> None:
    """A row: a whole command on the Korean case, as a user starts it."""
    run = [sys.executable, "-c", "from detente.cli import main; main()", "roadmap", command]
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([*run, "korea-2017", *options], check=True, stdout=subprocess.DEVNULL)
    passed, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    foresight = options[-1] if command == "find" else ""
    print(
        f"| `{command}` korea-2017 | 6 | | | {foresight} | | | {passed:.2f} | {cpu:.2f} | |",
        flush=True,
    )


def searched(size: int, parties: int, seed: int, variant: str, foresight: str) -> tuple[str, float]:
    """One row, and its seconds of processor time: a search on a random dispute."""
    from detente.roadmap.search import kernels as _plans  # noqa: F401
    from detente.space import kernels as _responses  # noqa: F401

    # On a small dispute first, which compiles kernels that are not yet kept.
    search(10, 3, 0, {}, foresight)
    flags = {} if variant == "plain" else {variant: True}
    started, before = time.perf_counter(), os.times()
    found = search(size, parties, seed, flags, foresight)
    passed, after = time.perf_counter() - started, os.times()
    cpu = after.user + after.system - before.user - before.system
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    row = (
        f"| 2^{size} | {parties} | {variant} | {seed} | {foresight} | {len(found.plans)} | "
        f"{'yes' if found.complete else 'no'} | {passed:.2f} | {cpu:.2f} | {peak:.2f} |"
    )
    return row, cpu


def search(
    size: int, parties: int, seed: int, flags: dict[str, bool], foresight: str
) -> detente.RoadmapSearch:
    described = document(size, parties, seed=seed, **flags)
    dispute = detente.build_dispute({**described, "status_quo": {}})
    keys = [option.key for option in dispute.options]
    goal = f"{keys[0]} and {keys[size // 2]} and {keys[-1]}"
    return detente.find_roadmaps(dispute, goal, foresight=foresight)


if __name__ == "__main__":
    main()
