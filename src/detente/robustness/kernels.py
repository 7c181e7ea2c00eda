"""Compiled analysis of one draw after the other, on structure that all draws share.

See :class:`detente.robustness.structure.Structure` for the arrays. Values of several focal
parties, under SEQ and under SSEQ, stand side by side in one row for each state, so that one pass
over a mover's improvements serves them all, and passes go over runs of groups at once.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from detente.robustness.rows import WIDTH, above, gather_one, gather_two, ones, respond, rise

__all__ = ["COUNT_BITS", "analyse_draws"]

_HIGHEST = np.int16(2**15 - 1)
_EVERY = 31
_NASH, _GMR, _SMR, _SEQ, _SSEQ = 1, 2, 4, 8, 16

# The last number of a row is what is known of the state; the others are pairs, for SEQ and SSEQ.
_KNOWN = WIDTH - 1
_PAIRS = _KNOWN // 2
_SEQ_BITS = sum(1 << 2 * pair for pair in range(_PAIRS))
_SSEQ_BITS = _SEQ_BITS << 1

# Levels that a number tells apart; a party with more of them has more pairs.
_LEVELS = 254

# Positions of which it is noted together when one of their values last fell.
_BLOCK = 32

COUNT_BITS = 12
"""Bits in which each concept's equilibria are counted: fewer than 2**12 draws at a time."""


@njit(cache=True, nogil=True)
def _of_party(starts: Any, values: Any, party: Any) -> Any:
    """What stands in a list of all parties' values, one after the other, for one of them."""
    return values[starts[party] : starts[party + 1]]


@njit(cache=True, nogil=True)
def _between(reached_starts: Any, reached: Any, party: Any) -> Any:
    """The square table of which of a party's patterns can be reached from which."""
    flat = _of_party(reached_starts, reached, party)
    kinds = int(np.sqrt(len(flat)) + 0.5)
    return flat.reshape(kinds, kinds)


@njit(cache=True, nogil=True)
def _responses(
    party: Any,
    ranks: Any,
    lengths: Any,
    contexts: Any,
    nodes: Any,
    pattern: Any,
    between: Any,
    component_starts: Any,
    member_starts: Any,
    members: Any,
    next_starts: Any,
    nexts: Any,
    order: Any,
    better: Any,
    best: Any,
    least: Any,
) -> None:
    """Sort each context's combinations, best first, and find the least that others can do.

    Sets `order`, `better` (how many combinations are preferred to each), `best` (the rank that
    the party can reach from each) and `least` for each component: the least rank, and the least
    rank after the party's best response.
    """
    own = lengths[party]
    kinds = len(between)
    highest_better = np.empty(kinds, dtype=np.int16)
    for context in range(contexts[party], contexts[party + 1]):
        start = nodes[party] + (context - contexts[party]) * own
        # Insertion sort; infeasible combinations stand at the end.
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
    for component in range(component_starts[party], component_starts[party + 1]):
        gmr = _HIGHEST
        smr = _HIGHEST
        for m in range(member_starts[component], member_starts[component + 1]):
            gmr = min(gmr, ranks[members[m]])
            smr = min(smr, best[members[m]])
        for m in range(next_starts[component], next_starts[component + 1]):
            gmr = min(gmr, least[nexts[m], 0])
            smr = min(smr, least[nexts[m], 1])
        least[component, 0] = gmr
        least[component, 1] = smr


