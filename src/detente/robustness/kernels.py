"""Compiled analysis of one draw after the other, on structure that all draws share.

See :class:`detente.robustness.batch.Structure` for the arrays. Values of all focal parties, under
SEQ and under SSEQ, stand side by side in one row for each state, so that one pass over a mover's
improvements serves them all.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from detente.robustness.rows import WIDTH, join, lower

__all__ = ["COUNT_BITS", "analyse_draws"]

_HIGHEST = np.int16(2**15 - 1)
_EVERY = 31
_NASH, _GMR, _SMR, _SEQ, _SSEQ = 1, 2, 4, 8, 16

COUNT_BITS = 12
"""Bits in which each concept's equilibria are counted: fewer than 2**12 draws at a time."""


@njit(cache=True, nogil=True)
def _reactions(
    party: Any,
    parties: Any,
    ranks: Any,
    lengths: Any,
    contexts: Any,
    nodes: Any,
    classes: Any,
    components: Any,
    pattern_starts: Any,
    patterns: Any,
    reached: Any,
    reached_starts: Any,
    component_starts: Any,
    member_starts: Any,
    members: Any,
    next_starts: Any,
    nexts: Any,
    order: Any,
    better: Any,
    best: Any,
    least: Any,
    rows: Any,
    sequential: Any,
) -> None:
    """Sort each context's combinations; settle Nash, GMR and SMR; fill the party's rows."""
    own = lengths[party]
    count = reached_starts[party + 1]
    kinds = 1
    while kinds * kinds < count - reached_starts[party]:
        kinds += 1
    offset = reached_starts[party]
    highest_better = np.empty(kinds, dtype=np.int16)
    highest_gmr = np.empty(kinds, dtype=np.int16)
    highest_smr = np.empty(kinds, dtype=np.int16)
    pattern = patterns[pattern_starts[party] : pattern_starts[party + 1]]
    width = rows.shape[1]
    for context in range(contexts[party], contexts[party + 1]):
        start = nodes[party] + (context - contexts[party]) * own
        # Insertion sort, best first; infeasible combinations stand at the end.
        size = 0
        for a in range(own):
            if classes[start + a] < 0:
                continue
            rank = ranks[classes[start + a]]
            q = size
            while q > 0 and ranks[classes[start + order[start + q - 1]]] < rank:
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
            rank = ranks[classes[start + order[start + q]]]
            while end < size and ranks[classes[start + order[start + end]]] == rank:
                a = order[start + end]
                better[start + a] = q
                best[start + a] = max(rank, highest_better[pattern[a]])
                end += 1
            for e in range(q, end):
                target = pattern[order[start + e]]
                for k in range(kinds):
                    if reached[offset + k * kinds + target] and highest_better[k] < rank:
                        highest_better[k] = rank
            q = end
    for component in range(component_starts[party], component_starts[party + 1]):
        gmr = _HIGHEST
        smr = _HIGHEST
        for m in range(member_starts[component], member_starts[component + 1]):
            gmr = min(gmr, ranks[classes[members[m]]])
            smr = min(smr, best[members[m]])
        for m in range(next_starts[component], next_starts[component + 1]):
            gmr = min(gmr, least[nexts[m], 0])
            smr = min(smr, least[nexts[m], 1])
        least[component, 0] = gmr
        least[component, 1] = smr
    spans = np.empty((own, 2), dtype=np.int16)
    spans[:, 0] = _HIGHEST - 1
    spans[:, 1] = -1
    for context in range(contexts[party], contexts[party + 1]):
        start = nodes[party] + (context - contexts[party]) * own
        for k in range(kinds):
            highest_gmr[k] = -1
            highest_smr[k] = -1
        q = 0
        while q < own and order[start + q] >= 0:
            end = q
            rank = ranks[classes[start + order[start + q]]]
            while end < own and order[start + end] >= 0:
                a = order[start + end]
                if ranks[classes[start + a]] != rank:
                    break
                unstable = 0
                if best[start + a] > rank:
                    unstable |= _NASH
                    if highest_gmr[pattern[a]] > rank:
                        unstable |= _GMR | _SEQ
                    if highest_smr[pattern[a]] > rank:
                        unstable |= _SMR | _SSEQ
                if not sequential:
                    unstable |= _SEQ | _SSEQ
                node = start + a
                rows[node, party] = rank
                rows[node, parties + party] = best[node]
                rows[node, width - 1] = unstable
                end += 1
            # Only whether a response lies above the rank of some state that may yet be stable
            # matters, so all ranks below these states' count as one, and all above.
            for e in range(q, end):
                a = order[start + e]
                if rows[start + a, width - 1] & _NASH == 0:
                    continue
                settled = rows[start + a, width - 1]
                if settled & (_SEQ | _SSEQ) == _SEQ | _SSEQ:
                    continue
                for t in range(q):
                    b = order[start + t]
                    if reached[offset + pattern[a] * kinds + pattern[b]]:
                        spans[b, 0] = min(spans[b, 0], rank)
                        spans[b, 1] = max(spans[b, 1], rank)
            for e in range(q, end):
                a = order[start + e]
                component = components[start + a]
                for k in range(kinds):
                    if reached[offset + k * kinds + pattern[a]]:
                        highest_gmr[k] = max(highest_gmr[k], least[component, 0])
                        highest_smr[k] = max(highest_smr[k], least[component, 1])
            q = end
    for node in range(nodes[party], nodes[party + 1]):
        a = (node - nodes[party]) % own
        for lane in (party, parties + party):
            value = rows[node, lane]
            if value <= spans[a, 0]:
                value = spans[a, 0]
            elif value > spans[a, 1]:
                value = spans[a, 1] + 1
            rows[node, lane] = value


