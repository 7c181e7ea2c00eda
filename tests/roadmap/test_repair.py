"""Repairs of roadmaps against brute force on small random disputes, and on the Korean case."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations, product

import pytest
from hypothesis import assume, given, note, settings
from hypothesis import strategies as st

import detente
from detente.dispute.names import formula_from
from detente.roadmap.plan import Plan, PlanStage
from detente.roadmap.repair.minimal_covers import smallest_covers
from detente.roadmap.repair.repairs import KindOfRepair, RepairKind, repair_plan, repair_roadmap
from detente.roadmap.repair.stage_orders import MOST_PARTS, with_joint_stages
from detente.roadmap.undertakings import Commitment, Pledge
from detente.stability.concept_registry import concepts_serving
from detente.stability.prepared_model import graph_model
from oracle.changes import applied, changed, descriptions, profiles
from oracle.definitions import OracleDispute, Prioritised
from oracle.repairs import (
    OracleCommitment,
    OraclePledge,
    OraclePromise,
    Stages,
    departures,
    holds,
    joint,
    left_out,
    one_more,
    own_settings,
    partial_moves,
    reordered,
    ruled_out,
    with_parts,
)
from oracle.roadmaps import OracleStage, made, unwilling
from roadmap_draws import (
    declared,
    described,
    disputes_with_plans,
    engine_plan,
    engine_stage,
    stages,
)
from strategies import as_text, conditions, disputes, most_preferred_first, the_same_within_classes

EXAMPLES = settings().max_examples * 3 // 10


class Failing:
    """A plan that fails, as the oracle and as the engine have it."""

    def __init__(
        self,
        dispute: OracleDispute,
        start: int,
        plan: Stages,
        concept: str,
        by_end: bool,
        packages: Stages,
    ) -> None:
        self.dispute = dispute
        self.start = start
        self.plan = plan
        self.concept = concept
        self.by_end = by_end
        self.packages = packages

    def holds(
        self,
        plan: Stages,
        dispute: OracleDispute | None = None,
        promises: Iterable[OraclePromise] = (),
    ) -> bool:
        """Whether a plan holds."""
        return holds(
            dispute or self.dispute,
            self.concept,
            self.start,
            plan,
            by_end=self.by_end,
            promises=promises,
        )

    def repaired(self, kind: RepairKind, most_changes: int = 2) -> KindOfRepair:
        """What the engine finds of one kind."""
        document = described(self.dispute, self.start)
        document["packages"] = declared(self.dispute, self.packages)
        note(f"{document} {self.plan} {self.concept} {self.by_end}")
        dispute = detente.build_dispute(document)
        plan = engine_plan(
            [
                engine_stage(one, f"s{n}", formula_from(dispute, as_text(self.dispute, one.when)))
                for n, one in enumerate(self.plan)
            ]
        )
        found = repair_plan(
            graph_model(dispute),
            plan,
            concept=self.concept,
            foresight="roadmap" if self.by_end else "myopic",
            kinds=(kind,),
            most_changes=most_changes,
        )
        (result,) = found.kinds
        assert result.complete
        assert result.count == len(result.proposals)
        for proposal in result.proposals:
            assert proposal.check.holds
            assert proposal.same_end == (proposal.check.end == found.check.end)
        return result


@st.composite
def failing(draw: st.DrawFn) -> Failing:
    """A dispute with a plan that fails for any reason, and perhaps packages."""
    dispute, start, plan = draw(disputes_with_plans(most_states=16))
    packages = [one for one in draw(st.lists(stages(dispute), max_size=2)) if len(one.parties) > 1]
    concept = draw(st.sampled_from(concepts_serving("deterrence")))
    result = Failing(dispute, start, plan, concept, draw(st.booleans()), packages)
    assume(not result.holds(plan))
    return result


@st.composite
def damaged(draw: st.DrawFn, kind: RepairKind) -> Failing:
    """A plan that holds, with a change of one kind undone, by which it fails."""
    dispute = draw(disputes(most_states=16))
    start = draw(st.integers(0, len(dispute.states) - 1))
    every = [*draw(st.lists(stages(dispute), max_size=4)), *partial_moves(dispute)]
    concept = draw(st.sampled_from(concepts_serving("deterrence")))
    by_end = draw(st.booleans())
    plan: Stages = []
    for _ in range(draw(st.integers(1, 3))):
        longer = [
            [*plan, stage]
            for stage in every
            if holds(dispute, concept, start, [*plan, stage], by_end=by_end)
        ]
        plan = draw(st.sampled_from(longer)) if longer else plan
    assume(plan)
    place = draw(st.integers(0, len(plan) - 1))
    stage = plan[place]
    match kind:
        case "order":
            plan = draw(st.permutations(plan))
        case "left_out":
            plan = [*plan[:place], draw(st.sampled_from(every)), *plan[place:]]
        case "stage":
            plan = [*plan[:place], *plan[place + 1 :]]
        case _:
            # The stage in two, or half of it.
            halves = [
                OracleStage(frozenset(dispute.owner[o] for o in half), half)
                for half in (
                    {o: n for o, n in stage.settings.items() if (o == option) is first}
                    for option in [draw(st.sampled_from(sorted(stage.settings)))]
                    for first in (True, False)
                )
                if half
            ]
            kept = halves if kind == "joint" else halves[:1]
            plan = [*plan[:place], *draw(st.permutations(kept)), *plan[place + 1 :]]
    result = Failing(dispute, start, plan, concept, by_end, [])
    assume(plan and not result.holds(plan))
    return result


@st.composite
def breached(draw: st.DrawFn, *, stated: bool = False) -> Failing:
    """A dispute with a plan whose stages are possible and made willingly, and do not hold.

    Where `stated`, some parties have one to three statements and no others any, and stages need
    not be willing.
    """
    dispute = draw(disputes(most_states=8 if stated else 16))
    if stated:
        dispute = with_few_statements(draw, dispute)
    joint_moves = draw(st.lists(stages(dispute), max_size=3))
    every = [*joint_moves, *partial_moves(dispute)]
    broken = [
        (state, stage)
        for state in range(len(dispute.states))
        for stage in able(dispute, state, every, willing=not stated)
        if not holds(dispute, "Nash", state, [stage], by_end=False)
    ]
    assume(broken)
    start, first = draw(st.sampled_from(broken))
    plan = [first]
    for _ in range(draw(st.integers(0, 2))):
        state = states_of(dispute, start, plan)[-1]
        more = [
            [*plan, stage]
            for stage in able(dispute, state, every, willing=not stated)
            if not holds(dispute, "Nash", start, [*plan, stage], by_end=False)
        ]
        plan = draw(st.sampled_from(more)) if more else plan
    # By the end they may not be willing, though by each stage they are.
    path = states_of(dispute, start, plan)
    by_end = draw(st.booleans()) and all(
        stated or not unwilling(dispute, stage, before, path[-1])
        for stage, before in zip(plan, path, strict=False)
    )
    concepts = [
        one
        for one in concepts_serving("deterrence")
        if not holds(dispute, one, start, plan, by_end=by_end)
    ]
    assume(concepts)
    return Failing(dispute, start, plan, draw(st.sampled_from(concepts)), by_end, [])


def with_few_statements(draw: st.DrawFn, dispute: OracleDispute) -> OracleDispute:
    """The same dispute, where some parties have one to three statements, and no others any."""
    condition = conditions(dispute.levels)
    result = changed(dispute, {})
    for party in range(dispute.parties):
        if draw(st.integers(0, 3)):
            some = draw(st.lists(condition, min_size=1, max_size=3))
            result.preferences[party] = Prioritised(
                [the_same_within_classes(draw, dispute, one) for one in some]
            )
        else:
            result.preferences[party] = most_preferred_first(dispute.values[party])
    return result


def able(dispute: OracleDispute, state: int, every: Stages, *, willing: bool) -> Stages:
    """The stages that are possible in a state and, where asked for, made willingly."""
    return [
        stage
        for stage in every
        if (there := made(dispute, state, stage)) is not None
        and not (willing and unwilling(dispute, stage, state, there[1]))
    ]


def states_of(dispute: OracleDispute, start: int, plan: Stages) -> list[int]:
    """The states of a plan whose stages are possible."""
    path = [start]
    for stage in plan:
        there = made(dispute, path[-1], stage)
        assert there is not None
        path.append(there[1])
    return path


def bare(plan: Stages) -> tuple[object, ...]:
    """What tells stages apart but for their conditions."""
    return tuple((stage.parties, tuple(sorted(stage.settings.items()))) for stage in plan)


STAGE_KINDS: list[RepairKind] = ["order", "joint", "left_out", "stage", "part"]


@given(
    st.sampled_from(STAGE_KINDS).flatmap(
        lambda kind: st.tuples(st.just(kind), failing() | damaged(kind))
    )
)
@settings(max_examples=2 * EXAMPLES)
def test_smallest_changes_of_stages_are_those_of_brute_force(
    both: tuple[RepairKind, Failing],
) -> None:
    kind, drawn = both
    every = {
        "order": lambda: reordered(drawn.plan),
        "joint": lambda: joint(drawn.plan),
        "left_out": lambda: left_out(drawn.plan),
        "stage": lambda: one_more(drawn.dispute, drawn.start, drawn.plan, drawn.packages),
        "part": lambda: with_parts(drawn.dispute, drawn.plan, MOST_PARTS),
    }
    tried = [(size, plan) for size, plan in every[kind]()]
    assume(len(tried) <= 3000)
    sound = [(size, plan) for size, plan in tried if drawn.holds(plan)]
    least = min((size for size, _ in sound), default=None)
    expected = {bare(plan) for size, plan in sound if size == least}
    result = drawn.repaired(kind)
    assert {one.size for one in result.proposals} == ({least} if sound else set())
    found = {
        bare([OracleStage(frozenset(one.parties), dict(one.settings)) for one in plan])
        for plan in (one.check.plan.stages for one in result.proposals)
    }
    assert found == expected


@given(breached())
@settings(max_examples=EXAMPLES)
def test_smallest_sets_of_commitments_are_those_of_brute_force(drawn: Failing) -> None:
    every = [OracleCommitment(owner, option) for option, owner in enumerate(drawn.dispute.owner)]
    expected: set[frozenset[OracleCommitment]] = set()
    for size in range(1, len(every) + 1):
        expected = {
            frozenset(chosen)
            for chosen in combinations(every, size)
            if drawn.holds(drawn.plan, promises=chosen)
        }
        if expected:
            break
    found = set()
    for one in drawn.repaired("commitment").proposals:
        chosen = []
        for promise in one.check.undertakings:
            assert isinstance(promise, Commitment)
            chosen.append(OracleCommitment(promise.party, promise.option))
        assert one.size == len(chosen)
        found.add(frozenset(chosen))
    assert found == expected


@given(breached())
@settings(max_examples=EXAMPLES)
def test_pledges_are_as_few_as_by_brute_force(drawn: Failing) -> None:
    path = states_of(drawn.dispute, drawn.start, drawn.plan)
    left: dict[int, set[tuple[int, int, int]]] = {}
    for state, party, target, offered in departures(
        drawn.dispute, drawn.concept, path, drawn.plan, by_end=drawn.by_end
    ):
        left.setdefault(party, set()).add((state, target, offered))
    needed = {party: least_pledges(drawn, party, breaches) for party, breaches in left.items()}
    proposals = drawn.repaired("pledge").proposals
    if None in needed.values():
        assert not proposals
        return
    assert proposals
    for one in proposals:
        promises = []
        for promise in one.check.undertakings:
            assert isinstance(promise, Pledge)
            promises.append(
                OraclePledge(
                    promise.breaker, promise.party, dict(promise.settings), promise.new_means
                )
            )
        assert one.size == len(promises)
        for party, least in needed.items():
            own = [promise.new_means for promise in promises if promise.breaker == party]
            assert least is not None
            assert (len(own), set(own)) == (least[0], {least[1]})
        assert drawn.holds(drawn.plan, promises=promises)


def every_pledge(drawn: Failing, breaker: int, new_means: bool) -> list[OraclePledge]:
    return [
        OraclePledge(breaker, party, own, new_means)
        for party in range(drawn.dispute.parties)
        if party != breaker
        for own in own_settings(drawn.dispute, party)
    ]


def least_pledges(
    drawn: Failing, breaker: int, left: set[tuple[int, int, int]]
) -> tuple[int, bool] | None:
    """How few pledges rule out a party's breaches, of new means where no others will do."""
    for new_means in (False, True):
        covered = {
            frozenset(
                (state, target, offered)
                for state, target, offered in left
                if ruled_out(drawn.dispute, drawn.concept, one, state, breaker, target, offered)
            )
            for one in every_pledge(drawn, breaker, new_means)
        }
        for size in range(1, len(covered) + 1):
            for chosen in combinations(covered, size):
                if left <= frozenset().union(*chosen):
                    return size, new_means
            if not left <= frozenset().union(*covered):
                break
    return None


