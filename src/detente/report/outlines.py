"""Lines that stand under one another, as blocks of a report."""

from __future__ import annotations

import re
from collections.abc import Iterable

from detente.report.content import Block, Outline, Prose

__all__ = ["outline_of"]

# A line that begins a numbered item.
_NUMBERED = re.compile(r"\d+\. ")


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
