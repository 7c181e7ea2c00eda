"""Stability with packages against the literal definitions, and what it implies."""

from __future__ import annotations

import json

import jsonschema
import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, note, settings
from hypothesis import strategies as st

import detente
from detente import DisputeError
from detente.analyses.registry import published_schemas
from detente.cli import detente as commands
from detente.report.explanations import explanation_document
from detente.stability.explain import ExplainedMove, Improvement, Prospect, explain
from detente.stability.prepared_model import graph_model
from oracle.coalitions import OracleCoalitions, OraclePackage
from oracle.definitions import OracleDispute
from oracle.packaged import OraclePackaged
from strategies import disputes, disputes_with_packages, document, with_packages

# The oracle is slow: half of the disputes that the profile asks for.
EXAMPLES = settings().max_examples // 2

CONCEPTS = ["Nash", "GMR", "SMR", "SEQ", "SSEQ"]

VALIDATOR = jsonschema.Draft202012Validator(published_schemas()["explanation"]())


@settings(max_examples=EXAMPLES)
@given(disputes_with_packages())
def test_every_party_and_state(drawn: tuple[OracleDispute, list[OraclePackage]]) -> None:
    dispute, package_list = drawn
    described = with_packages(dispute, document(dispute), package_list)
    note(str(described))
    found = detente.analyse(detente.build_dispute(described), CONCEPTS, packages=True)
    oracle = OraclePackaged(OracleCoalitions(dispute, package_list))
    for concept in CONCEPTS:
        for party in range(dispute.parties):
            stable = found.stable(concept, f"p{party}")
            for state in range(len(dispute.states)):
                expected = oracle.stable(concept, party, state)
                assert stable[state] == expected, (concept, party, state + 1)


@settings(max_examples=EXAMPLES)
@given(disputes_with_packages())
def test_what_implies_what(drawn: tuple[OracleDispute, list[OraclePackage]]) -> None:
    dispute, package_list = drawn
    described = with_packages(dispute, document(dispute), package_list)
    note(str(described))
    loaded = detente.build_dispute(described)
    found = detente.analyse(loaded, CONCEPTS, packages=True)
    without = detente.analyse(loaded, CONCEPTS)
    outsiders = set(range(dispute.parties)).difference(*(one.members for one in package_list))
    for party in (f"p{number}" for number in range(dispute.parties)):
        for stronger, weaker in (
            ("Nash", "SMR"),
            ("SMR", "GMR"),
            ("Nash", "SSEQ"),
            ("SSEQ", "SEQ"),
            ("SEQ", "GMR"),
            ("SSEQ", "SMR"),
        ):
            assert found.stable(weaker, party)[found.stable(stronger, party)].all()
        # A package is a further improvement to a member, and only a sanction to an outsider.
        assert without.stable("Nash", party)[found.stable("Nash", party)].all()
    for party in (f"p{number}" for number in outsiders):
        np.testing.assert_array_equal(found.stable("Nash", party), without.stable("Nash", party))
        for concept in CONCEPTS:
            assert found.stable(concept, party)[without.stable(concept, party)].all()


@settings(max_examples=EXAMPLES)
@given(disputes(most_states=24))
def test_without_packages_nothing_changes(dispute: OracleDispute) -> None:
    loaded = detente.build_dispute(document(dispute))
    found = detente.analyse(loaded, CONCEPTS, packages=True)
    without = detente.analyse(loaded, CONCEPTS)
    for concept in CONCEPTS:
        for number in range(dispute.parties):
            np.testing.assert_array_equal(
                found.stable(concept, f"p{number}"), without.stable(concept, f"p{number}")
            )


@settings(max_examples=2 * EXAMPLES)
@given(disputes_with_packages(), st.data())
def test_explanations(
    drawn: tuple[OracleDispute, list[OraclePackage]], data: st.DataObject
) -> None:
    dispute, package_list = drawn
    described = with_packages(dispute, document(dispute), package_list)
    note(str(described))
    model = graph_model(detente.build_dispute(described))
    oracle = OraclePackaged(OracleCoalitions(dispute, package_list))
    for concept in CONCEPTS:
        for party in range(dispute.parties):
            state = data.draw(st.integers(0, len(dispute.states) - 1))
            found = explain(model, concept, party, state, limit=1000, packages=True)
            note(f"{concept} {party} {found}")
            VALIDATOR.validate(explanation_document(model, found))
            assert found.stable == oracle.stable(concept, party, state)
            assert found.improvement_count == len(found.improvements)
            assert {(one.package, one.state - 1) for one in found.improvements} == {
                (None, there) for there in dispute.improvements(party, state)
            } | {
                (f"q{number}", there)
                for number, package in enumerate(package_list)
                if party in package.members
                for there in oracle.joint_improvements(number, state)
            }
            for one in found.improvements:
                check_improvement(oracle, concept, party, state, one)


