"""Nash stability (R): nobody's answer is considered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.stability.concept import Concept, Tell

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from detente.space.graph_model import GraphModel

__all__ = ["concept"]


def _stable(model: GraphModel, name: str, tell: Tell) -> NDArray[np.bool_]:
    from detente.stability.sanctions import for_each_party, nash

    return for_each_party(model, name, tell, lambda party: model.by_state(nash(model.graph, party)))


concept = Concept(
    name="Nash",
    full_name="Nash stability, also called rationality (R)",
    meaning="The party has no unilateral improvement.",
    definition="docs/concepts/stability.md, definition 4",
    source="Nash; in graph form Kilgour, Hipel and Fang (1987)",
    place=10,
    stable=_stable,
    explained="alone",
    serves=frozenset(
        {
            "deterrence",
            "packages",
            "inverse",
            "symbolic",
            "shared draws",
            "uncertain",
            "coalitions",
        }
    ),
    usual=True,
    free_words="Nothing that others may do in answer is considered under Nash.",
    other_names=("R",),
)
