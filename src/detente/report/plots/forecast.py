"""Forecasts as pictures: fan charts, a stream of outcomes, and curves against odds."""

from __future__ import annotations

from math import isinf

import numpy as np
from numpy.typing import NDArray

from detente.dispute.errors import DisputeError
from detente.forecast.analysis import Forecast
from detente.report.plots.picture import Picture, new_figure, series_colours, wrapped_label
from detente.report.robustness import percent

__all__ = ["fan_picture", "odds_picture", "stream_picture"]

_COLUMNS = 3


def fan_picture(result: Forecast) -> Picture:
    """Draw each outcome over the steps, with its band over the draws.

    Returns
    -------
    Picture
        A panel for each outcome: the mean probability of being in it at each step (line, with
        its 5th to 95th percentile as a band) and of having been in it by then (dashed).
    """
    count = len(result.goals)
    rows = -(-count // _COLUMNS)
    # Wide enough for the title and what stands below, however few the outcomes.
    figure = new_figure(max(6.2, 3.1 * min(count, _COLUMNS)), 0.9 + 2.1 * rows)
    panels = figure.subplots(rows, min(count, _COLUMNS), squeeze=False, sharex=True, sharey=True)
    steps = np.arange(result.steps + 1)
    low, high = result.at_range
    for number, panel in enumerate(panels.flat):
        if number >= count:
            panel.set_visible(False)
            continue
        panel.fill_between(
            steps, low[:, number], high[:, number], color="#56B4E9", alpha=0.35, linewidth=0
        )
        panel.plot(steps, result.at[:, number], color="#0072B2", linewidth=1.6)
        panel.plot(steps, result.by[:, number], color="#D55E00", linewidth=1.2, linestyle="--")
        panel.set_title(wrapped_label(result.goals[number].name, 34), fontsize=8)
        panel.set_ylim(0, 1)
        panel.set_xlim(0, result.steps)
        panel.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
        panel.tick_params(labelsize=7)
        panel.spines[["top", "right"]].set_visible(False)
    figure.supxlabel(
        "Step. Blue: in it at that step, with the 5th to the 95th percentile; dashed: in it by "
        "then.",
        fontsize=8,
    )
    title = f"{result.dispute.title}: how likely each outcome is, step by step"
    figure.suptitle(wrapped_label(title, 90), fontsize=10)
    by_low, by_high = result.by_range
    told = [
        f"{goal.name}: at step {result.steps} {percent(float(result.at[-1, number]))} "
        f"({percent(float(low[-1, number]))} to {percent(float(high[-1, number]))}), by then "
        f"{percent(float(result.by[-1, number]))} ({percent(float(by_low[-1, number]))} to "
        f"{percent(float(by_high[-1, number]))})."
        for number, goal in enumerate(result.goals)
    ]
    return Picture(figure, title, " ".join(told))


def stream_picture(result: Forecast) -> Picture:
    """Draw outcomes that exclude one another as layers that add up to one.

    Returns
    -------
    Picture
        From the likeliest outcome at the last step on, each that shares no state with those
        before it; what is left is in none of them.
    """
    chosen = _exclusive(result)
    steps = np.arange(result.steps + 1)
    layers = [result.at[:, goal] for goal in chosen]
    rest = np.clip(1 - np.sum(layers, axis=0), 0, 1) if layers else np.ones(len(steps))
    names = [result.goals[goal].name for goal in chosen]
    figure = new_figure(8, 4.2)
    axis = figure.subplots()
    axis.stackplot(
        steps,
        *layers,
        rest,
        labels=[*(wrapped_label(name, 32) for name in names), "None of these"],
        colors=[*series_colours(len(layers)), "#DDDDDD"],
        linewidth=0.5,
        edgecolor="white",
    )
    axis.set_xlim(0, result.steps)
    axis.set_ylim(0, 1)
    axis.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    axis.set_xlabel("Step", fontsize=9)
    figure.legend(loc="outside right center", fontsize=8, reverse=True, frameon=False)
    title = f"{result.dispute.title}: where play is, step by step"
    figure.suptitle(wrapped_label(title, 80), fontsize=10)
    told = [
        f"{name}: from {percent(float(layer[0]))} now to {percent(float(layer[-1]))} at step "
        f"{result.steps}."
        for name, layer in zip(names, layers, strict=True)
    ]
    told.append(f"None of these: {percent(float(rest[-1]))} at step {result.steps}.")
    return Picture(figure, title, " ".join(told))


def _exclusive(result: Forecast) -> list[int]:
    """Outcomes that share no state, the likeliest at the last step first."""
    regions: NDArray[np.bool_] = result.prepared.goals.regions
    taken = np.zeros(regions.shape[1], dtype=np.bool_)
    chosen: list[int] = []
    for goal in sorted(range(len(result.goals)), key=lambda one: -result.at[-1, one]):
        apart = not (regions[goal] & taken).any()
        if result.goals[goal].kind != "irreversible" and apart and len(chosen) < 6:
            chosen.append(goal)
            taken |= regions[goal]
    return chosen


def odds_picture(result: Forecast) -> Picture:
    """Draw how the probability of each outcome depends on the odds.

    Returns
    -------
    Picture
        For the preferences as stated: the probability of having been in each outcome by the
        last step, against the odds, on a scale of their logarithm.

    Raises
    ------
    DisputeError
        If there is nothing to draw: every outcome holds at the start.
    """
    readings = [
        one for one in result.readings if one.what.startswith("odds") and not isinf(one.odds)
    ]
    shown = [goal for goal in range(len(result.goals)) if result.by[0, goal] < 1]
    if not shown:
        raise DisputeError("every outcome holds at the start, so none depends on the odds")
    odds = [one.odds for one in readings]
    figure = new_figure(8, 4.4)
    axis = figure.subplots()
    styles = ["-", "--", ":"]
    for place, (goal, colour) in enumerate(zip(shown, series_colours(len(shown)), strict=True)):
        values = [one.by[goal] for one in readings]
        label = wrapped_label(result.goals[goal].name, 32)
        axis.plot(odds, values, color=colour, linestyle=styles[place // 7 % 3], label=label)
    axis.set_xscale("log")
    axis.set_xticks(odds, [f"{one:.3g}" for one in odds], fontsize=8)
    axis.minorticks_off()
    axis.set_ylim(0, 1)
    axis.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    axis.set_xlabel(
        "Odds: how many times as likely as staying a move is that improves its mover's worth by "
        "a tenth",
        fontsize=8,
    )
    axis.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside right center", fontsize=8, frameon=False)
    title = f"{result.dispute.title}: probability by step {result.steps}, against the odds"
    figure.suptitle(wrapped_label(title, 80), fontsize=10)
    told = [
        f"{result.goals[goal].name}: {percent(readings[0].by[goal])} at odds {odds[0]:.3g}, "
        f"{percent(readings[-1].by[goal])} at odds {odds[-1]:.3g}."
        for goal in shown
    ]
    return Picture(figure, title, " ".join(told))
