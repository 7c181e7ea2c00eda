"""Pages are laid out when a browser has arrived, and not before.

Whoever asks for a page gets an empty one; its parts are made when the page's socket connects, which
other programs, and frames in pages of other sites, never do. Until then a page takes up some
kilobytes, for some seconds, and there are few of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi.responses import HTMLResponse
from nicegui import Client, ui

from detente.workbench.addresses import prefix_of
from detente.workbench.pages.frame import dispute_title, frame, head, open_session
from detente.workbench.pages.session import Session
from detente.workbench.services import Services

__all__ = ["arrived", "file_page", "no_page"]

# A slow browser takes some seconds to start what a page consists of.
_PATIENCE = 15.0
_MOST_AWAITED = 40

_NO_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Not found – detente</title>
<link rel="stylesheet" href="{prefix}/static/style.css"></head>
<body><main class="page"><h1 class="page-title">Not found</h1>
<p>There is no such dispute file in this folder, and no such page.</p>
<p><a href="{prefix}/">All disputes</a></p></main></body></html>
"""

_awaited: dict[str, Client] = {}


async def arrived(title: str) -> bool:
    """Answer with an empty page, and wait for a browser to show it.

    Parameters
    ----------
    title
        The page's title until it is laid out.

    Returns
    -------
    bool
        Whether one has come; the page is gone otherwise.
    """
    head(title)
    client = ui.context.client
    while len(_awaited) >= _MOST_AWAITED:
        # The oldest goes. A browser that comes for it after all loads the page again by itself.
        _awaited.pop(next(iter(_awaited))).delete()
    _awaited[client.id] = client
    try:
        # When time is up, the page library deletes the page.
        await client.connected(timeout=_PATIENCE)
    finally:
        _awaited.pop(client.id, None)
    return not client.is_deleted


def file_page(work: Services, view: str, lay_out: Callable[[Session], None]) -> None:
    """Make the page that shows a view of a file.

    Parameters
    ----------
    work
        What the server works with.
    view
        Which of :data:`detente.workbench.pages.frame.VIEWS` it is.
    lay_out
        Lays out what the page has in its middle.
    """

    @ui.page("/dispute/{name}" + (f"/{view}" if view else ""))
    async def page(name: str) -> Any:
        if not work.folder.has(name):
            asked = ui.context.client.request
            ui.context.client.delete()
            return no_page(prefix_of(asked.headers))
        if not await arrived(name):
            return None
        session = await open_session(work, name)
        if session is None:
            with frame("Not found"):
                ui.label("This file is no longer in the folder, or cannot be read.")
            return None
        with frame(dispute_title(session), session, view):
            lay_out(session)
        session.start()
        return None


def no_page(prefix: str) -> HTMLResponse:
    """The answer to a request for what is not there; nothing of it is kept.

    Parameters
    ----------
    prefix
        The path before those of the pages.
    """
    return HTMLResponse(_NO_PAGE.format(prefix=prefix), status_code=404)
