"""Tables of a document for word processors, with columns that fit their words.

They are written as XML at once: cell by cell takes seconds for a long report.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from detente.report.content import Table

if TYPE_CHECKING:
    from docx.oxml.table import CT_Tbl

__all__ = ["column_widths", "divided", "table_elements"]

_POINTS: Final = 8

# Of a letter of this size, a digit, a capital letter and a sign such as %, in the wider fonts that
# stand in for Calibri; and of the space at both sides of a cell's text. In twentieths of a point,
# as all lengths here.
_LETTER: Final = 96
_DIGIT: Final = 104
_CAPITAL: Final = 130
_SIGN: Final = 152
_SIGNS: Final = frozenset("%<>→")
_PADDING: Final = 216

# How much wider than other words those of headings are, in per cent: they are bold.
_BOLD: Final = 115
_WIDTHS_IN_CM: Final = 16.6
_TWIPS_PER_CM: Final = 567
_WHOLE: Final = int(_WIDTHS_IN_CM * _TWIPS_PER_CM)

# A word that is longer than this may be broken.
_LONGEST_WORD: Final = 24

# The first column of a table that is divided takes up no more than this share of the page.
_FIRST: Final = 0.4

_NAMESPACE: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def table_elements(table: Table) -> Iterator[CT_Tbl]:
    """A table as one or more of a document, one below the other where it is too wide for a page."""
    from docx.oxml import parse_xml

    for part in divided(table):
        yield parse_xml(_xml(part))


def divided(table: Table) -> list[Table]:
    """A table whose columns' longest words do not fit a page beside each other, in parts that do.

    The first column stands in every part.
    """
    least = _least_widths(table)
    first = min(least[0], int(_WHOLE * _FIRST))
    if first + sum(least[1:]) <= _WHOLE or len(least) < 3:
        return [table]
    runs: list[list[int]] = [[]]
    used = first
    for column in range(1, len(least)):
        if runs[-1] and used + least[column] > _WHOLE:
            runs.append([])
            used = first
        runs[-1].append(column)
        used += least[column]
    # As many columns in each part, where they fit, rather than one that is left over in the last.
    each = -(-(len(least) - 1) // len(runs))
    even = [[*range(at, min(at + each, len(least)))] for at in range(1, len(least), each)]
    if all(first + sum(least[column] for column in run) <= _WHOLE for run in even):
        runs = even
    return [_with_columns(table, (0, *run)) for run in runs]


def _with_columns(table: Table, columns: Sequence[int]) -> Table:
    from dataclasses import replace

    groups = tuple(
        replace(
            group,
            rows=tuple(
                tuple(row[column] for column in columns if column < len(row)) for row in group.rows
            ),
        )
        for group in table.groups
    )
    return replace(table, columns=tuple(table.columns[column] for column in columns), groups=groups)


def column_widths(table: Table) -> list[int]:
    """The width of each column: room for its longest word, and more for those with more to say."""
    least = _least_widths(table)
    wanted = [
        max(low, max(map(_breadth, cells), default=0) + _PADDING)
        for low, cells in zip(least, _columns(table), strict=True)
    ]
    if sum(wanted) <= _WHOLE:
        return wanted
    spare = _WHOLE - sum(least)
    if spare <= 0:
        # Of one or two columns with very long words: they are broken.
        return [int(_WHOLE * low / sum(least)) for low in least]
    more = [want - low for want, low in zip(wanted, least, strict=True)]
    return [low + int(spare * one / sum(more)) for low, one in zip(least, more, strict=True)]


def _least_widths(table: Table) -> list[int]:
    return [
        max(_widest_word(heading) * _BOLD // 100, max(map(_widest_word, cells), default=0))
        + _PADDING
        for heading, *cells in _columns(table)
    ]


def _widest_word(text: str) -> int:
    return max((_breadth(word[:_LONGEST_WORD]) for word in text.split()), default=0)


def _breadth(text: str) -> int:
    """How much room a text takes up on one line."""
    capitals = sum(map(str.isupper, text))
    digits = sum(map(str.isdigit, text))
    signs = sum(letter in _SIGNS for letter in text)
    letters = len(text) - capitals - digits - signs
    return _CAPITAL * capitals + _DIGIT * digits + _SIGN * signs + _LETTER * letters


def _columns(table: Table) -> list[list[str]]:
    """The cells of each column, its heading among them."""
    rows = list(chain.from_iterable(group.rows for group in table.groups))
    return [
        [heading, *(row[column] for row in rows if column < len(row))]
        for column, heading in enumerate(table.columns)
    ]


def _xml(table: Table) -> str:
    widths = column_widths(table)
    lines = [
        f'<w:tbl xmlns:w="{_NAMESPACE}"><w:tblPr><w:tblStyle w:val="TableGrid"/>'
        f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        f'<w:tblCaption w:val="{_attribute(table.caption)}"/></w:tblPr><w:tblGrid>',
        *(f'<w:gridCol w:w="{width}"/>' for width in widths),
        "</w:tblGrid>",
        _row(table.columns, widths, table.numeric, bold=True, heads=True),
    ]
    for group in table.groups:
        if group.heading:
            lines.append(_heading(group.heading, widths))
        lines += [_row(row, widths, table.numeric) for row in group.rows]
    return "".join([*lines, "</w:tbl>"])


def _heading(text: str, widths: Sequence[int]) -> str:
    span = f'<w:gridSpan w:val="{len(widths)}"/>' if len(widths) > 1 else ""
    properties = f'<w:tcW w:w="{sum(widths)}" w:type="dxa"/>{span}'
    return (
        "<w:tr><w:trPr><w:cantSplit/></w:trPr>"
        f"<w:tc><w:tcPr>{properties}</w:tcPr>{_paragraph(text, bold=True, keep=True)}</w:tc></w:tr>"
    )


def _row(
    cells: Sequence[str],
    widths: Sequence[int],
    numeric: bool,
    *,
    bold: bool = False,
    heads: bool = False,
) -> str:
    # The row that heads the table is repeated on each page, and known to readers of screens.
    properties = f"<w:trPr><w:cantSplit/>{'<w:tblHeader/>' if heads else ''}</w:trPr>"
    padded = [*cells, *[""] * (len(widths) - len(cells))]
    parts = (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>'
        f"{_paragraph(text, bold=bold, right=numeric and column > 0)}</w:tc>"
        for column, (text, width) in enumerate(zip(padded, widths, strict=False))
    )
    return f"<w:tr>{properties}{''.join(parts)}</w:tr>"


def _paragraph(text: str, *, bold: bool = False, right: bool = False, keep: bool = False) -> str:
    properties = "<w:keepNext/>" if keep else ""
    properties += '<w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/>'
    properties += '<w:jc w:val="right"/>' if right else ""
    run = f'{"<w:b/>" if bold else ""}<w:sz w:val="{2 * _POINTS}"/>'
    return (
        f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:rPr>{run}</w:rPr>"
        f'<w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'
    )


def _attribute(text: str) -> str:
    return escape(text, {'"': "&quot;", "\n": " "})
