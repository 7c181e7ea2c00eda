"""Nodes and arrows, as all pictures of graphs have them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from detente.report.plots.picture import WITHIN, series_colours

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.typing import LineStyleType

__all__ = ["FAINT", "INK", "PAPER", "Point", "arrow", "blank", "colour", "dash", "mark"]

# Each mover has a colour and a dash of its own, so that no reader depends on colours.
_DASHES: Final[Sequence[LineStyleType]] = (
    "-",
    (0, (6, 2)),
    (0, (1.5, 1.5)),
    (0, (6, 2, 1.5, 2)),
    (0, (3, 3)),
    (0, (9, 3)),
)

INK: Final = "#1a1a1a"
PAPER: Final = "#ffffff"
FAINT: Final = 0.35
_MARKED = "#d9d9d9"
_NODE_POINTS = 11.0
# How far an arrow bends: one for each mover between the same two nodes, so that none hides one.
_FIRST_BEND, _MORE_BEND = 0.1, 0.09

Point = tuple[float, float]


def blank(axes: Axes) -> Axes:
    """Take axes and ticks away."""
    axes.set_axis_off()
    axes.margins(0.12)
    return axes


def dash(mover: int) -> LineStyleType:
    """The dash of a mover's arrows, by its number."""
    return _DASHES[mover % len(_DASHES)]


def colour(mover: int) -> str:
    """The colour of a mover's arrows, by its number."""
    return series_colours(mover + 1)[mover]


def arrow(
    axes: Axes,
    start: Point,
    end: Point,
    mover: int,
    bend: int,
    *,
    faint: bool = False,
    straight: bool = False,
) -> None:
    """Draw an arrow between two nodes, bent the more the greater `bend` is.

    `straight` leaves the first one, with bend 0, unbent.
    """
    from matplotlib.patches import FancyArrowPatch

    first = 0.0 if straight else _FIRST_BEND
    # Where limits are set already, nobody need find out how far the arrow reaches.
    add = axes.add_patch if axes.get_autoscale_on() else axes.add_artist
    add(
        FancyArrowPatch(
            start,
            end,
            connectionstyle=f"arc3,rad={first + _MORE_BEND * bend}",
            arrowstyle="-|>",
            mutation_scale=9 if faint else 14,
            shrinkA=_NODE_POINTS + 2,
            shrinkB=_NODE_POINTS + 3,
            color=colour(mover),
            linestyle=dash(mover),
            linewidth=0.8 if faint else 1.8,
            alpha=FAINT if faint else 1.0,
            zorder=1 if faint else 2,
        )
    )


def mark(axes: Axes, place: Point, label: str, *, square: bool, thick: bool) -> None:
    """Draw a node: a circle or a square; with a thick edge and a grey face, or thin and white."""
    axes.plot(
        *place,
        marker="s" if square else "o",
        markersize=_NODE_POINTS * 2,
        markerfacecolor=_MARKED if thick else PAPER,
        markeredgecolor=INK,
        markeredgewidth=2.6 if thick else 0.9,
        zorder=3,
    )
    axes.annotate(
        label,
        place,
        ha="center",
        va="center",
        fontsize=9 if len(label) <= 3 else 6,
        color=INK,
        zorder=4,
        **WITHIN,
    )
