"""What each party can count on, party by party, where others react by improvements.

The states of each party's fibres are sorted by its ranks. What depends on the ranks of some
parties only is kept by their names, so that models that share the ranks of some parties share the
work on them. The result is that of :func:`detente.stability.sanctions.reaction_values`.
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
from detente.stability.responses import counted_on_by_all, response_lists

if TYPE_CHECKING:
    from detente.stability.fibre_kernels import BlockArrays
    from detente.stability.response_kernels import Lists

__all__ = ["Blocks", "Kept", "RankedBlocks", "blocks_of"]

_Kept = TypeVar("_Kept", bound=np.generic)

LastBest: TypeAlias = tuple[
    dict[int, tuple[Hashable, NDArray[np.int32]]],
    tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]],
]

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

    def begins(self, party: int) -> NDArray[np.int64]:
        """Where a party's blocks begin in a list of the states of all parties' blocks."""
        begins: NDArray[np.int64] = self.arrays[0][self.first[party] : self.first[party + 1] + 1]
        return begins


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
    """Arrays by what they depend on; the last ones are kept. Threads may share it.

    Attributes
    ----------
    last_best
        The best moves that were worked out last: by mover, the name of its ranks and what it could
        count on; and the arrays of all.
    """

    last_best: LastBest | None = None

    def __init__(self) -> None:
        self._arrays: dict[Hashable, NDArray[Any]] = {}
        self._last: dict[str, tuple[tuple[Hashable, ...], NDArray[Any]]] = {}
        self._bytes = 0
        self._lock = Lock()

    def known(self, key: Hashable) -> NDArray[Any] | None:
        """What is kept by a key, if anything."""
        with self._lock:
            array = self._arrays.pop(key, None)
            if array is not None:
                self._arrays[key] = array
        return array

    def get(self, key: Hashable, found: Callable[[], NDArray[_Kept]]) -> NDArray[_Kept]:
        """What is kept by a key, worked out where it is not known."""
        array = self.known(key)
        if array is None:
            # Without the lock, as it takes long. Threads that ask for the same at once each find
            # it, and it counts once.
            array = found()
            with self._lock:
                if key not in self._arrays:
                    self._arrays[key] = array
                    self._bytes += array.nbytes
                while self._bytes > _KEPT_BYTES and len(self._arrays) > 1:
                    self._bytes -= self._arrays.pop(next(iter(self._arrays))).nbytes
        return array

    def of_all(
        self, what: str, names: tuple[Hashable, ...], parts: Callable[[int], NDArray[np.int32]]
    ) -> NDArray[np.int32]:
        """The parties' arrays one after the other, from the last such array where they agree."""
        known, last = self._last.get(what, ((None,) * len(names), None))
        if last is None:
            last = np.stack([parts(party) for party in range(len(names))])
        else:
            last = last.copy()
            for party, name in enumerate(names):
                if name != known[party]:
                    last[party] = parts(party)
        self._last[what] = names, last
        return last


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
        return self.kept.get(
            ("ranks", party, self.rank_names[party]), lambda: self.model.ranks(party)
        )

    @worked_out_once
    def order(self) -> NDArray[np.int32]:
        """The states of all parties' blocks, in each those of lowest rank first."""
        every = self.kept.of_all("order", self.rank_names, lambda party: self._sorted(party)[0])
        return every.reshape(-1)

    @worked_out_once
    def sorted_ranks(self) -> NDArray[np.int32]:
        """Their ranks, for the party of whose blocks they are."""
        every = self.kept.of_all("sorted", self.rank_names, lambda party: self._sorted(party)[1])
        return every.reshape(-1)

    def _sorted(self, party: int) -> NDArray[np.int32]:
        def found() -> NDArray[np.int32]:
            from detente.stability.fibre_kernels import sort_blocks

            states = self.blocks.states[party]
            both = np.empty((2, states.size), dtype=np.int32)
            sort_blocks(states, self.blocks.begins(party), self.ranks_of(party), both[0], both[1])
            return both

        return self.kept.get(("sorted", party, self.rank_names[party]), found)

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
        def together() -> NDArray[np.int32]:
            reaction = Reaction(improving=True, counter_move=counter_move)
            return counted_on_by_all(self.blocks.lists, self.model, reaction, able, fresh)

        def worked_out(party: int) -> NDArray[np.int32]:
            return together()[party].copy() if others[party] else self.ranks_of(party)

        for party in fresh:
            found[party] = self.kept.get(keys[party], partial(worked_out, party))
        return found
