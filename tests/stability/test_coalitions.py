"""Coalition stability against the literal definitions, and the theorems that relate them."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, note, settings
from hypothesis import strategies as st

import detente
from detente.analyses.registry import published_schemas
from detente.cli import detente as commands
from detente.dispute.errors import DisputeError
from detente.stability import coalition_moves
from detente.stability.coalitions import analyse_coalitions_of
from detente.stability.prepared_model import graph_model
from oracle.coalitions import OracleCoalitions, OraclePackage
from oracle.definitions import OracleDispute
from strategies import disputes, disputes_with_packages, document, with_packages

# The oracle is slow: a fifth of the disputes that the profile asks for.
EXAMPLES = settings().max_examples // 5

CONCEPTS = ["Nash", "GMR", "SMR", "SEQ"]


def names(coalition: tuple[int, ...]) -> list[str]:
    return [f"p{party}" for party in coalition]


@settings(max_examples=EXAMPLES)
@given(disputes_with_packages(), st.booleans())
def test_every_coalition_and_state(
    drawn: tuple[OracleDispute, list[OraclePackage]], joint: bool
) -> None:
    dispute, package_list = drawn
    described = with_packages(dispute, document(dispute), package_list)
    note(str(described))
    found = detente.analyse_coalitions(
        detente.build_dispute(described), concepts=CONCEPTS, packages=joint
    )
    oracle = OracleCoalitions(dispute, package_list if joint else [])
    everyone = range(dispute.parties)
    assert found.every_coalition
    for coalition in oracle.all_coalitions(everyone):
        others = [party for party in everyone if party not in coalition]
        sanctioning = oracle.all_coalitions(others)
        for concept in CONCEPTS:
            stable = found.stable(concept, names(coalition))
            for state in range(len(dispute.states)):
                expected = oracle.stable(concept, coalition, state, sanctioning)
                assert stable[state] == expected, (concept, coalition, state + 1)
            middle = len(dispute.states) // 2
            ends = [n - 1 for n in found.departures(concept, names(coalition), middle + 1)]
            assert set(ends) == oracle.departures(concept, coalition, middle, sanctioning)


@settings(max_examples=EXAMPLES)
@given(disputes_with_packages(), st.data())
def test_coalitions_that_act_as_one(
    drawn: tuple[OracleDispute, list[OraclePackage]], data: st.DataObject
) -> None:
    dispute, package_list = drawn
    described = with_packages(dispute, document(dispute), package_list)
    note(str(described))
    block = data.draw(st.integers(0, dispute.parties - 1).map(lambda k: [*range(k + 1)]))
    found = detente.analyse_coalitions(
        detente.build_dispute(described),
        concepts=CONCEPTS,
        acting_as_one=[[f"p{party}" for party in block]],
        packages=True,
    )
    oracle = OracleCoalitions(dispute, package_list)
    fixed = [tuple(block), *((party,) for party in range(dispute.parties) if party not in block)]
    for coalition in fixed:
        against = [one for one in fixed if one != coalition]
        for concept in CONCEPTS:
            stable = found.stable(concept, names(coalition))
            for state in range(len(dispute.states)):
                expected = oracle.stable(concept, coalition, state, against)
                assert stable[state] == expected, (concept, coalition, state + 1)
            middle = len(dispute.states) // 2
            ends = [n - 1 for n in found.departures(concept, names(coalition), middle + 1)]
            assert set(ends) == oracle.departures(concept, coalition, middle, against)


@given(disputes(most_states=64, plain=True))
@settings(max_examples=EXAMPLES)
def test_strong_equilibria(dispute: OracleDispute) -> None:
    note(str(document(dispute)))
    found = detente.analyse_coalitions(detente.build_dispute(document(dispute)), concepts=["Nash"])
    oracle = OracleCoalitions(dispute)
    expected = [oracle.strong(state) for state in range(len(dispute.states))]
    assert found.strong is not None
    assert found.strong.tolist() == expected
    on_a_list = graph_model(detente.build_dispute(document(dispute)), engine="list")
    listed = analyse_coalitions_of(on_a_list, None, ["Nash"])
    assert listed.strong is not None
    assert listed.strong.tolist() == expected
    stable = found.stable_for_all("Nash")
    assert not (found.strong & ~stable).any()
    if not dispute.never:
        assert found.strong.tolist() == stable.tolist()


def test_a_state_left_only_by_a_joint_move() -> None:
    path = Path(__file__).parents[1] / "data" / "faults" / "joint-move-only.yaml"
    found = detente.analyse_coalitions(detente.load(path))
    # Neither party has a move of its own; both together go from state 1 to state 2.
    assert found.equilibria("Nash").tolist() == [1, 2]
    assert found.strong is not None
    assert found.strong.tolist() == [False, True]
    result = CliRunner(env={"COLUMNS": "200"}).invoke(commands, ["coalitions", str(path)])
    assert "Of the 2 under Nash, 1 is a strong equilibrium" in result.output
    assert detente.analyse_coalitions(detente.load("elmira"), [["moe", "uniroyal"]]).strong is None


@given(disputes(most_states=64))
@settings(max_examples=EXAMPLES)
def test_what_implies_what(dispute: OracleDispute) -> None:
    loaded = detente.build_dispute(document(dispute))
    alone = detente.analyse(loaded, CONCEPTS)
    found = detente.analyse_coalitions(loaded, concepts=CONCEPTS)
    for coalition in found.coalitions:
        stable = {concept: found.stable(concept, coalition) for concept in CONCEPTS}
        assert not (stable["Nash"] & ~stable["SMR"]).any()
        assert not (stable["SMR"] & ~stable["GMR"]).any()
        assert not (stable["Nash"] & ~stable["SEQ"]).any()
        if len(coalition) == 1:
            (party,) = coalition
            for concept in ("Nash", "GMR", "SMR"):
                assert (stable[concept] == alone.stable(concept, party)).all()
            # More can sanction: what one outsider improves, a coalition of one improves.
            assert not (alone.stable("SEQ", party) & ~stable["SEQ"]).any()
    held = set(found.equilibria("Nash").tolist())
    assert held <= set(alone.equilibria("Nash").tolist())


def test_a_coalition_leaves_the_prisoners_dilemma() -> None:
    found = detente.analyse_coalitions(detente.load("prisoners-dilemma"))
    # By hand: from state 4 (both confess), state 1 (neither does) is better for both, and
    # nobody is left to sanction the two.
    assert found.leaving("GMR", 4) == (tuple(p.id for p in found.dispute.parties),)
    assert found.equilibria("Nash").size == 0
    assert found.equilibria("GMR").tolist() == [1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"coalitions": [["dprk", "nobody"]]}, "there is no party"),
        ({"coalitions": [[]]}, "at least one member"),
        ({"concepts": ["SSEQ"]}, "there is no coalition concept"),
        ({"acting_as_one": [["us", "rok"], ["us", "japan"]]}, "two coalitions"),
        ({"acting_as_one": [["us", "rok"]], "coalitions": [["us", "japan"]]}, "act as one"),
    ],
)
def test_bad_input(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(DisputeError, match=message):
        detente.analyse_coalitions(detente.load("korea-2017"), **arguments)  # type: ignore[arg-type]


def test_command_and_its_document() -> None:
    words = ["coalitions", "elmira"]
    result = CliRunner(env={"COLUMNS": "80"}).invoke(commands, words)
    assert result.exit_code == 0, result.output
    assert max(map(len, result.output.splitlines())) <= 80
    content = json.loads(CliRunner().invoke(commands, [*words, "--format", "json"]).output)
    schema = json.dumps(published_schemas()["coalitions"]())
    jsonschema.validate(content, json.loads(schema))
    assert content["every_coalition"]
    # State 5, an equilibrium for single parties, is left by two parties together.
    assert detente.analyse(detente.load("elmira")).equilibria("Nash").tolist() == [5, 8, 9]
    assert content["equilibria"]["Nash"] == [8, 9]
    assert len(content["stable_count"]["GMR"]) == 7
    asked = [*words, "--state", "5", "-c", "Nash", "--format", "json"]
    content = json.loads(CliRunner().invoke(commands, asked).output)
    (leaving,) = content["departures"]
    assert leaving == {"coalition": content["leaving"]["Nash"][0], "state": 8, "concepts": ["Nash"]}
    told = CliRunner(env={"COLUMNS": "80"}).invoke(commands, asked[:-2]).output
    assert "Where they would leave state 5 to, by the fewest changes that nothing deters:" in told
    assert "None of them would leave state 8." in (
        CliRunner().invoke(commands, [*words, "--state", "8", "-c", "Nash"]).output
    )


@settings(max_examples=EXAMPLES)
@given(st.integers(1, 12), st.data())
def test_groups_of_few_states_and_of_many(nodes: int, data: st.DataObject) -> None:
    """Small graphs are condensed in a way of their own, to the same groups in some order."""
    steps = st.tuples(st.integers(0, nodes - 1), st.integers(0, nodes - 1))
    drawn = np.array(data.draw(st.lists(steps, min_size=1, max_size=30)), dtype=np.int64)
    found = []
    for condense in (coalition_moves._condensed_densely, coalition_moves._condensed_sparsely):
        count, label, begin, reached = condense(nodes, drawn[:, 0], drawn[:, 1])
        groups = [frozenset(np.flatnonzero(label == one).tolist()) for one in range(count)]
        assert set().union(*groups) == set(range(nodes))
        found.append(
            {
                groups[one]: {groups[other] for other in reached[begin[one] : begin[one + 1]]}
                for one in range(count)
            }
        )
    assert found[0] == found[1]
