"""Sets of states as diagrams give what the definitions say."""

from __future__ import annotations

import json
import time
from collections import Counter
from itertools import islice
from random import Random
from threading import Event, Thread
from typing import Any

import jsonschema
import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

import detente
from detente.analyses.registry import published_schemas
from detente.report.equilibria import counts_by_outcome
from detente.report.symbolic import symbolic_document
from detente.space.symbolic.diagrams import Diagram, TooLarge
from detente.space.symbolic.game import SymbolicGame, symbolic_game
from detente.space.symbolic.states import each_once, random_states
from detente.stability.symbolic_analysis import Budget, SymbolicAnalysis, analyse_symbolically
from detente.stability.symbolic_concepts import stable_at, stable_states
from detente.stability.symbolic_estimates import drawn_equilibria, estimated
from detente.stability.time_limit import TimeOver
from oracle.coalitions import OracleCoalitions
from oracle.definitions import OracleDispute
from oracle.packaged import OraclePackaged
from strategies import (
    assignment_levels,
    disputes,
    disputes_with_packages,
    document,
    option_key,
    with_packages,
)

CONCEPTS = ["Nash", "GMR", "SMR", "SEQ", "SSEQ"]
NODES = 2**18


def inside(game: SymbolicGame, states: Diagram, assignment: tuple[int, ...]) -> bool:
    return (states & game.here.state(assignment)).satisfiable()


@given(disputes())
def test_every_concept_party_and_state(expected: OracleDispute) -> None:
    note(str(document(expected, numbers=False)))
    dispute = detente.build_dispute(document(expected, numbers=False))
    game = symbolic_game(dispute, NODES)
    assert game.count(game.feasible) == len(expected.states)
    for concept in CONCEPTS:
        for party in range(expected.parties):
            states = stable_states(game, concept, party)
            wanted = [expected.stable(concept, party, n) for n in range(len(expected.states))]
            for number, members in enumerate(expected.states):
                found = {inside(game, states, one) for one in members}
                assert found == {wanted[number]}, (concept, party, number)
            assert game.count(states) == sum(wanted)
            number = (7 * party + 3) % len(expected.states)
            assert stable_at(game, concept, party, min(expected.states[number])) == wanted[number]


def with_many_moves(random: Random) -> detente.Dispute:
    """Three parties with four options each, so that up to fifteen moves lead from a state."""
    keys = [f"p{number // 4}.o{number}" for number in range(12)]

    def formula() -> str:
        parts = [random.choice(["", "not "]) + key for key in random.sample(keys, 2)]
        return random.choice([" and ", " or ", " if "]).join(parts)

    def option() -> dict[str, Any]:
        kind = random.randrange(12)
        return {0: {"irreversible": "up"}, 1: {"when": random.choice(keys)}}.get(kind, {})

    parties = {
        f"p{party}": {
            "options": {key.partition(".")[2]: option() for key in keys[4 * party : 4 * party + 4]},
            "preferences": [formula() for _ in range(5)],
        }
        for party in range(3)
    }
    never = [" and ".join(random.sample(keys, 2))] if random.random() < 0.5 else []
    return detente.build_dispute(
        {
            "dispute": "Many moves",
            "parties": parties,
            "constraints": [{"never": one} for one in never],
            "packages": {"both": {"parties": ["p0", "p1"], "set": {keys[0]: True, keys[4]: True}}},
        }
    )


