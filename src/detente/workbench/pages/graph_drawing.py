"""What of a dispute's graph is drawn, and how: from regions and flows to nodes and edges."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import Any

from detente.report.words import counted, percentage

__all__ = ["LEAST_FLOWS", "colour_of", "drawn_graph", "flow_words", "region_words", "usual_least"]

# Okabe and Ito's palette, as in the pictures of detente.report.plots.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#8A7B00")

LEAST_FLOWS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
"""From how many expected moves on a flow is drawn, to choose from."""

# So many arrows can be told apart at first; the slider shows more.
_FEW_ARROWS = 22


def colour_of(party: int) -> str:
    """The colour of a party's moves."""
    return _COLOURS[party % len(_COLOURS)]


def usual_least(flows: Sequence[Mapping[str, Any]]) -> float:
    """The least flow with which no more arrows are drawn than can be told apart."""
    for least in LEAST_FLOWS:
        if sum(one["moves"] >= least for one in flows) <= _FEW_ARROWS:
            return least
    return LEAST_FLOWS[-1]


def flow_words(moves: float) -> str:
    """A number of expected moves."""
    return f"{moves:.2g}" if moves < 1 else f"{moves:.1f}"


def region_words(region: Mapping[str, Any], found: Mapping[str, Any]) -> str:
    """A region in a sentence."""
    chance = f"{percentage(region['chance'])} at step {found['steps']}"
    now = ", where play is now" if region["now"] else ""
    holding = "none of them can hold"
    if region["holding"]:
        holding = f"{region['holding']:,} of them can hold under {found['concept']}"
    return f"{region['name']}{now}: {chance}; {counted(region['states'], 'state')}, {holding}."


def drawn_graph(
    found: Mapping[str, Any],
    names: Mapping[str, str],
    *,
    parties: Collection[str],
    least: float,
    holding_only: bool,
    way: Sequence[str] = (),
) -> dict[str, Any]:
    """The nodes and edges of a graph.

    Parameters
    ----------
    found
        As the task ``regions`` gives it.
    names
        Names of the parties by id, in the order of the dispute.
    parties
        Ids of those whose moves are drawn.
    least
        From how many expected moves on a flow is drawn.
    holding_only
        Whether what cannot hold is drawn faintly.
    way
        Ids of nodes, one after the other, that are marked as a way.

    Returns
    -------
    dict
        ``nodes`` and ``edges``, ready for ``graph_view.js``.
    """
    nodes = []
    for region in found["regions"]:
        nodes.append(_region_node(region, found, holding_only, way))
        if region["others"]:
            nodes.append(_others_node(region, holding_only, way))
    for state in found["states"]:
        told = f"State {state['number']}: {state['words']}."
        if state["outcomes"]:
            told += f" In: {', '.join(state['outcomes'])}."
        nodes.append(
            {
                "id": state["id"],
                "parent": state["region"],
                "region": state["region"],
                "text": f"{state['number']}: {state['label']}",
                "told": told + (" It can hold." if state["holding"] else ""),
                "classes": _classes(
                    holds=state["holding"],
                    now=state["now"],
                    faded=holding_only and not state["holding"],
                    way=state["id"] in way,
                ),
            }
        )
    return {"nodes": nodes, "edges": _edges(found, names, parties, least, way)}


def _region_node(
    region: Mapping[str, Any], found: Mapping[str, Any], holding_only: bool, way: Sequence[str]
) -> dict[str, Any]:
    text = str(region["name"])
    if not region["opened"]:
        holds = f"{region['holding']:,} can hold" if region["holding"] else "cannot hold"
        text += f"\n{percentage(region['chance'])} · {holds}"
    return {
        "id": region["id"],
        "parent": None,
        "region": region["id"],
        "text": text,
        "told": region_words(region, found),
        "classes": _classes(
            holds=bool(region["holding"]),
            now=region["now"],
            faded=holding_only and not region["holding"],
            way=region["id"] in way,
        ),
    }


def _others_node(
    region: Mapping[str, Any], holding_only: bool, way: Sequence[str]
) -> dict[str, Any]:
    key = f"{region['id']}-others"
    return {
        "id": key,
        "parent": region["id"],
        "region": region["id"],
        "text": counted(region["others"], "more state"),
        "told": f"{counted(region['others'], 'more state')} of “{region['name']}”.",
        "classes": " ".join(
            ["others", _classes(holds=False, now=False, faded=holding_only, way=key in way)]
        ),
    }


def _edges(
    found: Mapping[str, Any],
    names: Mapping[str, str],
    parties: Collection[str],
    least: float,
    way: Sequence[str],
) -> list[dict[str, Any]]:
    numbers = {party: number for number, party in enumerate(names)}
    called = {one["id"]: one["name"] for one in found["regions"]}
    called |= {f"{one['id']}-others": f"others of {one['name']}" for one in found["regions"]}
    called |= {one["id"]: f"state {one['number']}" for one in found["states"]}
    steps = set(pairwise(way))
    most = max((one["moves"] for one in found["flows"]), default=1.0)
    edges = []
    for one in found["flows"]:
        on_way = (one["source"], one["target"]) in steps
        if (one["party"] not in parties or one["moves"] < least) and not on_way:
            continue
        edges.append(
            {
                "id": f"{one['party']} {one['source']} {one['target']}",
                "source": one["source"],
                "target": one["target"],
                "colour": colour_of(numbers[one["party"]]),
                "width": round(1.2 + 7 * (one["moves"] / most) ** 0.5, 1),
                "told": (
                    f"{names[one['party']]}: {flow_words(one['moves'])} expected moves from "
                    f"{called[one['source']]} to {called[one['target']]} within "
                    f"{found['steps']} steps."
                ),
                "classes": "way" if on_way else "",
            }
        )
    return edges


def _classes(**given: bool) -> str:
    return " ".join(name for name, here in given.items() if here)