@njit(cache=True, nogil=True)
def _steps(
    start: Any,
    size: Any,
    order: Any,
    better: Any,
    pattern: Any,
    kinds: Any,
    reached: Any,
    offset: Any,
    step: Any,
    steps: Any,
    covered: Any,
) -> int:
    """List the improvements in one context that suffice if made in turn, best targets first.

    An improvement is left out where one to a state between leads to the same target. Returns the
    number of pairs (lowered, by), which are offsets of positions in a group.
    """
    count = 0
    for e in range(1, size):
        a = order[start + e]
        end = better[start + a]
        covered[:kinds] = False
        open_kinds = 0
        for k in range(kinds):
            open_kinds += reached[offset + pattern[a] * kinds + k]
        while end > 0 and open_kinds > 0:
            first = better[start + order[start + end - 1]]
            begun = count
            for q in range(first, end):
                b = order[start + q]
                if reached[offset + pattern[a] * kinds + pattern[b]] and not covered[pattern[b]]:
                    steps[count, 0] = a * step
                    steps[count, 1] = b * step
                    steps[count, 2] = pattern[b]
                    count += 1
            for one in range(begun, count):
                for k in range(kinds):
                    if reached[offset + steps[one, 2] * kinds + k] and not covered[k]:
                        covered[k] = True
                        open_kinds -= 1
            end = first
    return count


@njit(cache=True, nogil=True)
def _all_steps(
    lengths: Any,
    inners: Any,
    contexts: Any,
    nodes: Any,
    pattern_starts: Any,
    patterns: Any,
    reached: Any,
    reached_starts: Any,
    order: Any,
    better: Any,
    steps: Any,
    step_starts: Any,
    covered: Any,
) -> None:
    """List the steps of every context, one after the other."""
    total = 0
    step_starts[0] = 0
    for mover in range(len(lengths)):
        own = lengths[mover]
        kinds = 1
        while kinds * kinds < reached_starts[mover + 1] - reached_starts[mover]:
            kinds += 1
        pattern = patterns[pattern_starts[mover] : pattern_starts[mover + 1]]
        for context in range(contexts[mover], contexts[mover + 1]):
            start = nodes[mover] + (context - contexts[mover]) * own
            size = 0
            while size < own and order[start + size] >= 0:
                size += 1
            total += _steps(
                start, size, order, better, pattern, kinds, reached, reached_starts[mover],
                inners[mover], steps[total:], covered,
            )  # fmt: skip
            step_starts[context + 1] = total