@given(st.integers(0, 10**9), st.sampled_from(CONCEPTS), st.booleans())
@settings(max_examples=settings().max_examples // 2)
def test_one_state_with_many_moves_is_as_in_the_whole_set(
    seed: int, concept: str, packages: bool
) -> None:
    random = Random(seed)
    game = symbolic_game(with_many_moves(random), NODES)
    for party in range(3):
        states = stable_states(game, concept, party, packages=packages)
        for state in random_states(game, game.feasible, 8, random):
            wanted = inside(game, states, state)
            assert stable_at(game, concept, party, state, packages=packages) == wanted, state


@given(disputes_with_packages())
def test_packages(drawn: Any) -> None:
    expected, joint = drawn
    described = with_packages(expected, document(expected, numbers=False), joint)
    note(str(described))
    dispute = detente.build_dispute(described)
    game = symbolic_game(dispute, NODES)
    oracle = OraclePackaged(OracleCoalitions(expected, joint))
    for concept in CONCEPTS:
        for party in range(expected.parties):
            states = stable_states(game, concept, party, packages=True)
            for number, members in enumerate(expected.states):
                wanted = oracle.stable(concept, party, number)
                assert inside(game, states, min(members)) == wanted, (concept, party, number)
                if number < 3:
                    at = stable_at(game, concept, party, min(members), packages=True)
                    assert at == wanted, (concept, party, number)


@pytest.mark.parametrize("packages", [False, True])
def test_one_state_where_a_single_other_party_sanctions_every_end(packages: bool) -> None:
    described = {
        "dispute": "One sanctions",
        "parties": {
            "p0": {"options": {"o0": {}}, "preferences": []},
            "p1": {"options": {"o1": {}, "o2": {}, "o3": {}}, "preferences": ["p0.o0", "p1.o1"]},
        },
        **({} if packages else {"coalesce": ["not p0.o0 and not p1.o1"]}),
    }
    game = symbolic_game(detente.build_dispute(described), NODES)
    state = (1, 0, 0, 0)
    for concept in CONCEPTS:
        wanted = inside(game, stable_states(game, concept, 1, packages=packages), state)
        assert stable_at(game, concept, 1, state, packages=packages) == wanted, concept


@given(disputes())
@settings(max_examples=settings().max_examples // 2)
def test_the_analysis_is_that_of_the_cube(expected: OracleDispute) -> None:
    described = document(expected, numbers=False)
    middle = len(expected.states) // 2
    described["status_quo"] = assignment_levels(expected, min(expected.states[middle]))
    described["outcomes"] = {"one": {"name": "One", "when": option_key(expected, 0)}}
    note(str(described))
    dispute = detente.build_dispute(described)
    cube = detente.analyse(dispute, CONCEPTS)
    found = analyse_symbolically(dispute, CONCEPTS)
    assert not found.unfinished
    assert (found.count, found.status_quo) == (cube.count, cube.status_quo)
    assert found.counts_by_outcome() == {
        outcome: dict(zip(CONCEPTS, counts, strict=True))
        for outcome, counts in counts_by_outcome(cube).items()
    }
    assert found.closed_outcomes == cube.closed_outcomes
    assert found.held_count == cube.cannot_be_left.sum()
    for concept in CONCEPTS:
        assert found.equilibrium_counts[concept] == cube.equilibria(concept).size
        assert found.patterns(concept) == cube.patterns(concept)
        numbers = [number for number, _ in found.first_equilibria(concept, 5)]
        assert numbers == cube.equilibria(concept)[:5].tolist()
        for party in dispute.parties:
            assert found.stable_count(concept, party.id) == cube.stable(concept, party.id).sum()
            at_start = found.status_quo_stable(concept, party.id)
            assert at_start == cube.stable(concept, party.id)[middle]


@given(disputes(), st.integers(0, 100))
def test_every_feasible_state_is_drawn_alike(expected: OracleDispute, seed: int) -> None:
    dispute = detente.build_dispute(document(expected, numbers=False))
    game = symbolic_game(dispute, NODES)
    drawn = Counter(random_states(game, each_once(game), 60 * len(expected.states), Random(seed)))
    assert set(drawn) <= {one for members in expected.states for one in members}
    # 60 expected; a count beyond these bounds is less likely than one in ten million.
    assert all(15 <= sum(drawn[one] for one in members) <= 120 for members in expected.states)


def test_parts_that_do_not_touch_multiply() -> None:
    parts = 3
    parties = {}
    for part in range(parts):
        for own, other in (("a", "b"), ("b", "a")):
            parties[f"{own}{part}"] = {
                "options": {"x": "X"},
                "preferences": [f"not {other}{part}.x", f"{own}{part}.x"],
            }
    found = analyse_symbolically(detente.build_dispute({"dispute": "Parts", "parties": parties}))
    assert found.parts == parts
    one = detente.analyse(detente.load("prisoners-dilemma"))
    for concept in CONCEPTS:
        assert found.equilibrium_counts[concept] == one.equilibria(concept).size ** parts


def test_others_who_do_not_touch_let_a_party_move_twice() -> None:
    # b goes to `two` by way of `one`; so it needs somebody else's move in between.
    levels = {"levels": ["none", "one", "two"], "when": {"two": "b.o = one"}}
    parties = {
        "a": {"options": {"x": "X"}, "preferences": ["not b.o = two", "a.x"]},
        "b": {"options": {"o": levels}, "preferences": []},
        "c": {"options": {"y": "Y"}, "preferences": []},
    }
    dispute = detente.build_dispute({"dispute": "Detour", "parties": parties})
    found = detente.analyse(dispute, ["GMR"], engine="symbolic")
    assert found.stable_count("GMR", "a") == detente.analyse(dispute).stable("GMR", "a").sum() == 10


def test_a_budget_names_what_is_not_finished(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detente.stability.time_limit._GRACE", 60.0)
    monkeypatch.setattr("detente.stability.symbolic_analysis._FOR_ONE_STATE", 60.0)
    dispute = detente.load("korea-2017")
    found = analyse_symbolically(dispute, ["Nash", "SEQ"], budget=Budget(nodes=2**11))
    assert found.equilibrium_counts == {"Nash": 54}
    assert {(one.concept, one.why) for one in found.unfinished} == {("SEQ", "nodes")}
    with pytest.raises(detente.LimitError, match="not found within the budget"):
        found.patterns("SEQ")
    late = analyse_symbolically(dispute, ["SEQ"], budget=Budget(seconds=0.0), draws=10)
    assert {(one.concept, one.why) for one in late.unfinished} == {("SEQ", "time")}
    # A single state is told in any case.
    cube = detente.analyse(dispute, ["SEQ"])
    for party in dispute.parties:
        wanted = party.id in cube.stable_parties("SEQ", cube.status_quo or 0)
        assert late.status_quo_stable("SEQ", party.id) == wanted


def test_equilibria_that_are_too_many_nodes_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    count = SymbolicAnalysis._count_equilibria

    def too_large(self: SymbolicAnalysis, concept: str) -> Any:
        if concept == "GMR":
            raise TooLarge
        return count(self, concept)

    monkeypatch.setattr(SymbolicAnalysis, "_count_equilibria", too_large)
    found = analyse_symbolically(detente.load("prisoners-dilemma"), ["Nash", "GMR"])
    assert found.equilibrium_counts == {"Nash": 1}
    (left,) = found.unfinished
    assert (left.concept, left.party, left.why) == ("GMR", "second", "nodes")
    assert found.stable_count("GMR", "first") is not None


def test_estimates_cover_the_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def too_large(*_: object, **__: object) -> Diagram:
        raise TooLarge

    monkeypatch.setattr("detente.stability.symbolic_analysis.stable_states", too_large)
    dispute = detente.load("korea-2017")
    found = analyse_symbolically(dispute, ["SEQ"], draws=100)
    estimate = found.estimates["SEQ"]
    cube = detente.analyse(dispute, ["SEQ"])
    assert (estimate.draws, estimate.undecided, estimate.states) == (100, 0, cube.count)
    low, count, high = estimate.counts
    assert low <= cube.equilibria("SEQ").size <= high
    assert count == round(estimate.share * cube.count)
    assert estimate.low <= cube.equilibria("SEQ").size / cube.count <= estimate.high
    assert {(one.concept, one.why) for one in found.unfinished} == {("SEQ", "nodes")}
    document = symbolic_document(found, most_equilibria=1)
    jsonschema.validate(json.loads(json.dumps(document)), published_schemas()["analysis"]())
    told = document["estimates"]["SEQ"]
    assert (told["count_low"], told["count"], told["count_high"]) == estimate.counts


def test_states_of_which_nothing_is_found_out_widen_an_estimate() -> None:
    certain, open_too = (estimated([True] * 20 + more, 10**30) for more in ([], [None] * 20))
    assert certain is not None
    assert open_too is not None
    assert certain.low < open_too.share == 1.0
    assert open_too.low < 0.5 < certain.low
    assert open_too.counts[1] == 10**30
    assert estimated([None], 1) is None
    game = symbolic_game(detente.load("prisoners-dilemma"), NODES)
    assert not list(drawn_equilibria(game, "SEQ", Random(1), until=time.monotonic()))

    def never_in_time() -> None:
        raise TimeOver

    assert next(drawn_equilibria(game, "SEQ", Random(1), pause=never_in_time)) is None


def test_drawn_states_are_told_as_the_whole_sets_do() -> None:
    game = symbolic_game(with_many_moves(Random(3)), NODES)
    sets = [stable_states(game, "SEQ", party) for party in range(3)]
    drawn = random_states(game, game.feasible, 60, Random(5))
    wanted = [all(inside(game, one, state) for one in sets) for state in drawn]
    for known in ({}, {1: sets[1]}):
        found = drawn_equilibria(game, "SEQ", Random(5), known=known)
        assert list(islice(found, 60)) == wanted
    assert set(wanted) == {True, False}


def test_what_was_found_before_ctrl_c_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    asked_for_seq, over = Event(), Event()

    def slow(game: SymbolicGame, concept: str, *rest: Any, **more: Any) -> Diagram:
        if concept == "SEQ":
            asked_for_seq.set()
            over.wait()
        return stable_states(game, concept, *rest, **more)

    def join(thread: Thread, timeout: float | None = None) -> None:
        assert asked_for_seq.wait(60)
        raise KeyboardInterrupt

    monkeypatch.setattr("detente.stability.symbolic_analysis.stable_states", slow)
    monkeypatch.setattr("threading.Thread.join", join)
    analysis = analyse_symbolically(detente.load("prisoners-dilemma"), ["Nash", "SEQ"])
    over.set()
    assert analysis.partial
    assert analysis.equilibrium_counts == {"Nash": 1}
    assert {(one.concept, one.why) for one in analysis.unfinished} == {("SEQ", "interrupted")}
