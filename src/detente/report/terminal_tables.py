"""Text and tables made for a terminal, as blocks of a report.

Every subject has its tables once, in :mod:`detente.report`; a section takes them over here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat

from rich.console import Group as RenderableGroup
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table as TerminalTable
from rich.text import Text

from detente.report.content import Block, Group, Outline, Prose, Subheading, Table

# A line that begins a numbered item.
_NUMBERED = re.compile(r"\d+\. ")

__all__ = ["blocks_of", "outline_of", "under_headings"]


def blocks_of(
    parts: Iterable[RenderableType], captions: str | Sequence[str], *, headings: bool = False
) -> tuple[Block, ...]:
    """Paragraphs and tables that a terminal would show, in their order.

    Parameters
    ----------
    parts
        Text, tables, and groups of them. A line in bold, which heads a page on a terminal, is
        left out: a section has its heading.
    captions
        The tables' captions, one for each; or one that all tables have.
    headings
        Whether lines in bold are kept, as headings.

    Returns
    -------
    tuple of Block
        Where the first cell of a row is all that the row has, it heads the rows below it.
    """
    if isinstance(captions, str):
        return tuple(_joined(_blocks(parts, repeat(captions), headings)))
    waiting = iter(captions)
    found = tuple(_joined(_blocks(parts, waiting, headings)))
    if next(waiting, None) is not None:
        raise ValueError("there are more captions than tables")
    return found


def outline_of(lines: Iterable[str]) -> tuple[Block, ...]:
    """Lines that are indented under one another, as paragraphs and outlines.

    Parameters
    ----------
    lines
        The lines; an empty one divides what stands around it.

    Returns
    -------
    tuple of Block
        Lines without indentation are paragraphs, those under them an outline.
    """
    blocks: list[Block] = []
    items: list[tuple[int, str]] = []
    depths: list[int] = []
    for line in lines:
        indent = len(line) - len(line.lstrip(" "))
        if indent or _NUMBERED.match(line):
            depths = [depth for depth in depths if depth < indent] + [indent]
            items.append((len(depths) - 1, line.strip()))
            continue
        if not line:
            continue
        depths = []
        if items:
            blocks.append(Outline(tuple(items)))
            items = []
        blocks.append(Prose(line))
    if items:
        blocks.append(Outline(tuple(items)))
    return tuple(blocks)


def under_headings(
    parts: Iterable[RenderableType],
) -> list[tuple[str, list[RenderableType]]]:
    """What stands under each line in bold, with that line."""
    found: list[tuple[str, list[RenderableType]]] = []
    for part in parts:
        if _is_heading(part):
            found.append((_plain(part), []))
        else:
            found[-1][1].append(part)
    return found


def _joined(blocks: Iterable[Block]) -> Iterator[Block]:
    """Blocks in which outlines that follow one another are one."""
    items: tuple[tuple[int, str], ...] = ()
    for block in blocks:
        if isinstance(block, Outline):
            items += block.items
            continue
        if items:
            yield Outline(items)
            items = ()
        yield block
    if items:
        yield Outline(items)


def _is_heading(part: RenderableType) -> bool:
    return isinstance(part, Text) and part.style == "bold"


def _blocks(
    parts: Iterable[RenderableType], captions: Iterator[str], headings: bool
) -> Iterator[Block]:
    for part in parts:
        match part:
            case Text() | str():
                text = _plain(part)
                if _is_heading(part):
                    if headings:
                        yield Subheading(text)
                elif text.strip():
                    yield Prose(text)
            case TerminalTable():
                caption = next(captions, None)
                if caption is None:
                    raise ValueError("there are more tables than captions")
                yield _table(part, caption)
            case Padding(renderable=Text() as inner):
                yield Outline(((1 if part.left else 0, _plain(inner)),))
            case RenderableGroup():
                yield from _blocks(part.renderables, captions, headings)
            case _:
                raise TypeError(f"no block of a report is made from {type(part).__name__}")


def _table(table: TerminalTable, caption: str) -> Table:
    columns = [[_plain(cell) for cell in column.cells] for column in table.columns]
    groups: list[Group] = []
    rows: list[tuple[str, ...]] = []
    heading: str | None = None

    def close() -> None:
        nonlocal rows, heading
        if rows or heading is not None:
            groups.append(Group(tuple(rows), heading))
        rows, heading = [], None

    for number, row in enumerate(table.rows):
        cells = tuple(column[number] if number < len(column) else "" for column in columns)
        if len(cells) > 1 and not any(cells[1:]):
            close()
            heading = cells[0]
        else:
            rows.append(cells)
        if row.end_section:
            close()
    close()
    numeric = all(column.justify in ("right", "center") for column in table.columns[1:])
    headings = tuple(_plain(column.header) for column in table.columns)
    return Table(caption, headings, tuple(groups), numeric=numeric)


def _plain(cell: RenderableType) -> str:
    match cell:
        case Text():
            return cell.plain
        case Padding():
            return _plain(cell.renderable)
        case str():
            return cell
    raise TypeError(f"no cell of a table is made from {type(cell).__name__}")
