"""A report as a document for word processors (.docx)."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from detente.report.content import (
    PICTURES_IN_WORDS,
    WORDS_ELSEWHERE,
    Block,
    Bullets,
    Group,
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
from detente.report.language import say
from detente.report.plots.picture import DrawnPicture, Picture, picture_bytes
from detente.report.words import quoted

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

__all__ = ["word_document"]

_PICTURE_WIDTH_CM: Final = 16.0
_CODE_FONT: Final = "Courier New"

# Of the text, in points: with these a brief fits its page.
_LETTERS: Final = 10
_AFTER_PARAGRAPH: Final = 4

# Characters that XML cannot hold.
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def word_document(report: ReportContent) -> bytes:
    """A report as a .docx file: real headings, tables with heading rows, alternative texts.

    Above each page stand title and date, below it its number. What pictures show is told in words
    at the end.

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

    document = Document()
    _lay_out(document, report)
    document.add_heading(_text(report.title), 0)
    document.add_paragraph(_text(report.byline))
    pictures: list[Illustration] = []
    briefed = bool(report.sections) and report.sections[0].id == "brief"
    for number, section in enumerate(report.sections):
        heading = document.add_heading(_text(section.heading), 1)
        # The brief stands on a page of its own.
        heading.paragraph_format.page_break_before = number == 1 and briefed
        for block in section.blocks:
            if isinstance(block, Illustration):
                pictures.append(block)
                _add_picture(document, block, len(pictures))
            else:
                _add(document, block)
        if section.method:
            document.add_paragraph().add_run(_text(section.method)).italic = True
        for command in section.commands:
            document.add_paragraph().add_run(_text(command)).font.name = _CODE_FONT
    if pictures:
        document.add_heading(say(PICTURES_IN_WORDS), 1)
    for number, one in enumerate(pictures, start=1):
        words = document.add_paragraph()
        words.add_run(_numbered(number, one.picture)).bold = True
        words.add_run(_text(f" {one.picture.description}"))
    for line in report.colophon:
        document.add_paragraph(_text(line))
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _lay_out(document: Document, report: ReportContent) -> None:
    """The size of pages, what stands above and below each, and what the file says of itself."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm, Pt

    normal = document.styles["Normal"]
    normal.font.size = Pt(_LETTERS)
    normal.paragraph_format.space_after = Pt(_AFTER_PARAGRAPH)
    normal.paragraph_format.line_spacing = 1.0
    for page in document.sections:
        page.page_width, page.page_height = Cm(21.0), Cm(29.7)
        page.left_margin = page.right_margin = Cm(2.2)
        page.top_margin, page.header_distance = Cm(2.0), Cm(1.0)
        page.bottom_margin, page.footer_distance = Cm(1.8), Cm(0.9)
        page.header.paragraphs[0].text = _text(f"{report.title}. {report.byline}")
        foot = page.footer.paragraphs[0]
        foot.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        foot.add_run(say("Page") + " ")
        _add_field(foot, "PAGE")
        foot.add_run(" " + say("of") + " ")
        _add_field(foot, "NUMPAGES")
    properties = document.core_properties
    properties.title = _text(report.title)[:255]
    properties.author = _text(report.author or "")[:255]
    properties.comments = ""
    properties.language = "en-GB" if report.language == "en" else report.language


def _add_field(paragraph: Paragraph, code: str) -> None:
    """A number that the word processor fills in."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


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
        case Outline():
            for depth, item in block.unmarked:
                style = f"List Bullet {min(depth, 2) + 1}" if depth else "List Bullet"
                document.add_paragraph(_text(item), style=style)
        case Table():
            _add_table(document, block)
        case Judgements(judged):
            for one in judged:
                _add_judgement(document, one)
        case SourceParagraphs(paragraphs=paragraphs):
            # Numbered by hand: the numbers are locators and must not change with the layout.
            for number, sentences in enumerate(paragraphs, start=1):
                document.add_paragraph(_text(f"{number}. {' '.join(sentences)}"))


def _add_table(document: Document, table: Table) -> None:
    from detente.report.render.word_tables import table_elements

    caption = document.add_paragraph()
    caption.add_run(_text(table.caption)).bold = True
    caption.paragraph_format.keep_with_next = True
    for element in table_elements(_for_xml(table)):
        # After each an empty paragraph, or two tables would be one.
        after = document.add_paragraph()
        after._p.addprevious(element)


def _for_xml(table: Table) -> Table:
    return replace(
        table,
        caption=_text(table.caption),
        columns=tuple(map(_text, table.columns)),
        groups=tuple(
            Group(
                tuple(tuple(map(_text, row)) for row in group.rows),
                None if group.heading is None else _text(group.heading),
            )
            for group in table.groups
        ),
    )


def _add_picture(document: Document, block: Illustration, number: int) -> None:
    from docx.shared import Cm

    picture = block.picture
    stream = io.BytesIO(picture_bytes(picture, "png"))
    shape = document.add_picture(stream, width=Cm(_PICTURE_WIDTH_CM))
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    properties = shape._inline.docPr
    properties.set("title", _text(picture.title))
    properties.set("descr", _text(picture.alternative))
    words = document.add_paragraph()
    words.add_run(_numbered(number, picture)).bold = True
    words.add_run(f" {say(WORDS_ELSEWHERE)}")


def _numbered(number: int, picture: Picture | DrawnPicture) -> str:
    return _text(say("Picture {number}. {title}.", number=number, title=picture.title))


def _add_judgement(document: Document, item: Judgement) -> None:
    paragraph = document.add_paragraph(style="List Bullet")
    paragraph.add_run(_text(item.heading)).bold = True
    for term, fact in item.facts:
        paragraph.add_run(_text("\n" + say("{term}: {fact}", term=term, fact=fact)))
    for passage in item.passages:
        _add_passage(paragraph, passage)
    if item.basis:
        paragraph.add_run(_text(f"\n{item.basis}"))


def _add_passage(paragraph: Paragraph, passage: Passage) -> None:
    paragraph.add_run(_text(f"\n{passage.source}")).italic = True
    if passage.where:
        paragraph.add_run(f", {passage.where}")
    if passage.says:
        says = say("{source}, says in other words: {words}", source="", words=passage.says)
        paragraph.add_run(_text(says))
    for words in (passage.quote, passage.text):
        if words is not None:
            paragraph.add_run(_text(f"\n{quoted(words)}"))
    if passage.problem:
        paragraph.add_run(_text(f"\n{passage.problem}"))
