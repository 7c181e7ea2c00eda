"""Random disputes with packages and a roadmap, as the oracle and as the engine read them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hypothesis import strategies as st

from detente.roadmap.plan import Plan, PlanStage
from oracle.definitions import Condition, OracleDispute, Ordered
from oracle.roadmaps import OracleStage
from strategies import as_text, assignment_levels, conditions, disputes, document, option_key

Drawn = tuple[OracleDispute, int, set[int], list[OracleStage], dict[str, Any]]
"""A dispute, its start, a goal, declared packages, and the dispute as the engine reads it."""


@st.composite
def stages(draw: st.DrawFn, dispute: OracleDispute) -> OracleStage:
    """A stage of any options, made by their owners and perhaps by others who set nothing."""
    options = draw(st.sets(st.integers(0, len(dispute.levels) - 1), min_size=1, max_size=4))
    settings = {one: draw(st.integers(0, dispute.levels[one] - 1)) for one in sorted(options)}
    more = draw(st.sets(st.integers(0, dispute.parties - 1), max_size=1))
    return OracleStage(frozenset(dispute.owner[one] for one in options) | more, settings)


@st.composite
def disputes_with_plans(
    draw: st.DrawFn, most_states: int = 48
) -> tuple[OracleDispute, int, list[OracleStage]]:
    """A dispute, the index of its status quo, and one to four stages."""
    dispute = draw(disputes(most_states=most_states))
    start = draw(st.integers(0, len(dispute.states) - 1))
    plan = draw(st.lists(stages(dispute), min_size=1, max_size=4))
    if draw(st.booleans()):
        first = plan[0]
        plan[0] = OracleStage(first.parties, first.settings, draw(conditions(dispute.levels)))
    return dispute, start, plan


def described(dispute: OracleDispute, start: int, *, numbers: bool = True) -> dict[str, Any]:
    """The dispute with its status quo as the engine reads it; see :func:`strategies.document`."""
    result = document(dispute, numbers=numbers)
    result["status_quo"] = assignment_levels(dispute, min(dispute.states[start]))
    return result


def declared(dispute: OracleDispute, packages: list[OracleStage]) -> dict[str, Any]:
    """Stages of several parties as the packages of a document."""
    levels = [
        assignment_levels(dispute, tuple(p.settings.get(o, 0) for o in range(len(dispute.levels))))
        for p in packages
    ]
    return {
        f"k{number}": {
            "parties": [f"p{party}" for party in sorted(package.parties)],
            "set": {
                option_key(dispute, o): levels[number][option_key(dispute, o)]
                for o in package.settings
            },
        }
        for number, package in enumerate(packages)
    }


def engine_stage(stage: OracleStage, name: str, when: Any = None) -> PlanStage:
    """A stage as the engine has it."""
    return PlanStage(name, tuple(sorted(stage.parties)), stage.settings, when)


def engine_plan(stages: list[PlanStage]) -> Plan:
    """Stages as a plan."""
    return Plan("drawn", "Drawn", tuple(stages))


def undominated(costs: Iterable[tuple[int, int, int]]) -> set[tuple[int, int, int]]:
    """Costs of plans that no others beat: the Pareto set."""
    every = set(costs)
    return {
        one
        for one in every
        if not any(
            other != one and all(a <= b for a, b in zip(other, one, strict=True)) for other in every
        )
    }


@st.composite
def crowded(draw: st.DrawFn) -> Drawn:
    """Four or five parties that move one option each and rank states at random; many ends."""
    parties = draw(st.integers(4, 5))
    dispute = OracleDispute(
        parties, list(range(parties)), [2] * parties, [None] * parties, [[]] * parties, [], []
    )
    count = len(dispute.states)
    for _ in range(parties):
        order = draw(st.permutations(range(1, count + 1)))
        dispute.preferences.append(Ordered([[one] for one in order]))
    start = draw(st.integers(0, count - 1))
    near = {n for n in range(count) if differing(dispute, start, n) <= 2}
    goal = draw(st.sets(st.sampled_from(sorted(set(range(count)) - near)), min_size=3))
    packages = [
        OracleStage(frozenset(pair), {one: draw(st.integers(0, 1)) for one in sorted(pair)})
        for pair in draw(
            st.lists(st.sets(st.integers(0, parties - 1), min_size=2, max_size=3), max_size=2)
        )
    ]
    document = described(dispute, start) | {
        "outcomes": {
            "goal": " or ".join(f"({as_text(dispute, exactly(dispute, n))})" for n in goal)
        },
        "packages": declared(dispute, packages),
    }
    return dispute, start, goal, packages, document


def differing(dispute: OracleDispute, one: int, other: int) -> int:
    """In how many options two states differ."""
    (first,), (second,) = dispute.states[one], dispute.states[other]
    return sum(a != b for a, b in zip(first, second, strict=True))


def exactly(dispute: OracleDispute, state: int) -> Condition:
    """A condition that holds in one state."""
    (assignment,) = dispute.states[state]
    condition: Condition = ("true",)
    for option, level in enumerate(assignment):
        is_so = ("on", option) if level else ("not", ("on", option))
        condition = ("and", condition, is_so)
    return condition
