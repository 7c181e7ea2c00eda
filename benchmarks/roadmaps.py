"""Time the check of the Korean roadmap and searches for plans on random disputes.

Each search is for plans to a formula that about one state in eight satisfies.
"""

from __future__ import annotations

import argparse
import resource
import time

from generate import document

import detente


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="12,16,20")
    parser.add_argument("--parties", type=int, default=6)
    parser.add_argument("--foresight", default="myopic,roadmap")
    arguments = parser.parse_args()
    detente.check_roadmap(detente.load("korea-2017"), "russia_2017")
    started = time.perf_counter()
    detente.check_roadmap(detente.load("korea-2017"), "russia_2017")
    print(f"check korea-2017: {time.perf_counter() - started:.2f} s")
    for foresight in arguments.foresight.split(","):
        started = time.perf_counter()
        detente.find_roadmaps(detente.load("korea-2017"), "settlement", foresight=foresight)
        print(f"find korea-2017, {foresight}: {time.perf_counter() - started:.2f} s")
        for size in map(int, arguments.sizes.split(",")):
            dispute = detente.from_dict({**document(size, arguments.parties), "status_quo": {}})
            keys = [option.key for option in dispute.options]
            goal = f"{keys[0]} and {keys[size // 2]} and {keys[-1]}"
            started = time.perf_counter()
            found = detente.find_roadmaps(dispute, goal, foresight=foresight)
            taken = time.perf_counter() - started
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
            print(
                f"find 2^{size}, {foresight}: {taken:.2f} s, {len(found.plans)} plans, complete "
                f"{found.complete}, cut {found.cut is not None}; peak so far {peak:.2f} GiB",
                flush=True,
            )


if __name__ == "__main__":
    main()
