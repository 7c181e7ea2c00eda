"""The tables of an answer as a file for a spreadsheet: CSV, or XLSX.

Cells hold names as a page shows them. Nothing that comes from a dispute file is ever a formula or
an address: in XLSX a text is a text, and in CSV what a spreadsheet would compute begins with an
apostrophe.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from detente.dispute.errors import DisputeError
from detente.report.content import Block, Bullets, Outline, Prose, Subheading, Table

if TYPE_CHECKING:
    from detente.stability.analysis import Analysis

__all__ = ["TABLE_FILES", "states_file", "tables_file"]

TABLE_FILES = ("csv", "excel-csv", "xlsx")
"""Forms of files. ``excel-csv`` has semicolons, decimal commas and a byte order mark, as Excel
reads CSV in much of Europe. In both forms of CSV thousands are not set apart: there a comma would
make another number of them."""

_NUMBER = re.compile(r"([-\u2212]?)(\d{1,3}(?:,\d{3})*|\d+)(\.\d+)?(%?)")
_COMPUTED = re.compile(r"[=+\-@\t\r].")
# What the name of a sheet cannot hold.
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_MOST_OF_A_NAME = 31
_WIDEST = 60


def tables_file(blocks: Iterable[Block], form: str) -> bytes:
    """The tables of an answer as a file.

    Parameters
    ----------
    blocks
        The answer. In XLSX its words stand on a sheet of their own, before the tables.
    form
        One of :data:`TABLE_FILES`.

    Returns
    -------
    bytes

    Raises
    ------
    DisputeError
        If the answer has no table.
    """
    shown = list(blocks)
    tables = [one for one in shown if isinstance(one, Table)]
    if not tables:
        raise DisputeError("this answer has no table: it is words alone")
    if form == "xlsx":
        return _workbook(list(_words(shown)), tables)
    if form == "excel-csv":
        return _separated(tables, ";", decimal=",").encode("utf-8-sig")
    return _separated(tables, ",", decimal=".").encode()


def states_file(analysis: Analysis, states: Sequence[int] | None = None) -> bytes:
    """States as a file for Excel, one in a row, whose columns have names instead of ids.

    Parameters
    ----------
    analysis
        The analysis.
    states
        Numbers of the states; by default all states.

    Returns
    -------
    bytes
        As ``excel-csv`` is written.
    """
    frame = analysis.to_polars(states)
    named = dict(zip(frame.columns, _named_columns(analysis), strict=True))
    taken: set[str] = set()
    for column, name in named.items():
        named[column] = name if name not in taken else f"{name} ({column})"
        taken.add(named[column])
    headed = frame.rename({column: _text(name, ",") for column, name in named.items()})
    return headed.write_csv(separator=";", line_terminator="\r\n").encode("utf-8-sig")


def _named_columns(analysis: Analysis) -> Iterator[str]:
    """Names of the columns of :func:`detente.stability.export.to_polars`, in their order."""
    parties = [party.name for party in analysis.dispute.parties]
    yield "State"
    for party in analysis.dispute.parties:
        yield from (f"{party.name}: {option.name}" for option in party.options)
    yield from (f"Outcome: {outcome.name}" for outcome in analysis.dispute.outcomes)
    yield from (f"Rank for {name}" for name in parties)
    for concept in analysis.concepts:
        yield from (f"{concept}: stable for {name}" for name in parties)
        yield f"{concept}: equilibrium"


# CSV ----------------------------------------------------------------------------------------


def _separated(tables: Sequence[Table], separator: str, *, decimal: str) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=separator, lineterminator="\r\n")
    for number, table in enumerate(tables):
        if number:
            writer.writerow([])
        if len(tables) > 1 and table.caption:
            writer.writerow([_text(table.caption, decimal)])
        writer.writerows([_text(cell, decimal) for cell in row] for row in _rows(table))
    return stream.getvalue()


def _text(cell: str, decimal: str) -> str:
    """A cell that a spreadsheet takes for what it is."""
    found = _NUMBER.fullmatch(cell)
    if found is not None:
        sign, whole, part, percent = found.groups(default="")
        plain = whole.replace(",", "") + part.replace(".", decimal)
        return f"{'-' if sign else ''}{plain}{percent}"
    return f"'{cell}" if _COMPUTED.match(cell) else cell


def _rows(table: Table) -> Iterator[Sequence[str]]:
    """A table's rows, its headings first; a group's heading is a column of its own."""
    grouped = any(group.heading for group in table.groups)
    # A heading may be broken for a narrow terminal.
    columns = [" ".join(column.split()) for column in table.columns]
    yield ["", *columns] if grouped else columns
    for group in table.groups:
        for row in group.rows:
            yield (group.heading or "", *row) if grouped else row


# XLSX ---------------------------------------------------------------------------------------


def _words(blocks: Iterable[Block]) -> Iterator[str]:
    for one in blocks:
        match one:
            case Prose() | Subheading():
                yield one.text
            case Bullets():
                yield from one.items
            case Outline():
                yield from ("    " * depth + text for depth, text in one.items)


def _workbook(words: Sequence[str], tables: Sequence[Table]) -> bytes:
    import xlsxwriter

    stream = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    taken: set[str] = set()
    with xlsxwriter.Workbook(stream, options) as book:
        if words:
            sheet = book.add_worksheet(_sheet_name("Answer", taken))
            wraps = book.add_format({"text_wrap": True, "valign": "top"})
            sheet.set_column(0, 0, 100, wraps)
            for number, line in enumerate(words):
                sheet.write_string(number, 0, line, wraps)
        formats = _Formats(book)
        for number, table in enumerate(tables, start=1):
            name = _sheet_name(table.caption or table.columns[0] or f"Table {number}", taken)
            _fill(book.add_worksheet(name), table, formats)
    return stream.getvalue()


class _Formats:
    """How numbers are shown, each way made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[str, Any] = {}
        self.bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})

    def number(self, pattern: str) -> Any:
        """The format of a pattern, such as ``0%``."""
        if pattern not in self._made:
            self._made[pattern] = self._book.add_format({"num_format": pattern})
        return self._made[pattern]


