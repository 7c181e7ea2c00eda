"""What is kept of models that differ in ranks only."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numpy.typing import NDArray

from detente.stability import fibre_blocks


def test_threads_may_share_what_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    # Room for one array, so that each that is new drives another out.
    monkeypatch.setattr(fibre_blocks, "_KEPT_BYTES", 8)
    kept = fibre_blocks.Kept()
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)

    def ask(start: int) -> None:
        for number in range(start, start + 3000):
            key = number % 5
            assert kept.get(key, lambda key=key: np.array([key], dtype=np.int64))[0] == key

    try:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(ask, range(4)))
    finally:
        sys.setswitchinterval(interval)


def test_what_two_threads_find_at_once_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    # Room for two arrays.
    monkeypatch.setattr(fibre_blocks, "_KEPT_BYTES", 16)
    kept = fibre_blocks.Kept()
    one, other = (np.array([number], dtype=np.int64) for number in range(2))

    def found_meanwhile() -> NDArray[np.int64]:
        return kept.get("one", lambda: one)

    for _ in range(2):
        kept.get("one", found_meanwhile)
    kept.get("other", lambda: other)
    assert kept.known("one") is one
    assert kept.known("other") is other
