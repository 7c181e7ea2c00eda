"""Verdicts that a public repository prints of a model whose moves are listed one by one.

The static model of trade talks between the United States and China of the public repository
chiwang001/GMCR_GDELT, as read on 26 November 2026: 76 states, a list of moves that no rule of
option form gives, preferences by priority. The verdicts are those of its file
``DynamicGMCR/results/static_baseline/static_state_stability.csv``; only data and printed results
were read.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

import detente

FILE = Path(__file__).parents[1] / "data" / "published" / "us-china-trade.yaml"

# fmt: off
CHINA_NASH = {1, 10, 17, 26, 33, 35, 42, 49, 51, 52, 54, 58, 60, 71, 73, 75}
CHINA_SEQ = CHINA_NASH | {3, 11, 19, 27, 43, 59}
CHINA_UNSTABLE = {
    2, 5, 8, 12, 15, 18, 21, 24, 28, 31, 34, 37, 40, 47, 50, 53, 56, 63, 66, 69, 72,
}
US_NASH = {5, 8, 12, 15, 25, 32, 37, 40, 44, 47, 57, 64, 66, 69, 73, 76}
US_SANCTIONED = US_NASH | {2, 9, 10, 16, 34, 41, 42, 48}
# fmt: on


def test_all_verdicts_of_both_parties() -> None:
    dispute = detente.load(FILE)
    found = detente.analyse(dispute, ["Nash", "GMR", "SMR", "SEQ"])
    assert found.count == 76
    every = set(range(1, 77))
    assert {
        (concept, party.id): set((np.flatnonzero(found.stable(concept, party.id)) + 1).tolist())
        for concept in found.concepts
        for party in dispute.parties
    } == {
        ("Nash", "us"): US_NASH,
        ("GMR", "us"): US_SANCTIONED,
        ("SMR", "us"): US_SANCTIONED,
        ("SEQ", "us"): US_SANCTIONED,
        ("Nash", "china"): CHINA_NASH,
        ("GMR", "china"): every - CHINA_UNSTABLE,
        ("SMR", "china"): every - CHINA_UNSTABLE,
        ("SEQ", "china"): CHINA_SEQ,
    }
    assert found.equilibria("Nash").tolist() == [73]
    assert found.equilibria("SEQ").tolist() == [10, 42, 73]
