"""Terms on pages: each shows its sentence where the pointer or the focus is, and leads to more.

The sentences are those of :mod:`detente.report.glossary`; ``static/help.js`` shows them.
"""

from __future__ import annotations

from functools import lru_cache

from nicegui import ui

from detente.dispute.errors import DetenteError
from detente.report.glossary import Term, term_called
from detente.workbench.pages.elements import labelled, valued

__all__ = [
    "anchor",
    "explain_term",
    "known_term",
    "term_link",
]


def anchor(term: Term) -> str:
    """Where a term stands on the page of help."""
    words = "".join(one if one.isalnum() else " " for one in term.name.casefold()).split()
    return "term-" + "-".join(words)


@lru_cache(maxsize=512)
def known_term(name: str) -> Term | None:
    """The term of a name, in singular or plural; None where there is none."""
    try:
        return term_called(name)
    except DetenteError:
        return None


def term_link(text: str, term: Term) -> ui.link:
    """A text that is a term."""
    link = ui.link(text, f"/help#{anchor(term)}").classes("term")
    return valued(link, "data-help", term.meaning)


def explain_term(name: str) -> None:
    """Put a sign beside what is called after a term, if it is one."""
    term = known_term(name)
    if term is not None:
        sign = term_link("?", term).classes("mark-of-help")
        labelled(sign, f"What is this: {term.name}")
