"""Robustness as pictures: a tornado of what drives a finding, and a heat map of all shares."""

from __future__ import annotations

from collections.abc import Sequence

from detente.report.formula_words import input_words
from detente.report.language import per_cent, say
from detente.report.plots.picture import SERIES_COLOURS, Picture, new_figure, wrapped_label
from detente.report.robustness import finding_name, main_concept
from detente.robustness.drivers import drivers
from detente.robustness.run.sweep import Robustness

__all__ = ["heat_map_picture", "shares_picture", "tornado_picture"]

# Characters on a line of a label, of a heading and of a row's name.
_TEXT = 60
_HEADING = 100
_NAME = 48


def tornado_picture(result: Robustness, finding: int, *, limit: int = 12) -> Picture:
    """Draw what moves the share of draws in which a finding holds.

    Parameters
    ----------
    result
        The draws.
    finding
        Place of the finding among ``result.findings``.
    limit
        Show at most this many inputs.

    Returns
    -------
    Picture
        A bar for each input that moves the share by more than chance may, from the share where
        it is as stated to that where it is otherwise, the longest on top.
    """
    one = result.findings[finding]
    share = result.share(finding)
    shown = sorted(drivers(result, finding), key=lambda driver: -abs(driver.effect))
    shown = [driver for driver in shown if driver.beyond_chance][:limit]
    title = f"{finding_name(result, one)} under {one.concept}: what moves the share"
    rows = max(3, len(shown))
    labels = [wrapped_label(input_words(result.dispute, one.input), _TEXT) for one in shown]
    heading = wrapped_label(title, _HEADING)
    # A row is as high as the longest label needs.
    lines = max([1, *(label.count("\n") + 1 for label in labels)])
    above = 0.16 * heading.count("\n")
    figure = new_figure(9, 1.6 + above + (0.22 + 0.14 * lines) * rows)
    axis = figure.subplots()
    for row, driver in enumerate(shown):
        start, end = driver.as_stated or 0.0, driver.otherwise or 0.0
        axis.barh(row, end - start, left=start, height=0.6, color=SERIES_COLOURS[end < start])
        axis.plot(start, row, marker="o", color="black", markersize=4)
    axis.set_yticks(range(len(shown)), labels, fontsize=8)
    axis.set_ylim(rows - 0.5, -0.5)
    if not shown:
        axis.text(0.5, 1, "Chance may explain every effect on the share.", ha="center", fontsize=9)
    axis.axvline(share.value, color="black", linewidth=0.8, linestyle="--")
    axis.set_xlim(0, 1)
    axis.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    axis.set_xlabel(
        "Share of draws. Dot: where the statement is as stated; end of the bar: where it is "
        "otherwise.\nBlue: more often then; orange: less often. Dashed: all draws. Effects that "
        "chance may explain are left out.",
        fontsize=8,
    )
    axis.spines[["top", "right"]].set_visible(False)
    figure.suptitle(heading, fontsize=11)
    described = [
        f"It holds in {share.value:.1%} of {result.draws:,} draws "
        f"({share.low:.1%} to {share.high:.1%})."
    ]
    described += [
        f"{input_words(result.dispute, driver.input)}: {driver.as_stated or 0:.1%} as stated, "
        f"{driver.otherwise or 0:.1%} otherwise."
        for driver in shown
    ]
    return Picture(figure, title, " ".join(described))


def heat_map_picture(result: Robustness) -> Picture:
    """Draw the share of draws in which each finding holds, by concept.

    Returns
    -------
    Picture
        Outcomes and states as rows, concepts as columns; each share is written in its cell.
    """
    subjects = list(dict.fromkeys((one.kind, one.subject) for one in result.findings))
    table = [
        [
            int(result.held[result.finding(kind, subject, concept)]) / result.draws
            for concept in result.concepts
        ]
        for kind, subject in subjects
    ]
    names = [
        finding_name(result, result.findings[result.finding(*subject, main_concept(result))])
        for subject in subjects
    ]
    title = f"{result.dispute.title}: share of {result.draws:,} draws in which each finding holds"
    return shares_picture(title, result.concepts, list(zip(names, table, strict=True)))


def shares_picture(
    title: str, concepts: Sequence[str], shares: Sequence[tuple[str, Sequence[float]]]
) -> Picture:
    """Draw shares as a heat map.

    Parameters
    ----------
    title
        Heading of the picture.
    concepts
        Names of the columns.
    shares
        The name of each row, and its shares, from 0 to 1. Names may be equal.

    Returns
    -------
    Picture
    """
    names = [wrapped_label(name, _NAME) for name, _ in shares]
    table = [values for _, values in shares]
    lines = max([1, *(name.count("\n") + 1 for name in names)])
    height = 1.5 + (0.16 + 0.14 * lines) * max(1, len(names))
    figure = new_figure(4.2 + 0.75 * len(concepts), height)
    axis = figure.subplots()
    if table:
        axis.imshow(table, vmin=0, vmax=1, cmap="Blues", aspect="auto")
    for row, values in enumerate(table):
        for column, value in enumerate(values):
            axis.text(
                column,
                row,
                _whole_percent(value),
                ha="center",
                va="center",
                fontsize=8,
                color="white" if value > 0.6 else "black",
                in_layout=False,
            )
    axis.set_xticks(range(len(concepts)), concepts, fontsize=9)
    axis.set_yticks(range(len(names)), names, fontsize=8)
    axis.xaxis.tick_top()
    axis.tick_params(length=0)
    figure.suptitle(wrapped_label(title, 38 + 10 * len(concepts)), fontsize=10)
    described = [
        f"{name}: "
        + ", ".join(
            f"{concept} {_whole_percent(value)}"
            for concept, value in zip(concepts, values, strict=True)
        )
        + "."
        for name, values in shares
    ]
    return Picture(figure, title, " ".join(described))


def _whole_percent(value: float) -> str:
    """A share as a whole percentage, which says all or nothing only where it is so."""
    if 0 < value < 0.005:
        return say("<1%")
    if 0.995 <= value < 1:
        return say(">99%")
    return per_cent(value)
