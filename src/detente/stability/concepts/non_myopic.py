"""Non-myopic stability (NM): a party looks as far ahead as makes a difference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.stability.concept import Concept, Tell
from detente.stability.concepts.limited_move import anticipation_bytes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from detente.space.graph_model import GraphModel

__all__ = ["concept"]


def _stable(model: GraphModel, name: str, tell: Tell) -> NDArray[np.bool_]:
    from detente.stability.limited import non_myopic

    ahead = non_myopic(model.graph, lambda moves: tell(f"NM, {moves} moves ahead", 0))
    return model.by_state(ahead)


concept = Concept(
    name="NM",
    full_name="non-myopic stability",
    meaning="The party stays, however far ahead it looks from some horizon on: the limit of L(h).",
    definition="docs/concepts/stability.md, definition 11",
    source="Kilgour (1984, 1985); Fang, Hipel and Kilgour (1993), chapter 3",
    place=90,
    stable=_stable,
    explained="foresight",
    quick=(("NM", 512),),
    slow=lambda name: True,
    working_bytes=anticipation_bytes,
)
