"""A few comparisons of two states settle an order of statements."""

from __future__ import annotations

from itertools import permutations, product
from math import factorial, log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.changes.comparisons import (
    ComparisonAnswer,
    most_questions,
    next_question,
    ordered,
    telling_pair,
)


@pytest.mark.parametrize("count", range(6))
def test_whoever_has_an_order_gets_it_with_few_questions(count: int) -> None:
    for wanted in permutations(range(count)):
        order, questions = ordered(count, lambda a, b, w=wanted: w.index(a) < w.index(b))
        assert order == wanted
        assert questions <= most_questions(count)


def test_as_few_questions_as_any_way_of_asking_up_to_four_statements() -> None:
    # No way of asking can tell n! orders apart with fewer than log2(n!) answers.
    for count in range(2, 5):
        assert most_questions(count) < log2(factorial(count)) + 1


@given(st.permutations(range(9)))
def test_of_nine_statements_at_most_twenty_one_questions(wanted: list[int]) -> None:
    order, questions = ordered(9, lambda a, b: wanted.index(a) < wanted.index(b))
    assert list(order) == wanted
    assert questions <= most_questions(9) == 21


def test_nothing_is_asked_twice_and_an_answer_can_be_taken_back() -> None:
    first = next_question(3, [])
    assert first.question == (1, 0)
    answers = [ComparisonAnswer(1, 0, first_goes_first=True)]
    assert next_question(3, answers).question == (2, 0)
    answers.append(ComparisonAnswer(1, 0, first_goes_first=False))
    assert next_question(3, answers).order[:2] == (0, 1)


@given(
    st.integers(2, 4).flatmap(
        lambda count: st.lists(
            st.lists(st.booleans(), min_size=8, max_size=8), min_size=count, max_size=count
        )
    ),
    st.data(),
)
def test_a_pair_tells_by_the_lexicographic_rule_itself(
    holds: list[list[bool]], data: st.DataObject
) -> None:
    first, second = data.draw(st.permutations(range(len(holds))))[:2]
    found = telling_pair(holds, first, second, lambda a, b: bin(a ^ b).count("1"))

    def worth(state: int, order: tuple[int, ...]) -> list[bool]:
        return [holds[number][state] for number in order]

    # By the definition: under every order that puts `first` before `second` the one state is
    # preferred, under every other order the other.
    def tells(one: int, other: int) -> bool:
        return all(
            (worth(one, order) > worth(other, order)) == (order.index(first) < order.index(second))
            and worth(one, order) != worth(other, order)
            for order in permutations(range(len(holds)))
        )

    all_pairs = [pair for pair in product(range(8), repeat=2) if tells(*pair)]
    if found is None:
        assert not all_pairs
    else:
        assert found in all_pairs
        least = min(bin(a ^ b).count("1") for a, b in all_pairs)
        assert bin(found[0] ^ found[1]).count("1") == least
