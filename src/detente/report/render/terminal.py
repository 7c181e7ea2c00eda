"""Blocks of a report as text and tables for a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from rich.box import HORIZONTALS
from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.containers import Lines
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text

from detente.report.content import (
    MARK,
    Block,
    Bullets,
    Group,
    Illustration,
    Judgement,
    Judgements,
    Outline,
    Prose,
    SourceParagraphs,
    Subheading,
    Table,
)

__all__ = ["MARK", "terminal_parts"]

_ONE = r"[<>]?[+-]?\d[\d.,\u00a0\u202f]*%?"
_NUMBER = re.compile(rf"{_ONE}(–{_ONE})?")

_INDENT = 2
# Blanks between columns: one of padding and one that divides the columns.
_GAP = 2
_NO_BREAK = "\u00a0"
# Of the private use area: no text has it.
_HELD = "\ue000"
# The first column of a table that is divided is no wider than this share of the page.
_FIRST_COLUMN = 0.4
_LEAST_FIRST = 24


def terminal_parts(
    blocks: Iterable[Block], *, width: int = 80, mark: str = MARK
) -> list[RenderableType]:
    """Blocks as what rich prints; tables and headings stand apart.

    Parameters
    ----------
    blocks
        The blocks. Pictures are left out: a terminal has none.
    width
        Columns of text that a table may take up; a wider table of numbers is divided.
    mark
        What stands for :data:`MARK`.

    Returns
    -------
    list of rich renderables
    """
    parts: list[RenderableType] = []
    before: Block | None = None
    for block in blocks:
        made = list(_parts(block, width, mark))
        if not made:
            continue
        if before is not None and not _stand_together(before, block):
            parts.append(Text())
        parts += made
        before = block
    return parts


def _stand_together(first: Block, second: Block) -> bool:
    """Whether no empty line divides two blocks: words under words, and under their heading."""
    if isinstance(second, Outline):
        return isinstance(first, Prose | Subheading) and not second.items[0][1][:1].isdigit()
    return isinstance(first, Prose | Subheading) and isinstance(second, Prose)


def _parts(block: Block, width: int, mark: str) -> Iterator[RenderableType]:
    match block:
        case Prose(text):
            yield _words(_marked(text, mark))
        case Subheading(text):
            yield Text(text, style="bold")
        case Bullets(items):
            for item in items:
                yield from _bullet(_marked(item, mark))
        case Outline(items):
            for place, (depth, item) in enumerate(items):
                # Items that have a number and items of their own stand apart.
                if place and depth == 0 and items[place - 1][0] > 0:
                    yield Text()
                yield _outlined(_marked(item, mark), depth)
        case Table():
            yield from _tables(block, width, mark)
        case Judgements(judged):
            for one in judged:
                yield from _judgement(one)
        case SourceParagraphs(paragraphs=paragraphs):
            for number, sentences in enumerate(paragraphs, start=1):
                yield Text(f"{number}. {' '.join(sentences)}")
        case Illustration():
            return


def _marked(text: str, mark: str) -> str:
    return text if mark == MARK else text.replace(MARK, mark)


class _Unbroken(Text):
    """Text that is not broken at no-break spaces, as rich would do."""

    def wrap(self, console: Console, width: int, *args: Any, **options: Any) -> Lines:
        held = self.copy()
        held.plain = self.plain.replace(_NO_BREAK, _HELD)
        lines = super(_Unbroken, held).wrap(console, width, *args, **options)
        for line in lines:
            line.plain = line.plain.replace(_HELD, _NO_BREAK)
        return lines

    def copy(self) -> _Unbroken:
        return _Unbroken(self.plain, style=self.style, overflow=self.overflow)


def _words(text: str) -> RenderableType:
    # A console joins texts that are printed as they are, and forgets how they break.
    return Padding(_Unbroken(text), 0) if _NO_BREAK in text else Text(text)


def _outlined(item: str, depth: int) -> RenderableType:
    """An item under its depth; what follows its first line stands under its words."""
    mark, blank, words = item.partition(" ")
    if not (blank and (mark == "-" or (mark.endswith(".") and mark[:-1].isdigit()))):
        return Padding(_words(item), (0, 0, 0, (_INDENT + 1) * depth))
    grid = RichTable.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=len(mark))
    grid.add_column(overflow="fold")
    grid.add_row(mark, _words(words))
    return Padding(grid, (0, 0, 0, (_INDENT + 1) * depth))


def _bullet(item: str) -> Iterator[RenderableType]:
    grid = RichTable.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=1)
    grid.add_column(overflow="fold")
    grid.add_row("-", Text(item))
    yield grid


def _judgement(item: Judgement) -> Iterator[RenderableType]:
    yield Text(item.heading)
    told = [f"{term}: {fact}" for term, fact in item.facts]
    for passage in item.passages:
        where = f", {passage.where}" if passage.where else ""
        says = f": {passage.says}" if passage.says else ""
        told.append(f"{passage.source}{where}{says}")
    if item.basis:
        told.append(item.basis)
    for line in told:
        yield Padding(Text(line), (0, 0, 0, _INDENT))


# Tables ------------------------------------------------------------------------------------


def _tables(table: Table, width: int, mark: str) -> Iterator[RenderableType]:
    """A table under its caption; a wide table of numbers as several, one below the other."""
    if table.caption and not table.introduced:
        yield Text(table.caption)
        yield Text()
    first_width, runs = _divided(table, width)
    for position, columns in enumerate(runs):
        if position:
            yield Text()
        yield _table(table, columns, first_width, mark)


def _divided(table: Table, width: int) -> tuple[int | None, list[range]]:
    """Which columns stand beside each other, and how wide the first is where it is fixed."""
    every = range(1, len(table.columns))
    rows = list(chain.from_iterable(group.rows for group in table.groups))
    widths = [
        max(_text_width(table.columns[column]), *(_cell_width(row, column) for row in rows), 0)
        for column in every
    ]
    indent = _INDENT if any(group.heading for group in table.groups) else 0
    first = max(
        cell_len(table.columns[0]),
        *(cell_len(row[0]) + indent for row in rows),
        *(cell_len(group.heading or "") for group in table.groups),
        0,
    )
    if not table.numeric or first + sum(widths) + _GAP * len(widths) <= width:
        return None, [every]
    narrow = min(first, max(_LEAST_FIRST, int(width * _FIRST_COLUMN)))
    runs = _columns_that_fit(widths, width - narrow, table.together)
    least = min(first, _LEAST_FIRST)
    if len(runs) > 1 and least + sum(widths) + _GAP * len(widths) <= width:
        narrow, runs = least, [every]
    # Labels have all the room that the other columns leave.
    taken = max(sum(widths[column - 1] + _GAP for column in run) for run in runs)
    return max(narrow, min(first, width - taken)), runs


def _cell_width(row: Sequence[str], column: int) -> int:
    return _text_width(row[column]) if column < len(row) else 0


def _text_width(text: str) -> int:
    return max((cell_len(line) for line in text.split("\n")), default=0)


def _columns_that_fit(widths: Sequence[int], width: int, together: int) -> list[range]:
    """Columns, from 1, in runs that fit the width, each of at least those that belong together."""
    runs = []
    first, used = 1, 0
    for start in range(0, len(widths), together):
        needed = sum(one + _GAP for one in widths[start : start + together])
        used += needed
        if used > width and start + 1 > first:
            runs.append(range(first, start + 1))
            first, used = start + 1, needed
    runs.append(range(first, len(widths) + 1))
    return runs


def _table(table: Table, columns: range, first_width: int | None, mark: str) -> RichTable:
    made = RichTable(
        box=HORIZONTALS,
        show_edge=False,
        padding=(0, 0, 0, 1),
        pad_edge=False,
        header_style="bold",
    )
    made.add_column(Text(table.columns[0]), width=first_width, overflow="fold")
    rows = [row for group in table.groups for row in group.rows]
    for column in columns:
        right = table.numeric or _are_numbers(rows, column)
        made.add_column(
            Text(table.columns[column]),
            justify="right" if right else "left",
            no_wrap=first_width is not None,
            overflow="fold",
        )
    for group in table.groups:
        _add_group(made, group, columns, mark)
    return made


def _are_numbers(rows: Iterable[Sequence[str]], column: int) -> bool:
    """Whether a column has nothing but numbers, shares and ranges of these, or nothing at all."""
    told = [row[column] for row in rows if column < len(row) and row[column] not in ("", "–")]
    return bool(told) and all(_NUMBER.fullmatch(one) for one in told)


def _add_group(made: RichTable, group: Group, columns: range, mark: str) -> None:
    if group.heading:
        made.add_row(Text(group.heading, style="bold"))
    for row in group.rows:
        label = row[0].lstrip(" ")
        indent = len(row[0]) - len(label) + (_INDENT if group.heading else 0)
        first: RenderableType = Text(_marked(label, mark), overflow="fold")
        if indent:
            first = Padding(first, (0, 0, 0, indent))
        cells = [Text(_marked(row[column], mark)) for column in columns if column < len(row)]
        made.add_row(first, *cells)
    made.add_section()
