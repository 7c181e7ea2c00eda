"""What each format can reach and hold, who is left out of it, and who can spoil it."""

from __future__ import annotations

from detente.report.content import Block, Illustration, Section, Subheading
from detente.report.formats import formats_tables
from detente.report.material import Material
from detente.report.plots.formats import formats_picture
from detente.report.terminal_tables import blocks_of, under_headings

__all__ = ["formats"]


def formats(material: Material) -> Section | None:
    """The formats that the dispute names, by outcome, each with its outsiders."""
    analysis = material.formats
    if analysis is None:
        return None
    named = [form.name for form in analysis.formats]
    (_, overview), *details = under_headings(formats_tables(analysis))
    blocks: list[Block] = [
        *blocks_of(overview, ["What each format reaches and holds", "Formats by outcomes"]),
        Illustration("formats", formats_picture(analysis)),
    ]
    for heading, parts in details:
        caption = f"{heading}: outsiders" if heading in named else heading
        blocks += [Subheading(heading), *blocks_of(parts, caption)]
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
