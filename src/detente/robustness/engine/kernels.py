"""Compiled analysis of one draw after the other, on structure that all draws share."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.robustness.engine.concept_bits import EVERY
from detente.robustness.engine.immediate import LANES, new_ranked, settle_at_once, take_one
from detente.robustness.engine.outcome_places import OutcomePlaces, new_seen, set_outcomes
from detente.robustness.engine.sequential_sanctions import new_rows, settle_rows
from detente.robustness.engine.shared import Shared
from detente.space.compiling import kernel, kernel_part

__all__ = ["analyse_draws"]

_CONCEPTS = 5

# Draws that a byte counts.
_MOST = 255

# Positions counted at a time.
_NEAR = 1024


def analyse_draws(
    table: NDArray[np.int16],
    sequential: bool,
    shared: Shared,
    places: OutcomePlaces,
    chosen: NDArray[np.int64],
    counts: NDArray[np.int16],
    found: NDArray[np.uint64],
    stable: NDArray[np.uint8],
) -> None:
    """Find the equilibria of each draw.

    Parameters
    ----------
    table
        Shape (draws, classes): ranks, not negative.
    sequential
        Whether SEQ and SSEQ are wanted.
    shared
        What all draws share.
    places
        Where the positions of each outcome stand.
    chosen
        Positions whose concepts are to be told draw by draw.
    counts
        Shape (5, positions): the number of draws in which each is an equilibrium, added to.
    found
        Shape (draws, 5, words): set to the outcomes that have an equilibrium, as bits.
    stable
        Shape (draws, chosen): set to the concepts under which each is an equilibrium, as bits.
    """
    ranked = new_ranked(shared, int(table.max()))
    rows = new_rows(shared, ranked)
    seen = new_seen(places)
    tallies = np.empty(counts.shape, dtype=np.uint8)
    _analyse_each(
        table, sequential, shared, ranked, rows, places, seen, chosen, tallies, counts,
        found, stable,
    )  # fmt: skip


@kernel
def _analyse_each(
    table: Any,
    sequential: Any,
    shared: Any,
    ranked: Any,
    rows: Any,
    places: Any,
    seen: Any,
    chosen: Any,
    tallies: Any,
    counts: Any,
    found: Any,
    stable: Any,
) -> None:
    for first in range(0, len(table), _MOST):
        last = min(first + _MOST, len(table))
        tallies[:] = 0
        for draw in range(first, last):
            lane = (draw - first) % LANES
            if lane == 0:
                settle_at_once(table[draw:last], shared, ranked)
            take_one(lane, shared, ranked)
            settle_rows(lane, sequential, shared, ranked, rows)
            # Its last entries belong to no positions where these do not fill the last line.
            unstable = rows.unstable[lane, : tallies.shape[1]]
            set_outcomes(unstable, places, seen, found[draw])
            for number in range(len(chosen)):
                stable[draw, number] = EVERY & ~unstable[chosen[number]]
            if lane == LANES - 1 or draw == last - 1:
                _count(lane + 1, rows.unstable, tallies)
        for concept in range(_CONCEPTS):
            for position in range(tallies.shape[1]):
                counts[concept, position] += tallies[concept, position]


@kernel_part
def _count(draws: Any, unstable: Any, tallies: Any) -> None:
    """Count the equilibria of some draws."""
    # Few positions at a time, so that they stay near the processor, and concept by concept, so
    # that it is done for many of them at once.
    for first in range(0, tallies.shape[1], _NEAR):
        last = min(first + _NEAR, tallies.shape[1])
        for concept in range(_CONCEPTS):
            tally, bit = tallies[concept, first:last], np.uint8(1 << concept)
            for draw in range(draws):
                here = unstable[draw, first:last]
                for position in range(len(here)):
                    tally[position] += np.uint8(here[position] & bit == 0)
