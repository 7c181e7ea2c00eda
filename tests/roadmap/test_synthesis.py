"""The search for plans against brute force on small random disputes."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, event, given, note, settings
from hypothesis import strategies as st

import detente
from detente.dispute.dispute import Statements
from detente.roadmap.search.synthesis import find_roadmaps
from detente.stability.memory import memory_needed
from oracle.roadmaps import (
    OracleStage,
    all_plans,
    bounds,
    costs,
    guards,
    own_stages,
    unbroken,
    undeterred,
)
from roadmap_draws import Drawn, crowded, declared, described, stages, undominated
from strategies import as_text, conditions, disputes

EXAMPLES = settings().max_examples * 2 // 5


@st.composite
def searches(draw: st.DrawFn, *, plain: bool = False) -> Drawn:
    """A dispute, a start, a goal, declared packages, and the dispute as the engine reads it."""
    dispute = draw(disputes(most_states=8 if plain else 12, plain=plain))
    start = draw(st.integers(0, len(dispute.states) - 1))
    condition = draw(conditions(dispute.levels))
    goal = {n for n, members in enumerate(dispute.states) if all_true(condition, members)}
    assume(goal and start not in goal)
    drawn = [] if plain else draw(st.lists(stages(dispute), max_size=2))
    packages = [one for one in drawn if len(one.parties) > 1]
    document = described(dispute, start) | {"outcomes": {"goal": as_text(dispute, condition)}}
    document["packages"] = declared(dispute, packages)
    return dispute, start, goal, packages, document


def all_true(condition: object, members: frozenset[tuple[int, ...]]) -> bool:
    from oracle.definitions import true_in

    return all(true_in(condition, one) for one in members)  # type: ignore[arg-type]


@given(searches(), st.sampled_from(["Nash", "GMR", "SMR", "SEQ", "SSEQ"]), st.booleans())
@settings(max_examples=EXAMPLES)
def test_the_pareto_set_is_that_of_brute_force(drawn: Drawn, concept: str, by_end: bool) -> None:
    expected, start, goal, packages, document = drawn
    note(str(document))
    every = [*own_stages(expected), *packages]
    assume(len(every) <= 18)
    best = undominated(
        {
            cost
            for plan in all_plans(expected, start, goal, every, 3)
            if (cost := costs(expected, concept, start, plan, by_end=by_end)) is not None
        }
    )
    found = find_roadmaps(
        detente.build_dispute(document),
        "goal",
        concept=concept,
        foresight="roadmap" if by_end else "myopic",
        most_stages=3,
        most_broken=3,
    )
    assert found.complete
    assert {(p.broken, p.statements_lost, len(p.stages)) for p in found.plans} == best
    for plan in found.plans:
        assert plan.end - 1 in goal
        assert all(stage.possible for stage in plan.stages)


@given(searches() | crowded(), st.sampled_from(["Nash", "GMR", "SMR", "SEQ"]), st.booleans())
def test_the_cut_is_what_unbroken_stages_reach_and_who_guards_it(
    drawn: Drawn, concept: str, by_end: bool
) -> None:
    expected, start, goal, packages, document = drawn
    note(str(document))
    found = find_roadmaps(
        detente.build_dispute(document),
        "goal",
        concept=concept,
        foresight="roadmap" if by_end else "myopic",
        most_stages=1,
        most_broken=0,
    )
    every = [*own_stages(expected), *packages]
    best = bounds(expected, goal, by_end=by_end)
    inside, going_on = unbroken(expected, concept, start, every, best)
    event(f"plan: {bool(found.plans)}, cut: {found.cut is not None}")
    # A single state of the goal where a plan may end, also a longer one, and there is no cut.
    ends = {one for one in goal if not undeterred(expected, concept, one)}
    assert (found.cut is None) == bool(found.plans or inside & ends)
    if found.cut is None:
        return
    assert set(np.flatnonzero(found.cut.inside).tolist()) == inside
    assert found.cut.states == len(inside)
    assert found.cut.stuck == len(inside - going_on)
    assert found.cut.goal == len(goal)
    assert found.cut.goal_holding == sum(not undeterred(expected, concept, state) for state in goal)
    guarded = guards(expected, concept, every, inside, going_on, goal, best)
    assert {one.party: (one.unwilling, one.breaking) for one in found.cut.guardians} == {
        f"p{party}": counts for party, counts in guarded.items() if any(counts)
    }
    totals = [one.unwilling + one.breaking for one in found.cut.guardians]
    assert totals == sorted(totals, reverse=True)


@given(searches(plain=True), st.sampled_from(["GMR", "SEQ"]), st.booleans())
@settings(
    max_examples=20, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)
def test_proposed_packages_are_all_joint_moves(drawn: Drawn, concept: str, by_end: bool) -> None:
    expected, start, goal, _, document = drawn
    note(str(document))
    own = list(own_stages(expected))
    joint = [
        OracleStage(
            frozenset().union(*(one.parties for one in group)),
            {o: level for one in group for o, level in one.settings.items()},
        )
        for size in (2, 3)
        for group in combinations(own, size)
        if len(frozenset().union(*(one.parties for one in group))) == size
    ]
    assume(len(own) + len(joint) <= 60)
    unbroken = {
        cost
        for plan in all_plans(expected, start, goal, own + joint, 2)
        if (cost := costs(expected, concept, start, plan, by_end=by_end)) is not None
        and cost[0] == 0
    }
    found = find_roadmaps(
        detente.build_dispute(document),
        "goal",
        concept=concept,
        foresight="roadmap" if by_end else "myopic",
        most_stages=2,
        most_broken=0,
        propose=3,
    )
    assert {(p.broken, p.statements_lost, len(p.stages)) for p in found.plans} == undominated(
        unbroken
    )


def test_a_statement_that_plays_no_part_changes_no_plan_that_is_found() -> None:
    path = Path(__file__).parents[1] / "data" / "faults" / "exposure-share.yaml"
    dispute = detente.load(path)
    first = dispute.parties[0]
    stated = first.preferences
    assert isinstance(stated, Statements)
    on_top, *own = stated.statements
    told = []
    for statements in (own, [on_top, *own], [own[0], on_top, own[1]], [*own, on_top]):
        changed = replace(first, preferences=replace(stated, statements=tuple(statements)))
        one = replace(dispute, parties=(changed, *dispute.parties[1:]))
        found = find_roadmaps(one, "deal", foresight="roadmap")
        told.append([(p.broken, p.statements_lost, len(p.stages)) for p in found.plans])
    # a gives up one statement for another that b alone can give it, and takes the first back.
    assert told == [[(1, 1, 2)]] * 4


def test_a_search_counts_the_memory_of_its_labels(monkeypatch: pytest.MonkeyPatch) -> None:
    dispute = detente.load("korea-2017")
    free = SimpleNamespace(available=memory_needed(dispute, ["SEQ"]) + 2**20)
    monkeypatch.setattr("psutil.virtual_memory", lambda: free)
    # Little memory is not asked for, and this case needs little.
    monkeypatch.setattr("detente.space.free_memory._SURELY_FREE", 0)
    with pytest.raises(detente.LimitError, match="of memory"):
        find_roadmaps(dispute, "settlement")
