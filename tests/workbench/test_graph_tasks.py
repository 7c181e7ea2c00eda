"""The graph as tasks: regions that do not overlap, flows, ways, and what is drawn of them."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

import detente
from detente.dispute.errors import DisputeError
from detente.workbench.pages.graph_drawing import drawn_graph, usual_least
from detente.workbench.services import case_text
from detente.workbench.tasks import TASKS

MOST = {"states": 2**18, "memory_bytes": 2**30}
NAMES = {"moe": "Ministry", "uniroyal": "Uniroyal", "local": "Local"}


def regions(text: str | None = None, **asked: Any) -> dict[str, Any]:
    asked = {"outcomes": None, "opened": None, "concept": "SEQ", **asked}
    return TASKS["regions"](text or case_text("elmira"), **asked, most=MOST)


def test_each_state_is_drawn_once() -> None:
    text = case_text("korea-2017-two-party")
    found = regions(text, opened=[])
    assert sum(one["states"] for one in found["regions"]) == 12
    assert sum(one["chance"] for one in found["regions"]) == pytest.approx(1)
    assert sum(one["visits"] for one in found["regions"]) == pytest.approx(found["steps"])
    assert sum(one["now"] for one in found["regions"]) == 1
    analysis = detente.analyse(detente.load("korea-2017-two-party"), ["SEQ"])
    holding = sum(one["holding"] for one in found["regions"])
    assert holding == len(analysis.equilibria("SEQ"))


def test_a_small_dispute_is_drawn_state_by_state_and_regions_close() -> None:
    opened = regions()
    assert [one["number"] for one in opened["states"]] == [1, 2, 5, 6, 3, 7, 4, 8, 9]
    assert all(one["opened"] and not one["others"] for one in opened["regions"])
    closed = regions(opened=["r0"])
    assert {one["region"] for one in closed["states"]} == {"r0"}
    # Drawn more coarsely, the flow between two regions is the sum of those between their states.
    inside = {one["id"]: one["region"] for one in opened["states"]}

    def between(found: dict[str, Any]) -> float:
        return sum(
            one["moves"]
            for one in found["flows"]
            if inside.get(one["source"], one["source"]) == "r0"
            and inside.get(one["target"], one["target"]) == "r3"
        )

    assert between(opened) == pytest.approx(between(regions(opened=[])), abs=2e-3)


def test_outcomes_that_are_left_out_give_their_states_to_others() -> None:
    found = regions(outcomes=["abandonment"], opened=[])
    assert [one["name"] for one in found["regions"]] == [
        "Uniroyal abandons its operation",
        "None of these",
    ]
    assert [one["states"] for one in found["regions"]] == [1, 8]


def test_a_dispute_without_outcomes_has_patterns_of_what_can_hold() -> None:
    text = case_text("elmira")
    bare = text[: text.index("outcomes:")] + "\n".join(
        line
        for line in text[text.index("outcomes:") :].splitlines()[1:]
        if not line.startswith(" ")
    )
    found = regions(bare, opened=[])
    assert found["suggested"]
    assert len(found["regions"]) >= 2
    assert sum(one["states"] for one in found["regions"]) == 9
    told = TASKS["suggestions"](bare, concept="SEQ", most=MOST)
    assert told["equilibria"] == 3
    formulas = [one["formula"] for one in told["suggestions"]]
    assert formulas[0] == "local.insist"
    assert "moe.modify and not uniroyal.delay and local.insist" in formulas
    assert len(set(formulas)) == len(formulas)
    with pytest.raises(DisputeError, match="names none"):
        regions("dispute: x\nparties: {a: {options: {b: B}, preferences: [b]}}\n")


def test_ways_are_the_likeliest_courses() -> None:
    asked = {"outcomes": None, "concept": "SEQ", "most": MOST}
    text = case_text("elmira")
    found = TASKS["course"](text, start=None, end="r3", **asked)
    wanted = next(
        one
        for one in detente.forecast(detente.load("elmira"), draws=0, odds="2:20").courses
        if one.goal == 3
    )
    assert [one["chance"] for one in found["moves"]] == pytest.approx(
        [one.probability for one in wanted.moves]
    )
    assert found["moves"][-1]["region"] == "r3"
    assert TASKS["course"](text, start="s9", end="r3", **asked)["there"]
    assert not TASKS["course"](text, start="s9", end="r0", **asked)["moves"]
    with pytest.raises(DisputeError, match="no longer exists"):
        TASKS["course"](text, start=None, end="r77", **asked)


def test_filters_say_what_is_drawn() -> None:
    found = regions()
    every = drawn_graph(found, NAMES, parties=NAMES, least=0.0, holding_only=False)
    assert len(every["edges"]) == len(found["flows"])
    local = drawn_graph(found, NAMES, parties=["local"], least=0.1, holding_only=True)
    assert local["edges"]
    assert all("Local: " in one["told"] for one in local["edges"])
    faded = {one["id"] for one in local["nodes"] if "faded" in one["classes"]}
    assert "s1" in faded
    assert "s5" not in faded
    way = drawn_graph(found, NAMES, parties=[], least=1.0, holding_only=False, way=["s1", "s5"])
    assert [one["classes"] for one in way["edges"]] == ["way"]
    assert usual_least([{"moves": 0.3}] * 100 + [{"moves": 0.7}]) == 0.5


def test_libraries_are_the_files_that_their_packages_hold() -> None:
    folder = Path(str(detente.__file__)).parent / "workbench" / "static" / "vendored"
    told = (folder / "README.md").read_text("utf-8")
    drawn = (folder.parents[1] / "pages" / "graph_view.js").read_text("utf-8")
    libraries = sorted(folder.glob("*.mjs"))
    assert len(libraries) == 2
    for path in libraries:
        assert sha256(path.read_bytes()).hexdigest() in told
        assert f"/static/vendored/{path.name}" in drawn
        assert (folder / f"{path.name.partition('-')[0]}-LICENSE.txt").is_file()
