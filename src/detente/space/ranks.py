"""From stated preferences to a rank for every state.

Ranks are dense: 1 for a party's least preferred feasible states, one more for each step up.
Infeasible positions have rank 0.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise
from math import lcm

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Dispute, Formula, OrderedStates, Party, Statement, Statements
from detente.dispute.errors import DisputeError, LimitError, TakenAsStatedWarning
from detente.dispute.formula import negation
from detente.space.states import StateSpace

__all__ = [
    "dense_ranks",
    "party_ranks",
    "prioritised_ranks",
    "ranks",
    "strength_ranks",
    "tell_unknown",
    "uncertain_ranks",
    "whole_weights",
]


def ranks(
    dispute: Dispute,
    space: StateSpace,
    progress: Callable[[str, float], None] | None = None,
) -> NDArray[np.int32]:
    """Rank every position for every party.

    Parameters
    ----------
    dispute
        The dispute, whose parties' preferences are ranked.
    space
        Its states.
    progress
        Called before each party; of a whole analysis, nothing is done yet.

    Returns
    -------
    numpy.ndarray of int32
        Shape (parties, positions); higher is better, equal is indifferent.

    Raises
    ------
    DisputeError
        If an explicit order leaves out or repeats a state, or if the members of a coalesced
        state are not equal for some party.

    Warns
    -----
    TakenAsStatedWarning
        Where it is unknown which way a statement is preferred, which is then taken as stated.
    """
    table = np.empty((len(dispute.parties), space.size), dtype=np.int32)
    for number, party in enumerate(dispute.parties):
        if progress:
            progress(f"preferences of {party.id}", 0.0)
        table[number] = party_ranks(dispute, party, space)
    return table


def party_ranks(dispute: Dispute, party: Party, space: StateSpace) -> NDArray[np.int32]:
    """Rank every position for one party; see :func:`ranks`."""
    preferences = party.preferences
    if isinstance(preferences, OrderedStates):
        result = _ordered_ranks(dispute, party, preferences, space)
    elif preferences.weighted:
        try:
            result = _weighted_ranks(preferences.statements, space)
        except OverflowError as error:
            raise LimitError(
                f"{error}; their digits, from the largest to the smallest, may number about 18",
                path=dispute.path,
                key=f"parties.{party.id}.preferences",
            ) from None
    else:
        tell_unknown(dispute, party, preferences.statements)
        formulas = [statement.formula for statement in preferences.statements]
        result = prioritised_ranks(formulas, space)
    _check_classes(dispute, party, space, result)
    return result


def tell_unknown(dispute: Dispute, party: Party, statements: Sequence[Statement]) -> None:
    """Warn that statements of which it is unknown which way they are preferred count as stated."""
    unknown = [(number, one) for number, one in enumerate(statements, start=1) if one.unknown]
    if not unknown:
        return
    number, first = unknown[0]
    place = first.formula.place
    where = "" if place is None else f"{dispute.path or 'line'}:{place.line}:{place.column}: "
    more = f" and {len(unknown) - 1} more" if len(unknown) > 1 else ""
    warnings.warn(
        f"{where}it is unknown which way {party.id}.{number} “{first.formula.text}”{more} "
        f"{'are' if more else 'is'} preferred: what follows takes {'them' if more else 'it'} as "
        f"stated; "
        "`detente uncertain` looks at both ways",
        TakenAsStatedWarning,
        stacklevel=2,
    )


def _check_classes(
    dispute: Dispute, party: Party, space: StateSpace, result: NDArray[np.int32]
) -> None:
    for formula, members in zip(dispute.coalesce, space.classes, strict=True):
        if (result[members] != result[members[0]]).any():
            raise DisputeError(
                f"the states in which “{formula.text}” holds count as one state, but the "
                f"preferences of {party.id} tell them apart",
                path=dispute.path,
                place=formula.place,
                key="coalesce",
            )


def uncertain_ranks(
    dispute: Dispute, party: Party, space: StateSpace
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Two ranks of every position, which together say what is known of one party's preferences.

    The first takes every unknown statement as it stands, the second the other way round. States
    that differ first in an unknown statement stand one way in the first and the other way in
    the second; in whatever way the unknown statements turn out, all other pairs stand as they
    do in both. So of two states

    - one is known to be preferred if it is higher in both;
    - the party is known to be indifferent if they are equal in both (equal in one is equal in
      the other);
    - which is preferred is unknown if one is higher in the first and the other in the second.

    Parameters
    ----------
    dispute
        The dispute.
    party
        One of its parties.
    space
        The dispute's states.

    Returns
    -------
    as_stated, reversed : numpy.ndarray of int32
        Rank of each position. The same array twice where nothing is unknown.

    Raises
    ------
    DisputeError
        As :func:`ranks`.
    """
    preferences = party.preferences
    if isinstance(preferences, OrderedStates) or not any(
        statement.unknown for statement in preferences.statements
    ):
        known = party_ranks(dispute, party, space)
        return known, known
    return _two_way_ranks(
        dispute, party, space, [not statement.unknown for statement in preferences.statements]
    )


