"""Draws of the Korea case analysed together, beside a loop over single analyses.

./dev python benchmarks/robustness.py
"""

from __future__ import annotations

import time

from recording import asked_to_record, record

import detente
from detente.robustness.draws import Uncertainty, draw_chunk
from detente.robustness.engine.batch import batch

DRAWS = 1000
# Prepared for as many draws as a long run has.
MANY = 100_000
LOOP = 10


def main() -> None:
    recording = asked_to_record()
    together_rates: dict[float | str, float] = {}
    loop_rates: dict[float | str, float] = {}
    dispute = detente.load("korea-2017")
    drawn = draw_chunk(dispute, Uncertainty(), 0, 0)
    for concepts in (None, ("Nash", "GMR", "SMR")):
        together = batch(dispute, concepts).for_draws(drawn, MANY)
        together.prepare()
        together.analyse(tuple(own.rows(slice(1)) for own in drawn))
        start = time.perf_counter()
        together.analyse(drawn)
        each = (time.perf_counter() - start) / DRAWS
        single = batch(dispute, concepts, one_by_one=True)
        start = time.perf_counter()
        single.analyse(tuple(own.rows(slice(LOOP)) for own in drawn))
        loop = (time.perf_counter() - start) / LOOP
        together_rates[", ".join(together.concepts)] = 1 / each
        loop_rates[", ".join(together.concepts)] = 1 / loop
        print(
            f"{', '.join(together.concepts)}: {1 / each:,.0f} draws a second on one core, "
            f"{loop / each:,.0f} times as many as a loop ({loop:.2f} s a draw)"
        )
    if recording:
        record(
            "robustness",
            "Draws of preferences on the Korean case, 61,440 states",
            "concepts",
            "draws a second",
            {"analysed together": together_rates, "one by one": loop_rates},
            logarithmic=(False, True),
        )


if __name__ == "__main__":
    main()
