"""Labels, marks and styles of elements, passed as values.

The page library reads ``.props("...")``, ``.classes("...")`` and ``.style("...")`` in small
languages of its own: there a quotation mark ends a value, and what follows it becomes another
attribute. Names come from files that other people wrote. So no text that is made at run time ever
stands in one of these; it goes through this module, in which a text is a value and nothing else.
A test holds every page to it (``tests/workbench/test_no_text_is_code.py``).
"""

from __future__ import annotations

import re
from base64 import b64decode
from typing import TYPE_CHECKING, Literal, TypeVar

from nicegui import ui

if TYPE_CHECKING:
    from nicegui.element import Element

__all__ = [
    "labelled",
    "link_script",
    "link_style_sheet",
    "marked",
    "pictured",
    "styled",
    "valued",
]

_Element = TypeVar("_Element", bound="Element")

# What a class may be called, and what the value of a style may be: one plain word each.
_CLASS = re.compile(r"[a-z][a-z0-9-]*")
_STYLE = re.compile(r"#?[A-Za-z0-9.%-]+")
# The address of a file that comes with the pages.
_OWN_FILE = re.compile(r"(/[A-Za-z0-9._~-]+)+")


def labelled(element: _Element, text: str) -> _Element:
    """Name an element for those who do not see it.

    Parameters
    ----------
    element
        The element.
    text
        Any text.

    Returns
    -------
    Element
        The same element.
    """
    return valued(element, "aria-label", text)


def valued(
    element: _Element,
    key: Literal[
        "accept",
        "alt",
        "aria-label",
        "colspan",
        "data-equilibria",
        "data-help",
        "id",
        "src",
        "title",
    ],
    value: str | int,
) -> _Element:
    """Give an attribute of an element a value, whatever that contains."""
    element.props[key] = str(value)
    return element


def pictured(element: _Element, svg: str, title: str) -> _Element:
    """Let an ``img`` show a picture.

    Parameters
    ----------
    element
        The element.
    svg
        The picture as SVG in base 64: as an image it runs no script.
    title
        What it shows.

    Returns
    -------
    Element
        The same element.

    Raises
    ------
    ValueError
        If the picture is not in base 64.
    """
    b64decode(svg, validate=True)
    element.props["src"] = f"data:image/svg+xml;base64,{svg}"
    return valued(element, "alt", title)


def marked(element: _Element, *names: str) -> _Element:
    """Add classes that are chosen at run time.

    Raises
    ------
    ValueError
        If a name is not one plain word: it would be no class of the style sheet.
    """
    for name in names:
        if not _CLASS.fullmatch(name):
            raise ValueError(f"{name!r} is not the name of a class")
        element.classes(name)
    return element


def styled(element: _Element, key: Literal["background", "margin-left"], value: str) -> _Element:
    """Set one style of an element.

    Raises
    ------
    ValueError
        If the value is not one plain word, such as a colour or a length.
    """
    if not _STYLE.fullmatch(value):
        raise ValueError(f"{value!r} is not the value of a style")
    element.style[key] = value
    return element


def link_style_sheet(address: str) -> None:
    """Have the page load a style sheet of the server's own.

    Raises
    ------
    ValueError
        If the address is not one of its files.
    """
    ui.add_head_html(f'<link rel="stylesheet" href="{_own_file(address)}">')


def link_script(address: str) -> None:
    """Have the page load a script of the server's own, before it is laid out.

    Raises
    ------
    ValueError
        If the address is not one of its files.
    """
    ui.add_head_html(f'<script src="{_own_file(address)}" defer></script>')


def _own_file(address: str) -> str:
    if not _OWN_FILE.fullmatch(address):
        raise ValueError(f"{address!r} is not the address of a file of the server's own")
    return address
