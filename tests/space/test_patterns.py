"""Patterns say neither more nor less than the set that they describe."""

from __future__ import annotations

import numpy as np
from hypothesis import given, note
from hypothesis import strategies as st

import detente
from detente.space.patterns import cover
from detente.space.states import state_space
from oracle.definitions import OracleDispute
from strategies import disputes, document


@given(dispute=disputes(), data=st.data(), limit=st.integers(1, 60))
def test_cover(dispute: OracleDispute, data: st.DataObject, limit: int) -> None:
    note(str(document(dispute)))
    count = len(dispute.states)
    chosen = np.array(data.draw(st.lists(st.booleans(), min_size=count, max_size=count)))
    found = cover(state_space(detente.build_dispute(document(dispute))), chosen, limit=limit)
    note(str(found))
    covered: set[int] = set()
    for pattern in found.patterns:
        fits = {
            index
            for index, state in enumerate(dispute.states)
            for one in state
            if all(one[option] == level for option, level in pattern.settings.items())
        }
        assert chosen[sorted(fits)].all(), "a pattern takes in a state outside the set"
        assert pattern.states == len(fits)
        assert pattern.new == len(fits - covered)
        covered |= fits
        # As wide as can be: freeing any option lets in a state outside the set.
        for freed in pattern.settings:
            wider = {o: level for o, level in pattern.settings.items() if o != freed}
            assert any(
                not chosen[index]
                for index, state in enumerate(dispute.states)
                for one in state
                if all(one[option] == level for option, level in wider.items())
            )
    assert found.states == int(chosen.sum())
    assert found.left_out == found.states - len(covered)
    assert found.left_out == 0 or len(found.patterns) == limit


def test_one_pattern_for_one_level() -> None:
    dispute = detente.load("elmira")
    space = state_space(dispute)
    everything = cover(space, np.ones(space.count, dtype=np.bool_))
    assert [pattern.settings for pattern in everything.patterns] == [{}]
    assert everything.patterns[0].states == 9
