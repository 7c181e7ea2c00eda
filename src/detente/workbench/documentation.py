"""The documents of detente as pages: concepts, reference, how-to, tutorials, design and glossary.

An installed copy has them in its own folder ``docs``, a copy of the repository beside ``src``. So
what a page, a message or a term names as ``docs/concepts/brief.md`` can be read where it is named,
without a network.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from html import escape
from itertools import pairwise
from pathlib import Path
from posixpath import normpath

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from markdown_it import MarkdownIt
from markdown_it.token import Token

from detente.report.documentation import documents_folder
from detente.workbench.addresses import prefix_of

__all__ = ["add_documents", "document_address", "document_title", "documents"]

SHIPPED = ("concepts", "how-to", "tutorial", "reference", "design")
"""Folders of documents that an installed copy has, besides the glossary."""

_GLOSSARY = "glossary.md"
_TITLE = re.compile(r"# (.+)")
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title} – detente</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="{prefix}/static/style.css"></head>
<body class="document"><header class="document-bar"><a href="{prefix}/">All disputes</a>
<a href="{prefix}/help">Help</a></header>
<main class="page"><article class="panel">{text}</article></main></body></html>
"""


@cache
def documents() -> tuple[str, ...]:
    """Names of the documents that there are, such as ``concepts/brief.md``; by folder and name."""
    return tuple(_names(documents_folder()))


def _names(folder: Path) -> Iterator[str]:
    for part in SHIPPED:
        yield from (f"{part}/{page.name}" for page in sorted((folder / part).glob("*.md")))
    if (folder / _GLOSSARY).is_file():
        yield _GLOSSARY


def document_address(name: str) -> str | None:
    """Where a document is shown; None where there is none of this name."""
    return f"/docs/{name}" if name in documents() else None


@cache
def document_title(name: str) -> str:
    """The heading of a document."""
    found = _TITLE.match(_text(name))
    return found[1] if found else name


def _text(name: str) -> str:
    return (documents_folder() / name).read_text("utf-8")


@lru_cache(maxsize=64)
def _html(name: str) -> str:
    """A document as a part of a page; tags in it are text."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(_text(name))
    for heading, inline in pairwise(tokens):
        if heading.type == "heading_open":
            heading.attrSet("id", _anchor(inline.content))
    for token in tokens:
        if token.children:
            token.children = list(_with_own_links(token.children, name.rpartition("/")[0]))
    html = str(markdown.renderer.render(tokens, markdown.options, {}))
    # What may be wider than the page can be moved by keys. Tags in a text are escaped.
    return html.replace("<pre>", '<pre tabindex="0">').replace("<table>", '<table tabindex="0">')


def _anchor(heading: str) -> str:
    """Where a heading stands, as the forges that show Markdown call it."""
    kept = "".join(one for one in heading.lower() if one.isalnum() or one in " -_")
    return kept.replace(" ", "-")


def _with_own_links(tokens: Sequence[Token], folder: str) -> Iterator[Token]:
    """Inline text without pictures, and without links to what only the repository has."""
    leads_nowhere = False
    for token in tokens:
        if token.type == "link_open":
            address = str(token.attrGet("href") or "")
            leads_nowhere = not _is_there(address.partition("#")[0], folder)
        is_link = token.type in ("link_open", "link_close")
        if not (token.type == "image" or (is_link and leads_nowhere)):
            yield token


def _is_there(target: str, folder: str) -> bool:
    if not target or ":" in target:
        return True
    return normpath(f"{folder}/{target}").removeprefix("/") in documents()


def add_documents(app: FastAPI) -> None:
    """Let a server show the documents."""

    # No coroutine: a thread writes the page, and the loop goes on.
    @app.get("/docs/{name:path}", include_in_schema=False, response_class=HTMLResponse)
    def document(name: str, request: Request) -> HTMLResponse:
        from detente.workbench.pages.arrival import no_page

        prefix = prefix_of(request.headers)
        if name not in documents():
            return no_page(prefix)
        return HTMLResponse(
            _PAGE.format(prefix=prefix, title=escape(document_title(name)), text=_html(name))
        )