def strength_ranks(
    dispute: Dispute, party: Party, space: StateSpace
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Two ranks of every position, which together say how strongly one party prefers.

    The first is the party's rank. The second takes every statement that is not strong the other
    way round. So of two states one is strongly preferred if it is higher in both, and mildly if
    it is higher in the first and lower in the second: what counts is the first statement in
    which the two differ. In an explicit order, states are strongly preferred to those below a
    strong step, and what stands between two such steps is turned round.

    Parameters
    ----------
    dispute
        The dispute.
    party
        One of its parties. Weights say nothing of strength: all is mild.
    space
        The dispute's states.

    Returns
    -------
    as_stated, reversed : numpy.ndarray of int32
        Rank of each position.

    Raises
    ------
    DisputeError
        As :func:`ranks`.
    """
    stated = party_ranks(dispute, party, space)
    preferences = party.preferences
    if isinstance(preferences, OrderedStates):
        return stated, _turned_between(preferences)[stated]
    if preferences.weighted:
        turned = np.where(space.feasible, stated.max() + 1 - stated, 0).astype(np.int32)
        return stated, turned
    return _two_way_ranks(
        dispute,
        party,
        space,
        [statement.strength == "strong" for statement in preferences.statements],
    )


def _turned_between(preferences: OrderedStates) -> NDArray[np.int32]:
    """By rank in an order: the rank where each run between strong steps is turned round."""
    count = len(preferences.order)
    turned = np.zeros(count + 1, dtype=np.int32)
    # A step after entry n leads from rank count - n to the one below.
    bounds = [0, *sorted(count - 1 - entry for entry in preferences.strong), count]
    for low, high in pairwise(bounds):
        turned[low + 1 : high + 1] = np.arange(high, low, -1)
    return turned


def _two_way_ranks(
    dispute: Dispute, party: Party, space: StateSpace, kept: Sequence[bool]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Ranks by statements as they stand, and with those that are not `kept` turned round."""
    assert isinstance(party.preferences, Statements)
    formulas = [statement.formula for statement in party.preferences.statements]
    turned = [
        formula if keep else negation(formula) for formula, keep in zip(formulas, kept, strict=True)
    ]
    stated = prioritised_ranks(formulas, space)
    _check_classes(dispute, party, space, stated)
    return stated, prioritised_ranks(turned, space)


def prioritised_ranks(formulas: Sequence[Formula], space: StateSpace) -> NDArray[np.int32]:
    """Ranks from prioritised statements, most important first.

    A state's score is the sum of 2**(k - j) over the true statements j of k, that is, states are
    compared lexicographically (Peng, Hipel & Fang 1997, option prioritising). Few statements are
    ranked by a table of all scores, in time linear in states. With many, scores are sorted and
    turned into ranks whenever they would outgrow 62 bits, so any number of statements is exact.

    Parameters
    ----------
    formulas
        Statements, most important first.
    space
        The states.

    Returns
    -------
    numpy.ndarray of int32
        Rank of each position.
    """
    grid = space.shape
    tabled = 2 ** len(formulas) <= min(max(2**16, 4 * space.size), 2**31 - 1)
    scores: NDArray[np.signedinteger] = np.zeros(grid, dtype=np.int32 if tabled else np.int64)
    bound = 1
    for formula in formulas:
        if 2 * bound > 2**62:
            compact = _ranks_by_sorting(scores.reshape(-1), space.feasible)
            scores = compact.astype(np.int64).reshape(grid)
            bound = int(scores.max()) + 1
        scores *= 2
        scores += space.evaluate(formula.expression)
        bound *= 2
    if tabled:
        return dense_ranks(scores.reshape(-1), space.feasible, bound)
    return _ranks_by_sorting(scores.reshape(-1), space.feasible)


def dense_ranks(
    scores: NDArray[np.integer], feasible: NDArray[np.bool_], bound: int
) -> NDArray[np.int32]:
    """Turn scores into dense ranks over the feasible states.

    Parameters
    ----------
    scores
        A score from 0 to ``bound - 1`` for each position, higher is better.
    feasible
        Whether each position is feasible.
    bound
        One more than the greatest score that may occur; a table of this length is made.

    Returns
    -------
    numpy.ndarray of int32
        Ranks from 1; 0 at infeasible positions.
    """
    seen = np.zeros(bound, dtype=np.bool_)
    seen[scores if feasible.all() else scores[feasible]] = True
    rank_of_score = np.cumsum(seen, dtype=np.int32)
    result: NDArray[np.int32] = rank_of_score[scores]
    result[~feasible] = 0
    return result


def whole_weights(statements: Sequence[Statement]) -> tuple[int, ...]:
    """Weights as whole numbers in the same proportion.

    They are taken as the decimal numbers that the analyst wrote, so that 0.1 + 0.2 ties with 0.3.
    """
    weights = [Fraction(repr(statement.weight)) for statement in statements]
    scale = lcm(*(weight.denominator for weight in weights))
    return tuple(int(weight * scale) for weight in weights)


def _weighted_ranks(statements: Sequence[Statement], space: StateSpace) -> NDArray[np.int32]:
    terms = whole_weights(statements)
    if sum(abs(term) for term in terms) >= 2**62:
        raise OverflowError("the weights span too many digits")
    values = np.zeros(space.shape, dtype=np.int64)
    for term, statement in zip(terms, statements, strict=True):
        values += space.evaluate(statement.formula.expression) * np.int64(term)
    return _ranks_by_sorting(values.reshape(-1), space.feasible)


def _ranks_by_sorting(
    scores: NDArray[np.signedinteger], feasible: NDArray[np.bool_]
) -> NDArray[np.int32]:
    """The same as :func:`dense_ranks`, for scores of any size, negative ones too."""
    values = scores[feasible]
    order = np.argsort(values)
    values = values[order]
    higher = np.ones(values.size, dtype=np.int32)
    higher[1:] = values[1:] != values[:-1]
    ranks = np.empty_like(higher)
    ranks[order] = np.cumsum(higher, dtype=np.int32)
    result = np.zeros(scores.size, dtype=np.int32)
    result[feasible] = ranks
    return result


def _ordered_ranks(
    dispute: Dispute, party: Party, preferences: OrderedStates, space: StateSpace
) -> NDArray[np.int32]:
    key = f"parties.{party.id}.preferences.order"
    result: NDArray[np.int32] = np.zeros(space.size, dtype=np.int32)
    chosen: NDArray[np.integer]
    for steps, entry in enumerate(preferences.order):
        for part in entry:
            if isinstance(part, Formula):
                chosen = np.flatnonzero(space.truth(part) & space.feasible)
                what, place = f"“{part.text}”", part.place
            else:
                if not 1 <= part <= space.count:
                    raise DisputeError(
                        f"there is no state {part}; the dispute has states 1 to {space.count}",
                        path=dispute.path,
                        place=preferences.place,
                        key=key,
                    )
                chosen = space.members(part - 1)
                what, place = f"state {part}", preferences.place
            if chosen.size == 0:
                problem = f"{what} holds in no feasible state"
            elif result[chosen].any():
                twice = int(chosen[np.flatnonzero(result[chosen])[0]])
                problem = f"{what} ranks {_describe(dispute, space, twice)} a second time"
            else:
                result[chosen] = len(preferences.order) - steps
                continue
            raise DisputeError(problem, path=dispute.path, place=place, key=key)
    missing = np.flatnonzero(space.feasible & (result == 0))
    if missing.size:
        raise DisputeError(
            f"the order leaves out {missing.size} of {space.count} states, the first of them "
            f"{_describe(dispute, space, int(missing[0]))}",
            path=dispute.path,
            place=preferences.place,
            key=key,
        )
    return result


def _describe(dispute: Dispute, space: StateSpace, position: int) -> str:
    index = space.index_at(position)
    levels = space.levels_at(np.array([position]))[0]
    assigned = ", ".join(
        f"{option.key} = {option.levels[level]}"
        for option, level in zip(dispute.options, levels, strict=True)
    )
    return f"state {(index or 0) + 1} ({assigned})"
