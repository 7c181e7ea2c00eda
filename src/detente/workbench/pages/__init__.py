"""The pages of the workbench."""

from __future__ import annotations

from detente.workbench.services import Services

__all__ = ["add_pages"]


def add_pages(work: Services) -> None:
    """Make the pages; to be called once in a process."""
    from detente.workbench.pages import (
        analyses,
        brief,
        compare,
        edit,
        graph,
        help,
        home,
        read,
        roadmap,
        states,
        text,
    )
    from detente.workbench.pages.page_library import mend_page_library

    mend_page_library()
    pages = (home, brief, edit, read, states, graph, roadmap, analyses, text, compare, help)
    for page in pages:
        page.add(work)
