"""Blocks of an analysis on a page: words, lists, tables and pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nicegui import ui

from detente.workbench.pages.elements import marked, pictured, valued
from detente.workbench.pages.sheet import Cell, Row, Sheet, column_heads, text_row
from detente.workbench.pages.words import show_words

__all__ = ["show_blocks"]


def show_blocks(blocks: Sequence[Mapping[str, Any]]) -> None:
    """Lay out blocks as :func:`detente.report.blocks_document.blocks_document` gives them."""
    for block in blocks:
        match block["kind"]:
            case "prose":
                show_words(block["text"])
            case "subheading":
                label = ui.label(block["text"]).classes("section-title")
                label.props('role="heading" aria-level="2"')
            case "bullets":
                _outline([(0, item) for item in block["items"]])
            case "outline":
                _outline(block["items"])
            case "table":
                _table(block)
            case "illustration":
                _picture(block)
            case "judgements":
                _outline(_judgement_items(block["items"]))


def _outline(items: Sequence[Sequence[Any]]) -> None:
    with ui.element("ul").classes("nested"):
        for depth, text in items:
            item = marked(ui.element("li"), f"depth-{min(int(depth), 3)}")
            with item:
                # The list's own mark stands before it.
                show_words(text.removeprefix("- "))


def _judgement_items(items: Sequence[Mapping[str, Any]]) -> list[tuple[int, str]]:
    told: list[tuple[int, str]] = []
    for item in items:
        told.append((0, item["heading"]))
        told += [(1, f"{term}: {fact}") for term, fact in item["facts"]]
        told += [
            (1, f"{one['source']}, {one['where']}: {one['says'] or one['quote'] or ''}")
            for one in item["passages"]
        ]
        if item["basis"]:
            told.append((1, item["basis"]))
    return told


def _table(block: Mapping[str, Any]) -> None:
    columns = block["columns"]
    scroll = ui.element("div").classes("scroll").props('role="region" tabindex="0"')
    valued(scroll, "aria-label", block["caption"] or columns[0] or "Table")
    bodies = [_rows(group, len(columns)) for group in block["groups"]]
    with scroll:
        Sheet(column_heads(columns), *bodies, caption=block["caption"] or "").classes("found")


def _rows(group: Mapping[str, Any], width: int) -> list[Row]:
    heading = group["heading"]
    head = [Row((Cell(heading, "rowgroup", span=width),))] if heading else []
    return [*head, *(text_row(row) for row in group["rows"])]


def _picture(block: Mapping[str, Any]) -> None:
    with ui.element("figure").classes("picture"):
        pictured(ui.element("img"), block["svg"], block["title"])
        with ui.element("figcaption"):
            ui.label(block["title"])
            with ui.element("details"):
                with ui.element("summary"):
                    ui.label("The picture in words")
                ui.label(block["description"])
