"""The likeliest courses of play into an outcome, stays left out.

Dynamics that stays where it is adds nothing to a course, so what counts is the chance of each move
among all moves that are made from a state. The likeliest course is the shortest path where each
move costs the negative logarithm of its chance (Dijkstra 1959), searched from the start outwards.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush
from math import log

import numpy as np
from numpy.typing import NDArray

from detente.forecast.movers import Dynamics, MoverChoice

__all__ = ["MOST_EXPANDED", "LikelyCourse", "likeliest_courses"]

MOST_EXPANDED = 4000
"""States from which the search goes on before it gives up on what it has not found."""


@dataclass(frozen=True, slots=True)
class LikelyCourse:
    """The likeliest course of play into one outcome.

    Attributes
    ----------
    goal
        Number of the goal.
    moves
        The moves, one after the other; each with its chance among the moves from its state.
    probability
        The product of these chances: of play's first moves being exactly these.
    """

    goal: int
    moves: tuple[MoverChoice, ...]
    probability: float


def likeliest_courses(
    play: Dynamics,
    start: int,
    regions: NDArray[np.bool_],
    *,
    most_moves: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> tuple[LikelyCourse, ...]:
    """Find the likeliest course of play into each outcome.

    Parameters
    ----------
    play
        How play goes on.
    start
        The node where it starts.
    regions
        Shape (outcomes, nodes): which nodes belong to each outcome.
    most_moves
        Leave out courses of more moves.
    progress
        Called with the share of the search that is done.

    Returns
    -------
    tuple of LikelyCourse
        One for each outcome that does not hold at the start and was found among the likeliest
        few thousand states.
    """
    wanted = {goal for goal, region in enumerate(regions) if region.any() and not region[start]}
    came_by: dict[int, tuple[int, MoverChoice]] = {}
    least = {start: (0.0, 0)}
    done: set[int] = set()
    waiting = [(0.0, 0, start)]
    found = []
    while waiting and wanted and len(done) < MOST_EXPANDED:
        cost, moves, node = heappop(waiting)
        if node in done:
            continue
        done.add(node)
        if progress and len(done) % 100 == 0:
            progress(len(done) / MOST_EXPANDED)
        for goal in sorted(goal for goal in wanted if regions[goal, node]):
            wanted.discard(goal)
            found.append(_course(goal, node, start, came_by))
        if most_moves is not None and moves == most_moves:
            continue
        choices = play.next_moves(node)
        total = sum(choice.probability for choice in choices)
        for choice in choices:
            chance = choice.probability / total
            further = (cost - log(chance), moves + 1)
            if choice.node not in done and further < least.get(choice.node, (float("inf"), 0)):
                least[choice.node] = further
                came_by[choice.node] = (node, MoverChoice(choice.mover, choice.node, chance))
                heappush(waiting, (*further, choice.node))
    return tuple(sorted(found, key=lambda one: one.goal))


def _course(
    goal: int, node: int, start: int, came_by: dict[int, tuple[int, MoverChoice]]
) -> LikelyCourse:
    moves: list[MoverChoice] = []
    while node != start:
        node, choice = came_by[node]
        moves.append(choice)
    probability = 1.0
    for choice in moves:
        probability *= choice.probability
    return LikelyCourse(goal, tuple(reversed(moves)), probability)