@given(breached(stated=True))
@settings(max_examples=EXAMPLES)
def test_smallest_changes_of_preferences_are_those_of_brute_force(drawn: Failing) -> None:
    dispute = drawn.dispute
    movers = [p for p, one in enumerate(dispute.preferences) if isinstance(one, Prioritised)]
    kinds = {"flip", "drop", "move"}
    least: int | None = None
    expected: set[frozenset[tuple[int, int, str]]] = set()
    for cost, orders in profiles(dispute, movers, kinds, 2):
        if least is not None and cost > least:
            break
        if drawn.holds(drawn.plan, dispute=changed(dispute, orders)):
            least = cost
            each = [
                [{(party, *one) for one in told} for told in descriptions(len(stated), order)]
                for party, order in orders.items()
                if (stated := dispute.preferences[party].statements)  # type: ignore[union-attr]
            ]
            expected |= {frozenset().union(*some) for some in product(*each)}
    result = drawn.repaired("preferences")
    assert {one.size for one in result.proposals} == ({least} if expected else set())
    assert result.at_least == (least or 3)
    found = set()
    for one in result.proposals:
        assert len(one.changes) == one.size
        orders = applied(dispute, movers, one.changes)
        assert drawn.holds(drawn.plan, dispute=changed(dispute, orders))
        found.add(frozenset((int(c.party[1:]), c.statement - 1, c.kind) for c in one.changes))
    assert found == expected
    assert len(found) == len(result.proposals)


