"""The oracle itself, against examples worked out by hand."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oracle.definitions import OracleDispute, Ordered
from strategies import disputes


def two_by_two(first: list[int], second: list[int]) -> OracleDispute:
    """Two parties with one option each; orders are best first.

    States: 1 neither, 2 only the first's option, 3 only the second's, 4 both.
    """
    return OracleDispute(
        parties=2,
        owner=[0, 1],
        levels=[2, 2],
        directions=[None, None],
        guards=[[], []],
        preferences=[Ordered([[s] for s in first]), Ordered([[s] for s in second])],
    )


def equilibria(dispute: OracleDispute, concept: str) -> list[int]:
    return [
        state + 1
        for state in range(len(dispute.states))
        if all(dispute.stable(concept, party, state) for party in range(dispute.parties))
    ]


# Prisoner's dilemma, the option being to confess: confessing alone (2 for the first, 3 for the
# second) is best, then neither (1), then both (4), then only the other (3, 2).
# State 1: the first's UI is 2; from 2 the second's UI is 4 (4 > 2 for it), which is worse for the
# first than 1: sanctioned, and credibly. From 4 the first can only go to 3, which is worse still,
# so SMR and SSEQ hold too. State 2: the second's UI 4; from 4 the first's only move is to 3, the
# best for the second: no sanction. State 3 is its mirror. State 4: no UI.
DILEMMA = two_by_two([2, 1, 4, 3], [3, 1, 4, 2])

# Chicken, the option being to drive on: alone is best, then neither, then only the other, then
# both. State 1: the first's UI is 2; from 2 the second could move to 4, which is worst for both,
# but would not: GMR holds. From 4 the first can go back to 3, which is no better than 1 for it:
# SMR holds. SEQ fails, as 4 is no UI for the second. States 2 and 3 have no UI. State 4: the
# first's UI is 3, from which the second's only move is to 1, better still: no sanction.
CHICKEN = two_by_two([2, 1, 3, 4], [3, 1, 2, 4])


@pytest.mark.parametrize(
    ("dispute", "concept", "expected"),
    [
        (DILEMMA, "Nash", [4]),
        (DILEMMA, "GMR", [1, 4]),
        (DILEMMA, "SMR", [1, 4]),
        (DILEMMA, "SEQ", [1, 4]),
        (DILEMMA, "SSEQ", [1, 4]),
        (DILEMMA, "L1", [4]),
        # Two moves ahead, moving from 1 to 2 ends at 4: stay. From 4, moving to 3 ends at 3.
        (DILEMMA, "L2", [1, 4]),
        # Both would improve on 1 at once, which leads to 4, worse than 1 for both.
        (DILEMMA, "SIM", [1, 4]),
        (CHICKEN, "Nash", [2, 3]),
        (CHICKEN, "GMR", [1, 2, 3]),
        (CHICKEN, "SMR", [1, 2, 3]),
        (CHICKEN, "SEQ", [2, 3]),
        (CHICKEN, "SSEQ", [2, 3]),
        # Both improving on 1 at once leads to 4. Both improving on 4 leads to 1, better for both.
        (CHICKEN, "SIM", [1, 2, 3]),
    ],
)
def test_two_parties(dispute: OracleDispute, concept: str, expected: list[int]) -> None:
    assert equilibria(dispute, concept) == expected


def test_a_sanction_may_take_two_parties() -> None:
    # Three parties, one option each (states 1 to 8, the first's option changing fastest). The
    # first likes 2 (only its own option) best, then 1, then everything else but 8, then 8. The
    # second improves from 2 to 4, the third from 4 to 8: together they sanction 1 -> 2 by SEQ.
    dispute = OracleDispute(
        parties=3,
        owner=[0, 1, 2],
        levels=[2, 2, 2],
        directions=[None, None, None],
        guards=[[], [], []],
        preferences=[
            Ordered([[2], [1], [3, 4, 5, 6, 7], [8]]),
            Ordered([[4], [1, 2, 3, 5, 6, 7, 8]]),
            Ordered([[8], [1, 2, 3, 4, 5, 6, 7]]),
        ],
    )
    assert dispute.improvements(0, 0) == {1}
    assert dispute.reached((1, 2), 1, improving=True) == {3, 7}
    assert dispute.stable("SEQ", 0, 0)
    # Symmetric: from 4 the first reaches 3, from 8 it reaches 7; neither is better than 1.
    assert dispute.stable("SSEQ", 0, 0)
    assert not dispute.stable("Nash", 0, 0)
    # Nobody but the first would move from 1, so nothing happens at the same time.
    assert not dispute.stable("SIM", 0, 0)


def test_limited_moves_of_three_parties() -> None:
    # Three parties, one option each, numbered as above. Parties after the first:
    #   second likes 4 (first's and second's option) best, then all others equally;
    #   third likes 6 (first's and third's option) best, then all others equally.
    # The first ranks 6 > 2 > 1 > 4 > others.
    dispute = OracleDispute(
        parties=3,
        owner=[0, 1, 2],
        levels=[2, 2, 2],
        directions=[None, None, None],
        guards=[[], [], []],
        preferences=[
            Ordered([[6], [2], [1], [4], [3, 5, 7, 8]]),
            Ordered([[4], [1, 2, 3, 5, 6, 7, 8]]),
            Ordered([[6], [1, 2, 3, 4, 5, 7, 8]]),
        ],
    )
    # One move ahead, the first moves from 1 to 2.
    assert dispute.anticipation(1)[0, 0] == (True, frozenset({1}))
    # Two moves ahead: from 2 the second would go to 4 and the third to 6, and either may be next.
    # The worse for the first is 4, below 1: it stays.
    assert dispute.continuation(0, 1, dispute.anticipation(1)) == frozenset({3, 5})
    assert dispute.limited(2, 0, 0)
    # Were the third alone willing, 2 would lead to 6, better than 1, and the first would move.
    dispute = dataclasses.replace(
        dispute,
        preferences=[
            dispute.preferences[0],
            Ordered([[1, 2, 3, 4, 5, 6, 7, 8]]),
            dispute.preferences[2],
        ],
    )
    assert dispute.anticipation(2)[0, 0] == (True, frozenset({5}))
    assert not dispute.limited(2, 0, 0)


def test_a_worst_next_mover_is_one_that_would_move() -> None:
    # Nobody but the first moves: an unwilling party is no threat, however its move would hurt.
    dispute = OracleDispute(
        parties=2,
        owner=[0, 1],
        levels=[2, 2],
        directions=[None, None],
        guards=[[], []],
        preferences=[Ordered([[2], [1], [3], [4]]), Ordered([[1, 2, 3, 4]])],
    )
    assert dispute.anticipation(5)[0, 0] == (True, frozenset({1}))
    assert [dispute.stable("NM", 0, state) for state in range(4)] == [False, True, True, False]


def test_guards_make_order_of_moves_matter() -> None:
    # The second may raise its option only where the third's is up; the third's is down at first.
    # From 1 (all down) the two reach 5 (third's up) and then 7 (both up); from 7 also 3 (second's
    # alone, after the third goes back down), and from 3 the second returns to 1.
    dispute = OracleDispute(
        parties=3,
        owner=[0, 1, 2],
        levels=[2, 2, 2],
        directions=[None, None, None],
        guards=[[], [(1, ("on", 2))], []],
        preferences=[Ordered([[1, 2, 3, 4, 5, 6, 7, 8]])] * 3,
    )
    assert dispute.moves[1][0] == set()
    assert dispute.reached((1, 2), 0, improving=False) == {4, 6, 2, 0}
    # Alone, the second does not get off the ground; a party never moves twice in a row.
    assert dispute.reached((1,), 0, improving=False) == set()


def test_no_party_moves_twice_in_a_row() -> None:
    # One party with three levels that it can raise only one step at a time: from 1 it reaches 2
    # in a move, and 3 only by a second move of its own, which needs another's move between.
    dispute = OracleDispute(
        parties=2,
        owner=[0],
        levels=[3],
        directions=["up"],
        guards=[[(2, ("is", 0, "=", 1))]],
        preferences=[Ordered([[1, 2, 3]])] * 2,
    )
    assert dispute.reached((0,), 0, improving=False) == {1}
    assert dispute.reached((0, 1), 0, improving=False) == {1}


def test_coalesced_states_come_last() -> None:
    # Of 1 neither, 2 first, 3 second, 4 both, the states with the first's option up are one state:
    # left are neither (1), second (2) and the class (3). The second has no move within the class.
    dispute = OracleDispute(
        parties=2,
        owner=[0, 1],
        levels=[2, 2],
        directions=[None, None],
        guards=[[], []],
        coalesce=[("on", 0)],
        preferences=[Ordered([[1, 2, 3]])] * 2,
    )
    assert [sorted(state) for state in dispute.states] == [[(0, 0)], [(0, 1)], [(1, 0), (1, 1)]]
    assert dispute.moves == [[{2}, {2}, {0, 1}], [{1}, {0}, set()]]


@given(disputes(most_states=24), st.data())
def test_two_parties_and_strict_preferences_have_one_end(
    drawn: OracleDispute, data: st.DataObject
) -> None:
    # Then limited-move stability has a plain recursion with a single anticipated state.
    numbers = range(1, len(drawn.states) + 1)
    dispute = dataclasses.replace(
        drawn,
        parties=2,
        owner=[min(owner, 1) for owner in drawn.owner],
        preferences=[
            Ordered([[number] for number in data.draw(st.permutations(numbers))]) for _ in range(2)
        ],
    )

    def end(horizon: int, mover: int, state: int) -> int:
        """Where play ends if the mover may move first and they then take turns."""
        if horizon == 0:
            return state
        value = dispute.values[mover]
        ends = [end(horizon - 1, 1 - mover, after) for after in dispute.moves[mover][state]]
        best = max(ends, key=lambda one: value[one], default=state)
        return best if value[best] > value[state] else state

    for horizon in range(1, 4):
        for party in range(2):
            for state in range(len(dispute.states)):
                _, foreseen = dispute.anticipation(horizon)[party, state]
                assert foreseen == {end(horizon, party, state)}
