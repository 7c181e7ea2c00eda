"""A window computes what follows from an edit once, whoever finds the edit first."""

from __future__ import annotations

import asyncio
import sys
import threading
from contextlib import nullcontext
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from asking import run_apart

from detente.workbench.edits import Put
from detente.workbench.folder import Folder
from detente.workbench.open_files import OpenFiles
from detente.workbench.pages.session import Session


class Window(nullcontext[None]):
    """Stands for a browser's window."""

    is_deleted = False


def test_what_follows_from_an_edit_is_begun_once(tmp_path: Path, monkeypatch: Any) -> None:
    (tmp_path / "a.yaml").write_text("dispute: Old\nparties: {}\n", "utf-8")
    opened = OpenFiles(Folder.at(tmp_path)).get("a.yaml")
    session = Session(None, opened, client=Window())  # type: ignore[arg-type]
    begun: list[int] = []
    laid_out: list[str] = []
    goes_on = threading.Event()

    def begin(refresh: object, after: object = ()) -> list[Any]:
        del refresh, after
        begun.append(opened.revision)
        return []

    def slow_edit(*asked: Any, **named: Any) -> int:
        revision = edit(*asked, **named)
        assert goes_on.wait(20)
        return revision

    edit = opened.edit
    monkeypatch.setattr(session, "_begin", begin)
    monkeypatch.setattr(opened, "edit", slow_edit)
    session.rebuild.append(lambda: laid_out.append(session.document["dispute"]))

    async def edit_and_look() -> None:
        await session.prepare()
        editing = asyncio.ensure_future(session.edit(Put(("dispute",), "New")))
        while opened.revision == 0:
            await asyncio.sleep(0)
        # The edit is made, and not yet shown by who made it.
        await session._look()
        assert begun == []
        goes_on.set()
        assert await editing
        once = [1, 1, 1]
        assert (begun, laid_out) == (once, ["New"])
        await session._look()
        assert begun == once
        # Another program's change is shown by whoever finds it.
        (tmp_path / "a.yaml").write_text("dispute: Theirs\nparties: {}\n", "utf-8")
        await session._look()
        assert begun == [*once, 2, 2, 2]

    run_apart(edit_and_look())
