"""General metarationality (GMR): others may answer by any moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.stability.concept import Concept, Reaction, Tell

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from detente.space.graph_model import GraphModel

__all__ = ["concept"]

_REACTION = Reaction(improving=False, counter_move=False)


def _stable(model: GraphModel, name: str, tell: Tell) -> NDArray[np.bool_]:
    from detente.stability.sanctions import stable_by_sanctions

    return stable_by_sanctions(model, name, tell, _REACTION)


concept = Concept(
    name="GMR",
    full_name="general metarationality",
    meaning=(
        "Each unilateral improvement can be answered by moves of others that leave the party no "
        "better off, whether or not these moves help those who make them."
    ),
    definition="docs/concepts/stability.md, definition 5",
    source="Howard (1971), Paradoxes of Rationality",
    place=20,
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
