"""Formats by outcomes as a matrix: colour and symbol for what each format can do."""

from __future__ import annotations

from textwrap import fill
from typing import Final

from detente.formats.analysis import FormatAnalysis
from detente.report.formats import VERDICTS, Verdict, outcome_verdict
from detente.report.language import say
from detente.report.plots.picture import Picture, new_figure
from detente.report.words import joined

__all__ = ["formats_picture"]

# Okabe and Ito's colours; the symbol says the same.
_COLOURS: Final[dict[Verdict, str]] = {
    "settled": "#009E73",
    "unstable": "#E69F00",
    "held": "#56B4E9",
    "reached": "#E5E5E5",
    "out of reach": "#FFFFFF",
}
# Characters on a line in a cell.
_CELL = 18
_SYMBOLS: Final[dict[Verdict, str]] = {
    "settled": "✓",
    "unstable": "!",
    "held": "=",
    "reached": "·",
    "out of reach": "",
}


def formats_picture(analysis: FormatAnalysis) -> Picture:
    """Draw what each format can do about each outcome.

    Parameters
    ----------
    analysis
        The analysis.

    Returns
    -------
    Picture
        Below each symbol stand the outsiders that can spoil it.
    """
    from matplotlib.patches import Patch, Rectangle

    outcomes = analysis.dispute.outcomes
    named = {party.id: party.name for party in analysis.dispute.parties}
    rows = len(analysis.formats)
    figure = new_figure(3.4 + 0.95 * max(3, len(outcomes)), 2.3 + 0.5 * rows)
    axes = figure.add_subplot()
    for row, form in enumerate(analysis.formats):
        for column, outcome in enumerate(form.outcomes):
            verdict = outcome_verdict(outcome)
            # The limits of the axes do not follow from the cells: they are set.
            axes.add_artist(
                Rectangle((column, row), 1, 1, facecolor=_COLOURS[verdict], edgecolor="0.6")
            )
            spoilers = outcome.spoilers if verdict == "unstable" else ()
            axes.text(
                column + 0.5,
                row + (0.36 if spoilers else 0.5),
                _SYMBOLS[verdict],
                ha="center",
                va="center",
                fontsize=12,
                in_layout=False,
            )
            if spoilers:
                # All of them, in letters that are as small as their lines need.
                told = fill(
                    ", ".join(named[one] for one in spoilers), _CELL, break_long_words=False
                )
                lines = told.count("\n") + 1
                size = 6.5 if lines == 1 else min(5, 15 / lines)
                axes.text(
                    column + 0.5,
                    row + 0.76,
                    told,
                    ha="center",
                    va="center",
                    fontsize=size,
                    in_layout=False,
                )
    axes.set_xlim(0, max(1, len(outcomes)))
    axes.set_ylim(rows, 0)
    axes.set_xticks(
        [column + 0.5 for column in range(len(outcomes))],
        [fill(outcome.name, 16) for outcome in outcomes],
        rotation=40,
        ha="left",
        rotation_mode="anchor",
        fontsize=8,
    )
    axes.xaxis.tick_top()
    axes.set_yticks(
        [row + 0.5 for row in range(rows)],
        [fill(form.name, 30) for form in analysis.formats],
        fontsize=8,
    )
    axes.tick_params(length=0)
    for side in axes.spines.values():
        side.set_visible(False)
    figure.legend(
        handles=[
            Patch(
                facecolor=_COLOURS[verdict],
                edgecolor="0.6",
                label=f"{_SYMBOLS[verdict]}  {say(words)}".strip(),
            )
            for verdict, (_, words) in VERDICTS.items()
        ],
        loc="outside lower center",
        ncols=2,
        fontsize=8,
        frameon=False,
    )
    title = say(
        "{title}: what formats can do ({concept})",
        title=analysis.dispute.title,
        concept=analysis.concept,
    )
    figure.suptitle(title, fontsize=11)
    return Picture(figure, title, _described(analysis))


def _described(analysis: FormatAnalysis) -> str:
    names = {outcome.id: outcome.name for outcome in analysis.dispute.outcomes}
    parties = {party.id: party.name for party in analysis.dispute.parties}
    sentences = []
    for form in analysis.formats:
        by_verdict: dict[Verdict, list[str]] = {}
        for outcome in form.outcomes:
            name = names[outcome.outcome]
            if outcome.spoilers and outcome.gains:
                name += " " + say(
                    "(spoilers: {parties})",
                    parties=joined([parties[one] for one in outcome.spoilers]),
                )
            by_verdict.setdefault(outcome_verdict(outcome), []).append(name)
        parts = [
            say("{verdict}: {outcomes}", verdict=say(VERDICTS[one][1]), outcomes=joined(which))
            for one, which in by_verdict.items()
        ]
        told = say("; ").join(parts)
        sentences.append(say("{format}: {verdicts}.", format=form.name, verdicts=told))
    return " ".join(sentences)
