"""Plans to many ends that offer different things, so that sets of ends have to be split.

And what bounds them, and why there may be none that holds.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import assume, event, given, note, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import detente
from detente.roadmap.check.verdicts import Responses
from detente.roadmap.plan import stage_from_package
from detente.roadmap.search import branch_and_bound
from detente.roadmap.search.branch_and_bound import EndSearch
from detente.roadmap.search.least_exposure import Remaining, remaining
from detente.roadmap.search.stage_moves import OwnSteps, Stages
from detente.roadmap.search.statements_lost import LostStatements
from detente.roadmap.search.synthesis import find_roadmaps
from detente.roadmap.search.temptations import Temptations
from detente.space.cube import Hypercube
from detente.space.graph_model import GraphModel
from detente.stability.prepared_model import graph_model
from oracle.definitions import OracleDispute
from oracle.roadmaps import all_plans, costs, own_stages
from roadmap_draws import Drawn, crowded, undominated
from strategies import disputes, document

CONCEPTS = st.sampled_from(["Nash", "GMR", "SMR", "SEQ", "SSEQ"])


@pytest.fixture(scope="module")
def sets_looked_at() -> Iterator[Counter[bool]]:
    """Counts searches by whether they split sets of ends; some have to."""
    seen: Counter[bool] = Counter()
    search = EndSearch.pareto

    def watched(self: EndSearch) -> object:
        found = search(self)
        seen[self.looked_at > 1] += 1
        event(f"sets of ends: {self.looked_at}")
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(EndSearch, "pareto", watched)
        yield seen
    assert seen[True] >= seen.total() / 5 > 0, "too few searches split sets of ends"


@given(crowded(), CONCEPTS, st.booleans())
def test_the_pareto_set_over_many_ends_is_that_of_brute_force(
    sets_looked_at: Counter[bool], drawn: Drawn, concept: str, bounded: bool
) -> None:
    expected, start, goal, packages, document = drawn
    note(str(document))
    best = undominated(
        cost
        for plan in all_plans(expected, start, goal, [*own_stages(expected), *packages], 4)
        if (cost := costs(expected, concept, start, plan, by_end=True)) is not None and cost[0] <= 2
    )
    with pytest.MonkeyPatch.context() as patch:
        if bounded:
            # By what remains of plans, which is worked out from the second set of ends on.
            patch.setattr(branch_and_bound, "_SETS_BEFORE_REMAINING", 1)
        found = find_roadmaps(
            detente.build_dispute(document), "goal", concept=concept, most_stages=4, most_broken=2
        )
    assert found.complete
    assert {(p.broken, p.statements_lost, len(p.stages)) for p in found.plans} == best


@given(crowded(), CONCEPTS)
@settings(max_examples=settings().max_examples // 2)
def test_an_interruption_leaves_the_plans_found_by_then(drawn: Drawn, concept: str) -> None:
    expected, start, goal, packages, document = drawn
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(EndSearch, "split", interrupted)
        found = find_roadmaps(
            detente.build_dispute(document), "goal", concept=concept, most_stages=4, most_broken=4
        )
    assume(found.interrupted)
    assert not found.complete
    assert found.cut is None
    assert found.plans
    every = [*own_stages(expected), *packages]
    real = {
        costs(expected, concept, start, plan, by_end=True)
        for plan in all_plans(expected, start, goal, every, 4)
    }
    assert {(p.broken, p.statements_lost, len(p.stages)) for p in found.plans} <= real


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt


@given(crowded(), CONCEPTS)
@settings(max_examples=settings().max_examples * 3)
def test_what_remains_to_one_end_is_the_least_of_brute_force(drawn: Drawn, concept: str) -> None:
    expected, start, goal, packages, document = drawn
    end = min(goal)
    every = [*own_stages(expected), *packages]
    plans = {
        cost
        for plan in all_plans(expected, start, {end}, every, 3)
        if (cost := costs(expected, concept, start, plan, by_end=True)) is not None
    }
    rest = rest_of(graph_model(detente.build_dispute(document)), concept, [end], 3, 2)
    for stages, by_broken in enumerate(rest.plainly):
        for broken in range(len(by_broken)):
            # A label may count a stage as broken that is not.
            least = min(float(labels[start]) for labels in by_broken[: broken + 1])
            within = [x for b, x, n in plans if b <= broken and n <= stages]
            assert least == np.float32(min(within, default=np.inf))


def rest_of(
    model: GraphModel, concept: str, goal: list[int], most_stages: int, most_broken: int
) -> Remaining:
    """What remains of plans to a goal on a cube."""
    temptations = Temptations(model, Responses(model, concept))
    lost = LostStatements(model)
    packages = [stage_from_package(model.dispute, one) for one in model.dispute.packages]
    return remaining(
        np.array(goal),
        [OwnSteps(model, lost, party) for party in range(len(model.dispute.parties))],
        Stages(model, lost, temptations, packages).offered(model.graph.ranks[:, goal].max(axis=1)),
        model.graph.ranks,
        most_stages,
        most_broken,
    )


@given(disputes(plain=True), CONCEPTS, st.data())
@settings(max_examples=settings().max_examples // 2)
def test_compiled_or_not_the_same_remains(
    expected: OracleDispute, concept: str, data: st.DataObject
) -> None:
    model = graph_model(detente.build_dispute(document(expected)))
    goal = data.draw(st.sets(st.sampled_from(model.space.positions.tolist()), min_size=1))
    both = [
        rest_of(replaced(model, compiled_from=size), concept, sorted(goal), 4, 2)
        for size in (0, 2**40)
    ]
    same_where_feasible(both, model.space.feasible)


def test_compiled_threads_leave_the_same() -> None:
    options = {f"o{number}": f"Option {number}" for number in range(6)}
    parties = {
        f"p{party}": {
            "options": {key: {"name": name} for key, name in options.items()},
            "preferences": [
                f"p{(party + step) % 3}.o{(2 * step + party) % 6} iff p{step % 3}.o{step}"
                for step in range(6)
            ],
        }
        for party in range(3)
    }
    # No more than 2**18 states, of which some are infeasible: work is shared among threads.
    constraints = [{"never": "p0.o0 and p1.o1 and p2.o2"}]
    model = graph_model(
        detente.build_dispute({"dispute": "Large", "parties": parties, "constraints": constraints})
    )
    goal = model.space.positions[1000:1100].tolist()
    both = [rest_of(replaced(model, compiled_from=size), "Nash", goal, 2, 1) for size in (0, 2**40)]
    same_where_feasible(both, model.space.feasible)


def replaced(model: GraphModel, *, compiled_from: int) -> GraphModel:
    graph = Hypercube(model.moves, model.graph.ranks, compiled_from=compiled_from)
    return dataclasses.replace(model, graph=graph)


def same_where_feasible(both: list[Remaining], feasible: NDArray[np.bool_]) -> None:
    first, second = both
    for kind in ("plainly", "covering"):
        ours, theirs = getattr(first, kind), getattr(second, kind)
        assert len(ours) == len(theirs)
        for one, other in zip(ours, theirs, strict=True):
            for a, b in zip(one, other, strict=True):
                assert np.array_equal(a[feasible], b[feasible])
    assert any(np.isfinite(labels[feasible]).any() for labels in first.plainly[-1])
