"""Stability by sanctions where preferences are more than a rank: unknown, or of some strength.

Two ranks for each state, one *as stated* and one with some statements *turned round*, say how
any two states compare (see :func:`detente.space.ranks.uncertain_ranks`). Whether a state
is a sanction then depends on the state that was left by more than a threshold, so no single
number can be carried along the moves. What is carried is a row of bits, one for each class of
states between which the party is indifferent: whether a sanction against states of that class
can be reached. Cost is states times classes, by 64 classes at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.space.move_lists import MoveList, SparseGraph
from detente.stability.concept import Reaction

__all__ = ["Sanctions", "TwoRanks", "deterred", "response_moves"]

Bits = NDArray[np.uint64]

# Classes whose bits are carried together, and how many bytes of bits may be alive at once for
# one party's moves: more classes at a time are faster until memory runs short.
_MOST_CLASSES = 512
_MOST_BYTES = 2**27


@dataclass(frozen=True, eq=False, slots=True)
class TwoRanks:
    """How one party compares states: two ranks for each node.

    Attributes
    ----------
    stated
        Dense ranks, from 1, as stated.
    turned
        Ranks with some statements turned round; equal where and only where `stated` is.
    """

    stated: NDArray[np.int32]
    turned: NDArray[np.int32]

    def is_simple(self) -> bool:
        """Whether the two are the same, so that one rank says all."""
        return self.stated is self.turned

    def surely_better(self, moves: MoveList) -> NDArray[np.bool_]:
        """Whether each move leads to a state that is higher in both ranks."""
        here, there = moves.sources, moves.targets
        better: NDArray[np.bool_] = (self.stated[there] > self.stated[here]) & (
            self.turned[there] > self.turned[here]
        )
        return better

    def perhaps_better(self, moves: MoveList) -> NDArray[np.bool_]:
        """Whether each move leads to a state that is higher in at least one of the ranks."""
        here, there = moves.sources, moves.targets
        better: NDArray[np.bool_] = (self.stated[there] > self.stated[here]) | (
            self.turned[there] > self.turned[here]
        )
        return better


Sanctions = Callable[
    [
        NDArray[np.int32],
        NDArray[np.int32],
        NDArray[np.int32],
        NDArray[np.int32],
    ],
    NDArray[np.bool_],
]
"""Given two ranks of a state and two of the state that was left: is the first a sanction?"""


def response_moves(graph: SparseGraph, party: int, reaction: Reaction) -> list[MoveList]:
    """The moves with which each of the others may answer a party."""
    return [
        graph.improvements(other) if reaction.improving else graph.lists[other]
        for other in range(len(graph.lists))
        if other != party
    ]


def deterred(
    ranks: TwoRanks,
    moves: MoveList,
    incentives: MoveList,
    responses: Sequence[MoveList],
    sanctions: Sanctions,
    *,
    counter_move: bool,
) -> NDArray[np.bool_]:
    """Whether the others can sanction every move by which a party is tempted.

    Node *s* is stable when for each *s1* among the incentives from *s* some *s2*, reached from
    *s1* by a legal sequence of responses, is a sanction against leaving *s*; with a counter-move,
    every state that the party can reach from *s2* must be one as well.

    Parameters
    ----------
    ranks
        How the party compares states.
    moves
        All moves of the party.
    incentives
        Those of its moves by which it is tempted.
    responses
        For each other party, the moves that it may make.
    sanctions
        Which states are sanctions.
    counter_move
        Whether the party may move once more after the sanction.

    Returns
    -------
    numpy.ndarray of bool
        For each node.
    """
    sources = incentives.sources
    stable = np.ones(ranks.stated.size, dtype=np.bool_)
    classes, first = np.unique(ranks.stated, return_index=True)
    wanted = np.zeros(classes.size, dtype=np.bool_)
    class_of = np.searchsorted(classes, ranks.stated)
    wanted[class_of[sources]] = True
    most_moves = max((one.targets.size for one in (moves, *responses)), default=0)
    for chosen in _blocks(np.flatnonzero(wanted), most_moves):
        left = first[chosen]
        sanction = sanctions(
            ranks.stated[:, np.newaxis],
            ranks.turned[:, np.newaxis],
            ranks.stated[left],
            ranks.turned[left],
        )
        seeds = _packed(sanction)
        if counter_move:
            seeds = seeds & ~_any_target(~seeds, moves)
        reached = _reached(seeds, responses)
        place = np.full(classes.size, -1, dtype=np.int64)
        place[chosen] = np.arange(chosen.size)
        bit = place[class_of[sources]]
        asked = np.flatnonzero(bit >= 0)
        word, shift = np.divmod(bit[asked], 64)
        held = (reached[incentives.targets[asked], word] >> shift.astype(np.uint64)) & np.uint64(1)
        stable[sources[asked[held == 0]]] = False
    return stable


def _blocks(classes: NDArray[np.intp], most_moves: int) -> Iterator[NDArray[np.intp]]:
    fit = _MOST_BYTES // max(1, most_moves) // 8 * 64
    size = max(64, min(_MOST_CLASSES, fit))
    for start in range(0, classes.size, size):
        yield classes[start : start + size]


def _packed(truth: NDArray[np.bool_]) -> Bits:
    """Truth values as bits, shape (nodes, words); bit *c* of a row is column *c*."""
    nodes, columns = truth.shape
    words = -(-columns // 64)
    padded = np.zeros((nodes, words * 64), dtype=np.bool_)
    padded[:, :columns] = truth
    packed = np.packbits(padded, axis=1, bitorder="little")
    return packed.view(np.dtype("<u8")).astype(np.uint64, copy=False)


def _any_target(bits: Bits, moves: MoveList) -> Bits:
    """For each node, the bits that are set at the target of any of its moves."""
    found = np.zeros_like(bits)
    movable = np.flatnonzero(np.diff(moves.starts))
    if movable.size:
        found[movable] = np.bitwise_or.reduceat(bits[moves.targets], moves.starts[movable], axis=0)
    return found


def _reached(seeds: Bits, responses: Sequence[MoveList]) -> Bits:
    """The bits set anywhere that legal sequences of one or more responses lead to.

    No party moves twice in a row, so what can follow is kept for each last mover. Bits are only
    ever added, so the rounds end.
    """
    movers = range(len(responses))
    after = [seeds] * len(responses)
    while True:
        next_move = [_any_target(bits, moves) for bits, moves in zip(after, responses, strict=True)]
        updated = []
        for last in movers:
            bits = seeds
            for mover in movers:
                if mover != last:
                    bits = bits | next_move[mover]
            updated.append(bits)
        if all(np.array_equal(a, b) for a, b in zip(after, updated, strict=True)):
            reached = np.zeros_like(seeds)
            for bits in next_move:
                reached |= bits
            return reached
        after = updated
