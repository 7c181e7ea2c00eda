"""Ranks from prioritised statements, however many, against scores as whole numbers of any size."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import detente
from detente.space.ranks import party_ranks
from detente.space.states import state_space


@pytest.mark.parametrize("statements", [3, 15, 17, 62, 63, 64, 150])
@given(data=st.data())
@settings(max_examples=settings().max_examples // 3)
def test_statements_rank_as_their_scores_do(statements: int, data: st.DataObject) -> None:
    # A formula that holds in the states of one level of an option, or of one of two options.
    option = st.sampled_from(["a", "b", "c", "d", "e"])
    formula = st.tuples(
        st.sampled_from(["", "not "]), option, st.sampled_from(["and", "or"]), option
    )
    drawn = data.draw(st.lists(formula, min_size=statements, max_size=statements))
    dispute = detente.build_dispute(
        {
            "dispute": "Many statements",
            "parties": {
                "p": {
                    "options": dict.fromkeys("abcde", "Option"),
                    "preferences": [" ".join((sign + x, word, y)) for sign, x, word, y in drawn],
                }
            },
            "constraints": [{"never": "p.a and p.b and p.c"}],
        }
    )
    space = state_space(dispute)

    def holds(one: tuple[str, str, str, str], state: int) -> bool:
        sign, x, word, y = one
        first, second = (state >> "abcde".index(name) & 1 == 1 for name in (x, y))
        first = first != (sign == "not ")
        return (first and second) if word == "and" else (first or second)

    scores = {
        state: sum(
            2 ** (statements - place) for place, one in enumerate(drawn, 1) if holds(one, state)
        )
        for state in range(32)
        if state & 7 != 7
    }
    order = {score: rank for rank, score in enumerate(sorted(set(scores.values())), start=1)}
    wanted = [order[scores[state]] if state in scores else 0 for state in range(32)]
    np.testing.assert_array_equal(party_ranks(dispute, dispute.parties[0], space), wanted)
