"""The words of a web page, PDF or Word document; run as a program of its own.

Such files come from strangers, and some are made to exhaust the reader. So they are opened in a
process with little memory and time, by :mod:`detente.evidence.reading.documents`. It is told
paths, one a line, and answers each with a line of JSON: ``{"text": ...}`` or ``{"error": ...}``.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread
from zipfile import BadZipFile, ZipFile

__all__ = ["FORMATS", "MOST_CHARACTERS", "main"]

MOST_CHARACTERS = 8 * 1024 * 1024
"""Far more than any article or treaty."""

_MOST_PAGES = 2_000
# What a compressed part may grow to.
_MOST_UNPACKED = 64 * 1024 * 1024
_MOST_MEMORY = 1024**3

_BLANKS = re.compile(r"[^\S\n]+")


class _Refused(Exception):
    """The document is not opened, or no further; the text says why."""


def main() -> None:
    """Answer each path on the standard input with a line of JSON."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    Thread(target=_end_with, args=[os.getppid()], daemon=True).start()
    answers = sys.stdout
    # Libraries may print; only answers go to the pipe.
    sys.stdout = sys.stderr
    for line in sys.stdin:
        answers.write(json.dumps(_answer(Path(json.loads(line)))) + "\n")
        answers.flush()


def _end_with(parent: int) -> None:
    """End when whoever started this process is there no more: nobody wants its answer then."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _answer(path: Path) -> dict[str, str]:
    try:
        text = FORMATS[path.suffix.lower()](path)
    except _Refused as error:
        return {"error": str(error)}
    except ImportError as error:
        return {"error": f"needs {error.name}: install detente[read]"}
    except MemoryError:
        return {"error": "takes more memory to open than a report may"}
    except RecursionError:
        return {"error": "is nested too deeply to be opened"}
    except Exception as error:
        return {"error": f"cannot be opened ({type(error).__name__}: {error})"}
    if not text.strip():
        return {"error": "has no words that can be read (is it a picture of a page?)"}
    if len(text) > MOST_CHARACTERS:
        return {"error": "has far more words than a report"}
    return {"text": text}


# Web pages -----------------------------------------------------------------------------------


def _web_page(path: Path) -> str:
    from trafilatura import extract
    from trafilatura.utils import decode_file

    page = decode_file(path.read_bytes())
    text = extract(page, include_comments=False, include_tables=True, favor_recall=True)
    if not text:
        raise _Refused("has no article that can be told from the rest of the page")
    # A paragraph is a line here; blank lines make it one for locators as well.
    return "\n\n".join(line.strip() for line in text.splitlines() if line.strip()) + "\n"


# PDF -----------------------------------------------------------------------------------------


def _pdf(path: Path) -> str:
    from pypdf import PdfReader
    from pypdf.errors import LimitReachedError, PdfReadError

    try:
        reader = PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            raise _Refused("is locked with a password")
        if len(reader.pages) > _MOST_PAGES:
            raise _Refused(f"has more than {_MOST_PAGES} pages")
        pages = []
        length = 0
        for page in reader.pages:
            words = page.extract_text()
            length += len(words)
            if length > MOST_CHARACTERS:
                raise _Refused("has far more words than a report")
            pages.append(words)
    except LimitReachedError as error:
        raise _Refused("unpacks to far more than a report") from error
    except PdfReadError as error:
        raise _Refused(f"is not a PDF file that can be read ({error})") from error
    return "\n\n".join(_paragraphs(pages)) + "\n"


def _paragraphs(pages: list[str]) -> Iterator[str]:
    """Put together the lines of pages: a PDF knows lines only.

    A paragraph ends at a blank line, and after a line that ends a sentence well before the
    margin. The last line of a page goes on over it.
    """
    lines = [_BLANKS.sub(" ", line).strip() for page in pages for line in page.split("\n")]
    widths = sorted(len(line) for line in lines if line)
    margin = widths[int(0.9 * (len(widths) - 1))] if widths else 0
    paragraph = ""
    for line in lines:
        if not line:
            if paragraph:
                yield paragraph
            paragraph = ""
            continue
        if paragraph.endswith("-") and line[:1].islower():
            paragraph = paragraph[:-1] + line
        else:
            paragraph = f"{paragraph} {line}".strip()
        if len(line) < 0.8 * margin and line[-1] in '.!?…:"”’':
            yield paragraph
            paragraph = ""
    if paragraph:
        yield paragraph


# Word ----------------------------------------------------------------------------------------


def _word(path: Path) -> str:
    from docx import Document

    try:
        with ZipFile(path) as parts:
            if sum(part.file_size for part in parts.infolist()) > _MOST_UNPACKED:
                raise _Refused("unpacks to far more than a report")
    except BadZipFile as error:
        raise _Refused("is not a Word document") from error
    document = Document(str(path))
    paragraphs = [" ".join(part.text.split()) for part in document.paragraphs]
    for table in document.tables:
        for row in table.rows:
            cells = dict.fromkeys(" ".join(cell.text.split()) for cell in row.cells)
            paragraphs.append(" ".join(cell for cell in cells if cell))
    return "\n\n".join(part for part in paragraphs if part) + "\n"


FORMATS: dict[str, Callable[[Path], str]] = {
    ".html": _web_page,
    ".htm": _web_page,
    ".pdf": _pdf,
    ".docx": _word,
}
"""What opens a file, by the ending of its name."""


if __name__ == "__main__":
    main()
