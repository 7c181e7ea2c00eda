"""Compiled kernels: sweeps along one party's own axis, and simultaneous sanctions.

Each sweep works in place on the cube seen as (outer, own, inner); see
:class:`detente.space.moves.OwnAxis`. Infeasible states have rank 0, below every feasible rank,
and hold HIGHEST throughout. Groups of states that differ only in the party's own options are
independent: they are worked on a tile at a time, and large cubes are shared out among threads.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detente.space.compiling import kernel, kernel_part
from detente.space.shared_work import in_parts

__all__ = [
    "least_better_by_order",
    "least_better_by_pairs",
    "least_reached",
    "sanctioned_together",
]

_HIGHEST = np.int32(2**31 - 1)

# Groups that are worked on together, side by side: enough for loops over them to be vector
# instructions, and few enough for a tile to stay in the nearest cache.
_TILE = 128

# What is worked on by tiles is so many times as quick as it takes to be worth sharing out.
_QUICK = 2


def least_reached(
    values: NDArray[np.int32],
    ranks: NDArray[np.int32],
    levels: NDArray[np.int64],
    up: NDArray[np.bool_],
    down: NDArray[np.bool_],
) -> bool:
    """Lower each value to the least that the mover can reach in one move: R_j(s) of the mover *j*.

    The least is taken along one own option after the other. Cost: states times own options.

    Parameters
    ----------
    values
        Shape (outer, own, inner); changed in place.
    ranks
        The mover's ranks, the same shape.
    levels
        Number of levels of each own option.
    up, down
        Whether each own option may change to higher and to lower levels.

    Returns
    -------
    bool
        Whether any value fell.
    """

    def work(first: int, last: int) -> bool:
        least = np.empty((values.shape[1], _TILE), dtype=np.int32)
        return _least_reached(values, ranks, levels, up, down, least, first, last)

    return any(in_parts(work, _tiles(values), values.size // _QUICK))


@kernel
def _least_reached(
    values: NDArray[np.int32],
    ranks: NDArray[np.int32],
    levels: NDArray[np.int64],
    up: NDArray[np.bool_],
    down: NDArray[np.bool_],
    least: NDArray[np.int32],
    first: int,
    last: int,
) -> bool:
    changed = False
    for tile in range(first, last):
        changed |= _least_reached_in(tile, values, ranks, levels, up, down, least)
    return changed


@kernel_part
def _least_reached_in(
    tile: int,
    values: NDArray[np.int32],
    ranks: NDArray[np.int32],
    levels: NDArray[np.int64],
    up: NDArray[np.bool_],
    down: NDArray[np.bool_],
    least: NDArray[np.int32],
) -> bool:
    own = values.shape[1]
    _read(tile, values, _HIGHEST, least)
    stride = 1
    for option in range(levels.size):
        count = levels[option]
        if up[option]:
            for a in range(own - 1 - stride, -1, -1):
                if (a // stride) % count < count - 1:
                    for g in range(_TILE):
                        least[a, g] = min(least[a, g], least[a + stride, g])
        if down[option]:
            for a in range(stride, own):
                if (a // stride) % count > 0:
                    for g in range(_TILE):
                        least[a, g] = min(least[a, g], least[a - stride, g])
        stride *= count
    return _write_lower(tile, values, ranks, least)


def least_better_by_pairs(
    values: NDArray[np.int32], ranks: NDArray[np.int32], permitted: NDArray[np.bool_]
) -> bool:
    """Lower each value to the least among the mover's UIs, comparing all own combinations.

    Reaches R+_j(s) of the mover *j*. Cost: states times own combinations, without branches.

    Parameters
    ----------
    values
        Shape (outer, own, inner); changed in place.
    ranks
        The mover's ranks, the same shape.
    permitted
        Shape (own, own): whether the mover may go from the first combination to the second.

    Returns
    -------
    bool
        Whether any value fell.
    """

    def work(first: int, last: int) -> bool:
        room = np.empty((3, values.shape[1], _TILE), dtype=np.int32)
        return _least_better(values, ranks, permitted, room, first, last)

    return any(in_parts(work, _tiles(values), values.size // _QUICK))


@kernel
def _least_better(
    values: NDArray[np.int32],
    ranks: NDArray[np.int32],
    permitted: NDArray[np.bool_],
    room: NDArray[np.int32],
    first: int,
    last: int,
) -> bool:
    changed = False
    value, rank, least = room[0], room[1], room[2]
    for tile in range(first, last):
        _read(tile, values, _HIGHEST, value)
        _read(tile, ranks, np.int32(0), rank)
        _least_better_in(value, rank, permitted, least)
        changed |= _write_lower(tile, values, ranks, least)
    return changed


@kernel_part
def _least_better_in(
    value: NDArray[np.int32],
    rank: NDArray[np.int32],
    permitted: NDArray[np.bool_],
    least: NDArray[np.int32],
) -> None:
    own = len(value)
    for a in range(own):
        _copy(value[a], least[a])
        for b in range(own):
            if permitted[a, b]:
                for g in range(_TILE):
                    reached = value[b, g] if rank[b, g] > rank[a, g] else _HIGHEST
                    least[a, g] = min(least[a, g], reached)


def _tiles(cube: NDArray[np.int32]) -> int:
    """Number of tiles; groups are counted along the inner axis first."""
    outer, _, inner = cube.shape
    return int(-(-(outer * inner) // _TILE))


@kernel_part
def _read(tile: int, cube: NDArray[np.int32], filler: np.int32, part: NDArray[np.int32]) -> None:
    """Copy one tile into an array of shape (own, groups)."""
    outer, own, inner = cube.shape
    first = tile * _TILE
    width = min(_TILE, outer * inner - first)
    if width < _TILE:
        part[:] = filler
    o, i = first // inner, first % inner
    # Slices: an index that might be negative keeps a loop from being vector instructions.
    if i + width <= inner:
        for a in range(own):
            _copy(cube[o, a, i : i + width], part[a])
    else:
        for g in range(width):
            for a in range(own):
                part[a, g] = cube[o, a, i]
            i += 1
            if i == inner:
                o, i = o + 1, 0


@kernel_part
def _copy(old: NDArray[np.int32], new: NDArray[np.int32]) -> None:
    # By hand: what Numba does where lengths differ takes five seconds to compile.
    for place in range(old.size):
        new[place] = old[place]


@kernel_part
def _write_lower(
    tile: int, values: NDArray[np.int32], ranks: NDArray[np.int32], least: NDArray[np.int32]
) -> bool:
    """Write one tile's values back where they are lower and the state is feasible."""
    outer, own, inner = values.shape
    first = tile * _TILE
    width = min(_TILE, outer * inner - first)
    o, i = first // inner, first % inner
    fallen = 0
    if i + width <= inner:
        for a in range(own):
            old, rank = values[o, a, i : i + width], ranks[o, a, i : i + width]
            fallen += _lower(old, rank, least[a, :width])
    else:
        for g in range(width):
            for a in range(own):
                if least[a, g] < values[o, a, i] and ranks[o, a, i] > 0:
                    values[o, a, i] = least[a, g]
                    fallen += 1
            i += 1
            if i == inner:
                o, i = o + 1, 0
    return fallen > 0


