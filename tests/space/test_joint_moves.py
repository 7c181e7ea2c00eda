"""Joint moves on whole arrays, against a literal transcription."""

from __future__ import annotations

from typing import Any

from hypothesis import given, note
from hypothesis import strategies as st

import detente
from detente.space.joint_moves import joint_targets, package_targets, state_move
from detente.space.moves import moves
from detente.space.states import state_space
from oracle.definitions import Assignment, Condition, OracleDispute, true_in
from strategies import as_text, assignment_levels, conditions, disputes, document, option_key


def joint_move(
    dispute: OracleDispute, settings: dict[int, int], when: Condition, before: Assignment
) -> Assignment | None:
    """Where a joint move leads from a feasible assignment, option by option."""
    after = tuple(settings.get(option, level) for option, level in enumerate(before))
    if after == before or after not in dispute.state_of or not true_in(when, before):
        return None
    for option, (old, new) in enumerate(zip(before, after, strict=True)):
        if old == new:
            continue
        if dispute.directions[option] == ("down" if new > old else "up"):
            return None
        for to, condition in dispute.guards[option]:
            if to in (None, new) and not true_in(condition, before):
                return None
    return after


@st.composite
def joint_moves(draw: st.DrawFn) -> tuple[OracleDispute, dict[int, int], Condition]:
    dispute = draw(disputes())
    options = draw(st.sets(st.integers(0, len(dispute.levels) - 1), min_size=1, max_size=4))
    settings = {one: draw(st.integers(0, dispute.levels[one] - 1)) for one in sorted(options)}
    return dispute, settings, draw(st.just(("true",)) | conditions(dispute.levels))


@given(joint_moves())
def test_joint_moves_are_as_defined(drawn: tuple[OracleDispute, dict[int, int], Condition]) -> None:
    expected, settings, when = drawn
    described: dict[str, Any] = document(expected)
    described["packages"] = {
        "deal": {
            "name": "Deal",
            "parties": [f"p{party}" for party in range(expected.parties)],
            "set": {
                option_key(expected, option): assignment_levels(
                    expected, tuple(settings.get(o, 0) for o in range(len(expected.levels)))
                )[option_key(expected, option)]
                for option in settings
            },
            "when": as_text(expected, when),
        }
    }
    note(str(described))
    dispute = detente.build_dispute(described)
    space = state_space(dispute)
    targets = package_targets(moves(dispute, space), dispute.packages[0])
    for before in expected.state_of:
        after = joint_move(expected, settings, when, before)
        there = -1 if after is None else space.position_of(after)
        assert targets[space.position_of(before)] == there
    assert (targets[~space.feasible] == -1).all()
    by_state = state_move(space, targets)
    for index, members in enumerate(expected.states):
        # The first member, in order of position, from which the move leads to another state.
        leads = [
            (space.position_of(one), expected.state_of[after])
            for one in members
            if (after := joint_move(expected, settings, when, one)) is not None
            and expected.state_of[after] != index
        ]
        wanted = min(leads, default=(-1, -1))
        assert (by_state.starts[index], by_state.targets[index]) == wanted


def test_a_party_may_set_its_options_without_a_package() -> None:
    dispute = detente.load("elmira")
    space = state_space(dispute)
    targets = joint_targets(moves(dispute, space), {dispute.option_numbers["moe.modify"]: 1})
    by_state = state_move(space, targets)
    # The order can be modified from every state in which it is not, but after abandonment
    # nothing changes: those states count as one.
    assert (by_state.targets + 1).tolist() == [2, 0, 4, 0, 6, 0, 8, 0, 0]
