"""States that nobody can leave, whose stability says nothing of what parties prefer.

A state without a move is stable for everybody, and so in part is a state from which every move
stays in an outcome that no move leads out of, such as a war that cannot be undone. Counts of
equilibria tell such states apart from the rest. The notion is this project's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Dispute
from detente.space.graph_model import GraphModel, model_of
from detente.space.moves import moves
from detente.space.package_moves import PackageMoves, package_moves
from detente.space.representation import states_to_list
from detente.space.states import state_space

__all__ = ["Traps", "cannot_be_left", "closed_outcomes", "traps", "traps_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Traps:
    """What nobody can leave.

    Attributes
    ----------
    outcomes
        Ids of the named outcomes that no move leads out of.
    held
        For each state index, whether it has no move, or is in such an outcome.
    """

    outcomes: tuple[str, ...]
    held: NDArray[np.bool_]

    def count(self, numbers: NDArray[np.integer]) -> int:
        """How many of some states, by their numbers, nobody can leave."""
        return int(np.count_nonzero(self.held[np.asarray(numbers, dtype=np.int64) - 1]))


def traps(model: GraphModel, packages: Sequence[PackageMoves] = ()) -> Traps:
    """What nobody can leave, by moves of single parties and packages that count as moves."""
    outcomes = closed_outcomes(model, packages)
    return Traps(outcomes, cannot_be_left(model, outcomes, packages))


def traps_of(dispute: Dispute, *, packages: bool = False) -> Traps:
    """The same for a dispute, whatever its parties prefer, known or unknown."""
    listed = states_to_list(dispute)
    space = state_space(dispute, listed.table() if listed else None)
    indifferent = np.ones((len(dispute.parties), space.size), dtype=np.int32)
    indifferent[:, ~space.feasible] = 0
    model = model_of(dispute, moves(dispute, space), indifferent)
    return traps(model, package_moves(model) if packages else ())


# Of so many states of a set every move is looked at, before those of all states are.
_LOOKED_AT = 8


def closed_outcomes(model: GraphModel, packages: Sequence[PackageMoves] = ()) -> tuple[str, ...]:
    """Ids of the named outcomes that no move leads out of; those that hold everywhere left out.

    Parameters
    ----------
    model
        The graph model.
    packages
        Joint moves that count as moves.
    """
    closed = []
    for outcome in model.dispute.outcomes:
        inside = model.space.holds(outcome.formula)
        if inside.any() and not inside.all() and not _is_left(model, inside, packages):
            closed.append(outcome.id)
    return tuple(closed)


def cannot_be_left(
    model: GraphModel, closed: Sequence[str], packages: Sequence[PackageMoves] = ()
) -> NDArray[np.bool_]:
    """Whether each state is without a move, or in an outcome that no move leads out of.

    Parameters
    ----------
    model
        The graph model.
    closed
        Ids of the outcomes that no move leads out of, as :func:`closed_outcomes` finds them.
    packages
        Joint moves that count as moves.

    Returns
    -------
    numpy.ndarray of bool
        For each state index.
    """
    held = ~_leads_into(model, np.ones(model.space.count, dtype=np.bool_), packages)
    for outcome in model.dispute.outcomes:
        if outcome.id in closed:
            held |= model.space.holds(outcome.formula)
    return held


def _is_left(
    model: GraphModel, inside: NDArray[np.bool_], packages: Sequence[PackageMoves]
) -> bool:
    """Whether some move of some party, or a package, leads out of a set."""
    # Most sets are left from any of their states, which is quicker to see of a few of them.
    some = np.flatnonzero(inside)
    for index in some[:: max(1, some.size // _LOOKED_AT)].tolist():
        for party in range(len(model.dispute.parties)):
            if not inside[model.moves_from(index, party)].all():
                return True
    return any(leading[inside].any() for leading in _leading(model, ~inside, packages))


def _leads_into(
    model: GraphModel, goal: NDArray[np.bool_], packages: Sequence[PackageMoves]
) -> NDArray[np.bool_]:
    """From which states some move of some party, or a package, leads into a set."""
    found = np.zeros(goal.size, dtype=np.bool_)
    for leading in _leading(model, goal, packages):
        found |= leading
    return found


def _leading(
    model: GraphModel, goal: NDArray[np.bool_], packages: Sequence[PackageMoves]
) -> Iterator[NDArray[np.bool_]]:
    """From which states a move of each party, and each package, leads into a set."""
    nodes = model.by_node(goal.astype(np.int8))
    for party in range(len(model.dispute.parties)):
        yield model.by_state(model.graph.best_move(nodes, party) > 0)
    for joint in packages:
        found = np.zeros(goal.size, dtype=np.bool_)
        found[joint.sources[goal[joint.targets]]] = True
        yield found