@kernel_part
def _lower(old: NDArray[np.int32], rank: NDArray[np.int32], new: NDArray[np.int32]) -> int:
    """Take new values where they are lower and the state is feasible; tell how many are."""
    fallen = 0
    for place in range(old.size):
        lower = (new[place] < old[place]) & (rank[place] > 0)
        old[place] = new[place] if lower else old[place]
        fallen += lower
    return fallen


def least_better_by_order(
    values: NDArray[np.int32],
    ranks: NDArray[np.int32],
    order: NDArray[np.uint32],
    pattern: NDArray[np.int64],
    reached_by: NDArray[np.bool_],
) -> bool:
    """Lower each value to the least among the mover's UIs, in one scan by order of rank.

    Reaches R+_j(s) of the mover *j*. Cost: states times patterns, whatever the number of own
    combinations.

    Parameters
    ----------
    values
        Shape (outer, own, inner); changed in place.
    ranks
        The mover's ranks, the same shape.
    order
        The same shape: own combinations of each group, from best to worst rank.
    pattern
        For each own combination, the number of its pattern: the levels of the options that the
        mover cannot change both ways.
    reached_by
        Shape (patterns, patterns): whether the first can be reached from the second.

    Returns
    -------
    bool
        Whether any value fell.
    """

    def work(first: int, last: int) -> bool:
        least = np.empty(len(reached_by), dtype=np.int32)
        return _least_by_order(values, ranks, order, pattern, reached_by, least, first, last)

    return any(in_parts(work, values.shape[0] * values.shape[2], values.size))


