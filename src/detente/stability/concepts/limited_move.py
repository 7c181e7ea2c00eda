"""Limited-move stability (L2, L3, ...): a party looks so many moves ahead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.stability.concept import Concept, Tell

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from detente.dispute.dispute import Dispute
    from detente.space.graph_model import GraphModel

__all__ = ["concept", "horizon_of"]

# So far ahead, anticipations take their time.
_SLOW_FROM = 9


def horizon_of(name: str) -> int:
    """The horizon h of a concept written ``L2``, ``L3``, ..."""
    return int(name[1:])


def _stable(model: GraphModel, name: str, tell: Tell) -> NDArray[np.bool_]:
    from detente.stability.limited import limited_move

    tell(name, 0)
    return model.by_state(limited_move(model.graph, horizon_of(name)))


def anticipation_bytes(dispute: Dispute) -> int:
    """What each party anticipates of each other one, and what is made of it."""
    parties = len(dispute.parties)
    return 8 * (3 * parties**2 + 4 * parties)


concept = Concept(
    name="L(h)",
    full_name="limited-move stability, with a horizon of h moves",
    meaning=(
        "The party looks h moves ahead and stays: no first move leads to an end that it prefers, "
        "at the worst."
    ),
    definition="docs/concepts/stability.md, definition 10",
    source="Kilgour (1984), Theory and Decision 16; Fang, Hipel and Kilgour (1993), chapter 3",
    place=80,
    stable=_stable,
    explained="foresight",
    pattern="L[1-9][0-9]{0,3}",
    members=("L2", "L3"),
    quick=(("L2", 8192),),
    slow=lambda name: horizon_of(name) >= _SLOW_FROM,
    working_bytes=anticipation_bytes,
)