@njit(cache=True, nogil=True)
def _settle_at_once(
    party: Any,
    ranks: Any,
    lengths: Any,
    contexts: Any,
    nodes: Any,
    components: Any,
    pattern: Any,
    between: Any,
    order: Any,
    better: Any,
    best: Any,
    least: Any,
    known: Any,
    spans: Any,
    undecided: Any,
) -> None:
    """Settle Nash, GMR and SMR for each node, and SEQ and SSEQ where these settle them.

    Sets `known` (the concepts under which the party moves), `spans` (the least and the greatest
    rank of the states that each own combination is an improvement from, and for which SEQ is
    open) and `undecided` (whether there are such states in a context).
    """
    own = lengths[party]
    kinds = len(between)
    highest_gmr = np.empty(kinds, dtype=np.int16)
    highest_smr = np.empty(kinds, dtype=np.int16)
    low = np.empty(kinds, dtype=np.int16)
    high = np.empty(kinds, dtype=np.int16)
    spans[:own, 0] = _HIGHEST
    spans[:own, 1] = -1
    for context in range(contexts[party], contexts[party + 1]):
        start = nodes[party] + (context - contexts[party]) * own
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
                    unstable |= _NASH
                    if highest_gmr[pattern[a]] > rank:
                        unstable |= _GMR | _SEQ
                    if highest_smr[pattern[a]] > rank:
                        unstable |= _SMR | _SSEQ
                known[start + a] = unstable
                end += 1
            for e in range(q, end):
                a = order[start + e]
                component = components[start + a]
                for k in range(kinds):
                    if between[k, pattern[a]]:
                        highest_gmr[k] = max(highest_gmr[k], least[component, 0])
                        highest_smr[k] = max(highest_smr[k], least[component, 1])
            q = end
        undecided[context] = False
        # Back from the worst: among what is worse, the ranks for which SEQ is open.
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
                if known[start + a] & _NASH and not known[start + a] & _GMR:
                    undecided[context] = True
                    low[pattern[a]] = min(low[pattern[a]], ranks[start + a])
                    high[pattern[a]] = max(high[pattern[a]], ranks[start + a])
            q = first


@njit(cache=True, nogil=True)
def _levels(first: Any, last: Any, ranks: Any, known: Any, level: Any) -> int:
    """Number the ranks of a party anew, from node `first` to `last`, and return the greatest.

    Only whether a value lies above the rank of a state for which SEQ or SSEQ is open matters:
    the level of a rank is the number of such ranks below it.
    """
    highest = 0
    for node in range(first, last):
        if ranks[node] >= 0:
            highest = max(highest, ranks[node])
    level[: highest + 1] = 0
    for node in range(first, last):
        if ranks[node] >= 0 and known[node] & _NASH and not known[node] & _GMR:
            level[ranks[node]] = 1
    count = 0
    for rank in range(highest + 1):
        one = level[rank]
        level[rank] = count
        count += one
    return count


@njit(cache=True, nogil=True)
def _fill(
    lane: Any,
    base: Any,
    first: Any,
    last: Any,
    own: Any,
    ranks: Any,
    best: Any,
    known: Any,
    level: Any,
    spans: Any,
    rows: Any,
    bars: Any,
) -> None:
    """Set a party's two numbers, and what is known, in the row of each of its nodes.

    The numbers are levels above a base. Levels up to the least that matters for an own
    combination count as 0, and all above the greatest as one. Sets `bars` too, rows like these:
    the level above the base that an improvement must keep above to be made. It is beyond all
    levels where the party has no improvement, or the level is that of another base.
    """
    for node in range(first, last):
        rows[node * WIDTH + _KNOWN] = known[node]
        if ranks[node] < 0:
            continue
        bar = level[ranks[node]] - base
        if not known[node] & _NASH or not 0 <= bar < _LEVELS:
            bar = _LEVELS + 1
        a = (node - first) % own
        for number in range(2):
            value = level[best[node]] if number else level[ranks[node]]
            if spans[a, 1] < 0 or value <= level[spans[a, 0]]:
                value = 0
            else:
                value = min(value, level[spans[a, 1]] + 1)
            rows[node * WIDTH + lane + number] = min(max(value - base, 0), _LEVELS)
            bars[node * WIDTH + lane + number] = bar


