"""What all pictures share: colours, a text equivalent, and how they are written.

A module beside this one turns one kind of result into a :class:`Picture`. Figures are made
without pyplot, so nothing global changes and pictures can be made in any thread.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from warnings import catch_warnings, filterwarnings

from detente.dispute.errors import DisputeError
from detente.files.whole_file import write_whole
from detente.report.plots.letters import with_fonts_for_letters

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.text import Text

__all__ = [
    "PICTURE_FORMATS",
    "SERIES_COLOURS",
    "WITHIN",
    "DrawnPicture",
    "Picture",
    "drawn",
    "new_figure",
    "picture_bytes",
    "picture_format",
    "ready_to_draw",
    "series_colours",
    "short_label",
    "wrapped_label",
    "write_picture",
]

PICTURE_FORMATS: Final = ("svg", "png", "pdf")

# Okabe and Ito's palette, which people with any of the usual kinds of colour blindness can tell
# apart; black is kept for text and lines, and yellow, too pale on white, comes last.
SERIES_COLOURS: Final = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#56B4E9",
    "#E69F00",
    "#F0E442",
)

WITHIN: Final[Mapping[str, Any]] = {"annotation_clip": False, "in_layout": False}
"""For annotations that are sure to lie within their axes: nobody need look how far they reach."""

_DOTS_PER_INCH = 150

# Letters of a short alternative text.
_SHORT = 250


@dataclass(frozen=True, eq=False, slots=True)
class Picture:
    """A figure with what it shows in words.

    Attributes
    ----------
    figure
        The figure.
    title
        What it is a picture of, in one line.
    description
        Its text equivalent: what a reader who cannot see it needs to know. It is written into
        the file and is the alternative text on a page.
    """

    figure: Figure
    title: str
    description: str

    @property
    def alternative(self) -> str:
        """A short alternative text: the title, and the first sentence of the description."""
        return _alternative(self.title, self.description)


@dataclass(frozen=True, eq=False, slots=True)
class DrawnPicture:
    """A picture in one file format, as :func:`drawn` makes it.

    Attributes
    ----------
    form
        Its format.
    content
        The file.
    title, description
        As in :class:`Picture`.
    """

    form: str
    content: bytes = field(repr=False)
    title: str
    description: str

    @property
    def alternative(self) -> str:
        """A short alternative text: the title, and the first sentence of the description."""
        return _alternative(self.title, self.description)


def _alternative(title: str, description: str) -> str:
    first, stop, _ = description.partition(". ")
    words = f"{title}. {first}{'.' if stop else ''}"
    return words if len(words) <= _SHORT else f"{title}."


def drawn(picture: Picture | DrawnPicture, form: str) -> DrawnPicture:
    """A picture drawn once and for all, in one file format."""
    content = picture_bytes(picture, form)
    return DrawnPicture(form, content, picture.title, picture.description)


def new_figure(width: float, height: float) -> Figure:
    """Make an empty figure of a size in inches, with the project's fonts and spacing."""
    with _no_backend():
        from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


@contextmanager
def _no_backend() -> Iterator[None]:
    """Import matplotlib without the backend that a notebook left in the environment.

    Figures need none here, and one that is not installed would keep matplotlib from starting.
    """
    backend = None if "matplotlib" in sys.modules else os.environ.pop("MPLBACKEND", None)
    try:
        yield
    finally:
        if backend is not None:
            os.environ["MPLBACKEND"] = backend
            # Who goes on to show figures of their own gets the one that they asked for.
            with suppress(ValueError, ImportError):
                sys.modules["matplotlib"].rcParams["backend"] = backend


def ready_to_draw(form: str) -> None:
    """Import what draws pictures in a file format, in a process that does nothing else.

    This takes half a second, of which a third would go into the help on every kind of artist.
    """
    with _no_backend():
        artist: Any = import_module("matplotlib.artist")
        artist.kwdoc = lambda _: ""
        # Of no public name: without it there is the help, and it takes as long as usual.
        artist.Artist._update_set_signature_and_docstring = lambda: None
        import_module("matplotlib.figure")
    import_module(f"matplotlib.backends.backend_{'agg' if form == 'png' else form}")


def series_colours(count: int) -> Sequence[str]:
    """Colours for `count` series, in order; they repeat where there are more than colours."""
    return [SERIES_COLOURS[number % len(SERIES_COLOURS)] for number in range(count)]


