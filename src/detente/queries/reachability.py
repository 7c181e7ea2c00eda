"""Where play may or must come to, as fixpoints over whole arrays; and single courses of play.

The branching-time operators of Clarke and Emerson (1981) over the graph whose edges are steps, and
a loop at each state without a step: *may reach* is EF, *must reach* AF, *may keep* EG and *must
keep* AG.

References
----------
.. [1] E. M. Clarke and E. A. Emerson, "Design and synthesis of synchronization skeletons using
   branching time temporal logic", Logics of Programs, LNCS 131 (1981).
.. [2] E. A. Emerson and C.-L. Lei, "Modalities for model checking: branching time logic strikes
   back", Science of Computer Programming 8 (1987): fairness.
"""

from __future__ import annotations

from collections.abc import Mapping
from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from detente.queries.play_steps import Nodes, Step, Steps

__all__ = [
    "Rounds",
    "avoiding_course",
    "course_down",
    "fair_avoiding_course",
    "late_course",
    "reached_from",
    "rounds_to",
    "rounds_to_fair_avoidance",
]

# Among so many nodes a fair course is looked for that is to be told step by step.
_LOOKED_THROUGH = 2000
# Up to so many nodes are listed one by one to tell what play from one of them reaches.
_LISTED = 2000
# From so many nodes steps are listed in search of the course that changes the fewest options.
_MOST_EXPANDED = 300

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
    if steps.quick is not None:
        model = steps.ground.model
        return model.by_node(steps.quick.rounds_to(model.by_state(goal), surely=surely), -1)
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


