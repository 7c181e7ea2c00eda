"""Both sanctions (SEQ+SIM): sequential ones and, where several would move, simultaneous ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.stability.concept import Concept, Tell
from detente.stability.concepts import seq, sim

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from detente.space.graph_model import GraphModel

__all__ = ["concept"]


def _stable(model: GraphModel, name: str, tell: Tell) -> NDArray[np.bool_]:
    import numpy as np

    sequential, together = (
        part.concept.stable(model, part.concept.name, tell) for part in (seq, sim)
    )
    # Moves can only coincide where two parties or more would leave.
    several = np.count_nonzero(~sequential, axis=0) >= 2
    return np.asarray(sequential | (several & together), dtype=np.bool_)


concept = Concept(
    name="SEQ+SIM",
    full_name="sequential stability with simultaneous sanctions",
    meaning=(
        "The state is stable under SEQ; or it is unstable under SEQ for two parties at least, and "
        "stable for this one under SIM."
    ),
    definition="docs/concepts/stability.md, definition 9a",
    source="Fraser and Hipel (1984), Conflict Analysis: Models and Resolutions",
    place=70,
    stable=_stable,
    explained="by its parts",
    parts=("SEQ", "SIM"),
    among_all=False,
    slow=lambda name: True,
    listed_bytes=sim.improvement_bytes,
)
