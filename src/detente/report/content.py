"""What a report consists of, whatever it is written as.

A section is a heading and blocks: prose, lists, tables, pictures and citations. Sections are made
by the modules of ``sections``; :mod:`~detente.report.render.html`,
:mod:`~detente.report.render.markdown` and :mod:`~detente.report.render.word` write them. All
strings are plain text: each writer escapes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from detente.report.language import marked as worded
from detente.report.plots.picture import DrawnPicture, Picture

__all__ = [
    "MARK",
    "PICTURES_IN_WORDS",
    "WORDS_ELSEWHERE",
    "Block",
    "Bullets",
    "Group",
    "Illustration",
    "Judgement",
    "Judgements",
    "Outline",
    "Passage",
    "Prose",
    "ReportContent",
    "Section",
    "SourceParagraphs",
    "Subheading",
    "Table",
    "marked",
    "rows_table",
]

MARK = "✓"
"""What stands in tables for "yes"; a terminal that lacks the letter shows another."""


@dataclass(frozen=True, slots=True)
class Prose:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Subheading:
    """A heading within a section."""

    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """A list whose items have items of their own.

    ``items`` are pairs of depth, from 0, and text, in the order in which they are read. A text may
    begin with the mark of its item, ``-``, which pages and documents draw in their own way.
    """

    items: tuple[tuple[int, str], ...]

    @property
    def unmarked(self) -> tuple[tuple[int, str], ...]:
        """The items without the mark."""
        return tuple((depth, text.removeprefix("- ")) for depth, text in self.items)


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of a table under a heading of their own; the first cell of a row heads the row.

    A row that begins with blanks stands under the row above it.
    """

    rows: tuple[tuple[str, ...], ...]
    heading: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Attributes
    ----------
    caption
        What it shows.
    columns
        Headings; the first stands over the headings of the rows.
    groups
        The rows.
    numeric
        Whether all columns but the first hold numbers or marks, which are then aligned.
    folded
        Whether the table is long and of second interest: a page shows it on demand.
    together
        How many columns after the first belong together: where a page is too narrow for the
        table, they are not divided from one another.
    introduced
        Whether the words before it say what it shows: a terminal leaves out its caption.
    """

    caption: str
    columns: tuple[str, ...]
    groups: tuple[Group, ...]
    numeric: bool = True
    folded: bool = False
    together: int = 1
    introduced: bool = False


def rows_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    foot: Iterable[Sequence[str]] = (),
    caption: str = "",
    numeric: bool = False,
    together: int = 1,
) -> Table:
    """A table whose rows have no headings of their own.

    Parameters
    ----------
    columns
        Headings.
    rows
        The rows.
    foot
        Rows that stand apart below them, such as sums.
    caption, numeric, together
        As in :class:`Table`.

    Returns
    -------
    Table
    """
    groups = (Group(tuple(map(tuple, some))) for some in (rows, foot))
    return Table(
        caption,
        tuple(columns),
        tuple(one for one in groups if one.rows),
        numeric=numeric,
        together=together,
    )


def marked(values: Iterable[object]) -> tuple[str, ...]:
    """Cells of a table: a mark where a value is true, nothing where it is not."""
    return tuple(MARK if value else "" for value in values)


@dataclass(frozen=True, eq=False, slots=True)
class Illustration:
    """A picture; its description is its alternative text."""

    id: str
    picture: Picture | DrawnPicture


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage of a source on which a judgement rests.

    Attributes
    ----------
    source
        Title of the source.
    where
        Its place there, such as ``paragraph 8, sentence 1``; "" where only a quotation is given.
    says
        The paraphrase.
    quote
        The quotation.
    before, text, after
        The passage with the rest of its paragraph, where the reader gave the source's text.
    problem
        Why the passage is not shown although the text was given.
    anchor
        Where the paragraph stands in the text at the end of the page.
    """

    source: str
    where: str
    says: str | None = None
    quote: str | None = None
    before: str = ""
    text: str | None = None
    after: str = ""
    problem: str | None = None
    anchor: str | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """One judgement or claim: what it is, facts about it, and what it rests on."""

    heading: str
    facts: tuple[tuple[str, str], ...] = ()
    passages: tuple[Passage, ...] = ()
    basis: str | None = None


@dataclass(frozen=True, slots=True)
class Judgements:
    """Judgements or claims one after the other."""

    items: tuple[Judgement, ...]


@dataclass(frozen=True, slots=True)
class SourceParagraphs:
    """The text of a source, by paragraph and sentence.

    ``anchor`` begins the anchors of its paragraphs: ``ANCHOR-p8`` is that of paragraph 8.
    """

    anchor: str
    paragraphs: tuple[tuple[str, ...], ...] = field(repr=False)


PICTURES_IN_WORDS: Final = worded("The pictures in words")
"""The heading under which documents and Markdown tell what pictures show."""

WORDS_ELSEWHERE: Final = worded("“The pictures in words” describes it.")
"""What stands under a picture there."""

Block: TypeAlias = (
    Prose | Subheading | Bullets | Outline | Table | Illustration | Judgements | SourceParagraphs
)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report.

    Attributes
    ----------
    id
        Anchor, unique in the report.
    heading
        Its heading.
    blocks
        What it says.
    method
        How its numbers were computed.
    commands
        Commands that print the same.
    language
        The language of its words.
    """

    id: str
    heading: str
    blocks: tuple[Block, ...]
    method: str | None = None
    commands: tuple[str, ...] = ()
    language: str = "en"


@dataclass(frozen=True, slots=True)
class ReportContent:
    """A whole report.

    Attributes
    ----------
    title
        The dispute's title.
    sections
        Its parts: the brief, where there is one, then its annexes.
    colophon
        What made it, from what.
    date
        The day on which it was made, such as ``2 May 2026``; "" where it is not told.
    author
        Who answers for it; None where nobody is named.
    language
        The language in which it is told.
    """

    title: str
    sections: tuple[Section, ...]
    colophon: tuple[str, ...]
    date: str = ""
    author: str | None = None
    language: str = "en"

    @property
    def byline(self) -> str:
        """Who answers for it, and the day: ``A. Name, 2 May 2026``."""
        return ", ".join(part for part in (self.author, self.date) if part)
