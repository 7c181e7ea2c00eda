"""Positions on their scales, the network of exchanges, and chances of election, as pictures."""

from __future__ import annotations

from math import cos, pi, sin

import numpy as np

from detente.forecast.linkage.bargain import Bargain
from detente.report.bargain import exchange_words, on_scale
from detente.report.language import decimal, per_cent, say
from detente.report.plots.picture import (
    WITHIN,
    Picture,
    new_figure,
    series_colours,
    wrapped_label,
)

__all__ = ["chances_picture", "exchanges_picture", "positions_picture"]

# Exchanges with less gain than this share of the greatest are not drawn.
_LEAST_DRAWN = 0.02


def positions_picture(found: Bargain) -> Picture:
    """Each issue as a line from 0 to 100, parties on it, salience as size."""
    table = found.table
    count = len(table.issues)
    figure = new_figure(9, 0.8 + 1.7 * count)
    rows = figure.subplots(count, 1, squeeze=False)[:, 0]
    colours = series_colours(len(table.actors))
    sentences = []
    for axes, one in zip(rows, found.issues, strict=True):
        axes.axhline(0, color="0.6", linewidth=1, zorder=1)
        there = table.takes_part(one.issue).tolist()
        ordered = sorted(there, key=lambda actor: float(table.position[one.issue, actor]))
        positions = table.position[one.issue, ordered]
        axes.scatter(
            positions,
            np.zeros(len(ordered)),
            s=30 + 500 * table.salience[one.issue, ordered],
            color=[colours[actor] for actor in ordered],
            alpha=0.75,
            zorder=2,
            edgecolor="black",
            linewidth=0.5,
        )
        for place, (actor, at) in enumerate(zip(ordered, positions.tolist(), strict=True)):
            axes.annotate(
                table.name(actor),
                (at, 0),
                annotation_clip=False,
                xytext=(0, (16 + 11 * (place // 2 % 2)) * (1 if place % 2 else -1) - 3),
                textcoords="offset points",
                ha="center",
                fontsize=7.5,
            )
        axes.axvline(one.compromise, color="black", linewidth=1.4)
        if found.drawn is not None:
            low, high = np.percentile(found.drawn.compromise[:, one.issue], [5, 95]).tolist()
            axes.axvspan(low, high, color="0.85", zorder=0)
        axes.set_xlim(-4, 104)
        axes.set_ylim(-1, 1)
        axes.set_yticks([])
        low_words, high_words = table.scales[one.issue]
        axes.set_xticks(
            [0, 100],
            [wrapped_label(f"0: {low_words}", 34), wrapped_label(f"100: {high_words}", 34)],
            fontsize=7,
        )
        axes.set_title(
            say(
                "{issue}: compromise {at}",
                issue=table.issue_names[one.issue],
                at=on_scale(one.compromise),
            ),
            fontsize=9,
            loc="left",
        )
        for side in axes.spines.values():
            side.set_visible(False)
        stands = ", ".join(
            say(
                "{party} at {position} (salience {salience})",
                party=table.name(actor),
                position=on_scale(table.position[one.issue, actor]),
                salience=decimal(table.salience[one.issue, actor], ".2f"),
            )
            for actor in ordered
        )
        sentences.append(
            say(
                "{issue}: {stands}. The compromise is {at}.",
                issue=table.issue_names[one.issue],
                stands=stands,
                at=on_scale(one.compromise),
            )
        )
    title = say("{title}: positions, larger where the party cares more", title=table.title)
    figure.suptitle(title, fontsize=11)
    return Picture(figure, title, " ".join(sentences))


def exchanges_picture(found: Bargain) -> Picture:
    """Parties in a circle, and a line for each exchange, thicker with its gain."""
    table = found.table
    figure = new_figure(8, 7)
    axes = figure.add_subplot()
    count = len(table.actors)
    places = [(sin(2 * pi * one / count), cos(2 * pi * one / count)) for one in range(count)]
    most = max((one.gain for one in found.exchanges), default=1.0)
    drawn = [one for one in found.exchanges if one.gain >= _LEAST_DRAWN * most]
    seen: dict[frozenset[int], int] = {}
    for one in reversed(drawn):
        pair = frozenset(one.givers)
        bend = 0.12 * seen.get(pair, 0)
        seen[pair] = seen.get(pair, 0) + 1
        i, j = one.givers
        (x0, y0), (x1, y1) = places[i], places[j]
        axes.annotate(
            "",
            (x1, y1),
            (x0, y0),
            arrowprops={
                "arrowstyle": "-",
                "linewidth": 0.8 + 5 * one.gain / most,
                "color": "#0072B2",
                "alpha": 0.65,
                "connectionstyle": f"arc3,rad={bend}",
                "shrinkA": 14,
                "shrinkB": 14,
            },
            **WITHIN,
        )
    axes.scatter(
        [x for x, _ in places],
        [y for _, y in places],
        s=260,
        color="white",
        edgecolor="black",
        zorder=3,
    )
    for number, (x, y) in enumerate(places):
        axes.annotate(
            wrapped_label(table.name(number), 16),
            (1.3 * x, 1.15 * y),
            annotation_clip=False,
            ha="center",
            va="center",
            fontsize=9,
        )
    axes.set_xlim(-1.5, 1.5)
    axes.set_ylim(-1.35, 1.35)
    axes.set_axis_off()
    told = [exchange_words(found, one) for one in drawn]
    for row, words in enumerate(told[:4]):
        axes.text(
            -1.5,
            -1.42 - 0.13 * row,
            wrapped_label(f"{row + 1}. {words}", 110),
            fontsize=6.5,
            va="top",
        )
    title = say("{title}: who could exchange with whom, thicker with the gain", title=table.title)
    figure.suptitle(title, fontsize=11)
    described = say("No two could exchange to the gain of both.")
    if told:
        described = ". ".join(told) + "."
    return Picture(figure, title, described)


def chances_picture(found: Bargain) -> Picture:
    """How likely each position is to be elected, for each issue."""
    table = found.table
    count = len(table.issues)
    figure = new_figure(9, 0.8 + 1.6 * count)
    rows = figure.subplots(count, 1, squeeze=False, sharex=True)[:, 0]
    sentences = []
    for axes, one in zip(rows, found.issues, strict=True):
        axes.bar(one.candidates, one.chances, width=2.4, color="#0072B2")
        for position, chance in zip(one.candidates.tolist(), one.chances.tolist(), strict=True):
            axes.annotate(
                per_cent(chance), (position, chance), ha="center", va="bottom", fontsize=7
            )
        axes.set_ylim(0, 1.25 * float(one.chances.max()))
        axes.set_xlim(-4, 104)
        axes.set_yticks([])
        axes.set_title(table.issue_names[one.issue], fontsize=9, loc="left")
        for side in ("left", "right", "top"):
            axes.spines[side].set_visible(False)
        chances = ", ".join(
            say("{term}: {fact}", term=on_scale(position), fact=per_cent(chance))
            for position, chance in zip(one.candidates.tolist(), one.chances.tolist(), strict=True)
        )
        issue = table.issue_names[one.issue]
        sentences.append(say("{issue}: {drivers}.", issue=issue, drivers=chances))
    title = say("{title}: how likely each position is to be agreed on", title=table.title)
    figure.suptitle(title, fontsize=11)
    return Picture(figure, title, " ".join(sentences))
