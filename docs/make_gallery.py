"""Draws the pictures of the gallery and writes its page:

    ./dev python docs/make_gallery.py

Each picture stands on the page with its text equivalent.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import detente
from detente.report.plots.bargain import chances_picture, exchanges_picture, positions_picture
from detente.report.plots.compliance import compliance_picture
from detente.report.plots.envoy import shuttle_map
from detente.report.plots.forecast import fan_picture, odds_picture, stream_picture
from detente.report.plots.formats import formats_picture
from detente.report.plots.graph import graph_picture, outcome_graph_picture
from detente.report.plots.paths import paths_picture
from detente.report.plots.picture import Picture, write_picture
from detente.report.plots.ranks import ranks_picture
from detente.report.plots.roadmap import roadmap_picture
from detente.report.plots.robustness import heat_map_picture, tornado_picture

DOCS = Path(__file__).parent


def pictures() -> Iterator[tuple[str, str, Picture]]:
    """A file's name, the command that draws the same, and the picture."""
    elmira = detente.analyse(detente.load("elmira"))
    korea = detente.load("korea-2017")
    analysis = detente.analyse(korea)
    yield (
        "graph-elmira",
        "detente report elmira -o report.html",
        graph_picture(elmira, "SEQ"),
    )
    yield (
        "outcomes-korea",
        "detente report korea-2017 -o report.html",
        outcome_graph_picture(analysis, "SEQ"),
    )
    yield (
        "ranks-korea",
        "detente report korea-2017 -o report.html",
        ranks_picture(analysis),
    )
    yield (
        "roadmap-korea",
        "detente roadmap check korea-2017 russia_2017 --picture roadmap.svg",
        roadmap_picture(detente.check_roadmap(korea, "russia_2017")),
    )
    yield (
        "runs-korea",
        "detente roadmap simulate korea-2017 russia_2017 --picture runs.svg",
        compliance_picture(detente.simulate_roadmap(korea, "russia_2017")),
    )
    yield (
        "formats-korea",
        "detente formats korea-2017 --picture formats.svg",
        formats_picture(detente.analyse_formats(korea)),
    )
    yield (
        "paths-korea",
        "detente paths korea-2017 --to settlement --packages --picture paths.svg",
        paths_picture(detente.analyse_paths(korea, end="settlement", packages=True)),
    )
    expected = detente.forecast(korea)
    for name, options, draw in (
        ("forecast-korea", "--picture", fan_picture),
        ("stream-korea", "--stream", stream_picture),
        ("odds-korea", "--curve", odds_picture),
    ):
        yield name, f"detente forecast korea-2017 {options} {name}.svg", draw(expected)
    settled = detente.bargain(korea)
    for name, options, draw in (
        ("positions-korea", "", positions_picture),
        ("exchanges-korea", " --picture-of exchanges", exchanges_picture),
        ("chances-korea", " --picture-of chances", chances_picture),
    ):
        yield name, f"detente bargain korea-2017{options} --picture {name}.svg", draw(settled)
    yield (
        "envoy-korea",
        "detente envoy korea-2017 --roadmap russia_2017 --by russia --picture envoy.svg",
        shuttle_map(detente.send_envoy(korea, roadmap="russia_2017", by="russia")),
    )
    yield (
        "forecast-nile-dam",
        "detente forecast nile-dam-2021 --picture forecast.svg",
        fan_picture(detente.forecast(detente.load("nile-dam-2021"))),
    )
    drawn = detente.analyse_robustness(detente.load("elmira"), draws=2000, seed=1)
    yield (
        "robust-elmira-tornado",
        "detente robust elmira --draws 2000 --seed 1 --picture tornado.svg",
        tornado_picture(drawn, 0),
    )
    yield (
        "robust-elmira-shares",
        "detente robust elmira --draws 2000 --seed 1 --heat-map shares.svg",
        heat_map_picture(drawn),
    )


def _in_words(picture: Picture) -> list[str]:
    """The text equivalent; folded where it would fill a screen."""
    if len(picture.description) < 400:
        return [picture.description]
    summary = "<summary>The picture in words</summary>"
    return ["<details>", summary, "", picture.description, "", "</details>"]


def main() -> None:
    """Draw everything and write the page."""
    (DOCS / "images").mkdir(exist_ok=True)
    parts = [
        "# Gallery",
        "",
        "The pictures that detente draws, each with its text equivalent. People with the usual "
        "kinds of colour blindness can tell the colours apart, and no picture relies on colour "
        "alone. This page is made by `docs/make_gallery.py`.",
    ]
    for name, command, picture in pictures():
        write_picture(picture, DOCS / "images" / f"{name}.png")
        parts += ["", f"## {picture.title}", "", f"![{picture.title}](images/{name}.png)", ""]
        parts += [*_in_words(picture), "", f"Drawn by `./dev {command}`."]
    (DOCS / "gallery.md").write_text("\n".join(parts) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
