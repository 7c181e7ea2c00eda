"""Tables, each sent to the browser as a whole.

A table of some hundred cells, made of an element for each, keeps the loop that serves the pages
busy for half a second.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from nicegui import events
from nicegui.element import Element

from detente.workbench.pages.terms import anchor, known_term

__all__ = ["Cell", "Row", "Sheet", "column_heads", "text_row"]

Scope = Literal["col", "row", "colgroup", "rowgroup"]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that is more than a text.

    Attributes
    ----------
    text
        What it shows.
    scope
        What it is the head of, if it is one.
    mark
        How it looks: a class of the style sheet.
    span
        How many columns it takes.
    link, press
        Where its text leads, or what a press on it does.
    label, title
        What the link or the button is called for those who do not see it, and what is told where
        the pointer is.
    meaning
        The sentence of the term that it links to.
    equilibria
        The concept whose equilibria it counts.
    """

    text: str
    scope: Scope | None = None
    mark: str = ""
    span: int = 1
    link: str = ""
    press: Callable[[], object] | None = None
    label: str = ""
    title: str = ""
    meaning: str = ""
    equilibria: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table.

    Attributes
    ----------
    cells
        Its cells; a text stands for a plain one.
    mark
        How it looks: a class of the style sheet.
    """

    cells: tuple[Cell | str, ...]
    mark: str = ""


class Sheet(Element, component="sheet.js"):
    """A table; see ``sheet.js``."""

    def __init__(
        self,
        heads: Sequence[Cell | str],
        *bodies: Sequence[Row],
        caption: str = "",
        unseen: bool = False,
    ) -> None:
        """Make the table.

        Parameters
        ----------
        heads
            The cells of its head.
        *bodies
            Rows that belong together.
        caption, unseen
            What the table is, and whether only those hear it who do not see the table.
        """
        super().__init__()
        self._acts: list[Callable[[], object]] = []
        parts = [{"head": True, "rows": [self._row(Row(tuple(heads)))]}]
        parts += [{"head": False, "rows": [self._row(row) for row in rows]} for rows in bodies]
        # What is no list is not watched by the page library for changes, cell by cell.
        self._props.update(caption=caption, unseen=unseen, parts=tuple(parts))

        def pressed(event: events.GenericEventArguments) -> object:
            return self._acts[int(event.args)]()

        if self._acts:
            self.on("pressed", pressed)

    def _row(self, row: Row) -> dict[str, Any]:
        return {"cells": [self._cell(one) for one in row.cells], "mark": row.mark}

    def _cell(self, cell: Cell | str) -> str | dict[str, Any]:
        if isinstance(cell, str):
            return cell
        told: dict[str, Any] = {
            "text": cell.text,
            "scope": cell.scope,
            "href": cell.link,
            "label": cell.label,
            "title": cell.title,
            "help": cell.meaning,
            "equilibria": cell.equilibria,
            "mark" if cell.press is None else "pressed": cell.mark,
        }
        if cell.span != 1:
            told["span"] = cell.span
        if cell.press is not None:
            told["act"] = len(self._acts)
            self._acts.append(cell.press)
        # The text stays, were it empty: a cell without one would show what else it has.
        return {
            key: value for key, value in told.items() if key == "text" or value not in ("", None)
        }


def column_heads(texts: Sequence[str]) -> list[Cell]:
    """The head of a table; what is a term is explained."""
    heads = []
    for text in texts:
        term = known_term(text) if text else None
        if term is None:
            heads.append(Cell(text, "col"))
        else:
            heads.append(Cell(text, "col", link=f"/help#{anchor(term)}", meaning=term.meaning))
    return heads


def text_row(texts: Sequence[str], mark: str = "") -> Row:
    """A row of texts, which its first one names."""
    return Row((Cell(texts[0], "row"), *texts[1:]), mark)
