"""How good each named outcome is for each party: a heat map with numbers."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detente.dispute.errors import DisputeError
from detente.report.language import per_cent, say
from detente.report.plots.picture import Picture, new_figure
from detente.stability.analysis import Analysis

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["outcome_standing", "ranks_picture"]


def outcome_standing(analysis: Analysis) -> NDArray[np.float64]:
    """How the named outcomes stand in each party's order of states.

    A state's standing for a party is the share of all states that the party likes less; an
    outcome's is the median over its states. Ranks have no unit, so shares of states, unlike
    differences of ranks, can be compared between parties.

    Parameters
    ----------
    analysis
        The analysis.

    Returns
    -------
    numpy.ndarray of float64, shape (outcomes, parties)
        From 0 (no state is liked less) to just under 1; not a number where an outcome has no
        state.
    """
    dispute = analysis.dispute
    table = np.full((len(dispute.outcomes), len(dispute.parties)), np.nan)
    for column, party in enumerate(dispute.parties):
        ranks = analysis.ranks(party.id)
        # How many states have each rank, added up to how many lie below each.
        below = np.concatenate([[0], np.cumsum(np.bincount(ranks))])[ranks] / analysis.count
        for row, outcome in enumerate(dispute.outcomes):
            inside = analysis.in_outcome(outcome.id)
            if inside.any():
                table[row, column] = np.median(below[inside])
    return table


def ranks_picture(analysis: Analysis) -> Picture:
    """The standing of each named outcome for each party, as a heat map with numbers.

    Parameters
    ----------
    analysis
        The analysis.

    Returns
    -------
    Picture

    Raises
    ------
    DisputeError
        If the dispute names no outcome.
    """
    dispute = analysis.dispute
    if not dispute.outcomes:
        raise DisputeError("the dispute names no outcomes to compare", path=dispute.path)
    table = outcome_standing(analysis)
    figure = new_figure(3.2 + 0.8 * len(dispute.parties), 1.4 + 0.42 * len(dispute.outcomes))
    axes = figure.add_subplot()
    # Cividis is even in lightness and the same for people with colour blindness.
    image = axes.imshow(table, cmap="cividis", vmin=0, vmax=1, aspect="auto")
    for (row, column), value in np.ndenumerate(table):
        axes.text(
            column,
            row,
            _percent(value),
            ha="center",
            va="center",
            fontsize=8,
            color="#000000" if value > 0.5 else "#ffffff",
            in_layout=False,
        )
    _names(axes, [party.name for party in dispute.parties], [o.name for o in dispute.outcomes])
    bar = figure.colorbar(image, ax=axes, format=lambda share, _: per_cent(share))
    bar.set_label(say("States liked less (median)"), fontsize=8)
    bar.ax.tick_params(labelsize=8)
    return Picture(
        figure,
        say("{title}: outcomes in each party's order", title=dispute.title),
        _words(analysis, table),
    )


def _names(axes: Axes, parties: Sequence[str], outcomes: Sequence[str]) -> None:
    axes.set_xticks(range(len(parties)), [fill(name, 12) for name in parties], fontsize=8)
    axes.set_yticks(range(len(outcomes)), [fill(name, 30) for name in outcomes], fontsize=8)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        # A name is text, whatever dollars it has.
        label.set_parse_math(False)


def _percent(value: float) -> str:
    return "–" if np.isnan(value) else per_cent(value)


def _words(analysis: Analysis, table: NDArray[np.float64]) -> str:
    sentences = [
        say(
            "For each party and named outcome, the share of all states that the party likes less "
            "than the outcome's median state."
        )
    ]
    for column, party in enumerate(analysis.dispute.parties):
        # Best first, as a reader would be told; an outcome without states comes last.
        order = np.argsort(-np.nan_to_num(table[:, column], nan=-1.0), kind="stable")
        told = [
            f"{analysis.dispute.outcomes[row].name} {_percent(table[row, column])}"
            for row in order.tolist()
        ]
        sentences.append(say("{party}: {outcomes}.", party=party.name, outcomes=", ".join(told)))
    return " ".join(sentences)
