"""What follows at once from the ranks of one draw: Nash, GMR and SMR, and where SEQ is left open.

All of it is worked out for nodes, which are far fewer than states; see
:class:`detente.robustness.engine.shared.Shared`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.robustness.engine.lanes import ones
from detente.robustness.engine.shared import Shared
from detente.space.compiling import kernel_part

__all__ = ["EVERY", "GMR", "NASH", "SEQ", "SMR", "SSEQ", "Ranked", "new_ranked", "settle_at_once"]

NASH, GMR, SMR, SEQ, SSEQ = 1, 2, 4, 8, 16
EVERY = 31

_HIGHEST = np.int16(2**15 - 1)


class Ranked(NamedTuple):
    """One draw's ranks, and what follows from them at once.

    Attributes
    ----------
    ranks
        Rank of each node, from 0 without gaps; -1 where it is infeasible.
    order
        For each context its own combinations, the best first; -1 in place of infeasible ones, at
        the end.
    better
        How many combinations of its context are preferred to each node.
    best
        The rank that the party can reach from each node.
    known
        The concepts under which the party moves from each node, as bits.
    least
        Shape (components, 2): the least rank, and the least rank after the best response.
    spans
        Shape (parties, longest axis, 2): of the states that each own combination is an improvement
        from and for which SEQ is open, the least and the greatest rank.
    undecided
        For each context whether it has such states.
    level
        Shape (parties, ranks): the level of each rank. Only whether a value lies above the rank of
        a state for which SEQ or SSEQ is open matters: the level of a rank is the number of such
        ranks below it.
    levels
        The greatest level of each party.
    present, below, dense
        Place to work in.
    """

    ranks: NDArray[np.int16]
    order: NDArray[np.int32]
    better: NDArray[np.int32]
    best: NDArray[np.int16]
    known: NDArray[np.uint8]
    least: NDArray[np.int16]
    spans: NDArray[np.int16]
    undecided: NDArray[np.bool_]
    level: NDArray[np.int32]
    levels: NDArray[np.int32]
    present: NDArray[np.uint64]
    below: NDArray[np.int32]
    dense: NDArray[np.int16]


def new_ranked(shared: Shared, highest: int) -> Ranked:
    """Make room for draws of ranks up to the highest."""
    nodes = len(shared.classes)
    parties = len(shared.lengths)
    most_classes = max(1, int(np.diff(shared.class_starts).max()))
    return Ranked(
        ranks=np.empty(nodes, dtype=np.int16),
        order=np.empty(nodes, dtype=np.int32),
        better=np.zeros(nodes, dtype=np.int32),
        best=np.zeros(nodes, dtype=np.int16),
        known=np.zeros(nodes, dtype=np.uint8),
        least=np.empty((shared.component_starts[-1], 2), dtype=np.int16),
        spans=np.empty((parties, shared.lengths.max(), 2), dtype=np.int16),
        undecided=np.empty(shared.contexts[-1], dtype=np.bool_),
        level=np.empty((parties, most_classes), dtype=np.int32),
        levels=np.empty(parties, dtype=np.int32),
        present=np.empty(highest // 64 + 1, dtype=np.uint64),
        below=np.empty(highest // 64 + 1, dtype=np.int32),
        dense=np.empty(shared.class_starts[-1], dtype=np.int16),
    )


@kernel_part
def settle_at_once(drawn: Any, shared: Any, ranked: Any) -> None:
    """Set all that is in `ranked` for the ranks of all parties' classes in one draw."""
    for party in range(len(shared.lengths)):
        _set_dense(party, drawn, shared, ranked)
    for node in range(len(shared.classes)):
        one = shared.classes[node]
        ranked.ranks[node] = ranked.dense[one] if one >= 0 else -1
    for party in range(len(shared.lengths)):
        _sort(party, shared, ranked)
        _set_least(party, shared, ranked)
        _settle(party, shared, ranked)
        _set_levels(party, shared, ranked)


