"""Shortest paths are found alike on arrays and on sets held as diagrams."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given, note
from hypothesis import strategies as st

import detente
from oracle.coalitions import OraclePackage
from oracle.definitions import OracleDispute
from strategies import (
    assignment_levels,
    disputes_with_packages,
    document,
    option_key,
    with_packages,
)


@given(drawn=disputes_with_packages(), data=st.data())
def test_as_on_arrays(
    drawn: tuple[OracleDispute, list[OraclePackage]], data: st.DataObject
) -> None:
    expected, joint = drawn
    assume(not expected.coalesce)
    described = with_packages(expected, document(expected, numbers=False), joint)
    start = data.draw(st.integers(0, len(expected.states) - 1))
    described["status_quo"] = assignment_levels(expected, min(expected.states[start]))
    described["outcomes"] = {"one": {"name": "One", "when": option_key(expected, 0)}}
    note(str(described))
    dispute = detente.build_dispute(described)
    for _ in range(3):
        asked: dict[str, Any] = {
            "start": data.draw(st.sampled_from(["status_quo", "1", option_key(expected, 0)])),
            "end": data.draw(st.sampled_from([None, "1", f"not {option_key(expected, 0)}"])),
            "moves": data.draw(st.sampled_from(["any", "improvements"])),
            "packages": data.draw(st.booleans()),
            "parties": data.draw(st.sampled_from([None, ["p0", "p1"]])),
            "limit": data.draw(st.sampled_from([1, 5, 40])),
        }
        note(str(asked))
        cube = outcome(dispute, "cube", asked)
        assert cube == outcome(dispute, "list", asked)
        assert cube == outcome(dispute, "symbolic", asked)


def outcome(dispute: detente.Dispute, engine: Any, asked: dict[str, Any]) -> Any:
    try:
        found = detente.analyse_paths(dispute, **asked, engine=engine, seconds=3600).to_dict()
    except detente.DisputeError as error:
        return str(error)
    assert found.pop("engine") == engine
    return found


@pytest.mark.parametrize("case", ["korea-2017", "chicken", "nile-dam-2021"])
def test_shipped_cases(case: str) -> None:
    dispute = detente.load(case)
    for goal in [one.id for one in dispute.outcomes][:2] or ["1"]:
        asked = {"end": goal, "packages": True, "limit": 3}
        assert outcome(dispute, "cube", asked) == outcome(dispute, "symbolic", asked)


def test_a_dispute_beyond_any_array() -> None:
    parties = {
        own: {"options": {f"o{n}": "Option" for n in range(40)}, "preferences": [f"{own}.o0"]}
        for own in ("a", "b")
    }
    dispute = detente.build_dispute({"dispute": "Large", "parties": parties, "status_quo": {}})
    found = detente.analyse_paths(dispute, end="a.o0 and b.o0", limit=2)
    assert (found.length, found.reached, found.state_count) == (2, 2**80, 2**80)
    # Whoever is second may set its other options as it likes, and so may who is first.
    assert found.path_count is None
    assert [len(path.steps) for path in found.paths] == [2, 2]
    assert found.paths[0].steps[0].state == 2
    near = detente.analyse_paths(dispute, end="a.o0")
    assert near.path_count == 2**39
    with pytest.raises(detente.DisputeError, match="moves as one"):
        detente.analyse_paths(dispute, end="a.o0", acting_as_one=[["a", "b"]])
