"""A report as a document for word processors (.docx)."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Final

from detente.report.content import (
    Block,
    Bullets,
    Illustration,
    Judgement,
    Judgements,
    Outline,
    Passage,
    Prose,
    ReportContent,
    SourceParagraphs,
    Subheading,
    Table,
)
from detente.report.plots.picture import picture_bytes

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import _Row
    from docx.text.paragraph import Paragraph

__all__ = ["word_document"]

_PICTURE_WIDTH_CM: Final = 16.0
_TABLE_POINTS: Final = 8
_CODE_FONT: Final = "Courier New"

# Characters that XML cannot hold.
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def word_document(report: ReportContent) -> bytes:
    """A report as a .docx file: real headings, tables with heading rows, alternative texts.

    Parameters
    ----------
    report
        The report.

    Returns
    -------
    bytes
        The file's contents.
    """
    from docx import Document
    from docx.shared import Cm

    document = Document()
    for page in document.sections:
        page.page_width, page.page_height = Cm(21.0), Cm(29.7)
        page.left_margin = page.right_margin = Cm(2.2)
    properties = document.core_properties
    properties.title = _text(report.title)[:255]
    properties.author = properties.comments = ""
    properties.language = "en-GB"
    document.add_heading(_text(report.title), 0)
    for section in report.sections:
        document.add_heading(_text(section.heading), 1)
        for block in section.blocks:
            _add(document, block)
        if section.method:
            document.add_paragraph().add_run(_text(section.method)).italic = True
        for command in section.commands:
            document.add_paragraph().add_run(_text(command)).font.name = _CODE_FONT
    for line in report.colophon:
        document.add_paragraph(_text(line))
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _text(text: str) -> str:
    return _NOT_XML.sub("�", text)


def _add(document: Document, block: Block) -> None:
    match block:
        case Prose(text):
            document.add_paragraph(_text(text))
        case Subheading(text):
            document.add_heading(_text(text), 2)
        case Bullets(items):
            for item in items:
                document.add_paragraph(_text(item), style="List Bullet")
        case Outline(items):
            for depth, item in items:
                style = f"List Bullet {min(depth, 2) + 1}" if depth else "List Bullet"
                document.add_paragraph(_text(item), style=style)
        case Table():
            _add_table(document, block)
        case Illustration():
            _add_picture(document, block)
        case Judgements(judged):
            for one in judged:
                _add_judgement(document, one)
        case SourceParagraphs(paragraphs=paragraphs):
            # Numbered by hand: the numbers are locators and must not change with the layout.
            for number, sentences in enumerate(paragraphs, start=1):
                document.add_paragraph(_text(f"{number}. {' '.join(sentences)}"))


def _add_table(document: Document, table: Table) -> None:
    from docx.oxml import OxmlElement

    caption = document.add_paragraph()
    caption.add_run(_text(table.caption)).bold = True
    caption.paragraph_format.keep_with_next = True
    rows = document.add_table(rows=1, cols=len(table.columns))
    rows.style = "Table Grid"
    _fill(rows.rows[0], table.columns, bold=True)
    # The row that heads the table, repeated on each page and known to readers of screens.
    heads = OxmlElement("w:tblHeader")
    rows.rows[0]._tr.get_or_add_trPr().append(heads)
    for group in table.groups:
        if group.heading:
            row = rows.add_row()
            row.cells[0].merge(row.cells[-1])
            _fill(row, (group.heading,), bold=True)
        for cells in group.rows:
            _fill(rows.add_row(), cells)
    document.add_paragraph()


def _fill(row: _Row, cells: tuple[str, ...], *, bold: bool = False) -> None:
    from docx.shared import Pt

    for cell, text in zip(row.cells, cells, strict=False):
        run = cell.paragraphs[0].add_run(_text(text))
        run.bold = bold
        run.font.size = Pt(_TABLE_POINTS)


def _add_picture(document: Document, block: Illustration) -> None:
    from docx.shared import Cm

    picture = block.picture
    stream = io.BytesIO(picture_bytes(picture, "png"))
    shape = document.add_picture(stream, width=Cm(_PICTURE_WIDTH_CM))
    properties = shape._inline.docPr
    properties.set("title", _text(picture.title))
    properties.set("descr", _text(picture.description))
    words = document.add_paragraph()
    words.add_run(_text(f"{picture.title}. ")).bold = True
    words.add_run(_text(picture.description))


def _add_judgement(document: Document, item: Judgement) -> None:
    paragraph = document.add_paragraph(style="List Bullet")
    paragraph.add_run(_text(item.heading)).bold = True
    for term, fact in item.facts:
        paragraph.add_run(_text(f"\n{term}: {fact}"))
    for passage in item.passages:
        _add_passage(paragraph, passage)
    if item.basis:
        paragraph.add_run(_text(f"\n{item.basis}"))


def _add_passage(paragraph: Paragraph, passage: Passage) -> None:
    paragraph.add_run(_text(f"\n{passage.source}")).italic = True
    if passage.where:
        paragraph.add_run(f", {passage.where}")
    if passage.says:
        paragraph.add_run(_text(f", says in other words: {passage.says}"))
    for words in (passage.quote, passage.text):
        if words is not None:
            paragraph.add_run(_text(f"\n“{words}”"))
    if passage.problem:
        paragraph.add_run(_text(f"\n{passage.problem}"))
