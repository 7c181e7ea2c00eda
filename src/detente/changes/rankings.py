"""Which rankings of the states by one party make a state stable for it: all, counted.

The rankings of the others stay as they are. Whether a state *s* is stable for a party then depends
only on which states it ranks no higher than *s*, so that all rankings are counted without going
through them, and the least change is a rise of *s*.

References
----------
.. [1] R. A. Kinsara, D. M. Kilgour and K. W. Hipel, "Inverse approach to the graph model for
   conflict resolution", IEEE Transactions on Systems, Man, and Cybernetics: Systems 45 (2015).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, factorial

import numpy as np

from detente.dispute.dispute import Dispute
from detente.dispute.errors import DisputeError, LimitError
from detente.dispute.names import party_number
from detente.dispute.result import Result
from detente.space.graph_model import GraphModel
from detente.stability.concept_registry import names_serving, reaction_of
from detente.stability.prepared_model import graph_model

__all__ = ["Condition", "StableRankings", "find_stable_rankings", "stable_rankings_of"]

# Of so many states at most it can matter where they stand: all sets of them are looked at.
_MOST_THAT_MATTER = 22


@dataclass(frozen=True, slots=True)
class Condition:
    """What has to be so because of one move of the party.

    Attributes
    ----------
    move
        Number of the state that the move leads to.
    either
        Sets of states, by number. The condition is met if the party ranks all states of one of
        them no higher than the state that is to be stable.
    """

    move: int
    either: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class StableRankings(Result):
    """The rankings by one party that make a state stable for it.

    Attributes
    ----------
    party, party_name
        Id and name of the party.
    state
        Number of the state.
    concept
        Nash, GMR, SMR, SEQ or SSEQ.
    conditions
        One for each move of the party from the state; all of them have to be met.
    satisfying, rankings
        How many of all strict rankings of the states meet them, and how many there are.
    holds
        Whether the party's own ranking meets them.
    risen_above
        The least change of the party's own ranking that meets them. It is told by states that
        the party now ranks higher: the state has to rise to each of them, or above it. Empty
        where the ranking meets them already.
    """

    party: str
    party_name: str
    state: int
    concept: str
    conditions: tuple[Condition, ...]
    satisfying: int
    rankings: int
    holds: bool
    risen_above: tuple[int, ...]


def find_stable_rankings(
    dispute: Dispute, state: int, party: str, concept: str = "Nash"
) -> StableRankings:
    """Find the rankings by one party that make a state stable for it. Others keep their rankings.

    Parameters
    ----------
    dispute
        The dispute.
    state
        Number of the state.
    party
        Id of the party whose ranking may be any.
    concept
        Nash, GMR, SMR, SEQ or SSEQ.

    Returns
    -------
    StableRankings

    Raises
    ------
    DisputeError
        If there is no such state, party or concept.
    LimitError
        If the place of too many states matters.

    Examples
    --------
    >>> import detente
    >>> found = detente.find_stable_rankings(detente.load("prisoners-dilemma"), 1, "first", "SEQ")
    >>> found.satisfying, found.rankings
    (16, 24)

    References
    ----------
    [1]_
    """
    return stable_rankings_of(graph_model(dispute), state, party, concept)


def stable_rankings_of(
    model: GraphModel, state: int, party: str, concept: str = "Nash"
) -> StableRankings:
    """The same as :func:`find_stable_rankings`, for a graph model that is at hand."""
    (name,) = names_serving("deterrence", [concept], "concept of deterrence")
    number = party_number(model.dispute, party)
    if not 1 <= state <= model.space.count:
        raise DisputeError(f"there is no state {state}; the states are 1 to {model.space.count}")
    conditions = _conditions(model, state - 1, number, name)
    ranks = model.ranks(number)
    own = int(ranks[state - 1])
    risen: tuple[int, ...] = ()
    holds = _met(conditions, {*(np.flatnonzero(ranks <= own) + 1).tolist()})
    if not holds:
        for level in np.unique(ranks[ranks > own]).tolist():
            if _met(conditions, {*(np.flatnonzero(ranks <= level) + 1).tolist()}):
                risen = tuple((np.flatnonzero((ranks > own) & (ranks <= level)) + 1).tolist())
                break
    return StableRankings(
        party=model.dispute.parties[number].id,
        party_name=model.dispute.parties[number].name,
        state=state,
        concept=name,
        conditions=conditions,
        satisfying=_satisfying(conditions, model.space.count),
        rankings=factorial(model.space.count),
        holds=holds,
        risen_above=risen,
    )


def _conditions(model: GraphModel, state: int, party: int, concept: str) -> tuple[Condition, ...]:
    """One for each move; states as numbers."""
    found = []
    for move in model.moves_from(state, party).tolist():
        either = {frozenset([move])}
        reaction = reaction_of(concept)
        if reaction is not None:
            for end in _reached(model, move, party, improving=reaction.improving):
                harmed = {end}
                if reaction.counter_move:
                    harmed |= set(model.moves_from(end, party).tolist())
                either.add(frozenset(harmed - {state}))
        # A set that contains another asks for more.
        least = [one for one in either if not any(other < one for other in either)]
        if frozenset() in least:
            continue
        sets = sorted(tuple(sorted(one + 1 for one in some)) for some in least)
        found.append(Condition(move + 1, tuple(sorted(sets, key=lambda one: one != (move + 1,)))))
    return tuple(found)


def _reached(model: GraphModel, start: int, party: int, *, improving: bool) -> set[int]:
    """What the others reach by legal sequences of moves, or of improvements."""
    others = [other for other in range(len(model.dispute.parties)) if other != party]
    ranks = {other: model.ranks(other) for other in others}
    found: set[tuple[int, int]] = set()
    waiting: list[tuple[int, int]] = [(start, -1)]
    while waiting:
        here, last = waiting.pop()
        for other in others:
            if other == last:
                continue
            for there in model.moves_from(here, other).tolist():
                if improving and ranks[other][there] <= ranks[other][here]:
                    continue
                if (there, other) not in found:
                    found.add((there, other))
                    waiting.append((there, other))
    return {there for there, _ in found}


def _met(conditions: tuple[Condition, ...], no_higher: set[int]) -> bool:
    return all(any(no_higher.issuperset(some) for some in one.either) for one in conditions)


def _satisfying(conditions: tuple[Condition, ...], states: int) -> int:
    """How many strict rankings of all states meet the conditions.

    Of the k states that matter those in a set of j are below the state and the others above it in
    one of (k + 1) C(k, j) rankings, wherever the rest stand.
    """
    matter = sorted({one for each in conditions for some in each.either for one in some})
    if len(matter) > _MOST_THAT_MATTER:
        raise LimitError(
            f"it matters where {len(matter)} states stand; rankings are counted for up to "
            f"{_MOST_THAT_MATTER}"
        )
    bit = {one: 1 << place for place, one in enumerate(matter)}
    sets = np.arange(1 << len(matter), dtype=np.int64)
    met = np.ones(sets.size, dtype=np.bool_)
    for each in conditions:
        one_of = np.zeros(sets.size, dtype=np.bool_)
        for some in each.either:
            asked = sum(bit[one] for one in some)
            one_of |= (sets & asked) == asked
        met &= one_of
    sizes = np.bincount(np.bitwise_count(sets[met]), minlength=len(matter) + 1).tolist()
    return sum(
        number * factorial(states) // ((len(matter) + 1) * comb(len(matter), size))
        for size, number in enumerate(sizes)
    )
