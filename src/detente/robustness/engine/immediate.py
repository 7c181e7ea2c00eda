"""What follows at once from the ranks of one draw: Nash, GMR and SMR, and where SEQ is left open.

All of it is worked out for nodes, which are far fewer than states; see
:class:`detente.robustness.engine.shared.Shared`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.robustness.engine.concept_bits import GMR, NASH
from detente.robustness.engine.lanes import (
    HIGHEST,
    WIDTH,
    compare,
    ones,
    settle,
    span,
)
from detente.robustness.engine.shared import Shared
from detente.space.compiling import kernel_part

__all__ = [
    "LANES",
    "Ranked",
    "new_ranked",
    "settle_at_once",
    "take_one",
]

LANES = WIDTH
"""Draws that are worked on at once, side by side in rows of numbers."""


class Ranked(NamedTuple):
    """The ranks of some draws, and what follows from them at once; the last axis is of draws.

    Attributes
    ----------
    ranks
        Rank of each node, from 0 without gaps; -1 where it is infeasible.
    better, before
        How many combinations of its context are preferred to each node, and how many stand before
        it in an order from the best on.
    best
        The rank that the party can reach from each node.
    known
        The concepts under which the party moves from each node, as bits.
    least
        Shape (components, 2, draws): the least rank, and the least rank after the best response.
    spans
        Shape (parties, longest axis, 2, draws): of the states that each own combination is an
        improvement from and for which SEQ is open, the least and the greatest rank.
    undecided
        For each context whether it has such states.
    order
        Of one draw, for each context its own combinations, the best first; -1 in place of
        infeasible ones, at the end.
    level
        Of one draw, shape (parties, ranks): the level of each rank. Only whether a value lies above
        the rank of a state for which SEQ or SSEQ is open matters: the level of a rank is the number
        of such ranks below it.
    levels
        Of one draw, the greatest level of each party.
    reach
        Whether a party can go from one own combination to another, as bytes.
    low, high
        For each own combination, and `present`, `below`, `dense`: place to work in.
    """

    ranks: NDArray[np.int16]
    better: NDArray[np.int16]
    before: NDArray[np.int16]
    best: NDArray[np.int16]
    known: NDArray[np.uint8]
    least: NDArray[np.int16]
    spans: NDArray[np.int16]
    undecided: NDArray[np.uint8]
    order: NDArray[np.int32]
    level: NDArray[np.int32]
    levels: NDArray[np.int32]
    reach: NDArray[np.uint8]
    low: NDArray[np.int16]
    high: NDArray[np.int16]
    present: NDArray[np.uint64]
    below: NDArray[np.int32]
    dense: NDArray[np.int16]


def new_ranked(shared: Shared, highest: int) -> Ranked:
    """Make room for draws of ranks up to the highest."""
    nodes = len(shared.classes)
    parties = len(shared.lengths)
    most_classes = max(1, int(np.diff(shared.class_starts).max()))
    return Ranked(
        ranks=np.empty((nodes, LANES), dtype=np.int16),
        better=np.empty((nodes, LANES), dtype=np.int16),
        before=np.empty((nodes, LANES), dtype=np.int16),
        best=np.empty((nodes, LANES), dtype=np.int16),
        known=np.empty((nodes, LANES), dtype=np.uint8),
        least=np.empty((shared.component_starts[-1], 2, LANES), dtype=np.int16),
        spans=np.empty((parties, shared.lengths.max(), 2, LANES), dtype=np.int16),
        undecided=np.empty((shared.contexts[-1], LANES), dtype=np.uint8),
        order=np.empty(nodes, dtype=np.int32),
        level=np.empty((parties, most_classes), dtype=np.int32),
        levels=np.empty(parties, dtype=np.int32),
        reach=np.empty(shared.lengths.max() ** 2, dtype=np.uint8),
        low=np.empty((shared.lengths.max(), LANES), dtype=np.int16),
        high=np.empty((shared.lengths.max(), LANES), dtype=np.int16),
        present=np.empty(highest // 64 + 1, dtype=np.uint64),
        below=np.empty(highest // 64 + 1, dtype=np.int32),
        dense=np.empty(shared.class_starts[-1], dtype=np.int16),
    )


@kernel_part
def settle_at_once(table: Any, shared: Any, ranked: Any) -> None:
    """Set all that is in `ranked` of the draws together.

    `table` has the ranks of all parties' classes in up to :data:`LANES` draws, one at least.
    """
    for lane in range(LANES):
        # Where there are fewer draws, the last one is repeated.
        drawn = table[min(lane, len(table) - 1)]
        for party in range(len(shared.lengths)):
            _set_dense(party, drawn, shared, ranked)
        for node in range(len(shared.classes)):
            one = shared.classes[node]
            ranked.ranks[node, lane] = ranked.dense[one] if one >= 0 else -1
    for party in range(len(shared.lengths)):
        own = shared.lengths[party]
        _set_reach(party, shared, ranked.reach)
        for start in range(shared.nodes[party], shared.nodes[party + 1], own):
            for a in range(own):
                compare(
                    ranked.ranks, start, own, a, ranked.reach, ranked.better, ranked.before,
                    ranked.best,
                )  # fmt: skip
        _set_least(party, shared, ranked)
        _settle(party, shared, ranked)


@kernel_part
def take_one(lane: Any, shared: Any, ranked: Any) -> None:
    """Set what is in `ranked` of one draw."""
    for party in range(len(shared.lengths)):
        own = shared.lengths[party]
        for start in range(shared.nodes[party], shared.nodes[party + 1], own):
            ranked.order[start : start + own] = -1
            for a in range(own):
                if shared.classes[start + a] >= 0:
                    ranked.order[start + ranked.before[start + a, lane]] = a
        _set_levels(party, lane, shared, ranked)


@kernel_part
def _set_dense(party: Any, drawn: Any, shared: Any, ranked: Any) -> None:
    """Number the ranks of a party's classes anew, without gaps."""
    present, below = ranked.present, ranked.below
    first, last = shared.class_starts[party], shared.class_starts[party + 1]
    present[:] = 0
    for number in range(first, last):
        present[drawn[number] >> 6] |= np.uint64(1) << np.uint64(drawn[number] & 63)
    total = 0
    for word in range(len(present)):
        below[word] = total
        total += ones(present[word])
    for number in range(first, last):
        word = drawn[number] >> 6
        lower_bits = (np.uint64(1) << np.uint64(drawn[number] & 63)) - np.uint64(1)
        ranked.dense[number] = below[word] + ones(present[word] & lower_bits)


