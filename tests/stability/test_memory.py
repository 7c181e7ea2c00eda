"""An analysis that would not fit is refused before it starts."""

from __future__ import annotations

import pytest

import detente


def cube(options: int, parties: int = 2) -> detente.Dispute:
    members = {
        f"p{party}": {
            "options": {f"o{n}": f"Option {n}" for n in range(party, options, parties)},
            "preferences": [],
        }
        for party in range(parties)
    }
    return detente.from_dict({"dispute": "Large", "parties": members})


def test_too_large_a_dispute_is_refused_with_the_estimate() -> None:
    with pytest.raises(detente.DisputeError, match=r"30 options .* GiB .* fewer options"):
        detente.analyse(cube(30, parties=8), ["Nash", "GMR", "SEQ", "L2"])


def test_a_cube_that_cannot_be_numbered_is_refused() -> None:
    with pytest.raises(detente.DisputeError, match="64 options"):
        detente.analyse(cube(64))
