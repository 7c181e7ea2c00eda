"""Symmetric sequential stability (SSEQ): credible answers with no way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.stability.concept import Concept, Reaction, Tell

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from detente.space.graph_model import GraphModel

__all__ = ["concept"]

_REACTION = Reaction(improving=True, counter_move=True)


def _stable(model: GraphModel, name: str, tell: Tell) -> NDArray[np.bool_]:
    from detente.stability.sanctions import stable_by_sanctions

    return stable_by_sanctions(model, name, tell, _REACTION)


concept = Concept(
    name="SSEQ",
    full_name="symmetric sequential stability",
    meaning=("As under SEQ, and the party cannot get out of it by one more move of its own."),
    definition="docs/concepts/stability.md, definition 8",
    source="Rêgo and Vieira (2017), Group Decision and Negotiation 26",
    place=50,
    stable=_stable,
    explained="sanctions",
    serves=frozenset({"deterrence", "packages", "inverse", "symbolic", "shared draws"}),
    usual=True,
    reaction=_REACTION,
)