def wrapped_label(text: str, width: int) -> str:
    """A label on as many lines of so many characters as it needs."""
    from textwrap import fill

    return fill(text, width, break_on_hyphens=False)


def short_label(text: str, width: int, lines: int) -> str:
    """A label on so many lines at most; what is left out stands in the picture's description."""
    wrapped = wrapped_label(text, width).split("\n")
    if len(wrapped) <= lines:
        return "\n".join(wrapped)
    return "\n".join([*wrapped[: lines - 1], f"{wrapped[lines - 1][: width - 2]} …"])


def picture_bytes(picture: Picture | DrawnPicture, form: str) -> bytes:
    """A picture in a file format, the same bytes each time.

    Parameters
    ----------
    picture
        The picture; one that was drawn already, in this format.
    form
        One of :data:`PICTURE_FORMATS`.

    Returns
    -------
    bytes
        Title and description are part of the file, where the format has a place for them.
    """
    if isinstance(picture, DrawnPicture):
        assert picture.form == form, f"drawn as {picture.form}, wanted as {form}"
        return picture.content
    import matplotlib as mpl

    described = {"Title": picture.title}
    match form:
        case "svg":
            described |= {"Description": picture.description, "Date": ""}
        case "png":
            described |= {"Description": picture.description}
        case "pdf":
            described |= {"Subject": picture.description}
    stream = io.BytesIO()
    # Text stays text, so that it can be found and read aloud; ids do not change between runs.
    with mpl.rc_context(
        {"svg.fonttype": "none", "svg.hashsalt": "detente", "text.parse_math": False}
    ):
        metadata: dict[str, str | None] = {key: value or None for key, value in described.items()}
        if form == "pdf":
            metadata |= {"CreationDate": None}
        _without_what_is_unseen(picture.figure)
        texts = _as_text(picture.figure)
        with_fonts_for_letters(texts)
        with catch_warnings():
            # Said already, once and in words.
            filterwarnings("ignore", "Glyph .* missing from", UserWarning)
            _print(picture.figure, form, stream, metadata)
    return stream.getvalue()


def _print(
    figure: Figure, form: str, stream: io.BytesIO, metadata: Mapping[str, str | None]
) -> None:
    """Print a figure by the canvas of its format: `savefig` would draw it twice."""
    figure.set_dpi(_DOTS_PER_INCH)
    match form:
        case "svg":
            from matplotlib.backends.backend_svg import FigureCanvasSVG

            FigureCanvasSVG(figure).print_svg(stream, metadata=metadata)  # type: ignore[no-untyped-call]
        case "png":
            from matplotlib.backends.backend_agg import FigureCanvasAgg

            FigureCanvasAgg(figure).print_png(stream, metadata=metadata)  # type: ignore[no-untyped-call]
        case "pdf":
            from matplotlib.backends.backend_pdf import FigureCanvasPdf

            FigureCanvasPdf(figure).print_pdf(stream, metadata=metadata)  # type: ignore[no-untyped-call]


def _without_what_is_unseen(figure: Figure) -> None:
    """Have no time spent on ticks of axes that are not drawn, and on places of labels that are not.

    The place of a label follows from the extents of all ticks.
    """
    for axes in figure.axes:
        if not axes.axison:
            axes.set(xticks=(), yticks=())
        for axis in (axes.xaxis, axes.yaxis):
            if not axis.get_label_text():
                axis.set_label_coords(0.5, 0.5)


def _as_text(figure: Figure) -> list[Text]:
    """Have every text of a figure shown as it is: a name may have signs of formulas in it."""
    from matplotlib.text import Text

    texts: list[Text] = [*figure.findobj(Text)]
    for text in texts:
        text.set_parse_math(False)
    return texts


def picture_format(path: Path) -> str:
    """The format that a picture's name ends in.

    Raises
    ------
    DisputeError
        If it ends in none of :data:`PICTURE_FORMATS`.
    """
    form = path.suffix.lower().removeprefix(".")
    if form not in PICTURE_FORMATS:
        raise DisputeError(
            f"a picture's name ends in one of {', '.join(PICTURE_FORMATS)}",
            path=path,
            found=path.suffix or None,
        )
    return form


def write_picture(picture: Picture | DrawnPicture, path: Path) -> None:
    """Write a picture to a file, whole or not at all, in the format that its name ends in.

    Raises
    ------
    DisputeError
        If the name ends in no known format, or the file cannot be written.
    """
    content = picture_bytes(picture, picture_format(path))
    write_whole(path, lambda stream: stream.writelines([content]))
