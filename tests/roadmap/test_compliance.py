"""Simulated compliance against the tree of everything that can happen, and on known cases."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import sqrt

import numpy as np
import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

import detente
from detente.dispute.names import formula_from
from detente.roadmap.check.stage_checks import FORESIGHTS
from detente.roadmap.check.verdicts import check_plan
from detente.roadmap.compliance.simulation import (
    ComplianceAssumptions,
    RoadmapSimulation,
    simulate_plan,
)
from detente.stability.concept_registry import concepts_serving
from detente.stability.prepared_model import graph_model
from oracle.compliance import Chances, OracleAssumptions, OracleCompliance, OracleRun
from oracle.definitions import OracleDispute, Ordered
from oracle.roadmaps import OracleStage
from roadmap_draws import described, disputes_with_plans, engine_plan, engine_stage
from strategies import as_text, disputes

RUNS = 2000

probabilities = st.sampled_from([Fraction(n, 8) for n in (0, 1, 4, 4, 4, 7, 8)])
assumptions = st.builds(
    OracleAssumptions, probabilities, probabilities, probabilities, probabilities
)


@st.composite
def plans_that_change_something(
    draw: st.DrawFn,
) -> tuple[OracleDispute, int, list[OracleStage]]:
    """Two to four stages of a few options, most of them possible, and few ranks with many ties."""
    dispute = draw(disputes(most_states=32))
    count = len(dispute.states)
    for party in range(dispute.parties):
        places = draw(st.lists(st.integers(0, 3), min_size=count, max_size=count))
        groups = [[n + 1 for n in range(count) if places[n] == place] for place in range(4)]
        dispute.preferences[party] = Ordered([group for group in groups if group])
    start = draw(st.integers(0, count - 1))
    here = min(dispute.states[start])
    stages = []
    for _ in range(draw(st.integers(2, 4))):
        options = draw(st.sets(st.integers(0, len(dispute.levels) - 1), min_size=1, max_size=5))
        levels = {one: (here[one] + 1) % dispute.levels[one] for one in sorted(options)}
        # Some stand so already, and some parties only agree.
        for one in sorted(options)[1:]:
            levels[one] = draw(st.sampled_from([levels[one], levels[one], here[one]]))
        more = draw(st.sets(st.integers(0, dispute.parties - 1), max_size=1))
        stages.append(OracleStage(frozenset(dispute.owner[one] for one in options) | more, levels))
        after = tuple(levels.get(one, level) for one, level in enumerate(here))
        here = after if after in dispute.state_of else here
    return dispute, start, stages


def simulated(
    expected: OracleDispute,
    start: int,
    stages: list[OracleStage],
    assumed: OracleAssumptions,
    concept: str,
    by_end: bool,
) -> RoadmapSimulation:
    dispute = detente.build_dispute(described(expected, start))
    plan = engine_plan(
        [
            engine_stage(one, f"s{n}", formula_from(dispute, as_text(expected, one.when)))
            for n, one in enumerate(stages)
        ]
    )
    foresight = FORESIGHTS[by_end]
    check = check_plan(graph_model(dispute), plan, concept=concept, foresight=foresight)
    likely = ComplianceAssumptions(
        *map(float, (assumed.renege, assumed.slip, assumed.answer, assumed.resume))
    )
    return simulate_plan(check, likely, runs=RUNS, seed=7)


def agrees(count: int, chance: Fraction) -> bool:
    """Whether a count fits a chance; what is certain or impossible has to be so exactly."""
    if chance in (0, 1):
        return count == RUNS * chance
    # Six standard deviations, and as much again in runs for chances that are hardly any.
    return abs(count - RUNS * chance) <= 6 * sqrt(RUNS * chance * (1 - chance)) + 6


@pytest.mark.long
@given(
    disputes_with_plans(most_states=32) | plans_that_change_something(),
    assumptions,
    st.sampled_from(concepts_serving("deterrence")),
    st.booleans(),
)
@settings(max_examples=100)
def test_shares_are_those_of_the_tree(
    drawn: tuple[OracleDispute, int, list[OracleStage]],
    assumed: OracleAssumptions,
    concept: str,
    by_end: bool,
) -> None:
    expected, start, stages = drawn
    note(str(described(expected, start)))
    result = simulated(expected, start, stages, assumed, concept, by_end)
    tree = OracleCompliance(expected, start, stages, concept, assumed, by_end=by_end).runs()
    assert sum(tree.values()) == 1
    compared(result, tree, expected)


def compared(result: RoadmapSimulation, tree: Chances, expected: OracleDispute) -> None:
    def chance(holds: Callable[[OracleRun], bool]) -> Fraction:
        return sum((p for run, p in tree.items() if holds(run)), Fraction(0))

    assert agrees(result.completed.held, chance(lambda run: run.broken is None))
    for state in range(len(expected.states)):
        ended = int(np.count_nonzero(result.ends == state + 1))
        assert agrees(ended, chance(lambda run, state=state: run.end == state)), state
    for party, told in enumerate(result.parties):
        assert agrees(told.reneged, chance(lambda run, party=party: party in run.reneged))
        assert agrees(told.answered, chance(lambda run, party=party: party in run.answered))
    left = RUNS
    for number, stage in enumerate(result.stages):
        assert stage.reached == left
        left -= stage.broken
        for moment, count in (("withheld", stage.withheld), ("left", stage.left)):
            event = (number, moment)
            assert agrees(count, chance(lambda run, event=event: event in run.events)), event
        for manner in ("unanswered", "in_vain", "not_resumed"):
            exact = chance(lambda run, key=(number, manner): (run.broken, run.manner) == key)
            assert agrees(getattr(stage, manner), exact), manner
        sets = {run.by for run in tree if run.broken == number}
        found = {frozenset(int(one[1:]) for one in by): n for by, n in stage.broken_by.items()}
        for by in sets | set(found):
            exact = chance(lambda run, key=(number, by): (run.broken, run.by) == key)
            assert agrees(found.get(by, 0), exact), by
        if stage.possible:
            manners = stage.unanswered + stage.in_vain + stage.not_resumed
            assert manners == stage.broken
            assert stage.resumed == stage.withheld + stage.left - stage.broken


def swap(**party: object) -> detente.Dispute:
    """Both start by arming; the plan is that A disarms, then B. Ranks make both want to arm."""
    shared = {"options": {"arm": "Arm"}, "preferences": ["not OTHER.arm", "arm"], **party}
    parties = {
        one: {
            "name": one.upper(),
            **shared,
            "preferences": [
                str(p).replace("OTHER", other)
                for p in shared["preferences"]  # type: ignore[attr-defined]
            ],
        }
        for one, other in (("a", "b"), ("b", "a"))
    }
    return detente.build_dispute(
        {
            "dispute": "Disarmament",
            "parties": parties,
            "packages": {"both": {"parties": ["a", "b"], "set": {"a.arm": "no", "b.arm": "no"}}},
            "outcomes": {"disarmed": "not a.arm and not b.arm", "race": "a.arm and b.arm"},
            "status_quo": {"a.arm": "yes", "b.arm": "yes"},
            "roadmaps": {
                "together": [{"stage": "Disarm", "package": "both"}],
                "in_turn": [
                    {"stage": "A disarms", "move": {"a.arm": "no"}},
                    {"stage": "B disarms", "move": {"b.arm": "no"}},
                ],
            },
        }
    )


def test_a_prisoners_dilemma_breaks_by_leaving_and_an_answer_brings_back() -> None:
    def run(**likely: float) -> RoadmapSimulation:
        everything = {"renege": 1.0, "slip": 0.0, "answer": 0.0, "resume": 1.0, **likely}
        return detente.simulate_roadmap(
            swap(), "together", concept="Nash", foresight="myopic", runs=400, **everything
        )

    # Each would have the other disarm alone: all withhold, and nothing is done.
    withheld = run()
    (stage,) = withheld.stages
    assert stage.may_withhold == stage.may_leave == ("a", "b")
    assert withheld.completed.held == 0
    assert dict(stage.broken_by) == {("a", "b"): 400}
    assert (stage.unanswered, withheld.in_outcome("race").value) == (400, 1.0)
    # Where each reneges with one half, the other's answer takes the gain away.
    some = run(renege=0.5, answer=1)
    assert some.stages[0].in_vain == 0
    assert some.stages[0].unanswered == some.stages[0].broken_by["a", "b"]
    assert some.stages[0].not_resumed == 0
    assert some.completed.held == 400 - some.stages[0].broken
    assert 60 < some.stages[0].broken < 140
    told = {one.party: one for one in some.parties}
    assert told["a"].worse == told["b"].worse == 0


def test_nobody_reneges_where_nobody_may() -> None:
    korea = detente.load("korea-2017")
    result = detente.simulate_roadmap(korea, "russia_2017", renege=0, slip=0, runs=50)
    assert result.completed.value == 1
    assert result.in_outcome("settlement").value == 1
    assert [stage.reached for stage in result.stages] == [50] * 3
    assert set(result.ends) == {result.check.end}


def test_a_stage_that_is_not_possible_breaks_every_run_by_nobody() -> None:
    document = {
        "dispute": "D",
        "parties": {"a": {"name": "A", "options": {"go": "Go"}, "preferences": ["not go"]}},
        "status_quo": {"a.go": "no"},
        "roadmaps": {"r": [{"stage": "Stop", "move": {"a.go": "no"}}]},
    }
    result = detente.simulate_roadmap(detente.build_dispute(document), "r", runs=9)
    (stage,) = result.stages
    assert (stage.possible, dict(stage.broken_by)) == (False, {(): 9})
    assert result.completed.held == 0


def test_the_same_seed_gives_the_same_runs_and_another_gives_others() -> None:
    korea = detente.load("korea-2017")
    first, again, other = (
        detente.simulate_roadmap(korea, "russia_2017", runs=500, seed=seed) for seed in (3, 3, 4)
    )
    assert np.array_equal(first.ends, again.ends)
    assert first.stages == again.stages
    assert first.parties == again.parties
    assert not np.array_equal(first.ends, other.ends)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"renege": 1.5}, "renege is a probability, from 0 to 1"),
        ({"slip": float("nan")}, "slip is a probability"),
        ({"runs": 0}, "runs are from 1 to 1,000,000"),
        ({"seed": -1}, "seed must be at least 0"),
        ({"concept": "SIM"}, "concept of deterrence"),
    ],
)
def test_what_is_no_probability_or_no_run_is_refused(
    changed: dict[str, float], message: str
) -> None:
    with pytest.raises(detente.DisputeError, match=message):
        detente.simulate_roadmap(swap(), "together", **changed)  # type: ignore[arg-type]
    with pytest.raises(detente.DisputeError, match="no outcome 'war'"):
        detente.simulate_roadmap(swap(), "together", runs=1).in_outcome("war")


def pulled_two_ways() -> detente.Dispute:
    """Both come together willingly, and each would rather cheat once both have come."""
    party = {"options": {"come": "Come", "cheat": "Cheat"}}
    preferences = ["a.come and b.come", "cheat"]
    together = {f"{one}.{what}": what == "come" for one in "ab" for what in ("come", "cheat")}
    return detente.build_dispute(
        {
            "dispute": "D",
            "parties": {
                one: {**party, "name": one.upper(), "preferences": preferences} for one in "ab"
            },
            "packages": {
                "come": {
                    "parties": ["a", "b"],
                    "set": {key: "yes" if on else "no" for key, on in together.items()},
                }
            },
            "status_quo": {},
            "roadmaps": {"together": [{"stage": "Come", "package": "come"}]},
        }
    )


def test_of_several_who_would_leave_each_is_as_likely_to() -> None:
    result = detente.simulate_roadmap(
        pulled_two_ways(), "together", concept="Nash", renege=1, slip=0, answer=0, runs=RUNS
    )
    assert sum(result.stages[0].broken_by.values()) == RUNS
    for party in ("a", "b"):
        assert agrees(result.stages[0].broken_by[party,], Fraction(1, 2))


def test_what_was_not_made_is_not_taken_back_but_what_was_given_before_is() -> None:
    document = {
        "dispute": "D",
        "parties": {
            "a": {"name": "A", "options": {"arm": "Arm", "talk": "Talk"}, "preferences": []},
            "b": {"name": "B", "options": {"come": "Come"}, "preferences": []},
        },
        "packages": {"meet": {"parties": ["a", "b"], "set": {"a.talk": "yes"}}},
        "status_quo": {"a.arm": "yes"},
        "roadmaps": {
            "r": [
                {"stage": "A disarms", "move": {"a.arm": "no"}},
                {"stage": "Meet", "package": "meet"},
            ]
        },
    }
    result = detente.simulate_roadmap(
        detente.build_dispute(document), "r", slip=0.5, answer=1, resume=0, runs=200
    )
    first, second = result.stages
    assert first.reached == 200
    # B only agrees: where A alone does, nothing is done, and A arms again.
    refused = second.broken_by["b",]
    assert refused > 20
    told = {one.party: one for one in result.parties}
    assert told["a"].answered == second.in_vain + second.not_resumed == refused
    assert told["b"].answered == 0
    armed = int((result.ends == result.check.stages[0].before).sum())
    assert armed == refused + first.broken
