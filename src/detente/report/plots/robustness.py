"""Robustness as pictures: a tornado of what drives a finding, and a heat map of all shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import shorten

from detente.report.plots.picture import SERIES_COLOURS, Picture, new_figure
from detente.report.robustness import finding_name, main_concept
from detente.robustness.drivers import drivers
from detente.robustness.sweep import Robustness

__all__ = ["heat_map_picture", "shares_picture", "tornado_picture"]

_TEXT = 60


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
        A bar for each input, from the share where it is as stated to that where it is otherwise,
        the longest on top.
    """
    one = result.findings[finding]
    share = result.share(finding)
    shown = sorted(drivers(result, finding), key=lambda driver: -abs(driver.effect))
    shown = [driver for driver in shown[:limit] if driver.effect]
    title = f"{finding_name(result, one)} under {one.concept}: what moves the share"
    figure = new_figure(9, 1.6 + 0.36 * max(1, len(shown)))
    axis = figure.subplots()
    for row, driver in enumerate(shown):
        start, end = driver.as_stated or 0.0, driver.otherwise or 0.0
        axis.barh(row, end - start, left=start, height=0.6, color=SERIES_COLOURS[end < start])
        axis.plot(start, row, marker="o", color="black", markersize=4)
    labels = [
        shorten(f"{driver.input.id}: {driver.input.text}", _TEXT, placeholder=" …")
        for driver in shown
    ]
    axis.set_yticks(range(len(shown)), labels, fontsize=8)
    axis.invert_yaxis()
    axis.axvline(share.value, color="black", linewidth=0.8, linestyle="--")
    axis.set_xlim(0, 1)
    axis.xaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    axis.set_xlabel(
        "Share of draws. Dot: where the statement is as stated; end of the bar: where it is "
        "otherwise.\nDashed: all draws.",
        fontsize=8,
    )
    axis.spines[["top", "right"]].set_visible(False)
    figure.suptitle(title, fontsize=11)
    described = [
        f"It holds in {share.value:.1%} of {result.draws:,} draws "
        f"({share.low:.1%} to {share.high:.1%})."
    ]
    described += [
        f"{driver.input.id}: {driver.as_stated or 0:.1%} as stated, "
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
    return shares_picture(title, result.concepts, dict(zip(names, table, strict=True)))


def shares_picture(
    title: str, concepts: Sequence[str], shares: Mapping[str, Sequence[float]]
) -> Picture:
    """Draw shares as a heat map.

    Parameters
    ----------
    title
        Heading of the picture.
    concepts
        Names of the columns.
    shares
        The shares of each row, from 0 to 1, by its name.

    Returns
    -------
    Picture
    """
    names, table = [shorten(name, 48, placeholder=" …") for name in shares], list(shares.values())
    figure = new_figure(4.2 + 0.75 * len(concepts), 1.3 + 0.3 * max(1, len(names)))
    axis = figure.subplots()
    if table:
        axis.imshow(table, vmin=0, vmax=1, cmap="Blues", aspect="auto")
    for row, values in enumerate(table):
        for column, value in enumerate(values):
            axis.text(
                column,
                row,
                f"{value:.0%}",
                ha="center",
                va="center",
                fontsize=8,
                color="white" if value > 0.6 else "black",
            )
    axis.set_xticks(range(len(concepts)), concepts, fontsize=9)
    axis.set_yticks(range(len(names)), names, fontsize=8)
    axis.xaxis.tick_top()
    axis.tick_params(length=0)
    figure.suptitle(shorten(title, 80, placeholder=" …"), fontsize=10)
    described = [
        f"{name}: "
        + ", ".join(
            f"{concept} {value:.0%}" for concept, value in zip(concepts, shares, strict=True)
        )
        + "."
        for name, shares in zip(names, table, strict=True)
    ]
    return Picture(figure, title, " ".join(described))