@kernel_part
def _set_reach(party: Any, shared: Any, reach: Any) -> None:
    """Set whether a party can go from one of its own combinations to another, own by own."""
    pattern, between = shared.patterns[party], shared.reached[party]
    own = shared.lengths[party]
    for a in range(own):
        for b in range(own):
            reach[a * own + b] = between[pattern[a], pattern[b]]


@kernel_part
def _set_least(party: Any, shared: Any, ranked: Any) -> None:
    """Find the least that the others can do to a party from each component."""
    members, nexts, least = shared.members, shared.nexts, ranked.least
    for component in range(shared.component_starts[party], shared.component_starts[party + 1]):
        gmr, smr = least[component, 0], least[component, 1]
        gmr[:] = HIGHEST
        smr[:] = HIGHEST
        for m in range(shared.member_starts[component], shared.member_starts[component + 1]):
            for lane in range(LANES):
                gmr[lane] = min(gmr[lane], ranked.ranks[members[m], lane])
            for lane in range(LANES):
                smr[lane] = min(smr[lane], ranked.best[members[m], lane])
        for m in range(shared.next_starts[component], shared.next_starts[component + 1]):
            for lane in range(LANES):
                gmr[lane] = min(gmr[lane], least[nexts[m], 0, lane])
                smr[lane] = min(smr[lane], least[nexts[m], 1, lane])


@kernel_part
def _settle(party: Any, shared: Any, ranked: Any) -> None:
    """Settle Nash, GMR and SMR for each node, and SEQ and SSEQ where these settle them.

    Infeasible nodes have rank -1: they are preferred to none, and SEQ is never open for them.
    """
    own = shared.lengths[party]
    most = ranked.spans.shape[1]
    spans = 2 * party * most
    ranked.spans[party, :, 0] = HIGHEST
    ranked.spans[party, :, 1] = -1
    for context in range(shared.contexts[party], shared.contexts[party + 1]):
        start = shared.nodes[party] + (context - shared.contexts[party]) * own
        ranked.undecided[context] = 0
        for a in range(own):
            settle(
                ranked.ranks, start, own, a, ranked.reach, ranked.best, ranked.least,
                shared.components, ranked.known, ranked.undecided, context, ranked.low, ranked.high,
            )  # fmt: skip
        for b in range(own):
            span(
                ranked.ranks, start, own, b, ranked.reach, ranked.low, ranked.high,
                ranked.spans, spans + 2 * b,
            )  # fmt: skip


@kernel_part
def _set_levels(party: Any, lane: Any, shared: Any, ranked: Any) -> None:
    """Number a party's ranks by level."""
    ranks, known, level = ranked.ranks, ranked.known, ranked.level[party]
    first, last = shared.nodes[party], shared.nodes[party + 1]
    highest = 0
    for node in range(first, last):
        highest = max(highest, ranks[node, lane])
    level[: highest + 1] = 0
    for node in range(first, last):
        if known[node, lane] & (NASH | GMR) == NASH:
            level[ranks[node, lane]] = 1
    count = 0
    for rank in range(highest + 1):
        one = level[rank]
        level[rank] = count
        count += one
    ranked.levels[party] = count