@kernel_part
def _set_dense(party: Any, drawn: Any, shared: Any, ranked: Any) -> None:
    """Number the ranks of a party's classes anew, without gaps."""
    present, below = ranked.present, ranked.below
    first, last = shared.class_starts[party], shared.class_starts[party + 1]
    present[:] = 0
    for number in range(first, last):
        present[drawn[number] // 64] |= np.uint64(1) << np.uint64(drawn[number] % 64)
    total = 0
    for word in range(len(present)):
        below[word] = total
        total += ones(present[word])
    for number in range(first, last):
        word = drawn[number] // 64
        lower_bits = (np.uint64(1) << np.uint64(drawn[number] % 64)) - np.uint64(1)
        ranked.dense[number] = below[word] + ones(present[word] & lower_bits)


@kernel_part
def _sort(party: Any, shared: Any, ranked: Any) -> None:
    """Sort each context's combinations, and find what the party can reach from each."""
    ranks, order, better, best = ranked.ranks, ranked.order, ranked.better, ranked.best
    pattern, between = shared.patterns[party], shared.reached[party]
    own = shared.lengths[party]
    kinds = shared.kinds[party]
    highest_better = np.empty(kinds, dtype=np.int16)
    for context in range(shared.contexts[party], shared.contexts[party + 1]):
        start = shared.nodes[party] + (context - shared.contexts[party]) * own
        # Insertion sort, as there are few; infeasible combinations stand at the end.
        size = 0
        for a in range(own):
            if ranks[start + a] < 0:
                continue
            rank = ranks[start + a]
            q = size
            while q > 0 and ranks[start + order[start + q - 1]] < rank:
                order[start + q] = order[start + q - 1]
                q -= 1
            order[start + q] = a
            size += 1
        for q in range(size, own):
            order[start + q] = -1
        for k in range(kinds):
            highest_better[k] = -1
        q = 0
        while q < size:
            end = q
            rank = ranks[start + order[start + q]]
            while end < size and ranks[start + order[start + end]] == rank:
                a = order[start + end]
                better[start + a] = q
                best[start + a] = max(rank, highest_better[pattern[a]])
                end += 1
            for e in range(q, end):
                target = pattern[order[start + e]]
                for k in range(kinds):
                    if between[k, target] and highest_better[k] < rank:
                        highest_better[k] = rank
            q = end


@kernel_part
def _set_least(party: Any, shared: Any, ranked: Any) -> None:
    """Find the least that the others can do to a party from each component."""
    members, nexts, least = shared.members, shared.nexts, ranked.least
    for component in range(shared.component_starts[party], shared.component_starts[party + 1]):
        gmr = _HIGHEST
        smr = _HIGHEST
        for m in range(shared.member_starts[component], shared.member_starts[component + 1]):
            gmr = min(gmr, ranked.ranks[members[m]])
            smr = min(smr, ranked.best[members[m]])
        for m in range(shared.next_starts[component], shared.next_starts[component + 1]):
            gmr = min(gmr, least[nexts[m], 0])
            smr = min(smr, least[nexts[m], 1])
        least[component, 0] = gmr
        least[component, 1] = smr


@kernel_part
def _settle(party: Any, shared: Any, ranked: Any) -> None:
    """Settle Nash, GMR and SMR for each node, and SEQ and SSEQ where these settle them."""
    ranks, order, better, best = ranked.ranks, ranked.order, ranked.better, ranked.best
    known, least, spans = ranked.known, ranked.least, ranked.spans[party]
    pattern, between = shared.patterns[party], shared.reached[party]
    own = shared.lengths[party]
    kinds = shared.kinds[party]
    highest_gmr = np.empty(kinds, dtype=np.int16)
    highest_smr = np.empty(kinds, dtype=np.int16)
    low = np.empty(kinds, dtype=np.int16)
    high = np.empty(kinds, dtype=np.int16)
    spans[:, 0] = _HIGHEST
    spans[:, 1] = -1
    for context in range(shared.contexts[party], shared.contexts[party + 1]):
        start = shared.nodes[party] + (context - shared.contexts[party]) * own
        for k in range(kinds):
            highest_gmr[k] = -1
            highest_smr[k] = -1
        q = 0
        while q < own and order[start + q] >= 0:
            end = q
            rank = ranks[start + order[start + q]]
            while end < own and order[start + end] >= 0:
                a = order[start + end]
                if ranks[start + a] != rank:
                    break
                unstable = 0
                if best[start + a] > rank:
                    unstable |= NASH
                    if highest_gmr[pattern[a]] > rank:
                        unstable |= GMR | SEQ
                    if highest_smr[pattern[a]] > rank:
                        unstable |= SMR | SSEQ
                known[start + a] = unstable
                end += 1
            for e in range(q, end):
                a = order[start + e]
                component = shared.components[start + a]
                for k in range(kinds):
                    if between[k, pattern[a]]:
                        highest_gmr[k] = max(highest_gmr[k], least[component, 0])
                        highest_smr[k] = max(highest_smr[k], least[component, 1])
            q = end
        # Back from the worst: among what is worse, the ranks for which SEQ is open.
        ranked.undecided[context] = False
        for k in range(kinds):
            low[k] = _HIGHEST
            high[k] = -1
        while q > 0:
            first = better[start + order[start + q - 1]]
            for e in range(first, q):
                b = order[start + e]
                for k in range(kinds):
                    if between[k, pattern[b]]:
                        spans[b, 0] = min(spans[b, 0], low[k])
                        spans[b, 1] = max(spans[b, 1], high[k])
            for e in range(first, q):
                a = order[start + e]
                if known[start + a] & NASH and not known[start + a] & GMR:
                    ranked.undecided[context] = True
                    low[pattern[a]] = min(low[pattern[a]], ranks[start + a])
                    high[pattern[a]] = max(high[pattern[a]], ranks[start + a])
            q = first


@kernel_part
def _set_levels(party: Any, shared: Any, ranked: Any) -> None:
    """Number a party's ranks by level."""
    ranks, known, level = ranked.ranks, ranked.known, ranked.level[party]
    first, last = shared.nodes[party], shared.nodes[party + 1]
    highest = 0
    for node in range(first, last):
        if ranks[node] >= 0:
            highest = max(highest, ranks[node])
    level[: highest + 1] = 0
    for node in range(first, last):
        if ranks[node] >= 0 and known[node] & NASH and not known[node] & GMR:
            level[ranks[node]] = 1
    count = 0
    for rank in range(highest + 1):
        one = level[rank]
        level[rank] = count
        count += one
    ranked.levels[party] = count
