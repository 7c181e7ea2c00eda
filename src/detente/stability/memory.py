"""How much memory an analysis needs, estimated before it starts."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING

from detente.dispute.dispute import Dispute
from detente.dispute.errors import LimitError
from detente.space.free_memory import fits, free_memory
from detente.space.representation import Engine, positions_in_cube, states_to_list
from detente.stability.concept_registry import concept_named, concepts_serving

if TYPE_CHECKING:
    from detente.space.symbolic.listing import FeasibleStates

__all__ = [
    "check_memory",
    "fits_when_listed",
    "memory_needed",
    "needs_symbolic",
    "wants_symbolic",
]

# Positions in a cube are numbered by 32 bits.
_MOST_POSITIONS = 2**31

# Arrays of one 32-bit number for each position that are alive at once while a concept is
# computed: values, responses, and their masked and intermediate copies.
_WORKING_ARRAYS = 8


def memory_needed(
    dispute: Dispute, concepts: Sequence[str], *, listed: bool = False, states: int | None = None
) -> int:
    """Estimate the memory that an analysis needs at its peak.

    Parameters
    ----------
    dispute
        The dispute.
    concepts
        Names of the concepts.
    listed
        Whether moves are listed in any case.
    states
        How many states are listed; None where the whole cube is made.

    Returns
    -------
    int
        Bytes. Guards and coalesced states need more: a list of moves, whose length is counted
        as if every state were feasible. Where states are listed, moves are counted later, by
        :func:`detente.space.move_lists.check_room`.
    """
    positions = positions_in_cube(dispute) if states is None else states
    parties = len(dispute.parties)
    ranks = 4 * parties
    stable = parties * len(concepts)
    working = 4 * _WORKING_ARRAYS
    asked = [concept_named(concept) for concept in concepts]
    working += max((one.working_bytes(dispute) for one in asked), default=0)
    if states is not None:
        return positions * (8 * len(dispute.options) + ranks + stable + working)
    working += max((one.listed_bytes(dispute) for one in asked), default=0)
    if listed or dispute.coalesce or any(option.guards for option in dispute.options):
        moves = sum(
            prod(len(option.levels) for option in party.options) for party in dispute.parties
        )
        working += 24 * moves
    return positions * (1 + ranks + stable + working)


def check_memory(
    dispute: Dispute,
    concepts: Sequence[str],
    *,
    beside: int = 0,
    engine: Engine | None = None,
) -> FeasibleStates | None:
    """Refuse an analysis that would not fit into the memory at hand.

    Parameters
    ----------
    dispute
        The dispute.
    concepts
        Names of the concepts.
    beside
        How many bytes for each position are kept beside it.
    engine
        The engine asked for; by default chosen by itself.

    Returns
    -------
    FeasibleStates or None
        The states, where they are to be listed; see
        :func:`detente.space.representation.states_to_list`.

    Raises
    ------
    LimitError
        With the estimate and what would shrink it.
    """
    found = states_to_list(dispute, engine)
    states = found.count if found else None
    needed = memory_needed(dispute, concepts, states=states)
    needed += beside * (positions_in_cube(dispute) if states is None else states)
    if fits(needed):
        return found
    parties = "1 party" if len(dispute.parties) == 1 else f"{len(dispute.parties)} parties"
    raise LimitError(
        f"{len(dispute.options)} options and {parties} need about "
        f"{_gibibytes(needed)} of memory, and {_gibibytes(free_memory())} is free; "
        f"{_instead(dispute, concepts, engine)}",
        path=dispute.path,
    )


def _instead(dispute: Dispute, concepts: Sequence[str], engine: Engine | None) -> str:
    """What to do where memory does not suffice."""
    few = states_to_list(dispute) if engine == "cube" else None
    if few is not None:
        needed = memory_needed(dispute, concepts, states=few.count)
        states = "state is" if few.count == 1 else "states are"
        return (
            f"{few.count:,} {states} feasible, and the engine list needs about "
            f"{_gibibytes(needed)} for them"
        )
    fewer = "fewer options (each two-level option doubles it)"
    if len(concepts) > 1:
        fewer += ", or fewer concepts at a time"
    served = concepts_serving("symbolic")
    other = [name for name in concepts if name not in served]
    sets = (
        f"no engine does without for {', '.join(other)}"
        if other
        else "analyses that offer the engine symbolic need no array of states"
    )
    return f"what would shrink it: {fewer}; {sets}"


def wants_symbolic(dispute: Dispute, concepts: Sequence[str], engine: Engine | None) -> bool:
    """Whether stability is to be found on sets held as diagrams.

    Parameters
    ----------
    dispute
        The dispute.
    concepts
        Names of the concepts.
    engine
        The engine asked for. By default: sets where the cube is too large for the memory at hand,
        or to be numbered, and the feasible states are too many for a list.

    Returns
    -------
    bool
        False where a concept or an order of numbered states needs the cube or a list.
    """
    if dispute.lists_moves:
        states_to_list(dispute, engine)
        return False
    if engine is not None:
        return engine == "symbolic"
    if (
        not set(concepts) <= set(concepts_serving("symbolic"))
        or states_to_list(dispute) is not None
    ):
        return False
    positions = positions_in_cube(dispute)
    return positions >= _MOST_POSITIONS or not fits(memory_needed(dispute, concepts))


def needs_symbolic(dispute: Dispute) -> bool:
    """Whether a dispute has more states than a cube numbers, and too many for a list."""
    return positions_in_cube(dispute) >= _MOST_POSITIONS and wants_symbolic(dispute, (), None)


def fits_when_listed(dispute: Dispute, concepts: Sequence[str]) -> bool:
    """Whether an analysis for which all moves are listed fits into the memory at hand."""
    return fits(memory_needed(dispute, concepts, listed=True))


def _gibibytes(count: int) -> str:
    if count > 2**90:
        return f"2^{count.bit_length() - 31} GiB"
    return f"{count / 2**30:,.1f} GiB"
