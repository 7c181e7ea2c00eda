"""Simultaneous stability (SIM): others move at the same time."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from detente.stability.concept import Concept, Tell

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from detente.dispute.dispute import Dispute
    from detente.space.graph_model import GraphModel

__all__ = ["concept"]


def _stable(model: GraphModel, name: str, tell: Tell) -> NDArray[np.bool_]:
    from detente.stability.sanctions import for_each_party
    from detente.stability.simultaneous import simultaneous

    ranks = model.position_ranks
    return for_each_party(model, name, tell, lambda party: simultaneous(model.moves, ranks, party))


def improvement_bytes(dispute: Dispute) -> int:
    """The improvements of all parties, listed: the list of one party is sorted at a time."""
    return 12 * sum(
        prod(len(option.levels) for option in party.options) for party in dispute.parties
    )


concept = Concept(
    name="SIM",
    full_name="simultaneous stability",
    meaning=(
        "Each unilateral improvement coincides with improvements of others from the same state "
        "which, all made at the same time, leave the party no better off."
    ),
    definition="docs/concepts/stability.md, definition 9",
    source="Fraser and Hipel (1984), Conflict Analysis: Models and Resolutions",
    place=60,
    stable=_stable,
    explained="at once",
    quick=(("SIM", 512),),
    slow=lambda name: True,
    listed_bytes=improvement_bytes,
)
