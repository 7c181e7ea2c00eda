"""Compromises, medians, elections and all exchanges of many random tables of positions.

./dev python benchmarks/linkage.py
"""

from __future__ import annotations

import time

import numpy as np

from detente.forecast.linkage.kernels import bargain_draws

TABLES, ISSUES, ACTORS = 10_000, 13, 15


def main() -> None:
    random = np.random.default_rng(1)
    shape = (TABLES, ISSUES, ACTORS)
    position = random.integers(0, 101, shape).astype(np.float64)
    salience, capability = random.random(shape), 100 * random.random(shape)
    made = np.zeros((ISSUES, ISSUES, ACTORS, ACTORS), dtype=np.int64)
    results = (
        np.empty((TABLES, ISSUES)),
        np.empty((TABLES, ISSUES)),
        np.empty(shape),
        made,
        np.zeros(made.shape),
        np.zeros((TABLES, ACTORS)),
    )
    for count in (1, TABLES):
        rows = slice(count)
        wall, used = time.perf_counter(), time.process_time()
        bargain_draws(
            position[rows],
            salience[rows],
            capability[rows],
            *(one[rows] for one in results[:3]),
            *results[3:5],
            results[5][rows],
        )
        wall, used = time.perf_counter() - wall, time.process_time() - used
    print(
        f"{TABLES:,} tables of {ACTORS} actors and {ISSUES} issues, {made.sum() / TABLES:,.0f} "
        f"exchanges each: {wall:.1f} s, of which {used:.1f} s on one core"
    )


if __name__ == "__main__":
    main()
