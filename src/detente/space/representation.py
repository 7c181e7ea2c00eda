"""In which form the states of a dispute are held: the whole cube, or a list of feasible states."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Literal

from detente.dispute.dispute import Dispute
from detente.dispute.errors import DisputeError, LimitError, nearest

if TYPE_CHECKING:
    from detente.space.symbolic.listing import FeasibleStates

__all__ = [
    "ENGINES",
    "USUAL_NODES",
    "Engine",
    "known_engine",
    "positions_in_cube",
    "states_to_list",
]

Engine = Literal["cube", "list", "symbolic"]

ENGINES: tuple[Engine, ...] = ("cube", "list", "symbolic")

USUAL_NODES = 2**24
"""How many nodes the diagrams of symbolic sets may have, where nothing else is said."""

# A cube of so many positions takes seconds; below, nothing else is worth looking for.
_LARGE_CUBE = 2**20

# A list is worth it where so few of a cube's positions are feasible: a listed state costs more
# than a position, as its moves are listed too.
_SPARSE = 64

# Nodes for the diagram of the constraints: few where it only helps to choose, so that tangled
# constraints do not keep anybody waiting.
_NODES_TO_CHOOSE = 2**18
_NODES = 2**21

# The rows of a longer list would not be held.
_LONGEST_LIST = 2**24


def known_engine(name: str | None) -> Engine | None:
    """The engine of a name that a user gave; None where the choice is left to detente.

    Raises
    ------
    DisputeError
        If there is no such engine.
    """
    for engine in ENGINES:
        if name == engine:
            return engine
    if name is None:
        return None
    raise DisputeError(
        f"there is no engine '{name}'", found=name, allowed=ENGINES, nearest=nearest(name, ENGINES)
    )


def positions_in_cube(dispute: Dispute) -> int:
    """How many combinations of levels a dispute's options have, feasible or not."""
    return prod(len(option.levels) for option in dispute.options)


def states_to_list(dispute: Dispute, engine: Engine | None = None) -> FeasibleStates | None:
    """The feasible states of a dispute, where they are to be listed; None where not.

    Parameters
    ----------
    dispute
        The dispute.
    engine
        The engine asked for. By default: states are listed where the cube is large and few of its
        positions are feasible.

    Returns
    -------
    FeasibleStates or None
        None for an empty set of states too: what conflicts is then found on the cube.

    Raises
    ------
    LimitError
        If a list was asked for and cannot be made.
    """
    positions = positions_in_cube(dispute)
    if dispute.lists_moves and engine in ("cube", "symbolic"):
        raise DisputeError(
            f"the file lists the moves between states; the engine {engine} works them out from "
            "options, so that only the engine list, which is the default here, can be used",
            path=dispute.path,
        )
    if engine in ("cube", "symbolic"):
        return None
    if engine is None and (positions < _LARGE_CUBE or not dispute.constraints):
        return None
    # Imported here because small disputes have no use for diagrams.
    from detente.space.symbolic.listing import feasible_states

    found = feasible_states(dispute, most_nodes=_NODES_TO_CHOOSE if engine is None else _NODES)
    if engine == "list":
        problem = None
        if found is None:
            problem = "the constraints are too tangled to find the feasible states"
        elif found.count > _LONGEST_LIST:
            problem = f"{found.count:,} states are feasible; at most {_LONGEST_LIST:,} are listed"
        if problem:
            raise LimitError(f"{problem}; the engine symbolic makes no list", path=dispute.path)
    elif found is None or found.count > min(_LONGEST_LIST, positions // _SPARSE):
        return None
    return found if found is not None and found.count else None
