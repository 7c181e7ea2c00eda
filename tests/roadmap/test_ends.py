"""Plans to many ends that offer different things, so that sets of ends have to be split."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import event, given, note
from hypothesis import strategies as st

import detente
from detente.roadmap.ends import EndSearch
from detente.roadmap.synthesis import find_roadmaps
from oracle.definitions import OracleDispute, Ordered
from oracle.roadmaps import OracleStage, all_plans, costs, own_stages
from roadmap_draws import described, undominated
from strategies import as_text

Crowded = tuple[OracleDispute, int, set[int], list[OracleStage], dict[str, object]]


@st.composite
def crowded(draw: st.DrawFn) -> Crowded:
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
    own = list(own_stages(dispute))
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
        "packages": {
            f"k{number}": {
                "parties": [f"p{party}" for party in sorted(package.parties)],
                "set": {f"p{o}.o{o}": ["no", "yes"][n] for o, n in package.settings.items()},
            }
            for number, package in enumerate(packages)
        },
    }
    return dispute, start, goal, [*own, *packages], document


def differing(dispute: OracleDispute, one: int, other: int) -> int:
    (first,), (second,) = dispute.states[one], dispute.states[other]
    return sum(a != b for a, b in zip(first, second, strict=True))


def exactly(dispute: OracleDispute, state: int) -> tuple[object, ...]:
    (assignment,) = dispute.states[state]
    condition: tuple[object, ...] = ("true",)
    for option, level in enumerate(assignment):
        is_so = ("on", option) if level else ("not", ("on", option))
        condition = ("and", condition, is_so)
    return condition


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


@given(crowded(), st.sampled_from(["Nash", "GMR", "SMR", "SEQ", "SSEQ"]))
def test_the_pareto_set_over_many_ends_is_that_of_brute_force(
    sets_looked_at: Counter[bool], drawn: Crowded, concept: str
) -> None:
    expected, start, goal, stages, document = drawn
    note(str(document))
    best = undominated(
        cost
        for plan in all_plans(expected, start, goal, stages, 4)
        if (cost := costs(expected, concept, start, plan, by_end=True)) is not None and cost[0] <= 2
    )
    found = find_roadmaps(
        detente.from_dict(document), "goal", concept=concept, most_stages=4, most_broken=2
    )
    assert found.complete
    assert {(p.broken, p.exposure, len(p.stages)) for p in found.plans} == best