def reached_from(
    steps: Steps, node: int, goals: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which sets play from one node may, and which it must come to.

    Parameters
    ----------
    steps
        The steps of play.
    node
        Where play starts.
    goals
        Shape (sets, nodes).

    Returns
    -------
    may, must : numpy.ndarray of bool
        Shape (sets,): EF and AF, as :func:`rounds_to` tells for all nodes. Where play comes to few
        nodes these are listed, which takes less than passes over all.
    """
    ends = _ends_of_play(steps, node)
    if ends is None:
        each = [
            [rounds_to(steps, goal, surely=surely)[node] >= 0 for goal in goals]
            for surely in (False, True)
        ]
        return np.array(each[0], dtype=np.bool_), np.array(each[1], dtype=np.bool_)
    may: NDArray[np.bool_] = np.any(goals[:, list(ends)], axis=1)
    must = np.array([not _avoids(ends, node, goal) for goal in goals], dtype=np.bool_)
    return may, must


def _ends_of_play(steps: Steps, node: int) -> dict[int, set[int]] | None:
    """The nodes that play comes to, each with where its steps lead; None where they are many."""
    ends: dict[int, set[int]] = {}
    waiting = [node]
    while waiting:
        here = waiting.pop()
        if here in ends:
            continue
        if len(ends) == _LISTED:
            return None
        ends[here] = steps.ends_from(here)
        waiting += ends[here]
    return ends


def _avoids(ends: Mapping[int, set[int]], node: int, goal: Nodes) -> bool:
    """Whether some course of play never comes into a set: it stays outside, or goes in a circle."""
    if goal[node]:
        return False
    on_course: set[int] = set()
    done: set[int] = set()
    waiting = [(node, False)]
    while waiting:
        here, left = waiting.pop()
        if left:
            on_course.discard(here)
            done.add(here)
            continue
        if here in done:
            continue
        if not ends[here]:
            return True
        on_course.add(here)
        waiting.append((here, True))
        for end in ends[here]:
            if end in on_course:
                return True
            if not goal[end] and end not in done:
                waiting.append((end, False))
    return False


def course_down(steps: Steps, rounds: Rounds, node: int) -> list[Step]:
    """A course of play from a node to where the rounds are 0, each step nearer by the rounds.

    Of these courses that which changes the fewest options, each counted as often as it changes;
    where too many nodes would have to be looked at, the course whose single steps change the
    fewest.
    """
    came: dict[int, tuple[int, Step] | None] = {}
    waiting: list[tuple[int, int, int, tuple[int, Step] | None]] = [(0, 0, node, None)]
    number = 0
    while waiting and len(came) < _MOST_EXPANDED:
        changed, _, here, before = heappop(waiting)
        if here in came:
            continue
        came[here] = before
        if rounds[here] == 0:
            return _steps_back(came, here)
        nearer = [one for one in steps.from_node(here) if 0 <= rounds[one.node] < rounds[here]]
        for step, more in zip(nearer, steps.changes_of(here, nearer).tolist(), strict=True):
            number += 1
            heappush(waiting, (changed + more, number, step.node, (here, step)))
    course = []
    while rounds[node] > 0:
        step = next(one for one in steps.from_node(node) if 0 <= rounds[one.node] < rounds[node])
        course.append(step)
        node = step.node
    return course


def _steps_back(came: Mapping[int, tuple[int, Step] | None], node: int) -> list[Step]:
    """The steps by which a node was come to."""
    steps: list[Step] = []
    while (before := came[node]) is not None:
        node, step = before
        steps.append(step)
    return steps[::-1]


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


def late_course(steps: Steps, rounds: Rounds, node: int, most: int) -> list[Step]:
    """A course of play that does not come to where the rounds are 0 within so many steps.

    Parameters
    ----------
    steps
        The steps of play.
    rounds
        As :func:`rounds_to` gives them for AF; at `node` more than `most`, or -1.
    node
        Where the course starts.
    most
        How many steps it has at most: fewer where play stays.
    """
    course: list[Step] = []
    for left in reversed(range(most)):
        late = (one for one in steps.from_node(node) if not 0 <= rounds[one.node] <= left)
        step = next(late, None)
        if step is None:
            break
        course.append(step)
        node = step.node
    return course


def rounds_to_fair_avoidance(steps: Steps, goal: Nodes) -> Rounds:
    """In how many steps play can come to where it may stay out of a set for ever, fairly.

    A course is fair if each mover and each package that has a step in infinitely many of its states
    makes one infinitely often (strong fairness).

    Parameters
    ----------
    steps
        The steps of play.
    goal
        The set, by node.

    Returns
    -------
    numpy.ndarray of int32
        For each node the least number of steps, none of them into the set; -1 where every fair
        course comes into the set.

    Notes
    -----
    After Emerson and Lei [2]_. What is sought first is the greatest set in which play can go on (or
    stay, where nobody has a step), and in which, from each node, whoever has a step there can be
    led to a step of its own that stays in the set. The last components in which play then stays
    have a step of everybody who has one anywhere in them.
    """
    outside: Nodes = steps.ground.feasible & ~goal
    able = {maker: steps.step_into(maker, steps.ground.feasible) for maker in steps.makers}
    inside = outside
    while True:
        kept = inside & steps.possible(inside)
        for maker in steps.makers:
            taken = inside & steps.step_into(maker, inside)
            kept &= ~able[maker] | (_rounds_within(steps, taken, inside) >= 0)
        if not (inside & ~kept).any():
            return _rounds_within(steps, inside, outside)
        inside = kept


def _rounds_within(steps: Steps, goal: Nodes, inside: Nodes) -> Rounds:
    """In how many steps some course leads to a goal without leaving a set; -1 where none does."""
    rounds: Rounds = np.where(goal, 0, -1).astype(np.int32)
    number = 0
    while True:
        number += 1
        there = rounds >= 0
        new = steps.possible(there) & inside & ~there
        if not new.any():
            return rounds
        rounds[new] = number


def fair_avoiding_course(steps: Steps, rounds: Rounds, node: int) -> tuple[list[Step], bool]:
    """A fair course of play that never comes into a set.

    Parameters
    ----------
    steps
        The steps of play.
    rounds
        As :func:`rounds_to_fair_avoidance` gives them; not -1 at `node`.
    node
        Where the course starts.

    Returns
    -------
    course : list of Step
        Its steps: to where play may go round for ever, and once round by a step of everybody who
        has one on the way. Only the way there, where too many nodes would have to be looked at.
    repeats
        Whether it goes round.
    """
    course = course_down(steps, rounds, node)
    start = course[-1].node if course else node
    # From there, all that play can come to without leaving where it may stay.
    listed: dict[int, list[Step]] = {}
    waiting = [start]
    while waiting:
        here = waiting.pop()
        if here in listed:
            continue
        if len(listed) == _LOOKED_THROUGH:
            return course, False
        listed[here] = [one for one in steps.from_node(here) if rounds[one.node] == 0]
        waiting += [one.node for one in listed[here]]
    last = _last_component(listed)
    course += _way(listed, start, last)
    here = first = course[-1].node if course else node
    wanted = {(step.movers, step.package) for one in last for step in listed[one]}
    for maker in sorted(wanted, key=str):
        sources = {one for one in last if any((s.movers, s.package) == maker for s in listed[one])}
        way = _way(listed, here, sources)
        here = way[-1].node if way else here
        step = next(one for one in listed[here] if (one.movers, one.package) == maker)
        course += [*way, step]
        here = step.node
    course += _way(listed, here, {first})
    return course, bool(wanted)


def _way(listed: dict[int, list[Step]], start: int, ends: set[int]) -> list[Step]:
    """Fewest steps from a node to one of some others."""
    came: dict[int, tuple[int, Step] | None] = {start: None}
    waiting = [start]
    for here in waiting:
        if here in ends:
            return _steps_back(came, here)
        for step in listed[here]:
            if step.node not in came:
                came[step.node] = (here, step)
                waiting.append(step.node)
    raise ValueError("there is no way to any of them")


def _last_component(listed: dict[int, list[Step]]) -> set[int]:
    """A strongly connected set of nodes that no step leaves."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    place = {node: number for number, node in enumerate(listed)}
    sources = [place[node] for node, own in listed.items() for _ in own]
    targets = [place[step.node] for own in listed.values() for step in own]
    ones = np.ones(len(sources), dtype=np.int8)
    graph = csr_matrix((ones, (sources, targets)), shape=(len(place), len(place)))
    _, label = connected_components(graph, directed=True, connection="strong")
    left = {int(label[a]) for a, b in zip(sources, targets, strict=True) if label[a] != label[b]}
    chosen = next(one for one in label.tolist() if one not in left)
    return {node for node, number in place.items() if label[number] == chosen}
