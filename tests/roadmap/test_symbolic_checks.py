"""Roadmaps are checked alike on arrays and on sets held as diagrams."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, note

import detente
from detente.cli import detente as command_line
from detente.dispute.dispute import OrderedStates
from detente.dispute.names import formula_from
from detente.roadmap.check.stage_checks import FORESIGHTS
from detente.roadmap.check.symbolic_checks import SymbolicChecks
from detente.roadmap.check.verdicts import check_plan
from detente.space.symbolic.game import symbolic_game
from detente.stability.concept_registry import concepts_serving
from detente.stability.prepared_model import graph_model
from oracle.definitions import OracleDispute
from oracle.roadmaps import OracleStage
from roadmap_draws import described, disputes_with_plans, engine_plan, engine_stage
from strategies import as_text

NODES = 2**18


@given(disputes_with_plans())
def test_every_stage_is_as_on_arrays(drawn: tuple[OracleDispute, int, list[OracleStage]]) -> None:
    expected, start, stages = drawn
    document = described(expected, start, numbers=False)
    note(str(document))
    dispute = detente.build_dispute(document)
    cube = graph_model(dispute, engine="cube")
    listed = graph_model(dispute, engine="list")
    game = symbolic_game(dispute, NODES)
    plan = engine_plan(
        [
            engine_stage(one, f"s{n}", formula_from(dispute, as_text(expected, one.when)))
            for n, one in enumerate(stages)
        ]
    )
    for number, concept in enumerate(concepts_serving("deterrence")):
        foresight = FORESIGHTS[number % 2]
        wanted = check_plan(cube, plan, concept=concept, foresight=foresight)
        on_list = check_plan(listed, plan, concept=concept, foresight=foresight)
        assert on_list.stages == wanted.stages
        on_sets = SymbolicChecks(game, plan, concept, foresight)
        assert tuple(on_sets.stages()) == wanted.stages
        for place, stage in enumerate(wanted.stages):
            glance = on_sets.glance(place, math.inf)
            assert (glance.obstacle, glance.unwilling) == (stage.obstacle, stage.unwilling)
            assert glance.leaving == tuple(one.party for one in stage.breaches)


@pytest.mark.parametrize(
    ("case", "roadmap"),
    [
        (case, roadmap.id)
        for case in detente.list_cases()
        for roadmap in detente.load(case).roadmaps
    ],
)
def test_shipped_roadmaps(case: str, roadmap: str) -> None:
    dispute = detente.load(case)
    assert not any(isinstance(one.preferences, OrderedStates) for one in dispute.parties)
    arguments = ["roadmap", "check", case, roadmap, "--format", "json"]
    asked = (CliRunner().invoke(command_line, arguments), run_on_sets(arguments))
    cube, sets = (json.loads(one.output) for one in asked)
    assert sets == {**cube, "engine": "symbolic"}
    assert asked[0].exit_code == asked[1].exit_code


def run_on_sets(arguments: list[str]) -> Any:
    return CliRunner().invoke(
        command_line, [*arguments, "--engine", "symbolic", "--seconds", "3600"]
    )


def test_a_dispute_beyond_any_array(tmp_path: Path) -> None:
    parties = {
        own: {
            "options": {f"o{n}": "Option" for n in range(40)},
            "preferences": [
                statement for n in range(8) for statement in (f"not {other}.o{n}", f"{own}.o{n}")
            ],
        }
        for own, other in (("a", "b"), ("b", "a"))
    }
    plan = {
        "name": "Plan",
        "stages": [
            {"stage": "First", "package": "both"},
            {"stage": "Second", "move": {"a.o39": "yes"}},
        ],
    }
    both = {"name": "Both", "parties": ["a", "b"], "set": {"a.o0": "no", "b.o0": "no"}}
    path = tmp_path / "large.yaml"
    started = {f"{own}.o{n}": "yes" for own in parties for n in range(8)}
    path.write_text(
        json.dumps(
            {
                "dispute": "Rivals",
                "parties": parties,
                "status_quo": started,
                "packages": {"both": both},
                "roadmaps": {"plan": plan},
            }
        )
    )
    result = CliRunner().invoke(
        command_line, ["roadmap", "check", str(path), "plan", "--format", "json"]
    )
    assert result.exit_code == 0, result.output
    told = json.loads(result.output)
    # Either could start its own o0 again; the other would start its own in answer, and gain by it.
    assert told["holds"]
    assert told["stages"][0]["after"] - 1 == (2**8 - 2) * (2**40 + 1)
