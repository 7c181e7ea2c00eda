"""Limited-move stability L(h) and non-myopic stability NM.

A party that thinks *h* moves ahead asks where play would end if it moved. Each mover in turn
moves only if the end it foresees is better for it than staying. With several parties, or ties
between a mover's best moves, the end may not be unique; every party then counts on the end that
is worst for itself. See docs/concepts/stability.md for the definition in full.

References
----------
.. [1] D. M. Kilgour, "Equilibria for far-sighted players", Theory and Decision 16 (1984), and
   "Anticipation and stability in two-person non-cooperative games" (1985).
.. [2] L. Fang, K. W. Hipel and D. M. Kilgour, *Interactive Decision Making: The Graph Model for
   Conflict Resolution* (1993), chapter 3.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from detente.space.graph import HIGHEST, Graph

__all__ = [
    "Anticipation",
    "anticipations",
    "foreseen_play",
    "limited_move",
    "non_myopic",
    "repeating",
]


@dataclass(frozen=True, slots=True, eq=False)
class Anticipation:
    """What is anticipated with a number of moves left.

    Attributes
    ----------
    moving
        Shape (parties, nodes): whether a party, if it may move first, moves.
    ends
        Shape (parties, parties, nodes): ``ends[v, k]`` is the least rank of *v* among the states
        in which play may end when *k* may move first.
    """

    moving: NDArray[np.bool_]
    ends: NDArray[np.int32]

    def at(self, nodes: NDArray[np.integer]) -> Anticipation:
        """The same for some nodes only."""
        return Anticipation(self.moving[:, nodes], self.ends[:, :, nodes])


def limited_move(graph: Graph, horizon: int) -> NDArray[np.bool_]:
    """Limited-move stability at a horizon, for all parties.

    Parameters
    ----------
    graph
        The graph model.
    horizon
        Number of moves that a party looks ahead, at least 1. L(1) is Nash stability.

    Returns
    -------
    numpy.ndarray of bool
        Shape (parties, nodes): whether the party, moving first, would stay.

    References
    ----------
    [1]_, [2]_
    """
    return np.logical_not(next(islice(anticipations(graph), horizon, None)).moving)


def non_myopic(graph: Graph, progress: Callable[[int], None] | None = None) -> NDArray[np.bool_]:
    """Non-myopic stability: L(h) for every h from some horizon on, its limit.

    It is neither Brams's notion (1994) nor that of Brams and Wittman (1981).

    Parameters
    ----------
    graph
        The graph model.
    progress
        Called with each horizon that has been worked out.

    Returns
    -------
    numpy.ndarray of bool
        Shape (parties, nodes). Cost is states times the square of the number of parties, for
        each horizon until anticipations repeat.

    References
    ----------
    [1]_, [2]_
    """
    known: dict[bytes, int] = {}
    moving: list[NDArray[np.bool_]] = []
    for horizon, anticipation in enumerate(anticipations(graph)):
        if progress:
            progress(horizon)
        first = known.setdefault(_digest(anticipation), horizon)
        if first < horizon:
            stable: NDArray[np.bool_] = ~np.logical_or.reduce(moving[first:])
            return stable
        moving.append(anticipation.moving)
    raise AssertionError("anticipations never end")


def repeating(graph: Graph) -> tuple[list[Anticipation], int]:
    """Anticipations at horizons 0, 1, ..., until they repeat.

    What is anticipated at one horizon depends only on the horizon before, so anticipations
    repeat after finitely many steps.

    Parameters
    ----------
    graph
        The graph model.

    Returns
    -------
    list of Anticipation
        At horizons 0, 1, ..., each different from all before it.
    int
        The horizon at which the cycle starts: the one after the last equals this one.
    """
    known: dict[bytes, int] = {}
    seen: list[Anticipation] = []
    for horizon, anticipation in enumerate(anticipations(graph)):
        first = known.setdefault(_digest(anticipation), horizon)
        if first < horizon:
            return seen, first
        seen.append(anticipation)
    raise AssertionError("anticipations never end")


def _digest(anticipation: Anticipation) -> bytes:
    content = hashlib.blake2b(anticipation.moving.data)
    content.update(anticipation.ends.data)
    return content.digest()


def anticipations(graph: Graph) -> Iterator[Anticipation]:
    """What is anticipated with 0, 1, 2, ... moves left; with none left, play ends at once.

    Parameters
    ----------
    graph
        The graph model.

    Yields
    ------
    Anticipation
    """
    ranks = graph.ranks
    parties, nodes = ranks.shape
    base = int(ranks.max(initial=0)) + 1
    current = Anticipation(
        moving=np.zeros((parties, nodes), dtype=np.bool_),
        ends=np.repeat(ranks[:, np.newaxis], parties, axis=1),
    )
    while True:
        yield current
        moving = np.zeros_like(current.moving)
        ends = np.empty_like(current.ends)
        for mover in range(parties):
            after = _after_move(mover, current, ranks)
            best = graph.best_move(after[mover], mover)
            moving[mover] = best > ranks[mover]
            ends[mover, mover] = np.where(moving[mover], best, ranks[mover])
            for viewer in range(parties):
                if viewer == mover:
                    continue
                # The mover's best moves, and among them the end that is worst for the viewer:
                # both comparisons in one integer, the mover's in the high part.
                packed = after[mover] * np.int64(base) + (base - 1 - after[viewer])
                worst_end = base - 1 - graph.best_move(packed, mover) % base
                ends[viewer, mover] = np.where(moving[mover], worst_end, ranks[viewer])
        current = Anticipation(moving, ends)


def _after_move(mover: int, left: Anticipation, ranks: NDArray[np.int32]) -> NDArray[np.int32]:
    """For each viewer, the least rank at which play may end once `mover` has moved to a state.

    Any other party that would move from there may be next; if none would, play ends there.
    """
    others = [party for party in range(len(ranks)) if party != mover]
    after = ranks.copy()
    if not others:
        return after
    anyone = left.moving[others].any(axis=0)
    highest = HIGHEST[ranks.dtype]
    for viewer in range(len(ranks)):
        least = np.full_like(ranks[viewer], highest)
        for other in others:
            end = np.where(left.moving[other], left.ends[viewer, other], ranks.dtype.type(highest))
            np.minimum(least, end, out=least)
        np.copyto(after[viewer], least, where=anyone)
    return after


def foreseen_play(
    graph: Graph, left: Sequence[Anticipation], mover: int, node: int
) -> list[tuple[int, int]]:
    """The play that a mover foresees after moving to a node, at its worst for the mover.

    Parameters
    ----------
    graph
        The graph model.
    left
        Anticipations with 0, 1, ... moves left, up to the number left after the move.
    mover
        Number of the party that moves first.
    node
        Where its move leads.

    Returns
    -------
    list of (party, node)
        Who moves next, and where to.
    """
    ranks = graph.ranks
    play: list[tuple[int, int]] = []
    last = mover
    for horizon in range(len(left) - 1, 0, -1):
        now, then = left[horizon], left[horizon - 1]
        willing = [p for p in range(len(ranks)) if p != last and now.moving[p, node]]
        if not willing:
            break
        last = min(willing, key=lambda party: int(now.ends[mover, party, node]))
        targets = graph.moves_from(node, last)
        after = _after_move(last, then.at(targets), ranks[:, targets])
        best = np.flatnonzero(after[last] == after[last].max())
        node = int(targets[best[np.argmin(after[mover, best])]])
        play.append((last, node))
    return play
