"""How much memory an analysis needs, estimated before it starts."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import psutil

from detente.dispute.dispute import Dispute
from detente.dispute.errors import DisputeError
from detente.stability.concepts import horizon_of

__all__ = ["check_memory", "fits_when_listed", "memory_needed"]

# Arrays of one 32-bit number for each position that are alive at once while a concept is
# computed: values, responses, and their masked and intermediate copies.
_WORKING_ARRAYS = 8


def memory_needed(dispute: Dispute, concepts: Sequence[str], *, listed: bool = False) -> int:
    """Estimate the memory that an analysis needs at its peak.

    Parameters
    ----------
    dispute
        The dispute.
    concepts
        Names of the concepts.
    listed
        Whether moves are listed in any case.

    Returns
    -------
    int
        Bytes. Guards and coalesced states need more: a list of moves, whose length is counted
        as if every state were feasible.
    """
    positions = prod(len(option.levels) for option in dispute.options)
    parties = len(dispute.parties)
    ranks = 4 * parties
    stable = parties * len(concepts)
    working = 4 * _WORKING_ARRAYS
    if any(concept == "NM" or horizon_of(concept) for concept in concepts):
        working += 8 * (3 * parties**2 + 4 * parties)
    if "SIM" in concepts:
        # The improvements of all parties, listed: the list of one party is sorted at a time.
        working += 12 * sum(
            prod(len(option.levels) for option in party.options) for party in dispute.parties
        )
    if listed or dispute.coalesce or any(option.guards for option in dispute.options):
        moves = sum(
            prod(len(option.levels) for option in party.options) for party in dispute.parties
        )
        working += 24 * moves
    return positions * (1 + ranks + stable + working)


def check_memory(dispute: Dispute, concepts: Sequence[str], *, beside: int = 0) -> None:
    """Refuse an analysis that would not fit into the memory at hand.

    ``beside`` is how many bytes for each position are kept beside it.

    Raises
    ------
    DisputeError
        With the estimate and what would shrink it.
    """
    positions = prod(len(option.levels) for option in dispute.options)
    needed = memory_needed(dispute, concepts) + beside * positions
    available = psutil.virtual_memory().available
    if needed <= available:
        return
    fewer = "fewer options (each two-level option doubles it)"
    if len(concepts) > 1:
        fewer += ", or fewer concepts at a time"
    raise DisputeError(
        f"{len(dispute.options)} options and {len(dispute.parties)} parties need about "
        f"{_gibibytes(needed)} of memory, and {_gibibytes(available)} is free; "
        f"what would shrink it: {fewer}",
        path=dispute.path,
    )


def fits_when_listed(dispute: Dispute, concepts: Sequence[str]) -> bool:
    """Whether an analysis for which all moves are listed fits into the memory at hand."""
    needed = memory_needed(dispute, concepts, listed=True)
    return bool(needed <= psutil.virtual_memory().available)


def _gibibytes(count: int) -> str:
    return f"{count / 2**30:,.1f} GiB"
