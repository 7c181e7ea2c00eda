"""A set held as a diagram, as a short list of patterns."""

from __future__ import annotations

from detente.space.patterns import Cover, Pattern
from detente.space.symbolic.diagrams import Diagram
from detente.space.symbolic.game import SymbolicGame
from detente.space.symbolic.states import first_member

__all__ = ["symbolic_cover"]


def symbolic_cover(game: SymbolicGame, states: Diagram, *, limit: int = 12) -> Cover:
    """Describe a set of states by patterns, as :func:`detente.space.patterns.cover` does.

    Parameters
    ----------
    game
        The dispute.
    states
        The set.
    limit
        Make at most this many patterns.

    Returns
    -------
    Cover
        Cost is a few operations on diagrams for each option and pattern.
    """
    valid = game.here.assignments()
    outside = valid & game.feasible & ~states
    order = _most_indifferent_first(game, valid, outside)
    uncovered = states
    total = left = game.count(states)
    patterns: list[Pattern] = []
    while left and len(patterns) < limit:
        seed = first_member(game, uncovered)
        fixed = {option: game.here.at_level(option, level) for option, level in enumerate(seed)}
        for option in order:
            wider = game.diagrams.all_of(one for other, one in fixed.items() if other != option)
            if not (wider & outside).satisfiable():
                del fixed[option]
        region = game.diagrams.all_of(fixed.values())
        new = game.count(uncovered & region)
        settings = {option: seed[option] for option in sorted(fixed)}
        patterns.append(Pattern(settings, game.count(game.feasible & region), new))
        uncovered &= ~region
        for members in game.classes:
            if (members & ~uncovered).satisfiable():
                uncovered &= ~members
        left -= new
    return Cover(tuple(patterns), total, left)


def _most_indifferent_first(game: SymbolicGame, valid: Diagram, outside: Diagram) -> list[int]:
    """Options by how many states have nothing outside the set on their line, most first."""
    together = []
    for bits in game.here.bits:
        broken = outside.exists(game.diagrams.cube(bits))
        together.append(game.diagrams.count(valid & ~broken, game.state_bits))
    return sorted(range(len(together)), key=lambda option: (-together[option], -option))
