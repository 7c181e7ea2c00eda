"""On which preference statements the answer to a claim's question can hang.

What a party does hangs on how it ranks any two states; what it expects of the others, only on the
improvements that they have. A statement that speaks of none of a party's own options is as true
after each of its moves as before, so the improvements do not hang on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from detente.dispute.dispute import Dispute, Formula, Statements
from detente.queries.comparisons import options_named
from detente.queries.query import (
    Accepts,
    Body,
    Choices,
    Chooses,
    LosesMore,
    Play,
    Prefers,
    Query,
    Stable,
)
from detente.space.named_states import NamedState
from detente.stability.concept_registry import concepts_serving

__all__ = [
    "StatementNumber",
    "bodies_of",
    "concerned_parties",
    "statements_on_own_options",
    "statements_that_matter",
]

StatementNumber: TypeAlias = tuple[int, int]
"""A party and one of its statements, both by number."""


def statements_on_own_options(dispute: Dispute) -> frozenset[StatementNumber]:
    """The statements that speak of options of their party, and all where moves are listed.

    Moves that a file lists may set anything.
    """
    found = set()
    listed = dispute.lists_moves
    for number, party in enumerate(dispute.parties):
        own = set(dispute.options_of(party.id))
        assert isinstance(party.preferences, Statements), "looked at before"
        for place, one in enumerate(party.preferences.statements):
            named = options_named(one.formula.expression)
            if listed or not own.isdisjoint(named):
                found.add((number, place))
    return frozenset(found)


def statements_that_matter(
    query: Query, dispute: Dispute, on_own_options: frozenset[StatementNumber]
) -> Callable[[Iterable[StatementNumber]], frozenset[StatementNumber]]:
    """Which of the statements that are held the answer to a question can hang on.

    Parameters
    ----------
    query
        A question whose parts all concern some parties; see :func:`concerned_parties`.
    dispute
        The dispute, all of whose preferences are prioritised statements.
    on_own_options
        As :func:`statements_on_own_options` gives them for it.

    Returns
    -------
    callable
        From the statements that are held, and no others, to those of them without which the answer
        may be another.
    """
    ranking = _ranking(query, dispute)
    bodies = [*bodies_of(query)]
    alone = not any(_by_packages(one) for one in bodies)
    played = all(
        isinstance(one, Chooses | Choices | Play) or (isinstance(one, Stable) and not one.packages)
        for one in bodies
    )

    acting = _concerned(bodies, dispute)
    moving = frozenset(one for one in on_own_options if one[0] in acting or not alone)

    def mattering(held: Iterable[StatementNumber]) -> frozenset[StatementNumber]:
        found = frozenset(one for one in held if one[0] in ranking or one in on_own_options)
        # Who has no improvement does nothing, whatever others would do after it; and a package
        # takes a gain for each member.
        idle = played and moving.isdisjoint(found)
        return frozenset() if idle and (alone or len(found) < 2) else found

    return mattering


def concerned_parties(body: Body | None) -> tuple[int, ...] | None:
    """The parties whose preferences a question is about; None where it is not examined."""
    match body:
        case Stable(parties=parties, concept=concept):
            return parties if concept in concepts_serving("deterrence") else None
        case Chooses(party=party) | Choices(party=party):
            return (party,)
        case Accepts(party=party) | Prefers(party=party):
            return (party,)
        case LosesMore(party=party, other=other):
            return (party, other)
        case Play(steps=steps):
            return steps.movers
    return () if body is None else None


def _ranking(query: Query, dispute: Dispute) -> set[int]:
    """The parties of which it matters how they rank any two states."""
    parties = _concerned([*bodies_of(query)], dispute)
    for one in bodies_of(query):
        if _by_packages(one):
            # Whoever has a part in a package weighs what it brings.
            numbers = dispute.party_numbers
            parties.update(numbers[p] for joint in dispute.packages for p in joint.parties)
    return parties


def _concerned(bodies: Iterable[Body], dispute: Dispute) -> set[int]:
    """The parties that some bodies concern: all where it is not known which."""
    parties: set[int] = set()
    for one in bodies:
        concerned = concerned_parties(one)
        parties.update(range(len(dispute.parties)) if concerned is None else concerned)
    return parties


def bodies_of(query: Query) -> Iterator[Body]:
    """What is asked, and what its targets ask in turn."""
    for part in query.parts:
        body = part.body
        while body is not None:
            yield body
            target = body.target if isinstance(body, Chooses | Play) else None
            body = None if isinstance(target, Formula | NamedState) else target


def _by_packages(body: Body) -> bool:
    """Whether packages count as moves."""
    if isinstance(body, Stable):
        return body.packages
    return isinstance(body, Chooses | Choices | Play) and body.steps.packages
