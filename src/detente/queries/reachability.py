"""Where play may or must come to, as fixpoints over whole arrays; and single courses of play.

The branching-time operators of Clarke and Emerson (1981) over the graph whose edges are steps, and
a loop at each state without a step: *may reach* is EF, *must reach* AF, *may keep* EG and *must
keep* AG.

References
----------
.. [1] E. M. Clarke and E. A. Emerson, "Design and synthesis of synchronization skeletons using
   branching time temporal logic", Logics of Programs, LNCS 131 (1981).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detente.queries.steps import Nodes, Step, Steps

__all__ = ["Rounds", "avoiding_course", "course_down", "rounds_to"]

Rounds = NDArray[np.int32]


def rounds_to(steps: Steps, goal: Nodes, *, surely: bool) -> Rounds:
    """In how many steps play may, or must, come into a set.

    Parameters
    ----------
    steps
        The steps of play.
    goal
        The set, by node.
    surely
        Whether every course of play is to come there (AF), or some course (EF).

    Returns
    -------
    numpy.ndarray of int32
        For each node the least number of steps (for AF: the greatest that it may take), 0 in
        the set, -1 where play does not come there.
    """
    rounds: Rounds = np.where(goal & steps.ground.feasible, 0, -1).astype(np.int32)
    number = 0
    while True:
        number += 1
        there = rounds >= 0
        before = steps.certain(there) if surely else steps.possible(there)
        new = before & ~there
        if not new.any():
            return rounds
        rounds[new] = number


def course_down(steps: Steps, rounds: Rounds, node: int) -> list[Step]:
    """A course of play from a node to where the rounds are 0."""
    course = []
    while rounds[node] > 0:
        step = next(one for one in steps.from_node(node) if 0 <= rounds[one.node] < rounds[node])
        course.append(step)
        node = step.node
    return course


def avoiding_course(steps: Steps, rounds: Rounds, node: int) -> tuple[list[Step], bool]:
    """A course of play that never comes to where the rounds are 0.

    Parameters
    ----------
    steps
        The steps of play.
    rounds
        As :func:`rounds_to` gives them for AF; -1 at `node`.
    node
        Where the course starts.

    Returns
    -------
    course : list of Step
        Its steps, until play stays or comes back to where it was.
    repeats
        Whether it comes back.
    """
    course: list[Step] = []
    seen = {node}
    while True:
        step = next((one for one in steps.from_node(node) if rounds[one.node] < 0), None)
        if step is None:
            return course, False
        course.append(step)
        node = step.node
        if node in seen:
            return course, True
        seen.add(node)
