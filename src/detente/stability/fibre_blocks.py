"""What each party can count on, party by party, and its best moves.

What depends on the ranks of some parties only is kept by their names, so that models that share the
ranks of some parties share the work on them. What is counted on is that of
:func:`detente.stability.sanctions.reaction_values`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from detente.space.graph_model import GraphModel
from detente.space.own_groups import own_groups
from detente.space.shared_work import worked_out_once
from detente.stability.concept import Reaction
from detente.stability.responses import (
    Order,
    best_first,
    counted_on_by_all,
    response_lists,
)

if TYPE_CHECKING:
    from detente.stability.fibre_kernels import BlockArrays
    from detente.stability.response_kernels import Lists

__all__ = ["BestMoves", "Blocks", "Kept", "RankedBlocks", "blocks_of"]

_Kept = TypeVar("_Kept")

BestMoves: TypeAlias = tuple[
    NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]
]
"""Of one mover, by block what is best in it and what can be reached from it, and by state whether a
best move ends and begins there; see :func:`detente.stability.fibre_kernels.best_moves`."""

# Results are kept as long as they take up to so much, those asked for last.
_KEPT_BYTES = 2**25


@dataclass(frozen=True, eq=False)
class Blocks:
    """The parties' fibres in blocks, whatever the ranks.

    Attributes
    ----------
    arrays
        As compiled code reads them; see :mod:`detente.stability.fibre_kernels`.
    states
        By party: its states, block by block.
    lists
        What they are made from; see :func:`detente.stability.responses.response_lists`.
    """

    arrays: BlockArrays
    states: NDArray[np.int32]
    lists: Lists

    @property
    def first(self) -> NDArray[np.int64]:
        """By party: its first block."""
        return self.arrays[2]


def blocks_of(model: GraphModel) -> Blocks | None:
    """The blocks of a model; None where its moves do not run along axes, or parties are many."""
    lists = response_lists(model)
    if lists is None:
        return None
    members, starts, group_of, _, _ = lists
    parties, states = members.shape
    samples = [own_groups(axis)[1] for axis in model.moves.axes]
    groups = np.array([one.size for one in samples], dtype=np.int64)
    reached = np.zeros((parties, groups.max(), groups.max()), dtype=np.bool_)
    block_of = np.empty((states, parties), dtype=np.int32)
    ordered = np.empty((parties, states), dtype=np.int32)
    first, begins = [0], []
    for party, sample in enumerate(samples):
        permitted = model.moves.axes[party].permitted[np.ix_(sample, sample)]
        reached[party, : sample.size, : sample.size] = permitted | np.eye(sample.size, dtype=bool)
        sizes = np.diff(starts[party])
        fibres = int(np.count_nonzero(sizes))
        block = np.repeat(np.arange(fibres), sizes[:fibres]) * sample.size + group_of[party]
        order = np.argsort(block, kind="stable")
        ordered[party] = members[party][order]
        block_of[members[party], party] = block + first[-1]
        counts = np.bincount(block, minlength=fibres * sample.size)
        begins.append(party * states + np.cumsum(counts) - counts)
        first.append(first[-1] + counts.size)
    arrays = (
        np.append(np.concatenate(begins), parties * states).astype(np.int64),
        block_of,
        np.array(first, dtype=np.int64),
        groups,
        reached,
    )
    return Blocks(arrays, ordered, lists)


class Kept:
    """Arrays by what they depend on; the last ones are kept. Threads may share it."""

    def __init__(self) -> None:
        self._arrays: dict[Hashable, Any] = {}
        self._bytes = 0
        self._lock = Lock()

    def known(self, key: Hashable) -> Any:
        """What is kept by a key, if anything."""
        with self._lock:
            arrays = self._arrays.pop(key, None)
            if arrays is not None:
                self._arrays[key] = arrays
        return arrays

    def get(self, key: Hashable, found: Callable[[], _Kept]) -> _Kept:
        """What is kept by a key, worked out where it is not known."""
        arrays: _Kept | None = self.known(key)
        if arrays is None:
            # Without the lock, as it takes long. Threads that ask for the same at once each find
            # it, and it counts once.
            arrays = found()
            with self._lock:
                if key not in self._arrays:
                    self._arrays[key] = arrays
                    self._bytes += _bytes_of(arrays)
                while self._bytes > _KEPT_BYTES and len(self._arrays) > 1:
                    self._bytes -= _bytes_of(self._arrays.pop(next(iter(self._arrays))))
        return arrays


def _bytes_of(arrays: Any) -> int:
    return sum(one.nbytes for one in (arrays if isinstance(arrays, tuple) else (arrays,)))


@dataclass(frozen=True, eq=False)
class RankedBlocks:
    """Blocks, with the ranks of a model.

    Attributes
    ----------
    blocks
        The blocks.
    model
        The model.
    kept
        What is known of models that differ in ranks only.
    rank_names
        By party: equal for models in which it has the same ranks.
    move_names
        By party: equal for models in which it has the same improvements; None where it has none.
    """

    blocks: Blocks
    model: GraphModel
    kept: Kept
    rank_names: tuple[Hashable, ...]
    move_names: tuple[Hashable, ...]

    def ranks_of(self, party: int) -> NDArray[np.int32]:
        """A party's rank of each state."""
        # The model itself would find those of all parties at once.
        return self.kept.get(
            ("ranks", party, self.rank_names[party]),
            lambda: self.model.by_state(self.model.position_ranks[party]),
        )

    @worked_out_once
    def ranks(self) -> NDArray[np.int32]:
        """Shape (parties, states): rank of each state for each party."""
        return np.stack([self.ranks_of(party) for party in range(len(self.rank_names))])

    def order_of(self, mover: int) -> Order:
        """The states of each of its fibres, those of highest rank first."""
        return self.kept.get(
            ("order", mover, self.move_names[mover]),
            lambda: best_first(self.blocks.lists, mover, self.ranks_of(mover)),
        )

    def best_moves(self, mover: int, counted: NDArray[np.int32]) -> BestMoves:
        """A mover's best moves, where it is told what the mover can count on at each state."""
        from detente.stability.fibre_kernels import best_moves

        blocks = self.blocks
        count = int(blocks.first[mover + 1] - blocks.first[mover])
        own, best = np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int64)
        ends, moving = np.empty((2, counted.size), dtype=np.bool_)
        best_moves(
            mover, blocks.arrays, blocks.states.reshape(-1), self.ranks_of(mover), counted, own,
            best, ends, moving,
        )  # fmt: skip
        return own, best, ends, moving

    def counted_on(
        self, parties: Sequence[int], movers: Sequence[int], *, counter_move: bool
    ) -> dict[int, NDArray[np.int32]]:
        """For each state, the least rank of parties among staying and others' improvements.

        Parameters
        ----------
        parties
            Numbers of the parties.
        movers
            Numbers of those that react, each to all others.
        counter_move
            Whether a party may still move once after that.

        Returns
        -------
        dict
            By party; arrays are not to be written into.
        """
        able = [one for one in movers if self.move_names[one] is not None]
        others = {party: [one for one in able if one != party] for party in parties}
        keys = {
            party: (
                "counted on",
                party,
                self.rank_names[party],
                tuple((one, self.move_names[one]) for one in others[party]),
                counter_move,
            )
            for party in parties
        }

        # All that are kept are taken before one that is new can drive another out.
        found = {one: array for one in parties if (array := self.kept.known(keys[one])) is not None}
        fresh = [one for one in parties if one not in found]

        @cache
        def together() -> dict[int, NDArray[np.int32]]:
            reaction = Reaction(improving=True, counter_move=counter_move)
            each = counted_on_by_all(
                self.blocks.lists, self.ranks, reaction, able, fresh, self.order_of
            )
            # Apart, so that each goes when it is kept no longer.
            apart = each if len(each) == 1 else map(np.copy, each)
            return dict(zip(fresh, apart, strict=True))

        def worked_out(party: int) -> NDArray[np.int32]:
            return together()[party] if others[party] else self.ranks_of(party)

        for party in fresh:
            found[party] = self.kept.get(keys[party], partial(worked_out, party))
        return found