@given(st.lists(st.integers(0, 63), max_size=6), st.integers(0, 63))
def test_smallest_covers_are_all_there_are(covered_by: list[int], everything: int) -> None:
    expected: list[tuple[int, ...]] = []
    for size in range(len(covered_by) + 1):
        for chosen in combinations(range(len(covered_by)), size):
            together = 0
            for one in chosen:
                together |= covered_by[one]
            if not everything & ~together:
                expected.append(chosen)
        if expected:
            break
    assert smallest_covers(covered_by, everything) == sorted(expected)


def test_a_joint_stage_sets_what_the_later_stage_sets_on_all_conditions() -> None:
    dispute = detente.load("korea-2017")
    conditions = [formula_from(dispute, text) for text in ("us.talk", "dprk.talk", "war")]
    first, second, third = (
        PlanStage(str(n), (n,), {0: n // 2, n + 3: 1}, when) for n, when in enumerate(conditions)
    )
    (last,) = [
        one for one in with_joint_stages(Plan("", "", (first, second, third))) if one.size == 2
    ]
    (stage,) = last.plan.stages
    assert (stage.parties, stage.settings) == ((0, 1, 2), {0: 1, 3: 1, 4: 1, 5: 1})
    assert stage.when is not None
    space = graph_model(dispute).space
    truths = [space.truth(condition) for condition in conditions]
    assert (space.truth(stage.when) == truths[0] & truths[1] & truths[2]).all()


def test_korea_under_seq_by_its_stages_and_by_promises() -> None:
    found = repair_roadmap(
        detente.load("korea-2017"),
        "russia_2017",
        kinds=("order", "joint", "left_out", "stage", "part", "commitment", "pledge"),
    )
    least = {kind.kind: kind.proposals[0].size if kind.proposals else None for kind in found.kinds}
    assert least == {
        "order": None,
        "joint": None,
        "left_out": 1,
        "stage": 1,
        "part": 1,
        "commitment": 1,
        "pledge": 1,
    }
    assert {one.size for one in found.proposals} == {1}


def test_a_plan_that_holds_is_left_as_it_is() -> None:
    found = repair_roadmap(detente.load("korea-2017"), "russia_2017", concept="GMR")
    assert found.check.holds
    assert found.proposals == found.kinds == ()


def test_a_plan_without_stages_cannot_be_repaired() -> None:
    model = graph_model(detente.load("korea-2017"))
    with pytest.raises(detente.DisputeError, match="has no stages"):
        repair_plan(model, Plan("none", "None"))


def test_ctrl_c_keeps_what_was_found() -> None:
    def stop(what: str, _: float) -> None:
        if what.startswith("part"):
            raise KeyboardInterrupt

    found = repair_roadmap(detente.load("korea-2017"), "russia_2017", progress=stop)
    assert found.interrupted
    assert [kind.kind for kind in found.kinds] == ["order", "joint", "left_out", "stage", "part"]
    assert not found.kinds[-1].complete
    assert {one.kind for one in found.proposals} == {"left_out", "stage"}
