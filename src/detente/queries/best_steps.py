"""Play in which each mover makes its best moves, worked out block by block by compiled code.

From all states of a block (:mod:`detente.stability.fibre_kernels`) a mover's best moves lead to the
same ends. So a walk back from a set of states goes through each block once, whatever the number of
rounds.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from detente.space.shared_work import worked_out_once
from detente.stability.fibre_blocks import RankedBlocks

__all__ = ["BestSteps", "JointSteps"]

States = NDArray[np.bool_]

# What can be counted on and the rank itself are put into one number.
_PACKED = 2**32


class JointSteps:
    """The packages that are steps, in order of where they lead.

    Parameters
    ----------
    results
        For each package: for each state the state that it leads to, or -1.
    states
        How many states there are.

    Attributes
    ----------
    sources, ends
        Where each step starts and where it ends.
    starts
        For each state, where the steps that end there begin.
    """

    def __init__(self, results: Sequence[NDArray[np.int64]], states: int) -> None:
        sources = [np.flatnonzero(one >= 0) for one in results]
        ends = [one[some] for one, some in zip(results, sources, strict=True)]
        every = np.concatenate([np.empty(0, dtype=np.int64), *ends])
        order = np.argsort(every, kind="stable")
        package = np.repeat(np.arange(len(results)), [one.size for one in sources])[order]
        self._places = [np.flatnonzero(package == number) for number in range(len(results))]
        self.sources = np.concatenate([np.empty(0, dtype=np.int64), *sources])[order]
        self.ends = every[order]
        self.starts = np.searchsorted(self.ends, np.arange(states + 1))

    def made(self, moves: Sequence[States]) -> States:
        """Whether each is made, where for each package it is told from which states it is."""
        made = np.zeros(self.sources.size, dtype=np.bool_)
        for places, one in zip(self._places, moves, strict=True):
            made[places] = one[self.sources[places]]
        return made


class BestSteps:
    """Best moves of some parties, and packages that are made.

    Parameters
    ----------
    ranked
        The blocks.
    counted
        By mover: for each state, what it can count on.
    joint
        The packages that are steps.
    moves
        By package: from which states it is made.
    """

    def __init__(
        self,
        ranked: RankedBlocks,
        counted: dict[int, NDArray[np.int32]],
        joint: JointSteps,
        moves: Sequence[States],
    ) -> None:
        self._ranked = ranked
        self._movers = np.array(sorted(counted), dtype=np.int64)
        self._counted = counted
        self._joint = joint
        self._joint_moves = moves
        self._made = joint.made(moves)

    @worked_out_once
    def _best(self) -> tuple[NDArray[np.int64], NDArray[np.int64], States]:
        """As :func:`detente.stability.fibre_kernels.best_ends` has `best`, `own` and `ends`.

        Movers who rank states and can count on as they did when it was last asked are left alone.
        """
        from detente.stability.fibre_kernels import best_ends

        ranked, last = self._ranked, self._ranked.kept.last_best
        if last is None:
            parties, states = ranked.blocks.states.shape
            blocks = ranked.blocks.first[-1]
            own, best = np.zeros(blocks, dtype=np.int64), np.zeros(blocks, dtype=np.int64)
            arrays = best, own, np.zeros((states, parties), dtype=np.bool_)
            known: dict[int, tuple[Hashable, NDArray[np.int32]]] = {}
        else:
            known, (best, own, ends) = dict(last[0]), last[1]
            arrays = best.copy(), own.copy(), ends.copy()
        best, own, ends = arrays
        for mover, counted in self._counted.items():
            name = ranked.rank_names[mover]
            before = known.get(mover)
            if before is None or before[0] != name or not np.array_equal(before[1], counted):
                best_ends(
                    mover, ranked.blocks.arrays, ranked.order, ranked.sorted_ranks, counted, own,
                    best, ends,
                )  # fmt: skip
                known[mover] = name, counted
        ranked.kept.last_best = known, arrays
        return arrays

    def _moves(self, mover: int) -> States:
        """From which states a mover has a step."""
        block_of = self._ranked.blocks.arrays[1][:, mover]
        moves: States = self._worth[block_of] > self._ranked.ranks_of(mover)
        return moves

    @worked_out_once
    def _worth(self) -> NDArray[np.int64]:
        """By block: what its mover can count on at best."""
        return self._best[0] // _PACKED

    @worked_out_once
    def _starts(self) -> NDArray[np.int32]:
        """From each state, how many movers and packages have a step."""
        starts = np.zeros(self._ranked.blocks.states.shape[1], dtype=np.int32)
        for mover in self._movers.tolist():
            starts += self._moves(mover)
        for moves in self._joint_moves:
            starts += moves
        return starts

    @property
    def moving(self) -> States:
        """From which states there is a step."""
        moving: States = self._starts > 0
        return moving

    def rounds_to(self, goal: States, *, surely: bool) -> NDArray[np.int32]:
        """As :func:`detente.queries.reachability.rounds_to`, by state."""
        from detente.stability.fibre_kernels import rounds_back

        ranked = self._ranked
        best, own, ends = self._best
        rounds: NDArray[np.int32] = np.where(goal, 0, -1).astype(np.int32)
        waiting = np.empty(rounds.size, dtype=np.int32)
        inside = np.flatnonzero(goal)
        waiting[: inside.size] = inside
        rounds_back(
            self._movers, ranked.blocks.arrays, ranked.order, ranked.sorted_ranks, best, own, ends,
            self._joint.starts, self._joint.sources, self._made,
            self._ends if surely else np.ones(best.size, dtype=np.int32),
            self._starts.copy() if surely else np.ones(rounds.size, dtype=np.int32),
            rounds, waiting, inside.size,
        )  # fmt: skip
        return rounds

    def into(self, goal: States) -> States:
        """From which states some step leads into a set."""
        found = np.zeros(goal.size, dtype=np.bool_)
        for mover in self._movers.tolist():
            hit = np.zeros(self._best[0].size, dtype=np.bool_)
            for states, blocks in self._ends_of(mover):
                hit[blocks[goal[states]]] = True
            found |= hit[self._ranked.blocks.arrays[1][:, mover]] & self._moves(mover)
        found[self._joint.sources[self._made & goal[self._joint.ends]]] = True
        return found

    @property
    def _ends(self) -> NDArray[np.int32]:
        """How many ends a mover's best moves from each block have."""
        ends = np.zeros(self._best[0].size, dtype=np.int32)
        for mover in self._movers.tolist():
            for _, blocks in self._ends_of(mover):
                np.add.at(ends, blocks, 1)
        return ends

    def _ends_of(self, mover: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Where a mover's best moves may end, and from which block."""
        _, block_of, first, groups, reached = self._ranked.blocks.arrays
        best, own, ends = self._best
        states = np.flatnonzero(ends[:, mover])
        own_block = block_of[states, mover].astype(np.int64)
        group = (own_block - first[mover]) % groups[mover]
        for other in range(int(groups[mover])):
            block = own_block - group + other
            there = reached[mover, other, group] & (best[block] == own[own_block])
            yield states[there], block[there]
