"""A report as one page that needs no network: no address in it is ever fetched."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from detente.report.content import Block, ReportContent
from detente.report.language import say
from detente.report.plots.picture import DrawnPicture, Picture, picture_bytes

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

__all__ = ["html_blocks", "html_page", "ready_to_render"]


def html_page(report: ReportContent) -> str:
    """A report as the text of an HTML page.

    Style and pictures are part of the page, it has no script, and its policy (CSP) forbids a
    browser to fetch anything. All that comes from files is escaped.

    Parameters
    ----------
    report
        The report.

    Returns
    -------
    str
        The same text each time.
    """
    style = files("detente.report.render").joinpath("templates/page.css").read_text("utf-8")
    return _environment().get_template("page.html").render(report=report, style=style)


def ready_to_render() -> None:
    """Translate the templates of a page ahead, which takes longer than to fill them in."""
    for name in ("page.html", "blocks.html"):
        _environment().get_template(name)


def html_blocks(blocks: Iterable[Block]) -> str:
    """Some blocks as a piece of a page, such as a notebook shows; in the page's own style."""
    told = _environment().get_template("blocks.html").module.told  # type: ignore[attr-defined]
    return str(told(tuple(blocks)))


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("detente.report.render"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["say"] = say
    environment.filters["kind"] = lambda block: type(block).__name__
    environment.filters["css_text"] = _css_text
    environment.filters["picture_address"] = _picture_address
    return environment


def _picture_address(picture: Picture | DrawnPicture) -> str:
    # As an image of its own, and not as part of the page, its ids cannot meet those of others.
    return "data:image/svg+xml;base64," + b64encode(picture_bytes(picture, "svg")).decode("ascii")


def _css_text(text: str) -> Markup:
    """Text as it stands between quotation marks in a style sheet, where nothing in it is more."""
    from markupsafe import Markup

    return Markup(
        "".join(
            letter if letter.isascii() and letter.isalnum() else f"\\{ord(letter):x} "
            for letter in text
        )
    )
