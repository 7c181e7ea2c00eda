"""The oracle itself, against examples worked out by hand."""

from __future__ import annotations

import pytest

from oracle.definitions import OracleDispute, Ordered


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