@njit(cache=True, nogil=True)
def _set_dense(ranks: Any, first: Any, last: Any, present: Any, below: Any, dense: Any) -> None:
    """Number the ranks of a party's classes anew, without gaps."""
    present[:] = 0
    for number in range(first, last):
        present[ranks[number] // 64] |= np.uint64(1) << np.uint64(ranks[number] % 64)
    total = 0
    for word in range(len(present)):
        below[word] = total
        total += ones(present[word])
    for number in range(first, last):
        word = ranks[number] // 64
        lower_bits = (np.uint64(1) << np.uint64(ranks[number] % 64)) - np.uint64(1)
        dense[number] = below[word] + ones(present[word] & lower_bits)


@njit(cache=True, nogil=True)
def _same_order(one: Any, other: Any, own: Any, order: Any, better: Any) -> bool:
    for q in range(own):
        if order[one + q] != order[other + q] or better[one + q] != better[other + q]:
            return False
    return True


@njit(cache=True, nogil=True)
def _set_turns(
    start: Any,
    own: Any,
    inner: Any,
    pattern: Any,
    between: Any,
    order: Any,
    better: Any,
    turns: Any,
) -> None:
    """Set the turns of an order; see :func:`detente.robustness.rows.respond`.

    There are turns for each pattern that an improvement may begin from, one after the other as
    far as the pattern has combinations, and -1 at the end.
    """
    for k in range(len(between)):
        size = 0
        lowered = False
        place = 0
        for q in range(own):
            a = order[start + q]
            if a < 0:
                break
            if not between[k, pattern[a]]:
                continue
            turn = 4 * a * inner
            if pattern[a] == k and better[start + a] > 0:
                turn += 2
                lowered = True
            if better[start + a] != place:
                turn += 1
                place = better[start + a]
            turns[k, start + size] = turn
            size += 1
        if not lowered:
            size = 0
        if size < own:
            turns[k, start + size] = -1


@njit(cache=True, nogil=True)
def _side_by_side(pieces: Any, line: Any, beside: Any, count: Any) -> int:
    """Make units of two rows of the pieces of two lines that lie side by side, if they are alike.

    Returns how many pieces there are then.
    """
    if beside == line or beside - line != count - beside:
        return int(count)
    for piece in range(beside - line):
        one, other = pieces[line + piece], pieces[beside + piece]
        if one[0] + 1 != other[0] or one[1] != other[1] or one[2] != other[2]:
            return int(count)
        one[4] |= other[4]
    pieces[line:beside, 3] = 2
    return int(beside)


@njit(cache=True, nogil=True)
def _pieces(
    party: Any,
    lengths: Any,
    contexts: Any,
    nodes: Any,
    inner: Any,
    pattern: Any,
    between: Any,
    order: Any,
    better: Any,
    run_starts: Any,
    runs: Any,
    alike: Any,
    undecided: Any,
    turns: Any,
    pieces: Any,
) -> int:
    """Join neighbouring runs with the same order, and leave out those without improvements.

    Returns the number of pieces: first position, number of groups, where the order stands, whose
    turns are set, the rows of a unit, and whether SEQ is open for some of its states.
    """
    own = lengths[party]
    kept = 0
    for context in range(contexts[party], contexts[party + 1]):
        start = nodes[party] + (context - contexts[party]) * own
        alike[context] = -1
        size = 0
        while size < own and order[start + size] >= 0:
            size += 1
        if size == 0 or better[start + order[start + size - 1]] == 0:
            continue
        alike[context] = start
        for earlier in range(kept):
            if _same_order(pieces[earlier, 2], start, own, order, better):
                alike[context] = pieces[earlier, 2]
                break
        if alike[context] == start:
            pieces[kept, 2] = start
            kept += 1
            _set_turns(start, own, inner, pattern, between, order, better, turns)
    count = 0
    current = -1
    line = beside = 0
    for run in range(run_starts[party], run_starts[party + 1]):
        start = alike[runs[run, 2]]
        apart = runs[run, 3]
        if start == current and not apart:
            if current >= 0:
                pieces[count - 1, 1] += runs[run, 1]
                pieces[count - 1, 4] |= undecided[runs[run, 2]]
            continue
        if apart:
            if apart == 1:
                count = _side_by_side(pieces, line, beside, count)
                line = count
            beside = count
        current = start
        if current >= 0:
            pieces[count, 0] = runs[run, 0]
            pieces[count, 1] = runs[run, 1]
            pieces[count, 2] = current
            pieces[count, 3] = 1
            pieces[count, 4] = undecided[runs[run, 2]]
            count += 1
    return _side_by_side(pieces, line, beside, count)


@njit(cache=True, nogil=True)
def _respond(
    pieces: Any,
    step: Any,
    own: Any,
    inner: Any,
    kinds: Any,
    order: Any,
    turns: Any,
    values: Any,
    masks: Any,
    mask: Any,
    fallen: Any,
    seen: Any,
    now: Any,
    fell: Any,
) -> bool:
    """Let one party respond by improvements wherever a value fell since, in place.

    Returns whether any value fell.
    """
    total = len(order)
    any_fell = False
    for piece in range(len(pieces)):
        first = np.int64(pieces[piece, 0])
        count = np.int64(pieces[piece, 1])
        start = np.int64(pieces[piece, 2])
        unit = np.int64(pieces[piece, 3])
        wanted = False
        before = -1
        length = (count - 1) * step + unit
        for a in range(own):
            low = (first + a * inner) // _BLOCK
            high = (first + a * inner + length - 1) // _BLOCK
            for block in range(max(low, before + 1), high + 1):
                if fallen[block] > seen:
                    wanted = True
                    break
            if wanted:
                break
            before = high
        if not wanted:
            continue
        for k in range(kinds):
            size = 0
            while size < own and turns[k, start + size] >= 0:
                fell[size] = 0
                size += 1
            respond(
                values, first, count, step, unit, turns, k * total + start, size, masks, mask, fell
            )
            for turn in range(size):
                if fell[turn]:
                    any_fell = True
                    at = first + turns[k, start + turn] // 4
                    for block in range(at // _BLOCK, (at + length - 1) // _BLOCK + 1):
                        fallen[block] = now
    return any_fell


@njit(cache=True, nogil=True)
def _rise(
    pieces: Any,
    step: Any,
    own: Any,
    kinds: Any,
    order: Any,
    turns: Any,
    values: Any,
    masks: Any,
    mask: Any,
) -> None:
    """Set a party's values to the highest that its improvements lead to, in place.

    Groups for whose states SEQ is settled are left as they are.
    """
    total = len(order)
    for piece in range(len(pieces)):
        if not pieces[piece, 4]:
            continue
        first = np.int64(pieces[piece, 0])
        count = np.int64(pieces[piece, 1])
        start = np.int64(pieces[piece, 2])
        unit = np.int64(pieces[piece, 3])
        for k in range(kinds):
            size = 0
            while size < own and turns[k, start + size] >= 0:
                size += 1
            rise(values, first, count, step, unit, turns, k * total + start, size, masks, mask)


@njit(cache=True, nogil=True)
def analyse_draws(
    table: NDArray[np.int16],
    sequential: bool,
    lengths: NDArray[np.int64],
    inners: NDArray[np.int64],
    contexts: NDArray[np.int64],
    nodes: NDArray[np.int64],
    class_starts: NDArray[np.int64],
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
    joins: NDArray[np.int32],
    join_at: NDArray[np.integer],
    infeasible: NDArray[np.int64],
    run_starts: NDArray[np.int64],
    runs: NDArray[np.int32],
    steps: NDArray[np.int64],
    region_of: NDArray[np.unsignedinteger],
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
    lengths, ..., steps
        The structure.
    region_of, regions
        Number of each position's region, and the outcomes to which each region belongs, as bits:
        shapes (positions,) and (regions, words).
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
    positions = len(region_of)
    places = join_at.shape[1]
    words = regions.shape[1]
    total = len(classes)
    values = np.zeros(2 * len(join_at) * WIDTH, dtype=np.uint8)
    ranks = np.empty(total, dtype=np.int16)
    order = np.empty(total, dtype=np.int32)
    better = np.zeros(total, dtype=np.int32)
    best = np.zeros(total, dtype=np.int16)
    known = np.zeros(total, dtype=np.uint8)
    least = np.empty((component_starts[parties], 2), dtype=np.int16)
    alike = np.empty(contexts[parties], dtype=np.int32)
    undecided = np.empty(contexts[parties], dtype=np.bool_)
    spans = np.empty((parties, lengths.max(), 2), dtype=np.int16)
    most_classes = 1
    for party in range(parties):
        most_classes = max(most_classes, class_starts[party + 1] - class_starts[party])
    present = np.empty(int(table.max()) // 64 + 1, dtype=np.uint64)
    below = np.empty(len(present), dtype=np.int32)
    dense = np.empty(table.shape[1], dtype=np.int16)
    level = np.empty((parties, most_classes), dtype=np.int32)
    pairs = np.empty((parties * (1 + most_classes // _LEVELS), 2), dtype=np.int64)
    # One row more, of nothing, for the party that none is left to be joined with.
    rows = np.zeros((total + 1) * WIDTH, dtype=np.uint8)
    bars = np.zeros((total + 1) * WIDTH, dtype=np.uint8)
    joined_rows = np.empty(2 * len(joins) * WIDTH, dtype=np.uint8)
    joined_bars = np.empty(2 * len(joins) * WIDTH, dtype=np.uint8)
    masks = np.zeros(parties * WIDTH, dtype=np.uint8)
    pieces = np.empty((run_starts[parties], 5), dtype=np.int32)
    sizes = np.zeros(parties, dtype=np.int64)
    most_kinds = 1
    for party in range(parties):
        most_kinds = max(most_kinds, len(_between(reached_starts, reached, party)))
    turns = np.empty((most_kinds, total), dtype=np.int32)
    fell = np.empty(lengths.max(), dtype=np.uint8)
    fallen = np.zeros(positions // _BLOCK + 1, dtype=np.int64)
    seen = np.zeros(parties, dtype=np.int64)
    unstable = np.empty(2 * len(join_at), dtype=np.uint8)
    open_at = np.empty(len(join_at), dtype=np.int32)
    inside = np.empty((_EVERY + 1, len(regions)), dtype=np.bool_)
    tally = np.zeros(_EVERY + 1, dtype=np.uint64)
    for held in range(_EVERY + 1):
        for concept in range(5):
            if (held >> concept) & 1:
                tally[held] += np.uint64(1) << np.uint64(concept * COUNT_BITS)
    for draw in range(len(table)):
        for party in range(parties):
            first_class = class_starts[party]
            last_class = class_starts[party + 1]
            _set_dense(table[draw], first_class, last_class, present, below, dense)
        for node in range(total):
            ranks[node] = dense[classes[node]] if classes[node] >= 0 else -1
        number_of_pairs = 0
        for party in range(parties):
            pattern = _of_party(pattern_starts, patterns, party)
            between = _between(reached_starts, reached, party)
            _responses(
                party, ranks, lengths, contexts, nodes, pattern, between,
                component_starts, member_starts, members, next_starts, nexts, order, better,
                best, least,
            )  # fmt: skip
            _settle_at_once(
                party, ranks, lengths, contexts, nodes, components, pattern, between,
                order, better, best, least, known, spans[party], undecided,
            )  # fmt: skip
            count = _levels(nodes[party], nodes[party + 1], ranks, known, level[party])
            for base in range(0, count + 1 if sequential else 1, _LEVELS):
                pairs[number_of_pairs, 0] = party
                pairs[number_of_pairs, 1] = base
                number_of_pairs += 1
            if sequential:
                sizes[party] = _pieces(
                    party, lengths, contexts, nodes, inners[party], pattern, between, order,
                    better, run_starts, runs, alike, undecided, turns, pieces[run_starts[party] :],
                )  # fmt: skip
        unstable[:] = 0 if sequential else _SEQ | _SSEQ
        for first_pair in range(0, number_of_pairs, _PAIRS):
            last_pair = min(first_pair + _PAIRS, number_of_pairs)
            rows[:] = 0
            bars[:] = 0
            masks[:] = 0
            for party in range(parties):
                masks[party * WIDTH + _KNOWN] -= 1
            for pair in range(first_pair, last_pair):
                party = pairs[pair, 0]
                lane = 2 * (pair - first_pair)
                masks[party * WIDTH + lane] -= 1
                masks[party * WIDTH + lane + 1] -= 1
                _fill(
                    lane, pairs[pair, 1], nodes[party], nodes[party + 1], lengths[party], ranks,
                    best, known, level[party], spans[party], rows, bars,
                )  # fmt: skip
            first_party = pairs[first_pair, 0]
            count = pairs[last_pair - 1, 0] - first_party + 1
            for row in range(2 * len(joins)):
                gather_one(joined_rows, row, rows, joins, 2 * row, 2)
                gather_one(joined_bars, row, bars, joins, 2 * row, 2)
            for two in range(len(join_at)):
                gather_two(values, 2 * two, joined_rows, join_at, two * places, places)
            for position in range(positions):
                unstable[position] |= values[position * WIDTH + _KNOWN]
            for position in infeasible:
                unstable[position] = _EVERY
            if not sequential:
                continue
            fallen[:] = 1
            seen[:] = 0
            now = 1
            quiet = 0
            mover = 0
            while quiet < parties:
                now += 1
                any_fell = _respond(
                    pieces[run_starts[mover] : run_starts[mover] + sizes[mover]],
                    steps[mover], lengths[mover], inners[mover],
                    len(_between(reached_starts, reached, mover)), order, turns, values, masks,
                    mover, fallen, seen[mover], now, fell,
                )  # fmt: skip
                seen[mover] = now
                quiet = 0 if any_fell else quiet + 1
                mover = (mover + 1) % parties
            for party in range(first_party, first_party + count):
                _rise(
                    pieces[run_starts[party] : run_starts[party] + sizes[party]],
                    steps[party], lengths[party],
                    len(_between(reached_starts, reached, party)), order, turns, values, masks,
                    party,
                )  # fmt: skip
            left = 0
            for two in range(len(join_at)):
                open_at[left] = two
                one, other = unstable[2 * two], unstable[2 * two + 1]
                left += (one & (_NASH | _SEQ) == _NASH) | (other & (_NASH | _SEQ) == _NASH)
            for number in range(left):
                two = int(open_at[number])
                bits = above(values, 2 * two, joined_bars, join_at, two * places, places)
                # No branch: which way it goes cannot be told in advance, which costs more.
                # A state for which SEQ is settled stays as it is.
                unstable[2 * two] |= (bits & _SEQ_BITS != 0) * (_SEQ | _SSEQ)
                unstable[2 * two] |= (bits & _SSEQ_BITS != 0) * _SSEQ
                bits >>= WIDTH
                unstable[2 * two + 1] |= (bits & _SEQ_BITS != 0) * (_SEQ | _SSEQ)
                unstable[2 * two + 1] |= (bits & _SSEQ_BITS != 0) * _SSEQ
        inside[:] = False
        for position in range(positions):
            held = _EVERY & ~unstable[position]
            counts[position] += tally[held]
            inside[held, region_of[position]] = True
        found[draw] = 0
        for held in range(_EVERY + 1):
            for region in range(len(regions)):
                if inside[held, region]:
                    for concept in range(5):
                        if (held >> concept) & 1:
                            for word in range(words):
                                found[draw, concept, word] |= regions[region, word]
        for number in range(len(chosen)):
            stable[draw, number] = _EVERY & ~unstable[chosen[number]]
