"""The picture of paths: what it says in words is what the paths are, and what is not drawn."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

import detente
from detente import DisputeError
from detente.cli import detente as commands
from detente.dispute.errors import LimitError
from detente.report.plots.paths import MOST_PLACES, paths_picture
from detente.report.plots.picture import picture_bytes

DOLLARS = {
    "dispute": "Costs $x_ and $y",
    "parties": {
        "a": {"name": "A$x_", "options": {"go": "G$x_"}, "preferences": ["go"]},
        "b": {"name": "B$", "options": {"go": "G"}, "preferences": ["not a.go"]},
    },
    "packages": {
        "both": {"name": "B$x_{", "parties": ["a", "b"], "set": {"a.go": "yes", "b.go": "yes"}}
    },
}


@pytest.mark.parametrize("improving", [False, True])
def test_every_move_of_every_path_in_words(improving: bool) -> None:
    analysis = detente.analyse_paths(
        detente.load("garrison-diversion"),
        "1",
        "8",
        moves="improvements" if improving else "any",
        limit=4,
    )
    words = paths_picture(analysis).description
    told = {
        (int(move), int(before), int(after), better == "an")
        for move, before, after, better in re.findall(
            r"Move (\d+), from state (\d+) to state (\d+): .*?\((an|no) improvement\)", words
        )
    }
    expected = set()
    for path in analysis.paths:
        places = [path.start, *(step.state for step in path.steps)]
        for number, ((before, after), step) in enumerate(
            zip(pairwise(places), path.steps, strict=True), start=1
        ):
            expected.add((number, before, after, step.improving))
    assert told == expected


@pytest.mark.parametrize("form", ["svg", "png"])
def test_names_are_text(form: str) -> None:
    analysis = detente.analyse_paths(detente.build_dispute(DOLLARS), "1", "4", packages=True)
    assert picture_bytes(paths_picture(analysis), form) == picture_bytes(
        paths_picture(analysis), form
    )


def test_start_and_asked_for_differ() -> None:
    analysis = detente.analyse_paths(detente.load("prisoners-dilemma"), "1", "4")
    (axes,) = paths_picture(analysis).figure.axes
    markers = {
        float(line.get_xdata()[0]): (line.get_marker(), line.get_markeredgewidth())  # type: ignore[index]
        for line in axes.lines
    }
    assert markers == {0.0: ("s", 0.9), 1.0: ("o", 0.9), 2.0: ("o", 2.6)}


def test_what_is_not_drawn() -> None:
    many = detente.analyse_paths(detente.load("korea-2017"), end="settlement", limit=64)
    small = detente.load("prisoners-dilemma")
    with pytest.raises(LimitError, match=f"at most {MOST_PLACES} states .*fewer paths"):
        paths_picture(many)
    with pytest.raises(DisputeError, match="without any move"):
        paths_picture(detente.analyse_paths(small, "1", "1"))
    with pytest.raises(DisputeError, match="needs an end"):
        paths_picture(detente.analyse_paths(small, "1"))
    with pytest.raises(DisputeError, match="no legal sequence leads to state 4"):
        paths_picture(detente.analyse_paths(small, "1", "4", parties=[small.parties[0].id]))


def test_command(tmp_path: Path) -> None:
    picture = tmp_path / "paths.svg"
    words = ["paths", "korea-2017", "--to", "settlement", "--picture", str(picture)]
    result = CliRunner().invoke(commands, words)
    assert result.exit_code == 0, result.output
    content = picture.read_text("utf-8")
    assert "North Korea" in content
    assert "3 of 64 shortest paths" in content
