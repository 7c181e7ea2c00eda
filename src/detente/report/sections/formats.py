"""What each format can reach and hold, who is left out of it, and who can spoil it."""

from __future__ import annotations

from detente.report.content import Block, Illustration, Section, Subheading
from detente.report.formats import format_details, formats_overview
from detente.report.material import Material
from detente.report.plots.formats import formats_picture

__all__ = ["formats"]


def formats(material: Material) -> Section | None:
    """The formats that the dispute names, by outcome, each with its outsiders."""
    analysis = material.formats
    if analysis is None:
        return None
    captions = ("What each format reaches and holds", "Formats by outcomes")
    blocks: list[Block] = [
        *formats_overview(analysis, captions=captions),
        Illustration("formats", formats_picture(analysis)),
    ]
    for heading, details in format_details(analysis, captioned=True):
        blocks += [Subheading(heading), *details]
    return Section(
        "formats",
        "Formats",
        tuple(blocks),
        method=(
            "From the status quo, every state that the members of a format can reach was examined: "
            "whether each member prefers it, and whether the members together and each outsider by "
            f"itself would stay there under {analysis.concept}."
        ),
        commands=(material.command("formats", "CASE", "--concept", analysis.concept),),
    )
