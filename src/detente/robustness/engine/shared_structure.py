"""What all draws of a dispute share, as compiled analysis needs it.

Positions are counted anew for it. Parties whose options matter least to the choices of others
come innermost, so that one response to the others is the same over long runs of positions, and
is worked out over all of a run at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from graphlib import TopologicalSorter
from itertools import accumulate, pairwise
from operator import mul
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.robustness.engine.shared import LINE, WOVEN, Shared
from detente.space.cube import one_way_patterns
from detente.space.moves import Moves, OwnAxis

__all__ = ["Structure", "dense", "structure_of"]

# Positions over which a run goes, so that what is worked out over it stays near the processor.
_LONGEST = 256

# Groups that begin side by side, from which on runs go over these.
_ENOUGH = 8


@dataclass(frozen=True, eq=False)
class Structure:
    """What all draws of a dispute share, without guards and coalesced states.

    Own combinations of options that are feasible in no state are left out, which makes the cube
    smaller; its positions are counted anew.

    Attributes
    ----------
    states
        State index at each position, -1 where it is infeasible.
    position_of
        Position of each state, -1 where it is not wanted.
    shared
        What :func:`detente.robustness.engine.kernels.analyse_draws` needs.
    """

    states: NDArray[np.int64]
    position_of: NDArray[np.int64]
    shared: Shared


def dense(values: NDArray[Any]) -> NDArray[np.int32]:
    """Whole numbers as ranks from 0, for each row by itself."""
    whole = values.astype(np.int64)
    whole -= whole.min(initial=0)
    bits = values.shape[1].bit_length()
    if whole.max(initial=0) < 2 ** (62 - bits):
        # Numbers are sorted much faster than the places at which they stand.
        whole <<= bits
        whole |= np.arange(values.shape[1])
        whole.sort(axis=1)
        order = whole & (2**bits - 1)
        whole >>= bits
    else:
        order = np.argsort(values, axis=1)
        whole = np.take_along_axis(whole, order, axis=1)
    steps = np.zeros(values.shape, dtype=np.int32)
    np.cumsum(whole[:, 1:] != whole[:, :-1], axis=1, out=steps[:, 1:])
    ranks = np.empty_like(steps)
    np.put_along_axis(ranks, order, steps, axis=1)
    return ranks


def _distinct(rows: NDArray[Any]) -> NDArray[np.intp]:
    """A number for each row, from 0, the same for rows that are the same."""
    found = np.zeros(len(rows), dtype=np.int64)
    numbers = 1
    for column in rows.T:
        least = int(column.min(initial=0))
        width = int(column.max(initial=0)) - least + 1
        # Several columns make up one number, as long as that is not too long.
        if numbers * width >= 2**62:
            values, found = np.unique(found, return_inverse=True)
            numbers = len(values)
        found = found * width + (column - least)
        numbers *= width
    return np.unique(found, return_inverse=True)[1]


def _first_of(numbers: NDArray[np.integer]) -> NDArray[np.int64]:
    """Where each number stands first; all from 0 on occur."""
    first = np.empty(int(numbers.max()) + 1, dtype=np.int64)
    # Of several places that are written to one entry the last one stays.
    first[numbers[::-1]] = np.arange(numbers.size)[::-1]
    return first


def _starts(sizes: list[int]) -> NDArray[np.int64]:
    return np.array([0, *accumulate(sizes)], dtype=np.int64)


def structure_of(
    moves: Moves,
    wanted: NDArray[np.bool_],
    classes_of: list[NDArray[np.int32]],
    ranks_of: list[NDArray[np.int32]],
) -> Structure:
    """Work out what the draws of a dispute share.

    Parameters
    ----------
    moves
        The moves, on the cube and without guards.
    wanted
        The positions to analyse: all that are feasible, or those of them with the lowest level of
        some options.
    classes_of
        For each party the class of each position, -1 where it is not wanted.
    ranks_of
        For each party the rank of each position as stated. They decide which parties' options
        come innermost, and nothing else.

    Returns
    -------
    Structure
    """
    space = moves.space
    kept = [np.flatnonzero(wanted.reshape(axis.shape).any(axis=(0, 2))) for axis in moves.axes]
    lengths = [len(own) for own in kept]
    cube = _places(moves, kept, range(len(kept)))
    inward = _inward(lengths, wanted[cube], [ranks[cube] for ranks in ranks_of])
    places = _places(moves, kept, inward)
    feasible = wanted[places]
    steps = [1, *accumulate((lengths[party] for party in inward), mul)]
    inners = [steps[inward.index(party)] for party in range(len(kept))]
    shapes = [(feasible.size // (i * k), k, i) for i, k in zip(inners, lengths, strict=True)]
    patterns = [_pattern(axis, own) for axis, own in zip(moves.axes, kept, strict=True)]
    edges = [
        _edges(feasible.reshape(shape), *pattern)
        for shape, pattern in zip(shapes, patterns, strict=True)
    ]
    found = [
        _of_party(
            np.where(feasible, classes_of[party][places], -1),
            edges[:party] + edges[party + 1 :],
            feasible,
            shape,
            [(other, lengths[other]) for other in reversed(inward) if other != party],
        )
        for party, shape in enumerate(shapes)
    ]
    states = np.where(feasible, space.indices[places], -1).astype(np.int64)
    position_of = np.full(space.count, -1, dtype=np.int64)
    position_of[states[feasible]] = np.flatnonzero(feasible)
    return Structure(states, position_of, _shared(found, patterns, shapes, feasible))


def _places(moves: Moves, kept: list[NDArray[np.intp]], inward: Iterable[int]) -> NDArray[np.int64]:
    """The position on the whole cube of each position, with parties from the innermost on."""
    places = np.zeros(1, dtype=np.int64)
    for party in inward:
        own = kept[party] * moves.axes[party].inner
        places = np.add.outer(own, places).reshape(-1)
    return places


def _pattern(axis: OwnAxis, own: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """The pattern of each own combination that is kept, and which patterns each leads to."""
    pattern, between = one_way_patterns(axis)
    used = np.unique(pattern[own])
    # Those from which others can be reached first, as values are set in this order in place.
    used = used[np.argsort(-between[np.ix_(used, used)].sum(axis=1), kind="stable")]
    number_of = np.empty(len(between), dtype=np.intp)
    number_of[used] = np.arange(len(used))
    return number_of[pattern[own]], between[np.ix_(used, used)]


@dataclass(frozen=True, eq=False, slots=True)
class _PartyMoves:
    """What compiled analysis needs to know of one party; all its numbers begin at 0.

    `node_at` has the node at each position, -1 where it is infeasible; the rest is as in
    :class:`Shared`.
    """

    classes: NDArray[np.int64]
    components: NDArray[np.int64]
    members: list[NDArray[np.int64]]
    nexts: list[NDArray[np.int64]]
    node_at: NDArray[np.int64]
    runs: NDArray[np.int64]
    contexts: int
    neighbours: list[NDArray[np.int64]]


def _of_party(
    classes: NDArray[np.int64],
    others: list[NDArray[np.int64]],
    feasible: NDArray[np.bool_],
    shape: tuple[int, int, int],
    outward: list[tuple[int, int]],
) -> _PartyMoves:
    """One party's contexts, nodes, components and runs.

    `classes` has the class of each position, and `others` moves of the others that reach as far
    as all of theirs. `outward` has the number of each other party and the length of its own axis,
    the outermost first.
    """
    components, nexts = _ordered(_components(feasible.size, others), others, feasible)
    pairs = np.where(feasible, classes * (len(nexts) + 1) + components, -1)
    context = _distinct(_groups(pairs, shape))
    first = _first_of(context)
    first_of = context.reshape(shape[0], 1, shape[2]) * shape[1]
    nodes = (first_of + np.arange(shape[1]).reshape(1, -1, 1)).reshape(-1)
    count = len(first) * shape[1]
    owner = np.unique(components[feasible] * np.int64(count) + nodes[feasible])
    split = np.searchsorted(owner // count, np.arange(len(nexts) + 1))
    return _PartyMoves(
        classes=_groups(classes, shape)[first].reshape(-1),
        components=_groups(components, shape)[first].reshape(-1),
        members=[owner[a:b] % count for a, b in pairwise(split)],
        nexts=nexts,
        node_at=np.where(feasible, nodes, -1),
        runs=_runs(context, shape),
        contexts=len(first),
        neighbours=_neighbours(context, outward),
    )


def _neighbours(
    context: NDArray[np.intp], outward: list[tuple[int, int]]
) -> list[NDArray[np.int64]]:
    """By party, contexts that differ in one step of its own alone, shape (pairs, 2)."""
    count = int(context.max()) + 1
    cube = context.reshape([length for _, length in outward])
    found = [np.empty((0, 2), dtype=np.int64) for _ in range(len(outward) + 1)]
    for axis, (party, _) in enumerate(outward):
        here = np.moveaxis(cube, axis, 0)
        pairs = np.unique(here[:-1] * count + here[1:])
        both = np.stack([pairs // count, pairs % count], axis=1)
        found[party] = both[both[:, 0] != both[:, 1]]
    return found


def _shared(
    found: list[_PartyMoves],
    patterns: list[tuple[NDArray[np.intp], NDArray[np.bool_]]],
    shapes: list[tuple[int, int, int]],
    feasible: NDArray[np.bool_],
) -> Shared:
    """What was found of all parties, one after the other and numbered on."""
    contexts = _starts([one.contexts for one in found])
    nodes = _starts([one.classes.size for one in found])
    class_starts = _starts([int(one.classes.max()) + 1 for one in found])
    component_starts = _starts([len(one.nexts) for one in found])
    members = [one + first for own, first in zip(found, nodes, strict=False) for one in own.members]
    nexts = [
        one + first
        for own, first in zip(found, component_starts, strict=False)
        for one in own.nexts
    ]
    line_nodes, lines = _lines(
        [_numbered_on(one.node_at, first) for one, first in zip(found, nodes, strict=False)],
        int(nodes[-1]),
    )
    neighbours = [
        pairs + first
        for own, first in zip(found, contexts, strict=False)
        for pairs in own.neighbours
    ]
    kinds = np.array([len(between) for _, between in patterns], dtype=np.int64)
    lengths = np.array([length for _, length, _ in shapes], dtype=np.int64)
    own_patterns = np.zeros((len(found), lengths.max()), dtype=np.int64)
    reached = np.zeros((len(found), kinds.max(), kinds.max()), dtype=np.bool_)
    for party, (pattern, between) in enumerate(patterns):
        own_patterns[party, : len(pattern)] = pattern
        reached[party, : len(between), : len(between)] = between
    return Shared(
        lengths=lengths,
        inners=np.array([inner for _, _, inner in shapes], dtype=np.int64),
        contexts=contexts,
        nodes=nodes,
        class_starts=class_starts,
        classes=_joined(
            [_numbered_on(one.classes, by) for one, by in zip(found, class_starts, strict=False)]
        ),
        components=_joined(
            [one.components + by for one, by in zip(found, component_starts, strict=False)]
        ),
        patterns=own_patterns,
        kinds=kinds,
        reached=reached,
        component_starts=component_starts,
        member_starts=_starts([one.size for one in members]),
        members=_joined(members),
        next_starts=_starts([one.size for one in nexts]),
        nexts=_joined(nexts),
        line_starts=_starts([len(own) for own in line_nodes]),
        line_nodes=np.concatenate(line_nodes).astype(np.uint32),
        lines=lines,
        infeasible=np.flatnonzero(~feasible),
        run_starts=_starts([len(one.runs) for one in found]),
        runs=_joined(
            [one.runs + np.array([0, 0, by, 0]) for one, by in zip(found, contexts, strict=False)]
        ),
        steps=np.array([_step(shape) for shape in shapes], dtype=np.int64),
        neighbour_starts=_starts([len(pairs) for pairs in neighbours]),
        neighbours=_joined(neighbours),
    )


def _numbered_on(numbers: NDArray[np.int64], by: int) -> NDArray[np.int64]:
    """Numbers moved on by how many there were before; -1 stays."""
    return np.where(numbers < 0, -1, numbers + by)


def _joined(parts: list[NDArray[np.int64]]) -> NDArray[np.int32]:
    return np.concatenate(parts).astype(np.int32)


def _groups(values: NDArray[Any], shape: tuple[int, int, int]) -> NDArray[Any]:
    """Values at positions with a row for each group, in the order in which groups begin."""
    return np.moveaxis(values.reshape(shape), 1, 2).reshape(-1, shape[1])


def _inward(
    lengths: list[int], feasible: NDArray[np.bool_], ranks_of: list[NDArray[np.int32]]
) -> list[int]:
    """Parties from the one that best comes innermost, on.

    That is one whose own options change the choices of others little, and that has nothing to
    choose in many groups, as its own runs are the shortest. Positions are in the order of
    parties, the first party's own options changing fastest.
    """
    parties = range(len(lengths))
    weight = [0.0 for _ in parties]
    for party, ranks in enumerate(ranks_of):
        inner = int(np.prod(lengths[:party], dtype=np.int64))
        shape = (feasible.size // (inner * lengths[party]), lengths[party], inner)
        own = dense(_groups(np.where(feasible, ranks, -1), shape))
        chosen = _distinct(own)
        weight[party] += float((own != own[:, :1]).any(axis=1).mean())
        others = [lengths[other] for other in reversed(parties) if other != party]
        cube = chosen.reshape(others)
        for other in parties:
            if other != party and lengths[other] > 1:
                axis = len(others) - 1 - (other if other < party else other - 1)
                weight[other] += float((np.diff(cube, axis=axis) != 0).mean())
    return sorted(parties, key=lambda party: (weight[party], party))


def _step(shape: tuple[int, int, int]) -> int:
    """How far apart the groups of a party's runs begin.

    Where few groups begin side by side, runs go over groups that lie further apart.
    """
    return 1 if shape[2] >= _ENOUGH else shape[1] * shape[2]


def _runs(context: NDArray[np.intp], shape: tuple[int, int, int]) -> NDArray[np.int64]:
    """Runs of groups in the same context, shape (runs, 4); see :class:`Structure`."""
    outer, own, inner = shape
    step = _step(shape)
    starts = np.add.outer(np.arange(outer) * own * inner, np.arange(inner))
    if step == 1:
        line = np.repeat(np.arange(outer), inner)
        stretch = np.tile(np.arange(inner) // _LONGEST, outer)
        order = np.arange(starts.size)
    else:
        line = np.tile(np.arange(inner), outer)
        stretch = (starts // _LONGEST).reshape(-1)
        order = np.lexsort((starts.reshape(-1), line, stretch))
    starts, line, stretch, context = (
        one.reshape(-1)[order] for one in (starts, line, stretch, context)
    )
    apart = np.ones(starts.size, dtype=np.int64)
    same_stretch = stretch[1:] == stretch[:-1]
    apart[1:] -= same_stretch & (line[1:] == line[:-1])
    beside = same_stretch & (line[1:] != line[:-1])
    apart[1:][beside] = 2 if step > 1 and inner == 2 else 1
    first = apart > 0
    first[1:] |= context[1:] != context[:-1]
    begins = np.flatnonzero(first)
    length = np.diff(np.append(begins, first.size))
    return np.stack([starts[begins], length, context[begins], apart[begins]], axis=1)


def _lines(
    node_at: list[NDArray[np.int64]], beyond: int
) -> tuple[list[NDArray[np.int64]], NDArray[np.integer]]:
    """Lines of nodes, party by party, and where they occur; see :class:`Shared`."""
    found, numbers = [], []
    for nodes in node_at:
        lines = np.append(nodes, [-1] * (-nodes.size % LINE)).reshape(-1, LINE)
        number = _distinct(lines)
        first = _first_of(number)
        kinds = lines[first][:, WOVEN]
        found.append(np.where(kinds < 0, beyond, kinds))
        numbers.append(number)
    numbers.append(np.zeros_like(numbers[0]))
    # Each draw goes through this list, so that its size counts.
    kind = np.int16 if max(map(len, found)) < 2**15 else np.int32
    return found, np.stack(numbers, axis=1).astype(kind)


def _edges(
    feasible: NDArray[np.bool_], pattern: NDArray[np.intp], reached: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """A few of one party's moves, shape (2, moves), with the same reach as all of them.

    Within a pattern the feasible states of a group form a circle. From one state of a pattern a
    move leads to one state of each pattern that can be reached.
    """
    positions = np.arange(feasible.size).reshape(feasible.shape)
    outer, _, inner = feasible.shape
    first: NDArray[np.int64] = np.full((len(reached), outer, inner), -1, dtype=np.int64)
    last: NDArray[np.int64] = first.copy()
    found = []

    def add(start: NDArray[np.int64], end: NDArray[np.int64]) -> None:
        real = (start >= 0) & (end >= 0) & (start != end)
        found.append(np.stack([start[real], end[real]]))

    for own, group in enumerate(pattern):
        here = np.where(feasible[:, own], positions[:, own], -1)
        add(last[group], here)
        first[group] = np.where(first[group] < 0, here, first[group])
        last[group] = np.where(here < 0, last[group], here)
    for group in range(len(reached)):
        add(last[group], first[group])
        for target in np.flatnonzero(reached[group]):
            if target != group:
                add(first[group], first[target])
    return np.concatenate(found, axis=1)


def _components(size: int, edges: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    starts, ends = np.concatenate([np.empty((2, 0), dtype=np.int64), *edges], axis=1)
    graph = coo_array((np.ones(starts.size, dtype=np.int8), (starts, ends)), shape=(size, size))
    _, labels = connected_components(graph.tocsr(), directed=True, connection="strong")
    return labels.astype(np.int64)


def _ordered(
    components: NDArray[np.int64], edges: list[NDArray[np.int64]], feasible: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], list[NDArray[np.int64]]]:
    """Number components so that what can be reached stands first, and list what each reaches."""
    used = np.flatnonzero(np.bincount(components[feasible]))
    labels = np.zeros(int(used.max(initial=0)) + 1, dtype=np.int64)
    labels[used] = np.arange(len(used))
    components = np.where(feasible, labels.take(components, mode="clip"), 0)
    starts, ends = np.concatenate([np.empty((2, 0), dtype=np.int64), *edges], axis=1)
    pairs = np.unique(components[starts] * len(used) + components[ends])
    between = np.stack([pairs // len(used), pairs % len(used)])
    between = between[:, between[0] != between[1]]
    after: dict[int, list[int]] = {number: [] for number in range(len(used))}
    for start, end in between.T.tolist():
        after[start].append(end)
    order = list(TopologicalSorter(after).static_order())
    number_of = np.empty(len(used), dtype=np.int64)
    number_of[order] = np.arange(len(used))
    nexts = [number_of[np.array(after[old], dtype=np.int64)] for old in order]
    components[feasible] = number_of[components[feasible]]
    return components, nexts
