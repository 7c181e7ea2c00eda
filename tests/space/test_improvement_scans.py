"""Scans in order of rank against the definition of unilateral improvements."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.space import improvement_scans as module
from detente.space.improvement_scans import improvement_scans, least_improvement


@pytest.mark.parametrize("kind", [np.int32, np.int64])
@given(data=st.data())
def test_least_value_of_improvements(kind: type[np.integer], data: st.DataObject) -> None:
    outer, own, inner = (data.draw(st.integers(1, most)) for most in (2, 5, 3))
    patterns = data.draw(st.integers(1, min(own, 3)))
    pattern = np.arange(own, dtype=np.int64) % patterns
    # Patterns in a row: later ones follow on earlier ones.
    follows = np.triu(np.ones((patterns, patterns), dtype=np.bool_))
    draw = st.lists(st.integers(1, 4), min_size=outer * own * inner, max_size=outer * own * inner)
    ranks = np.array(data.draw(draw), dtype=np.int32).reshape(outer, own, inner)
    values = np.array(data.draw(draw), dtype=kind)
    cube = values.reshape(ranks.shape)
    expected = cube.copy()
    for o, start, i in np.ndindex(ranks.shape):
        for end in range(own):
            if follows[pattern[start], pattern[end]] and ranks[o, end, i] > ranks[o, start, i]:
                expected[o, start, i] = min(expected[o, start, i], cube[o, end, i])
    scans = improvement_scans(ranks, pattern, follows)
    assert scans is not None
    assert scans.least(values).tolist() == expected.reshape(-1).tolist()
    assert (
        least_improvement(values, ranks, pattern, follows).tolist() == scans.least(values).tolist()
    )


def test_too_much_to_keep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_KEPT_BYTES", 2**5)
    ranks = np.ones((1, 4, 1), dtype=np.int32)
    everywhere = np.ones((1, 1), dtype=np.bool_)
    assert improvement_scans(ranks, np.zeros(4, dtype=np.int64), everywhere) is None
