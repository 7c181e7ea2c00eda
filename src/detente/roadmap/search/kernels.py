"""Compiled kernels of the search for plans."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from detente.space.compiling import allocating_kernel, allocating_kernel_part, kernel_part
from detente.space.shared_work import in_parts

__all__ = ["lower_by_moves"]

_INFINITE = np.float32(np.inf)


def lower_by_moves(
    into: NDArray[np.float32],
    sound: NDArray[np.float32],
    broken: NDArray[np.float32],
    ranks: NDArray[np.int32],
    codes: NDArray[np.int32],
    rows: NDArray[np.int64],
    words: NDArray[np.uint64],
    party: int,
    offered: int,
    permitted: NDArray[np.bool_],
    inner: int,
) -> None:
    """Lower what remains from each node by one more move of a party.

    Parameters
    ----------
    into
        What remains, by position; changed in place.
    sound, broken
        What remains after a move to each position, made willingly or whether willingly or not.
    ranks
        Shape (parties, positions); 0 at infeasible positions.
    codes, rows, words
        Codes, first rows and words of a
        :class:`detente.roadmap.search.statements_lost.StatementTable`.
    party
        Number of the mover.
    offered
        The rank that it is offered in the end.
    permitted
        Shape (own, own): whether the mover may go from the first combination to the second.
    inner
        How many combinations the earlier parties' options have.
    """
    work = partial(
        _lower_groups,
        into,
        sound,
        broken,
        ranks,
        codes,
        rows,
        words,
        party,
        offered,
        permitted,
        inner,
    )
    in_parts(work, into.size // len(permitted), into.size)


@allocating_kernel
def _lower_groups(
    into: NDArray[np.float32],
    sound: NDArray[np.float32],
    broken: NDArray[np.float32],
    ranks: NDArray[np.int32],
    codes: NDArray[np.int32],
    rows: NDArray[np.int64],
    words: NDArray[np.uint64],
    party: int,
    offered: int,
    permitted: NDArray[np.bool_],
    inner: int,
    first: int,
    last: int,
) -> None:
    for group in range(first, last):
        _lower_group(
            group, into, sound, broken, ranks, codes, rows, words, party, offered, permitted, inner
        )


@allocating_kernel_part
def _lower_group(
    group: int,
    into: NDArray[np.float32],
    sound: NDArray[np.float32],
    broken: NDArray[np.float32],
    ranks: NDArray[np.int32],
    codes: NDArray[np.int32],
    rows: NDArray[np.int64],
    words: NDArray[np.uint64],
    party: int,
    offered: int,
    permitted: NDArray[np.bool_],
    inner: int,
) -> None:
    own = len(permitted)
    first = (group // inner) * own * inner + group % inner
    ends = np.empty(own, dtype=np.int64)
    count = 0
    for a in range(own):
        there = first + a * inner
        if sound[there] < _INFINITE or broken[there] < _INFINITE:
            ends[count] = a
            count += 1
    if count == 0:
        return
    for a in range(own):
        here = first + a * inner
        rank = ranks[party, here]
        if rank == 0:
            continue
        least = into[here]
        for place in range(count):
            b = ends[place]
            there = first + b * inner
            value = broken[there]
            if sound[there] < value and rank <= offered:
                value = sound[there]
            if value >= least or not permitted[a, b]:
                continue
            for one in range(len(ranks)):
                lost = ranks[one, here] - ranks[one, there]
                if lost <= 0:
                    continue
                if rows[one] >= 0:
                    lost = 0
                    before, after = rows[one] + codes[one, here], rows[one] + codes[one, there]
                    for word in range(words.shape[1]):
                        lost += _ones(words[before, word] & ~words[after, word])
                value = max(value, np.float32(lost))
            least = min(least, value)
        into[here] = least


@kernel_part
def _ones(word: np.uint64) -> int:
    """How many bits of a word are set."""
    count = 0
    while word != 0:
        word &= word - np.uint64(1)
        count += 1
    return count
