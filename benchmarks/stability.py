"""Time, memory and ratios of the stability analysis; see README.md in this folder."""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from dense import analyse_dense
from generate import document
from recording import asked_to_record, record
from rich.console import Console
from rich.table import Table

import detente
from detente.space.cube import Hypercube
from detente.stability.analysis import analyse_model
from detente.stability.concept_registry import usual_concepts
from detente.stability.prepared_model import graph_model

_VARIANTS: dict[str, dict[str, bool]] = {
    "plain": {},
    "ties": {"ties": True},
    "infeasible": {"infeasible": True},
    "irreversible": {"irreversible": True},
    "infeasible, irreversible": {"infeasible": True, "irreversible": True},
}


def fastest(work: Callable[[], Any], repeats: int) -> float:
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def fastest_analysis(described: dict[str, Any], repeats: int) -> tuple[float, float]:
    """The shortest of some analyses, each of a new dispute: what was worked out is kept with it.

    Seconds on the clock, and seconds of processor time, all threads together.
    """
    times = []
    for _ in range(repeats):
        model = graph_model(detente.build_dispute(described))
        start, busy = time.perf_counter(), time.process_time()
        analyse_model(model, usual_concepts())
        times.append((time.perf_counter() - start, time.process_time() - busy))
    return min(clock for clock, _ in times), min(busy for _, busy in times)


def warm_up() -> None:
    """Load or compile the kernels, so that no figure holds that time."""
    for parties in (2, 3):
        model = graph_model(detente.build_dispute(document(12, parties)))
        for pairs in (0, 64):
            graph = Hypercube(model.moves, model.position_ranks, compiled_from=0, pairs_up_to=pairs)
            graph.worst_response(model.position_ranks[0], [1], improving=True)


def measure(options: int, parties: int, variant: str, dense: bool) -> dict[str, Any]:
    warm_up()
    described = document(options, parties, **_VARIANTS[variant])
    dispute = detente.build_dispute(described)
    start = time.perf_counter()
    model = graph_model(dispute)
    building = time.perf_counter() - start
    repeats = 5 if options <= 16 else 1
    spent, busy = fastest_analysis(described, repeats)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    arrays = [
        *model.position_ranks,
        *(np.zeros(model.space.size, bool) for _ in range(parties * 5)),
    ]
    targets = [np.empty_like(array) for array in arrays]

    def copy() -> None:
        for target, array in zip(targets, arrays, strict=True):
            np.copyto(target, array)

    result = {
        "states": model.space.count,
        "positions": model.space.size,
        "building": building,
        "spent": spent,
        "busy": busy,
        "peak": peak,
        "copy": fastest(copy, 3),
    }
    if dense:
        ours = analyse_model(model, usual_concepts())
        start, used = time.perf_counter(), time.process_time()
        theirs = analyse_dense(model)
        result["dense"] = time.perf_counter() - start
        result["dense busy"] = time.process_time() - used
        for concept, rows in theirs.items():
            for number, party in enumerate(dispute.parties):
                if not np.array_equal(rows[number], ours.stable(concept, party.id)):
                    raise AssertionError(f"the two methods differ: {concept}, {party.id}")
    return result


def main() -> None:
    recording = asked_to_record()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="8,10,12,16,18,20,22,24", help="numbers of options")
    parser.add_argument("--parties", default="2,4,6,8", help="numbers of parties")
    parser.add_argument("--variants", default=",".join(["plain", "infeasible"]))
    parser.add_argument("--dense-up-to", type=int, default=12, help="options, for the dense method")
    arguments = parser.parse_args()
    table = Table(title="Nash, GMR, SMR, SEQ and SSEQ for all parties")
    for heading in ("options", "parties", "variant", "states", "model s", "analysis s", "peak GiB"):
        table.add_column(heading, justify="right")
    for heading in ("states/s", "ns a position", "dense s", "dense / ours", "ours / copyto"):
        table.add_column(heading, justify="right")
    # Each figure comes from a process of its own, so that peak memory is its own.
    context = multiprocessing.get_context("spawn")
    console = Console(width=150)
    series: dict[str, dict[float | str, float]] = {}
    for options in map(int, arguments.sizes.split(",")):
        for parties in map(int, arguments.parties.split(",")):
            for variant in arguments.variants.split(","):
                dense = options <= arguments.dense_up_to
                with context.Pool(1) as pool:
                    got = pool.apply(measure, (options, parties, variant, dense))
                spent = got["spent"]
                series.setdefault(f"{parties} parties, {variant}", {})[got["states"]] = got["busy"]
                if dense:
                    name = f"{parties} parties, {variant}, dense matrices"
                    series.setdefault(name, {})[got["states"]] = got["dense busy"]
                table.add_row(
                    str(options),
                    str(parties),
                    variant,
                    f"{got['states']:,}",
                    f"{got['building']:.3f}",
                    f"{spent:.4f}",
                    f"{got['peak']:.2f}",
                    f"{got['states'] / spent:,.0f}",
                    f"{1e9 * spent / got['positions']:,.0f}",
                    f"{got['dense']:.2f}" if dense else "",
                    f"{got['dense'] / spent:,.0f}" if dense else "",
                    f"{spent / got['copy']:,.0f}",
                )
                print(
                    options, parties, variant, {k: round(v, 4) for k, v in got.items()}, flush=True
                )
    console.print(table)
    if recording:
        record(
            "stability",
            "Nash, GMR, SMR, SEQ and SSEQ for all parties",
            "states",
            "seconds of processor time",
            series,
            logarithmic=(True, True),
        )


if __name__ == "__main__":
    main()
