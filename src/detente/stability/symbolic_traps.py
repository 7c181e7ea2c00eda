"""States that nobody can leave, as sets; :mod:`detente.stability.traps` says what they are for."""

from __future__ import annotations

from collections.abc import Sequence

from detente.space.symbolic.diagrams import Diagram
from detente.space.symbolic.game import SymbolicGame

__all__ = ["closed_outcomes_on_sets", "held_on_sets"]


def closed_outcomes_on_sets(game: SymbolicGame, *, packages: bool) -> tuple[str, ...]:
    """Ids of the named outcomes that no move leads out of; those that hold everywhere left out.

    Parameters
    ----------
    game
        The dispute.
    packages
        Whether its packages count as moves.
    """
    closed = []
    for outcome in game.dispute.outcomes:
        inside = game.holds(game.here.truth(outcome.formula.expression))
        outside = game.feasible & ~inside
        left = game.some_move_into(outside, packages=packages) & inside
        if inside.satisfiable() and outside.satisfiable() and not left.satisfiable():
            closed.append(outcome.id)
    return tuple(closed)


def held_on_sets(game: SymbolicGame, closed: Sequence[str], *, packages: bool) -> Diagram:
    """The states without a move, and those in an outcome that no move leads out of.

    Parameters
    ----------
    game
        The dispute.
    closed
        Ids of the outcomes that no move leads out of.
    packages
        Whether its packages count as moves.
    """
    held = game.feasible & ~game.some_move_into(game.feasible, packages=packages)
    for outcome in game.dispute.outcomes:
        if outcome.id in closed:
            held |= game.holds(game.here.truth(outcome.formula.expression))
    return held
