"""Draws what the benchmarks measured, and writes the page of it:

    ./dev python docs/make_benchmarks.py

The numbers are those in ``benchmarks/results``, which a benchmark writes with ``--record``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from detente.report.plots.picture import Picture, new_figure, series_colours, write_picture

DOCS = Path(__file__).parent
RESULTS = DOCS.parent / "benchmarks" / "results"
PAGE = DOCS / "benchmarks.md"

_MARKERS = "osD^vP*X"

# An axis that spans fewer times its least number has labels between powers of ten.
_FEW = 200


def results() -> Iterator[dict[str, Any]]:
    """What was measured, each benchmark by itself."""
    for path in sorted(RESULTS.glob("*.json")):
        yield json.loads(path.read_text("utf-8"))


def picture(found: dict[str, Any]) -> Picture:
    """Lines over numbers, or bars where something else stands along."""
    lines = all(isinstance(at, int | float) for own in found["series"].values() for at, _ in own)
    figure = _lines(found) if lines else _bars(found)
    return Picture(figure, found["title"], " ".join(_sentences(found)))


def _lines(found: dict[str, Any]) -> Any:
    figure = new_figure(7, 4)
    axes = figure.subplots()
    colours = series_colours(len(found["series"]))
    for number, (name, points) in enumerate(found["series"].items()):
        axes.plot(
            [at for at, _ in points],
            [value for _, value in points],
            marker=_MARKERS[number % len(_MARKERS)],
            color=colours[number],
            label=name,
        )
    along, up = found["logarithmic"]
    axes.set(
        xlabel=found["across"],
        ylabel=found["measured"],
        xscale="log" if along else "linear",
        yscale="log" if up else "linear",
    )
    for axis, logarithmic in ((axes.xaxis, along), (axes.yaxis, up)):
        if logarithmic:
            low, high = axis.get_view_interval()
            axis.set_major_formatter(lambda value, _: f"{value:,.12g}")
            axis.set_minor_formatter(_between if high < _FEW * low else lambda value, _: "")
    axes.grid(color="0.9", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    if len(found["series"]) > 1:
        axes.legend(fontsize=8, frameon=False)
    return figure


def _between(value: float, _: int) -> str:
    """Between powers of ten only the numbers that begin with 2 or 5."""
    return f"{value:,.12g}" if f"{value:e}"[0] in "25" else ""


def _bars(found: dict[str, Any]) -> Any:
    names = list(dict.fromkeys(at for own in found["series"].values() for at, _ in own))
    count = len(found["series"])
    figure = new_figure(7, 1.2 + 0.32 * count * len(names))
    axes = figure.subplots()
    colours = series_colours(count)
    for number, (name, points) in enumerate(found["series"].items()):
        values = dict(points)
        places = [place + 0.8 * (number - (count - 1) / 2) / count for place in range(len(names))]
        bars = axes.barh(
            places,
            [values.get(one, 0.0) for one in names],
            height=0.7 / count,
            color=colours[number],
            label=name,
        )
        axes.bar_label(
            bars,
            [_number(values[one]) if one in values else "" for one in names],
            padding=3,
            fontsize=8,
        )
    axes.set_yticks(range(len(names)), names, fontsize=8)
    axes.invert_yaxis()
    axes.margins(x=0.15)
    axes.set(xlabel=found["measured"], xscale="log" if found["logarithmic"][1] else "linear")
    if found["logarithmic"][1]:
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.12g}")
        axes.xaxis.set_minor_formatter(lambda value, _: "")
    axes.spines[["top", "right"]].set_visible(False)
    if count > 1:
        axes.legend(fontsize=8, frameon=False)
    return figure


def _sentences(found: dict[str, Any]) -> Iterator[str]:
    yield f"{found['measured']}, by {found['across']}, measured on {found['date']}."
    for name, points in found["series"].items():
        told = ", ".join(f"{_place(at)}: {_number(value)}" for at, value in points)
        yield f"{name}: {told}."


def _place(at: Any) -> str:
    return at if isinstance(at, str) else f"{at:,}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def image(found: dict[str, Any]) -> str:
    """The name of its picture."""
    return f"benchmark-{found['benchmark']}.png"


def page() -> str:
    """The page, with a picture and a table of each."""
    lines = [
        "# Benchmarks",
        "",
        "All numbers on this page were measured. Each benchmark wrote them to "
        "`benchmarks/results`, with the machine and the day. `docs/make_benchmarks.py` drew the "
        "pictures from these files and wrote the page. The load tells how many processes wanted "
        "the processor at that time. If the load is above the number of cores, the times are upper "
        "bounds. Processor time depends less on the load than time on the clock.",
        "",
        "`benchmarks/README.md` in the repository says what each benchmark measures. It also has "
        "older figures.",
        "",
    ]
    for found in results():
        lines += list(_section(found))
    return "\n".join(lines)


def _section(found: dict[str, Any]) -> Iterator[str]:
    machine = found["machine"]
    alternative = f"{found['title']}: {found['measured']}, by {found['across']}."
    yield from (f"## {found['title']}", "")
    yield from ("```console", f"$ {found['command']} --record", "```", "")
    yield (
        f"Measured on {found['date']} with detente {found['detente']} and Python "
        f"{machine['python']}. Machine: {machine['cores']} cores ({machine['processor']}), "
        f"{machine['memory_gib']} GiB, load {machine['load']}."
    )
    yield from ("", f"![{alternative}](images/{image(found)})", "")
    names = list(found["series"])
    yield f"| {found['across']} | {' | '.join(names)} |"
    yield f"| --- |{' ---: |' * len(names)}"
    values = {name: {_place(at): value for at, value in found["series"][name]} for name in names}
    for at in dict.fromkeys(_place(at) for own in found["series"].values() for at, _ in own):
        cells = (_number(values[one][at]) if at in values[one] else "" for one in names)
        yield f"| {at} | {' | '.join(cells)} |"
    yield from ("", f"The table shows {found['measured']}.", "")


def main() -> None:
    """Draw all pictures and write the page."""
    for found in results():
        write_picture(picture(found), DOCS / "images" / image(found))
    PAGE.write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
