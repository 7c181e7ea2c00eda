"""Reports as web pages, PDF and Word documents; hostile files are refused."""

from __future__ import annotations

import hashlib
import zlib
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from detente.dispute.dispute import Locator
from detente.dispute.errors import DisputeError, LimitError
from detente.evidence.reading.documents import Documents, read_document
from detente.evidence.reading.sentences import located
from detente.evidence.sources import split

PARAGRAPHS = (
    "The ferry sails at dawn and carries salt to the other bank of the river. Nobody waits "
    "for it there, since the road was closed.",
    "The port demands a toll. The town rejects it, and says that the river is free to all who "
    "live along it, as it always was.",
)


@pytest.fixture(scope="module")
def documents() -> Documents:
    with Documents(seconds=60) as opened:
        yield opened


def pdf_of(content: bytes, *, extra: bytes = b"") -> bytes:
    """A PDF of one page; `content` draws it."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R "
        b"/Resources << /Font << /F 5 0 R >> >> >>",
        b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), extra, content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    data = b"%PDF-1.4\n"
    places = []
    for number, one in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    start = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    data += b"".join(b"%010d 00000 n \n" % place for place in places)
    return data + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        start,
    )


def lines_of(paragraph: str) -> list[str]:
    lines = [""]
    for word in paragraph.split():
        if len(lines[-1]) + len(word) > 50:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def test_a_web_page_is_read_without_what_stands_around_the_article(
    documents: Documents, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    body = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    page.write_text(
        "<html><head><script>alert('no')</script></head><body><nav>Home Sport</nav>"
        f"<article>{body}</article><footer>Cookies</footer></body></html>",
        encoding="utf-8",
    )
    text = documents.read(page)
    assert split(text.text) == split("\n\n".join(PARAGRAPHS))
    assert text.sha256 == hashlib.sha256(page.read_bytes()).hexdigest()


def test_a_word_document_is_read(documents: Documents, tmp_path: Path) -> None:
    from docx import Document

    file = Document()
    for paragraph in PARAGRAPHS:
        file.add_paragraph(paragraph)
    row = file.add_table(rows=1, cols=2).rows[0]
    row.cells[0].text, row.cells[1].text = "toll", "two coins"
    path = tmp_path / "report.docx"
    file.save(str(path))
    text = documents.read(path).text
    assert split(text) == split("\n\n".join([*PARAGRAPHS, "toll two coins"]))


def test_lines_of_a_pdf_are_put_together(documents: Documents, tmp_path: Path) -> None:
    drawn = ["BT /F 12 Tf 14 TL 50 750 Td"]
    for paragraph in PARAGRAPHS:
        drawn += [f"({line}) Tj T*" for line in lines_of(paragraph)]
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf_of((" ".join([*drawn, "ET"])).encode()))
    text = documents.read(path).text
    assert split(text) == split("\n\n".join(PARAGRAPHS))
    assert located(text, "rejects it, and says") == (Locator(2, 2),)


def test_a_pdf_bomb_is_refused(documents: Documents, tmp_path: Path) -> None:
    path = tmp_path / "bomb.pdf"
    bomb = zlib.compress(zlib.compress(b" " * 400_000_000, 9), 9)
    path.write_bytes(pdf_of(bomb, extra=b"/Filter [/FlateDecode /FlateDecode]"))
    assert path.stat().st_size < 10_000
    with pytest.raises(DisputeError, match=r"bomb\.pdf unpacks to far more than a report"):
        documents.read(path)


def test_a_word_bomb_is_refused(documents: Documents, tmp_path: Path) -> None:
    path = tmp_path / "bomb.docx"
    with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=9) as parts:
        parts.writestr("word/document.xml", b" " * 100_000_000)
    with pytest.raises(DisputeError, match="unpacks to far more"):
        documents.read(path)


@pytest.mark.parametrize("name", ["large.pdf", "large.txt", "large.html", "large.docx"])
def test_a_file_of_fifty_megabytes_is_refused(
    documents: Documents, tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    with path.open("wb") as file:
        file.truncate(50_000_000)
    with pytest.raises(LimitError, match="is larger than"):
        documents.read(path)


@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.html"])
def test_what_is_no_document_is_refused(documents: Documents, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"\x00\x01 nothing of the kind" * 10)
    with pytest.raises(DisputeError, match=name):
        documents.read(path)
    with pytest.raises(DisputeError, match="there is no file"):
        documents.read(tmp_path / f"other-{name}")


def test_a_document_that_takes_too_long_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf_of(b"BT ET"))
    with pytest.raises(LimitError, match="cannot be opened within 0 seconds"):
        read_document(path, seconds=0)


def test_a_picture_of_a_page_is_refused(documents: Documents, tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(pdf_of(b"BT ET"))
    with pytest.raises(DisputeError, match="no words that can be read"):
        documents.read(path)