@njit(cache=True, nogil=True)
def _respond(
    mover: Any,
    told: Any,
    begin: Any,
    end: Any,
    queue: Any,
    values: Any,
    masks: Any,
    contexts_of: Any,
    groups: Any,
    steps: Any,
    step_starts: Any,
    group_at: Any,
    queues: Any,
    sizes: Any,
    group_starts: Any,
    waiting: Any,
    fallen: Any,
) -> None:
    """Let one party respond by improvements in some of its groups, in place.

    Where a value falls, the groups of the other parties before `told` are queued.
    """
    per_row = values.shape[1] // WIDTH
    for entry in range(begin, end):
        group = queue[entry] if len(queue) else entry
        waiting[group] = False
        base = groups[group]
        context = contexts_of[group]
        count = 0
        for one in range(step_starts[context], step_starts[context + 1]):
            here = base + steps[one, 0]
            by = base + steps[one, 1]
            if per_row == 1:
                fell = lower(values, here, values, by, masks, mover)
            else:
                fell = False
                for w in range(per_row):
                    fell |= lower(
                        values, here * per_row + w, values, by * per_row + w, masks,
                        mover * per_row + w,
                    )  # fmt: skip
            fallen[count] = here
            count += 1 if fell else 0
        for one in range(count):
            for other in range(told):
                there = group_at[fallen[one], other]
                if other != mover and not waiting[there]:
                    context = contexts_of[there]
                    if step_starts[context] < step_starts[context + 1]:
                        waiting[there] = True
                        queues[group_starts[other] + sizes[other]] = there
                        sizes[other] += 1


