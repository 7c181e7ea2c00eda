"""The questions of claims, answered where some preference statements are held and no others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from math import prod
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Dispute, Formula, Statements
from detente.evidence.options_that_matter import options_that_matter
from detente.evidence.statements_that_matter import StatementNumber, statements_on_own_options
from detente.queries.answer import Answer, PartAnswer
from detente.queries.evaluation import evaluate
from detente.queries.play_steps import Ground
from detente.queries.query import Query
from detente.space.graph_model import with_ranks
from detente.space.left_out import takes_fewer_options, values_at, with_options_at
from detente.space.ranks import prioritised_ranks

__all__ = ["HeldStatements"]

# So many ranks of single parties are kept: other sets of statements share most of them.
_RANKS_KEPT = 32

# Models without some options are kept for so many sets of options, those asked for last.
_MODELS_KEPT = 16

# Of a party with up to so many statements, ranks are told by the sum of those that hold.
_SUMMED = 20


# From statements that are held to the options that matter.
_Options: TypeAlias = Callable[[Iterable[StatementNumber]], frozenset[int]]


class HeldStatements:
    """Answers questions where some preference statements are held, and no others.

    States that differ only in options of which neither the question nor a statement that is held
    speaks are worked on as one.

    Parameters
    ----------
    ground
        The graph model of the dispute, all of whose preferences are prioritised statements.
    scores
        What statements are worth in its states, where it is known; see :meth:`beside`.
    pause
        Called before each answer; what it raises ends the work.
    """

    def __init__(
        self,
        ground: Ground,
        scores: list[NDArray[np.int32]] | None = None,
        pause: Callable[[], None] = lambda: None,
    ) -> None:
        self._pause = pause
        self.dispute = ground.model.dispute
        self._whole = ground
        self._scores = _scores(ground) if scores is None else scores
        self.on_own_options = statements_on_own_options(self.dispute)
        self._without: dict[frozenset[int], _RankedByStatements] = {}
        self._asked: tuple[Query, Callable[[Iterable[StatementNumber]], frozenset[int]]] | None = (
            None
        )
        self.all: tuple[StatementNumber, ...] = tuple(
            (party, number)
            for party, own in enumerate(_formulas(self.dispute))
            for number in range(len(own))
        )

    def beside(self, pause: Callable[[], None]) -> HeldStatements:
        """The same for another thread."""
        return HeldStatements(self._whole.beside(), self._scores, pause)

    def answer(self, query: Query, held: frozenset[StatementNumber]) -> Answer:
        """The answer where these statements are held, without examples."""
        self._pause()
        left_out = self._left_out(query, held)
        found = evaluate(query, self._model_without(left_out).ground(held), examples=False)
        alike = prod(len(self.dispute.options[one].levels) for one in left_out)
        return replace(found, parts=tuple(_times(one, alike) for one in found.parts))

    def _left_out(self, query: Query, held: frozenset[StatementNumber]) -> frozenset[int]:
        """Options on which the answer cannot hang."""
        if not takes_fewer_options(self._whole.model):
            return frozenset()
        if self._asked is None or self._asked[0] is not query:
            self._asked = query, options_that_matter(query, self.dispute)
        return frozenset(range(len(self.dispute.options))) - self._asked[1](held)

    def _model_without(self, options: frozenset[int]) -> _RankedByStatements:
        model = self._without.pop(options, None)
        if model is None:
            ground, scores = self._whole, self._scores
            if options:
                first, count = dict.fromkeys(options, 0), ground.model.space.levels
                ground = Ground(with_options_at(ground.model, first))
                scores = [values_at(first, one, count) for one in scores]
            model = _RankedByStatements(ground, scores, self.on_own_options)
        self._without[options] = model
        if len(self._without) > _MODELS_KEPT:
            del self._without[next(iter(self._without))]
        return model


class _RankedByStatements:
    """A graph model, with the ranks that parties would have by some of their statements.

    Parameters
    ----------
    ground
        The graph model.
    scores
        By party, where it has few statements, and position: see :func:`_scores`.
    on_own_options
        The statements on which improvements hang.
    """

    def __init__(
        self,
        ground: Ground,
        scores: list[NDArray[np.int32]],
        on_own_options: frozenset[StatementNumber],
    ) -> None:
        self._stated = ground
        self._scores = scores
        self._formulas = _formulas(ground.model.dispute)
        self._on_own_options = on_own_options
        # All bits of a number where a state is, and none elsewhere.
        self._where_states_are = -ground.model.space.feasible.astype(np.int32)
        self._numbers: dict[tuple[StatementNumber, ...], int] = {}
        self._ranks: dict[tuple[int, tuple[StatementNumber, ...]], NDArray[np.int32]] = {}

    def ground(self, held: Iterable[StatementNumber]) -> Ground:
        """The model in which only these statements are held, each party's in their order."""
        own = [
            tuple(sorted(one for one in held if one[0] == party))
            for party in range(len(self._formulas))
        ]
        ranks = np.stack([self._known_ranks_of(party, some) for party, some in enumerate(own)])
        on_own_options = [tuple(one for one in some if one in self._on_own_options) for some in own]
        return self._stated.of_other_ranks(
            with_ranks(self._stated.model, ranks),
            rank_names=tuple(self._number_of(some) for some in own),
            move_names=tuple(self._number_of(some) for some in on_own_options),
        )

    def _number_of(self, statements: tuple[StatementNumber, ...]) -> int:
        """A number for some statements, which is quicker to look for than they are."""
        return self._numbers.setdefault(statements, len(self._numbers))

    def _known_ranks_of(self, party: int, held: tuple[StatementNumber, ...]) -> NDArray[np.int32]:
        """Those that were asked for last are kept."""
        ranks = self._ranks.pop((party, held), None)
        if ranks is None:
            ranks = self._ranks_of(party, held)
        self._ranks[party, held] = ranks
        if len(self._ranks) > _RANKS_KEPT:
            del self._ranks[next(iter(self._ranks))]
        return ranks

    def _ranks_of(self, party: int, held: tuple[StatementNumber, ...]) -> NDArray[np.int32]:
        """Numbers in the order of a party's ranks if it has these statements."""
        formulas, space = self._formulas[party], self._stated.model.space
        if len(formulas) > _SUMMED:
            return prioritised_ranks([formulas[number] for _, number in held], space)
        # States are compared by the first statement that tells them apart, so statements that are
        # not held are left out of the sum.
        summed = sum(2 ** (len(formulas) - 1 - number) for _, number in held)
        ranks: NDArray[np.int32] = self._scores[party] & summed
        ranks += 1
        ranks &= self._where_states_are
        return ranks


def _formulas(dispute: Dispute) -> list[list[Formula]]:
    """By party: what its statements say."""
    formulas = []
    for party in dispute.parties:
        assert isinstance(party.preferences, Statements), "looked at before"
        formulas.append([one.formula for one in party.preferences.statements])
    return formulas


def _scores(ground: Ground) -> list[NDArray[np.int32]]:
    """By party and position: of true statements, each counts twice as much as the next.

    Of a party with many statements it is not worked out.
    """
    space = ground.model.space
    scores = []
    for formulas in _formulas(ground.model.dispute):
        total = np.zeros(space.shape, dtype=np.int32)
        if len(formulas) <= _SUMMED:
            for formula in formulas:
                total *= 2
                total += space.evaluate(formula.expression)
        scores.append(total.reshape(-1))
    return scores


def _times(part: PartAnswer, alike: int) -> PartAnswer:
    """The answer to a part, each case of which stands for so many."""
    return replace(
        part,
        holds=part.holds * alike,
        of=part.of * alike,
        not_arising=part.not_arising * alike,
    )
