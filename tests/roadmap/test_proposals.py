"""Packages that nobody declared: tried where no plan holds without, and no larger than needed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import detente
from detente.cli import detente as cli
from detente.report.document_schema import schema_named
from detente.roadmap.check.verdicts import check_plan
from detente.roadmap.search.synthesis import find_roadmaps
from strategies import as_text, conditions, disputes, document

# Both gain if both cooperate, and neither if it does so alone. Nobody minds the other options.
DILEMMA = {
    "dispute": "Dilemma",
    "parties": {
        "a": {"options": {"x": "X", "idle": "Idle"}, "preferences": ["b.y", "not x"]},
        "b": {"options": {"y": "Y", "spare": "Spare"}, "preferences": ["a.x", "not y"]},
    },
    "status_quo": {},
    "outcomes": {"both": {"name": "Both", "when": "a.x and b.y"}},
}


def test_they_are_tried_where_no_plan_holds_without() -> None:
    dispute = detente.build_dispute(DILEMMA)
    alone = find_roadmaps(dispute, "both", foresight="myopic")
    assert not any(plan.holds for plan in alone.plans)
    assert alone.with_proposals is None
    found = find_roadmaps(dispute, "both", foresight="myopic", propose_if_needed=2)
    assert found.propose == 0
    assert found.with_proposals is not None
    (plan,) = found.with_proposals.plans
    assert plan.holds
    assert [dict(one.settings) for one in plan.plan.stages] == [{0: 1, 2: 1}]
    # Where a plan holds without, nothing else is looked at.
    declared = {
        **DILEMMA,
        "packages": {"deal": {"parties": ["a", "b"], "set": {"a.x": True, "b.y": True}}},
    }
    with_deal = find_roadmaps(
        detente.build_dispute(declared), "both", foresight="myopic", propose_if_needed=2
    )
    assert any(one.holds for one in with_deal.plans)
    assert with_deal.with_proposals is None


def test_the_command_says_which_packages_it_is_about(tmp_path: Path) -> None:
    path = tmp_path / "d.yaml"
    path.write_text(json.dumps(DILEMMA), "utf-8")

    def told(*words: str) -> str:
        asked = ["roadmap", "find", str(path), "--to", "both", "--foresight", "myopic", *words]
        result = CliRunner(env={"COLUMNS": "80"}).invoke(cli, asked)
        assert result.exit_code == 0, result.output
        return result.stdout

    text = " ".join(told().split())
    assert "with declared packages only." in text
    assert "With declared packages only, no plan holds. With any joint move of up to 3 parties" in (
        text
    )
    assert "Plan 1: no stage broken" in text
    assert "no plan holds. With any" not in " ".join(told("--allow-packages", "declared").split())
    assert "any joint move of up to 3 parties, whether declared or not" in " ".join(
        told("--allow-packages", "any").split()
    )
    content = json.loads(told("--format", "json"))
    jsonschema.validate(content, schema_named("roadmap-search"))
    assert content["with_proposals"]["plans"][0]["holds"]


@given(st.data())
def test_no_option_is_changed_that_nothing_needs(data: st.DataObject) -> None:
    expected = data.draw(disputes(most_states=16, plain=True))
    written = document(expected)
    written["status_quo"] = {}
    written["outcomes"] = {
        "goal": {"name": "Goal", "when": as_text(expected, data.draw(conditions(expected.levels)))}
    }
    try:
        dispute = detente.build_dispute(written)
        found = find_roadmaps(dispute, "goal", foresight="myopic", most_stages=3, propose=3)
    except detente.DisputeError:
        # The goal holds nowhere, or from the start.
        return
    model = found.model
    ends = model.space.holds(dispute.outcomes[0].formula)
    for check in found.plans:
        for number, stage in enumerate(check.plan.stages):
            for option in stage.settings:
                left = {one: level for one, level in stage.settings.items() if one != option}
                owners = {dispute.options[one].party for one in left}
                parties = tuple(sorted(dispute.party_numbers[one] for one in owners))
                smaller = (replace(stage, settings=left, parties=parties),) if left else ()
                stages = (*check.plan.stages[:number], *smaller, *check.plan.stages[number + 1 :])
                if not stages:
                    continue
                other = check_plan(
                    model,
                    replace(check.plan, stages=stages),
                    concept=check.concept,
                    foresight=check.foresight,
                )
                worse = (
                    other.broken > check.broken
                    or other.statements_lost > check.statements_lost
                    or len(other.stages) > len(check.stages)
                )
                assert worse or not ends[other.end - 1]


@pytest.mark.parametrize("allowed", ["needed", "declared", "any"])
def test_what_nobody_minds_is_left_alone(allowed: str) -> None:
    propose = {"any": 2}.get(allowed, 0)
    needed = 2 if allowed == "needed" else 0
    found = find_roadmaps(
        detente.build_dispute(DILEMMA), "both", propose=propose, propose_if_needed=needed
    )
    for search in (found, found.with_proposals):
        for plan in () if search is None else search.plans:
            assert not {1, 3} & {option for one in plan.plan.stages for option in one.settings}


@pytest.mark.slow
def test_a_large_dispute_is_searched_within_the_bound() -> None:
    korea = detente.load("korea-2017")
    declared = find_roadmaps(korea, "settlement")
    found = find_roadmaps(korea, "settlement", propose=3)
    assert found.complete
    assert [plan.statements_lost for plan in found.plans] <= [
        plan.statements_lost for plan in declared.plans
    ]
