"""Compiled analysis of one draw after the other, on structure that all draws share."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.robustness.engine.immediate import EVERY, new_ranked, settle_at_once
from detente.robustness.engine.sequential_sanctions import new_rows, settle_rows
from detente.robustness.engine.shared import Shared
from detente.space.compiling import kernel, kernel_part

__all__ = ["COUNT_BITS", "analyse_draws"]

COUNT_BITS = 12
"""Bits in which each concept's equilibria are counted: fewer than 2**12 draws at a time."""

_CONCEPTS = 5

# What each set of concepts, as bits, adds to what is counted.
_TALLY = np.array(
    [
        sum((held >> concept & 1) << concept * COUNT_BITS for concept in range(_CONCEPTS))
        for held in range(EVERY + 1)
    ],
    dtype=np.uint64,
)


def analyse_draws(
    table: NDArray[np.int16],
    sequential: bool,
    shared: Shared,
    region_of: NDArray[np.unsignedinteger],
    regions: NDArray[np.uint64],
    chosen: NDArray[np.int64],
    counts: NDArray[np.uint64],
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
    region_of, regions
        Number of each position's region, and the outcomes to which each region belongs, as bits:
        shapes (positions,) and (regions, words).
    chosen
        Positions whose concepts are to be told draw by draw.
    counts
        Shape (positions,): the number of draws in which each is an equilibrium, added to,
        :data:`COUNT_BITS` bits for each concept.
    found
        Shape (draws, 5, words): set to the outcomes that have an equilibrium, as bits.
    stable
        Shape (draws, chosen): set to the concepts under which each is an equilibrium, as bits.
    """
    ranked = new_ranked(shared, int(table.max()))
    rows = new_rows(shared, ranked)
    inside = np.empty((EVERY + 1, len(regions)), dtype=np.bool_)
    _analyse_each(
        table, sequential, shared, ranked, rows, region_of, regions, chosen, inside, _TALLY,
        counts, found, stable,
    )  # fmt: skip


@kernel
def _analyse_each(
    table: Any,
    sequential: Any,
    shared: Any,
    ranked: Any,
    rows: Any,
    region_of: Any,
    regions: Any,
    chosen: Any,
    inside: Any,
    tally: Any,
    counts: Any,
    found: Any,
    stable: Any,
) -> None:
    for draw in range(len(table)):
        settle_at_once(table[draw], shared, ranked)
        settle_rows(sequential, shared, ranked, rows)
        inside[:] = False
        for position in range(len(region_of)):
            held = EVERY & ~rows.unstable[position]
            counts[position] += tally[held]
            inside[held, region_of[position]] = True
        _join_regions(inside, regions, found[draw])
        for number in range(len(chosen)):
            stable[draw, number] = EVERY & ~rows.unstable[chosen[number]]


@kernel_part
def _join_regions(inside: Any, regions: Any, found: Any) -> None:
    """Set the outcomes that have an equilibrium, from where each set of concepts holds."""
    found[:] = 0
    for held in range(EVERY + 1):
        for region in range(len(regions)):
            if inside[held, region]:
                for concept in range(_CONCEPTS):
                    if (held >> concept) & 1:
                        for word in range(regions.shape[1]):
                            found[concept, word] |= regions[region, word]
