"""Brings the message catalogues up to date, and compiles them:

    ./dev python docs/make_translations.py

New messages enter each catalogue without a translation, and those that are said no more leave it.
The program reads what is compiled, for which it needs the standard library alone.
"""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PROGRAM = Path(__file__).parent.parent / "src" / "detente"
TRANSLATIONS = PROGRAM / "report" / "translations"

_HEADERS = (
    "Language",
    "Plural-Forms",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
)

# How messages are said: see `detente.report.language`.
KEYWORDS = {"say": None, "say_number": (1, 2), "marked": None, "worded": None, "Told": None}

# Where messages stand, and how they are found there.
METHODS = [
    ("report/**.py", "python"),
    ("analyses/**.py", "python"),
    ("queries/**.py", "python"),
    ("roadmap/**.py", "python"),
    ("report/render/templates/**.html", "jinja2.ext:babel_extract"),
]


def messages() -> Catalog:
    """All messages of the program, without translations."""
    found = Catalog(project="detente")
    for name, _, message, _, _ in extract_from_dir(PROGRAM, METHODS, keywords=KEYWORDS):
        # What is said by a variable is marked elsewhere.
        if message:
            found.add(message, locations=[(name, 0)])
    return found


def catalogue(language: str) -> Catalog:
    """The catalogue of a language, as it is kept."""
    with (TRANSLATIONS / language / "LC_MESSAGES" / "detente.po").open("rb") as stream:
        return read_po(stream, locale=language)


def as_text(kept: Catalog) -> bytes:
    """A catalogue as it is kept: without places and dates, so that words alone change it."""
    header = "".join(
        f'"{name}: {value}\\n"\n' for name, value in kept.mime_headers if name in _HEADERS
    )
    stream = BytesIO()
    write_po(stream, kept, no_location=True, omit_header=True, sort_output=True, width=100)
    return f'msgid ""\nmsgstr ""\n{header}\n'.encode() + stream.getvalue()


def compiled(text: bytes) -> bytes:
    """A catalogue as the program reads it."""
    stream = BytesIO()
    kept = read_po(BytesIO(text))
    kept.creation_date = kept.revision_date = datetime(2000, 1, 1, tzinfo=UTC)
    write_mo(stream, kept)
    return stream.getvalue()


def main() -> None:
    """Write all catalogues again."""
    said = messages()
    for place in sorted(TRANSLATIONS.glob("*/LC_MESSAGES")):
        kept = catalogue(place.parent.name)
        kept.update(said, no_fuzzy_matching=True, update_creation_date=False)
        kept.obsolete.clear()
        text = as_text(kept)
        (place / "detente.po").write_bytes(text)
        (place / "detente.mo").write_bytes(compiled(text))


if __name__ == "__main__":
    main()
