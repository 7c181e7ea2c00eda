"""Simultaneous stability SIM: an improvement is deterred by others who move at the same time.

References
----------
.. [1] N. M. Fraser and K. W. Hipel, *Conflict Analysis: Models and Resolutions* (1984).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from detente.dispute.errors import DisputeError
from detente.space.moves import Moves

__all__ = ["simultaneous", "simultaneous_results"]


# From so many positions on, it pays to load a compiled kernel.
COMPILED_FROM = 2**10


def simultaneous(
    moves: Moves, ranks: NDArray[np.int32], party: int, *, compiled_from: int = COMPILED_FROM
) -> NDArray[np.bool_]:
    """Simultaneous stability for one party.

    State *s* is stable for *i* when, for each UI of *i* from *s*, some other parties have UIs
    from *s* which, made at the same time, lead to a feasible state that is not better for *i*
    than *s*.

    Parameters
    ----------
    moves
        The parties' moves.
    ranks
        Shape (parties, positions).
    party
        Number of the focal party.
    compiled_from
        Number of positions from which on a compiled kernel is used.

    Returns
    -------
    numpy.ndarray of bool
        For each state index. Cost grows with the number of combinations of improvements at each
        state, at worst with the square of the number of states.

    References
    ----------
    [1]_
    """
    _refuse_listed(moves)
    space = moves.space
    if space.size >= compiled_from and not space.listed:
        return _simultaneous_compiled(moves, ranks, party)
    return np.array(
        [
            all(
                (results <= ranks[party, space.members(index)[0]]).any()
                for results in simultaneous_results(moves, ranks, party, index).values()
            )
            for index in range(space.count)
        ],
        dtype=np.bool_,
    )


def _refuse_listed(moves: Moves) -> None:
    if moves.lists is not None:
        raise DisputeError(
            "SIM asks where several moves lead that are made at the same time; the file lists the "
            "moves one by one, which does not say it"
        )


def _simultaneous_compiled(moves: Moves, ranks: NDArray[np.int32], party: int) -> NDArray[np.bool_]:
    from detente.space.kernels import sanctioned_together

    space = moves.space
    starts, sources, steps = _all_improvements(moves, ranks)
    sanctioned = sanctioned_together(starts, steps, ranks[party], space.feasible, party)
    own = slice(starts[party, 0], starts[party, -1])
    # A coalesced state has the UIs of all its members; a sanction may come from any of them.
    ends = space.indices[sources[own] + steps[own]]
    pairs = space.indices[sources[own]].astype(np.int64) * space.count + ends
    different, place = np.unique(pairs, return_inverse=True)
    deterred = np.zeros(different.size, dtype=np.bool_)
    deterred[place[sanctioned]] = True
    stable = np.ones(space.count, dtype=np.bool_)
    stable[different[~deterred] // space.count] = False
    return stable


def _all_improvements(
    moves: Moves, ranks: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
    """Every party's UIs between positions: where they start in the lists, sources and steps."""
    size = moves.space.size
    positions = np.arange(size, dtype=np.int32)
    starts = np.empty((len(moves.axes), size + 1), dtype=np.int64)
    all_sources, all_steps = [], []
    before = 0
    for party, axis in enumerate(moves.axes):
        own_positions = positions.reshape(axis.shape)
        own_ranks = ranks[party].reshape(axis.shape)
        sources = [positions[:0]]
        steps = [positions[:0]]
        for start, end, possible in moves.joint_steps(party):
            better = possible & (own_ranks[:, end] > own_ranks[:, start])
            sources.append(own_positions[:, start][better])
            steps.append(np.full(sources[-1].size, (end - start) * axis.inner, dtype=np.int32))
        joined = np.concatenate(sources)
        order = np.argsort(joined, kind="stable")
        all_sources.append(joined[order])
        all_steps.append(np.concatenate(steps)[order])
        starts[party] = before + np.searchsorted(all_sources[-1], np.arange(size + 1))
        before += joined.size
    return starts, np.concatenate(all_sources), np.concatenate(all_steps)


def simultaneous_results(
    moves: Moves, ranks: NDArray[np.int32], party: int, index: int
) -> dict[int, NDArray[np.int32]]:
    """For each UI of a party from a state, its ranks where others improve at the same time.

    Parameters
    ----------
    moves
        The parties' moves.
    ranks
        Shape (parties, positions).
    party
        Number of the focal party.
    index
        Index of the state.

    Returns
    -------
    dict of int to numpy.ndarray
        State index of each UI, and the focal party's ranks of the feasible results.
    """
    _refuse_listed(moves)
    space = moves.space
    found: dict[int, list[NDArray[np.int32]]] = {}
    for position in space.members(index).tolist():
        own = _improvements(moves, ranks, party, position)
        if own.size == 0:
            continue
        if space.listed:
            for improvement, results in _listed_results(moves, ranks, party, position, own):
                there = int(space.indices[improvement])
                found.setdefault(there, []).append(ranks[party, results])
            continue
        # Each party changes its own options only, so simultaneous changes add up.
        others = np.zeros(1, dtype=np.int64)
        for other in range(len(ranks)):
            if other != party:
                steps = _improvements(moves, ranks, other, position) - position
                others = np.add.outer(others, np.append(0, steps)).reshape(-1)
        for improvement in own.tolist():
            results = improvement + others[1:]
            results = results[space.feasible[results]]
            found.setdefault(int(space.indices[improvement]), []).append(ranks[party, results])
    return {improvement: np.concatenate(parts) for improvement, parts in found.items()}


def _improvements(
    moves: Moves, ranks: NDArray[np.int32], party: int, position: int
) -> NDArray[np.int64]:
    targets = moves.targets(party, position)
    better: NDArray[np.int64] = targets[ranks[party, targets] > ranks[party, position]]
    return better


def _listed_results(
    moves: Moves, ranks: NDArray[np.int32], party: int, position: int, own: NDArray[np.int64]
) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """For each own UI from a listed position, where others' UIs made at the same time lead."""
    space = moves.space
    others: list[dict[int, int]] = [{}]
    for other, options in enumerate(moves.options):
        if other == party:
            continue
        ends = _improvements(moves, ranks, other, position)
        changes = [
            dict(zip(options, levels, strict=True))
            for levels in space.levels_at(ends)[:, list(options)].tolist()
        ]
        others = [made | change for made in others for change in ({}, *changes)]
    for improvement in own.tolist():
        start = np.array([improvement])
        results = [space.changed(start, made) for made in others[1:]]
        joined = np.concatenate([start[:0], *results])
        yield improvement, joined[space.feasible_at(joined)]
