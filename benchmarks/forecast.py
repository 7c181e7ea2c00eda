"""Times forecasts: large disputes with stated preferences, and the Korea case over draws.

    ../dev python forecast.py --sizes 20 --steps 100
    ../dev python forecast.py --korea 200

Each row of a large dispute stands beside two figures measured in the same process: one
`numpy.copyto` over the distribution, and, where it fits, a step by the explicit matrix of
`scipy.sparse`, whose result is compared with ours.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from generate import document
from recording import asked_to_record, record
from scipy.sparse import coo_matrix, csr_matrix

import detente
from detente.forecast.movers import Dynamics, play_of
from detente.forecast.propagation import propagate
from detente.queries.play_steps import Ground
from detente.stability.prepared_model import graph_model

# The explicit matrix has states times own combinations entries: above so many it is left out.
MATRIX_UP_TO = 2**25


def main() -> None:
    """Measure what is asked for and print a table."""
    recording = asked_to_record()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="", help="numbers of options, such as 16,20")
    parser.add_argument("--parties", type=int, default=6)
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--foresight", default="SEQ")
    parser.add_argument("--korea", default="", help="numbers of draws, such as 200,10000")
    given = parser.parse_args()
    series: dict[str, dict[float | str, float]] = {}
    if given.sizes:
        print(
            "| options | states | steps | prepare s | steps s | of processors s "
            "| ns a state, party and step | step / copyto | sparse step / ours | peak GiB |"
        )
        print("|---|---|---|---|---|---|---|---|---|---|")
        for size in map(int, given.sizes.split(",")):
            told, states, busy = large(size, given.parties, given.steps, given.foresight)
            print(told, flush=True)
            series.setdefault(f"{given.steps} steps", {})[states] = busy
    for draws in filter(None, given.korea.split(",")):
        print(korea(int(draws)), flush=True)
    if recording:
        record(
            "forecast",
            f"Forecast on random disputes, {given.parties} parties",
            "states",
            "seconds of processor time",
            series,
            logarithmic=(True, True),
        )


def large(options: int, parties: int, steps: int, foresight: str) -> tuple[str, int, float]:
    """One row, the states, and the seconds of processor time: a random dispute, one outcome."""
    dispute = detente.build_dispute(document(options, parties))
    warm = detente.build_dispute(document(8, parties))
    carried(play(warm, foresight), 2)
    start = time.perf_counter()
    one = play(dispute, foresight)
    prepared = time.perf_counter() - start
    start, busy = time.perf_counter(), time.process_time()
    carried(one, steps)
    spent, busy = time.perf_counter() - start, time.process_time() - busy
    before = np.zeros((one.nodes, 1))
    before[0] = 1.0
    for _ in range(3):
        before = one.step(before)
    after = np.empty_like(before)
    step = best_of(lambda: one.step(before, after))
    copy = best_of(lambda: np.copyto(after, before))
    sparse = ""
    if one.nodes * sum(axis.length for axis in one.model.moves.axes) <= MATRIX_UP_TO:
        matrix = explicit(one)
        transposed = csr_matrix(matrix.T)
        wanted = transposed @ before[:, 0]
        assert np.abs(one.step(before)[:, 0] - wanted).max() < 1e-12
        sparse = f"{best_of(lambda: transposed @ before[:, 0]) / step:.2f}"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    each = busy / (one.nodes * parties * steps) * 1e9
    row = (
        f"| {options} | {one.nodes:,} | {steps} | {prepared:.2f} | {spent:.2f} | {busy:.2f} "
        f"| {each:.2f} "
        f"| {step / copy:.0f} | {sparse} | {peak:.2f} |"
    )
    return row, one.nodes, busy


def play(dispute: detente.Dispute, foresight: str) -> Dynamics:
    """How play goes on for the stated preferences at odds of 5."""
    return play_of(Ground(graph_model(dispute)), foresight=foresight, odds=5)


def carried(one: Dynamics, steps: int) -> None:
    """Carry play forward, with one outcome: the last tenth of the states."""
    region = np.zeros((1, one.nodes), dtype=np.bool_)
    region[0, -(one.nodes // 10 + 1) :] = True
    found = propagate(one, 0, region, steps)
    assert abs(found.final.sum() - 1) < 1e-9


def best_of(work, times: int = 5) -> float:
    """The shortest of some runs, in seconds."""
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        spent.append(time.perf_counter() - start)
    return min(spent)


def explicit(one: Dynamics) -> csr_matrix:
    """The transition matrix, listed entry by entry."""
    nodes = np.arange(one.nodes)
    matrix = csr_matrix((one.nodes, one.nodes))
    for mover, weight in zip(one.movers, one.probabilities, strict=True):
        axis = one.model.moves.axes[mover.party]
        own = (nodes // axis.inner) % axis.length
        for other in range(axis.length):
            targets = nodes + (other - own) * axis.inner
            chances = weight * mover.push * mover.pull[targets]
            matrix = matrix + coo_matrix((chances, (nodes, targets)), shape=matrix.shape).tocsr()
        stays = coo_matrix((weight * mover.stay, (nodes, nodes)), shape=matrix.shape)
        matrix = matrix + stays.tocsr()
    return matrix


def korea(draws: int) -> str:
    """The whole command on the Korea case, kernels compiled before."""
    command = [sys.executable, "-m", "detente", "forecast", "korea-2017", "--format", "json"]
    with tempfile.TemporaryDirectory() as folder:
        output = ["--output", str(Path(folder) / "forecast.json")]
        subprocess.run([*command, "--draws", "2", *output], check=True)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = time.perf_counter()
        subprocess.run([*command, "--draws", str(draws), *output], check=True)
        spent = time.perf_counter() - start
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return (
        f"Korea, {draws:,} draws, 12 steps, whole command: {spent:.1f} s "
        f"({busy:.1f} s of processor time)"
    )


if __name__ == "__main__":
    main()
