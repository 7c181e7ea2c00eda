"""The sources, and the texts of those whose text the reader gave."""

from __future__ import annotations

from detente.dispute.dispute import Source
from detente.report.content import Block, Bullets, Prose, Section, SourceParagraphs
from detente.report.language import say, say_number
from detente.report.material import Material

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
        blocks.append(_given(source))
        if source.sha256 is not None and text.sha256 != source.sha256.lower():
            blocks.append(
                Prose(
                    say(
                        "Caution: this is not the text that the dispute file cites (its SHA-256 is "
                        "{found}, not {cited}). Passages may stand elsewhere.",
                        found=text.sha256,
                        cited=source.sha256,
                    )
                )
            )
        blocks.append(SourceParagraphs(material.anchor(source.id), material.paragraphs[source.id]))
    missing = sum(source.id not in material.texts for source in sources)
    if missing:
        blocks.append(
            Prose(
                say_number(
                    "The text of {number} source is not part of this report. Where a text is "
                    "given, each passage stands beside what rests on it.",
                    "The texts of {number} sources are not part of this report. Where a text is "
                    "given, each passage stands beside what rests on it.",
                    missing,
                )
            )
        )
    words = ["validate", "CASE"]
    for source in sources:
        words += ["--source", f"{source.id}={source.id}.txt"]
    return Section(
        "sources",
        say("Sources"),
        tuple(blocks),
        method=say(
            "Paragraphs and sentences are counted from 1; headings count as paragraphs. How a "
            "text is divided is defined by detente, so that all readers count alike."
        ),
        commands=(material.command(*words),),
    )


def _given(source: Source) -> Prose:
    return Prose(say("The text of “{title}”, as it was given for this report:", title=source.title))


def _described(source: Source) -> str:
    year = None if source.year is None else str(source.year)
    parts = [source.author, source.title, source.publisher, year]
    described = ", ".join(part for part in parts if part)
    return f"{described}. {source.url}" if source.url else f"{described}."
