"""Simulated compliance against the tree of everything that can happen, and on known cases."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import sqrt

import numpy as np
from hypothesis import given, note, settings
from hypothesis import strategies as st

import detente
from detente.model.names import formula_from
from detente.roadmap.check import CONCEPTS, FORESIGHTS, check_plan
from detente.roadmap.compliance import Assumptions, RoadmapSimulation, simulate_plan
from detente.stability.graph_model import graph_model
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
    dispute = detente.from_dict(described(expected, start))
    plan = engine_plan(
        [
            engine_stage(one, f"s{n}", formula_from(dispute, as_text(expected, one.when)))
            for n, one in enumerate(stages)
        ]
    )
    foresight = FORESIGHTS[by_end]
    check = check_plan(graph_model(dispute), plan, concept=concept, foresight=foresight)
    likely = Assumptions(
        *map(float, (assumed.renege, assumed.slip, assumed.answer, assumed.resume))
    )
    return simulate_plan(check, likely, runs=RUNS, seed=7)


def agrees(count: int, chance: Fraction) -> bool:
    """Whether a count fits a chance; what is certain or impossible has to be so exactly."""
    if chance in (0, 1):
        return count == RUNS * chance
    # Six standard deviations, and as much again in runs for chances that are hardly any.
    return abs(count - RUNS * chance) <= 6 * sqrt(RUNS * chance * (1 - chance)) + 6


@given(
    disputes_with_plans(most_states=32) | plans_that_change_something(),
    assumptions,
    st.sampled_from(CONCEPTS),
    st.booleans(),
)
@settings(max_examples=150)
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