@njit(cache=True, nogil=True)
def analyse_draws(
    table: NDArray[np.int16],
    sequential: bool,
    lengths: NDArray[np.int64],
    inners: NDArray[np.int64],
    contexts: NDArray[np.int64],
    nodes: NDArray[np.int64],
    classes: NDArray[np.int32],
    components: NDArray[np.int32],
    pattern_starts: NDArray[np.int64],
    patterns: NDArray[np.int64],
    reached: NDArray[np.bool_],
    reached_starts: NDArray[np.int64],
    component_starts: NDArray[np.int64],
    member_starts: NDArray[np.int64],
    members: NDArray[np.int32],
    next_starts: NDArray[np.int64],
    nexts: NDArray[np.int32],
    group_starts: NDArray[np.int64],
    groups: NDArray[np.int32],
    node_at: NDArray[np.int32],
    contexts_of: NDArray[np.int32],
    group_at: NDArray[np.int32],
    regions: NDArray[np.uint64],
    chosen: NDArray[np.int64],
    counts: NDArray[np.uint64],
    found: NDArray[np.uint64],
    stable: NDArray[np.uint8],
) -> None:
    """Find the equilibria of each draw.

    Parameters
    ----------
    table
        Shape (draws, classes): ranks, not negative.
    sequential
        Whether SEQ and SSEQ are wanted.
    lengths, ..., group_at
        The structure.
    regions
        Shape (positions, words): the outcomes to which each position belongs, as bits.
    chosen
        Positions whose concepts are to be told draw by draw.
    counts
        Shape (positions,): the number of draws in which each is an equilibrium, added to,
        :data:`COUNT_BITS` bits for each concept.
    found
        Shape (draws, 5, words): set to the outcomes that have an equilibrium, as bits.
    stable
        Shape (draws, chosen): set to the concepts under which each is an equilibrium, as bits.
    """
    parties = len(lengths)
    positions = len(node_at)
    per_row = (2 * parties + 1 + WIDTH - 1) // WIDTH
    width = per_row * WIDTH
    words = regions.shape[1]
    total = len(classes)
    order = np.empty(total, dtype=np.int32)
    better = np.zeros(total, dtype=np.int32)
    best = np.zeros(total, dtype=np.int16)
    least = np.empty((component_starts[parties], 2), dtype=np.int16)
    rows = np.zeros((total, width), dtype=np.int16)
    values = np.empty((positions, width), dtype=np.int16)
    # A mover's own values are not lowered by its moves, and the last number is no value at all.
    masks = np.zeros((parties, width), dtype=np.int16)
    masks[:, width - 1] = _HIGHEST
    most_kinds = 1
    for party in range(parties):
        masks[party, party] = _HIGHEST
        masks[party, parties + party] = _HIGHEST
        most_kinds = max(most_kinds, reached_starts[party + 1] - reached_starts[party])
    waiting = np.zeros(len(groups), dtype=np.bool_)
    queues = np.empty(len(groups), dtype=np.int32)
    most_steps = 0
    for party in range(parties):
        most_steps += (contexts[party + 1] - contexts[party]) * lengths[party] ** 2
    queue = np.empty(len(groups), dtype=np.int32)
    none = np.empty(0, dtype=np.int32)
    sizes = np.zeros(parties, dtype=np.int64)
    fallen = np.empty(lengths.max() ** 2 + 1, dtype=np.int64)
    steps = np.empty((most_steps, 3), dtype=np.int32)
    step_starts = np.empty(contexts[parties] + 1, dtype=np.int64)
    covered = np.empty(most_kinds, dtype=np.bool_)
    tally = np.zeros(_EVERY + 1, dtype=np.uint64)
    for held in range(_EVERY + 1):
        for concept in range(5):
            if (held >> concept) & 1:
                tally[held] += np.uint64(1) << np.uint64(concept * COUNT_BITS)
    concepts_of = np.zeros(positions, dtype=np.uint8)
    for draw in range(len(table)):
        ranks = table[draw]
        for party in range(parties):
            _reactions(
                party, parties, ranks, lengths, contexts, nodes, classes, components,
                pattern_starts, patterns, reached, reached_starts, component_starts,
                member_starts, members, next_starts, nexts, order, better, best, least,
                rows, sequential,
            )  # fmt: skip
        values[:] = 0
        for position in range(positions):
            if node_at[position, 0] < 0:
                values[position, width - 1] = _EVERY
                continue
            for party in range(parties):
                node = node_at[position, party]
                for w in range(per_row):
                    join(values, position * per_row + w, rows, node * per_row + w)
        if sequential:
            _all_steps(
                lengths, inners, contexts, nodes, pattern_starts, patterns, reached,
                reached_starts, order, better, steps, step_starts, covered,
            )  # fmt: skip
            for mover in range(parties):
                _respond(
                    mover, mover, group_starts[mover], group_starts[mover + 1], none, values,
                    masks, contexts_of, groups, steps, step_starts, group_at, queues, sizes,
                    group_starts, waiting, fallen,
                )  # fmt: skip
            mover = 0
            while sizes.any():
                if sizes[mover]:
                    size = sizes[mover]
                    queue[:size] = queues[group_starts[mover] : group_starts[mover] + size]
                    sizes[mover] = 0
                    _respond(
                        mover, parties, 0, size, queue, values, masks, contexts_of, groups,
                        steps, step_starts, group_at, queues, sizes, group_starts, waiting,
                        fallen,
                    )  # fmt: skip
                mover = (mover + 1) % parties
        found[draw] = 0
        for position in range(positions):
            unstable = values[position, width - 1]
            if unstable & (_SEQ | _SSEQ) != _SEQ | _SSEQ:
                for party in range(parties):
                    node = node_at[position, party]
                    rank = ranks[classes[node]]
                    if best[node] <= rank:
                        continue
                    own = lengths[party]
                    start = node - (node - nodes[party]) % own
                    a = node - start
                    kinds = 1
                    while kinds * kinds < reached_starts[party + 1] - reached_starts[party]:
                        kinds += 1
                    offset = reached_starts[party]
                    pattern = patterns[pattern_starts[party] : pattern_starts[party + 1]]
                    for q in range(better[node]):
                        b = order[start + q]
                        if reached[offset + pattern[a] * kinds + pattern[b]]:
                            there = position + (b - a) * inners[party]
                            if values[there, party] > rank:
                                unstable |= _SEQ
                            if values[there, parties + party] > rank:
                                unstable |= _SSEQ
                                if unstable & _SEQ:
                                    break
                    if unstable & (_SEQ | _SSEQ) == _SEQ | _SSEQ:
                        break
            held = _EVERY & ~unstable
            concepts_of[position] = held
            if held:
                counts[position] += tally[held]
                for concept in range(5):
                    if (held >> concept) & 1:
                        for word in range(words):
                            found[draw, concept, word] |= regions[position, word]
        for number in range(len(chosen)):
            stable[draw, number] = concepts_of[chosen[number]]
