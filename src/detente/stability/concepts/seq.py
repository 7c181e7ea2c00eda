"""Sequential stability (SEQ): others answer only by bettering their own lot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.stability.concept import Concept, Reaction, Tell

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from detente.space.graph_model import GraphModel

__all__ = ["concept"]

_REACTION = Reaction(improving=True, counter_move=False)


def _stable(model: GraphModel, name: str, tell: Tell) -> NDArray[np.bool_]:
    from detente.stability.sanctions import stable_by_sanctions

    return stable_by_sanctions(model, name, tell, _REACTION)


concept = Concept(
    name="SEQ",
    full_name="sequential stability",
    meaning=(
        "Each unilateral improvement can be answered by improvements of others that leave the "
        "party no better off."
    ),
    definition="docs/concepts/stability.md, definition 7",
    source="Fraser and Hipel (1979), IEEE Transactions on Systems, Man, and Cybernetics 9",
    place=40,
    stable=_stable,
    explained="sanctions",
    serves=frozenset(
        {
            "deterrence",
            "packages",
            "inverse",
            "symbolic",
            "shared draws",
            "uncertain",
            "strength",
            "coalitions",
        }
    ),
    usual=True,
    reaction=_REACTION,
)