def _fill(sheet: Any, table: Table, formats: _Formats) -> None:
    top = 0
    if table.caption:
        sheet.write_string(0, 0, table.caption)
        top = 2
    widths: dict[int, int] = {}
    for number, row in enumerate(_rows(table), start=top):
        for column, cell in enumerate(row):
            widths[column] = max(widths.get(column, 8), min(len(cell) + 1, _WIDEST))
            found = _NUMBER.fullmatch(cell)
            if number == top:
                sheet.write_string(number, column, cell, formats.bold)
            elif found is None or column == 0:
                sheet.write_string(number, column, cell)
            else:
                value, pattern = _value(found)
                sheet.write_number(number, column, value, formats.number(pattern))
    for column, width in widths.items():
        sheet.set_column(column, column, width)
    sheet.freeze_panes(top + 1, 1)


def _value(found: re.Match[str]) -> tuple[float, str]:
    """A number, and how it is shown."""
    sign, whole, part, percent = found.groups()
    value = float(whole.replace(",", "") + (part or "")) * (-1 if sign else 1)
    pattern = "#,##0" if "," in whole else "0"
    pattern += "." + "0" * (len(part) - 1) if part else ""
    return (value / 100, f"{pattern}%") if percent else (value, pattern)


def _sheet_name(wanted: str, taken: set[str]) -> str:
    """A name that no other sheet has and that a spreadsheet allows."""
    plain = _NOT_IN_A_NAME.sub(" ", wanted).strip("' ")[:_MOST_OF_A_NAME].strip("' ") or "Table"
    name, count = plain, 1
    # Excel keeps one name for itself.
    while name.casefold() in taken or name.casefold() == "history":
        count += 1
        end = f" {count}"
        name = plain[: _MOST_OF_A_NAME - len(end)].rstrip() + end
    taken.add(name.casefold())
    return name
