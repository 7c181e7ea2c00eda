"""Equilibria that nobody can leave, told apart from the rest in counts and documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detente.dispute.dispute import Dispute
from detente.report.equilibria import closed_sentence
from detente.stability.traps import Traps

if TYPE_CHECKING:
    from detente.report.documents.parts import EquilibriumCounts, EquilibriumCountsByKind

__all__ = ["counts_document", "kinds_document", "trap_lines"]

Numbers = NDArray[np.int64]


def counts_document(traps: Traps, equilibria: Mapping[str, Numbers]) -> EquilibriumCounts:
    """How many equilibria there are under each concept, and how many nobody can leave."""
    return {
        "equilibrium_counts": {concept: int(one.size) for concept, one in equilibria.items()},
        "cannot_be_left": {
            "outcomes": list(traps.outcomes),
            "states": int(np.count_nonzero(traps.held)),
            "equilibrium_counts": {
                concept: traps.count(one) for concept, one in equilibria.items()
            },
        },
    }


def kinds_document(
    traps: Traps, equilibria: Mapping[str, Mapping[str, Numbers]]
) -> EquilibriumCountsByKind:
    """The same where equilibria are of several kinds under each concept."""
    return {
        "equilibrium_counts": {
            concept: {kind: int(one.size) for kind, one in kinds.items()}
            for concept, kinds in equilibria.items()
        },
        "cannot_be_left": {
            "outcomes": list(traps.outcomes),
            "states": int(np.count_nonzero(traps.held)),
            "equilibrium_counts": {
                concept: {kind: traps.count(one) for kind, one in kinds.items()}
                for concept, kinds in equilibria.items()
            },
        },
    }


def trap_lines(dispute: Dispute, traps: Traps, *, any_there: bool = True) -> list[str]:
    """Which outcomes no move leads out of, and what their equilibria say; nothing without any."""
    return [closed_sentence(dispute, traps.outcomes)] if any_there and traps.held.any() else []
