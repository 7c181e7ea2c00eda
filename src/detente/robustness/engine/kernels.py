"""Compiled analysis of one draw after the other, on structure that all draws share."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.robustness.engine.immediate import EVERY, LANES, new_ranked, settle_at_once, take_one
from detente.robustness.engine.sequential_sanctions import new_rows, settle_rows
from detente.robustness.engine.shared import Shared
from detente.space.compiling import kernel, kernel_part

__all__ = ["analyse_draws"]

_CONCEPTS = 5

# Draws that a byte counts.
_MOST = 255


def analyse_draws(
    table: NDArray[np.int16],
    sequential: bool,
    shared: Shared,
    stretches: NDArray[np.int64],
    regions: NDArray[np.uint64],
    chosen: NDArray[np.int64],
    counts: NDArray[np.int64],
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
    stretches, regions
        Positions in a row that belong to the same outcomes: the first of them, and the number of
        their region, shape (stretches, 2). The outcomes to which each region belongs, as bits,
        shape (regions, words).
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
    inside = np.empty(len(regions), dtype=np.uint8)
    tallies = np.empty(counts.shape, dtype=np.uint8)
    _analyse_each(
        table, sequential, shared, ranked, rows, stretches, regions, chosen, inside, tallies,
        counts, found, stable,
    )  # fmt: skip


@kernel
def _analyse_each(
    table: Any,
    sequential: Any,
    shared: Any,
    ranked: Any,
    rows: Any,
    stretches: Any,
    regions: Any,
    chosen: Any,
    inside: Any,
    tallies: Any,
    counts: Any,
    found: Any,
    stable: Any,
) -> None:
    # Its last entry belongs to no position where their number is odd.
    unstable = rows.unstable[: tallies.shape[1]]
    for first in range(0, len(table), _MOST):
        last = min(first + _MOST, len(table))
        tallies[:] = 0
        for draw in range(first, last):
            lane = (draw - first) % LANES
            if lane == 0:
                settle_at_once(table[draw:last], shared, ranked)
            take_one(lane, shared, ranked)
            settle_rows(lane, sequential, shared, ranked, rows)
            _count(unstable, tallies)
            _join_stretches(unstable, stretches, inside)
            _join_regions(inside, regions, found[draw])
            for number in range(len(chosen)):
                stable[draw, number] = EVERY & ~unstable[chosen[number]]
        for concept in range(_CONCEPTS):
            for position in range(tallies.shape[1]):
                counts[concept, position] += tallies[concept, position]


@kernel_part
def _count(unstable: Any, tallies: Any) -> None:
    """Count a draw's equilibria."""
    # Concept by concept, so that it is done for many positions at once.
    for concept in range(_CONCEPTS):
        tally = tallies[concept]
        for position in range(len(unstable)):
            tally[position] += ~(unstable[position] >> concept) & 1


@kernel_part
def _join_stretches(unstable: Any, stretches: Any, inside: Any) -> None:
    """Set the concepts that have an equilibrium in each region, as bits."""
    inside[:] = 0
    for stretch in range(len(stretches)):
        last = len(unstable)
        if stretch + 1 < len(stretches):
            last = stretches[stretch + 1, 0]
        everywhere = np.uint8(EVERY)
        for position in range(stretches[stretch, 0], last):
            everywhere &= unstable[position]
        inside[stretches[stretch, 1]] |= EVERY & ~everywhere


@kernel_part
def _join_regions(inside: Any, regions: Any, found: Any) -> None:
    """Set the outcomes that have an equilibrium, from the concepts that have one in each region."""
    found[:] = 0
    for region in range(len(regions)):
        for concept in range(_CONCEPTS):
            if (inside[region] >> concept) & 1:
                for word in range(regions.shape[1]):
                    found[concept, word] |= regions[region, word]
