"""Labels of plans at nodes, and how each came about.

A label is the least exposure with which a plan leads to a node, by how many of its stages are
broken and by whether its last stage is one of them. Whether the last stage holds is left open:
it depends on what comes next.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.roadmap.search.stage_moves import Labels

__all__ = ["BROKEN", "SOUND", "LabelRecord", "LabelStore"]

SOUND, BROKEN = 0, 1


@dataclass(frozen=True, slots=True)
class LabelRecord:
    """How a label came about.

    Attributes
    ----------
    source, target
        Nodes.
    before
        Number of the record of the label at the source; -1 where a plan starts.
    how
        By which stage, as a number that those who enter labels give it.
    """

    source: int
    target: int
    before: int
    how: int


class LabelStore:
    """Labels over all nodes, of which few are set at a time.

    Parameters
    ----------
    nodes
        Number of nodes.
    most_broken
        Greatest number of broken stages.

    Attributes
    ----------
    best
        Shape (2, broken, nodes): the labels, the last stage sound or broken; infinite where
        there are none.
    followed
        Shape (2, broken, nodes): the least with which plans have gone on, by whether the next
        stage covers.
    count
        How many labels have been entered since the store was last cleared.
    """

    def __init__(self, nodes: int, most_broken: int) -> None:
        shape = (2, most_broken + 1, nodes)
        self.best = np.full(shape, np.inf, dtype=np.float32)
        self.followed = np.full(shape, np.inf, dtype=np.float32)
        self.count = 0
        self._record_of = np.zeros(shape, dtype=np.int32)
        self._fell = np.zeros(nodes, dtype=np.bool_)
        self._new: list[NDArray[np.int64]] = []
        self._set: list[NDArray[np.int64]] = []
        self._firsts: list[int] = []
        self._records: list[tuple[NDArray[Any], ...]] = []

    def begin(self, start: int) -> NDArray[np.int64]:
        """Label the start, to which no stage led that could fail."""
        nodes, none = np.array([start]), np.array([-1])
        self.enter(BROKEN, 0, nodes, nodes, np.zeros(1, dtype=np.float32), none, none)
        return self.touched()

    def enter(
        self,
        kind: int,
        broken: int,
        sources: NDArray[np.int64],
        targets: NDArray[np.int64],
        values: Labels,
        before: NDArray[np.int64],
        how: NDArray[np.int64],
    ) -> None:
        """Set the labels of targets to the least value of each, with the records' parts."""
        if targets.size == 0:
            return
        # Of several values for one target the last is what stays: the least.
        order = np.argsort(-values, kind="stable")
        reached = targets[order]
        self.best[kind, broken, reached] = values[order]
        self._record_of[kind, broken, reached] = self.count + np.arange(order.size)
        self._firsts.append(self.count)
        self._records.append((sources[order], reached, before[order], how[order]))
        self.count += order.size
        self._new.append(reached)

    def touched(self) -> NDArray[np.int64]:
        """Nodes whose labels were set since this was last asked for, in order."""
        if not self._new:
            return np.arange(0)
        for reached in self._new:
            self._fell[reached] = True
        nodes = np.flatnonzero(self._fell)
        self._fell[nodes] = False
        self._set.append(nodes)
        self._new = []
        return nodes

    def leaving(
        self, nodes: NDArray[np.int64], broken: int, holds: NDArray[np.bool_]
    ) -> tuple[Labels, NDArray[np.int64]]:
        """Labels with which plans end at nodes or go on, and their records.

        Where a node does not hold, of which all are told, the last stage is broken.
        """
        held, fewer = holds[nodes], max(broken - 1, 0)
        sound = np.where(held, self.best[SOUND, broken, nodes], self.best[SOUND, fewer, nodes])
        if broken == 0:
            sound[~held] = np.inf
        records = np.where(
            held, self._record_of[SOUND, broken, nodes], self._record_of[SOUND, fewer, nodes]
        )
        return self._lesser(nodes, broken, sound, records)

    def covered(self, nodes: NDArray[np.int64], broken: int) -> tuple[Labels, NDArray[np.int64]]:
        """The same where the next stage covers what would break the last one."""
        sound = self.best[SOUND, broken, nodes]
        return self._lesser(nodes, broken, sound, self._record_of[SOUND, broken, nodes])

    def _lesser(
        self,
        nodes: NDArray[np.int64],
        broken: int,
        sound: Labels,
        records: NDArray[np.int32],
    ) -> tuple[Labels, NDArray[np.int64]]:
        """The lesser of the labels after a broken stage and others, with its record."""
        after = self.best[BROKEN, broken, nodes]
        chosen = np.where(sound < after, records, self._record_of[BROKEN, broken, nodes])
        return np.minimum(after, sound), chosen.astype(np.int64)

    def record(self, number: int) -> LabelRecord:
        """How a label came about."""
        block = int(np.searchsorted(self._firsts, number, side="right")) - 1
        place = number - self._firsts[block]
        source, target, before, how = (one[place] for one in self._records[block])
        return LabelRecord(int(source), int(target), int(before), int(how))

    def clear(self) -> None:
        """Unset every label."""
        self.touched()
        for nodes in self._set:
            self.best[:, :, nodes] = np.inf
            self.followed[:, :, nodes] = np.inf
        self._set, self._firsts, self._records, self.count = [], [], [], 0
