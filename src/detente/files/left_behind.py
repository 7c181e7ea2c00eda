"""Which parts of a dispute a file of another program leaves behind."""

from __future__ import annotations

from collections.abc import Collection

from detente.dispute.dispute import Dispute

__all__ = ["parts_left_behind"]


def parts_left_behind(dispute: Dispute, carried: Collection[str] = ()) -> tuple[str, ...]:
    """The parts that a dispute has and that are not among those carried, as one note or none."""
    parts = {
        "outcomes": dispute.outcomes,
        "packages": dispute.packages,
        "roadmaps": dispute.roadmaps,
        "formats": dispute.formats,
        "issues": dispute.issues,
        "claims": dispute.claims,
        "history": dispute.history,
        "sources": dispute.sources,
        "misperceptions": [one for party in dispute.parties for one in party.misperceptions],
    }
    left = [name for name, there in parts.items() if there and name not in carried]
    return (", ".join(left),) if left else ()
