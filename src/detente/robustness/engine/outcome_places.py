"""Which outcomes have an equilibrium in one draw, and where the states of each outcome stand.

Outcomes say little about most options, so that the same row of outcomes stands in many places.
Rows that are alike are joined before any outcome is looked at.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.robustness.engine.concept_bits import EVERY
from detente.robustness.engine.shared import Shared
from detente.space.compiling import kernel_part

__all__ = ["LinesSeen", "OutcomePlaces", "new_seen", "places_of", "set_outcomes"]

_CONCEPTS = 5

# Lines shorter than this are not worth beginning; there are few kinds of those up to the longest.
_SHORTEST, _LONGEST = 16, 2**12


class OutcomePlaces(NamedTuple):
    """Where the positions of each outcome stand.

    Positions in the same outcomes are one region. Positions in a row, as many for each, are one
    line; lines with the same regions in the same order are of one kind.

    Attributes
    ----------
    lines
        The kind of each line.
    regions
        Shape (kinds, length of a line): the region of each position.
    outcomes
        Shape (regions, words): the outcomes that each region belongs to, as bits.
    """

    lines: NDArray[np.int32]
    regions: NDArray[np.int32]
    outcomes: NDArray[np.uint64]


def places_of(
    region_of: NDArray[np.integer], outcomes: NDArray[np.uint64], shared: Shared
) -> OutcomePlaces:
    """Divide positions into lines so that little is left to look at.

    Parameters
    ----------
    region_of
        The region of each position.
    outcomes
        The outcomes of each region; see :class:`OutcomePlaces`.
    shared
        What draws share. Lines are as long as the step along some party's own axis.

    Returns
    -------
    OutcomePlaces
    """
    lengths = [one for one in shared.inners.tolist() if _SHORTEST <= one <= _LONGEST]
    found = []
    for length in lengths or [region_of.size]:
        rows = region_of.astype(np.int32).reshape(-1, length)
        kinds, line = np.unique(rows, axis=0, return_inverse=True)
        found.append(OutcomePlaces(line.reshape(-1).astype(np.int32), kinds, outcomes))
    return min(found, key=lambda one: one.regions.size)


class LinesSeen(NamedTuple):
    """Room to work in.

    Attributes
    ----------
    everywhere
        For each position of each kind of line, the concepts under which some party moves from it
        in all lines of the kind, as bits.
    inside
        For each region, the concepts that have an equilibrium in it, as bits.
    """

    everywhere: NDArray[np.uint8]
    inside: NDArray[np.uint8]


def new_seen(places: OutcomePlaces) -> LinesSeen:
    """Make room for one draw."""
    return LinesSeen(
        np.empty(places.regions.shape, dtype=np.uint8),
        np.empty(len(places.outcomes), dtype=np.uint8),
    )


@kernel_part
def set_outcomes(unstable: Any, places: Any, seen: Any, found: Any) -> None:
    """Set the outcomes that have an equilibrium.

    Parameters
    ----------
    unstable
        The concepts under which some party moves from each position, as bits.
    places
        Where the positions of each outcome stand.
    seen
        Room.
    found
        Shape (concepts, words): set to the outcomes that have an equilibrium, as bits.
    """
    _join_lines(unstable, places, seen)
    _join_positions(places, seen)
    _join_regions(places, seen, found)


@kernel_part
def _join_lines(unstable: Any, places: Any, seen: Any) -> None:
    """Join lines of the same kind, position by position."""
    seen.everywhere[:] = EVERY
    length = seen.everywhere.shape[1]
    for line in range(len(places.lines)):
        joined = seen.everywhere[places.lines[line]]
        here = unstable[line * length : (line + 1) * length]
        for position in range(length):
            joined[position] &= here[position]


@kernel_part
def _join_positions(places: Any, seen: Any) -> None:
    """Join the positions of each region."""
    everywhere, regions, inside = seen.everywhere, places.regions, seen.inside
    inside[:] = 0
    for kind in range(len(regions)):
        for position in range(regions.shape[1]):
            inside[regions[kind, position]] |= EVERY & ~everywhere[kind, position]


@kernel_part
def _join_regions(places: Any, seen: Any, found: Any) -> None:
    """Join the outcomes of all regions that have an equilibrium."""
    inside, outcomes = seen.inside, places.outcomes
    found[:] = 0
    for region in range(len(inside)):
        for concept in range(_CONCEPTS):
            if (inside[region] >> concept) & 1:
                for word in range(outcomes.shape[1]):
                    found[concept, word] |= outcomes[region, word]
