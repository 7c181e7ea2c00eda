"""The page of the graph: moves between states, and a path that is built on it."""

from __future__ import annotations

from typing import Any

from nicegui import events, ui

from detente.workbench.pages.arrival import file_page
from detente.workbench.pages.elements import labelled, styled
from detente.workbench.pages.paths import PathPage
from detente.workbench.pages.results import show_state
from detente.workbench.pages.session import Session
from detente.workbench.services import Services
from detente.workbench.workers import Failed

__all__ = ["add", "chart_options"]

# Okabe and Ito's palette, as in the pictures of detente.report.plots.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#F0E442")


def add(work: Services) -> None:
    """Make the page."""

    def lay_out(session: Session) -> None:
        with ui.element("div").classes("two even"):
            with ui.element("div").classes("stack"):
                _graph(session, path := PathPage(session))
            with ui.element("div").classes("stack side"):
                path.lay_out()
        session.refresh.append(path.refresh)

    file_page(work, "graph", lay_out)


def _graph(session: Session, path: PathPage) -> None:
    with ui.element("section").classes("panel").props('aria-label="Graph"'):
        with ui.row().classes("items-center w-full"):
            ui.label("Graph").classes("section-title").props('role="heading" aria-level="2"')
            ui.space()
            every = ui.switch("All moves", value=False)
        text = ui.label().classes("quiet")
        chart = ui.echart({}).classes("chart").props('role="img"')
        legend = ui.element("div").classes("legend")
    found: dict[str, Any] = {}
    pressed: dict[str, Any] = {"node": None}

    def draw() -> None:
        if not found:
            return
        chart.options.clear()
        chart.options.update(chart_options(found["graph"], found["parties"], all_moves=every.value))
        chart.update()
        words = _in_words(found["graph"])
        text.set_text(words)
        labelled(chart, words)
        legend.clear()
        with legend:
            for number, name in enumerate(found["parties"].values()):
                with ui.element("span").classes("key"):
                    swatch = ui.element("span").classes("swatch")
                    styled(swatch, "background", _colour(number))
                    ui.label(name)

    async def refresh() -> None:
        try:
            graph = await session.compute("graph", concept="SEQ")
        except Failed as error:
            text.set_text(str(error.details["message"]))
            return
        parties = session.document["parties"]
        found["parties"] = {key: (entry or {}).get("name", key) for key, entry in parties.items()}
        found["graph"] = graph
        draw()

    def node_of(event: events.GenericEventArguments) -> int | None:
        arguments = event.args if isinstance(event.args, dict) else {}
        if arguments.get("dataType") != "node":
            return None
        return int(arguments["data"]["number"])

    def press(event: events.GenericEventArguments) -> None:
        pressed["node"] = node_of(event)

    async def release(event: events.GenericEventArguments) -> None:
        start, end = pressed["node"], node_of(event)
        pressed["node"] = None
        if end is None or found.get("graph", {}).get("kind") != "states":
            return
        if start is not None and start != end:
            # Dragged from one state to another: the path goes on from where the drag began.
            await path.extend(start, end)
        else:
            await path.extend(None, end)

    every.on_value_change(draw)
    wanted = ["dataType", "data"]
    chart.on("chart:mousedown", press, wanted)
    chart.on("chart:mouseup", release, wanted)
    session.refresh.append(refresh)
    ui.button("About a state …", on_click=lambda: show_state(session, path.states[-1])).props(
        "flat dense no-caps"
    ).set_visibility(False)


def _colour(number: int) -> str:
    return _COLOURS[number % len(_COLOURS)]


