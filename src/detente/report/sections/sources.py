"""The sources, and the texts of those whose text the reader gave."""

from __future__ import annotations

from detente.dispute.dispute import Source
from detente.report.content import Block, Bullets, Prose, Section, SourceParagraphs
from detente.report.material import Material
from detente.report.words import counted

__all__ = ["source_texts"]


def source_texts(material: Material) -> Section | None:
    """The list of sources, and their texts by numbered paragraph."""
    sources = material.dispute.sources
    if not sources:
        return None
    blocks: list[Block] = [Bullets(tuple(_described(source) for source in sources))]
    for source in sources:
        if source.id not in material.texts:
            continue
        text = material.texts[source.id]
        blocks.append(Prose(f"The text of “{source.title}”, as it was given for this report:"))
        if source.sha256 is not None and text.sha256 != source.sha256.lower():
            blocks.append(
                Prose(
                    "Caution: this is not the text that the dispute file cites (its SHA-256 is "
                    f"{text.sha256}, not {source.sha256}). Passages may stand elsewhere."
                )
            )
        blocks.append(SourceParagraphs(material.anchor(source.id), material.paragraphs[source.id]))
    missing = sum(source.id not in material.texts for source in sources)
    if missing:
        blocks.append(
            Prose(
                f"The text of {counted(missing, 'source')} is not part of this report; with "
                "--source ID=PATH each passage stands beside what rests on it."
            )
        )
    words = ["validate", "CASE"]
    for source in sources:
        words += ["--source", f"{source.id}={source.id}.txt"]
    return Section(
        "sources",
        "Sources",
        tuple(blocks),
        method=(
            "Paragraphs and sentences are counted from 1; headings count as paragraphs. How a "
            "text is divided is defined by detente, so that all readers count alike."
        ),
        commands=(material.command(*words),),
    )


def _described(source: Source) -> str:
    year = None if source.year is None else str(source.year)
    parts = [source.author, source.title, source.publisher, year]
    described = ", ".join(part for part in parts if part)
    return f"{described}. {source.url}" if source.url else f"{described}."
