"""Shares and their intervals."""

from __future__ import annotations

import pytest
from scipy.stats import binomtest

from detente.dispute.shares import share


def test_wilson_interval_by_hand() -> None:
    found = share(8, 10)
    # Centre (p + z²/2n) / (1 + z²/n), z = 1.959964.
    assert found.low == pytest.approx(0.49016, abs=1e-5)
    assert found.high == pytest.approx(0.94332, abs=1e-5)


@pytest.mark.parametrize(
    ("held", "draws"), [(0, 1), (1, 1), (0, 50), (50, 50), (3, 7), (1, 10_000)]
)
@pytest.mark.parametrize("level", [0.5, 0.95, 0.999])
def test_wilson_interval_is_that_of_scipy(held: int, draws: int, level: float) -> None:
    found = share(held, draws, level)
    expected = binomtest(held, draws).proportion_ci(level, method="wilson")
    assert found.low == pytest.approx(expected.low, abs=1e-12)
    assert found.high == pytest.approx(expected.high, abs=1e-12)
    assert 0 <= found.low <= found.value <= found.high <= 1