def check_improvement(
    oracle: OraclePackaged, concept: str, party: int, state: int, told: Improvement
) -> None:
    """What is told of an improvement holds for each of those who make it."""
    own = Prospect(
        f"p{party}",
        before=ranks_of(oracle.coalitions.dispute, party)[state],
        after=told.rank,
        deterred=oracle.deterred(concept, party, state, told.state - 1),
        path=told.path,
        end_rank=told.end_rank,
        escape=told.escape,
    )
    members = {party}
    if told.package is not None:
        members = set(oracle.coalitions.packages[int(told.package[1:])].members)
    assert {f"p{one}" for one in members} == {own.party, *(one.party for one in told.others)}
    assert len(members) == 1 + len(told.others)
    assert told.deterred == (own.deterred or any(one.deterred for one in told.others))
    for prospect in (own, *told.others):
        check_prospect(oracle, concept, state, told.state - 1, prospect)


def check_prospect(
    oracle: OraclePackaged, concept: str, state: int, s1: int, told: Prospect
) -> None:
    dispute = oracle.coalitions.dispute
    party = int(told.party[1:])
    ranks = ranks_of(dispute, party)
    counter_move = concept in ("SMR", "SSEQ")
    assert told.deterred == oracle.deterred(concept, party, state, s1)
    assert (told.before, told.after) == (ranks[state], ranks[s1])
    assert told.deterred == (told.end_rank <= told.before)
    end = check_path(oracle, concept, party, s1, told.path)
    answers = {ranks[s3] for s3 in dispute.moves[party][end]} if counter_move else set()
    if told.deterred:
        # The end is a sanction, and none is nearer.
        assert told.end_rank == max({ranks[end], *answers})
        assert len(told.path) == nearest_sanction(oracle, concept, party, state, s1)
    elif told.escape is not None:
        assert counter_move
        assert told.escape - 1 in dispute.moves[party][end]
        assert ranks[end] <= told.before < told.end_rank == ranks[told.escape - 1] == max(answers)
    else:
        assert not told.path
        assert told.end_rank == least_held_to(oracle, concept, party, s1, ranks)


def ranks_of(dispute: OracleDispute, party: int) -> list[int]:
    values = dispute.values[party]
    order = sorted(set(values))
    return [order.index(one) + 1 for one in values]


def least_held_to(
    oracle: OraclePackaged, concept: str, party: int, s1: int, ranks: list[int]
) -> int:
    """The lowest rank to which the others can hold a party at s1, after its own answer."""
    if concept == "Nash":
        return ranks[s1]
    dispute = oracle.coalitions.dispute
    reach = (
        oracle.reached_by_improvements if concept in ("SEQ", "SSEQ") else oracle.coalitions.reached
    )
    ends = {s1, *reach(dispute.others(party), s1)}
    answers = dispute.moves[party] if concept in ("SMR", "SSEQ") else [set()] * len(ranks)
    return min(max(ranks[one] for one in {end, *answers[end]}) for end in ends)


def steps_of_others(
    oracle: OraclePackaged, concept: str, party: int, here: int
) -> dict[tuple[str, int], set[int]]:
    """Where each other party, and each package without the party, can lead in one step."""
    dispute, packages = oracle.coalitions.dispute, oracle.coalitions.packages
    credible = concept in ("SEQ", "SSEQ")
    found: dict[tuple[str, int], set[int]] = {}
    for other in dispute.others(party):
        improvements = dispute.improvements(other, here)
        found["party", other] = improvements if credible else dispute.moves[other][here]
    for number, package in enumerate(packages):
        if party not in package.members:
            found["package", number] = (
                oracle.joint_improvements(number, here)
                if credible
                else oracle.coalitions.package_moves(package, here)
            )
    return found


def check_path(
    oracle: OraclePackaged, concept: str, party: int, here: int, path: tuple[ExplainedMove, ...]
) -> int:
    """Each step is a legal one of another mover; the state in which the path ends."""
    last = None
    for step in path:
        mover = ("party", int((step.party or "p-1")[1:]))
        if step.package is not None:
            assert step.party is None
            mover = ("package", int(step.package[1:]))
        assert mover != last
        assert step.state - 1 in steps_of_others(oracle, concept, party, here)[mover]
        here, last = step.state - 1, mover
    return here


