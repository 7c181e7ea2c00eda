"""Rankings that make a state stable, against all of them tried one by one."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from itertools import permutations

from hypothesis import assume, given, note, settings
from hypothesis import strategies as st

import detente
from oracle.definitions import OracleDispute, Ordered
from strategies import disputes, document

CONCEPTS = ["Nash", "GMR", "SMR", "SEQ", "SSEQ"]


def stable(expected: OracleDispute, concept: str, party: int, state: int) -> bool:
    value = expected.values[party]
    for s1 in expected.improvements(party, state):
        if concept == "Nash":
            return False
        ends = expected.reached(expected.others(party), s1, improving=concept in ("SEQ", "SSEQ"))
        if not any(
            value[s2] <= value[state]
            and not (
                concept in ("SMR", "SSEQ")
                and any(value[s3] > value[state] for s3 in expected.moves[party][s2])
            )
            for s2 in ends
        ):
            return False
    return True


@given(disputes(most_states=6), st.sampled_from(CONCEPTS), st.data())
@settings(max_examples=settings().max_examples)
def test_all_rankings_are_counted_and_the_least_change_is_found(
    expected: OracleDispute, concept: str, data: st.DataObject
) -> None:
    count = len(expected.states)
    assume(2 <= count <= 6)
    party = data.draw(st.integers(0, expected.parties - 1))
    state = data.draw(st.integers(0, count - 1))
    own = data.draw(st.permutations(range(1, count + 1)))

    def with_ranking(ranking: Sequence[int]) -> OracleDispute:
        others = list(expected.preferences)
        others[party] = Ordered([[one] for one in ranking])
        return dataclasses.replace(expected, preferences=others)

    described = document(with_ranking(own))
    note(str(described))
    found = detente.find_stable_rankings(
        detente.build_dispute(described), state + 1, f"p{party}", concept
    )
    satisfying, least = 0, None
    for ranking in permutations(range(1, count + 1)):
        if stable(with_ranking(ranking), concept, party, state):
            satisfying += 1
            # How many pairs stand the other way round than in the party's own ranking.
            swaps = sum(
                ranking.index(a) > ranking.index(b)
                for place, a in enumerate(own)
                for b in own[place + 1 :]
            )
            least = swaps if least is None else min(least, swaps)
    assert found.satisfying == satisfying
    if satisfying:
        assert least == len(found.risen_above)
    assert found.holds == (least == 0)
