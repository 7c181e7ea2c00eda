"""An order of statements from a few easy comparisons of two states.

Statements of a party are lexicographic: the first on which two states differ decides between them.
So whoever says which of two states the party prefers, one in which only one statement holds and one
in which only another does, all else as it is, says which of the two goes first. Each statement is
put into its place among those before it by halving: at most ``sum(ceil(log2(k)))`` questions for k
up to the number of statements. No way of asking does with fewer for up to four statements. For
five, merge insertion (Ford and Johnson 1959) saves one question of eight, but asks in an order in
which people lose their thread.

What is asked is this project's own; asking for nothing but choices between two cases that differ in
two respects is the idea of PAPRIKA (Hansen and Ombler 2008).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product
from math import ceil, log2

__all__ = [
    "ComparisonAnswer",
    "Ordering",
    "most_questions",
    "next_question",
    "ordered",
    "telling_pair",
]

_MOST_TRIED = 200_000


@dataclass(frozen=True, slots=True)
class ComparisonAnswer:
    """An answer: whether the statement `first` goes before the statement `second`."""

    first: int
    second: int
    first_goes_first: bool


@dataclass(frozen=True, slots=True)
class Ordering:
    """How far an ordering has come.

    Attributes
    ----------
    order
        Numbers of the statements that have their places, most important first.
    question
        The pair to be asked about next; None where all have their places.
    """

    order: tuple[int, ...]
    question: tuple[int, int] | None


def most_questions(count: int) -> int:
    """How many questions an order of so many statements takes at most."""
    return sum(ceil(log2(number)) for number in range(2, count + 1))


def next_question(count: int, answers: Sequence[ComparisonAnswer]) -> Ordering:
    """How far answers lead, and what to ask next.

    Parameters
    ----------
    count
        How many statements there are.
    answers
        What has been answered; a later answer to the same question goes before an earlier one.

    Returns
    -------
    Ordering
    """
    known: dict[tuple[int, int], bool] = {}
    for one in answers:
        known[one.first, one.second] = one.first_goes_first
        known[one.second, one.first] = not one.first_goes_first
    order: list[int] = []
    for new in range(count):
        low, high = 0, len(order)
        while low < high:
            middle = (low + high) // 2
            goes_first = known.get((new, order[middle]))
            if goes_first is None:
                return Ordering(tuple(order), (new, order[middle]))
            if goes_first:
                high = middle
            else:
                low = middle + 1
        order.insert(low, new)
    return Ordering(tuple(order), None)


def ordered(count: int, goes_first: Callable[[int, int], bool]) -> tuple[tuple[int, ...], int]:
    """The order that answers give, and how many were asked for.

    Parameters
    ----------
    count
        How many statements there are.
    goes_first
        Answers a question.

    Returns
    -------
    order : tuple of int
    questions : int
    """
    answers: list[ComparisonAnswer] = []
    while (question := next_question(count, answers).question) is not None:
        answers.append(ComparisonAnswer(*question, goes_first(*question)))
    return next_question(count, answers).order, len(answers)


def telling_pair(
    holds: Sequence[Sequence[bool]], first: int, second: int, likeness: Callable[[int, int], int]
) -> tuple[int, int] | None:
    """Two states that tell which of two statements goes first, as like each other as can be.

    Parameters
    ----------
    holds
        For each statement, whether it holds in each state.
    first, second
        The statements.
    likeness
        How many options stand differently in two states: the fewer, the easier to compare.

    Returns
    -------
    tuple of int or None
        A state in which the first holds and the second does not, and one the other way round; all
        other statements hold in both or in neither. None where there are no such two.
    """
    others = [row for number, row in enumerate(holds) if number not in (first, second)]
    left: dict[tuple[bool, ...], list[int]] = {}
    right: dict[tuple[bool, ...], list[int]] = {}
    for state in range(len(holds[first])):
        if bool(holds[first][state]) != bool(holds[second][state]):
            side = left if holds[first][state] else right
            side.setdefault(tuple(bool(row[state]) for row in others), []).append(state)
    pairs = islice(_pairs(left, right), _MOST_TRIED)
    return min(pairs, key=lambda pair: (likeness(*pair), pair), default=None)


def _pairs(
    left: dict[tuple[bool, ...], list[int]], right: dict[tuple[bool, ...], list[int]]
) -> Iterator[tuple[int, int]]:
    for others, states in left.items():
        yield from product(states, right.get(others, ()))
