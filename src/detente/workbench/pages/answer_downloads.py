"""What an answer can be taken away as: its tables, its pictures, its document."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nicegui import ui

from detente.analyses.declaration import Declaration
from detente.dispute.errors import DetenteError
from detente.workbench.pages.session import Session

__all__ = ["AnswerDownloads"]

# What each form of the tables is called, and how its file's name ends.
_TABLES = {
    "xlsx": ("Tables for a spreadsheet (XLSX)", "xlsx"),
    "csv": ("Tables with commas (CSV)", "csv"),
    "excel-csv": ("Tables with semicolons, for Excel (CSV)", "csv"),
}


@dataclass(frozen=True)
class AnswerDownloads:
    """An answer that one window shows.

    Attributes
    ----------
    session, declaration, parameters
        The question.
    blocks
        The answer, as the page shows it.
    whole
        Its document.
    """

    session: Session
    declaration: Declaration
    parameters: Mapping[str, Any]
    blocks: Sequence[Mapping[str, Any]]
    whole: Mapping[str, Any]

    def lay_out(self) -> None:
        """A button with all that there is."""
        button = ui.button("Download", icon="download").props("outline dense no-caps")
        with button.classes("self-end"), ui.menu():
            if any(one["kind"] == "table" for one in self.blocks):
                for form, (label, _) in _TABLES.items():
                    ui.menu_item(label, lambda form=form: self.tables(form))
            for one in self.blocks:
                if one["kind"] == "illustration":
                    for form in ("svg", "png"):
                        ui.menu_item(
                            f"Picture: {one['title']} ({form.upper()})",
                            lambda key=one["id"], form=form: self.picture(key, form),
                        )
            ui.menu_item("The whole document (JSON)", self.document)

    async def tables(self, form: str) -> None:
        """All tables of the answer, as they stand on the page."""
        shown = [one for one in self.blocks if one["kind"] != "illustration"]
        file = f"{self.declaration.path}.{_TABLES[form][1]}"
        await self._fetched("tables", file, blocks=shown, form=form)

    async def picture(self, key: str, form: str) -> None:
        """A picture as a file; one in SVG is there already."""
        drawn = next(
            one for one in self.blocks if one["kind"] == "illustration" and one["id"] == key
        )
        name = f"{self.declaration.path}-{key}.{form}"
        if form == "svg":
            ui.download.content(b64decode(drawn["svg"]), name)
            return
        ui.notify("The picture is being drawn.", position="top")
        await self._fetched(
            "picture",
            name,
            key=key,
            form=form,
            name=self.declaration.name,
            parameters=dict(self.parameters),
        )

    def document(self) -> None:
        """The document, as `detente schema` describes it."""
        text = json.dumps(self.whole, ensure_ascii=False, indent=2)
        ui.download.content(text.encode(), f"{self.declaration.path}.json")

    async def _fetched(self, task: str, file: str, /, **arguments: Any) -> None:
        try:
            found = await self.session.compute(task, **arguments)
        except DetenteError as error:
            self.session.tell(error.message)
            return
        ui.download.content(b64decode(found["content"]), file)
