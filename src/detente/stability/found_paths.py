"""What an analysis of paths comes to, whatever holds the states."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Dispute
from detente.dispute.result import Result
from detente.stability.explained_state import StatesExplained

__all__ = ["MOST_PATHS", "MovePath", "OutcomeDistance", "PathAnalysis", "PathStep"]

# No more paths than this are told apart by their number.
MOST_PATHS = 2**62


@dataclass(frozen=True, slots=True)
class PathStep:
    """One move of a path.

    Attributes
    ----------
    mover
        Id of the party or of the package; of a coalition, its members' with commas between.
    package
        Whether a package was carried out.
    state
        Number of the state to which the move led.
    improving
        Whether the mover, or every member of the package, strictly prefers that state.
    """

    mover: str
    package: bool
    state: int
    improving: bool


@dataclass(frozen=True, slots=True)
class MovePath:
    """A legal sequence of moves: the number of the state where it starts, and its steps."""

    start: int
    steps: tuple[PathStep, ...]


@dataclass(frozen=True, slots=True)
class OutcomeDistance:
    """How near a named outcome is.

    Attributes
    ----------
    outcome
        Id of the outcome.
    states
        Number of its states.
    reached
        How many of them legal sequences reach.
    moves
        Fewest moves to one of them; None where none is reached.
    """

    outcome: str
    states: int
    reached: int
    moves: int | None


@dataclass(frozen=True, eq=False, repr=False)
class PathAnalysis(Result):
    """Shortest legal paths from some states to others, and how near every state is.

    Attributes
    ----------
    model
        The graph model.
    improving
        Whether every move is an improvement for its mover.
    packages
        Whether packages count as moves.
    start, end
        What was asked for, in the user's words; no end where every state was.
    state_count
        Number of feasible states.
    reached
        How many states can be reached, those at the start included.
    nearness
        How near each named outcome is.
    length
        Fewest moves to a state asked for; None where none can be reached.
    path_count
        How many shortest paths there are; None on symbolic sets if too many states
        are on them to be gone through.
    paths
        The first of them, those that change the fewest options before the others.
    distances
        For each state, the fewest moves that lead there; 0 at the start, -1 where none do. None
        where there is no array of states.
    why
        What ended the work on sets early, if anything: ``time`` or ``nodes``, or ``interrupted``
        where the user ended it.
    searched
        So many moves were looked at then.
    every_move
        Whether that is all there are. Otherwise it is not known what more moves lead to.
    """

    model: StatesExplained
    improving: bool
    packages: bool
    start: str
    end: str | None
    state_count: int
    reached: int
    nearness: tuple[OutcomeDistance, ...] = field(repr=False)
    length: int | None
    path_count: int | None
    paths: tuple[MovePath, ...]
    distances: NDArray[np.int32] | None = field(default=None, repr=False)
    why: Literal["time", "nodes", "interrupted"] | None = None
    searched: int = 0
    every_move: bool = True

    @property
    def interrupted(self) -> bool:
        """Whether the user ended the work."""
        return self.why == "interrupted"

    @property
    def dispute(self) -> Dispute:
        """The dispute that was analysed."""
        return self.model.dispute

    def outcomes(self) -> tuple[OutcomeDistance, ...]:
        """How near each named outcome is."""
        return self.nearness

    def __repr__(self) -> str:
        if self.length is None:
            found = "no legal path"
        else:
            many = "very many" if self.path_count is None else f"{self.path_count:,}"
            found = f"{many} shortest paths of {self.length} moves"
        where = f"{self.start} to {self.end or 'every state'}"
        return f"<PathAnalysis of {self.dispute.title!r}: {where}: {found}>"