@kernel
def _least_by_order(
    values: NDArray[np.int32],
    ranks: NDArray[np.int32],
    order: NDArray[np.uint32],
    pattern: NDArray[np.int64],
    reached_by: NDArray[np.bool_],
    least: NDArray[np.int32],
    first: int,
    last: int,
) -> bool:
    changed = False
    for group in range(first, last):
        changed |= _least_by_order_in(group, values, ranks, order, pattern, reached_by, least)
    return changed


@kernel_part
def _least_by_order_in(
    group: int,
    values: NDArray[np.int32],
    ranks: NDArray[np.int32],
    order: NDArray[np.uint32],
    pattern: NDArray[np.int64],
    reached_by: NDArray[np.bool_],
    least: NDArray[np.int32],
) -> bool:
    own, inner = values.shape[1:]
    o, i = group // inner, group % inner
    least[:] = _HIGHEST
    changed = False
    begin = 0
    while begin < own:
        rank = ranks[o, order[o, begin, i], i]
        if rank == 0:
            break
        # States of equal rank are no improvements on each other: read all, then enter all.
        end = begin
        while end < own and ranks[o, order[o, end, i], i] == rank:
            a = order[o, end, i]
            if least[pattern[a]] < values[o, a, i]:
                values[o, a, i] = least[pattern[a]]
                changed = True
            end += 1
        for position in range(begin, end):
            a = order[o, position, i]
            for source in range(len(reached_by)):
                if reached_by[pattern[a], source]:
                    least[source] = min(least[source], values[o, a, i])
        begin = end
    return changed


def sanctioned_together(
    starts: NDArray[np.int64],
    steps: NDArray[np.int32],
    ranks: NDArray[np.int32],
    feasible: NDArray[np.bool_],
    party: int,
) -> NDArray[np.bool_]:
    """Which UIs of a party others can sanction by UIs of their own, made at the same time (SIM).

    Cost: for each UI, the combinations of the others' UIs until one is a sanction; at worst
    states times the square of combinations.

    Parameters
    ----------
    starts
        Shape (parties, positions + 1): the UIs of party *j* from position *s* are
        ``steps[starts[j, s]:starts[j, s + 1]]``.
    steps
        By how much each UI changes the position.
    ranks
        The party's rank of each position.
    feasible
        Whether each position is feasible.
    party
        Number of the party.

    Returns
    -------
    numpy.ndarray of bool
        For each UI of the party, in order.
    """
    sanctioned = np.zeros(starts[party, -1] - starts[party, 0], dtype=np.bool_)

    def work(first: int, last: int) -> None:
        digits = np.zeros(len(starts), dtype=np.int64)
        _sanctioned_together(starts, steps, ranks, feasible, party, digits, sanctioned, first, last)

    in_parts(work, feasible.size, steps.size * len(starts))
    return sanctioned


@kernel
def _sanctioned_together(
    starts: NDArray[np.int64],
    steps: NDArray[np.int32],
    ranks: NDArray[np.int32],
    feasible: NDArray[np.bool_],
    party: int,
    digits: NDArray[np.int64],
    sanctioned: NDArray[np.bool_],
    first: int,
    last: int,
) -> None:
    for position in range(first, last):
        for own in range(starts[party, position], starts[party, position + 1]):
            sanctioned[own - starts[party, 0]] = _sanction_exists(
                position, steps[own], starts, steps, ranks, feasible, party, digits
            )


@kernel_part
def _sanction_exists(
    position: int,
    step: int,
    starts: NDArray[np.int64],
    steps: NDArray[np.int32],
    ranks: NDArray[np.int32],
    feasible: NDArray[np.bool_],
    party: int,
    digits: NDArray[np.int64],
) -> bool:
    # Each party changes its own options only, so simultaneous changes add up. The others' UIs
    # are counted through like the digits of a number; the first digit, 0, is to stay.
    digits[:] = 0
    result = position + step
    other = 0
    while other < len(starts):
        first = starts[other, position]
        if digits[other] > 0:
            result -= steps[first + digits[other] - 1]
        if other == party or first + digits[other] == starts[other, position + 1]:
            digits[other] = 0
            other += 1
            continue
        result += steps[first + digits[other]]
        digits[other] += 1
        other = 0
        if feasible[result] and ranks[result] <= ranks[position]:
            return True
    return False
