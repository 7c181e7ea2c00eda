"""Play in which each mover makes its best moves, worked out block by block by compiled code.

From all states of a block (:mod:`detente.stability.fibre_kernels`) a mover's best moves lead to the
same ends. So a walk back from a set of states goes through each block once, whatever the number of
rounds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from detente.space.shared_work import worked_out_once
from detente.stability.fibre_blocks import BestMoves, Blocks

__all__ = ["BestSteps", "JointSteps"]

States = NDArray[np.bool_]

# Places in what is told of one mover's best moves.
_ENDS: Final = 2
_MOVING: Final = 3


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
    packages, sources, ends
        Of each step the number of the package, where it starts and where it ends.
    starts
        For each state, where the steps that end there begin.
    results
        As they are given.
    """

    def __init__(self, results: Sequence[NDArray[np.int64]], states: int) -> None:
        sources = [np.flatnonzero(one >= 0) for one in results]
        ends = [one[some] for one, some in zip(results, sources, strict=True)]
        every = np.concatenate([np.empty(0, dtype=np.int64), *ends])
        order = np.argsort(every, kind="stable")
        numbers = np.arange(len(results), dtype=np.int32)
        self.packages = np.repeat(numbers, [one.size for one in sources])[order]
        self.sources = np.concatenate([np.empty(0, dtype=np.int64), *sources])[order].astype(
            np.int32
        )
        self.results = results
        self.ends = every[order]
        self.starts = np.searchsorted(self.ends, np.arange(states + 1))


class BestSteps:
    """Best moves of some parties, and packages that are made.

    Parameters
    ----------
    blocks
        The parties' blocks.
    moves
        By mover: its best moves.
    joint
        The packages that are steps.
    made
        By package: from which states it is made.
    """

    def __init__(
        self,
        blocks: Blocks,
        moves: Mapping[int, BestMoves],
        joint: JointSteps,
        made: Sequence[States],
    ) -> None:
        states = blocks.states.shape[1]
        self._blocks = blocks
        self._moves = moves
        self._joint = joint
        self._made = np.array(made, dtype=np.bool_).reshape(len(made), states)
        first = blocks.first
        self._own, self._best = np.zeros((2, first[-1]), dtype=np.int64)
        for mover, (own, best, _, _) in moves.items():
            self._own[first[mover] : first[mover + 1]] = own
            self._best[first[mover] : first[mover + 1]] = best

    @worked_out_once
    def _starts(self) -> NDArray[np.int32]:
        """From each state, how many movers and packages have a step."""
        starts = np.zeros(self._made.shape[1], dtype=np.int32)
        for one in (*(moving for _, _, _, moving in self._moves.values()), *self._made):
            starts += one
        return starts

    def _by_bits(self, of: Literal[2, 3]) -> NDArray[np.uint8]:
        """By state: which movers have a best move that ends, or begins, there."""
        bits = np.zeros(self._made.shape[1], dtype=np.uint8)
        for mover, found in self._moves.items():
            here: NDArray[np.bool_] = found[of]
            bits |= here.view(np.uint8) << np.uint8(mover)
        return bits

    def _led_to(self) -> States:
        """To which states a package leads that is made."""
        led_to = np.zeros(self._made.shape[1], dtype=np.bool_)
        for results, made in zip(self._joint.results, self._made, strict=True):
            led_to[results[made]] = True
        return led_to

    @property
    def moving(self) -> States:
        """From which states there is a step."""
        moving: States = self._starts > 0
        return moving

    def rounds_to(self, goal: States, *, surely: bool) -> NDArray[np.int32]:
        """As :func:`detente.queries.reachability.rounds_to`, by state."""
        from detente.stability.fibre_kernels import rounds_back

        blocks, joint = self._blocks, self._joint
        rounds: NDArray[np.int32] = np.where(goal, 0, -1).astype(np.int32)
        waiting = np.empty(rounds.size, dtype=np.int32)
        inside = np.flatnonzero(goal)
        waiting[: inside.size] = inside
        rounds_back(
            blocks.arrays, blocks.states.reshape(-1), self._own, self._best,
            self._by_bits(_ENDS), self._by_bits(_MOVING), joint.starts, joint.sources,
            joint.packages, self._made, self._led_to(),
            self._open_ends if surely else np.ones(self._best.size, dtype=np.int32),
            self._starts.copy() if surely else np.ones(rounds.size, dtype=np.int32),
            rounds, waiting, inside.size,
        )  # fmt: skip
        return rounds

    def into(self, goal: States) -> States:
        """From which states some step leads into a set."""
        found = np.zeros(goal.size, dtype=np.bool_)
        block_of = self._blocks.arrays[1]
        for mover in self._moves:
            hit = np.zeros(self._best.size, dtype=np.bool_)
            for states, blocks in self._ends_of(mover):
                hit[blocks[goal[states]]] = True
            found |= hit[block_of[:, mover]] & self._moves[mover][_MOVING]
        joint = self._joint
        made = self._made[joint.packages, joint.sources]
        found[joint.sources[made & goal[joint.ends]]] = True
        return found

    @property
    def _open_ends(self) -> NDArray[np.int32]:
        """How many ends a mover's best moves from each block have."""
        ends = np.zeros(self._best.size, dtype=np.int32)
        for mover in self._moves:
            for _, blocks in self._ends_of(mover):
                np.add.at(ends, blocks, 1)
        return ends

    def _ends_of(self, mover: int) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Where a mover's best moves may end, and from which block."""
        _, block_of, first, groups, reached = self._blocks.arrays
        states = np.flatnonzero(self._moves[mover][_ENDS])
        own_block = block_of[states, mover].astype(np.int64)
        group = (own_block - first[mover]) % groups[mover]
        for other in range(int(groups[mover])):
            block = own_block - group + other
            there = reached[mover, other, group] & (self._best[block] == self._own[own_block])
            yield states[there], block[there]
