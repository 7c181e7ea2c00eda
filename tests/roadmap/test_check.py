"""The check of roadmaps against the literal definitions, and on the Korean case."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, note, settings

import detente
from detente.dispute.dispute import Statements
from detente.dispute.names import formula_from
from detente.roadmap.check.stage_checks import FORESIGHTS
from detente.roadmap.check.verdicts import check_plan, check_roadmap, read_otherwise, stage_verdicts
from detente.stability.concept_registry import concepts_serving
from detente.stability.prepared_model import graph_model
from oracle.definitions import OracleDispute, Ordered
from oracle.roadmaps import (
    OracleStage,
    breaches,
    exposure,
    made,
    rank,
    statements_lost,
    unwilling,
    values_at,
)
from roadmap_draws import described, disputes_with_plans, engine_plan, engine_stage
from strategies import as_text


@given(disputes_with_plans())
@settings(max_examples=2 * settings().max_examples)
def test_every_check_is_as_defined(drawn: tuple[OracleDispute, int, list[OracleStage]]) -> None:
    expected, start, stages = drawn
    note(str(described(expected, start)))
    dispute = detente.build_dispute(described(expected, start))
    model = graph_model(dispute)
    plan = engine_plan(
        [
            engine_stage(one, f"s{n}", formula_from(dispute, as_text(expected, one.when)))
            for n, one in enumerate(stages)
        ]
    )
    path = [start]
    for stage in stages:
        there = made(expected, path[-1], stage)
        path.append(path[-1] if there is None else there[1])
    for number, concept in enumerate(concepts_serving("deterrence")):
        foresight = FORESIGHTS[number % 2]
        found = check_plan(model, plan, concept=concept, foresight=foresight)
        note(str(found.stages))
        if foresight == "roadmap":
            told = stage_verdicts(model, plan, concept=concept)
            assert [all(one) for one in told] == [one.failed is None for one in found.stages]
        for place, (stage, check) in enumerate(zip(stages, found.stages, strict=True)):
            before, after = path[place], path[place + 1]
            assert (check.before, check.after) == (before + 1, after + 1)
            assert check.possible == (made(expected, before, stage) is not None)
            for party in range(expected.parties):
                standing = check.standings[party]
                assert standing.before == rank(expected, party, before)
                assert standing.after == rank(expected, party, after)
                assert standing.exposure == exposure(expected, stage, before, party)
                assert 0 <= standing.share <= 1
                lost = statements_lost(expected, stage, before, party)
                assert standing.statements_lost == lost
                if not isinstance(expected.preferences[party], Ordered):
                    assert len(standing.lost) == lost
            if not check.possible:
                assert check.failed == "possible"
                continue
            offered = path[-1] if foresight == "roadmap" else after
            reluctant = unwilling(expected, stage, before, offered)
            assert {one.party for one in check.unwilling} == {f"p{one}" for one in reluctant}
            following = stages[place + 1] if place + 1 < len(stages) else None
            left = breaches(expected, concept, after, following, values_at(expected, offered))
            assert {one.party for one in check.breaches} == {f"p{one}" for one, _ in left}
            for breach in check.breaches:
                party = int(breach.party[1:])
                assert (party, breach.state - 1) in left
                assert breach.others + 1 == sum(one == party for one, _ in left)
                assert breach.rank_before == rank(expected, party, after)
                assert breach.rank_offered == rank(expected, party, offered)
                assert breach.rank_after >= breach.held_to > breach.rank_offered
                if breach.sanction.path:
                    # The sanction that is missing is a legal one that would hurt.
                    here, last = breach.state - 1, party
                    for step in breach.sanction.path:
                        mover = int(step.party[1:])
                        assert mover != last
                        assert step.state - 1 in expected.moves[mover][here]
                        here, last = step.state - 1, mover
                    assert rank(expected, party, here) <= breach.rank_offered


def test_what_is_offered_decides_who_takes_part_and_who_stays() -> None:
    path = Path(__file__).parents[1] / "data" / "faults" / "plan-end-is-best.yaml"
    dispute = detente.load(path)
    # After the first stage a could cheat, which betters its lot; the plan's end betters it more.
    myopic = check_roadmap(dispute, "plan", concept="Nash", foresight="myopic")
    verdict = myopic.verdict
    assert verdict is not None
    assert (verdict.number, verdict.failed) == (1, "holding")
    assert [one.party for one in verdict.breaches] == ["a"]
    by_end = check_roadmap(dispute, "plan", concept="Nash")
    assert by_end.holds
    assert read_otherwise(by_end).verdict == verdict
    assert read_otherwise(myopic).holds


def test_what_is_lost_does_not_hang_on_statements_that_play_no_part() -> None:
    path = Path(__file__).parents[1] / "data" / "faults" / "exposure-share.yaml"
    dispute = detente.load(path)
    first = dispute.parties[0]
    preferences = first.preferences
    assert isinstance(preferences, Statements)
    without = replace(preferences, statements=preferences.statements[1:])
    plain = replace(dispute, parties=(replace(first, preferences=without), *dispute.parties[1:]))
    told = []
    for one in (plain, dispute):
        (standing, *_) = check_roadmap(one, "plan").stages[0].standings
        stated = one.parties[0].preferences
        assert isinstance(stated, Statements)
        lost = [stated.statements[number - 1].formula.text for number in standing.lost]
        told.append((standing.exposure, lost))
    assert told[0] == told[1] == (1, ["not a.x"])


def test_korea_breaks_at_the_last_stage_under_seq_and_holds_under_gmr() -> None:
    dispute = detente.load("korea-2017")
    checked = check_roadmap(dispute, "russia_2017")
    verdict = checked.verdict
    assert verdict is not None
    assert (verdict.number, verdict.failed) == (3, "holding")
    (breach,) = verdict.breaches
    assert (breach.party, breach.rank_before, breach.rank_offered) == ("us", 252, 252)
    assert checked.broken == 1
    assert check_roadmap(dispute, "russia_2017", concept="GMR").holds


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"roadmap": "russia_2018"}, "did you mean 'russia_2017'"),
        ({"concept": "L3"}, "Nash, GMR, SMR, SEQ, SSEQ"),
        ({"foresight": "far"}, "myopic, roadmap"),
    ],
)
def test_wrong_names(changed: dict[str, str], message: str) -> None:
    asked = {"roadmap": "russia_2017", "concept": "SEQ", "foresight": "roadmap"} | changed
    with pytest.raises(detente.DisputeError, match=message):
        check_roadmap(
            detente.load("korea-2017"),
            asked["roadmap"],
            concept=asked["concept"],
            foresight=asked["foresight"],
        )


def test_a_dispute_without_status_quo_has_no_start() -> None:
    document = described_chicken()
    with pytest.raises(detente.DisputeError, match="no status quo"):
        check_roadmap(detente.build_dispute(document), "peace")


def described_chicken() -> dict[str, object]:
    party = {"name": "A", "options": {"go": "Go"}, "preferences": ["not go"]}
    return {
        "dispute": "D",
        "parties": {"a": party, "b": {**party, "name": "B"}},
        "roadmaps": {"peace": [{"stage": "Go", "move": {"a.go": "yes"}}]},
    }


def test_a_stage_that_is_not_possible_says_why_and_the_rest_is_looked_at() -> None:
    document = described_chicken() | {
        "status_quo": {"a.go": "yes"},
        "roadmaps": {
            "peace": [
                {"stage": "Go", "move": {"a.go": "yes"}},
                {"stage": "Stop", "move": {"a.go": "no"}},
            ]
        },
    }
    checked = check_roadmap(detente.build_dispute(document), "peace")
    assert [stage.failed for stage in checked.stages] == ["possible", None]
    assert "nothing would change" in str(checked.stages[0].obstacle)


def test_a_member_that_runs_ahead_with_its_whole_part_is_no_breach() -> None:
    # Both would rather stop; b's part of the second stage alone is an improvement of b.
    document = described_chicken() | {
        "status_quo": {"a.go": "yes", "b.go": "yes"},
        "roadmaps": {
            "peace": [
                {"stage": "A stops", "move": {"a.go": "no"}},
                {"stage": "B stops", "move": {"b.go": "no"}},
            ]
        },
    }
    checked = check_roadmap(detente.build_dispute(document), "peace")
    assert checked.holds
    alone = document | {"roadmaps": {"peace": [{"stage": "A stops", "move": {"a.go": "no"}}]}}
    verdict = check_roadmap(detente.build_dispute(alone), "peace").verdict
    assert verdict is not None
    assert [one.party for one in verdict.breaches] == ["b"]
