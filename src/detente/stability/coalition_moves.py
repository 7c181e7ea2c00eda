"""Where coalitions can go: R_H(s) for every state at once, in groups of states.

States from which the same states can be reached form groups, and what is reached is a union of
groups, so that R_H is held without a pair for each state and each state reached.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from detente.dispute.errors import LimitError
from detente.space.cube import one_way_patterns
from detente.space.graph_model import GraphModel
from detente.space.package_moves import PackageMoves

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

__all__ = [
    "Coalition",
    "CoalitionMoves",
    "coalition_moves",
    "joint_moves",
    "left_by_listed_joint_moves",
    "united",
]

Coalition = tuple[int, ...]
"""Numbers of the members, in order."""

# More pairs of groups than this are not held: a few gigabytes.
_MOST_PAIRS = 2 * 10**8

# Pairs of listed states that are looked at together.
_PAIRS_AT_ONCE = 2**22

# What reaches what among so few nodes is held as a whole square.
_FEW_NODES = 400


@dataclass(frozen=True, slots=True, eq=False)
class CoalitionMoves:
    """R_H(s) of one coalition, for every state.

    From state *s* the coalition reaches the members of the groups
    ``reached[starts[g]:starts[g + 1]]``, where *g* is ``group[s]``. *s* itself may be among them.

    Attributes
    ----------
    group
        For each state index, the group of what it reaches.
    starts, reached
        In compressed rows, the groups reached from each group.
    members, member_group
        State indices, and the group to which each belongs, in order of group.
    """

    group: NDArray[np.int64]
    starts: NDArray[np.int64]
    reached: NDArray[np.int64]
    members: NDArray[np.int64]
    member_group: NDArray[np.int64]

    @property
    def groups(self) -> int:
        """Number of groups."""
        return self.starts.size - 1

    @property
    def member_starts(self) -> NDArray[np.int64]:
        """Where the members of each group begin among all, which stand in order of group."""
        return np.searchsorted(self.member_group, np.arange(self.groups + 1)).astype(np.int64)

    def reached_from(self, state: int) -> NDArray[np.int64]:
        """State indices in R_H(s), in order; *s* itself may be among them."""
        group = self.group[state]
        chosen = self.reached[self.starts[group] : self.starts[group + 1]]
        return np.unique(self.members[np.isin(self.member_group, chosen)])

    def pairs(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """All moves, as state indices from which and to which they lead."""
        starts, order = self.member_starts, np.argsort(self.group)
        by_group = np.searchsorted(self.group[order], np.arange(self.groups + 1))
        sources, targets = [], []
        for group in np.unique(self.group):
            chosen = self.reached[self.starts[group] : self.starts[group + 1]]
            ends = np.concatenate(
                [self.members[starts[one] : starts[one + 1]] for one in chosen]
                or [np.zeros(0, dtype=np.int64)]
            )
            here = order[by_group[group] : by_group[group + 1]]
            sources.append(np.repeat(here, ends.size))
            targets.append(np.tile(ends, here.size))
        first, second = np.concatenate(sources), np.concatenate(targets)
        moving = first != second
        return first[moving], second[moving]

    def lowering(self, values: NDArray[np.int32]) -> NDArray[np.int64]:
        """Places among `members` of states that some state of higher value may reach."""
        lowest = np.iinfo(np.int32).min
        starting = np.full(self.groups, lowest, dtype=np.int32)
        np.maximum.at(starting, self.group, values)
        row = np.repeat(np.arange(self.groups), np.diff(self.starts))
        highest = np.full(self.groups, lowest, dtype=np.int32)
        np.maximum.at(highest, self.reached, starting[row])
        return np.flatnonzero(values[self.members] < highest[self.member_group])

    def least(self, values: NDArray[np.int32]) -> NDArray[np.int32]:
        """Least value that the coalition can reach from each state, or by staying."""
        by_group = np.full(self.groups, np.iinfo(np.int32).max, dtype=np.int32)
        np.minimum.at(by_group, self.member_group, values[self.members])
        row = np.repeat(np.arange(self.groups), np.diff(self.starts))
        reached = np.full(self.groups, np.iinfo(np.int32).max, dtype=np.int32)
        np.minimum.at(reached, row, by_group[self.reached])
        result: NDArray[np.int32] = np.minimum(values, reached[self.group])
        return result


def united(coalitions: Iterable[Coalition]) -> Coalition:
    """All members of some coalitions, in order."""
    return tuple(sorted({party for one in coalitions for party in one}))


def coalition_moves(
    model: GraphModel, coalition: Sequence[int], packages: Sequence[PackageMoves] = ()
) -> CoalitionMoves:
    """Work out R_H(s) for every state.

    Parameters
    ----------
    model
        The graph model.
    coalition
        Numbers of the members.
    packages
        Joint moves; those all of whose members belong to the coalition count as its moves, each
        as a mover of its own.

    Returns
    -------
    CoalitionMoves

    Raises
    ------
    LimitError
        If the groups are too many to be held, which guards and one-way options can bring about.

    Notes
    -----
    On a cube, moves are transitive and the rule that no party moves twice in a row changes
    nothing: groups are the strongly connected components of the members' moves, in which the
    states along a member's own axis meet in one point, so that the graph has two edges for each
    state and member. With guards or coalesced states, components are those of (state, last
    mover).
    """
    inside = [joint for joint in packages if joint.members <= set(coalition)]
    if model.transitive:
        nodes, sources, targets = _along_axes(model, coalition, inside)
        start = np.arange(model.space.count)
        state_of = np.full(nodes, -1, dtype=np.int64)
        state_of[start] = start
    else:
        nodes, sources, targets, state_of = _by_last_mover(model, coalition, inside)
        start = np.arange(model.space.count)
    return _condensed(nodes, sources, targets, start, state_of)


def joint_moves(model: GraphModel, coalition: Sequence[int]) -> CoalitionMoves:
    """Where a coalition can go by changing all its members' options at once, for every state.

    Parameters
    ----------
    model
        A graph model on a cube: without guards and coalesced states.
    coalition
        Numbers of the members.

    Returns
    -------
    CoalitionMoves
        Only where a joint move starts and where it ends has to be feasible, and every option
        that changes has to change in its direction. So it reaches whatever sequences of the
        members' own moves reach, and where constraints stand in their way, more.
    """
    nodes, sources, targets = _along_joint_axes(model, coalition)
    start = np.arange(model.space.count)
    state_of = np.full(nodes, -1, dtype=np.int64)
    state_of[start] = start
    return _condensed(nodes, sources, targets, start, state_of)


def left_by_listed_joint_moves(
    model: GraphModel,
    coalition: Sequence[int],
    ranks: NDArray[np.int32],
    states: NDArray[np.integer],
) -> NDArray[np.bool_]:
    """From which of some states a joint move leads to one that every member prefers strictly.

    Parameters
    ----------
    model
        A graph model on a list of states: without guards, coalesced states and listed moves.
    coalition
        Numbers of the members.
    ranks
        The members' ranks, shape (members, states).
    states
        State indices; one at least.

    Returns
    -------
    numpy.ndarray of bool
        One entry for each of these states. A joint move is what :func:`joint_moves` says.
    """
    levels = model.space.assignments(np.arange(model.space.count))
    changed = {
        option: direction
        for party in coalition
        for option, direction in zip(
            model.moves.options[party], model.moves.directions[party], strict=True
        )
    }
    # A joint move leads from a state to one in which all others' options stand as before.
    _, group = np.unique(np.delete(levels, list(changed), axis=1), axis=0, return_inverse=True)
    group = group.reshape(-1)
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], np.arange(group.max() + 2))
    left = np.zeros(model.space.count, dtype=np.bool_)
    asked = states[np.argsort(group[states], kind="stable")]
    for here in np.split(asked, np.flatnonzero(np.diff(group[asked])) + 1):
        one = group[here[0]]
        ends = order[starts[one] : starts[one + 1]]
        step = max(1, _PAIRS_AT_ONCE // ends.size)
        for begins in np.split(here, range(step, here.size, step)):
            better: NDArray[np.bool_] = np.all(
                ranks[:, np.newaxis, ends] > ranks[:, begins, np.newaxis], axis=0
            )
            for option, direction in changed.items():
                before, after = levels[begins, option, np.newaxis], levels[ends, option]
                if direction is not None:
                    better &= after >= before if direction == "up" else after <= before
            left[begins] = np.any(better, axis=1)
    found: NDArray[np.bool_] = left[states]
    return found


_Edges = tuple[int, NDArray[np.int64], NDArray[np.int64]]


def _along_axes(
    model: GraphModel, coalition: Sequence[int], packages: Sequence[PackageMoves]
) -> _Edges:
    """Edges between states and the points in which each member's own moves meet."""
    space = model.space
    positions = space.positions.astype(np.int64)
    states = np.arange(space.count, dtype=np.int64)
    nodes = space.count
    sources: list[NDArray[np.int64]] = []
    targets: list[NDArray[np.int64]] = []
    for party in coalition:
        axis = model.moves.axes[party]
        if axis.length == 1:
            continue
        pattern, reached_from = one_way_patterns(axis)
        patterns = len(reached_from)
        line = (positions // (axis.inner * axis.length)) * axis.inner + positions % axis.inner
        own = (positions // axis.inner) % axis.length
        point = nodes + line * patterns + pattern[own]
        sources += [states, point]
        targets += [point, states]
        points = nodes + np.arange(axis.outer * axis.inner, dtype=np.int64) * patterns
        for before, after in zip(*np.nonzero(reached_from), strict=True):
            if before != after:
                sources.append(points + before)
                targets.append(points + after)
        nodes += axis.outer * axis.inner * patterns
    for joint in packages:
        sources.append(joint.sources)
        targets.append(joint.targets)
    empty = [np.empty(0, dtype=np.int64)]
    return nodes, np.concatenate(sources or empty), np.concatenate(targets or empty)


def _along_joint_axes(model: GraphModel, coalition: Sequence[int]) -> _Edges:
    """Edges between states and the points in which the members' joint moves meet."""
    positions = model.space.positions.astype(np.int64)
    states = np.arange(model.space.count, dtype=np.int64)
    others = positions.copy()
    pattern = np.zeros(states.size, dtype=np.int64)
    patterns = 1
    rises: list[tuple[int, NDArray[np.bool_]]] = []
    for party in coalition:
        axis = model.moves.axes[party]
        own = (positions // axis.inner) % axis.length
        others -= own * axis.inner
        own_pattern, reached_from = one_way_patterns(axis)
        pattern += patterns * own_pattern[own]
        rises.append((patterns, reached_from))
        patterns *= len(reached_from)
    lines, line = np.unique(others, return_inverse=True)
    point = states.size + line.reshape(-1) * patterns + pattern
    sources, targets = [states, point], [point, states]
    # Between points of one line any member's pattern may change as its own moves allow.
    points = np.arange(lines.size * patterns, dtype=np.int64)
    for stride, reached_from in rises:
        here = (points // stride) % len(reached_from)
        for before, after in zip(*np.nonzero(reached_from), strict=True):
            if before != after:
                from_here = states.size + points[here == before]
                sources.append(from_here)
                targets.append(from_here + (int(after) - int(before)) * stride)
    return states.size + points.size, np.concatenate(sources), np.concatenate(targets)


def _by_last_mover(
    model: GraphModel, coalition: Sequence[int], packages: Sequence[PackageMoves]
) -> tuple[int, NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Edges between states at which play starts and pairs of state and last mover."""
    count = model.space.count
    lists = model.move_lists
    steps = [
        (lists[party].sources.astype(np.int64), lists[party].targets.astype(np.int64))
        for party in coalition
    ]
    for joint in packages:
        steps.append((joint.sources, joint.targets))
    sources = [np.empty(0, dtype=np.int64)]
    targets = [np.empty(0, dtype=np.int64)]
    for mover, (before, after) in enumerate(steps):
        there = after + count * (1 + mover)
        sources.append(before)
        targets.append(there)
        for last in range(len(steps)):
            if last != mover:
                sources.append(before + count * (1 + last))
                targets.append(there)
    nodes = count * (1 + len(steps))
    state_of = np.arange(nodes, dtype=np.int64) % count
    state_of[:count] = -1
    return nodes, np.concatenate(sources), np.concatenate(targets), state_of


def _condensed(
    nodes: int,
    sources: NDArray[np.int64],
    targets: NDArray[np.int64],
    start: NDArray[np.int64],
    state_of: NDArray[np.int64],
) -> CoalitionMoves:
    """Groups and what they reach, from a graph of moves.

    `state_of` gives the state that a node stands for when it is reached, or -1.
    """
    condense = _condensed_densely if nodes <= _FEW_NODES else _condensed_sparsely
    count, label, begin, reached_groups = condense(nodes, sources, targets)
    # A node at which play starts lies in a component by itself, or among states that it
    # reaches again; only nodes that stand for states count as reached.
    real = np.flatnonzero(state_of >= 0)
    keys = np.unique(label[real] * start.size + state_of[real])
    member_group, members = keys // max(start.size, 1), keys % max(start.size, 1)
    has_members = np.zeros(count, dtype=np.bool_)
    has_members[member_group] = True
    kept = has_members[reached_groups]
    before = np.concatenate([[0], np.cumsum(kept)])
    return CoalitionMoves(
        group=label[start],
        starts=before[begin].astype(np.int64),
        reached=reached_groups[kept].astype(np.int64),
        members=members,
        member_group=member_group,
    )


# How many groups there are, the group of each node, and in compressed rows the groups reached.
_Groups = tuple[int, NDArray[np.int64], NDArray[np.integer], NDArray[np.integer]]


def _condensed_densely(
    nodes: int, sources: NDArray[np.int64], targets: NDArray[np.int64]
) -> _Groups:
    """The strongly connected components of a small graph, without the long import of SciPy's."""
    reach = np.eye(nodes, dtype=np.float32)
    reach[sources, targets] = 1
    pairs = 0
    while pairs < np.count_nonzero(reach):
        pairs = int(np.count_nonzero(reach))
        reach = np.minimum(reach @ reach, 1)
    together = (reach > 0) & (reach.T > 0)
    # Each component is known by its first node.
    first, label = np.unique(together.argmax(axis=1), return_inverse=True)
    start, reached = np.nonzero(reach[np.ix_(first, first)])
    begin = np.searchsorted(start, np.arange(first.size + 1))
    return first.size, label.reshape(-1).astype(np.int64), begin, reached


def _condensed_sparsely(
    nodes: int, sources: NDArray[np.int64], targets: NDArray[np.int64]
) -> _Groups:
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    graph = csr_matrix(
        (np.ones(sources.size, dtype=np.int8), (sources, targets)), shape=(nodes, nodes)
    )
    count, component = connected_components(graph, directed=True, connection="strong")
    label = component.astype(np.int64)
    between = label[sources] != label[targets]
    reach = _closure(label[sources][between], label[targets][between], count)
    return count, label, reach.indptr, reach.indices


def _closure(sources: NDArray[np.int64], targets: NDArray[np.int64], count: int) -> csr_matrix[Any]:
    """What each component reaches, itself included, by squaring until nothing is added."""
    from scipy.sparse import csr_matrix, identity

    steps = csr_matrix((np.ones(sources.size, dtype=np.bool_), (sources, targets)), (count, count))
    reach = csr_matrix(identity(count, dtype=np.bool_, format="csr") + steps)
    while True:
        further = csr_matrix(reach @ reach)
        if further.nnz > _MOST_PAIRS:
            raise LimitError(
                f"what this coalition can reach falls into {count:,} groups, too many to be held; "
                "fewer guards, or fewer options that change one way only, would do"
            )
        if further.nnz == reach.nnz:
            return further
        reach = further
