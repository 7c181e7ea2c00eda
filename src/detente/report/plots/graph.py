"""The graph of a dispute: its states and moves, or, where these are many, its named outcomes.

The reduction to outcomes is defined at :func:`detente.stability.outcome_graph.outcome_moves`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import cos, pi, sin
from textwrap import fill
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

from detente.dispute.errors import DisputeError, LimitError
from detente.report.equilibria import IN_NO_OUTCOME
from detente.report.language import say, say_number, whole_number
from detente.report.plots.nodes import FAINT, INK, PAPER, Point, arrow, blank, colour, dash, mark
from detente.report.plots.picture import Picture, new_figure
from detente.report.words import joined, of_states
from detente.stability.analysis import Analysis
from detente.stability.outcome_graph import ELSEWHERE, OutcomeMove, outcome_moves

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["DRAWN_SHARE", "MOST_STATES", "graph_picture", "outcome_graph_picture"]

MOST_STATES: Final = 24
"""With more states than this their graph is not drawn."""

DRAWN_SHARE: Final = 0.5
"""An arrow between outcomes is drawn where the improvement exists from such a share of states."""


def graph_picture(analysis: Analysis, concept: str) -> Picture:
    """The states of a small dispute as nodes, the parties' moves as arrows.

    A strong arrow is a unilateral improvement, a faint one any other unilateral move.

    Parameters
    ----------
    analysis
        The analysis, of at most :data:`MOST_STATES` states.
    concept
        The concept whose equilibria are marked.

    Returns
    -------
    Picture

    Raises
    ------
    DisputeError
        If the concept was not analysed.
    LimitError
        If there are more states.
    """
    if analysis.count > MOST_STATES:
        raise LimitError(
            f"{analysis.count:,} states are too many to draw; at most {MOST_STATES} can be"
        )
    model = analysis.model
    equilibria = set(analysis.equilibria(concept).tolist())
    edges = [
        (index + 1, end + 1, party, bool(model.ranks(party)[end] > model.ranks(party)[index]))
        for party in range(len(analysis.dispute.parties))
        for index in range(analysis.count)
        for end in model.moves_from(index, party).tolist()
    ]
    places = _ring(range(1, analysis.count + 1))
    figure = new_figure(7.5, 6.2)
    axes = blank(figure.add_subplot())
    for start, end, party, improvement in edges:
        arrow(axes, places[start], places[end], party, party, faint=not improvement)
    for state, place in places.items():
        mark(
            axes,
            place,
            str(state),
            square=state == analysis.status_quo,
            thick=state in equilibria,
        )
    _legend(axes, analysis, concept, others=say("Other move (faint)"))
    title = say("{title}: the graph of states and moves", title=analysis.dispute.title)
    return Picture(figure, title, _states_in_words(analysis, concept, edges, equilibria))


def outcome_graph_picture(
    analysis: Analysis, concept: str, moves: Sequence[OutcomeMove] | None = None
) -> Picture:
    """The named outcomes of a dispute as nodes, improvements between them as arrows.

    Drawn are the arrows of a party that can improve into an outcome from at least half of the
    states (:data:`DRAWN_SHARE`) of another.

    Parameters
    ----------
    analysis
        The analysis.
    concept
        The concept whose equilibria are counted.
    moves
        As :func:`detente.stability.outcome_graph.outcome_moves` gives them; worked out where left
        out.

    Returns
    -------
    Picture

    Raises
    ------
    DisputeError
        If the dispute names no outcome, or the concept was not analysed.
    """
    if not analysis.dispute.outcomes:
        raise DisputeError(
            "the dispute names no outcomes, to which its graph could be reduced",
            path=analysis.dispute.path,
        )
    moves = outcome_moves(analysis) if moves is None else moves
    drawn = [move for move in moves if move.share >= DRAWN_SHARE]
    names = {outcome.id: outcome.name for outcome in analysis.dispute.outcomes}
    if any(ELSEWHERE in (move.start, move.end) for move in moves):
        names[ELSEWHERE] = say(IN_NO_OUTCOME)
    inside = {outcome: _inside(analysis, outcome) for outcome in names}
    stable = np.zeros(analysis.count, dtype=np.bool_)
    stable[analysis.equilibria(concept) - 1] = True
    counts = {one: (int(where.sum()), int((where & stable).sum())) for one, where in inside.items()}
    here = {
        one
        for one, where in inside.items()
        if analysis.status_quo is not None and where[analysis.status_quo - 1]
    }

    places = _ring(list(names))
    figure = new_figure(7.5, 6.2)
    axes = blank(figure.add_subplot())
    axes.set_xlim(-2.15, 2.15)
    axes.set_ylim(-1.45, 1.45)
    party_numbers = analysis.dispute.party_numbers
    bends: dict[tuple[str, str], int] = {}
    for move in drawn:
        bend = bends.setdefault((move.start, move.end), 0)
        bends[move.start, move.end] += 1
        arrow(axes, places[move.start], places[move.end], party_numbers[move.party], bend)
    for outcome, place in places.items():
        states, equilibria = counts[outcome]
        mark(axes, place, whole_number(equilibria), square=outcome in here, thick=equilibria > 0)
        _outcome_label(axes, place, names[outcome], states)
    _legend(axes, analysis, concept, others=None)
    title = say("{title}: the graph reduced to named outcomes", title=analysis.dispute.title)
    return Picture(figure, title, _outcomes_in_words(analysis, concept, names, counts, here, drawn))


def _inside(analysis: Analysis, outcome: str) -> np.typing.NDArray[np.bool_]:
    if outcome != ELSEWHERE:
        return analysis.in_outcome(outcome)
    named = [analysis.in_outcome(one.id) for one in analysis.dispute.outcomes]
    nowhere: np.typing.NDArray[np.bool_] = ~np.logical_or.reduce(named)
    return nowhere


# Drawing -----------------------------------------------------------------------------------

_Node = TypeVar("_Node")


def _ring(nodes: Sequence[_Node]) -> dict[_Node, Point]:
    """Places on a circle, clockwise from the top: no arrow can pass behind a third node."""
    angles = (pi / 2 - 2 * pi * number / len(nodes) for number in range(len(nodes)))
    return {node: (cos(angle), sin(angle)) for node, angle in zip(nodes, angles, strict=True)}


def _outcome_label(axes: Axes, place: Point, name: str, states: int) -> None:
    x, y = place
    # At the sides beside the node, at the top and the bottom over and under it.
    ha = "center" if abs(x) < 0.2 else "left" if x > 0 else "right"
    va = "center" if abs(x) >= 0.2 else "bottom" if y > 0 else "top"
    offset = (0.0, 16.0 if y > 0 else -16.0) if abs(x) < 0.2 else (16.0 if x > 0 else -16.0, 0.0)
    axes.annotate(
        f"{fill(name, 26)}\n{of_states(states)}",
        place,
        xytext=offset,
        textcoords="offset points",
        ha=ha,
        va=va,
        fontsize=8,
        color=INK,
        zorder=4,
        annotation_clip=False,
        # A name is text, whatever dollars it has.
        parse_math=False,
    )


def _legend(axes: Axes, analysis: Analysis, concept: str, *, others: str | None) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], color=colour(number), linestyle=dash(number), linewidth=1.8)
        for number, _ in enumerate(analysis.dispute.parties)
    ]
    labels = [fill(party.name, 24) for party in analysis.dispute.parties]
    if others:
        handles.append(Line2D([], [], color=INK, alpha=FAINT, linewidth=0.8))
        labels.append(others)
    held = say("Has equilibria ({concept})", concept=concept)
    if others:
        held = say("Equilibrium ({concept})", concept=concept)
    for label, marker, face, edge in (
        (say("Status quo"), "s", PAPER, 0.9),
        (held, "o", None, 2.6),
    ):
        handles.append(
            Line2D(
                [],
                [],
                linestyle="none",
                marker=marker,
                markersize=9,
                markerfacecolor=face or "#d9d9d9",
                markeredgecolor=INK,
                markeredgewidth=edge,
            )
        )
        labels.append(label)
    legend = axes.figure.legend(
        handles, labels, loc="outside lower center", ncols=4, frameon=False, fontsize=8
    )
    for text in legend.get_texts():
        text.set_parse_math(False)


# In words ----------------------------------------------------------------------------------


def _states_in_words(
    analysis: Analysis,
    concept: str,
    edges: Sequence[tuple[int, int, int, bool]],
    equilibria: set[int],
) -> str:
    moves = say_number("{number} unilateral move", "{number} unilateral moves", len(edges))
    sentences = [f"{of_states(analysis.count)}, {moves}."]
    if analysis.status_quo is not None:
        sentences.append(say("State {state} is the status quo.", state=analysis.status_quo))
    sentences.append(
        say(
            "Equilibria under {concept}: {states}.",
            concept=concept,
            states=_listed(sorted(equilibria)),
        )
    )
    for number, party in enumerate(analysis.dispute.parties):
        own = [
            say("{start} to {end}", start=start, end=end)
            for start, end, mover, up in edges
            if mover == number and up
        ]
        told = joined(own) or say("none")
        sentences.append(say("Improvements of {party}: {moves}.", party=party.name, moves=told))
    return " ".join(sentences)


def _listed(states: Sequence[int]) -> str:
    return joined([str(state) for state in states]) or say("none")


def _outcomes_in_words(
    analysis: Analysis,
    concept: str,
    names: Mapping[str, str],
    counts: Mapping[str, tuple[int, int]],
    here: set[str],
    drawn: Sequence[OutcomeMove],
) -> str:
    sentences = []
    for outcome, name in names.items():
        states, equilibria = counts[outcome]
        held = say_number(
            "{number} equilibrium under {concept}",
            "{number} equilibria under {concept}",
            equilibria,
            concept=concept,
        )
        if outcome in here:
            held = say("{equilibria}, the status quo among them", equilibria=held)
        sentences.append(
            say(
                "{outcome}: {states}, {equilibria}.",
                outcome=name,
                states=of_states(states),
                equilibria=held,
            )
        )
    if not drawn:
        sentences.append(
            say(
                "No party can improve from one outcome into another from as much as half of its "
                "states."
            )
        )
    for party in analysis.dispute.parties:
        own = [
            say(
                "from {start} to {end} ({improving} of {states})",
                start=names[move.start],
                end=names[move.end],
                improving=whole_number(move.improving),
                states=of_states(move.states),
            )
            for move in drawn
            if move.party == party.id
        ]
        if own:
            told = joined(own)
            sentences.append(say("{party} can improve {moves}.", party=party.name, moves=told))
    return " ".join(sentences)
