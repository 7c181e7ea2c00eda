"""In which order the options of a dispute stand in a diagram.

Diagrams stay small where options that occur together in a formula stand close to each other.

References
----------
.. [1] F. A. Aloul, I. L. Markov and K. A. Sakallah, "FORCE: a fast and easy-to-implement
   variable-ordering heuristic", Great Lakes Symposium on VLSI (2003).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from random import Random

from detente.dispute.dispute import (
    AtLevel,
    Connective,
    Dispute,
    Expression,
    Formula,
    OrderedStates,
    Statements,
)

__all__ = ["force_order", "formulas_of", "option_order", "options_in", "shared_formulas"]

# FORCE settles after few rounds; from several starts the best is taken.
_MOST_ROUNDS = 60
_STARTS = 8


def options_in(expression: Expression) -> frozenset[int]:
    """Numbers of the options that an expression names."""
    match expression:
        case AtLevel(option, _):
            return frozenset([option])
        case Connective(_, parts):
            return frozenset[int]().union(*map(options_in, parts))
    return frozenset()


def shared_formulas(dispute: Dispute) -> Iterator[Formula]:
    """The formulas that belong to no party: constraints and what is coalesced."""
    for constraint in dispute.constraints:
        yield constraint.never
    yield from dispute.coalesce


def formulas_of(dispute: Dispute) -> Iterator[Formula]:
    """All formulas on which moves and preferences of a dispute depend."""
    yield from shared_formulas(dispute)
    for option in dispute.options:
        for guard in option.guards:
            yield guard.when
    for party in dispute.parties:
        match party.preferences:
            case Statements(statements):
                yield from (statement.formula for statement in statements)
            case OrderedStates(order):
                for entry in order:
                    yield from (part for part in entry if isinstance(part, Formula))


def option_order(dispute: Dispute) -> tuple[int, ...]:
    """Numbers of a dispute's options, those that interact close to each other."""
    edges = tuple(options_in(formula.expression) for formula in formulas_of(dispute))
    return force_order(len(dispute.options), edges)


# The order is asked for again when states are listed that were counted before.
@lru_cache(maxsize=8)
def force_order(count: int, edges: tuple[frozenset[int], ...]) -> tuple[int, ...]:
    """Order things so that those which occur together stand close to each other.

    Parameters
    ----------
    count
        How many things there are.
    edges
        Sets of things that occur together.

    Returns
    -------
    tuple of int
        Numbers of the things: of the orders found by FORCE [1]_ from several starts, the one
        with the least sum of spans, where an edge's span is the distance between its first and
        its last thing.
    """
    pulling = [edge for edge in edges if len(edge) > 1]
    best = tuple(range(count))
    least = _span(best, pulling)
    for start in range(_STARTS):
        order = list(range(count))
        if start:
            Random(start).shuffle(order)
        found, span = _settled(order, pulling)
        if span < least:
            best, least = found, span
    return best


def _settled(order: list[int], edges: Sequence[frozenset[int]]) -> tuple[tuple[int, ...], int]:
    best, least = tuple(order), _span(order, edges)
    edges_of: list[list[int]] = [[] for _ in order]
    for number, edge in enumerate(edges):
        for thing in edge:
            edges_of[thing].append(number)
    for _ in range(_MOST_ROUNDS):
        place = {thing: number for number, thing in enumerate(order)}
        centres = [sum(place[thing] for thing in edge) / len(edge) for edge in edges]
        pull = {
            thing: sum(centres[number] for number in own) / len(own) if own else place[thing]
            for thing, own in enumerate(edges_of)
        }
        changed = sorted(order, key=lambda thing: pull[thing])
        if changed == order:
            break
        order = changed
        span = _span(order, edges)
        if span < least:
            best, least = tuple(order), span
    return best, least


def _span(order: Sequence[int], edges: Sequence[frozenset[int]]) -> int:
    place = {thing: number for number, thing in enumerate(order)}
    return sum(
        max(place[thing] for thing in edge) - min(place[thing] for thing in edge) for edge in edges
    )
