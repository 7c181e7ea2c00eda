"""Which of its own statements a party loses from one state to another.

What a stage costs a party is told by statements, as ranks and shares of ranges hang on statements
that play no part (definition 6a of docs/concepts/roadmaps.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Statement, Statements
from detente.dispute.formula import negation
from detente.space.graph_model import GraphModel
from detente.space.states import rows_where

__all__ = ["LostStatements", "StatementTable", "WorstLosses"]

_WORD = 64

# Between any two of so many codes, what is lost is worked out once.
_MOST_CODES = 2048


@dataclass(frozen=True, slots=True, eq=False)
class StatementTable:
    """Which statements are true, by code, as compiled loops read it.

    Attributes
    ----------
    codes
        Shape (parties, nodes): nodes of the same code have the same statements true. 0 where a
        node is not feasible.
    first
        By party: where the words of its code 0 stand; -1 for a party whose states are ordered,
        whose codes are its ranks.
    words
        Shape (codes of all parties, words): a bit for each statement.
    """

    codes: NDArray[np.int32]
    first: NDArray[np.int64]
    words: NDArray[np.uint64]


class LostStatements:
    """How many statements each party loses between nodes (definition 6a).

    Parameters
    ----------
    model
        The graph model.
    """

    def __init__(self, model: GraphModel) -> None:
        self.model = model
        self.ranks = model.graph.ranks

    @cached_property
    def table(self) -> StatementTable:
        """The statements of all parties."""
        codes, first, words, length = self.ranks, [], [], 0
        for number, party in enumerate(self.model.dispute.parties):
            preferences = party.preferences
            if not isinstance(preferences, Statements):
                first.append(-1)
                continue
            if preferences.weighted:
                if codes is self.ranks:
                    codes = self.ranks.copy()
                codes[number], rows = self._by_pattern(number, preferences.statements)
            else:
                rows = self._by_rank(number, preferences.statements)
            first.append(length)
            words.append(rows)
            length += len(rows)
        most = max((rows.shape[1] for rows in words), default=1)
        widened = [np.pad(rows, ((0, 0), (0, most - rows.shape[1]))) for rows in words]
        whole = np.concatenate([np.zeros((0, most), dtype=np.uint64), *widened])
        return StatementTable(codes, np.array(first, dtype=np.int64), whole)

    def _by_rank(self, party: int, statements: tuple[Statement, ...]) -> NDArray[np.uint64]:
        """Words of each rank: equal ranks have the same statements true."""
        own = self.ranks[party]
        example = np.zeros(int(own.max()) + 1, dtype=np.int64)
        example[own] = np.arange(own.size)
        levels = self.model.space.levels_at(self.model.positions(example))
        return _packed(
            [rows_where(one.formula.expression, levels) for one in statements], own.size
        )[: example.size]

    def _by_pattern(
        self, party: int, statements: tuple[Statement, ...]
    ) -> tuple[NDArray[np.int32], NDArray[np.uint64]]:
        """Codes of the nodes, and the words of each: equal weights may be of other statements."""
        truths = []
        for one in statements:
            # What counts against a state is lost where it becomes true; without weight, nothing.
            formula = negation(one.formula) if (one.weight or 0) < 0 else one.formula
            truth = self.model.holds(formula)
            truths.append(truth if one.weight else np.zeros_like(truth))
        packed = _packed(truths, self.ranks.shape[1])
        rows, codes = np.unique(packed, axis=0, return_inverse=True)
        numbered = codes.reshape(-1).astype(np.int32) + 1
        numbered[self.ranks[party] == 0] = 0
        return numbered, np.concatenate([np.zeros((1, rows.shape[1]), dtype=np.uint64), rows])

    def count(
        self, party: int, sources: NDArray[np.integer], targets: NDArray[np.integer]
    ) -> NDArray[np.integer]:
        """How many statements a party loses between nodes; 0 where it ranks the target no lower.

        Of a party with an explicit order, by how many places it falls.
        """
        codes = self.table.codes[party]
        return self.between(party, codes[sources], codes[targets])

    def between(
        self, party: int, before: NDArray[np.int32], after: NDArray[np.int32]
    ) -> NDArray[np.integer]:
        """The same between codes of nodes."""
        first = int(self.table.first[party])
        if first < 0:
            places: NDArray[np.int32] = np.maximum(before - after, 0)
            return places
        matrix = self._matrix(party)
        lost: NDArray[np.integer]
        if matrix is not None:
            lost = matrix.reshape(-1)[before * np.int32(len(matrix)) + after]
            return lost
        words = self.table.words
        lost = np.bitwise_count(words[first + before] & ~words[first + after]).sum(axis=-1)
        fallen = self._rank_of[party][before] > self._rank_of[party][after]
        return np.where(fallen, lost, 0).astype(np.int32)

    def _matrix(self, party: int) -> NDArray[np.int16] | None:
        """How many statements are lost between any two codes; None where they are too many."""
        if party not in self._matrices:
            ranks = self._rank_of[party]
            first = int(self.table.first[party])
            matrix = None
            if ranks.size <= _MOST_CODES:
                words = self.table.words[first : first + ranks.size]
                matrix = np.zeros((ranks.size, ranks.size), dtype=np.int16)
                for word in words.T:
                    matrix += np.bitwise_count(word[:, np.newaxis] & ~word)
                matrix[ranks[:, np.newaxis] <= ranks] = 0
            self._matrices[party] = matrix
        return self._matrices[party]

    @cached_property
    def _matrices(self) -> dict[int, NDArray[np.int16] | None]:
        return {}

    @cached_property
    def _rank_of(self) -> list[NDArray[np.int32]]:
        """By party: the rank of each code."""
        found = []
        for codes, ranks in zip(self.table.codes, self.ranks, strict=True):
            of_code = np.zeros(int(codes.max()) + 1, dtype=np.int32)
            of_code[codes] = ranks
            found.append(of_code)
        return found

    def greatest(
        self, sources: NDArray[np.integer], targets: NDArray[np.integer]
    ) -> NDArray[np.float32]:
        """The greatest number of statements that any one party loses between nodes."""
        most = np.zeros(np.broadcast_shapes(sources.shape, targets.shape), dtype=np.float32)
        for party in range(len(self.ranks)):
            np.maximum(most, self.count(party, sources, targets), out=most)
        return most


class WorstLosses:
    """What each party loses at the worst, over states that may result from the same stages.

    Parameters
    ----------
    lost
        How many statements are lost between nodes.
    sources
        Where the stages start.
    """

    def __init__(self, lost: LostStatements, sources: NDArray[np.int64]) -> None:
        self.lost = lost
        self.sources = sources
        parties = len(lost.ranks)
        self.lowest = lost.ranks[:, sources].copy()
        self.numbers = np.zeros((parties, sources.size), dtype=np.int32)

    def look_at(self, party: int, reached: NDArray[np.int64]) -> None:
        """Take into account that a party may find itself at some nodes, one for each stage."""
        ranks = self.lost.ranks[party, reached]
        numbers = self.lost.count(party, self.sources, reached)
        lower = ranks < self.lowest[party]
        # Of equally low states the one where more is lost.
        more = (ranks == self.lowest[party]) & (numbers > self.numbers[party])
        worse = lower | more
        self.lowest[party, worse] = ranks[worse]
        self.numbers[party, worse] = numbers[worse]

    def greatest(self) -> NDArray[np.float32]:
        """By stage: the greatest number of statements that any one party loses."""
        most: NDArray[np.float32] = self.numbers.max(axis=0, initial=0).astype(np.float32)
        return most


def _packed(truths: list[NDArray[np.bool_]], length: int) -> NDArray[np.uint64]:
    """Truth of statements as bits of words, shape (nodes, words)."""
    size = len(truths[0]) if truths else length
    words = np.zeros((size, max(1, -(-len(truths) // _WORD))), dtype=np.uint64)
    for number, truth in enumerate(truths):
        words[:, number // _WORD] |= truth.astype(np.uint64) << np.uint64(number % _WORD)
    return words
