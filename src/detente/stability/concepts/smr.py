"""Symmetric metarationality (SMR): any answer that the party cannot get out of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.stability.concept import Concept, Reaction, Tell

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from detente.space.graph_model import GraphModel

__all__ = ["concept"]

_REACTION = Reaction(improving=False, counter_move=True)


def _stable(model: GraphModel, name: str, tell: Tell) -> NDArray[np.bool_]:
    from detente.stability.sanctions import stable_by_sanctions

    return stable_by_sanctions(model, name, tell, _REACTION)


concept = Concept(
    name="SMR",
    full_name="symmetric metarationality",
    meaning=("As under GMR, and the party cannot get out of it by one more move of its own."),
    definition="docs/concepts/stability.md, definition 6",
    source="Howard (1971), Paradoxes of Rationality",
    place=30,
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
