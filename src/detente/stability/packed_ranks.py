"""Ranks of several parties side by side in whole numbers, which are compared all at once.

Each party has a lane of bits, and above it a guard bit, which is not set. Take one number from
another in which all guard bits are set: a guard bit is left standing exactly where the party's
rank in the first is no higher. Rows of as many words as it takes hold the lanes of all parties.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["WORD_BITS", "Lanes", "Words", "lanes"]

WORD_BITS = 63
"""Bits of a word; the one that is its sign stays free."""

Words = NDArray[np.int64]
"""Shape (states, words): a row for each state."""


@dataclass(frozen=True, slots=True, eq=False)
class Lanes:
    """Where each party's rank stands in a row of words.

    Attributes
    ----------
    word
        For each party, the number of the word in which its lane is.
    shift
        For each party, the lowest bit of its lane.
    bits
        For each party, how many bits its lane has, without the guard bit.
    words
        How many words a row has.
    """

    word: tuple[int, ...]
    shift: tuple[int, ...]
    bits: tuple[int, ...]
    words: int

    def packed(self, parties: Iterable[int], ranks: Iterable[NDArray[np.int32]]) -> Words:
        """Ranks of some parties, each by state, side by side; the lanes of others hold zero."""
        rows: Words | None = None
        for party, own in zip(parties, ranks, strict=True):
            if rows is None:
                rows = np.zeros((own.size, self.words), dtype=np.int64)
            rows[:, self.word[party]] |= own.astype(np.int64) << self.shift[party]
        assert rows is not None
        return rows

    def guards(self, parties: Iterable[int]) -> tuple[int, ...]:
        """The guard bits of some parties, in each word of a row."""
        found = [0] * self.words
        for party in parties:
            found[self.word[party]] |= 1 << (self.shift[party] + self.bits[party])
        return tuple(found)

    def whole(self, parties: Sequence[int]) -> Words:
        """All bits of some parties' lanes; shape (parties, words)."""
        found = np.zeros((len(parties), self.words), dtype=np.int64)
        for number, party in enumerate(parties):
            found[number, self.word[party]] = ((1 << self.bits[party]) - 1) << self.shift[party]
        return found

    def ranks(self, party: int, rows: Words) -> NDArray[np.int32]:
        """What the lane of a party holds, in each row."""
        lane = rows[:, self.word[party]] >> self.shift[party]
        own: NDArray[np.int32] = (lane & ((1 << self.bits[party]) - 1)).astype(np.int32)
        return own


def lanes(highest: Sequence[int], word_bits: int = WORD_BITS) -> Lanes:
    """Give each party a lane in which ranks from 0 to its highest have room."""
    bits = [max(one.bit_length(), 1) for one in highest]
    word, shift = [], []
    last, used = 0, 0
    for one in bits:
        if used + one + 1 > word_bits and used:
            last, used = last + 1, 0
        word.append(last)
        shift.append(used)
        used += one + 1
    return Lanes(tuple(word), tuple(shift), tuple(bits), last + 1)
