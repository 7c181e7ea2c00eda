"""What the parties bargain over, here and elsewhere, where the file says who stands where."""

from __future__ import annotations

from detente.forecast.linkage.bargain import bargain
from detente.report.bargain import bargain_blocks
from detente.report.content import Illustration, Section
from detente.report.material import Material
from detente.report.plots.bargain import exchanges_picture, positions_picture

__all__ = ["linkage"]


def linkage(material: Material) -> Section | None:
    """Where issues end, what could be exchanged between them, and who would pay."""
    if not material.dispute.issues:
        return None
    found = bargain(material.dispute)
    sentence, *rest = bargain_blocks(found, limit=material.limit)
    pictures = [Illustration("positions", positions_picture(found))]
    if found.exchanges:
        pictures.append(Illustration("exchanges", exchanges_picture(found)))
    return Section(
        "linkage",
        "Positions and linkage",
        (sentence, *pictures, *rest),
        method=(
            "Compromises are means of positions by capability times salience; exchanges are those "
            "of Stokman and Van Oosten, at equal gains; elections are probabilistic Condorcet "
            "elections. docs/concepts/linkage.md defines them."
        ),
        commands=(material.command("bargain", "CASE"),),
    )
