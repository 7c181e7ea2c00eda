"""Shortest legal paths as a graph: states in layers by number of moves, arrows by mover."""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_lowercase
from textwrap import fill
from typing import TYPE_CHECKING, Final

from detente.dispute.errors import DisputeError, LimitError
from detente.report.explanations import changes
from detente.report.paths import mover_name, place_words
from detente.report.plots.nodes import FAINT, INK, PAPER, Point, arrow, blank, colour, dash, mark
from detente.report.plots.picture import Picture, new_figure
from detente.report.words import counted
from detente.stability.found_paths import PathAnalysis

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["MOST_CHANGES", "MOST_PLACES", "paths_picture"]

MOST_PLACES: Final = 32
"""Paths that pass through more states than this, those of each layer counted, are not drawn."""

MOST_CHANGES: Final = len(ascii_lowercase)
"""Paths on which more kinds of moves are made than this are not drawn: each has a letter."""

# A state, and the number of moves after which it is reached.
_Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Arrow:
    """A move from one place to the next, with its mover and its number among the kinds."""

    start: _Place
    end: _Place
    mover: str
    kind: int
    improving: bool


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What is drawn: places by layer, arrows, and each kind of move: who changes what."""

    layers: tuple[tuple[_Place, ...], ...]
    arrows: tuple[_Arrow, ...]
    kinds: tuple[tuple[str, str], ...]


def paths_picture(analysis: PathAnalysis) -> Picture:
    """Draw the paths that an analysis gives.

    Parameters
    ----------
    analysis
        The analysis, with at least one path of at least one move.

    Returns
    -------
    Picture
        States by number of moves from left to right, the start a square, the states asked for
        grey with a thick edge. An arrow's letter stands for what changes; a move that is no
        improvement is faint.

    Raises
    ------
    DisputeError
        If there is nothing to draw.
    LimitError
        If there are more than :data:`MOST_PLACES` states or :data:`MOST_CHANGES` kinds of moves.
    """
    if not analysis.length:
        raise DisputeError(_nothing(analysis))
    drawn = _drawn(analysis)
    places = sum(map(len, drawn.layers))
    if places > MOST_PLACES or len(drawn.kinds) > MOST_CHANGES:
        raise LimitError(
            f"{counted(len(analysis.paths), 'path')} through {counted(places, 'state')} by "
            f"{len(drawn.kinds)} kinds of moves are too many to draw; at most {MOST_PLACES} states "
            f"and {MOST_CHANGES} kinds can be: ask for fewer paths, or for moves of some "
            "parties only or improvements only"
        )
    figure = _figure(analysis, drawn)
    shown, count = len(analysis.paths), analysis.path_count
    which = "very many shortest paths" if count is None else counted(count, "shortest path")
    if count == 1:
        which = "the shortest path"
    if count is None or shown < count:
        which = f"{shown} of {which}"
    start, end = _ends(analysis)
    title = f"{analysis.dispute.title}: {which} from {start} to {end}"
    figure.suptitle(fill(title, 70), fontsize=11, parse_math=False)
    return Picture(figure, title, _in_words(analysis, drawn))


def _ends(analysis: PathAnalysis) -> tuple[str, str]:
    """Where the paths start and end, by name."""
    return (
        place_words(analysis.dispute, analysis.start),
        place_words(analysis.dispute, str(analysis.end)),
    )


def _nothing(analysis: PathAnalysis) -> str:
    if analysis.end is None:
        return "a picture of paths needs an end: say where they lead (--to)"
    start, end = _ends(analysis)
    if analysis.length is None:
        return f"there is nothing to draw: no legal sequence leads to {end}"
    return f"there is nothing to draw: {start} is in {end} without any move"


def _drawn(analysis: PathAnalysis) -> _Drawn:
    """Places, arrows and letters of the paths; each place near those from which it is reached."""
    kinds: dict[tuple[str, str], int] = {}
    arrows: dict[_Arrow, None] = {}
    layers: list[dict[_Place, None]] = [{} for _ in range((analysis.length or 0) + 1)]
    parties = analysis.dispute.party_numbers
    for path in analysis.paths:
        before = (path.start, 0)
        layers[0][before] = None
        for depth, step in enumerate(path.steps, start=1):
            what = changes(analysis.model, before[0], step.state, by_one=step.mover in parties)
            kind = kinds.setdefault((step.mover, what), len(kinds))
            after = (step.state, depth)
            layers[depth][after] = None
            arrows[_Arrow(before, after, step.mover, kind, step.improving)] = None
            before = after
    ordered = [tuple(layers[0])]
    for layer in layers[1:]:
        height = {place: number for number, place in enumerate(ordered[-1])}
        sources: dict[_Place, list[int]] = {place: [] for place in layer}
        for one in arrows:
            if one.end in sources:
                sources[one.end].append(height[one.start])
        ordered.append(tuple(sorted(layer, key=lambda place: _mean(sources[place]))))
    return _Drawn(tuple(ordered), tuple(arrows), tuple(kinds))


def _mean(values: list[int]) -> float:
    return sum(values) / len(values)


def _figure(analysis: PathAnalysis, drawn: _Drawn) -> Figure:
    numbers = _mover_numbers(analysis)
    widest = max(map(len, drawn.layers))
    key = _key(analysis, drawn)
    lines = key.count("\n") + 1
    height = 1.9 + 0.75 * widest
    figure = new_figure(max(7.5, 1.7 * len(drawn.layers)), height + 0.17 * lines)
    axes = figure.add_subplot()
    blank(axes)
    where: dict[_Place, Point] = {
        place: (float(depth), (len(layer) - 1) / 2 - number)
        for depth, layer in enumerate(drawn.layers)
        for number, place in enumerate(layer)
    }
    bends: dict[tuple[_Place, _Place], int] = {}
    for one in drawn.arrows:
        bend = bends.setdefault((one.start, one.end), 0)
        bends[one.start, one.end] += 1
        (x, y), (to_x, to_y) = where[one.start], where[one.end]
        mover = numbers[one.mover]
        faint = not one.improving
        arrow(axes, (x, y), (to_x, to_y), mover, bend, faint=faint, straight=True)
        # Nearer to where the arrow starts, arrows to one state are further apart.
        share = 0.42
        axes.annotate(
            ascii_lowercase[one.kind],
            (x + share * (to_x - x), y + share * (to_y - y)),
            xytext=(0.0, -8.0 * bend),
            textcoords="offset points",
            ha="center",
            va="center",
            fontsize=9,
            fontweight="bold",
            color=INK,
            bbox={"boxstyle": "round,pad=0.15", "facecolor": PAPER, "edgecolor": "none"},
            zorder=3,
        )
    for layer in drawn.layers:
        for state, depth in layer:
            mark(
                axes,
                where[state, depth],
                str(state),
                square=depth == 0,
                thick=depth == analysis.length,
            )
    axes.set_ylim(-widest / 2 + 0.1, widest / 2 - 0.1)
    _legend(axes, analysis, drawn, numbers)
    figure.supxlabel(key, x=0.02, ha="left", fontsize=8, color=INK, parse_math=False)
    return figure


def _mover_numbers(analysis: PathAnalysis) -> dict[str, int]:
    """Numbers of movers, for their colours: parties first, then packages, then coalitions."""
    dispute = analysis.dispute
    ids = [one.id for one in dispute.parties] + [one.id for one in dispute.packages]
    ids += sorted({step.mover for path in analysis.paths for step in path.steps} - set(ids))
    return {mover: number for number, mover in enumerate(ids)}


def _names(analysis: PathAnalysis) -> dict[str, str]:
    steps = [step for path in analysis.paths for step in path.steps]
    return {step.mover: mover_name(analysis, step) for step in steps}


def _key(analysis: PathAnalysis, drawn: _Drawn) -> str:
    names = _names(analysis)
    return "\n".join(
        fill(f"{letter}   {names[mover]}: {what}", 105, subsequent_indent="     ")
        for letter, (mover, what) in zip(ascii_lowercase, drawn.kinds, strict=False)
    )


def _legend(axes: Axes, analysis: PathAnalysis, drawn: _Drawn, numbers: dict[str, int]) -> None:
    from matplotlib.lines import Line2D

    names = _names(analysis)
    movers = dict.fromkeys(mover for mover, _ in drawn.kinds)
    handles = [
        Line2D([], [], color=colour(numbers[one]), linestyle=dash(numbers[one]), linewidth=1.8)
        for one in movers
    ]
    labels = [fill(names[one], 30) for one in movers]
    if not all(one.improving for one in drawn.arrows):
        handles.append(Line2D([], [], color=INK, alpha=FAINT, linewidth=0.8))
        labels.append("No improvement (faint)")
    for label, marker, face, edge in (
        ("Start", "s", PAPER, 0.9),
        ("Asked for", "o", "#d9d9d9", 2.6),
    ):
        handles.append(
            Line2D(
                [],
                [],
                linestyle="none",
                marker=marker,
                markersize=9,
                markerfacecolor=face,
                markeredgecolor=INK,
                markeredgewidth=edge,
            )
        )
        labels.append(label)
    # The key stands below, so that the legend is above.
    legend = axes.legend(
        handles,
        labels,
        loc="lower center",
        bbox_to_anchor=(0.5, 1.0),
        ncols=3,
        frameon=False,
        fontsize=8,
    )
    for text in legend.get_texts():
        text.set_parse_math(False)


def _in_words(analysis: PathAnalysis, drawn: _Drawn) -> str:
    names = _names(analysis)
    sentences = []
    for one in drawn.arrows:
        mover, what = drawn.kinds[one.kind]
        better = "an improvement" if one.improving else "no improvement"
        sentences.append(
            f"Move {one.end[1]}, from state {one.start[0]} to state {one.end[0]}: "
            f"{names[mover]}: {what} ({better})."
        )
    return " ".join(sentences)
