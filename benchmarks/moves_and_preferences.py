"""Guarded models over lists of moves, and ranks from statements; see README.md in this folder."""

from __future__ import annotations

import time

import numpy as np
from generate import document
from recording import asked_to_record, record

import detente
from detente.space.move_lists import SparseGraph
from detente.space.ranks import ranks
from detente.space.states import state_space
from detente.stability.analysis import analyse_model
from detente.stability.concept_registry import usual_concepts
from detente.stability.prepared_model import graph_model

SPENT: dict[float | str, float] = {}


def timed(what: str, start: float) -> None:
    SPENT[what.strip()] = time.perf_counter() - start
    print(f"{what}: {SPENT[what.strip()]:.2f} s", flush=True)


def guarded(options: int, parties: int) -> None:
    dispute = detente.build_dispute(document(options, parties, guarded=True))
    start = time.perf_counter()
    model = graph_model(dispute)
    assert isinstance(model.graph, SparseGraph)
    moves = sum(moves.targets.size for moves in model.graph.lists)
    timed(f"{moves:,} guarded moves among {model.space.count:,} states, listed", start)
    start = time.perf_counter()
    analyse_model(model, usual_concepts())
    concepts = ", ".join(usual_concepts())
    timed(f"  {concepts} for {parties} parties, {model.space.count:,} states", start)


def preferences(options: int, parties: int, statements: int) -> None:
    dispute = detente.build_dispute(document(options, parties, statements=statements))
    space = state_space(dispute)
    start = time.perf_counter()
    found = ranks(dispute, space)
    timed(
        f"ranks of 2^{options} states for {parties} parties from {statements} statements each "
        f"(up to {int(found.max()):,} different ranks)",
        start,
    )


if __name__ == "__main__":
    recording = asked_to_record()
    np.random.default_rng(0)
    guarded(14, 4)
    guarded(16, 4)
    preferences(24, 6, 20)
    preferences(24, 6, 100)
    if recording:
        record(
            "moves_and_preferences",
            "Guarded moves listed one by one, and ranks from statements",
            "work",
            "seconds on the clock",
            {"seconds": SPENT},
        )
