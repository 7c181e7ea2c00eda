"""How long stability on symbolic sets takes, beside the cube where both work.

    ./dev python benchmarks/symbolic.py [SECTION ...] [--plot FILE] [--seeds 4,9] [--record]

Sections, each with what it takes of the processor: korea (3 s), copies (15), orders (40),
random (15), credible (350), estimates (90), single (50), parts (3), sparse (3), neighbours (3),
growth (40), coalitions (40).
Times are CPU seconds of the whole process and those that it has started, then seconds on the clock.
`--seeds` chooses the random disputes of `credible`. `--record` keeps what `growth` measured, and of
the other sections what has a mark, the slowest of each line:

    ./dev python benchmarks/symbolic.py korea copies random credible single parts sparse --record
    ./dev python benchmarks/symbolic.py growth --record
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice, pairwise
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from large import copies, random_dispute
from recording import asked_to_record, record

import detente
from detente.space.symbolic.diagrams import TooLarge
from detente.space.symbolic.game import symbolic_game
from detente.space.symbolic.order import option_order
from detente.space.symbolic.states import random_states
from detente.stability.symbolic_analysis import Budget, analyse_symbolically
from detente.stability.symbolic_coalitions import analyse_coalitions_symbolically
from detente.stability.symbolic_concepts import stable_at
from detente.stability.symbolic_estimates import CountEstimate, drawn_equilibria, estimated

ALL = ["Nash", "GMR", "SMR", "SEQ", "SSEQ"]
QUICK = ALL[:3]
SEEDS = range(1, 11)
# On the clock, for each order of options.
ORDER_SECONDS = 600.0


# What was measured by line, and its mark; of several measurements the slowest. What was not
# finished has a mark alone.
MEASURED: dict[str, float] = {}
MARKS: dict[str, float] = {}
NOT_FINISHED: set[str] = set()


def keep(line: str, seconds: float, mark: float, *, finished: bool = True) -> None:
    MARKS[line] = mark
    if not finished:
        NOT_FINISHED.add(line)
    MEASURED[line] = max(seconds, MEASURED.get(line, 0.0))


def processor_seconds() -> float:
    """Of this process and of those that it has started and that have ended."""
    return sum(os.times()[:4])


@contextmanager
def timed(what: str, mark: float | None = None, line: str = "") -> Iterator[list[str]]:
    notes: list[str] = []
    cpu, wall = processor_seconds(), time.perf_counter()
    yield notes
    cpu, wall = processor_seconds() - cpu, time.perf_counter() - wall
    finished = not any("not finished" in one for one in notes)
    reached = mark is not None and cpu <= mark and finished
    if mark is not None:
        keep(line or what, cpu, mark, finished=finished)
    verdict = "" if mark is None else f"  mark {mark:g} s: {'reached' if reached else 'missed'}"
    print(f"{what:44} {cpu:8.2f} {wall:8.2f}{verdict}  {' '.join(notes)}", flush=True)


def symbolic(dispute: detente.Dispute, concepts: Sequence[str], seconds: float = 300.0) -> Any:
    return analyse_symbolically(dispute, concepts, budget=Budget(seconds, 2**25))


def told(analysis: Any) -> list[str]:
    left = {one.concept for one in analysis.unfinished}
    counts = [f"{name} {count:,}" for name, count in analysis.equilibrium_counts.items()]
    return [", ".join(counts), f"not finished: {', '.join(sorted(left))}" if left else ""]


def korea() -> None:
    dispute = detente.load("korea-2017")
    with timed("Korea, 17 options, cube") as notes:
        cube = detente.analyse(dispute, ALL)
        notes.append(", ".join(f"{name} {cube.equilibria(name).size:,}" for name in ALL))
    with timed("Korea, 17 options, symbolic", 5) as notes:
        notes.extend(told(symbolic(dispute, ALL)))


def copied() -> None:
    dispute = detente.load("korea-2017")
    for count, concepts, mark in (
        (2, QUICK, 3),
        (2, ALL[3:], 60),
        (3, QUICK, 10),
        (4, QUICK, None),
    ):
        many = copies(dispute, count)
        name = f"Korea x{count}, {len(many.options)} options, {concepts[0]} to {concepts[-1]}"
        with timed(name, mark) as notes:
            notes.extend(told(symbolic(many, concepts)))


def orders() -> None:
    print("SEQ of all states and parties, by the order of options in the diagrams")
    disputes = {
        "Korea x2": copies(detente.load("korea-2017"), 2),
        "random, 26 options, seed 1": random_dispute(26, 1),
    }
    for name, dispute in disputes.items():
        in_file = tuple(range(len(dispute.options)))
        shuffled = tuple(Random(1).sample(in_file, len(in_file)))
        by_name = {"FORCE": option_order(dispute), "as in the file": in_file, "shuffled": shuffled}
        for order, numbers in by_name.items():
            with (
                patch("detente.space.symbolic.game.option_order", return_value=numbers),
                timed(f"{name}, {order}") as notes,
            ):
                notes.extend(told(symbolic(dispute, ["SEQ"], seconds=ORDER_SECONDS)))


def random_ones() -> None:
    for options, mark in ((30, None), (40, None), (60, 3), (80, None), (100, 10)):
        for seed in SEEDS:
            dispute = random_dispute(options, seed)
            name = f"random, {options} options, Nash to SMR"
            with timed(f"{name}, seed {seed}", mark, f"{name}, slowest of ten"):
                symbolic(dispute, QUICK)


def credible(seeds: Sequence[int]) -> None:
    for seed in seeds:
        name = "random, 30 options, SEQ and SSEQ"
        with timed(f"{name}, seed {seed}", 120, f"{name}, slowest seed") as notes:
            # The budget is told by the clock, which on a busy machine runs ahead of the processor.
            notes.extend(told(symbolic(random_dispute(30, seed), ALL[3:], seconds=1200)))


def single() -> None:
    for concept in ALL[3:]:
        for options in (40, 60, 80, 100):
            every: list[float] = []
            for seed in (1, 2, 3):
                times, missed = one_state_each(concept, random_dispute(options, seed), 20, seed)
                every.extend(times)
                print(
                    f"one state, {options} options, seed {seed}, {concept} for all six parties: "
                    f"median {median(times):.2f} s, worst {max(times):.2f} s of {len(times)} "
                    f"states, {missed} not finished",
                    flush=True,
                )
            verdict = "reached" if median(every) <= 1 else "missed"
            marked = f"  mark 1 s: {verdict}" if options <= 80 else ""
            if options <= 80:
                keep(f"one state, {options} options, {concept}, median", median(every), 1)
            print(f"{options} options, {concept}, all three: median {median(every):.2f} s{marked}")
        for count in (3, 4):
            many = copies(detente.load("korea-2017"), count)
            times, missed = one_state_each(concept, many, 20, 1)
            print(
                f"one state, Korea x{count}, {len(many.options)} options, {concept} for all "
                f"parties: median {median(times):.2f} s, worst {max(times):.2f} s of "
                f"{len(times)} states, {missed} not finished",
                flush=True,
            )


def one_state_each(
    concept: str, dispute: detente.Dispute, count: int, seed: int
) -> tuple[list[float], int]:
    """Seconds of the processor for each of some random states, for all parties together.

    And how many questions about a state and a party took more than 20 seconds.
    """
    game = symbolic_game(dispute, 2**24)
    times, missed = [], 0
    for state in random_states(game, game.feasible, count, Random(seed)):
        start = time.process_time()
        for party in range(len(dispute.parties)):
            game.diagrams.pause = _until(time.process_time() + 20)
            try:
                stable_at(game, concept, party, state)
            except (TooLarge, TimeoutError):
                missed += 1
            game.diagrams.tidy()
        times.append(time.process_time() - start)
    return times, missed


def _until(end: float) -> Callable[[], None]:
    def pause() -> None:
        if time.process_time() > end:
            raise TimeoutError

    return pause


def coalitions() -> None:
    dispute = detente.load("korea-2017")
    detente.analyse_coalitions(dispute, [["us", "china"]])
    with timed("Korea, all 63 coalitions, cube") as notes:
        cube = detente.analyse_coalitions(dispute)
        notes.append(", ".join(f"{name} {cube.equilibria(name).size:,}" for name in cube.concepts))
    for count in (1, 2):
        many = copies(dispute, count) if count > 1 else dispute
        with timed(f"Korea x{count}, all 63 coalitions, symbolic") as notes:
            found = analyse_coalitions_symbolically(many, budget=Budget(1000, 2**24))
            notes.extend(told(found))


def parts() -> None:
    parties: dict[str, Any] = {}
    for part in range(8):
        one = random_dispute(6, part, parties=3, statements=6)
        for party in one.parties:
            name = f"{party.id}_{part}"
            rename = {f"{p.id}.": f"{p.id}_{part}." for p in one.parties}
            statements = [statement.formula.text for statement in party.preferences.statements]  # type: ignore[union-attr]
            for old, new in rename.items():
                statements = [text.replace(old, new) for text in statements]
            parties[name] = {
                "options": {option.id: option.name for option in party.options},
                "preferences": statements,
            }
    dispute = detente.build_dispute({"dispute": "Eight parts", "parties": parties})
    with timed("48 options in eight parts, all concepts", 20) as notes:
        found = symbolic(dispute, ALL)
        notes.extend([f"{found.parts} parts", *told(found)])
    wanted = dict.fromkeys(ALL, 1)
    for part in range(8):
        cube = detente.analyse(random_dispute(6, part, parties=3, statements=6), ALL)
        wanted = {name: wanted[name] * cube.equilibria(name).size for name in ALL}
    print("product of the parts on the cube:", wanted, wanted == found.equilibrium_counts)


def sparse() -> None:
    for options in (30, 60):
        half = options // 2
        keys = [f"a.o{n}" for n in range(half)] + [f"b.o{n}" for n in range(half)]
        ladder = {
            "dispute": "A ladder",
            "parties": {
                party: {
                    "options": {f"o{n}": "Step" for n in range(half)},
                    "preferences": [f"{party}.o0"],
                }
                for party in ("a", "b")
            },
            "constraints": [{"always": f"{one} if {two}"} for one, two in pairwise(keys)],
        }
        with TemporaryDirectory() as folder:
            path = Path(folder) / "ladder.yaml"
            path.write_text(json.dumps(ladder), "utf-8")
            command = [sys.executable, "-m", "detente", "analyse", str(path)]
            with timed(f"{options} options, {options + 1} states, whole command", 2) as notes:
                ended = subprocess.run(command, capture_output=True, text=True, check=True)
                notes.append(" ".join(ended.stdout.split()).partition("Engine: ")[2][:27])


# Table 1 of Gutierrez, Najib, Perelli and Wooldridge (Artificial Intelligence, 2020): players,
# states, and seconds until EVE, PRALINE and MCMAS tell whether there is an equilibrium; None where
# 7,200 s did not do.
NEIGHBOURS = (
    (4, 16, 0.42, 0.76, 760.65),
    (6, 64, 16.63, 255.02, None),
    (7, 128, 203.05, 5156.48, None),
    (8, 256, 4697.49, None, None),
)


def neighbours() -> None:
    print("another question, so that players and states can be compared and times cannot")
    for players, states, *theirs in NEIGHBOURS:
        dispute = random_dispute(players, 1, parties=players, statements=4)
        told = ["out of time" if one is None else f"{one:,.2f} s" for one in theirs]
        with timed(f"{players} parties, {states} states, all five concepts") as notes:
            found = detente.analyse(dispute, ALL)
            assert found.count == states
            notes.append(f"EVE {told[0]}, PRALINE {told[1]}, MCMAS {told[2]}")


def estimates() -> None:
    print("SEQ, estimated from 400 states drawn at random", flush=True)
    covered = 0
    for options in (18, 40, 60, 80):
        for seed in SEEDS if options == 18 else (1, 2, 3):
            dispute = random_dispute(options, seed)
            with timed(f"random, {options} options, seed {seed}, SEQ estimated") as notes:
                game = symbolic_game(dispute, 2**24)
                verdicts = islice(drawn_equilibria(game, "SEQ", Random(seed)), 400)
                found = estimated(list(verdicts), game.count(game.feasible))
                assert found is not None
                notes.append(in_words(found))
            if options == 18:
                exact = detente.analyse(dispute, ["SEQ"]).equilibria("SEQ").size
                print(f"  on the cube {exact:,} of {found.states:,} states are equilibria")
                covered += found.low <= exact / found.states <= found.high
    print(f"{covered} of {len(SEEDS)} intervals hold the number (95% are expected to)")


def in_words(one: CountEstimate) -> str:
    low, count, high = one.counts
    return (
        f"{one.share:.1%} of {one.draws} states drawn, Wilson 95% {one.low:.1%} to {one.high:.1%}, "
        f"{one.undecided} open: {count:.2g} states ({low:.2g} to {high:.2g})"
    )


def growth(plot: str | None, *, recording: bool = False) -> None:
    sizes = [10, 14, 18, 20, 22, 24, 26, 40, 60, 80, 100]
    # The first run of the cube's kernels compiles or loads them.
    detente.analyse(random_dispute(18, 2), ALL)
    times: dict[str, dict[float | str, float]] = {
        "cube, all five": {},
        "Nash to SMR": {},
        "SEQ, SSEQ": {},
        "one state, SEQ": {},
    }
    for options in sizes:
        dispute = random_dispute(options, 1)
        runs: dict[str, Callable[[], object]] = {"Nash to SMR": partial(symbolic, dispute, QUICK)}
        if options <= 20:
            runs["cube, all five"] = partial(detente.analyse, dispute, ALL)
        if options <= 30:
            runs["SEQ, SSEQ"] = partial(symbolic, dispute, ALL[3:])
        for name, run in runs.items():
            start = time.process_time()
            run()
            times[name][options] = time.process_time() - start
        times["one state, SEQ"][options] = median(one_state_each("SEQ", dispute, 11, 1)[0])
        row = ", ".join(f"{n} {one[options]:.2f}" for n, one in times.items() if options in one)
        print(f"{options} options: {row}", flush=True)
    if recording:
        record(
            "symbolic",
            "Stability on symbolic sets, beside the cube",
            "options",
            "seconds of processor time",
            dict(times),
            logarithmic=(False, True),
        )
    if plot:
        from matplotlib.figure import Figure

        figure = Figure(figsize=(6, 4), layout="constrained")
        axes = figure.subplots()
        for name, one in times.items():
            axes.plot(list(one), list(one.values()), marker="o", label=name)
        axes.set(xlabel="options", ylabel="CPU seconds", yscale="log")
        axes.legend()
        figure.savefig(plot)


def main() -> None:
    recording = asked_to_record()
    arguments = sys.argv[1:]
    given = {}
    for option in ("--plot", "--seeds"):
        if option in arguments:
            place = arguments.index(option)
            given[option] = arguments[place + 1]
            del arguments[place : place + 2]
    plot = given.get("--plot")
    seeds = [int(one) for one in given["--seeds"].split(",")] if "--seeds" in given else SEEDS
    sections: dict[str, Callable[[], None]] = {
        "korea": korea,
        "copies": copied,
        "orders": orders,
        "random": random_ones,
        "credible": lambda: credible(seeds),
        "estimates": estimates,
        "single": single,
        "parts": parts,
        "sparse": sparse,
        "neighbours": neighbours,
        "coalitions": coalitions,
        "growth": lambda: growth(plot, recording=recording),
    }
    for name in arguments or sections:
        print(f"\n{name}")
        sections[name]()
    if recording and MEASURED:
        record(
            "symbolic_marks",
            "Symbolic sets: what was measured, and the mark to reach",
            "what",
            "seconds of processor time",
            {
                "measured": {one: MEASURED[one] for one in MEASURED if one not in NOT_FINISHED},
                "mark": dict(MARKS),
            },
            logarithmic=(False, True),
        )


if __name__ == "__main__":
    main()
