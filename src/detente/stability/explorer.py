"""The graph of a dispute to be explored in a notebook: a state is chosen, its moves are told.

The widget is made by ``anywidget`` and needs no network: its script is part of this package.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from detente.dispute.errors import DisputeError
from detente.dispute.visible_text import visible

if TYPE_CHECKING:
    from detente.stability.analysis import Analysis

__all__ = ["MOST_NODES", "explorer"]

MOST_NODES = 40
"""With more states, one state is shown with those that one move reaches from it."""

# A state of a large dispute has more moves than anybody can tell apart.
_MOST_AROUND = 60
_WIDTH, _HEIGHT = 500, 400
# Okabe and Ito's colours, as in the pictures.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")


def explorer(analysis: Analysis, concept: str | None = None) -> Any:
    """The widget; see :meth:`detente.stability.analysis.Analysis.explore`."""
    if not analysis.concepts:
        raise DisputeError("the analysis has no concept by which states could be marked")
    chosen = analysis.concepts[-1] if concept is None else concept
    analysis.equilibria(chosen)
    made = _widget_class()(title=visible(f"{analysis.dispute.title}: equilibria under {chosen}"))
    whole = analysis.count <= MOST_NODES
    fixed = _graph(analysis, chosen, list(range(1, analysis.count + 1))) if whole else None

    def show(_: object = None) -> None:
        state = made.state
        analysis.state_index(state)
        moves = _moves(analysis, state)
        if fixed is not None:
            nodes, edges = fixed
        else:
            around = sorted({state, *(move["target"] for move in moves[:_MOST_AROUND])})
            nodes, edges = _graph(analysis, chosen, around)
        # Together: no edge is ever drawn to a node that is not there.
        with made.hold_sync():
            made.nodes, made.edges = nodes, edges
            made.told = _told(analysis, chosen, state, moves)

    made.state = analysis.status_quo or 1
    show()
    made.observe(show, "state")
    return made


@cache
def _widget_class() -> Any:
    import anywidget
    import traitlets

    class Explorer(anywidget.AnyWidget):
        """The graph, with one state chosen: ``state`` is its number and can be set."""

        _esm = files("detente.stability").joinpath("explorer.js").read_text("utf-8")
        title = traitlets.Unicode().tag(sync=True)
        nodes: Any = traitlets.List().tag(sync=True)
        edges: Any = traitlets.List().tag(sync=True)
        state = traitlets.Int(1).tag(sync=True)
        told: Any = traitlets.List().tag(sync=True)
        improvements_only = traitlets.Bool(False).tag(sync=True)

    return Explorer


def _moves(analysis: Analysis, state: int) -> list[dict[str, Any]]:
    """Every unilateral move from a state."""
    found: list[dict[str, Any]] = []
    for number, party in enumerate(analysis.dispute.parties):
        ranks = analysis.ranks(party.id)
        found += [
            {
                "party": number,
                "source": state,
                "target": int(end) + 1,
                "improvement": bool(ranks[end] > ranks[state - 1]),
            }
            for end in analysis.model.moves_from(state - 1, number)
        ]
    return found


def _graph(
    analysis: Analysis, concept: str, states: list[int]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Nodes, with places, and the moves between them."""
    import networkx as nx

    equilibrium = analysis.is_equilibrium(concept)
    shown = set(states)
    edges = [
        {
            **move,
            "colour": _COLOURS[move["party"] % len(_COLOURS)],
            "words": _move_words(analysis, move),
        }
        for state in states
        for move in _moves(analysis, state)
        if move["target"] in shown
    ]
    places: Mapping[int, Any] = nx.circular_layout(nx.empty_graph(states))
    nodes = [
        {
            "id": state,
            "x": round(float(places[state][0] + 1) / 2 * _WIDTH, 1),
            "y": round(float(places[state][1] + 1) / 2 * _HEIGHT, 1),
            "equilibrium": bool(equilibrium[state - 1]),
            "status_quo": state == analysis.status_quo,
            "words": " ".join(_heading(analysis, concept, state).split()),
        }
        for state in states
    ]
    return nodes, edges


def _heading(analysis: Analysis, concept: str, state: int) -> str:
    """A state's number, what it is, and the outcomes that it belongs to."""
    held = analysis.is_equilibrium(concept)[state - 1]
    what = [
        *(["the status quo"] if state == analysis.status_quo else []),
        *([f"an equilibrium under {concept}"] if held else []),
        *(f"“{outcome.name}”" for outcome in analysis.outcomes(state)),
    ]
    return visible(f"State {state}{': ' if what else ''}{', '.join(what)}")


def _move_words(analysis: Analysis, move: Mapping[str, Any]) -> str:
    party = analysis.dispute.parties[move["party"]].name
    better = "is better off" if move["improvement"] else "is not better off"
    return visible(f"{party}: {move['source']} to {move['target']}, and {better}")


def _told(analysis: Analysis, concept: str, state: int, moves: list[dict[str, Any]]) -> list[str]:
    """What is said beside the picture: the state, its options, and every move from it."""
    levels = analysis.levels(state)
    lines = [_heading(analysis, concept, state)]
    for party in analysis.dispute.parties:
        own = [f"{one.name}: {levels[one.key] or '(either)'}" for one in party.options]
        if own:
            lines.append(visible(f"{party.name} — {'; '.join(own)}"))
    lines += [_move_words(analysis, move) for move in moves[:_MOST_AROUND]]
    if len(moves) > _MOST_AROUND:
        lines.append(f"{len(moves) - _MOST_AROUND:,} more moves are not shown.")
    return lines if moves else [*lines, "Nobody can move from here."]