def nearest_sanction(
    oracle: OraclePackaged, concept: str, party: int, state: int, s1: int
) -> int | None:
    """Fewest steps of the others from s1 to a state that deters a party from leaving a state."""
    dispute = oracle.coalitions.dispute
    value = dispute.values[party]
    seen: set[tuple[int, tuple[str, int] | None]] = {(s1, None)}
    layer, length = set(seen), 0
    while layer:
        length += 1
        following = {
            (there, mover)
            for here, last in layer
            for mover, ends in steps_of_others(oracle, concept, party, here).items()
            for there in ends
            if mover != last
        }
        for s2, _ in following:
            answers = dispute.moves[party][s2] if concept in ("SMR", "SSEQ") else set()
            if all(value[one] <= value[state] for one in {s2, *answers}):
                return length
        layer = following - seen
        seen |= layer
    return None


BOTH_STOP = {
    "dispute": "Two parties that would stop together",
    "parties": {
        "a": {"name": "A", "options": {"stop": "Stop"}, "preferences": ["b.stop", "not a.stop"]},
        "b": {"name": "B", "options": {"stop": "Stop"}, "preferences": ["a.stop", "not b.stop"]},
    },
    "packages": {
        "both": {
            "name": "Both stop",
            "parties": ["a", "b"],
            "set": {"a.stop": "yes", "b.stop": "yes"},
        }
    },
}


def test_a_dilemma_by_hand() -> None:
    loaded = detente.build_dispute(BOTH_STOP)
    found = detente.analyse(loaded, CONCEPTS, packages=True)
    # Neither stops alone; together both gain, so that state 1 is left under Nash. Each then
    # fears that the other goes back on it, which leaves it worse off than before.
    assert detente.analyse(loaded, ["Nash"]).equilibria("Nash").tolist() == [1]
    assert found.equilibria("Nash").tolist() == []
    assert found.equilibria("SEQ").tolist() == [1, 4]


def test_what_deters_a_package_in_words() -> None:
    words = ["explain", "korea-2017", "--party", "dprk", "--packages"]
    result = CliRunner(env={"COLUMNS": "80"}).invoke(commands, words)
    assert result.exit_code == 0, result.output
    assert max(map(len, result.output.splitlines())) <= 80
    text = " ".join(result.output.split())
    assert "is stable for North Korea under SEQ, with packages as moves." in text
    assert "North Korea and United States (package “Guarantee in return for disarmament”)" in text
    # The United States fears what its partner would gain by going back on it.
    assert "Deterred for United States: others can answer by improvements of their own." in text
    content = json.loads(CliRunner().invoke(commands, [*words, "--format", "json"]).stdout)
    VALIDATOR.validate(content)
    (move,) = [one for one in content["moves"] if one["package"] == "guarantee_for_disarmament"]
    (other,) = move["others"]
    assert (other["party"], other["deterred"], other["path"][0]["party"]) == ("us", True, "dprk")


def test_a_package_may_be_the_sanction() -> None:
    # By hand: A would push; B and C would then close the border, which only both together can.
    parties = {
        "a": {"name": "A", "options": {"x": "Push"}, "preferences": ["not b.y", "x"]},
        "b": {"name": "B", "options": {"y": "Close"}, "preferences": ["(y and c.z) if a.x"]},
        "c": {"name": "C", "options": {"z": "Close"}, "preferences": ["(z and b.y) if a.x"]},
    }
    joint = {"parties": ["b", "c"], "set": {"b.y": "yes", "c.z": "yes"}, "name": "Closing"}
    loaded = detente.build_dispute(
        {"dispute": "Border", "parties": parties, "packages": {"closing": joint}}
    )
    model = graph_model(loaded)
    assert not explain(model, "SEQ", 0, 0).stable
    found = explain(model, "SEQ", 0, 0, packages=True)
    assert found.stable
    (move,) = found.improvements
    assert move.path == (ExplainedMove(None, 8, "closing"),)
    text = str(explanation_document(model, found)["text"])
    assert "- B and C (package “Closing”): start “Close” (B); start “Close” (C): to state 8" in text


def test_command_and_its_document() -> None:
    words = ["analyse", "korea-2017", "--packages", "-c", "Nash"]
    result = CliRunner(env={"COLUMNS": "80"}).invoke(commands, words)
    assert result.exit_code == 0, result.output
    assert "Concepts: Nash, with packages as moves." in " ".join(result.output.split())
    words += ["--format", "json", "--limit", "1"]
    content = json.loads(CliRunner().invoke(commands, words).stdout)
    schema = json.dumps(published_schemas()["analysis"]())
    jsonschema.validate(content, json.loads(schema))
    assert content["packages"] is True


@pytest.mark.parametrize("concept", ["SIM", "L2", "NM"])
def test_concepts_that_are_not_defined_with_packages(concept: str) -> None:
    with pytest.raises(DisputeError, match=f"{concept} is not defined with packages"):
        detente.analyse(detente.build_dispute(BOTH_STOP), [concept], packages=True)
    with pytest.raises(DisputeError, match=f"{concept} is not defined with packages"):
        explain(graph_model(detente.build_dispute(BOTH_STOP)), concept, 0, 0, packages=True)