def _in_words(graph: dict[str, Any]) -> str:
    nodes = graph["nodes"]
    if graph["kind"] == "states":
        held = [str(node["id"]) for node in nodes if node["equilibrium"]]
        holds = f"equilibria under SEQ: {', '.join(held)}" if held else "no equilibrium under SEQ"
        return (
            f"{len(nodes)} states; {holds}. Arrows are improvements. Click states one after the "
            "other, or drag from one to another, to build a path."
        )
    return (
        f"The states are too many to draw, so they are joined by outcome: {len(nodes)} regions. "
        "An arrow is a party's improvement from at least half of the states of one into another; "
        "green regions hold equilibria under SEQ. Build a path with the list of moves."
    )


def chart_options(
    graph: dict[str, Any], parties: dict[str, str], *, all_moves: bool
) -> dict[str, Any]:
    """The chart of a graph.

    Parameters
    ----------
    graph
        As the task ``graph`` gives it.
    parties
        Names by id.
    all_moves
        Whether moves that are no improvements are drawn too, faintly.

    Returns
    -------
    dict
        Options of the chart library.
    """
    of_states = graph["kind"] == "states"
    numbers = {party: number for number, party in enumerate(parties)}
    nodes = []
    most = max((node.get("states", 1) for node in graph["nodes"]), default=1)
    for node in graph["nodes"]:
        holds = node["equilibrium"] if of_states else node["equilibria"] > 0
        label = str(node["id"]) if of_states else node["name"]
        size = 34 if of_states else 18 + 40 * (node["states"] / most) ** 0.5
        nodes.append(
            {
                "id": f"n{node['id']}",
                "name": label,
                "number": node["id"],
                "symbolSize": size,
                "symbol": "roundRect" if node["status_quo"] else "circle",
                "itemStyle": {
                    "color": "#00785a" if holds else "#6b7c8c",
                    "borderColor": "#ffb703" if node["status_quo"] else "#ffffff",
                    "borderWidth": 4 if node["status_quo"] else 1,
                },
                "tooltip": {"formatter": _tooltip(node, of_states)},
            }
        )
    links = []
    for edge in graph["edges"]:
        better = edge["improvement"] if of_states else edge["usual"]
        if not better and not all_moves:
            continue
        number = numbers[edge["party"]]
        links.append(
            {
                "source": f"n{edge['source']}",
                "target": f"n{edge['target']}",
                "lineStyle": {
                    "color": _colour(number),
                    "opacity": 0.85 if better else 0.2,
                    "width": 2,
                    # Arrows of different parties between the same two do not cover each other.
                    "curveness": 0.1 + 0.07 * number,
                },
                "tooltip": {
                    "formatter": _plain(parties[edge["party"]])
                    + ("" if of_states else f": from {edge['improving']:,} of {edge['states']:,}")
                },
            }
        )
    return {
        "animationDurationUpdate": 300,
        "tooltip": {"confine": True},
        "series": [
            {
                "type": "graph",
                "layout": "circular",
                "circular": {"rotateLabel": False},
                "roam": False,
                "label": {
                    "show": True,
                    "position": "inside" if of_states else "bottom",
                    "color": "#ffffff" if of_states else "#7a8996",
                    "width": 120,
                    "overflow": "break",
                    "lineHeight": 14,
                    "fontSize": 12,
                    "distance": 6,
                },
                "edgeSymbol": ["none", "arrow"],
                "edgeSymbolSize": 9,
                "emphasis": {"focus": "adjacency"},
                "left": 70,
                "right": 70,
                "top": 50,
                "bottom": 60,
                "data": nodes,
                "links": links,
            }
        ],
    }


def _tooltip(node: dict[str, Any], of_states: bool) -> str:
    if not of_states:
        return (
            f"{_plain(node['name'])}: {node['states']:,} states, {node['equilibria']:,} equilibria"
        )
    chosen = [key for key, level in node["levels"].items() if level not in ("no", None)]
    parts = [f"State {node['id']}", ", ".join(node["outcomes"]), ", ".join(chosen)]
    return "<br>".join(_plain(part) for part in parts if part)


def _plain(text: str) -> str:
    """Text for the chart's labels, which are HTML."""
    from html import escape

    return escape(text).replace("{", "&#123;")
